"""What agents answered: the sentences that an article can quote, and how they were received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from conversation import Evidence, Turn
from kb_search.gaps.items import AskedQuestion
from kb_search.gaps.phrases import ACCEPTED, NO_ANSWER, NOT_ACCEPTED
from kb_search.sentences import Span, sentence_spans, word_count

LEAST_WORDS = 5
"""A shorter sentence of an agent says too little by itself."""

MAX_WORDS = 40
"""A longer sentence (a transcript without full stops) is cut at its clauses."""

_ANSWER_WORDS = 60

PER_QUESTION = 8
"""Most sentences that are read of the answer to one question."""


class PersonalDataFinder(Protocol):
    """Says which parts of a turn are personal; what it names is never quoted."""

    def __call__(self, conversation_id: str, turn: Turn) -> Sequence[Span]:
        """Return the spans of the turn's text that are personal, in characters.

        Args:
            conversation_id: Of the turn's conversation.
            turn: As it was given.
        """
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A sentence with which an agent answered.

    Attributes:
        question: To what.
        evidence: The sentence, verbatim and without personal data.
        place: How far into the answer it stands, 0 for its first sentence.
        accepted: What the customer said to it: True for thanks, False for a protest, None for
            neither.
    """

    question: AskedQuestion
    evidence: Evidence
    place: int
    accepted: bool | None

    @property
    def text(self) -> str:
        """The sentence, on one line."""
        return " ".join(self.evidence.quote.split())

    @property
    def agent(self) -> str:
        """Who said it; every conversation counts as another agent where none is named."""
        return self.question.agent or f"in {self.question.conversation_id}"


def replies_to(question: AskedQuestion, personal: PersonalDataFinder | None) -> list[Reply]:
    """Return the sentences of agents after a question that may be quoted, in order.

    Left out are questions of the agent, waiting, refusals, courtesy, and what is personal.

    Args:
        question: With the turns after it.
        personal: Finds what is personal; None where the turns hold nothing that is.
    """
    found: list[Reply] = []
    for turn in question.after:
        if turn.speaker != "agent":
            continue
        accepted = _reception(question.after, turn)
        hidden = () if personal is None else tuple(personal(question.conversation_id, turn))
        for start, end in sentence_spans(turn.text, max_words=MAX_WORDS):
            sentence = turn.text[start:end]
            if sentence.rstrip(" »”\"'").endswith("?") or NO_ANSWER.search(sentence):
                continue
            clean = clean_part(turn.text, (start, end), hidden, least_words=LEAST_WORDS)
            if clean is not None:
                evidence = Evidence.from_turn(turn, turn.text[slice(*clean)])
                found.append(Reply(question, evidence, len(found), accepted))
                if len(found) == PER_QUESTION:
                    return found
    return found


def answer_text(replies: Sequence[Reply]) -> str:
    """Return the first words of an answer, to compare it as a whole; empty where there is none."""
    words: list[str] = []
    for reply in replies:
        words += reply.text.split()
        if len(words) >= _ANSWER_WORDS:
            break
    return " ".join(words[:_ANSWER_WORDS])


def clean_part(text: str, span: Span, hidden: Sequence[Span], *, least_words: int) -> Span | None:
    """Return the longest part of a span that holds nothing personal.

    Args:
        text: Of the turn.
        span: What is wanted of it.
        hidden: What is personal in it.
        least_words: A shorter part is none.

    Returns:
        Its start and end; None where too little is left.
    """
    parts = [_trimmed(text, part) for part in _outside(span, hidden)]
    best = max(parts, key=lambda part: word_count(text[slice(*part)]), default=None)
    if best is None or word_count(text[slice(*best)]) < least_words:
        return None
    return best


def _outside(span: Span, hidden: Sequence[Span]) -> Iterator[Span]:
    start, end = span
    for first, last in sorted(hidden):
        if last <= start or first >= end:
            continue
        if first > start:
            yield start, first
        start = max(start, last)
    if start < end:
        yield start, end


def _trimmed(text: str, part: Span) -> Span:
    start, end = part
    while start < end and not (text[start].isalnum() or text[start] in '«“"('):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:–-"):
        end -= 1
    return start, end


def _reception(after: Sequence[Turn], reply: Turn) -> bool | None:
    """Read in the customer's next turn whether an answer was welcome."""
    following = (t for t in after if t.index > reply.index and t.speaker == "customer")
    said = next(following, None)
    if said is None:
        return None
    if NOT_ACCEPTED.search(said.text):
        return False
    return True if ACCEPTED.search(said.text) else None
