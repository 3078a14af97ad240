"""Asking the knowledge base what a customer asked, with what the conversation says around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from kb_search import Answer
from nlu import CustomerQuestion
from serving.analysis import AnsweredQuestion

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


class Knowledge(Protocol):
    """What can answer questions: a knowledge base."""

    def answer_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer each question, or decline."""
        ...


def answer_questions(
    questions: Sequence[CustomerQuestion], knowledge: Knowledge
) -> tuple[AnsweredQuestion, ...]:
    """Answer what a customer asked in one conversation.

    A sentence of a conversation often says too little by itself ("est-ce que je serai
    remboursé ?"). Each is asked as it was said, with the sentence that it refers to, after
    the question just before it when it is very short, and after what the customer first called
    about; the surest answer is
    kept. All wordings are embedded in one pass.

    Args:
        questions: Of one conversation, in the order they were asked.
        knowledge: The knowledge base.

    Returns:
        One answer for each question; its ``question`` is the wording that was answered.
    """
    topic = next((question for question in questions if question.kind != "question"), None)
    wordings = [
        _wordings(question, before, topic)
        for before, question in zip((None, *questions), questions, strict=False)
    ]
    answers = iter(knowledge.answer_many([text for texts in wordings for text in texts]))
    return tuple(
        AnsweredQuestion(question=question, answer=_surest([next(answers) for _ in texts]))
        for question, texts in zip(questions, wordings, strict=True)
    )


def _wordings(
    question: CustomerQuestion, before: CustomerQuestion | None, topic: CustomerQuestion | None
) -> list[str]:
    """Return the ways to ask, the plainest first."""
    text, asking = question.text, _asking_clause(question.text)
    short = question.kind == "question" and len(text.split()) <= ALONE_FROM_WORDS
    wordings = [] if short else [text, asking]
    if question.context is not None:
        wordings += [f"{question.context} {text}", f"{_last_clause(question.context)} {asking}"]
    if short and before is not None and _follows(before, question):
        wordings.append(f"{before.text} {text}")
    if topic is not None and topic.evidence.turn_index < question.evidence.turn_index:
        wordings.append(f"{topic.text} {text}")
    return list(dict.fromkeys(wordings)) or [text]


def _follows(before: CustomerQuestion, question: CustomerQuestion) -> bool:
    return question.evidence.turn_index - before.evidence.turn_index <= FOLLOWS_WITHIN_TURNS


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


def _surest(answers: list[Answer]) -> Answer:
    """Return the answer with the highest confidence; of equal ones, the plainest wording's."""
    return max(answers, key=lambda answer: (answer.answered, answer.confidence))
