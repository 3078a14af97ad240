"""Scorecards: sections, questions, points and how each is decided, as a centre writes them."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation import Channel, Conversation
from conversation.errors import DefinitionInvalid, NotFound
from quality.conditions import parse_condition
from quality.detectors import AnyDetector
from quality.findings import Bilingual
from quality.metrics import SPOKEN_CHANNELS
from quality.yaml_files import describe, parse_yaml

SHIPPED_SCORECARDS = ("inbound", "written", "sales", "support_en")
TOTAL_POINTS = 100.0
DecidedBy = Literal["machine", "person", "both"]
_ALIASES = {
    "default": "inbound", "chat": "written", "email": "written", "outbound": "sales",
}  # fmt: skip
_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Item(BaseModel):
    """One question.

    Attributes:
        id: Unique in the card.
        label: The question.
        points: Its weight; 0 for questions that only propose elimination.
        detector: How it is decided.
        not_applicable: When it does not count; None when it always does.
        eliminatory: When a 0 may eliminate the whole contact, if a person confirms; None when
            it never does.
        when: The question is only asked where this expression over figures and earlier answers
            holds (:mod:`quality.conditions`); otherwise it is not applicable. None: always.
        decided_by: ``machine``: its answer stands in the draft; ``both``: the same, and a person
            is asked to look at it; ``person``: the machine does not answer. Questions of the kind
            ``human`` are decided by a person.
        tip: What an agent is told who loses its points, in the centre's own words; None: nothing.
    """

    model_config = _FROZEN

    id: str = Field(pattern=_ID)
    label: Bilingual
    points: float = Field(ge=0, le=TOTAL_POINTS, allow_inf_nan=False)
    detector: AnyDetector
    not_applicable: Bilingual | None = None
    eliminatory: Bilingual | None = None
    when: str | None = Field(default=None, min_length=1)
    decided_by: DecidedBy = "machine"
    tip: Bilingual | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_person_decides_what_only_a_person_can(cls, given: Any) -> Any:  # noqa: ANN401, as it came
        if isinstance(given, dict) and isinstance(given.get("detector"), dict):
            human = given["detector"].get("kind") == "human"
            if human and given.get("decided_by", "person") != "person":
                raise ValueError(
                    f"decided_by is {given['decided_by']!r}, expected 'person' for the kind human"
                )
            if human:
                return {**given, "decided_by": "person"}
        return given

    @cached_property
    def sha256(self) -> str:
        """Hash of what the question says, its points and tip left out."""
        asked = self.model_dump(mode="json", exclude_defaults=True, exclude={"points", "tip"})
        return _hash(asked)


class Section(BaseModel):
    """A phase of the contact, or a skill, with its questions.

    Attributes:
        id: Unique in the card.
        label: Its name.
        items: Its questions, in order.
    """

    model_config = _FROZEN

    id: str = Field(pattern=_ID)
    label: Bilingual
    items: tuple[Item, ...] = Field(min_length=1)

    @property
    def points(self) -> float:
        """Sum of the questions' points."""
        return sum(item.points for item in self.items)


