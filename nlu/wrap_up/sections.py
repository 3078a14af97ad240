"""Under which heading what somebody said belongs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conversation import Conversation, Evidence, Turn
from nlu.commitments.clauses import Clause
from nlu.commitments.frames import ACCEPTED
from nlu.entities.written_text import fold
from nlu.wrap_up import cues
from nlu.wrap_up.note import NoteSection
from nlu.wrap_up.statement import Source, count_words

_SHORT_WORDS = 12  # of an agent's answer that only names the day agreed on
_OPENING_WORDS = 30  # of the customer's; the reason is said within them
_REFERENCE = re.compile(r"\b(?:commande|dossier|order|reference|ticket|contrat|case)\b")
_PASSIVE = re.compile(r"\b(?:a|ont) ete\b|\b(?:was|were)\b")
_NO = {
    "fr": re.compile(r"^\W*(?:(?:ah|ben|bah|euh|mais)\W+)*non\b(?! merci)"),
    "en": re.compile(r"^\W*(?:(?:oh|um|uh|well)\W+)*(?:no|nope)\b(?!,? thank)"),
}
_ANSWERS = {"fr": ("oui", "non"), "en": ("yes", "no")}


def section_of(
    source: Source, turn: Turn, run: Sequence[Clause], folded: str
) -> NoteSection | None:
    """Return where a part of a turn belongs.

    Args:
        source: Of the conversation.
        turn: Of the conversation.
        run: Clauses of one sentence of the turn.
        folded: Their words, in lower case without accents.

    Returns:
        The section; None for identification, which no note holds.
    """
    language = source.language
    is_question = run[-1].is_question
    if turn.speaker == "system":
        return "done"
    if cues.IDENTITY[language].search(folded) and not _REFERENCE.search(folded):
        return None
    if turn.speaker in ("agent", "bot"):
        if is_question:
            return "established"
        if cues.RECAP[language].search(folded):
            return "agreed"
        if _is_day_agreed(source, turn, run):
            return "agreed"
        if cues.DONE[language].search(folded) and not _is_of_the_past(source, turn, folded):
            return "done"
        is_finding = cues.TESTED[language].search(folded)
        return "next" if cues.NEXT[language].search(folded) and not is_finding else "established"
    if turn.speaker == "unknown":
        return "established"
    if cues.ESCALATION_THREAT[language].search(folded):
        return "next"
    asked = _question_before(source, turn)
    if asked is not None and (
        cues.IDENTITY[language].search(asked) or cues.ANYTHING_ELSE[language].search(asked)
    ):
        return None
    if _is_opening(source.conversation, turn, run[0].start) and asked is None:
        return "reason"
    return "request" if cues.REQUEST[language].search(folded) else "established"


def answered(source: Source, turn: Turn) -> tuple[Evidence, str] | None:
    """Return the customer's yes or no to an agent's question, and how the note tells it."""
    language = source.language
    folded = fold(turn.text)
    tells = cues.UNDERSTOOD[language].search(folded) or cues.RECAP[language].search(folded)
    if not tells and not source.kinds_in(turn, turn.text):
        return None
    for other in source.conversation.turns[turn.index + 1 : turn.index + 3]:
        if other.speaker != "customer":
            continue
        answer = fold(other.text)
        if no := _NO[language].match(answer):
            return Evidence.from_turn(other, other.text[: no.end()].strip()), _ANSWERS[language][1]
        if yes := ACCEPTED[language].match(answer):
            shown = "" if tells else _ANSWERS[language][0]
            return Evidence.from_turn(other, other.text[: yes.end()].strip()), shown
    return None


def _is_day_agreed(source: Source, turn: Turn, run: Sequence[Clause]) -> bool:
    """Say whether an agent names a day in a few words and the customer says yes to it."""
    text = turn.text[run[0].start : run[-1].end]
    days = {kind for kind, _ in source.kinds_in(turn, text)} & {"date", "deadline"}
    return bool(days) and count_words(turn.text) <= _SHORT_WORDS and _confirmed(source, turn)


def _confirmed(source: Source, turn: Turn) -> bool:
    following = source.conversation.turns[turn.index + 1 : turn.index + 2]
    return any(
        other.speaker == "customer" and ACCEPTED[source.language].match(fold(other.text))
        for other in following
    )


def _is_of_the_past(source: Source, turn: Turn, folded: str) -> bool:
    """Say whether an act was found out, not done: "le paiement a été effectué samedi"."""
    if not _PASSIVE.search(folded):
        return False
    kinds = {kind for kind, _ in source.kinds_in(turn, turn.text)}
    return "was " in folded or "date" in kinds


def _question_before(source: Source, turn: Turn) -> str | None:
    """Return the agent's question that a customer's turn answers, folded."""
    for other in reversed(source.conversation.turns[: turn.index]):
        if other.speaker in ("agent", "bot"):
            folded = fold(other.text)
            is_open = cues.OPEN_QUESTION[source.language].search(folded)
            return folded if other.text.rstrip().endswith("?") and not is_open else None
    return None


def _is_opening(conversation: Conversation, turn: Turn, place: int) -> bool:
    """Say whether a place is within the customer's first words."""
    said = len(turn.text[:place].split())
    for other in conversation.turns_of("customer"):
        if other.index >= turn.index:
            break
        said += len(other.text.split())
    return said < _OPENING_WORDS
