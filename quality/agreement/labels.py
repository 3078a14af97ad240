"""Reading what people answered: lines of JSON, or a folder of labelled conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from conversation import Channel, Conversation, Participant, Speaker, Turn, Word
from conversation.errors import DatasetInvalid, NotFound
from nlu.labelled_lines import labelled_lines, labelled_object
from quality.review.answers import Answer
from quality.review.event import Key
from quality.yaml_files import describe, parse_yaml

Part = Literal["tuning", "test"]


@dataclass(frozen=True)
class Label:
    """A person's answer to one question of one contact.

    Attributes:
        conversation_id: The contact.
        item: The question.
        answer: Theirs.
        rater: Pseudonymous id of who gave it.
        why: In their words; None where it is plain.
    """

    conversation_id: str
    item: str
    answer: Answer
    rater: str
    why: str | None = None


@dataclass(frozen=True)
class Labels:
    """What people say of some contacts.

    Attributes:
        labels: Every answer, in the order of the files.
        conversations: Contacts that the files hold themselves, by id.
        eliminatory: Questions whose eliminatory condition is met, by contact; only for contacts
            whose file says so.
    """

    labels: tuple[Label, ...]
    conversations: Mapping[str, Conversation] = field(default_factory=dict)
    eliminatory: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_labels(path: Path, *, part: Part | None = None) -> Labels:
    """Read labels.

    Args:
        path: A JSON Lines file: ``conversation_id`` or ``conversation`` (in Entendu's JSON; once
            is enough), ``question``, ``value`` (1, 0.5, 0, "na") and ``rater`` on each line. Or
            a folder of YAML files, one conversation each with its truth (docs/trust.md).
        part: Of a folder, only the cases of this part.

    Returns:
        All labels.

    Raises:
        NotFound: There is nothing at the path.
        DatasetInvalid: Something in it cannot be read; names file and line or path.
    """
    if path.is_dir():
        return _read_folder(path, part)
    if not path.is_file():
        raise NotFound(f"there is no {path}", remedy="give a JSONL file or a folder of cases")
    if part is not None:
        raise DatasetInvalid(
            f"{path.name} is a file of lines, which have no parts",
            remedy="leave --part out, or give a folder of cases",
        )
    return _read_lines(path)


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    conversation_id: Key | None = None
    conversation: Conversation | None = None
    question: Key
    value: Answer
    rater: Key
    why: str | None = None


def _read_lines(path: Path) -> Labels:
    labels: list[Label] = []
    conversations: dict[str, Conversation] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for number, text in labelled_lines(path):
        place = f"{path.name} line {number}"
        row = labelled_object(place, text, expected="an object with question, value and rater")
        try:
            line = _Line.model_validate(row)
        except ValidationError as error:
            raise DatasetInvalid(
                f"{place}: {describe(error)}",
                remedy='write {"conversation_id": "…", "question": "ACC1", "value": 1, '
                '"rater": "…"}; value is 1, 0.5, 0 or "na"',
            ) from None
        inline = line.conversation
        named = line.conversation_id or (inline.id if inline else None)
        if named is None or (inline is not None and inline.id != named):
            got = (
                "neither conversation_id nor conversation"
                if named is None
                else (
                    f"conversation_id {named!r} beside the conversation {inline.id!r}"  # type: ignore[union-attr]
                )
            )
            raise DatasetInvalid(
                f"{place}: got {got}", remedy="say which conversation the answer is about"
            )
        if inline is not None and conversations.setdefault(named, inline) != inline:
            raise DatasetInvalid(
                f"{place}: the conversation {named!r} is not the one of an earlier line",
                remedy="give each conversation an id of its own",
            )
        key = (named, line.question, line.rater)
        if key in seen:
            raise DatasetInvalid(
                f"{place}: {line.rater} answered {line.question} of {named} on line {seen[key]} "
                "already",
                remedy="keep one of the two",
            )
        seen[key] = number
        labels.append(Label(named, line.question, line.value, line.rater, line.why))
    if not labels:
        raise DatasetInvalid(f"{path.name} holds no label", remedy="write one JSON object a line")
    return Labels(tuple(labels), conversations)


class _Truth(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Answer
    why: str | None = None


def _turn(given: object) -> object:
    """Read ``[speaker, start s, end s, text]``, or ``[speaker, text]`` for messages."""
    if isinstance(given, list) and len(given) == 4:
        return dict(zip(("speaker", "start_s", "end_s", "text"), given, strict=True))
    if isinstance(given, list) and len(given) == 2:
        return dict(zip(("speaker", "text"), given, strict=True))
    raise ValueError(f"got {str(given)[:60]!r}, expected [speaker, start s, end s, text]")


class _CaseTurn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    speaker: Speaker
    start_s: float | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0)
    text: str = Field(min_length=1)


class _Case(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Key
    scenario: str
    part: Part
    language: str
    channel: Channel
    traps: tuple[str, ...] = ()
    turns: tuple[Annotated[_CaseTurn, BeforeValidator(_turn)], ...] = Field(min_length=1)
    truth: dict[Key, _Truth] = Field(min_length=1)
    eliminatory: dict[Key, bool] = Field(default_factory=dict)

    def conversation(self) -> Conversation:
        """Build the conversation; with times, each speaker has a channel of the recording."""
        ends = [turn.end_s for turn in self.turns if turn.end_s is not None]
        speakers = dict.fromkeys(turn.speaker for turn in self.turns)
        return Conversation(
            id=self.id,
            channel=self.channel,
            language=self.language,
            duration_s=max(ends, default=None),
            participants=tuple(
                Participant(role=speaker, audio_channel=number if ends else None)
                for number, speaker in enumerate(speakers)
                if speaker != "unknown"
            ),
            turns=tuple(
                Turn(index=number, words=_words(turn), **turn.model_dump())
                for number, turn in enumerate(self.turns)
            ),
        )


def _words(turn: _CaseTurn) -> tuple[Word, ...]:
    """Spread the words of a turn evenly over its time."""
    if turn.start_s is None or turn.end_s is None:
        return ()
    parts = turn.text.split()
    step = (turn.end_s - turn.start_s) / max(1, len(parts))
    return tuple(
        Word(
            text=part,
            start_s=turn.start_s + number * step,
            end_s=turn.start_s + (number + 1) * step,
            probability=1.0,
        )
        for number, part in enumerate(parts)
    )


_AUTHOR = "author"
"""Rater of a folder of cases: who wrote the conversation with its truth."""


def _read_folder(folder: Path, part: Part | None) -> Labels:
    paths = sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")])
    if not paths:
        raise NotFound(
            f"{folder} holds no .yaml file", remedy="give a folder of labelled conversations"
        )
    labels: list[Label] = []
    conversations: dict[str, Conversation] = {}
    eliminatory: dict[str, frozenset[str]] = {}
    for path in paths:
        case, conversation = _read_case(path, folder)
        if part not in (None, case.part):
            continue
        if case.id in conversations:
            raise DatasetInvalid(
                f"{path.relative_to(folder)}: another case has the id {case.id!r}",
                remedy="give each case an id of its own",
            )
        conversations[case.id] = conversation
        eliminatory[case.id] = frozenset(item for item, met in case.eliminatory.items() if met)
        labels += [
            Label(case.id, item, truth.value, _AUTHOR, truth.why)
            for item, truth in case.truth.items()
        ]
    if not labels:
        raise DatasetInvalid(
            f"{folder} holds no case of the part {part!r}", remedy="leave --part out"
        )
    return Labels(tuple(labels), conversations, eliminatory)


def _read_case(path: Path, folder: Path) -> tuple[_Case, Conversation]:
    name = str(path.relative_to(folder))
    try:
        values = parse_yaml(path.read_text(encoding="utf-8-sig"), name=name)
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(
            f"{name} cannot be read as UTF-8 text: {error}", remedy="save it as UTF-8"
        ) from None
    try:
        case = _Case.model_validate(values)
        return case, case.conversation()
    except ValidationError as error:
        raise DatasetInvalid(
            f"{name}: {describe(error)}", remedy="correct these places (docs/trust.md)"
        ) from None


def questions_of(labels: Sequence[Label]) -> tuple[str, ...]:
    """Return the questions that were answered, in the order in which they first come."""
    return tuple(dict.fromkeys(label.item for label in labels))
