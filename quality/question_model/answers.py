"""What analysts answered to a question, as a head learns from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from conversation.errors import DatasetInvalid
from quality.agreement.question import written
from quality.review.answers import ANSWERS, Answer

LEAST_CONTACTS = 30
"""Contacts that a head is trained from at least."""
LEAST_PER_ANSWER = 8
"""Contacts with an answer for it to be learnt; two answers must have as many."""


@dataclass(frozen=True)
class AnalystAnswer:
    """One person's answer to one question of one contact.

    Attributes:
        conversation_id: The contact.
        item: Id of the question.
        answer: 1, 0.5, 0 or ``na``.
        rater: Pseudonymous id of who answered.
    """

    conversation_id: str
    item: str
    answer: Answer
    rater: str


class Rating(Protocol):
    """What people hold to be right of one question of one contact.

    :class:`quality.agreement.ratings.Rated`, made of reviews and calibration sessions, is one.
    """

    @property
    def conversation_id(self) -> str:
        """The contact."""
        ...

    @property
    def item(self) -> str:
        """The question."""
        ...

    @property
    def truth(self) -> tuple[tuple[Answer, float], ...]:
        """Answers with weights that sum to 1."""
        ...


@dataclass(frozen=True)
class Target:
    """What people hold to be right of one contact.

    Attributes:
        conversation_id: The contact.
        truth: Answers with weights that sum to 1; several where people differ.
    """

    conversation_id: str
    truth: tuple[tuple[Answer, float], ...]

    @property
    def answer(self) -> Answer:
        """The answer with the most weight; the first of equal ones in the order 1, 0.5, 0, na."""
        return max(self.truth, key=lambda pair: (pair[1], -ANSWERS.index(pair[0])))[0]


def targets_of(item: str, given: Iterable[AnalystAnswer | Rating]) -> list[Target]:
    """Collect what people hold to be right of one question.

    Args:
        item: Id of the question; answers to others are passed over.
        given: Single answers, ratings, or both. Of one person's answers to one contact the last
            one counts. Where more than half agree their answer counts, otherwise each with its
            share. A rating of a contact counts before single answers.

    Returns:
        One target a contact, in the order of their ids.
    """
    single: dict[str, dict[str, Answer]] = defaultdict(dict)
    rated: dict[str, tuple[tuple[Answer, float], ...]] = {}
    for one in given:
        if one.item != item:
            continue
        if isinstance(one, AnalystAnswer):
            single[one.conversation_id][one.rater] = one.answer
        else:
            rated[one.conversation_id] = one.truth
    truths = {contact: _truth(list(answers.values())) for contact, answers in single.items()}
    truths.update(rated)
    return [Target(contact, truths[contact]) for contact in sorted(truths)]


def learnable(item: str, targets: Sequence[Target]) -> tuple[Answer, ...]:
    """Return the answers that a head can learn, in the order of ``ANSWERS``.

    Raises:
        DatasetInvalid: There are too few; the message says how many of which are needed.
    """
    counts = counts_of(targets)
    enough = tuple(answer for answer in ANSWERS if counts[written(answer)] >= LEAST_PER_ANSWER)
    if len(targets) >= LEAST_CONTACTS and len(enough) > 1:
        return enough
    have = ", ".join(f"{count} of {name}" for name, count in counts.items() if count) or "none"
    needs = []
    if len(enough) < 2:
        frequent = sorted(counts, key=lambda name: -counts[name])[:2]
        lacking = ", ".join(
            f"{LEAST_PER_ANSWER - counts[name]} more of {name}"
            for name in frequent
            if counts[name] < LEAST_PER_ANSWER
        )
        needs.append(f"{lacking} (or of another answer: two need {LEAST_PER_ANSWER} each)")
    if len(targets) < LEAST_CONTACTS:
        needs.append(f"{LEAST_CONTACTS - len(targets)} more contacts in all")
    raise DatasetInvalid(
        f"question {item} has {len(targets)} answered contacts ({have}); a head needs "
        f"{LEAST_CONTACTS} and {LEAST_PER_ANSWER} with each of two answers",
        remedy="have analysts answer " + " and ".join(needs),
    )


def counts_of(targets: Sequence[Target]) -> Mapping[str, int]:
    """Count the contacts of each answer, as labels write it, in the order of ``ANSWERS``."""
    counted = Counter(written(target.answer) for target in targets)
    return {written(answer): counted[written(answer)] for answer in ANSWERS}


def _truth(answers: list[Answer]) -> tuple[tuple[Answer, float], ...]:
    counted = Counter(answers)
    most, votes = counted.most_common(1)[0]
    if 2 * votes > len(answers):
        return ((most, 1.0),)
    return tuple((answer, n / len(answers)) for answer, n in counted.items())
