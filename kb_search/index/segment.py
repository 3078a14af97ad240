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
from kb_search.fusion import label_share
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
        columns: int64 array of shape (4, n_passages): number of each passage where it is kept,
            place of its document, place of its facet, and what decides between equal scores.
        passages: By row.
        documents: Path of each document.
        metadata: Of each document.
        facets: What filters look at: metadata and language.
        indexes: Over the vectors, the stems and the letters of the passages.
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
        moments: NDArray[np.float64],
    ) -> None:
        self._columns = columns
        self.numbers, self._document_of, self._facet_of, self.ties = columns
        self.passages = passages
        self.documents = documents
        self.metadata = metadata
        self._facets = facets
        self.vectors, self.words, self.letters = indexes
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
        vectors = passage_vectors(passages, encoder, progress)
        documents: dict[str, int] = {}
        facets: dict[tuple[Metadata, str], int] = {}
        columns = np.zeros((4, len(entries)), np.int64)
        for row, entry in enumerate(entries):
            columns[:, row] = (
                entry.number,
                documents.setdefault(entry.passage.document, len(documents)),
                facets.setdefault(_facet(entry), len(facets)),
                zlib.crc32(entry.passage.id.encode()),
            )
        metadata = {entry.passage.document: entry.metadata for entry in entries}
        words = [split_words(f"{passage.label}\n{passage.text}") for passage in passages]
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
            _moments(vectors),
        )

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
            np.load(folder / "moments.npy", allow_pickle=False),
        )


def passage_texts(passages: Iterable[Passage]) -> list[str]:
    """Return every text that is encoded for passages, each once."""
    texts: dict[str, None] = {}
    for passage in passages:
        texts[_whole(passage)] = None
        if label_share(passage.label) > 0:
            texts[passage.label] = None
    return list(texts)


def passage_vectors(
    passages: Sequence[Passage],
    encoder: Encoder,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Return a vector for each passage: its text under its label, mixed with its label alone.

    The mix is linear, so that one inner product gives the weighted sum of both cosines.
    """
    import numpy as np

    vectors = np.zeros((len(passages), encoder.dim), np.float32)
    labels: dict[str, NDArray[np.float32]] = {}
    for first in range(0, len(passages), _ENCODED_AT_ONCE):
        part = passages[first : first + _ENCODED_AT_ONCE]
        texts = [_whole(passage) for passage in part]
        fresh = [text for text in passage_texts(part) if text not in labels and text not in texts]
        encoded = encoder.encode([*texts, *fresh], kind="passage")
        labels.update(zip(fresh, encoded[len(texts) :], strict=True))
        labels.update(zip(texts, encoded, strict=False))
        for row, passage in enumerate(part):
            share = label_share(passage.label)
            label = labels[passage.label] if share > 0 else 0.0
            vectors[first + row] = (1 - share) * encoded[row] + share * label
        for text in texts:
            labels.pop(text, None)
        if progress is not None:
            progress(first + len(part), len(passages))
    return vectors


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
