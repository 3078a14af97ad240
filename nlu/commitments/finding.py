"""The promises of a conversation: said outright, offered and taken, asked for and granted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conversation import Conversation, Evidence, Turn
from nlu.commitments.clauses import Clause, clauses_of
from nlu.commitments.commitment import Commitment, Promiser
from nlu.commitments.due import Due, due_in
from nlu.commitments.frames import (
    ACCEPTED,
    AT_ONCE,
    AT_THIS_MOMENT,
    CENTRE_PROMISES,
    CONDITION,
    CUSTOMER_ACTS,
    HYPOTHETICAL,
    NEGATED_AFTER,
    NEGATED_BEFORE,
    NO_ACT,
    OFFERS,
    PROMISES,
    REFUSED_AFTER_YES,
    REMINDER,
    REQUESTS,
    TALK,
)
from nlu.commitments.kinds import kind_of
from nlu.entities.finding import LANGUAGES
from nlu.entities.written_text import fold

_MOST_WORDS = 28
_MOST_WORDS_BESIDE = 8  # of a clause beside the promise that may hold its day
_ANSWER_WITHIN = 2  # turns after an offer or request in which it is taken or granted
_ASKED_OF_CUSTOMERS = frozenset({"send_document", "send_back", "pay"})
_ASKED_OF_AGENTS = frozenset(
    {"call_back", "send_document", "refund", "technician_visit", "ship", "escalate", "appointment"}
)
_WORD = re.compile(r"[\w'-]+")
_TRAILING = re.compile(
    r"(?:[\s,]+(?:s'il vous pla[iî]t|d'accord|voil[aà]|merci|please|okay|ok|hein|madame|monsieur"
    r"|si cela vous convient|si ça vous va))*[\s,.;:!?…»”\"]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Said:
    """Where a promise, an offer or a request was recognised.

    Attributes:
        turn: The turn.
        start: Where its words begin in the turn's text.
        end: Where they end there.
        clause: The clause they begin in.
    """

    turn: Turn
    start: int
    end: int
    clause: Clause

    @property
    def text(self) -> str:
        """The words."""
        return self.turn.text[self.start : self.end]


def find_commitments(
    conversation: Conversation, *, language: str | None = None
) -> tuple[Commitment, ...]:
    """Find who promised what, by when.

    What is negated, asked or only supposed is no promise. An offer counts once the other side
    takes it, a request once it is granted. What is done at once, during the conversation, is not
    a promise either, unless a day is named.

    Args:
        conversation: Any conversation; turns of unknown speakers promise nothing.
        language: BCP 47 primary tag; the conversation's own when None.

    Returns:
        The promises in the order in which they were made; one that is repeated is given once,
        with the day from wherever it was named. Empty for a language other than French and
        English.
    """
    primary = (language or conversation.language or "").split("-")[0].lower()
    if primary not in LANGUAGES:
        return ()
    found: list[Commitment] = []
    for turn in conversation.turns:
        who = _side(turn)
        if who is None:
            continue
        for commitment in _of_turn(conversation, turn, who, primary):
            _add(found, commitment)
    return tuple(found)


def _side(turn: Turn) -> Promiser | None:
    if turn.speaker in ("agent", "bot"):
        return "agent"
    return "customer" if turn.speaker == "customer" else None


def _of_turn(
    conversation: Conversation, turn: Turn, who: Promiser, language: str
) -> Iterator[Commitment]:
    clauses = clauses_of(turn.text, language)
    taken_until = -1
    for position, clause in enumerate(clauses):
        if clause.start < taken_until:
            continue
        folded = fold(clause.text)
        match = _promise(folded, who, language, is_question=clause.is_question)
        answer = None
        if match is None or clause.is_question:
            offer = OFFERS[language].search(folded)
            if offer is None and match is None:
                yield from _requested(conversation, turn, who, clause, language)
                continue
            match = offer or match
            answer = _answer(conversation, turn, language)
            if answer is None or match is None or _is_negated(folded, match, language):
                continue
        said = _said(turn, clause, match)
        kind = kind_of(fold(said.text), who, language)
        if answer is not None and kind == "other" and TALK[language].search(fold(said.text)):
            continue
        until = _day_until(clauses, position, who, language)
        due = due_in(turn, said.start, until, conversation, language)
        if answer is None and not due and _is_of_the_moment(match, language):
            continue
        if who == "customer" and not due and AT_THIS_MOMENT[language].search(folded):
            continue
        if who == "customer" and kind == "other":
            verb = match["verb"] if "verb" in match.re.groupindex else ""
            if not CUSTOMER_ACTS[language].match(verb):
                continue
        taken_until = said.end
        condition = None if answer else _condition(turn, clauses, position, said, language)
        yield _commitment(said, who, kind, due, condition, answer)


def _promise(
    folded: str, who: Promiser, language: str, *, is_question: bool
) -> re.Match[str] | None:
    patterns = PROMISES[language] + (CENTRE_PROMISES[language] if who == "agent" else ())
    matches = [match for pattern in patterns if (match := pattern.search(folded))]
    for match in sorted(matches, key=lambda one: one.start()):
        if _is_negated(folded, match, language) or REMINDER[language].search(folded, match.start()):
            continue
        if HYPOTHETICAL[language].search(folded) and not is_question:
            continue
        return match
    return None


def _is_negated(folded: str, match: re.Match[str], language: str) -> bool:
    before = folded[max(0, match.start() - 20) : match.end()]
    return bool(
        NEGATED_BEFORE[language].search(before)
        or NEGATED_AFTER[language].match(folded[match.end() :])
    )


def _is_of_the_moment(match: re.Match[str], language: str) -> bool:
    """Say whether the act belongs to the conversation itself ("je vais vérifier")."""
    if match.re not in PROMISES[language] and not match[0].startswith("on "):
        return False
    verb = match["verb"].strip()
    announced = re.search(r"\b(?:vais|allons|on va|'ll|will|going to|gonna)\b", match[0])
    return bool(NO_ACT[language].match(verb) or (announced and AT_ONCE[language].match(verb)))


def _said(turn: Turn, clause: Clause, match: re.Match[str]) -> _Said:
    start = clause.start + match.start()
    end = clause.end
    words = list(_WORD.finditer(turn.text, start, end))
    if len(words) > _MOST_WORDS:
        end = words[_MOST_WORDS - 1].end()
    tail = _TRAILING.search(turn.text[start:end])
    if tail and tail.start():
        end = start + tail.start()
    return _Said(turn, start, end, clause)


def _day_until(clauses: tuple[Clause, ...], position: int, who: Promiser, language: str) -> int:
    """Return how far a day may stand: to the end of the sentence, short of another promise."""
    end = clauses[position].end
    for clause in clauses[position + 1 :]:
        is_same = clause.sentence == clauses[position].sentence
        is_long = len(clause.text.split()) > _MOST_WORDS_BESIDE
        if not is_same or is_long or _promise(fold(clause.text), who, language, is_question=False):
            break
        end = clause.end
    return end


def _condition(
    turn: Turn, clauses: tuple[Clause, ...], position: int, said: _Said, language: str
) -> str | None:
    pattern = CONDITION[language]
    inside = pattern.search(fold(said.text))
    if inside and inside.start():
        return said.text[inside.start() :].strip()
    lead = turn.text[said.clause.start : said.start]
    if found := pattern.search(fold(lead)):
        return lead[found.start() :].strip(" ,") or None
    if position:
        before = clauses[position - 1]
        found = pattern.search(fold(before.text))
        if before.sentence == said.clause.sentence and found and found.start() <= 6:
            return before.text[found.start() :].strip(" ,")
    return None


def _answer(
    conversation: Conversation, turn: Turn, language: str, *, grants: bool = False
) -> tuple[Turn, str] | None:
    """Return the turn of the other side that says yes, and the words that do."""
    for other in conversation.turns[turn.index + 1 : turn.index + 1 + _ANSWER_WITHIN]:
        if other.speaker == turn.speaker or _side(other) is None:
            continue
        folded = fold(other.text)
        yes = ACCEPTED[language].match(folded)
        if yes is None or REFUSED_AFTER_YES[language].search(folded):
            return None
        if grants and "?" in other.text[: yes.end() + 2]:
            return None
        return other, other.text[: yes.end()].strip()
    return None


def _requested(
    conversation: Conversation, turn: Turn, who: Promiser, clause: Clause, language: str
) -> Iterator[Commitment]:
    """Find what one side asks of the other, where it is granted."""
    folded = fold(clause.text)
    match = REQUESTS[language].search(folded)
    if match is None or NEGATED_AFTER[language].match(folded[match.end() :]):
        return
    other: Promiser = "customer" if who == "agent" else "agent"
    said = _said(turn, clause, match)
    kind = kind_of(fold(said.text), other, language)
    wanted = _ASKED_OF_CUSTOMERS if other == "customer" else _ASKED_OF_AGENTS
    if kind not in wanted or REMINDER[language].search(folded):
        return
    answer = _answer(conversation, turn, language, grants=True)
    if answer is None:
        return
    due = due_in(turn, said.start, said.end, conversation, language) or due_in(
        answer[0], 0, len(answer[0].text), conversation, language
    )
    yield _commitment(said, other, kind, due, None, answer)


def _commitment(
    said: _Said,
    who: Promiser,
    kind: str,
    due: Due | None,
    condition: str | None,
    answer: tuple[Turn, str] | None,
) -> Commitment:
    evidence = [Evidence.from_turn(said.turn, said.text)]
    if answer is not None:
        evidence.append(Evidence.from_turn(answer[0], answer[1]))
    return Commitment.model_validate(
        {
            "who": who,
            "kind": kind,
            "text": said.text,
            "due": due.value if due else None,
            "due_text": due.text if due else None,
            "conditional": condition is not None,
            "condition": condition,
            "evidence": tuple(evidence),
        }
    )


def _add(found: list[Commitment], new: Commitment) -> None:
    """Keep a promise once: said again, it only adds the day that was missing."""
    for number, old in enumerate(found):
        same = old.who == new.who and old.kind == new.kind
        if not same or old.turn_index == new.turn_index:
            continue
        days_differ = old.due and new.due and old.due != new.due
        if days_differ or not (new.kind != "other" or _alike(old.text, new.text)):
            continue
        if not _alike(old.text, new.text) and not (old.due and old.due == new.due):
            continue
        if new.due and not old.due:
            found[number] = new.model_copy(update={"evidence": (*new.evidence, *old.evidence)})
        else:
            found[number] = old.model_copy(update={"evidence": (*old.evidence, *new.evidence)})
        return
    found.append(new)


def _alike(one: str, other: str) -> bool:
    """Say whether two promises have half of the shorter one's words in common."""
    first = {word for word in _WORD.findall(fold(one)) if len(word) > 3}
    second = {word for word in _WORD.findall(fold(other)) if len(word) > 3}
    least = min(len(first), len(second))
    return bool(least) and len(first & second) * 2 >= least
