"""Values of one kind in one file, each read when it is asked for."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from pydantic import BaseModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value = TypeVar("Value", bound=BaseModel)


class Records(Sequence[Value], Generic[Value]):
    """Values that lie in a file and are read one at a time, so that opening costs nothing.

    Args:
        kind: Their class.
        data: Their JSON, one after the other.
        starts: int64 array of shape (n_values + 1,): where each starts, and where the last ends.
    """

    def __init__(
        self, kind: type[Value], data: bytes | mmap.mmap, starts: NDArray[np.int64]
    ) -> None:
        self._kind = kind
        self._data = data
        self._starts = starts

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Value: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Value]: ...

    def __getitem__(self, place: int | slice) -> Value | Sequence[Value]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        return self._kind.model_validate_json(
            self._data[int(self._starts[number]) : int(self._starts[number + 1])]
        )

    @classmethod
    def load(cls, kind: type[Value], stem: Path) -> Records[Value]:
        """Open what :func:`save_records` wrote.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import numpy as np

        starts = np.load(stem.with_suffix(".starts.npy"), allow_pickle=False)
        with stem.with_suffix(".json").open("rb") as file:
            empty = file.seek(0, 2) == 0
            data = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(kind, data, starts)


def save_records(stem: Path, values: Iterable[BaseModel]) -> None:
    """Write values beside each other; ``stem`` is the files' path without an ending."""
    import numpy as np

    starts = [0]
    with stem.with_suffix(".json").open("wb") as file:
        for value in values:
            starts.append(starts[-1] + file.write(value.model_dump_json().encode()))
    np.save(stem.with_suffix(".starts.npy"), np.asarray(starts, dtype=np.int64))
