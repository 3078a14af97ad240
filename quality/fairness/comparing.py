"""Scoring conversations and their copies, and comparing answer by answer."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from conversation import Conversation
from conversation.errors import BadInput
from quality.fairness.copies import (
    KIND_LABELS,
    KINDS,
    LANGUAGES,
    NOISE_KINDS,
    Counterfactual,
    Kind,
    counterfactuals,
)
from quality.fairness.figures import (
    Shift,
    conversations_needed,
    flip_rate,
    holm,
    mean_shift,
    worst,
)
from quality.fairness.noise import word_errors
from quality.fairness.report import (
    FairnessReport,
    FairnessSettings,
    Flip,
    KindFairness,
    QuestionFairness,
    TurnPair,
    VariantFairness,
)
from quality.findings import Bilingual, both
from quality.results import Evaluation, ItemResult

_SHOWN_TURNS = 2


class Scorer(Protocol):
    """The whole chain that a score depends on: understanding, metrics, card."""

    def __call__(self, conversation: Conversation, *, language: str) -> Evaluation:
        """Score a conversation whose language is known."""
        ...


@dataclass(frozen=True)
class _Pair:
    """A copy beside its original.

    Attributes:
        conversation_id: Which conversation.
        variant: Of the change.
        answers: Answer before and after, by question.
        values: Difference of the value, by question, where both have one.
        score: Difference of the score in points; None where one has none.
        score_after: Score of the copy.
        errors: Words of that side that differ.
        words: Words of that side.
    """

    conversation_id: str
    variant: str
    answers: Mapping[str, tuple[str, str]]
    values: Mapping[str, float]
    score: float | None
    score_after: float | None
    errors: int
    words: int


@dataclass
class _Found:
    """All comparisons so far."""

    pairs: dict[Kind, list[_Pair]] = field(default_factory=lambda: defaultdict(list))
    flips: list[Flip] = field(default_factory=list)
    questions: dict[str, Bilingual] = field(default_factory=dict)
    labels: dict[tuple[Kind, str], Bilingual] = field(default_factory=dict)
    cards: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)


def assess_fairness(
    conversations: Iterable[tuple[Conversation, str | None]],
    *,
    score: Scorer,
    settings: FairnessSettings | None = None,
    kinds: Sequence[Kind] = KINDS,
    progress: Callable[[Conversation], None] | None = None,
) -> FairnessReport:
    """Test whether scores depend on what they must not depend on.

    Args:
        conversations: Each with the primary tag of its language (``fr``, ``en``; its own when
            None).
        score: The whole chain; called for every original and every copy.
        settings: Seed and tolerances.
        kinds: Which changes.
        progress: Called after each conversation.

    Returns:
        Rates, shifts, verdicts and every flip.

    Raises:
        BadInput: No conversation is in French or English.
    """
    settings = settings or FairnessSettings()
    found = _Found()
    left_out: dict[str, str] = {}
    for conversation, given in conversations:
        language = (given or conversation.language or "").split("-")[0].lower()
        if language in LANGUAGES:
            _compare(conversation, language, score, settings, kinds, found)
        else:
            left_out[conversation.id] = f"language {language or 'not known'}, expected fr or en"
        if progress is not None:
            progress(conversation)
    if not found.languages:
        raise BadInput(
            "none of the conversations is known to be in French or English",
            remedy="give analyses that `entendu process` wrote, or set the language",
        )
    order = {kind: place for place, kind in enumerate(kinds)}
    found.flips.sort(key=lambda one: (order[one.kind], one.question, one.variant))
    return FairnessReport(
        scorecards=tuple(sorted(found.cards)),
        settings=settings,
        conversations=sum(found.languages.values()),
        languages=dict(sorted(found.languages.items())),
        copies=sum(len(pairs) for pairs in found.pairs.values()),
        needed=conversations_needed(settings.tolerance, level=settings.level),
        kinds=tuple(_kind(kind, found, settings) for kind in kinds if found.pairs[kind]),
        unchanged=tuple(kind for kind in kinds if not found.pairs[kind]),
        flips=tuple(found.flips),
        left_out=left_out,
    )


def _compare(
    conversation: Conversation,
    language: str,
    score: Scorer,
    settings: FairnessSettings,
    kinds: Sequence[Kind],
    found: _Found,
) -> None:
    before = score(conversation, language=language)
    found.languages[language] += 1
    found.cards.add(f"{before.scorecard} {before.version}")
    for item in before.items:
        found.questions.setdefault(item.id, both(item.label_fr, item.label_en))
    for copy in counterfactuals(conversation, language=language, seed=settings.seed, kinds=kinds):
        after = score(copy.conversation, language=language)
        found.labels[copy.kind, copy.variant] = copy.label
        found.pairs[copy.kind].append(_pair(conversation, copy, before, after))
        found.flips += _flips(conversation, copy, before, after)


def _answer(item: ItemResult) -> str:
    if item.status == "scored":
        return f"{item.value:g}"
    return "na" if item.status == "not_applicable" else "open"


def _pair(
    conversation: Conversation, copy: Counterfactual, before: Evaluation, after: Evaluation
) -> _Pair:
    answers, values = {}, {}
    for old, new in zip(before.items, after.items, strict=True):
        answers[old.id] = (_answer(old), _answer(new))
        if old.value is not None and new.value is not None:
            values[old.id] = new.value - old.value
    side = "agent" if copy.kind.startswith("agent") else "customer"
    errors, words = word_errors(
        conversation, copy.conversation, "agent" if side == "agent" else "customer"
    )
    both_scored = before.score_100 is not None and after.score_100 is not None
    return _Pair(
        conversation.id,
        copy.variant,
        answers,
        values,
        (after.score_100 or 0.0) - (before.score_100 or 0.0) if both_scored else None,
        after.score_100,
        errors,
        words,
    )


def _flips(
    conversation: Conversation, copy: Counterfactual, before: Evaluation, after: Evaluation
) -> list[Flip]:
    flips = []
    for old, new in zip(before.items, after.items, strict=True):
        if _answer(old) == _answer(new):
            continue
        quoted = {one.turn_index for one in (*old.evidence, *new.evidence)}
        near = [index for index in copy.turns if index in quoted]
        shown = near or list(copy.turns[:_SHOWN_TURNS])
        flips.append(
            Flip(
                conversation_id=conversation.id,
                kind=copy.kind,
                variant=copy.variant,
                question=old.id,
                before=_answer(old),
                after=_answer(new),
                reason_before=both(old.reason_fr, old.reason_en),
                reason_after=both(new.reason_fr, new.reason_en),
                evidence_before=old.evidence,
                evidence_after=new.evidence,
                turns=tuple(
                    TurnPair(
                        index=index,
                        speaker=conversation.turns[index].speaker,
                        before=conversation.turns[index].text,
                        after=copy.conversation.turns[index].text,
                    )
                    for index in shown
                ),
            )
        )
    return flips


def _kind(kind: Kind, found: _Found, settings: FairnessSettings) -> KindFairness:
    pairs = found.pairs[kind]
    noisy = kind in NOISE_KINDS
    tolerance = settings.noise_tolerance if noisy else settings.tolerance
    points = settings.noise_tolerance_points if noisy else settings.tolerance_points
    questions = _questions(pairs, found, settings, tolerance)
    shift = _score_shift(pairs, settings, kind)
    return KindFairness(
        kind=kind,
        label=KIND_LABELS[kind],
        conversations=len({pair.conversation_id for pair in pairs}),
        copies=len(pairs),
        tolerance=tolerance,
        tolerance_points=points,
        shift=shift,
        questions=tuple(questions),
        variants=tuple(_variants(kind, pairs, found, settings)),
        verdict=worst([shift.verdict(points), *(one.verdict for one in questions)]),
    )


def _questions(
    pairs: Sequence[_Pair], found: _Found, settings: FairnessSettings, tolerance: float
) -> list[QuestionFairness]:
    rated = []
    for question in found.questions:
        counts = _counts(pairs, (question,))
        if not counts:
            continue
        differences = _by_conversation(
            (pair.conversation_id, pair.values[question])
            for pair in pairs
            if question in pair.values
        )
        shift = mean_shift(differences, seed=_seed(settings, question), level=settings.level)
        rated.append((question, flip_rate(counts, level=settings.level), shift))
    adjusted = holm([shift.p_value for _, _, shift in rated])
    return [
        QuestionFairness(
            id=question,
            label=found.questions[question],
            rate=rate,
            shift=shift.model_copy(update={"p_value": p_value}),
            verdict=rate.verdict(tolerance),
        )
        for (question, rate, shift), p_value in zip(rated, adjusted, strict=True)
    ]


def _variants(
    kind: Kind, pairs: Sequence[_Pair], found: _Found, settings: FairnessSettings
) -> list[VariantFairness]:
    by_variant: dict[str, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        by_variant[pair.variant].append(pair)
    shown = []
    for variant, own in by_variant.items():
        control = _control(kind, variant)
        words = sum(pair.words for pair in own)
        shown.append(
            VariantFairness(
                id=variant,
                label=found.labels[kind, variant],
                copies=len(own),
                changed_words=sum(pair.errors for pair in own) / words if words else 0.0,
                rate=flip_rate(_counts(own, found.questions), level=settings.level),
                shift=_score_shift(own, settings, variant),
                gap=_gap(own, by_variant.get(control, []), settings) if control else None,
                control=control,
            )
        )
    return shown


def _control(kind: str, variant: str) -> str | None:
    """Name the variant that changes as much without the trait in question."""
    control = None
    if kind.endswith("_name"):
        control = "common"
    elif kind.endswith("_recognition"):
        control = f"general_{variant.rpartition('_')[2]}"
    return None if control == variant else control


def _gap(
    own: Sequence[_Pair], control: Sequence[_Pair], settings: FairnessSettings
) -> Shift | None:
    others = {pair.conversation_id: pair.score_after for pair in control}
    differences = []
    for pair in own:
        other = others.get(pair.conversation_id)
        if pair.score_after is not None and other is not None:
            differences.append(pair.score_after - other)
    if not differences:
        return None
    return mean_shift(differences, seed=_seed(settings, own[0].variant), level=settings.level)


def _score_shift(pairs: Sequence[_Pair], settings: FairnessSettings, name: str) -> Shift:
    differences = _by_conversation(
        (pair.conversation_id, pair.score) for pair in pairs if pair.score is not None
    )
    return mean_shift(differences, seed=_seed(settings, name), level=settings.level)


def _counts(pairs: Iterable[_Pair], questions: Iterable[str]) -> list[tuple[int, int]]:
    """Count flips and pairs of each conversation; what was open before and after is no pair."""
    wanted = tuple(questions)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        for question in wanted:
            answers = pair.answers.get(question)
            if answers is not None and answers != ("open", "open"):
                counts[pair.conversation_id][0] += answers[0] != answers[1]
                counts[pair.conversation_id][1] += 1
    return [(flips, total) for flips, total in counts.values()]


def _by_conversation(differences: Iterable[tuple[str, float]]) -> list[float]:
    """Average the differences of each conversation's copies."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for conversation_id, difference in differences:
        grouped[conversation_id].append(difference)
    return [sum(own) / len(own) for own in grouped.values()]


def _seed(settings: FairnessSettings, name: str) -> int:
    return (settings.seed + zlib.crc32(name.encode())) % 2**32
