"""How many of a conversation's facts its note keeps, and how many it states without support.

A file holds one conversation a line, in any shape that ``parse_conversation`` reads, with beside
it:

- ``facts``: what the note should tell. Each is a text (its words must stand in one sentence of
  the note, in any order and inflection, numbers in any spelling), ``{"regex": "…"}`` (searched in
  the note, in any case), ``{"any": […]}`` (one of several texts), or ``{"key": "…", …}``, which
  names one of the former for the reader of the results;
- ``must_not`` (optional): texts or regular expressions of what would be wrong;
- ``reason`` (optional): how the contact reason is to be named;
- ``refused`` (optional): why no note can be written, where that is what is expected.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, parse_conversation
from conversation.errors import ConversationUnreadable, DatasetInvalid, NotFound
from nlu.entities.written_text import fold, read_written
from nlu.language import detect_conversation_language
from nlu.wrap_up import NoteLabel, NoteRefused, WrapUpNote, write_note
from nlu.wrap_up.facts import clauses_in, is_negated, unsupported_facts
from nlu.wrap_up.note import RefusalReason

_BESIDE = frozenset({"facts", "must_not", "reason", "refused", "note"})
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?|[€$£%]")
_SIGNS = {"€": "eur", "euro": "eur", "euros": "eur", "$": "usd", "dollar": "usd", "dollars": "usd",
          "£": "gbp", "pound": "gbp", "pounds": "gbp", "heure": "h", "heures": "h",
          "hours": "hour"}  # fmt: skip
_SMALL = {
    "fr": dict(
        zip("deux trois quatre cinq six sept huit neuf dix".split(), range(2, 11), strict=True)
    ),
    "en": dict(
        zip("two three four five six seven eight nine ten".split(), range(2, 11), strict=True)
    ),
}
_UNCOUNTED = frozenset(
    "le la les l un une des de du d et a au aux en the an of and to in for on his her est is sa "
    "son ses".split()
)
_ALIKE_FROM = 5  # letters of a word's beginning that make two words one


class NoteFigures(BaseModel):
    """What became of one conversation.

    Attributes:
        id: Of the conversation.
        note: The note; None where it was refused.
        words: Of the note.
        facts_kept: Facts that the note tells.
        facts_missed: The others, as the file writes them.
        facts_unsupported: What the note states and its cited turns do not say, and what of
            ``must_not`` it holds.
        refused: Why there is no note; None where there is one.
        refusal_expected: Whether the file expects that refusal; None where it says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    note: str | None
    words: int
    facts_kept: int
    facts_missed: tuple[str, ...]
    facts_unsupported: tuple[str, ...]
    refused: RefusalReason | None
    refusal_expected: bool | None


