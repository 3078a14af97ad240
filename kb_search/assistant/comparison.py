"""Two knowledge bases over the same conversations, before one of them is released.

The intervals are percentiles of a paired bootstrap (Efron and Tibshirani 1993, chapter 13): whole
conversations are drawn, each with what both bases made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from conversation.errors import BadInput
from kb_search.answers import Citation
from kb_search.assistant.cards import Card
from kb_search.assistant.figures import ReplayFigures, figures, label_figures
from kb_search.assistant.replay import ConversationReplay, Outcome

DifferenceKind = Literal["only_a", "only_b", "other_passage", "other_text", "other_confidence"]
Verdict = Literal["same", "b_better", "b_worse", "mixed", "undecided", "unlabelled"]
FigureName = Literal["precision_at_1", "recall", "asked_with_card_share", "cards_per_minute"]

CONFIDENCE_STEP = 0.05
RESAMPLES = 2_000
LEVEL = 0.95


class Side(BaseModel):
    """What one knowledge base made of a need.

    Attributes:
        outcome: Whether its passage was shown, and why not.
        confidence: 0 to 1.
        citation: Of what was or would have been shown; None when it was unsure.
        right: Whether what was shown is of a document that the label names; None without label
            or card.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome
    confidence: float = Field(ge=0, le=1)
    citation: Citation | None
    right: bool | None


class Difference(BaseModel):
    """A need for which the two bases show something else.

    Attributes:
        kind: Shown ``only_a`` or ``only_b``; by both, but an ``other_passage``, the same one with
            ``other_text``, or the same text with ``other_confidence`` (by 0.05 or more).
        conversation: Identifier.
        turn: In which the need was said.
        asked_at_s: End of that turn.
        need: What was said, verbatim.
        a: With the first base.
        b: With the second.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: DifferenceKind
    conversation: str
    turn: int
    asked_at_s: float
    need: str
    a: Side
    b: Side


class FigureDifference(BaseModel):
    """One figure with both bases.

    Attributes:
        name: Of the figure.
        a: With the first base; None where it cannot be computed.
        b: With the second.
        low: Lower end of the 95 % interval of b − a; None with fewer than two conversations.
        high: Upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: FigureName
    a: float | None
    b: float | None
    low: float | None
    high: float | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def difference(self) -> float | None:
        """What the second has more."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def sign(self) -> int:
        """1 where the second is surely higher, -1 where it is surely lower, else 0."""
        if self.low is None or self.high is None:
            return 0
        return (self.low > 0) - (self.high < 0)


class Comparison(BaseModel):
    """Two knowledge bases side by side.

    Attributes:
        a: Figures with the first.
        b: Figures with the second.
        figures: Those that are compared, with intervals.
        differences: Where they show something else, in the order of the conversations.
        verdict: ``same`` where no card differs; else by precision and recall of the labelled
            conversations: ``b_better`` or ``b_worse`` where one of them surely is and the other
            does not say the contrary, ``mixed`` where it does, ``undecided`` where neither is
            sure; ``unlabelled`` where nobody wrote down what is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: ReplayFigures
    b: ReplayFigures
    figures: tuple[FigureDifference, ...]
    differences: tuple[Difference, ...]
    verdict: Verdict


def compare(
    a: Sequence[ConversationReplay], b: Sequence[ConversationReplay], *, seed: int = 0
) -> Comparison:
    """Compare what two knowledge bases would have shown.

    Args:
        a: Replays with the first.
        b: Replays of the same conversations with the second, in the same order.
        seed: Of the bootstrap.

    Raises:
        BadInput: The conversations are not the same.
    """
    if [each.conversation for each in a] != [each.conversation for each in b]:
        raise BadInput(
            "the two replays are of different conversations",
            remedy="replay the same conversations with both knowledge bases",
        )
    differences = tuple(
        difference
        for one, other in zip(a, b, strict=True)
        for difference in _differences(one, other)
    )
    compared = _compared(a, b, seed)
    return Comparison(
        a=figures(a),
        b=figures(b),
        figures=compared,
        differences=differences,
        verdict=_verdict(compared, differences),
    )


