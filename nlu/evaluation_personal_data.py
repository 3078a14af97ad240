"""How much of the personal data of a labelled file is found, and how much is found wrongly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Turn
from conversation.errors import BadInput, DatasetInvalid, NotFound
from nlu.labelled_lines import labelled_lines, labelled_object
from nlu.personal_data import PersonalData, PersonalDataSettings, find_personal_data
from nlu.personal_data.kinds import PERSONAL_DATA_TYPES

_TYPES_OF = {
    "person": "person", "street_address": "postal_address", "address": "postal_address",
    "zip_code": "postal_address", "credit_card": "card_number", "phone_number": "phone",
    "email_address": "email", "iban_code": "iban",
}  # fmt: skip
_TYPES_OF |= {kind: kind for kind in PERSONAL_DATA_TYPES}
_SLOTS = {
    "name": ("person", "Could I have your full name please?"),
    "dob": ("birth_date", "What is your date of birth?"),
    "postcode": ("postal_address", "What is your postcode?"),
}
_COVERED = 0.9
_LANGUAGES = ("fr", "en")


class PersonalDataFigures(BaseModel):
    """Figures of one type; a ratio with nothing to count is 0.

    Attributes:
        recall: Share of the labelled stretches of which at least nine tenths of the characters
            were found, as whatever type: what is found is removed.
        recall_of_type: The same, counting only what was found as this type.
        precision: Share of the stretches found as this type that touch any labelled one.
        support: Labelled stretches.
        found: Stretches found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recall: float
    recall_of_type: float
    precision: float
    support: int
    found: int


