"""Training a head for one question of a scorecard from analysts' answers."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conversation import Conversation
from conversation.errors import BadInput, ModelMissing, NotFound
from quality.agreement.bootstrap import figure
from quality.agreement.coefficients import cohen_kappa
from quality.agreement.question import written
from quality.metrics import Metrics
from quality.question_model.answers import (
    AnalystAnswer,
    Rating,
    Target,
    counts_of,
    learnable,
    targets_of,
)
from quality.question_model.contact_features import contact_gains, contact_row
from quality.question_model.cross_validation import (
    choose_settings,
    fit_rows,
    held_out,
    likelihood,
)
from quality.question_model.examples import Example, Labelled
from quality.question_model.head_folder import StoredHead
from quality.question_model.question_head import QuestionHead
from quality.question_model.training_report import QuestionReport
from quality.question_model.two_view_head import HeadSettings

if TYPE_CHECKING:
    from quality.sentence_vectors import SentenceVectors

DEFAULT_ERROR = 0.15
_GRID = (
    HeadSettings(lexical_c=1.0, dense_c=0.1, balance=0.5),
    HeadSettings(lexical_c=4.0, dense_c=0.4, balance=0.5),
    HeadSettings(lexical_c=16.0, dense_c=1.6, balance=0.5),
)
PACKAGES = ("entendu", "scikit-learn", "numpy", "scipy")


@dataclass(frozen=True)
class AnsweredContact:
    """A contact that people may have answered questions about.

    Attributes:
        conversation: The contact.
        metrics: Of it.
        group: What must not be on both sides of a split when several contacts have it in common,
            such as one case in two calls; None: the contact alone.
    """

    conversation: Conversation
    metrics: Metrics
    group: str | None = None


def train_question(
    item: str,
    answers: Iterable[AnalystAnswer | Rating],
    contacts: Iterable[AnsweredContact],
    vectors: SentenceVectors,
    *,
    error: float = DEFAULT_ERROR,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> QuestionHead:
    """Train a head from analysts' answers; the same input gives the same head.

    Args:
        item: Id of the question.
        answers: Of people, to this question; those to others are passed over.
        contacts: At least those that the answers are of.
        vectors: Of their sentences (:func:`quality.sentences.sentence_texts`).
        error: Most wrong answers among those given, above 0 and below 1; what is too unsure is
            left to a person.
        seed: Of everything that is drawn.
        progress: Called with (folds done, folds).

    Returns:
        The head, not saved.

    Raises:
        BadInput: ``error`` is out of its range.
        DatasetInvalid: There are too few answers; the message says how many of which are needed.
        NotFound: An answer is of a contact that is not among ``contacts``.
        ModelMissing: A sentence has no stored vector, and nothing may be encoded.
    """
    if not 0 < error < 1:
        raise BadInput(
            f"got the error {error}, expected more than 0 and less than 1",
            remedy="use 0.15 for at most 15 wrong answers in 100 given",
        )
    known = {contact.conversation.id: contact for contact in contacts}
    targets = targets_of(item, answers)
    absent = [one.conversation_id for one in targets if one.conversation_id not in known]
    if absent:
        raise NotFound(
            f"{len(absent)} answers to {item} are of contacts that are not given, such as "
            f"{absent[0]!r}",
            remedy="give these conversations, or leave their answers out",
        )
    learnable(item, targets)
    read = {one.conversation_id: _example(known[one.conversation_id], vectors) for one in targets}
    examples = {contact: example for contact, example in read.items() if example is not None}
    targets = [one for one in targets if one.conversation_id in examples]
    learnt = [written(answer) for answer in learnable(item, targets)]
    if vectors.model is None:
        raise ModelMissing("no encoder has made vectors", remedy="give an encoder")
    rows, owners = _rows(targets, examples, known)
    usable = [row for row in rows if row.label in learnt]
    gains = contact_gains(len(rows[0].example.dense))
    judged = held_out(rows, gains, _GRID, likelihood, seed=seed, learnt=learnt, progress=progress)
    settings, temperature = choose_settings(usable, gains, _GRID, likelihood, seed=seed)
    blocks, head = fit_rows(usable, gains, settings)
    said = dict(zip(owners, judged.probabilities, strict=True))
    answers_given = [
        (judged.labels[int(said[place].argmax())], float(said[place].max()))
        for place in range(len(targets))
    ]
    languages = Counter(
        known[target.conversation_id].conversation.language or "?" for target in targets
    )
    report = QuestionReport(
        item=item,
        languages=dict(languages.most_common()),
        encoder=vectors.model,
        lexical_c=settings.lexical_c,
        dense_c=settings.dense_c,
        dense_share=settings.dense_share,
        seed=seed,
        versions={name: importlib.metadata.version(name) for name in PACKAGES},
        **_figures(targets, answers_given, learnt, error=error, seed=seed),
    )
    stored = StoredHead(
        kind="question",
        blocks=blocks,
        n_blocks=len(rows[0].example.texts),
        head=head.with_temperature(temperature),
        encoder=vectors.model,
        report=report.model_dump(mode="json"),
    )
    return QuestionHead(stored, report)


def _example(contact: AnsweredContact, vectors: SentenceVectors) -> Example | None:
    row = contact_row(contact.conversation, contact.metrics, vectors)
    return None if row is None else row.example


def _rows(
    targets: list[Target], examples: Mapping[str, Example], known: Mapping[str, AnsweredContact]
) -> tuple[list[Labelled], list[int]]:
    """Make a row of each answer of each contact, and tell which contact each row is of."""
    rows, owners = [], []
    for place, target in enumerate(targets):
        contact = known[target.conversation_id]
        group = contact.group or f"contact {target.conversation_id}"
        for answer, share in target.truth:
            example = examples[target.conversation_id]
            rows.append(Labelled(example, written(answer), group, share))
            owners.append(place)
    return rows, owners


def _figures(
    targets: list[Target],
    given: list[tuple[str, float]],
    learnt: list[str],
    *,
    error: float,
    seed: int,
) -> dict[str, Any]:
    """Compare held-out answers and their probabilities with people's."""
    import numpy as np

    from nlu.reason_calibration import choose_for_error_rate, reliability

    counts = counts_of(targets)
    names = list(counts)
    tables = np.zeros((len(targets), len(names), len(names)))
    for place, (target, (label, _)) in enumerate(zip(targets, given, strict=True)):
        for answer, share in target.truth:
            tables[place, names.index(label), names.index(written(answer))] += share
    probabilities = np.asarray([probability for _, probability in given], dtype=np.float32)
    right = np.asarray(
        [label == written(target.answer) for target, (label, _) in zip(targets, given, strict=True)]
    )
    choice = choose_for_error_rate(probabilities, right, error)
    return {
        "n_contacts": len(targets),
        "n_differing": sum(len(target.truth) > 1 for target in targets),
        "answers": {name: count for name, count in counts.items() if count},
        "learnt": tuple(learnt),
        "left_out": tuple(name for name in names if counts[name] and name not in learnt),
        "agreement": round(float(right.mean()), 4),
        "kappa": figure(tables, cohen_kappa, seed=seed),
        "kappa_answered": figure(tables[probabilities >= choice.threshold], cohen_kappa, seed=seed),
        "majority": round(max(counts.values()) / len(targets), 4),
        "reliability": reliability(probabilities, right),
        "choice": choice,
    }
