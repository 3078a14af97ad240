"""What happens to the trust in the questions of a card."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quality.review.event import Event, Gate, Key, Moment


class CardEvent(Event):
    """Something that happens to the trust in a card.

    Attributes:
        scorecard: Name of the card.
        version: Of the card.
    """

    scorecard: Key
    version: str = Field(min_length=1)

    @property
    def stream(self) -> str:
        """The events that are folded together."""
        return f"card {self.scorecard}"


class GateChanged(CardEvent):
    """The machine's answer to a question is trusted more, or less, than before.

    Attributes:
        item: The question.
        question_sha256: Hash of the question as it was asked.
        before: None where it had not been measured.
        after: From now on.
        n: Doubly scored contacts that it rests on.
        failures: Of them, those that did not conform.
        kappa: Cohen's kappa of machine and consensus.
        interval: Of that kappa, 95 %.
        human_kappa: Between the raters; None when it is not defined.
        reason_fr: Why, in French.
        reason_en: Why, in English.
    """

    kind: Literal["gate_changed"] = "gate_changed"
    item: Key
    question_sha256: str
    before: Gate | None
    after: Gate
    n: int = Field(ge=0)
    failures: float = Field(ge=0)
    kappa: float = Field(ge=-1, le=1)
    interval: tuple[float, float]
    human_kappa: float | None = Field(default=None, ge=-1, le=1)
    reason_fr: str
    reason_en: str


class DriftAlarmed(CardEvent):
    """Machine and people agree less than they did.

    Attributes:
        item: The question.
        question_sha256: Hash of the question as it was asked.
        source: Whether blind answers or reviews were watched.
        baseline: Share of disagreement at first, 0 to 1.
        recent: Share of disagreement since the alarm's evidence began.
        since: When that was.
        n: Contacts since.
        reason_fr: In words, in French.
        reason_en: In words, in English.
    """

    kind: Literal["drift_alarmed"] = "drift_alarmed"
    item: Key
    question_sha256: str
    source: Literal["sessions", "reviews"]
    baseline: float = Field(ge=0, le=1)
    recent: float = Field(ge=0, le=1)
    since: Moment
    n: int = Field(gt=0)
    reason_fr: str
    reason_en: str


class Recalibrated(CardEvent):
    """A question's settings were fitted to people's answers; ``version`` is the new card's.

    Attributes:
        from_version: Of the card before.
        item: The question.
        before: Settings before.
        after: Settings now.
        n: Contacts that they were fitted on.
        kappa_before: With the settings before.
        kappa_after: With settings fitted on other contacts than those judged.
    """

    kind: Literal["recalibrated"] = "recalibrated"
    from_version: str = Field(min_length=1)
    item: Key
    before: dict[str, float | str]
    after: dict[str, float | str]
    n: int = Field(gt=0)
    kappa_before: float | None
    kappa_after: float | None


AnyCardEvent = GateChanged | DriftAlarmed | Recalibrated
