"""Scorecards: sections, questions, points and how each is decided, as a centre writes them."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation import Channel, Conversation
from conversation.errors import DefinitionInvalid, NotFound
from quality.detectors import AnyDetector
from quality.findings import Bilingual
from quality.metrics import SPOKEN_CHANNELS
from quality.yaml_files import describe, parse_yaml

SHIPPED_SCORECARDS = ("inbound", "written")
TOTAL_POINTS = 100.0
_ALIASES = {"default": "inbound", "chat": "written", "email": "written"}
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
    """

    model_config = _FROZEN

    id: str = Field(pattern=_ID)
    label: Bilingual
    points: float = Field(ge=0, le=TOTAL_POINTS, allow_inf_nan=False)
    detector: AnyDetector
    not_applicable: Bilingual | None = None
    eliminatory: Bilingual | None = None


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
        version: Raised by the centre whenever the card changes.
        label: Its title.
        channels: For which it is meant.
        sections: In order; the questions' points sum to 100.
    """

    model_config = _FROZEN

    name: str = Field(pattern=_ID)
    version: str = Field(min_length=1)
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

    @property
    def items(self) -> tuple[Item, ...]:
        """All questions, in order."""
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def sha256(self) -> str:
        """Hash of what the card says; comments and layout of its file do not change it."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def load_scorecard(source: str | Path | None = None) -> Scorecard:
    """Load a scorecard.

    Args:
        source: ``inbound`` or ``written`` (also ``chat``, ``email``) for a shipped card, or the
            path of a YAML file; None for the inbound card.

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
        return _read(resource.read_text(encoding="utf-8"), name=f"scorecards/{shipped}.yaml")
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
    return _read(text, name=str(path))


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


def _read(text: str, *, name: str) -> Scorecard:
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