class PersonalDataEvaluation(BaseModel):
    """What was found of the labels of a file.

    Attributes:
        file: Name of the file.
        n: Texts.
        per_type: Figures of the types that are labelled or were found.
        unlabelled_types: Labels of the file that are no type of Entendu, with their number.
        wall_s: Seconds, from reading the first line to the last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    n: int = Field(gt=0)
    per_type: dict[str, PersonalDataFigures]
    unlabelled_types: dict[str, int]
    wall_s: float


@dataclass(frozen=True)
class _Row:
    text: str
    spans: tuple[tuple[str, int, int], ...]
    other_spans: tuple[tuple[str, int, int], ...]
    language: str
    question: str | None


def evaluate_personal_data(
    file: Path,
    *,
    language: str | None = None,
    settings: PersonalDataSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PersonalDataEvaluation:
    """Find the personal data of every text of a file and compare with its labels.

    Args:
        file: JSON Lines in one of three forms: ``text`` and ``spans`` of ``type``, ``start`` and
            ``end``; ``tokens`` and ``tags`` (B-PER, I-PER, O); or ``text`` and ``slot`` (name,
            dob, postcode), where the whole text answers a question. ``lang`` is read where given.
        language: Of texts without ``lang``, ``fr`` or ``en``; French if left.
        settings: What to look for; everything, names also with models, if left.
        progress: Called with the number of texts done and of lines in all.

    Returns:
        The figures.

    Raises:
        BadInput: The language is not one that is read.
        NotFound: The file does not exist.
        DatasetInvalid: A line is not as expected, or there is none.
    """
    if language is not None and language.split("-")[0].lower() not in _LANGUAGES:
        raise BadInput(
            f"personal data is not looked for in language {language!r}",
            remedy=f"give {' or '.join(_LANGUAGES)}",
        )
    settings = settings or PersonalDataSettings(name_models=True)
    if not file.is_file():
        raise NotFound(f"{file} does not exist", remedy="give a file of JSON Lines")
    started = time.perf_counter()
    lines = list(labelled_lines(file))
    counts: dict[str, list[int]] = {}
    others: dict[str, int] = {}
    done = 0
    for number, line in lines:
        row = _read(file, number, line, language or "fr")
        done += 1
        if progress:
            progress(done, len(lines))
        if row is None:
            continue
        found = _find(row, settings)
        for kind, _, _ in row.other_spans:
            others[kind] = others.get(kind, 0) + 1
        _count(counts, row, found)
    if not done:
        raise DatasetInvalid(f"{file.name} holds no line", remedy="give one labelled text a line")
    return PersonalDataEvaluation(
        file=file.name,
        n=done,
        per_type={kind: _figures(counts[kind]) for kind in sorted(counts)},
        unlabelled_types=others,
        wall_s=round(time.perf_counter() - started, 3),
    )


def _find(row: _Row, settings: PersonalDataSettings) -> list[PersonalData]:
    turns = [Turn(index=0, speaker="agent", text=row.question)] if row.question else []
    turns.append(Turn(index=len(turns), speaker="customer", text=row.text))
    conversation = Conversation(
        id="text", channel="chat", language=row.language, turns=tuple(turns)
    )
    last = len(turns) - 1
    found = find_personal_data(conversation, settings=settings)
    return [one for one in found if one.turn_index == last]


def _count(counts: dict[str, list[int]], row: _Row, found: list[PersonalData]) -> None:
    for kind, start, end in row.spans:
        count = counts.setdefault(kind, [0] * 5)
        any_type = sum(_shared(one, start, end) for one in found)
        same_type = sum(_shared(one, start, end) for one in found if one.type == kind)
        count[0] += any_type >= _COVERED * (end - start)
        count[1] += same_type >= _COVERED * (end - start)
        count[2] += 1
    for one in found:
        count = counts.setdefault(one.type, [0] * 5)
        labelled = (*row.spans, *row.other_spans)
        count[3] += any(_shared(one, start, end) for _, start, end in labelled)
        count[4] += 1


def _shared(one: PersonalData, start: int, end: int) -> int:
    return max(0, min(end, one.end) - max(start, one.start))


def _figures(count: list[int]) -> PersonalDataFigures:
    hits, typed, support, right, found = count
    return PersonalDataFigures(
        recall=round(hits / support, 4) if support else 0.0,
        recall_of_type=round(typed / support, 4) if support else 0.0,
        precision=round(right / found, 4) if found else 0.0,
        support=support,
        found=found,
    )


def _read(file: Path, number: int, line: str, language: str) -> _Row | None:
    """Return a labelled text; None for an empty answer."""
    place = f"{file.name} line {number}"
    row = labelled_object(place, line, expected="an object")
    given: object = row.get("lang")
    lang = given if isinstance(given, str) else language
    if isinstance(row.get("tokens"), list) and isinstance(row.get("tags"), list):
        joined, spans = _from_tokens(row["tokens"], row["tags"])
        return _Row(joined, spans, (), lang, None)
    text = row.get("text")
    if not isinstance(text, str):
        raise DatasetInvalid(
            f"{place}: expected text with spans or slot, or tokens with tags, got "
            f"{', '.join(row) or 'nothing'}",
            remedy="give every line a text and its labels",
        )
    if row.get("slot") in _SLOTS:
        kind, question = _SLOTS[row["slot"]]
        return _Row(text, ((kind, 0, len(text)),), (), lang, question) if text.strip() else None
    labels = _labels(place, row.get("spans"), len(text))
    known = tuple((_TYPES_OF[k], s, e) for k, s, e in labels if k in _TYPES_OF)
    return _Row(text, known, tuple(one for one in labels if one[0] not in _TYPES_OF), lang, None)


def _labels(place: str, spans: object, length: int) -> list[tuple[str, int, int]]:
    if not isinstance(spans, list):
        raise DatasetInvalid(
            f"{place}, field spans: expected a list, got {spans!r:.60}",
            remedy="give type, start and end of what is personal; [] where nothing is",
        )
    read: list[tuple[str, int, int]] = []
    for span in spans:
        values = span if isinstance(span, dict) else {}
        kind, start, end = values.get("type"), values.get("start"), values.get("end")
        if (
            not isinstance(kind, str)
            or not isinstance(start, int)
            or not isinstance(end, int)
            or not 0 <= start < end <= length
        ):
            raise DatasetInvalid(
                f"{place}, field spans: expected type, start and end within {length} characters, "
                f"got {span!r:.80}",
                remedy="count characters from 0, the end not included",
            )
        read.append((kind.lower(), start, end))
    return read


def _from_tokens(
    tokens: list[str], tags: list[str]
) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    text = ""
    spans: list[tuple[str, int, int]] = []
    for piece, tag in zip(tokens, tags, strict=False):
        closes = piece in ".,;:)'’" or piece.startswith("'s") or text.endswith(("'", "’", "("))
        if text and not closes:
            text += " "
        start = len(text)
        text += piece
        if tag == "B-PER":
            spans.append(("person", start, len(text)))
        elif tag == "I-PER" and spans:
            spans[-1] = ("person", spans[-1][1], len(text))
    return text, tuple(spans)
