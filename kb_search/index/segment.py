"""Passages indexed together, never changed afterwards."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb_search.documents import Metadata, Passage
from kb_search.filters import Filters
from kb_search.fusion import LABEL_TIMES, stands_for_itself
from kb_search.index.letter_index import LetterIndex
from kb_search.index.records import Records, save_records
from kb_search.index.vector_index import VectorIndex
from kb_search.index.word_index import WordIndex
from kb_search.words import LANGUAGES, Language, split_words, stems_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

_ENCODED_AT_ONCE = 128
_SUMMED_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage to be indexed.

    Attributes:
        number: Of the passage where it is kept, never given to another one.
        passage: To be found.
        metadata: Of its document.
    """

    number: int
    passage: Passage
    metadata: Metadata


class Segment:
    """Passages with every index over them.

    Args:
        columns: int64 array of shape (5, n_passages): number of each passage where it is kept,
            place of its document, place of its facet, what decides between equal scores, and the
            row of its label's vector, -1 where the label does not stand for itself.
        passages: By row.
        documents: Path of each document.
        metadata: Of each document.
        facets: What filters look at: metadata and language.
        indexes: Over the vectors, the stems and the letters of the passages.
        labels: Vectors of the labels that stand for themselves, float32 array of shape
            (n_labels, dim).
        moments: float64 array of shape (dim + 1, dim): sum of the vectors' outer products with
            themselves, and of the vectors.
    """

    def __init__(
        self,
        columns: NDArray[np.int64],
        passages: Sequence[Passage],
        documents: Sequence[str],
        metadata: Sequence[Metadata],
        facets: Sequence[tuple[Metadata, str]],
        indexes: tuple[VectorIndex, WordIndex, LetterIndex],
        labels: NDArray[np.float32],
        moments: NDArray[np.float64],
    ) -> None:
        self._columns = columns
        self.numbers, self._document_of, self._facet_of, self.ties, self._label_of = columns
        self.passages = passages
        self.documents = documents
        self.metadata = metadata
        self._facets = facets
        self.vectors, self.words, self.letters = indexes
        self._labels = labels
        self._moments = moments

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def build(
        cls,
        entries: Sequence[Entry],
        encoder: Encoder,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Segment:
        """Index passages.

        Args:
            entries: The passages.
            encoder: Makes the vectors.
            progress: Called with (passages done, passages in all) while they are encoded.
        """
        import numpy as np

        passages = tuple(entry.passage for entry in entries)
        vectors, labels, label_of = passage_vectors(passages, encoder, progress)
        documents: dict[str, int] = {}
        facets: dict[tuple[Metadata, str], int] = {}
        columns = np.zeros((5, len(entries)), np.int64)
        columns[4] = label_of
        for row, entry in enumerate(entries):
            columns[:4, row] = (
                entry.number,
                documents.setdefault(entry.passage.document, len(documents)),
                facets.setdefault(_facet(entry), len(facets)),
                zlib.crc32(entry.passage.id.encode()),
            )
        metadata = {entry.passage.document: entry.metadata for entry in entries}
        words = [_words(passage) for passage in passages]
        stemmed = [
            stems_of(text, stemmed_as(passage.language))
            for text, passage in zip(words, passages, strict=True)
        ]
        return cls(
            columns,
            passages,
            list(documents),
            [metadata[path] for path in documents],
            list(facets),
            (VectorIndex.build(vectors), WordIndex.build(stemmed), LetterIndex.build(words)),
            labels,
            _moments(vectors),
        )

    def cosines(self, rows: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how near passages are to a question: by their text, or by their label if nearer.

        Args:
            rows: Of the passages.
            vector: Of the question, of shape (dim,).
        """
        import numpy as np

        cosines: NDArray[np.float32] = self.vectors.vectors[rows] @ vector
        labels = self._label_of[rows]
        own = np.flatnonzero(labels >= 0)
        if len(own):
            used, places = np.unique(labels[own], return_inverse=True)
            cosines[own] = np.maximum(cosines[own], (self._labels[used] @ vector)[places])
        return cosines

    def live(self, numbers: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Return which passages are among those of some numbers; all of them when None."""
        import numpy as np

        if numbers is None:
            return np.ones(len(self), np.bool_)
        return np.isin(self.numbers, numbers)

    def live_documents(self, live: NDArray[np.bool_]) -> list[int]:
        """Return the places of the documents that have a passage that is live."""
        import numpy as np

        return [int(place) for place in np.unique(self._document_of[live])]

    def moments(self, live: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the sums of the vectors that are live, and of their outer products."""
        import numpy as np

        gone = np.flatnonzero(~live)
        return self._moments - _moments(self.vectors.vectors[gone]) if len(gone) else self._moments

    def admitted(self, filters: Filters) -> NDArray[np.bool_]:
        """Return which passages filters admit."""
        import numpy as np

        admitted = np.asarray(
            [filters.admit(metadata, language) for metadata, language in self._facets], np.bool_
        )
        found: NDArray[np.bool_] = admitted[self._facet_of]
        return found

    def languages(self, live: NDArray[np.bool_]) -> set[Language]:
        """Return as whose words the passages that are live were stemmed."""
        import numpy as np

        present = np.unique(self._facet_of[live])
        return {stemmed_as(self._facets[facet][1]) for facet in present}

    def save(self, folder: Path) -> None:
        """Write the segment into a new folder."""
        import numpy as np

        np.save(folder / "columns.npy", self._columns)
        np.save(folder / "moments.npy", self._moments)
        np.save(folder / "labels.npy", self._labels)
        save_records(folder / "passages", self.passages)
        save_records(folder / "metadata", self.metadata)
        facts = {
            "documents": list(self.documents),
            "facets": [
                (metadata.model_dump(mode="json"), language) for metadata, language in self._facets
            ],
        }
        (folder / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        self.vectors.save(folder / "vectors")
        self.words.save(folder / "words")
        self.letters.save(folder / "letters")
        (folder / "checksums.json").write_text(json.dumps(_checksums(folder)), encoding="ascii")

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Read a segment written by :meth:`save`.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import numpy as np

        expected = json.loads((folder / "checksums.json").read_bytes())
        if _checksums(folder) != expected:
            raise ValueError(f"the index {folder} is damaged")
        facts = json.loads((folder / "facts.json").read_bytes())
        return cls(
            np.load(folder / "columns.npy", allow_pickle=False),
            Records.load(Passage, folder / "passages"),
            facts["documents"],
            Records.load(Metadata, folder / "metadata"),
            [(Metadata.model_validate(held), language) for held, language in facts["facets"]],
            (
                VectorIndex.load(folder / "vectors"),
                WordIndex.load(folder / "words"),
                LetterIndex.load(folder / "letters"),
            ),
            np.load(folder / "labels.npy", mmap_mode="r", allow_pickle=False),
            np.load(folder / "moments.npy", allow_pickle=False),
        )


def passage_texts(passages: Iterable[Passage]) -> list[str]:
    """Return every text that is encoded for passages, each once."""
    texts: dict[str, None] = {}
    for passage in passages:
        texts[_whole(passage)] = None
        if stands_for_itself(passage.label):
            texts[passage.label] = None
    return list(texts)


def passage_vectors(
    passages: Sequence[Passage],
    encoder: Encoder,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Return the vectors by which passages are found.

    Returns:
        A vector for each passage, its text under its label, of shape (n_passages, dim); the
        vectors of the labels that stand for themselves, each once, of shape (n_labels, dim); and
        for each passage the row of its label's vector, -1 where it has none.
    """
    import numpy as np

    vectors = np.zeros((len(passages), encoder.dim), np.float32)
    label_of = np.full(len(passages), -1, np.int64)
    labels: list[NDArray[np.float32]] = []
    rows: dict[str, int] = {}
    for first in range(0, len(passages), _ENCODED_AT_ONCE):
        part = passages[first : first + _ENCODED_AT_ONCE]
        fresh = list(
            dict.fromkeys(
                passage.label
                for passage in part
                if passage.label not in rows and stands_for_itself(passage.label)
            )
        )
        encoded = encoder.encode([*map(_whole, part), *fresh], kind="passage")
        vectors[first : first + len(part)] = encoded[: len(part)]
        known = len(rows)
        rows.update((label, known + number) for number, label in enumerate(fresh))
        labels.append(encoded[len(part) :])
        label_of[first : first + len(part)] = [rows.get(passage.label, -1) for passage in part]
        if progress is not None:
            progress(first + len(part), len(passages))
    return vectors, np.concatenate([*labels, vectors[:0]]), label_of


def stemmed_as(language: str) -> Language:
    """Return whose stemmer passages of a language go through: French where it is none of ours."""
    return next((known for known in LANGUAGES if known == language), LANGUAGES[0])


def _moments(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    import numpy as np

    moments = np.zeros((vectors.shape[1] + 1, vectors.shape[1]))
    for first in range(0, len(vectors), _SUMMED_AT_ONCE):
        part = np.asarray(vectors[first : first + _SUMMED_AT_ONCE], dtype=np.float64)
        moments[:-1] += part.T @ part
        moments[-1] += part.sum(axis=0)
    return moments


def _words(passage: Passage) -> list[str]:
    label = split_words(passage.label)
    times = LABEL_TIMES if stands_for_itself(passage.label) else 1
    return [*label * times, *split_words(passage.text)]


def _whole(passage: Passage) -> str:
    return f"{passage.label}\n{passage.text}".strip()


def _facet(entry: Entry) -> tuple[Metadata, str]:
    """Return what filters look at, and nothing else, so that few facets stand for all passages."""
    metadata = entry.passage.metadata or entry.metadata
    seen = Metadata(audience=metadata.audience, state=metadata.state, product=metadata.product)
    return seen, entry.passage.language


def _checksums(folder: Path) -> dict[str, int]:
    """Return a checksum of each file; against damage, not against malice."""
    files = sorted(file for file in folder.iterdir() if file.name != "checksums.json")
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda file: zlib.crc32(file.read_bytes()), files)
        return {file.name: value for file, value in zip(files, found, strict=True)}
