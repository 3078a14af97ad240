"""The ways to ask a knowledge base what a customer said in a conversation.

A sentence of a conversation often says too little by itself ("est-ce que je serai remboursé ?").
What stands around it says the rest: the sentence it refers to, the question before it, what the
customer first called about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol

from conversation import Evidence
from kb_search.answers import Answer

NeedKind = Literal["question", "request", "problem", "statement"]

ALONE_FROM_WORDS = 6
"""A question of no more words ("est-ce que je serai remboursé ?") is not asked by itself where
something around it says what it is about."""

CLAUSE_FROM_WORDS = 4
FOLLOWS_WITHIN_TURNS = 2

QUESTION_WORD = re.compile(
    r"\b(?:(?:o[uù]|quand|comment|pourquoi|combien|quoi) est-ce|est-ce qu|qu'est-ce|qui est-ce|"
    r"comment|combien|pourquoi|quel(?:le)?s?|how|where|when|why|which|what|who)\b",
    re.IGNORECASE,
)


class Need(Protocol):
    """Something that a customer wants to know or to have done; ``nlu.CustomerQuestion`` is one."""

    @property
    def text(self) -> str:
        """The words as said."""
        ...

    @property
    def kind(self) -> NeedKind:
        """Asked, to be done, a problem that is stated and not asked, or just said."""
        ...

    @property
    def context(self) -> str | None:
        """The sentence before that says what "it" stands for; None when the text needs none."""
        ...

    @property
    def evidence(self) -> Evidence:
        """The same words with their place."""
        ...


def topic_of(needs: Sequence[Need]) -> Need | None:
    """Return what a customer called about: the first need that is no question."""
    return next((need for need in needs if need.kind != "question"), None)


def need_wordings(need: Need, *, before: Need | None, topic: Need | None) -> list[str]:
    """Return the ways to ask for what a customer needs, the plainest first.

    It is asked as it was said, from its question word on, with the sentence that it refers to,
    after the question just before it when it is very short, and after what the customer first
    called about.

    Args:
        need: What is asked for.
        before: The need before it in the conversation.
        topic: What the customer called about; see :func:`topic_of`.

    Returns:
        One wording at least, none twice. The surest answer to any of them is the need's answer;
        see :func:`surest`.
    """
    text, asking = need.text, _asking_clause(need.text)
    short = need.kind == "question" and len(text.split()) <= ALONE_FROM_WORDS
    wordings = [] if short else [text, asking]
    if need.context is not None:
        wordings += [f"{need.context} {text}", f"{_last_clause(need.context)} {asking}"]
    if short and before is not None and _follows(before, need):
        wordings.append(f"{before.text} {text}")
    if topic is not None and topic.evidence.turn_index < need.evidence.turn_index:
        wordings.append(f"{topic.text} {text}")
    return list(dict.fromkeys(wordings)) or [text]


def surest(answers: Sequence[Answer]) -> Answer:
    """Return the answer with the highest confidence; of equal ones, the plainest wording's."""
    return max(answers, key=lambda answer: (answer.answered, answer.confidence))


def _follows(before: Need, need: Need) -> bool:
    return need.evidence.turn_index - before.evidence.turn_index <= FOLLOWS_WITHIN_TURNS


def _asking_clause(text: str) -> str:
    """Return the clause from its question word to the next comma, where it is long enough.

    People say more than the question: "c'est un peu long, mais où est-ce que je trouve ce
    formulaire ?".
    """
    word = QUESTION_WORD.search(text)
    clause = (text[word.start() :] if word else text).partition(",")[0]
    return clause if len(clause.split()) >= CLAUSE_FROM_WORDS else text


def _last_clause(text: str) -> str:
    """Return what stands after the last comma, where that is long enough to mean something."""
    clause = text.rpartition(",")[2].strip()
    return clause if len(clause.split()) >= CLAUSE_FROM_WORDS else text
