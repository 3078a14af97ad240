"""What the customer asks: questions, requests and stated problems for a knowledge base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

from conversation import Conversation, Evidence, Turn
from nlu.question_patterns import (
    ASKED,
    DEMONSTRATIVE,
    EMPTY_WORD,
    IMPERSONAL,
    OPENING,
    PROBLEM,
    PRONOUN,
    REQUEST,
    SOCIAL,
    TAG,
)
from nlu.sentiment_text import split_sentences, split_units

QuestionKind = Literal["question", "request", "problem"]

MAX_WORDS = 45
"""A longer sentence (a transcript without full stops) is cut at its connectors first."""

_CONTEXT_SENTENCES = 8  # how far back an antecedent is looked for
_SAME_QUESTION = 0.8  # share of common words from which two questions are one


class CustomerQuestion(BaseModel):
    """One thing that a customer wants to know or to have done.

    Attributes:
        text: The words as said, without the greeting or the clause before them; verbatim in the
            turn.
        kind: ``question`` (asked, directly or not), ``request`` (something to be done) or
            ``problem`` (something that does not work, stated and not asked).
        context: The sentence that says what "it" or "this form" stands for, verbatim in an
            earlier turn or earlier in the same one; None when the text stands by itself. A search
            is best made with both.
        evidence: The same words with their place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    kind: QuestionKind
    context: str | None = None
    evidence: Evidence


def find_questions(conversation: Conversation) -> tuple[CustomerQuestion, ...]:
    """Find the customer's questions, requests and stated problems, in order.

    Turns of customers are read, and turns of unknown speakers; never those of agents and bots.
    Questions that only keep the talk going ("vous m'entendez ?", "hein ?"), that are asked in
    anger ("vous me prenez pour un idiot ?") or that only ask for a person are left out. Of two
    that say the same, the first is kept.

    Args:
        conversation: Any conversation, in French or English; punctuation helps, its absence (a
            transcript) is coped with.

    Returns:
        What was found, in the order it was said.
    """
    found: list[CustomerQuestion] = []
    seen: list[frozenset[str]] = []
    before: list[str] = []
    for turn in conversation.turns:
        asks = turn.speaker in ("customer", "unknown")
        for sentence in _sentences(turn):
            question = _read(turn, sentence, before) if asks else None
            before.append(sentence)
            if question is None:
                continue
            words = _content_words(question.text) or frozenset({question.text})
            if not any(_overlap(words, other) >= _SAME_QUESTION for other in seen):
                seen.append(words)
                found.append(question)
    return tuple(found)


def _sentences(turn: Turn) -> Iterator[str]:
    for sentence in split_sentences(turn.text):
        if sentence.startswith(">"):  # what an e-mail quotes was said by somebody else
            continue
        if len(sentence.split()) > MAX_WORDS:
            yield from split_units(sentence)
        else:
            yield sentence


def _read(turn: Turn, sentence: str, before: list[str]) -> CustomerQuestion | None:
    opening = OPENING.match(TAG.sub("", sentence))
    text = TAG.sub("", sentence)[opening.end() if opening else 0 :]
    if not text or SOCIAL.search(text):
        return None
    kind: QuestionKind
    if text.rstrip(" \"»'”)").endswith("?"):
        kind = "question"
        if len(_words(text)) < 2:
            return None
    elif indirect := ASKED.search(text):
        kind, text = "question", _cut(text, indirect.start(), keep_words=12)
    elif request := REQUEST.search(text):
        kind, text = "request", _cut(text, request.start(), keep_words=2)
    elif PROBLEM.search(text):
        kind = "problem"
    else:
        return None
    return CustomerQuestion(
        text=text,
        kind=kind,
        context=_context(text, before),
        evidence=Evidence.from_turn(turn, text),
    )


def _cut(text: str, start: int, *, keep_words: int) -> str:
    """Drop what stands before ``start`` when it is long enough to be a clause of its own."""
    return text[start:] if len(text[:start].split()) > keep_words else text


def _context(text: str, before: list[str]) -> str | None:
    recent = before[-_CONTEXT_SENTENCES:][::-1]
    if demonstrative := DEMONSTRATIVE.search(text):
        stem = demonstrative.group(1).lower()[:6]
        return next((s for s in recent if stem in s.lower()), None)
    if PRONOUN.search(IMPERSONAL.sub(" ", text)) or len(_content_words(text)) < 2:
        return next((s for s in recent if len(_content_words(s)) >= 3), None)
    return None


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in _words(text) if not EMPTY_WORD.fullmatch(word))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
