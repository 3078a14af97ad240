"""How much a text speaks for each reason, judged from the taxonomy alone.

Three judges read a text, and their log-probabilities are averaged:

1. nearness: cosine to the closest sentences of a reason and to their mean, in the encoder's space
   centred on the mean of all sentences (e5's cosines live in a narrow band around a common
   direction; taking it out moved MInDS-14 French, from definitions only, from .83 to .90);
2. a logistic regression on the centred vectors, trained on the taxonomy's own sentences;
3. a ridge regression on TF-IDF of words and characters, which sees names and codes that the
   encoder blurs.

Where a taxonomy has labels and definitions only, a class with many sentences (what other trades are
asked) would be nearest to everything. Each judge's score of each class is then counted in standard
deviations from its mean over a cohort, what customers of all shipped sectors say (as in speaker
verification: Auckenthaler et al. 2000, Score Normalization for Text-Independent Speaker
Verification). On MInDS-14 French that takes the texts that get their reason, background and all,
from .73 to .87.

Beside the reasons they know two more answers, from :mod:`nlu.background`: what every centre hears
("bonjour", "je patiente") and gives no vote, and what belongs to other trades.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from nlu.background import load_background
from nlu.lexical import LexicalRidge
from nlu.linear import fit_logistic, log_softmax
from nlu.nearness import unit
from nlu.reason_settings import DEFAULT_SETTINGS, ReasonSettings
from nlu.reason_vectors import encode_sentences
from nlu.taxonomy import SHIPPED, Reason, Taxonomy, load_taxonomy

if TYPE_CHECKING:
    from conversation import ModelReference
    from models import Encoder

Array = NDArray[np.float32]

NEAREST = 3
CENTROID_WEIGHT = 0.5
NEARNESS_SCALE = 16.0
REGRESSION_C = 5.0
LEXICAL_SCALE = 12.0
WEIGHTS = (0.3, 0.4, 0.3)
"""Of nearness, regression and words, where the taxonomy has sentences enough."""

COHORT_WEIGHTS = (0.3, 0.4, 0.3)
"""The same, where it has labels and definitions only."""

FEW_SENTENCES = 6.0
"""With this many sentences per reason the two regressions have half of their full weight."""

COHORT_SCALE = 2.0
"""Of standardised scores: what their weighted mean is multiplied by to be log-probabilities."""

TEMPERATURE = 0.8
"""Averaging the judges flattens them; below 1 sharpens. Chosen, as what stands above, on short
texts written for it (tests/nlu/contact_texts.jsonl), not on any benchmark."""

SUBREASON_SCALE = 12.0

CONTRAST_WEIGHT = 0.5
"""Of the likeliest reason of another sector, since such contacts are rare."""

TOO_CLOSE = 0.55
"""Background that is this near (centred cosine) to a reason would speak against it: left out."""

_KEPT_SCORERS = 4


@dataclass(frozen=True)
class Scores:
    """Probabilities of texts over reasons.

    Attributes:
        reasons: float32 array of shape (n_texts, n_codes); with ``service`` each row sums to 1.
        service: float32 array of shape (n_texts,): that the text says nothing of the reason.
    """

    reasons: Array
    service: Array


class ReasonScorer(Protocol):
    """What judges texts against the level-1 reasons of a taxonomy, and against their level 2."""

    @property
    def taxonomy(self) -> Taxonomy:
        """The reasons it tells apart."""

    @property
    def name(self) -> str:
        """How it judges, for the provenance."""

    @property
    def reference(self) -> ModelReference | None:
        """What it was trained into, for the provenance; None where nothing was trained."""

    @property
    def settings(self) -> ReasonSettings:
        """When its reasons are sure enough to be given."""

    def score(self, texts: Sequence[str], vectors: Array) -> Scores:
        """Judge texts; ``vectors`` are theirs, of shape (n_texts, dim), L2-normalised."""

    def subreasons(self, code: str, vectors: Array) -> Array:
        """Judge texts against the level 2 of a reason: shape (n_texts, n_subreasons)."""


class TaxonomyScorer:
    """A scorer built from labels, definitions and examples only.

    Args:
        taxonomy: The reasons.
        encoder: Gives the vectors of the taxonomy's sentences; the texts that are judged must
            come with vectors of the same encoder.
    """

    name = "taxonomy"
    reference: ModelReference | None = None
    settings = DEFAULT_SETTINGS

    def __init__(self, taxonomy: Taxonomy, encoder: Encoder) -> None:
        self._taxonomy = taxonomy
        n_codes = len(taxonomy.reasons)
        outside = next(
            (i for i, r in enumerate(taxonomy.reasons) if r.role == "out_of_scope"), n_codes + 1
        )
        own = [(text, i, j) for i, reason in enumerate(taxonomy.reasons) for text, j in _of(reason)]
        self._outside = outside
        background = load_background()
        generic = [(text, n_codes, -1) for text in background.service.texts()]
        generic += [(text, outside, -1) for text in background.out_of_scope.texts()]
        generic += [(text, n_codes + 2 + k, -1) for text, k in _contrasting(taxonomy)]
        vectors = encode_sentences([text for text, _, _ in own + generic], encoder)
        self._mean = vectors.mean(axis=0)
        centred = unit(vectors - self._mean)
        ours, theirs = centred[: len(own)], centred[len(own) :]
        in_scope = ours[[i != outside for _, i, _ in own]]
        kept = (theirs @ in_scope.T).max(axis=1) < TOO_CLOSE
        rows = own + [row for row, keep in zip(generic, kept, strict=True) if keep]
        self._centred = np.concatenate([ours, theirs[kept]])
        labels = np.array([i for _, i, _ in rows])
        self._subs = np.array([j for _, _, j in rows])
        self._labels = labels
        self._classes = np.unique(labels)
        self._centroids = unit(
            np.stack([self._centred[labels == c].mean(axis=0) for c in self._classes])
        )
        per_reason = float(np.median([np.sum(labels == i) for i in range(n_codes)]))
        self._cohort: tuple[tuple[Array, Array], ...] = ()
        trust = per_reason / (per_reason + FEW_SENTENCES)
        weights = np.array([WEIGHTS[0], WEIGHTS[1] * trust, WEIGHTS[2] * trust])
        self._weights = (weights / weights.sum()).astype(np.float32)
        members = [np.flatnonzero(labels == c) for c in self._classes]
        # The rows of each class, filled up with one more row that is like nothing.
        self._members = np.full((len(members), max(map(len, members))), len(labels))
        for row, found in zip(self._members, members, strict=True):
            row[: len(found)] = found
        self._coefficients, self._intercepts = fit_logistic(self._centred, labels, c=REGRESSION_C)
        self._lexical = LexicalRidge([text for text, _, _ in rows], labels)
        if per_reason < FEW_SENTENCES:
            said = _shipped_examples()
            judged = self._judged(said, unit(encode_sentences(said, encoder) - self._mean))
            self._cohort = tuple((j.mean(axis=0), j.std(axis=0) + 1e-6) for j in judged)
            self._weights = np.array(COHORT_WEIGHTS, dtype=np.float32)

    @property
    def taxonomy(self) -> Taxonomy:
        """The reasons it tells apart."""
        return self._taxonomy

    def score(self, texts: Sequence[str], vectors: Array) -> Scores:
        """Judge texts against the reasons of level 1.

        Args:
            texts: Any texts.
            vectors: Theirs, ``encoder.encode(texts, kind="query")``, of shape (n_texts, dim).

        Returns:
            The probabilities.
        """
        n_codes = len(self._taxonomy.reasons)
        reasons = np.zeros(
            (len(texts), max(n_codes + 2, int(self._classes.max()) + 1)), dtype=np.float32
        )
        if texts:
            judged = self._judged(texts, unit(vectors - self._mean))
            if self._cohort:
                judged = tuple(
                    COHORT_SCALE * (scores - mean) / spread
                    for scores, (mean, spread) in zip(judged, self._cohort, strict=True)
                )
            else:
                judged = tuple(log_softmax(scores) for scores in judged)
            mixed = np.einsum("j,jnc->nc", self._weights, np.stack(judged)).astype(np.float32)
            reasons[:, self._classes] = np.exp(log_softmax(mixed, temperature=TEMPERATURE))
        other_sectors = reasons[:, n_codes + 2 :]
        likeliest = CONTRAST_WEIGHT * other_sectors.max(axis=1, initial=0.0)
        reasons[:, self._outside] += likeliest
        reasons /= (1 - other_sectors.sum(axis=1) + likeliest)[:, None]
        # A taxonomy built in code may have no reason for what is out of scope: no vote then.
        service = reasons[:, n_codes] + reasons[:, n_codes + 1]
        return Scores(reasons[:, :n_codes], service)

    def subreasons(self, code: str, vectors: Array) -> Array:
        """Judge texts against the level 2 of a reason.

        Args:
            code: Of level 1.
            vectors: Of the texts, of shape (n_texts, dim).

        Returns:
            float32 array of shape (n_texts, n_subreasons), rows sum to 1.
        """
        codes = [reason.code for reason in self._taxonomy.reasons]
        position = codes.index(code)
        centred = unit(vectors - self._mean)
        columns = []
        for j in range(len(self._taxonomy.reasons[position].subreasons)):
            rows = self._centred[(self._labels == position) & (self._subs == j)]
            columns.append(_nearest(centred @ rows.T, 2) + centred @ unit(rows.mean(axis=0)))
        if not columns:
            return np.zeros((len(vectors), 0), dtype=np.float32)
        scores = np.stack(columns, axis=1).astype(np.float32)
        return np.exp(log_softmax(SUBREASON_SCALE * scores))

    def _judged(self, texts: Sequence[str], centred: Array) -> tuple[Array, ...]:
        """Return the scores of the three judges, each of shape (n_texts, n_classes)."""
        return (
            NEARNESS_SCALE * self._nearness(centred),
            self._regressed(centred),
            LEXICAL_SCALE * self._lexical.scores(texts),
        )

    def _regressed(self, centred: Array) -> Array:
        scores: Array = centred @ self._coefficients + self._intercepts
        return scores

    def _nearness(self, centred: Array) -> Array:
        cosines = np.pad(centred @ self._centred.T, ((0, 0), (0, 1)), constant_values=-np.inf)
        top = np.sort(cosines[:, self._members], axis=2)[:, :, -NEAREST:]
        nearest: Array = top.mean(axis=2, where=np.isfinite(top))
        return nearest + CENTROID_WEIGHT * (centred @ self._centroids.T)


_scorers: OrderedDict[tuple[int, str], tuple[Encoder, TaxonomyScorer]] = OrderedDict()
_scorers_lock = Lock()


def scorer_for(taxonomy: Taxonomy, encoder: Encoder) -> TaxonomyScorer:
    """Return the scorer of a taxonomy, built at the first call and kept in memory."""
    key = (id(encoder), taxonomy.sha256)  # the encoder is kept beside, so its id stays its own
    with _scorers_lock:
        if key not in _scorers:
            _scorers[key] = (encoder, TaxonomyScorer(taxonomy, encoder))
        _scorers.move_to_end(key)
        while len(_scorers) > _KEPT_SCORERS:
            _scorers.popitem(last=False)
        return _scorers[key][1]


def sentences_of(taxonomy: Taxonomy) -> list[str]:
    """Return every sentence that a scorer of this taxonomy encodes."""
    background = load_background()
    return [
        *(text for reason in taxonomy.reasons for text, _ in _of(reason)),
        *background.service.texts(),
        *background.out_of_scope.texts(),
    ]


def _shipped_examples() -> list[str]:
    """Return what customers say to centres of the shipped sectors, whatever about."""
    reasons = (reason for name in SHIPPED for reason in load_taxonomy(name).reasons)
    return list(dict.fromkeys(text for reason in reasons for text in reason.examples.texts()))


def _contrasting(taxonomy: Taxonomy) -> list[tuple[str, int]]:
    """Return what customers say to centres of other sectors, with the number of their reason.

    Each of those reasons is a class of its own while texts are judged; all of them in one class
    would draw everything to it (.60 of the texts in scope recognised instead of .84).
    """
    reasons = [
        reason
        for name in taxonomy.contrast
        for reason in load_taxonomy(name).reasons
        if reason.role == "reason"
    ]
    return [
        (text, k)
        for k, reason in enumerate(reasons)
        for part in (reason.examples, *(sub.examples for sub in reason.subreasons))
        for text in part.texts()
    ]


def _of(reason: Reason) -> list[tuple[str, int]]:
    """Return the sentences of a reason with the position of their level 2, or -1."""
    parts = (reason.label, reason.definition, reason.include, reason.examples)
    sentences = [(text, -1) for part in parts for text in part.texts()]
    for j, sub in enumerate(reason.subreasons):
        sentences += [
            (text, j) for part in (sub.label, sub.definition, sub.examples) for text in part.texts()
        ]
    return sentences


def _nearest(cosines: Array, count: int) -> Array:
    """Return the mean of the highest cosines of each row."""
    top = np.sort(cosines, axis=1)[:, -count:]
    mean: Array = top.mean(axis=1)
    return mean
