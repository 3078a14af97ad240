"""The live passages and documents of several segments, seen as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, overload

from kb_search.documents import Metadata, Passage
from kb_search.index.segment import Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class LivePassages(Sequence[Passage]):
    """The live passages of segments, in one row."""

    def __init__(
        self, segments: Sequence[Segment], starts: NDArray[np.int64], rows: NDArray[np.int64]
    ) -> None:
        self._segments = segments
        self._starts = starts
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Passage: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Passage]: ...

    def __getitem__(self, place: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        row = int(self._rows[place])
        number = int(self._starts.searchsorted(row, side="right")) - 1
        return self._segments[number].passages[row - int(self._starts[number])]


class LiveMetadata(Mapping[str, Metadata]):
    """Metadata of the documents with a live passage; of two segments with one, the live one's."""

    def __init__(self, segments: Sequence[Segment], lives: Sequence[NDArray[np.bool_]]) -> None:
        self._found = {
            segment.documents[document]: (segment, document)
            for segment, live in zip(segments, lives, strict=True)
            for document in segment.live_documents(live)
        }

    def __getitem__(self, path: str) -> Metadata:
        segment, document = self._found[path]
        return segment.metadata[document]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
