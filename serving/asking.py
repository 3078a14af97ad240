"""Asking the knowledge base what a customer asked, with what the conversation says around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kb_search import Answer
from kb_search.wordings import need_wordings, surest, topic_of
from nlu import CustomerQuestion
from serving.analysis import AnsweredQuestion


class Knowledge(Protocol):
    """What can answer questions: a knowledge base."""

    def answer_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer each question, or decline."""
        ...


def answer_questions(
    questions: Sequence[CustomerQuestion], knowledge: Knowledge
) -> tuple[AnsweredQuestion, ...]:
    """Answer what a customer asked in one conversation.

    Each question is asked in the wordings of :func:`kb_search.wordings.need_wordings`; the surest
    answer is kept. All wordings are embedded in one pass.

    Args:
        questions: Of one conversation, in the order they were asked.
        knowledge: The knowledge base.

    Returns:
        One answer for each question; its ``question`` is the wording that was answered.
    """
    topic = topic_of(questions)
    wordings = [
        need_wordings(question, before=before, topic=topic)
        for before, question in zip((None, *questions), questions, strict=False)
    ]
    answers = iter(knowledge.answer_many([text for texts in wordings for text in texts]))
    return tuple(
        AnsweredQuestion(question=question, answer=surest([next(answers) for _ in texts]))
        for question, texts in zip(questions, wordings, strict=True)
    )
