"""Words compared by their runs of letters, where they were mistyped, misheard or inflected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb_search.words import word_grams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75
_NEAR = 0.55
_ARRAYS = (
    "word_starts", "word_numbers", "word_counts", "gram_starts", "gram_words", "gram_counts",
    "gram_sizes", "lengths",
)  # fmt: skip


class LetterIndex:
    """The words of each text, and the words that hold a run of letters.

    A list of the texts that hold a run of letters would be as long as the base; the list of
    the words that hold it is short. Runs are therefore counted in the few texts that other
    signals found, by way of their words.

    Args:
        words: Each word of the texts once.
        grams: Number of each run of letters of these words.
        arrays: ``word_starts`` int64 (n_texts + 1), ``word_numbers`` int32 and ``word_counts``
            float32: the words of the first text, then of the second; ``gram_starts`` int64
            (n_grams + 1), ``gram_words`` int32 and ``gram_counts`` float32: the words of the
            first run of letters, then of the second; ``gram_sizes`` int32 (n_words): how many
            different runs a word has; ``lengths`` float32 (n_texts): how many runs a text has.
    """

    def __init__(
        self,
        words: Sequence[str],
        grams: Mapping[str, int],
        arrays: Mapping[str, NDArray[Any]],
    ) -> None:
        self._words = words
        self._grams = grams
        self._arrays = arrays
        self.lengths: NDArray[np.float32] = arrays["lengths"]

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> LetterIndex:
        """Index texts given as folded words."""
        import numpy as np

        numbers: dict[str, int] = {}
        counts = [
            Counter(numbers.setdefault(word, len(numbers)) for word in text) for text in texts
        ]
        by_word = [Counter(word_grams(word)) for word in numbers]
        sizes = np.fromiter((sum(runs.values()) for runs in by_word), np.float32, len(by_word))
        grams: dict[str, int] = {}
        pairs = [
            (grams.setdefault(gram, len(grams)), number, count)
            for number, runs in enumerate(by_word)
            for gram, count in runs.items()
        ]
        columns = np.asarray(pairs, dtype=np.int64).reshape(-1, 3)
        columns = columns[np.argsort(columns[:, 0], kind="stable")]
        n_words = np.fromiter((len(words) for words in counts), np.int64, len(counts))
        word_starts = np.concatenate([[0], np.cumsum(n_words)])
        total = int(word_starts[-1])
        word_numbers = np.fromiter((n for words in counts for n in words), np.int32, total)
        word_counts = np.fromiter(
            (count for words in counts for count in words.values()), np.float32, total
        )
        of_text = np.repeat(np.arange(len(counts)), n_words)
        weights = sizes[word_numbers] * word_counts
        arrays = {
            "word_starts": word_starts,
            "word_numbers": word_numbers,
            "word_counts": word_counts,
            "gram_starts": np.searchsorted(columns[:, 0], np.arange(len(grams) + 1)),
            "gram_words": columns[:, 1].astype(np.int32),
            "gram_counts": columns[:, 2].astype(np.float32),
            "gram_sizes": np.fromiter(map(len, by_word), np.int32, len(by_word)),
            "lengths": np.bincount(of_text, weights, len(counts)).astype(np.float32),
        }
        return cls(list(numbers), grams, arrays)

    def word_frequencies(self, live: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return in how many texts each word stands.

        Args:
            live: Which texts are counted, of shape (n_texts,).
        """
        import numpy as np

        gone = np.flatnonzero(~live)
        if not len(gone):
            return self._all_frequencies
        numbers = self._arrays["word_numbers"][self._places(gone)[0]]
        return self._all_frequencies - np.bincount(numbers, minlength=len(self._words))

    @cached_property
    def _all_frequencies(self) -> NDArray[np.int64]:
        import numpy as np

        return np.bincount(self._arrays["word_numbers"], minlength=len(self._words))

    def gram_frequencies(
        self, grams: Sequence[str], word_frequencies: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return in about how many texts runs of letters stand.

        A text with two words that hold the run counts twice: cheaper than the exact number, and
        as good as a measure of rarity.

        Args:
            grams: Runs of letters.
            word_frequencies: In how many texts each word stands.
        """
        import numpy as np

        found = np.zeros(len(grams))
        for place, gram in enumerate(grams):
            words, _ = self._words_of(gram)
            found[place] = word_frequencies[words].sum()
        return found

    def factors(
        self, rows: NDArray[np.int64], grams: Sequence[str], usual_length: float
    ) -> NDArray[np.float32]:
        """Return BM25's factor of frequency and length of runs of letters in texts.

        Args:
            rows: Of the texts.
            grams: Runs of letters.
            usual_length: Runs of a text that is neither short nor long.

        Returns:
            float32 array of shape (n_rows, n_grams), from 0 to 1.
        """
        import numpy as np
        from scipy.sparse import csc_array, csr_array

        if not len(rows):
            return np.zeros((0, len(grams)), np.float32)
        postings = [self._words_of(gram) for gram in grams]
        held = csc_array(
            (
                np.concatenate([counts for _, counts in postings]),
                np.concatenate([words for words, _ in postings]),
                np.cumsum([0, *(len(words) for words, _ in postings)]),
            ),
            shape=(len(self._words), len(grams)),
        )
        places, starts = self._places(rows)
        texts = csr_array(
            (self._arrays["word_counts"][places], self._arrays["word_numbers"][places], starts),
            shape=(len(rows), len(self._words)),
        )
        counted = (texts @ held.tocsr()).toarray()
        norms = K1 * (1 - B + B * self.lengths[rows] / usual_length)
        return np.asarray(counted / (counted + norms[:, None]), dtype=np.float32)

    def near(self, word: str, frequencies: NDArray[np.int64]) -> list[tuple[str, float]]:
        """Return the words that look most like one, with the share of runs that they share.

        The share is Dice's coefficient: twice the common runs over the runs of both.

        Args:
            word: Folded.
            frequencies: In how many texts each word stands; those in none are passed over.
        """
        import numpy as np

        runs = list(dict.fromkeys(word_grams(word)))
        common = np.zeros(len(self._words), np.int32)
        for gram in runs:
            common[self._words_of(gram)[0]] += 1
        share = 2 * common / (len(runs) + self._arrays["gram_sizes"])
        numbers = np.flatnonzero((share >= _NEAR) & (frequencies > 0))
        return [(self._words[int(number)], float(share[number])) for number in numbers]

    def _words_of(self, gram: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        number = self._grams.get(gram)
        starts = self._arrays["gram_starts"]
        part = (
            slice(0, 0) if number is None else slice(int(starts[number]), int(starts[number + 1]))
        )
        return self._arrays["gram_words"][part], self._arrays["gram_counts"][part]

    def _places(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the words of texts are, and where among them each text starts."""
        import numpy as np

        starts = self._arrays["word_starts"]
        first, sizes = starts[rows], starts[rows + 1] - starts[rows]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        shift = np.repeat(first - ends[:-1], sizes)
        return np.arange(int(ends[-1])) + shift, ends

    def save(self, stem: Path) -> None:
        """Write the index into files whose names start alike."""
        import numpy as np

        facts = {"words": list(self._words), "grams": list(self._grams)}
        stem.with_suffix(".json").write_text(
            json.dumps(facts, ensure_ascii=False), encoding="utf-8"
        )
        for name in _ARRAYS:
            np.save(stem.with_suffix(f".{name}.npy"), self._arrays[name])

    @classmethod
    def load(cls, stem: Path) -> LetterIndex:
        """Read an index written by :meth:`save`.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import numpy as np

        facts = json.loads(stem.with_suffix(".json").read_bytes())
        return cls(
            facts["words"],
            {gram: number for number, gram in enumerate(facts["grams"])},
            {
                name: np.load(stem.with_suffix(f".{name}.npy"), allow_pickle=False)
                for name in _ARRAYS
            },
        )
