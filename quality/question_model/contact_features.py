"""What a head reads of one contact: its sentences by speaker and place, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation import Conversation, Speaker
from quality.metrics import Metrics
from quality.question_model.examples import Example
from quality.sentences import Sentence, sentences_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.sentence_vectors import SentenceVectors

SPEAKERS: tuple[Speaker, ...] = ("agent", "customer")
_OPENING = 4
_CLOSING = 6
_FIGURE_GAIN = 1.0


@dataclass(frozen=True)
class _Pool:
    """One stretch of the dense features: sentences of one speaker, pooled.

    Attributes:
        speaker: Whose.
        how: ``mean`` of all, ``max`` of all, mean of the first or of the last ones.
        gain: How much it counts.
    """

    speaker: Speaker
    how: str
    gain: float


_POOLS = (
    _Pool("agent", "mean", 1.0),
    _Pool("agent", "max", 1.0),
    _Pool("agent", "first", 0.7),
    _Pool("agent", "last", 0.7),
    _Pool("customer", "mean", 0.7),
    _Pool("customer", "max", 0.7),
)


@dataclass(frozen=True)
class ContactRow:
    """One contact as a head reads it.

    Attributes:
        sentences: By speaker, in the order of :data:`SPEAKERS`.
        vectors: Theirs: float32 arrays of shape (n_sentences, dim).
        example: Words and dense features.
    """

    sentences: tuple[tuple[Sentence, ...], ...]
    vectors: tuple[NDArray[np.float32], ...]
    example: Example

    def dense_contributions(
        self, weights: NDArray[np.float32], centre: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], ...]:
        """Return what each sentence adds to a linear score of the centred dense features.

        A mean gives each sentence its part; a maximum belongs to the sentence that has it.

        Args:
            weights: Of the dense features, shape (n_dense,).
            centre: What is taken from them first, shape (n_dense,).

        Returns:
            For each speaker an array of shape (n_sentences,); they sum to the score less what
            the figures of the contact add, where both speak.
        """
        import numpy as np

        found = {}
        for speaker, rows in zip(SPEAKERS, self.vectors, strict=True):
            found[speaker] = np.zeros(len(rows), dtype=np.float32)
        dim = self._dim
        for number, pool in enumerate(_POOLS):
            rows = self.vectors[SPEAKERS.index(pool.speaker)]
            own = weights[number * dim : (number + 1) * dim]
            mean = centre[number * dim : (number + 1) * dim]
            if not len(rows):
                continue
            added = found[pool.speaker]
            if pool.how == "max":
                np.add.at(added, rows.argmax(axis=0), (rows.max(axis=0) - mean) * own)
            else:
                part = _part(pool.how, len(rows))
                added[part] += (rows[part] - mean) @ own / len(rows[part])
        return tuple(found[speaker] for speaker in SPEAKERS)

    @property
    def _dim(self) -> int:
        return max((rows.shape[1] for rows in self.vectors if rows.size), default=0)


def contact_row(
    conversation: Conversation, metrics: Metrics, vectors: SentenceVectors
) -> ContactRow | None:
    """Describe a contact.

    Args:
        conversation: Any.
        metrics: Of it.
        vectors: Of its sentences (:func:`quality.sentences.sentence_texts`).

    Returns:
        The row; None where the agent says no sentence.

    Raises:
        ModelMissing: A sentence has no stored vector, and nothing may be encoded.
    """
    import numpy as np

    sentences = tuple(
        tuple(one for turn in conversation.turns_of(speaker) for one in sentences_of(turn))
        for speaker in SPEAKERS
    )
    if not sentences[0]:
        return None
    found = vectors.of([one.text for part in sentences for one in part])
    cut = len(sentences[0])
    of_speaker = (found[:cut], found[cut:])
    pooled = [
        _pool(of_speaker[SPEAKERS.index(pool.speaker)], pool.how, found.shape[1]) for pool in _POOLS
    ]
    dense = np.concatenate([*pooled, _figures(metrics, sentences)]).astype(np.float32)
    texts = tuple(tuple(one.text for one in part) for part in sentences)
    return ContactRow(sentences, of_speaker, Example(texts, dense))


def contact_gains(n_dense: int) -> NDArray[np.float32]:
    """Return how much each dense column counts: each pool of vectors as much as one column.

    Args:
        n_dense: Length of the dense features.
    """
    import numpy as np

    dim = (n_dense - _FIGURES) // len(_POOLS)
    gains = [np.full(dim, pool.gain / max(1, dim) ** 0.5) for pool in _POOLS]
    gains.append(np.full(_FIGURES, _FIGURE_GAIN * _FIGURES**-0.5))
    return np.concatenate(gains).astype(np.float32)


_FIGURES = 16


def _figures(metrics: Metrics, sentences: Sequence[Sequence[Sentence]]) -> list[float]:
    """Return figures of the contact; 0 where one is not known."""
    import numpy as np

    spoken = metrics.spoken
    agent = metrics.of("agent")
    asked = [sum("?" in one.text for one in part) for part in sentences]
    figures = [
        np.log1p(metrics.duration_s or 0.0),
        np.log1p(metrics.turns),
        *(np.log1p(len(part)) for part in sentences),
        *(np.log1p(n) for n in asked),
        agent.talk_share if agent else 0.0,
        (agent.speech_rate_wpm or 0.0) / 200 if agent else 0.0,
        np.log1p(agent.longest_monologue_s) if agent else 0.0,
        np.log1p(agent.interruptions) if agent else 0.0,
        spoken.silence_share if spoken else 0.0,
        np.log1p(max((one.length_s for one in spoken.silences), default=0.0)) if spoken else 0.0,
        np.log1p(len(spoken.holds)) if spoken else 0.0,
        np.log1p(spoken.hold_s) if spoken else 0.0,
        spoken.overlap_share if spoken else 0.0,
        max(-5.0, min(5.0, (spoken.agent_response_s or 0.0))) if spoken else 0.0,
    ]
    return [float(figure) for figure in figures]


def _pool(rows: NDArray[np.float32], how: str, dim: int) -> NDArray[np.float32]:
    import numpy as np

    if not len(rows):
        return np.zeros(dim, dtype=np.float32)
    if how == "max":
        return np.asarray(rows.max(axis=0))
    return np.asarray(rows[_part(how, len(rows))].mean(axis=0))


def _part(how: str, n: int) -> slice:
    if how == "first":
        return slice(0, _OPENING)
    return slice(max(0, n - _CLOSING), n) if how == "last" else slice(0, n)
