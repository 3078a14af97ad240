"""Asking the knowledge base what a customer asked, with what the conversation says around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kb_search import Answer
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

    A sentence of a conversation often says too little by itself ("est-ce que je serai
    remboursé ?"). Each is asked as it was said, with the sentence that it refers to, and with
    what the customer first called about; the surest answer is kept. All wordings are embedded in
    one pass.

    Args:
        questions: Of one conversation, in the order they were asked.
        knowledge: The knowledge base.

    Returns:
        One answer for each question; its ``question`` is the wording that was answered.
    """
    topic = next((q.text for q in questions if q.kind != "question"), None)
    wordings = [_wordings(question, topic) for question in questions]
    answers = iter(knowledge.answer_many([text for texts in wordings for text in texts]))
    return tuple(
        AnsweredQuestion(question=question, answer=_surest([next(answers) for _ in texts]))
        for question, texts in zip(questions, wordings, strict=True)
    )


def _wordings(question: CustomerQuestion, topic: str | None) -> list[str]:
    wordings = [question.text]
    for before in (question.context, topic):
        if before is not None and question.text not in before:
            wordings.append(f"{before} {question.text}")
    return list(dict.fromkeys(wordings))


def _surest(answers: list[Answer]) -> Answer:
    """Return the answer with the highest confidence; of equal ones, the plainest wording's."""
    return max(answers, key=lambda answer: (answer.answered, answer.confidence))
