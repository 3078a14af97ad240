"""The semantic questions of a card as something to fit: what every threshold would answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from quality.agreement.calibration import Candidate, ChoiceOfCandidates
from quality.evaluation import evaluate
from quality.helpers import NO_HELPERS, Helpers
from quality.rescoring import StoredResult
from quality.review.answers import Answer, answer_of
from quality.scorecard import Item, Scorecard, Section
from quality.sentence_vectors import SentenceVectors

SETTING = "threshold"
STEPS = tuple(round(0.2 + 0.025 * step, 3) for step in range(25))
"""Thresholds that are tried: 0.2 to 0.8."""


def fittable_items(card: Scorecard) -> tuple[Item, ...]:
    """Return the questions that compare meaning with examples, above a threshold."""
    return tuple(
        item
        for item in card.items
        if SETTING in type(item.detector).model_fields
        and item.decided_by != "person"
        and item.detector.texts()
    )


def with_threshold(item: Item, threshold: float) -> Item:
    """Return a question with another threshold."""
    detector = item.detector.model_copy(update={SETTING: threshold})
    return Item.model_validate({**item.model_dump(), "detector": detector.model_dump()})


def threshold_choices(
    card: Scorecard,
    contacts: Sequence[StoredResult],
    *,
    vectors: Callable[[int], SentenceVectors | None],
    helpers: Helpers = NO_HELPERS,
    progress: Callable[[int, int], None] | None = None,
) -> list[ChoiceOfCandidates]:
    """Answer every semantic question of every contact with every threshold.

    Args:
        card: In use.
        contacts: Stored results; what is decided from them needs no model but the encoder, and
            that only for sentences without stored vectors.
        vectors: For a contact by its number.
        helpers: For other questions that a condition asks about.
        progress: Called with the number of contacts done and of contacts in all.

    Returns:
        One for each semantic question; contacts keep their numbers.
    """
    items = fittable_items(card)
    if not items:
        return []
    steps = {item.id: sorted({*STEPS, float(getattr(item.detector, SETTING))}) for item in items}
    variants = {
        f"{item.id}@{threshold}": with_threshold(item, threshold)
        for item in items
        for threshold in steps[item.id]
    }
    wide = _with_variants(card, variants)
    given: dict[str, list[Answer | None]] = {name: [] for name in variants}
    for number, contact in enumerate(contacts):
        filled = evaluate(
            contact.conversation,
            understanding=contact.understanding,
            metrics=contact.metrics,
            scorecard=wide,
            vectors=vectors(number),
            helpers=helpers,
            stored=contact.evaluation,
        )
        for result in filled.items:
            if result.id in given:
                given[result.id].append(answer_of(result))
        if progress is not None:
            progress(number + 1, len(contacts))
    return [
        ChoiceOfCandidates(
            item=item.id,
            current=_candidate(item.id, float(getattr(item.detector, SETTING)), given),
            candidates=tuple(_candidate(item.id, step, given) for step in steps[item.id]),
        )
        for item in items
    ]


def _candidate(item: str, threshold: float, given: dict[str, list[Answer | None]]) -> Candidate:
    return Candidate({SETTING: threshold}, tuple(given[f"{item}@{threshold}"]))


def _with_variants(card: Scorecard, variants: dict[str, Item]) -> Scorecard:
    """Put questions behind those of the card that a condition may ask about.

    Not a card that could be used: its ids and its points break the rules of one.
    """
    asks = any(item.when is not None for item in variants.values())
    items = tuple(
        Item.model_construct(**{**dict(item), "id": name}) for name, item in variants.items()
    )
    added = Section.model_construct(id="variants", label=card.sections[0].label, items=items)
    before = card.sections if asks else ()
    return Scorecard.model_construct(**{**dict(card), "sections": (*before, added)})
