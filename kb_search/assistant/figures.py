"""How good a replay was: cards that were right, in time, and not too many."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, computed_field

from kb_search.assistant.cards import Reason
from kb_search.assistant.replay import ConversationReplay


class LabelFigures(BaseModel):
    """How the cards of labelled conversations compare with the labels.

    Attributes:
        conversations: That are labelled.
        needs: Labelled, with a document that answers them.
        cards: Shown in those conversations.
        right: Cards of a document that the label of their turn names.
        right_passages: Cards of the very passage, where the label names one.
        met: Labelled needs with a right card.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversations: int = Field(ge=0)
    needs: int = Field(ge=0)
    cards: int = Field(ge=0)
    right: int = Field(ge=0)
    right_passages: int = Field(ge=0)
    met: int = Field(ge=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def precision_at_1(self) -> float | None:
        """Share of the cards that are right; None without cards."""
        return _share(self.right, self.cards)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def passage_precision_at_1(self) -> float | None:
        """Share of the cards that are of the very passage; None without cards."""
        return _share(self.right_passages, self.cards)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def recall(self) -> float | None:
        """Share of the labelled needs that got a right card; None without needs."""
        return _share(self.met, self.needs)


class ReplayFigures(BaseModel):
    """What the assistant would have done over some conversations.

    Attributes:
        conversations: Replayed.
        minutes: Of those that have a beginning and an end, all together.
        turns: Of customers, all together, in which something was looked up.
        asked: Questions, requests and stated problems of customers.
        asked_with_card: Of these, those that got a card.
        cards: Shown.
        timed_cards: Of these, those of conversations with a beginning and an end.
        delay_median_s: From the end of the turn that asked to the card; None without cards.
        delay_p95_s: The same, for the slowest twentieth.
        computing_median_s: Computing time of a turn; None where nothing was looked up.
        computing_p95_s: The same, for the slowest twentieth.
        suppressed: Answers that were sure enough and not shown, by reason.
        labels: Against what people wrote down; None where nobody did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversations: int = Field(ge=0)
    minutes: float = Field(ge=0)
    turns: int = Field(ge=0)
    asked: int = Field(ge=0)
    asked_with_card: int = Field(ge=0)
    cards: int = Field(ge=0)
    timed_cards: int = Field(ge=0)
    delay_median_s: float | None
    delay_p95_s: float | None
    computing_median_s: float | None
    computing_p95_s: float | None
    suppressed: dict[Reason, int]
    labels: LabelFigures | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def cards_per_minute(self) -> float | None:
        """How often the agent was spoken to; None where no conversation has a length."""
        return _share(self.timed_cards, self.minutes)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def asked_with_card_share(self) -> float | None:
        """Share of what was asked that got a card; None where nothing was asked."""
        return _share(self.asked_with_card, self.asked)


def figures(replays: Sequence[ConversationReplay]) -> ReplayFigures:
    """Sum up what the assistant would have done.

    Args:
        replays: Of different conversations, with one knowledge base.
    """
    cards = [card for each in replays for card in each.cards]
    needs = [need for each in replays for need in each.needs]
    asked = [need for need in needs if need.kind != "statement"]
    delays = [card.delay_s for card in cards]
    computing = [seconds for each in replays for seconds in each.computing_s]
    labelled = [each for each in replays if each.labels is not None]
    suppressed = Counter(need.outcome for need in needs if need.outcome not in ("shown", "unsure"))
    return ReplayFigures(
        conversations=len(replays),
        minutes=round(sum(each.duration_s for each in replays) / 60, 3),
        turns=len(computing),
        asked=len(asked),
        asked_with_card=sum(need.outcome == "shown" for need in asked),
        cards=len(cards),
        timed_cards=sum(len(each.cards) for each in replays if each.duration_s > 0),
        delay_median_s=_rounded(statistics.median(delays) if delays else None),
        delay_p95_s=_rounded(_percentile(delays, 0.95)),
        computing_median_s=_rounded(statistics.median(computing) if computing else None),
        computing_p95_s=_rounded(_percentile(computing, 0.95)),
        suppressed=dict(sorted(suppressed.items())),
        labels=label_figures(labelled) if labelled else None,
    )


def label_figures(replays: Sequence[ConversationReplay]) -> LabelFigures:
    """Compare the cards of labelled conversations with the labels.

    Args:
        replays: Of conversations that have labels; others count for nothing.
    """
    needs = cards = right = right_passages = met = conversations = 0
    for each in replays:
        if each.labels is None:
            continue
        conversations += 1
        cards += len(each.cards)
        right += sum(bool(each.is_right(card)) for card in each.cards)
        right_passages += sum(
            any(
                card.asked_turn in label.turns and label.names_passage(card.citation)
                for label in each.labels
            )
            for card in each.cards
        )
        wanted = [label for label in each.labels if label.documents]
        needs += len(wanted)
        met += sum(
            any(
                card.asked_turn in label.turns and label.answered_by(card.citation)
                for card in each.cards
            )
            for label in wanted
        )
    return LabelFigures(
        conversations=conversations, needs=needs, cards=cards, right=right,
        right_passages=right_passages, met=met,
    )  # fmt: skip


def _percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that a share of all do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
