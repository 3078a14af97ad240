"""Calls of a telephone system, as columns of numbers: a million of them take some 100 MB."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from quality.kpi.cells import read_channel, read_seconds, read_yes_no
from quality.kpi.local_times import settle
from quality.kpi.table_reading import FieldError, Names, ReadingOptions, SourceFacts, TableReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST_S = 24 * 3600.0
"""Seconds; a longer contact is taken for an error of its times."""

_NAN = float("nan")
_NAMED = ("queue", "team", "agent_key", "customer_key", "channel", "reason")
_TIMES = ("start_s", "answered_s", "ended_s", "hold_s", "acw_s")
_NO_TEXT = ""


@dataclass(frozen=True)
class CallTable:
    """Calls by columns; every array has the shape (n_calls,).

    Attributes:
        start_s: Seconds since 1970 UTC at which the call came.
        answered_s: Seconds since 1970 UTC at which somebody answered; NaN for nobody.
        ended_s: Seconds since 1970 UTC at which it ended; NaN where it is not known.
        hold_s: Seconds on hold; NaN where it is not known.
        acw_s: Seconds of work after the call; NaN where it is not known.
        transferred: 1, 0, or -1 where it is not known.
        abandoned: 1 where the customer left before anybody answered: what the column says, and
            without one every call that nobody answered.
        ids: 64-bit hash of the identifier of this process; 0 where there is none.
        codes: For ``queue``, ``team``, ``agent_key``, ``customer_key``, ``channel``, ``reason``:
            number of the name, -1 where it is not known.
        names: For each of these its names, by number.
        facts: What was read; its ``columns`` tell which fields the file has.
    """

    start_s: NDArray[np.float64]
    answered_s: NDArray[np.float64]
    ended_s: NDArray[np.float64]
    hold_s: NDArray[np.float64]
    acw_s: NDArray[np.float64]
    transferred: NDArray[np.int8]
    abandoned: NDArray[np.int8]
    ids: NDArray[np.int64]
    codes: dict[str, NDArray[np.int32]]
    names: dict[str, tuple[str, ...]]
    facts: SourceFacts

    def __len__(self) -> int:
        """How many calls there are."""
        return len(self.start_s)

    def has(self, field: str) -> bool:
        """Whether the file has a column for a field."""
        return field in self.facts.columns

    @property
    def handled(self) -> NDArray[np.bool_]:
        """Which calls were answered and ended."""
        import numpy as np

        return ~np.isnan(self.answered_s) & ~np.isnan(self.ended_s)

    def take(self, rows: NDArray[np.intp]) -> CallTable:
        """Return some of the calls."""
        return replace(
            self,
            start_s=self.start_s[rows], answered_s=self.answered_s[rows],
            ended_s=self.ended_s[rows], hold_s=self.hold_s[rows], acw_s=self.acw_s[rows],
            transferred=self.transferred[rows], abandoned=self.abandoned[rows],
            ids=self.ids[rows],
            codes={name: codes[rows] for name, codes in self.codes.items()},
        )  # fmt: skip

    def with_reasons(self, reasons: dict[str, str]) -> CallTable:
        """Return the table with reasons that were found in the conversations.

        Args:
            reasons: Reason's code by call identifier; calls with a reason of their own keep it.
        """
        import numpy as np

        if not reasons:
            return self
        names = list(self.names["reason"])
        numbers = {name: i for i, name in enumerate(names)}
        by_id: dict[int, int] = {}
        for identifier, reason in reasons.items():
            if reason not in numbers:
                numbers[reason] = len(names)
                names.append(reason)
            by_id[hash(identifier)] = numbers[reason]
        keys = np.array(sorted(by_id), dtype=np.int64)
        found = np.searchsorted(keys, self.ids).clip(max=len(keys) - 1)
        hit = (keys[found] == self.ids) & (self.ids != 0)
        codes = self.codes["reason"].copy()
        own = codes >= 0
        fill = hit & ~own
        codes[fill] = [by_id[int(key)] for key in self.ids[fill]]
        return replace(
            self,
            codes={**self.codes, "reason": codes},
            names={**self.names, "reason": tuple(names)},
        )


def read_calls(path: Path, options: ReadingOptions | None = None) -> CallTable:
    """Read the calls of a CSV file, in one pass.

    Args:
        path: CSV; :data:`quality.kpi.columns.FIELDS` has its fields. Only ``start`` is required;
            what the others are needed for is said beside each figure.
        options: How it is read.

    Returns:
        The calls that can be used, each identifier once, in the order of their rows.

    Raises:
        NotFound: There is no such file.
        DatasetInvalid: It is no table, has no column for ``start``, no usable row, or a wrong
            one while read strictly.
    """
    import numpy as np

    reader = TableReader(path, "calls", options or ReadingOptions())
    times = {name: array("d") for name in _TIMES}
    transferred, abandoned, ids = array("b"), array("b"), array("q")
    codes = {name: array("i") for name in _NAMED}
    names = {name: Names() for name in _NAMED}
    for line, row in reader.each():
        try:
            values, left = _times_of(reader, row)
            moved = reader.read(row, "transferred", read_yes_no)
            channel = reader.read(row, "channel", read_channel)
        except FieldError as error:
            reader.reject(line, error)
            continue
        for name, value in zip(_TIMES, values, strict=True):
            times[name].append(_NAN if value is None else value)
        transferred.append(-1 if moved is None else int(moved))
        abandoned.append(int(left))
        identifier = reader.text(row, "id")
        ids.append(0 if identifier is None else hash(identifier))
        for name in _NAMED:
            text = channel if name == "channel" else reader.text(row, name)
            codes[name].append(names[name].number(text))
    hashes = np.frombuffer(ids, dtype=np.int64) if ids else np.zeros(0, dtype=np.int64)
    kept = _first_of_each(hashes)
    reader.duplicates = len(hashes) - len(kept)
    start = _column(times["start_s"])[kept]
    facts = reader.facts(
        len(kept),
        first_at=float(start.min()) if len(start) else None,
        last_at=float(start.max()) if len(start) else None,
    )
    return CallTable(
        start_s=start,
        answered_s=_column(times["answered_s"])[kept],
        ended_s=_column(times["ended_s"])[kept],
        hold_s=_column(times["hold_s"])[kept],
        acw_s=_column(times["acw_s"])[kept],
        transferred=np.array(transferred, dtype=np.int8)[kept],
        abandoned=np.array(abandoned, dtype=np.int8)[kept],
        ids=hashes[kept],
        codes={name: np.array(each, dtype=np.int32)[kept] for name, each in codes.items()},
        names={name: each.listed() for name, each in names.items()},
        facts=facts,
    )


def _times_of(reader: TableReader, row: Sequence[str]) -> tuple[tuple[float | None, ...], bool]:
    """Return start, answer, end, hold and work after the call; and whether it was abandoned.

    Raises:
        FieldError: One of them is wrong, or they contradict one another.
    """
    header = reader.columns.headers
    instants = [reader.time(row, name) for name in ("start", "answered", "ended")]
    if instants[0] is None:
        raise FieldError(header["start"], _NO_TEXT, "the time at which the call came")
    start, answered, ended = settle(instants)
    if start is None:  # settle keeps what is there
        raise FieldError(header["start"], _NO_TEXT, "the time at which the call came")
    hold, acw = reader.read(row, "hold_s", read_seconds), reader.read(row, "acw_s", read_seconds)
    if answered is not None and answered < start:
        raise FieldError(
            header["answered"], reader.columns.cell(row, "answered"),
            f"a time not before {reader.columns.cell(row, 'start')}",
        )  # fmt: skip
    if ended is not None and ended < (start if answered is None else answered):
        raise FieldError(
            header["ended"], reader.columns.cell(row, "ended"),
            "a time not before the call's start and answer",
        )  # fmt: skip
    if ended is not None and ended - start > LONGEST_S:
        raise FieldError(
            header["ended"], reader.columns.cell(row, "ended"), "a call of at most 24 hours"
        )
    if hold is not None and answered is not None and ended is not None and hold > ended - answered:
        raise FieldError(
            header["hold_s"], reader.columns.cell(row, "hold_s"),
            f"at most the {ended - answered:.0f} s from answer to end",
        )  # fmt: skip
    left = reader.read(row, "abandoned", read_yes_no)
    if left and answered is not None:
        raise FieldError(
            header["abandoned"], reader.columns.cell(row, "abandoned"),
            "no, since the call has a time of answer",
        )  # fmt: skip
    return (start, answered, ended, hold, acw), answered is None if left is None else left


def _first_of_each(hashes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the rows whose identifier comes for the first time, or that have none."""
    import numpy as np

    _, first = np.unique(hashes, return_index=True)
    without = np.flatnonzero(hashes == 0)
    return np.unique(np.concatenate([first, without]))


def _column(values: array[float]) -> NDArray[np.float64]:
    import numpy as np

    return np.array(values, dtype=np.float64)