class Scorecard(BaseModel):
    """A scorecard.

    Attributes:
        name: Short, for files and records.
        version: Raised by the centre whenever the card changes: what a version says is never
            rewritten once it was used (:mod:`quality.card_versions`).
        label: Its title.
        channels: For which it is meant.
        sections: In order; the questions' points sum to 100.
    """

    model_config = _FROZEN

    name: str = Field(pattern=_ID)
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$")
    label: Bilingual
    channels: tuple[Channel, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [section.id for section in self.sections] + [item.id for item in self.items]
        doubled = [one for one, count in Counter(ids).items() if count > 1]
        if doubled:
            raise ValueError(f"the id {doubled[0]!r} is used twice; every id must be unique")
        return self

    @model_validator(mode="after")
    def _points_sum_to_100(self) -> Self:
        total = sum(item.points for item in self.items)
        if not math.isclose(total, TOTAL_POINTS, abs_tol=1e-6):
            parts = ", ".join(f"{section.id} {section.points:g}" for section in self.sections)
            raise ValueError(f"the points sum to {total:g}, expected 100 ({parts})")
        return self

    @model_validator(mode="after")
    def _conditions_can_be_read(self) -> Self:
        earlier: tuple[str, ...] = ()
        for item in self.items:
            if item.when is not None:
                try:
                    parse_condition(item.when, earlier)
                except DefinitionInvalid as error:
                    remedy = f"; {error.remedy}" if error.remedy else ""
                    raise ValueError(f"{item.id}.when: {error.message}{remedy}") from None
            earlier = (*earlier, item.id)
        return self

    @property
    def items(self) -> tuple[Item, ...]:
        """All questions, in order."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def sha256(self) -> str:
        """Hash of what the card says.

        Comments, layout, and fields written out with their default do not change it, so that a
        card keeps its hash when a later Entendu knows more fields.
        """
        return _hash(self.model_dump(mode="json", exclude_defaults=True))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts whose vectors its questions need beside the conversation's sentences."""
        return tuple(dict.fromkeys(text for item in self.items for text in item.detector.texts()))


def load_scorecard(source: str | Path | None = None) -> Scorecard:
    """Load a scorecard.

    Args:
        source: ``inbound``, ``written`` (also ``chat``, ``email``), ``sales`` (also
            ``outbound``) or ``support_en`` for a shipped card, or the path of a YAML file; None
            for the inbound card.

    Returns:
        The card, checked.

    Raises:
        NotFound: Neither a shipped card nor a file.
        DefinitionInvalid: The file breaks the rules of a scorecard; names the file and the path
            in it.
    """
    source = "inbound" if source is None else source
    shipped = _ALIASES.get(str(source), str(source))
    if shipped in SHIPPED_SCORECARDS:
        resource = files("quality") / "scorecards" / f"{shipped}.yaml"
        return parse_scorecard(
            resource.read_text(encoding="utf-8"), name=f"scorecards/{shipped}.yaml"
        )
    path = Path(source)
    if not path.is_file():
        raise NotFound(
            f"no scorecard {str(source)!r}: neither a file nor one of "
            f"{', '.join(SHIPPED_SCORECARDS)}",
            remedy="give the path of a YAML file, or the name of a shipped scorecard",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionInvalid(
            f"{path} cannot be read as UTF-8 text: {error}", remedy="save it as UTF-8"
        ) from None
    return parse_scorecard(text, name=str(path))


def scorecard_for(conversation: Conversation, source: str | Path | None = None) -> Scorecard:
    """Load the card that fits a conversation.

    Args:
        conversation: Its channel picks the shipped card: calls ``inbound``, messages ``written``.
        source: As for :func:`load_scorecard`; wins over the channel when it is given.

    Returns:
        The card.

    Raises:
        NotFound: As :func:`load_scorecard`.
        DefinitionInvalid: As :func:`load_scorecard`.
    """
    if source is None:
        source = "inbound" if conversation.channel in SPOKEN_CHANNELS else "written"
    return load_scorecard(source)


def parse_scorecard(text: str, *, name: str) -> Scorecard:
    """Read a scorecard from YAML, of which JSON is a part.

    Args:
        text: What a file holds.
        name: Of the file, for messages.

    Raises:
        DefinitionInvalid: It breaks the rules of a scorecard; names the path in it.
    """
    content = parse_yaml(text, name=name)
    if not isinstance(content, dict):
        raise DefinitionInvalid(
            f"{name} holds {'nothing' if content is None else type(content).__name__}, "
            "expected a mapping with name, version, label and sections",
            remedy="start from a shipped scorecard",
        )
    try:
        return Scorecard.model_validate(content)
    except ValidationError as error:
        raise DefinitionInvalid(
            f"{name}: {describe(error, locate=lambda path: _with_ids(path, content))}",
            remedy="correct these places; the shipped scorecards show every field",
        ) from None


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_ids(path: str, content: object) -> str:
    """Write the ids of sections and questions behind their numbers in a path."""
    shown: list[str] = []
    for part in path.split("."):
        if isinstance(content, list) and part.isdigit() and int(part) < len(content):
            content = content[int(part)]
            name = content.get("id") if isinstance(content, dict) else None
            shown.append(f"{part} ({name})" if name else part)
        else:
            content = content.get(part) if isinstance(content, dict) else None
            shown.append(part)
    return ".".join(shown)
