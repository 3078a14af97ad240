"""Where the review of one evaluation stands: a fold over its events.

What the machine and what people answered is kept apart: no figure here mixes the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, Field

from quality.review.answers import Answer, score_of
from quality.review.event import FROZEN, Key
from quality.review.records import (
    Assignment,
    Comment,
    Contest,
    Decision,
    EliminatoryDecision,
    RootCause,
    Sharing,
)
from quality.review.review_events import OpenedItem, Subject


class ItemReview(BaseModel):
    """One question under review.

    Attributes:
        opened: As the machine left it.
        decisions: People's answers, oldest first; the last one holds.
        eliminatory_decisions: People's word on its eliminatory finding; the last one holds.
        root_causes: Why it went wrong.
    """

    model_config = FROZEN

    opened: OpenedItem
    decisions: tuple[Decision, ...] = ()
    eliminatory_decisions: tuple[EliminatoryDecision, ...] = ()
    root_causes: tuple[RootCause, ...] = ()

    @property
    def automatic(self) -> Answer | None:
        """The machine's answer; None where it could not tell."""
        return self.opened.answer

    @property
    def human(self) -> Answer | None:
        """The answer of people; None where nobody answered."""
        return self.decisions[-1].answer if self.decisions else None

    @property
    def eliminated(self) -> bool:
        """Whether a person holds the eliminatory condition to be met."""
        return bool(self.eliminatory_decisions) and self.eliminatory_decisions[-1].met


class DisplayedScore(BaseModel):
    """The one note that a screen shows, and whose it is.

    Attributes:
        score_100: 0 to 100; None without any.
        source: ``human`` once people answered every question that has points, ``automatic``
            before; a score is wholly one or the other.
        draft: True while it is the machine's.
        eliminated_by: Questions whose eliminatory condition a person confirmed; the score is 0
            then.
    """

    model_config = FROZEN

    score_100: float | None = Field(default=None, ge=0, le=100)
    source: Literal["human", "automatic"]
    draft: bool
    eliminated_by: tuple[Key, ...] = ()


class ReviewState(BaseModel):
    """Where a review stands. Built by :func:`quality.review.fold.fold_review`.

    Attributes:
        subject: The evaluation.
        agent: Who handled the contact; None when not known.
        turns: How many turns the conversation has.
        items: All questions, in the card's order.
        automatic_score_100: The machine's score; people never change it.
        assignments: To whom it was given, oldest first.
        comments: Remarks, oldest first.
        contests: Disagreements of the agent, oldest first.
        sharings: When it was shown to the agent, oldest first.
        changed_since_shared: Whether people answered anything since it was last shown.
        events: Ids of all events, in order.
    """

    model_config = FROZEN

    subject: Subject
    agent: Key | None
    turns: int
    items: tuple[ItemReview, ...]
    automatic_score_100: float | None
    assignments: tuple[Assignment, ...] = ()
    comments: tuple[Comment, ...] = ()
    contests: tuple[Contest, ...] = ()
    sharings: tuple[Sharing, ...] = ()
    changed_since_shared: bool = False
    events: tuple[str, ...]

    def item(self, item: str) -> ItemReview | None:
        """Return a question; None where the card has none of this id."""
        return next((one for one in self.items if one.opened.id == item), None)

    def contest(self, event: str) -> Contest | None:
        """Return a contest by its id; None where there is none."""
        return next((one for one in self.contests if one.event == event), None)

    def contest_about(self, item: str, about: Literal["answer", "eliminatory"]) -> Contest | None:
        """Return the contest of a question's answer or eliminatory finding, if there is one."""
        return next((one for one in self.contests if (one.item, one.about) == (item, about)), None)

    @property
    def human_score_100(self) -> float | None:
        """100·Σ(w·v)/Σ(w) over people's answers alone; None without any."""
        return score_of((one.opened.points, one.human) for one in self.items)

    @property
    def human_coverage(self) -> float:
        """Share of the card's points that people answered, ``na`` included; 0 to 1."""
        total = sum(one.opened.points for one in self.items)
        answered = sum(one.opened.points for one in self.items if one.human is not None)
        return min(1.0, answered / total) if total > 0 else 0.0

    @property
    def is_complete(self) -> bool:
        """Whether people answered every question that has points."""
        return all(one.human is not None for one in self.items if one.opened.points > 0)

    @property
    def eliminated_by(self) -> tuple[str, ...]:
        """Questions whose eliminatory condition a person confirmed."""
        return tuple(one.opened.id for one in self.items if one.eliminated)

    @property
    def displayed(self) -> DisplayedScore:
        """The one note to show; 0 only where a person confirmed an eliminatory finding."""
        if self.eliminated_by:
            return DisplayedScore(
                score_100=0, source="human", draft=False, eliminated_by=self.eliminated_by
            )
        if self.is_complete:
            return DisplayedScore(score_100=self.human_score_100, source="human", draft=False)
        return DisplayedScore(score_100=self.automatic_score_100, source="automatic", draft=True)

    def with_item(self, changed: ItemReview) -> Self:
        """Return the state with one question replaced."""
        return self.model_copy(
            update={
                "items": tuple(
                    changed if one.opened.id == changed.opened.id else one for one in self.items
                )
            }
        )


def mean_scores(states: Iterable[ReviewState]) -> tuple[float | None, float | None]:
    """Average several reviews: the machine's scores and people's, each for itself.

    Args:
        states: Reviews; people's score counts where every question with points was answered.

    Returns:
        Mean of the automatic scores and mean of the human scores, 0 to 100; None without any.
    """
    states = list(states)
    automatic = [s.automatic_score_100 for s in states if s.automatic_score_100 is not None]
    human = [
        s.human_score_100 for s in states if s.is_complete and s.human_score_100 is not None
    ]  # fmt: skip
    return (
        sum(automatic) / len(automatic) if automatic else None,
        sum(human) / len(human) if human else None,
    )