def _differences(a: ConversationReplay, b: ConversationReplay) -> list[Difference]:
    others = {need.id: need for need in b.needs}
    cards_a, cards_b = ({card.id: card for card in each.cards} for each in (a, b))
    found: list[Difference] = []
    for need in a.needs:
        other = others[need.id]
        one_card, other_card = cards_a.get(need.id), cards_b.get(need.id)
        kind = _kind(one_card, other_card)
        if kind is None:
            continue
        sides = [
            Side(
                outcome=each.outcome, confidence=each.confidence, citation=each.citation,
                right=None if card is None else replay.is_right(card),
            )
            for each, card, replay in ((need, one_card, a), (other, other_card, b))
        ]  # fmt: skip
        found.append(
            Difference(
                kind=kind, conversation=a.conversation, turn=need.turn,
                asked_at_s=need.asked_at_s, need=need.text, a=sides[0], b=sides[1],
            )
        )  # fmt: skip
    return found


def _kind(a: Card | None, b: Card | None) -> DifferenceKind | None:
    if a is None or b is None:
        return "only_b" if b is not None else "only_a" if a is not None else None
    if _place(a.citation) != _place(b.citation):
        return "other_passage"
    if a.text != b.text:
        return "other_text"
    return "other_confidence" if abs(a.confidence - b.confidence) >= CONFIDENCE_STEP else None


def _place(citation: Citation) -> tuple[object, ...]:
    """Return where a passage stands; its number changes when one is put before it."""
    return citation.document, citation.heading, citation.page


_Sums = tuple[float, float]
_PARTS: dict[FigureName, Callable[[ConversationReplay], _Sums]] = {
    "precision_at_1": lambda each: (label_figures([each]).right, label_figures([each]).cards),
    "recall": lambda each: (label_figures([each]).met, label_figures([each]).needs),
    "asked_with_card_share": lambda each: (
        sum(need.outcome == "shown" for need in each.needs if need.kind != "statement"),
        sum(need.kind != "statement" for need in each.needs),
    ),
    "cards_per_minute": lambda each: (
        len(each.cards) if each.duration_s > 0 else 0,
        each.duration_s / 60,
    ),
}


def _compared(
    a: Sequence[ConversationReplay], b: Sequence[ConversationReplay], seed: int
) -> tuple[FigureDifference, ...]:
    labelled = any(each.labels is not None for each in a)
    compared: list[FigureDifference] = []
    for name, parts in _PARTS.items():
        if labelled or name not in ("precision_at_1", "recall"):
            sums_a, sums_b = [parts(each) for each in a], [parts(each) for each in b]
            low, high = _interval(sums_a, sums_b, seed)
            compared.append(
                FigureDifference(name=name, a=_ratio(sums_a), b=_ratio(sums_b), low=low, high=high)
            )
    return tuple(compared)


def _ratio(sums: Sequence[_Sums]) -> float | None:
    whole = sum(each[1] for each in sums)
    return sum(each[0] for each in sums) / whole if whole else None


def _interval(
    a: Sequence[_Sums], b: Sequence[_Sums], seed: int
) -> tuple[float | None, float | None]:
    import numpy as np

    kept = [
        (one, other) for one, other in zip(a, b, strict=True) if one != (0, 0) or other != (0, 0)
    ]
    if len(kept) < 2:
        return None, None
    values = np.array([[*one, *other] for one, other in kept], float)
    chance = np.full(len(kept), 1 / len(kept))
    drawn = np.random.default_rng(seed).multinomial(len(kept), chance, size=RESAMPLES)
    sums = drawn @ values
    fit = (sums[:, 1] > 0) & (sums[:, 3] > 0)
    if not fit.any():
        return None, None
    difference = sums[fit, 2] / sums[fit, 3] - sums[fit, 0] / sums[fit, 1]
    low, high = np.quantile(difference, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return round(float(low), 4), round(float(high), 4)


def _verdict(compared: Sequence[FigureDifference], differences: Sequence[Difference]) -> Verdict:
    if not differences:
        return "same"
    signs = [each.sign for each in compared if each.name in ("precision_at_1", "recall")]
    if not signs:
        return "unlabelled"
    if 1 in signs and -1 in signs:
        return "mixed"
    return "b_better" if 1 in signs else "b_worse" if -1 in signs else "undecided"
