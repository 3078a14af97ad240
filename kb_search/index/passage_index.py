"""Passages found by meaning and by words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kb_search.documents import Metadata, Passage
from kb_search.filters import Filters
from kb_search.fusion import fuse
from kb_search.index.segment import Entry, Segment
from kb_search.index.views import LiveMetadata, LivePassages
from kb_search.index.word_index import rarity
from kb_search.words import LANGUAGES, Language, content_words, letter_grams, query_stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

_CANDIDATES = 200
_DIGITS = 6  # of a score: sums in another order differ beyond them
_MOST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that was found, with every signal that spoke for it.

    Attributes:
        row: Of the passage in the index.
        score: Fused; comparable between questions to the same encoder.
        dense: Cosine of question and passage, or of question and label where that is nearer.
        words: Share of the question's words that the passage holds, weighted by rarity.
        letters: The same for runs of three and four letters.
    """

    row: int
    score: float
    dense: float
    words: float
    letters: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a question found.

    Attributes:
        matches: Best first; at least one where the index holds a passage that may be found.
        dense_mean: Mean cosine of the question with all passages: what an unrelated one has.
        dense_std: Standard deviation of those cosines.
    """

    matches: tuple[Match, ...]
    dense_mean: float
    dense_std: float


class PassageIndex:
    """Dense and sparse index of passages, put together from segments.

    What is found, and in which order, depends on the live passages alone and not on the segments
    they came in, up to ``EXACT_UP_TO`` passages a segment: what depends on all passages (how
    rare a word is, the mean cosine) is summed up over the segments.

    Args:
        segments: In the order of the rows.
        live: Numbers of the passages that may be found; None for all.
    """

    def __init__(self, segments: Sequence[Segment], live: NDArray[np.int64] | None = None) -> None:
        import numpy as np

        self._segments = [segment for segment in segments if len(segment)]
        self._live = [segment.live(live) for segment in self._segments]
        self._whole = [bool(live.all()) for live in self._live]
        self._starts = np.cumsum([0, *(len(segment) for segment in self._segments)])
        self._alive = np.concatenate([*self._live, np.zeros(0, np.bool_)])
        self._rows = np.flatnonzero(self._alive)
        self._place = np.cumsum(self._alive) - 1
        self._ties = np.concatenate(
            [*(segment.ties for segment in self._segments), np.zeros(0, np.int64)]
        )
        self._word_frequencies = [
            segment.letters.word_frequencies(live) for segment, live in self._parts()
        ]
        present = {
            language for segment, live in self._parts() for language in segment.languages(live)
        }
        self.languages: tuple[Language, ...] = tuple(
            language for language in LANGUAGES if language in present
        )
        self.passages: Sequence[Passage] = LivePassages(self._segments, self._starts, self._rows)
        self._mean, self._covariance = self._moments()

    def _parts(self) -> Iterator[tuple[Segment, NDArray[np.bool_]]]:
        return zip(self._segments, self._live, strict=True)

    def _moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and covariance of the live vectors."""
        import numpy as np

        if not len(self._rows):
            return np.zeros(1), np.zeros((1, 1))
        moments = [segment.moments(live) for segment, live in self._parts()]
        sums = np.sum(moments, axis=0) / len(self._rows)
        return sums[-1], sums[:-1] - np.outer(sums[-1], sums[-1])

    @classmethod
    def build(
        cls,
        passages: Sequence[Passage],
        encoder: Encoder,
        *,
        metadata: Mapping[str, Metadata] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PassageIndex:
        """Index passages.

        Args:
            passages: To be found.
            encoder: Makes the vectors.
            metadata: Of the documents, by path; what is missing says nothing about itself.
            progress: Called with (passages done, passages in all) while they are encoded.
        """
        of, nothing = metadata or {}, Metadata()
        entries = [
            Entry(number, passage, of.get(passage.document, nothing))
            for number, passage in enumerate(passages)
        ]
        return cls([Segment.build(entries, encoder, progress=progress)])

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors of the passages, float32 array of shape (n_passages, dim)."""
        import numpy as np

        return np.concatenate([segment.vectors.vectors for segment in self._segments])[self._rows]

    @property
    def metadata(self) -> Mapping[str, Metadata]:
        """What each document with a live passage says about itself, by path."""
        return LiveMetadata(self._segments, self._live)

    def frequency(self, forms: Sequence[str]) -> int:
        """Return how many passages hold a word, given as its stems (:func:`query_stems`)."""
        import numpy as np

        return sum(
            int(np.count_nonzero(live[np.unique(np.concatenate(found))]))
            for segment, live in self._parts()
            if (found := [rows for form in forms if len(rows := segment.words.term(form)[0])])
        )

    def _count(self, form: str) -> int:
        """Return how many live passages hold a stem."""
        import numpy as np

        return sum(
            len(rows) if whole else int(np.count_nonzero(live[rows]))
            for (segment, live), whole in zip(self._parts(), self._whole, strict=True)
            if len(rows := segment.words.term(form)[0])
        )

    def search(
        self,
        question: str,
        vector: NDArray[np.float32],
        *,
        k: int,
        filters: Filters | None = None,
    ) -> Ranking:
        """Rank the passages for a question.

        Args:
            question: As it was asked.
            vector: Its vector, of shape (dim,).
            k: How many matches at most.
            filters: What a passage must be to be found.
        """
        import numpy as np

        if not len(self._rows):
            return Ranking((), 0.0, 0.0)
        words = self._word_scores(question)
        rows = self._candidates(vector, words, max(_CANDIDATES, 4 * k), filters)
        dense = self._cosines(rows, vector)
        letters = self._letter_scores(question, rows)
        fused = np.round(fuse(dense, words[rows], letters).astype(np.float64), _DIGITS)
        order = np.lexsort((self._ties[rows], -fused))[:k]
        matches = tuple(
            Match(
                row=int(self._place[rows[place]]),
                score=float(fused[place]),
                dense=float(dense[place]),
                words=float(words[rows[place]]),
                letters=float(letters[place]),
            )
            for place in order
        )
        variance = float(vector @ self._covariance @ vector)
        return Ranking(matches, float(self._mean @ vector), max(variance, 0.0) ** 0.5)

    def _candidates(
        self,
        vector: NDArray[np.float32],
        words: NDArray[np.float32],
        count: int,
        filters: Filters | None,
    ) -> NDArray[np.int64]:
        """Return the rows that are among the best of one signal at least, in ascending order."""
        import numpy as np

        allowed = self._alive
        if filters is not None and filters.restrict:
            admitted = [segment.admitted(filters) for segment in self._segments]
            allowed = allowed & np.concatenate(admitted)
        rows = np.flatnonzero(allowed)
        if len(rows) <= 2 * count:
            return rows
        found = [
            start + segment.vectors.nearest(vector, count, allowed[start : start + len(segment)])
            for segment, start in zip(self._segments, self._starts[:-1], strict=True)
        ]
        holding = np.flatnonzero(np.where(allowed, words, 0))
        if len(holding) > count:
            holding = holding[np.argpartition(-words[holding], count)[:count]]
        return np.unique(np.concatenate([*found, holding]))

    def _cosines(self, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        cosines = np.empty(len(rows), np.float32)
        for segment, start in zip(self._segments, self._starts[:-1], strict=True):
            here = (rows >= start) & (rows < start + len(segment))
            cosines[here] = segment.cosines(rows[here] - start, vector)
        return cosines

    def _word_scores(self, question: str) -> NDArray[np.float32]:
        """Return each row's share of the question's words, weighted by rarity, from 0 to 1.

        Lucene's BM25 divided by the most that any text could reach on the question's words: 0
        for nothing, towards 1 for all of it, whatever the length of the question. A word that
        no text holds counts against every text, unless it looks like one that a text holds.
        """
        import numpy as np

        n_texts = len(self._rows)
        scores = np.zeros(len(self._alive), np.float32)
        ideal, done = 0.0, set[str]()
        for forms in self._terms(question):
            rarest = 0.0
            for form, share in forms.items():
                frequency = self._count(form)
                if not frequency:
                    continue
                rare = rarity(frequency, n_texts)
                rarest = max(rarest, rare)
                if form not in done:
                    done.add(form)
                    for segment, start in zip(self._segments, self._starts[:-1], strict=True):
                        rows, factors = segment.words.term(form)
                        scores[start : start + len(segment)][rows] += share * rare * factors
            ideal += rarest or rarity(0, n_texts)
        return scores / ideal if ideal else scores

    def _terms(self, question: str) -> list[dict[str, float]]:
        """Return the stems of each word of a question, each with how sure it is to be meant."""
        terms: dict[tuple[str, ...], dict[str, float]] = {}
        for word in dict.fromkeys(content_words(question, self.languages)):
            forms = query_stems(word, self.languages)
            if not forms:
                continue
            likely = dict.fromkeys(forms[0], 1.0)
            known = any(self._count(form) for form in forms[0])
            for other, share in () if known else self._near(word):
                for stems in query_stems(other, self.languages):
                    for stem in stems:
                        likely[stem] = max(share, likely.get(stem, 0.0))
            terms.setdefault(forms[0], likely)
        return list(terms.values())

    def _near(self, word: str) -> list[tuple[str, float]]:
        """Return the words of live passages that look most like one that none holds."""
        near = {
            other: share
            for segment, frequencies in zip(self._segments, self._word_frequencies, strict=True)
            for other, share in segment.letters.near(word, frequencies)
        }
        return sorted(near.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_NEAR]

    @cached_property
    def _usual_runs(self) -> float:
        """How many runs of letters a live passage holds on average, 1 or more."""
        runs = sum(float(segment.letters.lengths[live].sum()) for segment, live in self._parts())
        return max(1.0, runs / max(1, len(self._rows)))

    def _letter_scores(self, question: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the same share for runs of letters in place of words, of some rows."""
        import numpy as np

        grams = list(dict.fromkeys(letter_grams(question)))
        scores = np.zeros(len(rows), np.float32)
        if not grams:
            return scores
        frequencies = sum(
            segment.letters.gram_frequencies(grams, by_word)
            for segment, by_word in zip(self._segments, self._word_frequencies, strict=True)
        )
        frequencies = np.minimum(frequencies, len(self._rows))
        usual_length = self._usual_runs
        rarities = np.log1p((len(self._rows) - frequencies + 0.5) / (frequencies + 0.5))
        for segment, start in zip(self._segments, self._starts[:-1], strict=True):
            here = (rows >= start) & (rows < start + len(segment))
            factors = segment.letters.factors(rows[here] - start, grams, usual_length)
            scores[here] = factors @ rarities / max(float(rarities.sum()), 1e-9)
        return scores
