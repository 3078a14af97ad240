"""Writing the note: the statements that say most in the fewest words, under fixed headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from conversation import Conversation, Evidence
from nlu.commitments import Commitment, find_commitments
from nlu.entities import Entity, find_entities
from nlu.entities.finding import LANGUAGES
from nlu.wrap_up.condensing import lower_first
from nlu.wrap_up.note import (
    MAX_WORDS,
    NOTE_SECTIONS,
    NoteLabel,
    NoteRefused,
    NoteSection,
    NoteSentence,
    WrapUpNote,
    heading,
)
from nlu.wrap_up.statement import Statement
from nlu.wrap_up.statements import statements_of

LEAST_CUSTOMER_WORDS = 4
"""With fewer, the customer said nothing that can be summed up."""

_MOST: dict[NoteSection, int] = {
    "reason": 4, "request": 2, "established": 4, "done": 3, "agreed": 2, "commitments": 4,
    "next": 2,
}  # fmt: skip
_WEIGHTS: dict[NoteSection, float] = {
    "done": 1.3, "commitments": 1.3, "agreed": 1.3, "established": 0.9, "reason": 0.9,
    "request": 0.8,
}  # fmt: skip
_SAME = 0.6  # share of common stems from which two statements of a heading repeat each other
_SAME_ELSEWHERE = 0.8  # the same under two headings
_LEAST_WORTH = 1.2  # of a statement; what says less is left out even where words are left
_LEAST_NEW = 0.25  # share of stems that are not told yet
_BREVITY = 0.45  # how much a statement's length counts against it: worth / words ** _BREVITY


def write_note(
    conversation: Conversation,
    *,
    language: str | None = None,
    reason: NoteLabel | None = None,
    outcome: NoteLabel | None = None,
    entities: Sequence[Entity] | None = None,
    commitments: Sequence[Commitment] | None = None,
) -> WrapUpNote | NoteRefused:
    """Write the note of a conversation, in its own words.

    What the customer says is quoted; what agents say is shortened and made impersonal. Payment
    card numbers, identification and moods stay out.

    Args:
        conversation: Any conversation.
        language: BCP 47 primary tag; the conversation's own when None.
        reason: The contact reason, as it is to be named; left out when None.
        outcome: How it ended, as it is to be named; left out when None.
        entities: Of the conversation, where they are known; found when None.
        commitments: Of the conversation, where they are known; found when None.

    Returns:
        A note of at most 80 words whose every sentence names the words it rests on, or why there
        is none.
    """
    primary = (language or conversation.language or "").split("-")[0].lower()
    refused = _refusal(conversation, primary)
    if refused is not None:
        return refused
    if entities is None:
        entities = find_entities(conversation, language=primary)
    if commitments is None:
        commitments = find_commitments(conversation, language=primary)
    statements = statements_of(
        conversation, entities=entities, commitments=commitments, language=primary
    )
    chosen = _choose(statements, reason, outcome, primary)
    sentences = _sentences(chosen, reason, outcome, primary)
    if not sentences:
        return NoteRefused(
            reason="too_short",
            message="nothing was said that a note could hold: no problem, request, fact or promise",
        )
    return WrapUpNote(language=cast("Literal['fr', 'en']", primary), sentences=tuple(sentences))


def _refusal(conversation: Conversation, language: str) -> NoteRefused | None:
    words = sum(len(turn.text.split()) for turn in conversation.turns_of("customer", "unknown"))
    if not words:
        return NoteRefused(
            reason="no_customer_speech",
            message=f"none of {len(conversation.turns)} turns is known to hold customer's words",
        )
    if language not in LANGUAGES:
        return NoteRefused(
            reason="language_unsupported",
            message=f"the language is {language or 'not known'}; notes are written in fr and en",
        )
    if words < LEAST_CUSTOMER_WORDS:
        return NoteRefused(
            reason="too_short",
            message=f"the customer said {words} words, expected at least {LEAST_CUSTOMER_WORDS}",
        )
    return None


def _choose(
    statements: Sequence[Statement],
    reason: NoteLabel | None,
    outcome: NoteLabel | None,
    language: str,
) -> list[Statement]:
    """Take the best of each heading, then whatever adds most a word, while words are left."""
    chosen: list[Statement] = []
    for section in ("reason", "commitments", "done", "agreed", "established", "next", "request"):
        of_section = [one for one in statements if one.section == section and not one.is_reference]
        best = max(of_section, key=lambda one: one.worth, default=None)
        if best is not None:
            _take(chosen, best, reason, outcome, language)
    while True:
        options = [
            (gain, one)
            for one in statements
            if one not in chosen and (gain := _gain(one, chosen)) > 0
        ]
        options.sort(key=lambda option: (-option[0], option[1].turn_index))
        if not any(_take(chosen, one, reason, outcome, language) for _, one in options):
            return chosen


def _take(
    chosen: list[Statement],
    one: Statement,
    reason: NoteLabel | None,
    outcome: NoteLabel | None,
    language: str,
) -> bool:
    if sum(other.section == one.section for other in chosen) >= _MOST[one.section]:
        return False
    if _gain(one, chosen) <= 0:
        return False
    sentences = _sentences([*chosen, one], reason, outcome, language)
    if sum(len(sentence.text.split()) for sentence in sentences) > MAX_WORDS:
        return False
    chosen.append(one)
    return True


def _gain(one: Statement, chosen: Sequence[Statement]) -> float:
    """Return what a statement adds a word: its worth, less what is told already."""
    if one.worth < _LEAST_WORTH or not one.stems:
        return 0.0
    beside = [other for other in chosen if one.is_quote or one.is_reference or not other.is_quote]
    for other in beside:
        same = _SAME if other.section == one.section else _SAME_ELSEWHERE
        if len(one.stems & other.stems) / len(one.stems) >= same:
            return 0.0
    known: frozenset[str] = frozenset().union(*(other.stems for other in beside))
    new = len(one.stems - known) / len(one.stems)
    if new <= _LEAST_NEW:
        return 0.0
    return float(one.worth * new * _WEIGHTS.get(one.section, 1.0) / one.words**_BREVITY)


def _sentences(
    chosen: Sequence[Statement],
    reason: NoteLabel | None,
    outcome: NoteLabel | None,
    language: str,
) -> list[NoteSentence]:
    sentences: list[NoteSentence] = []
    for section in NOTE_SECTIONS:
        of_section = sorted(
            (one for one in chosen if one.section == section),
            key=lambda one: (one.turn_index, one.place),
        )
        label = reason if section == "reason" else None
        if not of_section and (label is None or not label.evidence):
            continue
        parts = [_shown(one, language) for one in of_section]
        evidence = tuple(piece for one in of_section for piece in one.evidence)
        if label is not None:
            evidence += label.evidence
            parts = [f"{label.text}. " + _joined(parts, language) if parts else label.text]
        text = f"{heading(section, language)} {_joined(parts, language)}."
        sentences.append(NoteSentence(section=section, text=text, evidence=_unique(evidence)))
    if outcome is not None and outcome.evidence:
        name = "Issue :" if language == "fr" else "Outcome:"
        sentences.append(
            NoteSentence(section="next", text=f"{name} {outcome.text}.", evidence=outcome.evidence)
        )
    return sentences


def _shown(one: Statement, language: str) -> str:
    text = lower_first(one.text)
    if not one.is_quote:
        return text
    return f"« {text} »" if language == "fr" else f"“{text.replace('“', '‘').replace('”', '’')}”"


def _joined(parts: Sequence[str], language: str) -> str:
    return (" ; " if language == "fr" else "; ").join(parts)


def _unique(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))