class SummaryEvaluation(BaseModel):
    """The figures of a file.

    Attributes:
        file: Its name.
        n: Conversations.
        notes: Notes written.
        facts: Facts asked for, over all conversations; a refused note keeps none of its own.
        facts_kept: Of them, how many the notes tell.
        facts_kept_share: The same as a share; 0 where no fact is asked for.
        facts_unsupported: What notes state without support, over all.
        unsupported_a_note: The same for each note.
        words_mean: Words of a note.
        words_max: Of the longest.
        refused: Refusals by reason.
        refusals_as_expected: Conversations with ``refused`` that were refused for that reason.
        refusals_expected: Conversations with ``refused``.
        wall_s: Seconds for all.
        conversations: One by one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    n: int = Field(gt=0)
    notes: int
    facts: int
    facts_kept: int
    facts_kept_share: float
    facts_unsupported: int
    unsupported_a_note: float
    words_mean: float
    words_max: int
    refused: dict[RefusalReason, int]
    refusals_as_expected: int
    refusals_expected: int
    wall_s: float
    conversations: tuple[NoteFigures, ...]


@dataclass(frozen=True)
class _Fact:
    """One thing to look for.

    Attributes:
        shown: As the results name it.
        texts: Any of them will do.
        regexes: Or any of them.
    """

    shown: str
    texts: tuple[str, ...] = ()
    regexes: tuple[re.Pattern[str], ...] = ()

    def is_in(self, note: str, language: str) -> bool:
        """Say whether a note tells it."""
        if any(regex.search(note) for regex in self.regexes):
            return True
        told = [_words(sentence, language) for sentence in re.split(r"(?<=[.!?]) ", note)]
        return any(
            all(_is_among(word, words) for word in _words(text, language))
            for text in self.texts
            for words in told
        )

    def is_stated_in(self, note: str, language: str) -> bool:
        """Say whether a note tells it, affirmed where it is affirmed and denied where denied."""
        if any(regex.search(note) for regex in self.regexes):
            return True
        return any(
            is_negated(text, language) == is_negated(clause, language)
            and all(_is_among(word, _words(clause, language)) for word in _words(text, language))
            for text in self.texts
            for clause in clauses_in(note)
        )


@dataclass(frozen=True)
class _Row:
    """One line of the file."""

    conversation: Conversation
    facts: tuple[_Fact, ...]
    must_not: tuple[_Fact, ...]
    reason: str | None
    refused: str | None


Writer = Callable[[Conversation, str, NoteLabel | None], WrapUpNote | NoteRefused]


def evaluate_summary(
    file: Path,
    *,
    writer: Writer | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SummaryEvaluation:
    """Write the note of every conversation of a file, and count facts.

    Args:
        file: JSON Lines; the format is described at the top of this module.
        writer: Writes a note from a conversation, its language and a reason; the extractive one
            when None.
        progress: Called with the number of conversations done and in all.

    Returns:
        The figures.

    Raises:
        NotFound: The file does not exist.
        DatasetInvalid: A line is not as expected (the message names line, field and value), or
            there is no line.
    """
    if not file.is_file():
        raise NotFound(f"{file} does not exist", remedy="give a file of JSON Lines")
    rows = list(_rows(file))
    if not rows:
        raise DatasetInvalid(f"{file.name} holds no line", remedy="give one conversation a line")
    write = writer or _extractive
    started = time.perf_counter()
    results: list[NoteFigures] = []
    for row in rows:
        results.append(_figures(row, write))
        if progress:
            progress(len(results), len(rows))
    wall_s = time.perf_counter() - started
    notes = [one for one in results if one.note is not None]
    facts = sum(len(row.facts) for row in rows)
    kept = sum(one.facts_kept for one in results)
    unsupported = sum(len(one.facts_unsupported) for one in results)
    return SummaryEvaluation(
        file=file.name,
        n=len(rows),
        notes=len(notes),
        facts=facts,
        facts_kept=kept,
        facts_kept_share=round(kept / facts, 4) if facts else 0.0,
        facts_unsupported=unsupported,
        unsupported_a_note=round(unsupported / len(notes), 4) if notes else 0.0,
        words_mean=round(sum(one.words for one in notes) / len(notes), 1) if notes else 0.0,
        words_max=max((one.words for one in notes), default=0),
        refused=dict(Counter(one.refused for one in results if one.refused)),
        refusals_as_expected=sum(one.refusal_expected is True for one in results),
        refusals_expected=sum(one.refusal_expected is not None for one in results),
        wall_s=round(wall_s, 3),
        conversations=tuple(results),
    )


def _extractive(
    conversation: Conversation, language: str, reason: NoteLabel | None
) -> WrapUpNote | NoteRefused:
    return write_note(conversation, language=language, reason=reason)


def _figures(row: _Row, write: Writer) -> NoteFigures:
    conversation = row.conversation
    language = conversation.language or detect_conversation_language(conversation) or ""
    note = write(conversation, language, _label(row))
    if isinstance(note, NoteRefused):
        return NoteFigures(
            id=conversation.id,
            note=None,
            words=0,
            facts_kept=0,
            facts_missed=tuple(fact.shown for fact in row.facts),
            facts_unsupported=(),
            refused=note.reason,
            refusal_expected=None if row.refused is None else row.refused == note.reason,
        )
    missed = [fact.shown for fact in row.facts if not fact.is_in(note.text, note.language)]
    wrong = [fact.shown for fact in row.must_not if fact.is_stated_in(note.text, note.language)]
    wrong += [
        f"{problem} in {sentence.text!r}"
        for sentence in note.sentences
        for problem in unsupported_facts(
            _without_given(sentence.text, row.reason),
            [conversation.turns[one.turn_index].text for one in sentence.evidence],
            note.language,
        )
    ]
    return NoteFigures(
        id=conversation.id,
        note=note.text,
        words=note.words,
        facts_kept=len(row.facts) - len(missed),
        facts_missed=tuple(missed),
        facts_unsupported=tuple(wrong),
        refused=None,
        refusal_expected=None if row.refused is None else False,
    )


def _label(row: _Row) -> NoteLabel | None:
    if row.reason is None:
        return None
    turn = next((one for one in row.conversation.turns_of("customer") if one.text.strip()), None)
    return NoteLabel(text=row.reason, evidence=() if turn is None else (Evidence.from_turn(turn),))


def _without_given(text: str, reason: str | None) -> str:
    """The reason's name is the file's; it is not asked of the turns."""
    return text.replace(reason, "", 1) if reason else text


def _words(text: str, language: str) -> list[str]:
    folded = fold(read_written(text, language).text) if language in _SMALL else fold(text)
    folded = re.sub(r"(?<=\d)[ ](?=\d{3}\b)", "", folded)
    folded = re.sub(r"(\d),(\d{3})\b", r"\1\2", folded) if language == "en" else folded
    small = _SMALL.get(language, {})
    words = []
    for word in _WORD.findall(re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", folded)):
        if word[0].isdigit():
            figure = re.sub(r"\.0+$", "", word.replace(",", "."))
            words.append(figure.lstrip("0") or "0")
        elif word not in _UNCOUNTED:
            words.append(str(small[word]) if word in small else _SIGNS.get(word, word))
    return words


def _is_among(word: str, words: Sequence[str]) -> bool:
    if word in words:
        return True
    return len(word) >= _ALIKE_FROM and any(
        other[:_ALIKE_FROM] == word[:_ALIKE_FROM] for other in words if other[0].isalpha()
    )


def _rows(file: Path) -> Iterator[_Row]:
    with file.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            place = f"{file.name} line {number}"
            try:
                line = raw.decode("utf-8").strip()
            except UnicodeDecodeError as error:
                raise DatasetInvalid(
                    f"{place} is not UTF-8: {error.reason}", remedy="save the file as UTF-8"
                ) from None
            if line:
                yield _read(place, line, number)


def _read(place: str, line: str, number: int) -> _Row:
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DatasetInvalid(
            f"{place} is not JSON, got {line[:60]!r}: {error}",
            remedy="write one JSON object a line",
        ) from None
    if not isinstance(data, dict):
        raise DatasetInvalid(
            f"{place} is a {type(data).__name__}, expected an object with turns and facts",
            remedy="write one JSON object a line",
        )
    refused = data.get("refused")
    if refused is not None and refused not in get_args(RefusalReason):
        raise DatasetInvalid(
            f"{place}, field refused: expected one of {', '.join(get_args(RefusalReason))}, "
            f"got {refused!r}",
            remedy="name the reason, or leave the field out",
        )
    reason = data.get("reason")
    if reason is not None and not (isinstance(reason, str) and reason.strip()):
        raise DatasetInvalid(
            f"{place}, field reason: expected a text, got {reason!r}", remedy="leave it out"
        )
    return _Row(
        conversation=_conversation(data, place, number),
        facts=_facts(data.get("facts", []), f"{place}, field facts"),
        must_not=_facts(data.get("must_not", []), f"{place}, field must_not"),
        reason=reason,
        refused=refused,
    )


def _conversation(data: Mapping[str, Any], place: str, number: int) -> Conversation:
    inner = data.get("conversation")
    plain = dict(inner) if isinstance(inner, Mapping) else dict(data)
    plain = {key: value for key, value in plain.items() if key not in _BESIDE}
    turns = plain.get("turns")
    if isinstance(turns, list):
        if any(isinstance(turn, Mapping) and "index" not in turn for turn in turns):
            del plain["turns"]
            plain["messages"] = turns
        plain.setdefault("channel", "phone")
    try:
        return parse_conversation(plain, name=f"conversation-{number}")
    except ConversationUnreadable as error:
        raise DatasetInvalid(f"{place}: {error.message}", remedy=error.remedy) from error


def _facts(given: object, place: str) -> tuple[_Fact, ...]:
    if not isinstance(given, list):
        raise DatasetInvalid(
            f"{place}: expected a list, got {given!r:.60}", remedy='write ["15 euros", …]'
        )
    return tuple(_fact(one, f"{place}[{number}]") for number, one in enumerate(given))


def _fact(given: object, place: str) -> _Fact:
    if isinstance(given, str) and given.strip():
        return _Fact(shown=given, texts=(given,))
    if isinstance(given, Mapping):
        shown = str(given.get("key") or given.get("any") or given.get("regex") or given.get("text"))
        texts = [given["text"]] if "text" in given else given.get("any", [])
        regexes = [given["regex"]] if "regex" in given else []
        if isinstance(texts, list) and all(isinstance(one, str) for one in [*texts, *regexes]):
            try:
                compiled = tuple(re.compile(regex, re.IGNORECASE) for regex in regexes)
            except re.error as error:
                raise DatasetInvalid(
                    f"{place}: {regexes[0]!r} is no regular expression: {error}",
                    remedy="correct it",
                ) from None
            if texts or compiled:
                return _Fact(shown=shown, texts=tuple(texts), regexes=compiled)
    raise DatasetInvalid(
        f"{place}: expected a text or an object, got {given!r:.60}",
        remedy='write "15 euros", {"regex": "…"} or {"any": ["…", "…"]}',
    )
