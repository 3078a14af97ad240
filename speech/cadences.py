"""Tones of a telephone line told apart by pitch and cadence (ITU-T E.180, T.30)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from speech.tones import Burst

ToneKind = Literal["ringback", "busy", "dial_tone", "information_tone", "fax", "beep"]

Parts = tuple[tuple[float, float], ...]

_PROGRESS_HZ = (330.0, 640.0)  # from 350 + 440 to 480 + 620
_SAME_HZ = 25.0
_LONGEST_REST_S = 6.0
_RING_S = (0.8, 3.0)
_RING_REST_S = (1.5, 5.5)
_DOUBLE_RING_S = (0.25, 0.6)
_DOUBLE_REST_S = 0.35
_BUSY_S = 0.8
_BUSY_DIFFERENCE_S = 0.25
_UNEVEN_S = 0.15
_LEAST_BUSY = 3
_DIAL_S = 3.0
_FAX_HZ = ((1100.0, 0.4, 0.8), (2100.0, 0.8, 6.0))
_FAX_TOLERANCE_HZ = 38.0  # T.30 allows the calling tone so much
_SAME_FAX_S = 4.5
_INFORMATION_HZ = (950.0, 1400.0, 1800.0)
_INFORMATION_TOLERANCE_HZ = 50.0
_INFORMATION_REST_S = 0.15
_BEEP_HZ = 600.0
_BEEP_S = (0.2, 3.0)


def gather(parts: Sequence[tuple[float, float]], longest_rest_s: float) -> Iterator[Parts]:
    """Yield together the parts that follow each other closely.

    Args:
        parts: Start and end of each in seconds, in order.
        longest_rest_s: A longer rest parts them, seconds.
    """
    group: list[tuple[float, float]] = []
    for part in parts:
        if group and part[0] - group[-1][1] > longest_rest_s:
            yield tuple(group)
            group = []
        group.append(part)
    if group:
        yield tuple(group)


def name_tones(bursts: Sequence[Burst]) -> list[tuple[ToneKind, Parts]]:
    """Name tones by their pitch and their cadence.

    Args:
        bursts: In order of start.

    Returns:
        Each kind with the bursts that make it up, as seconds of start and end. A short low tone
        without a cadence has no name and is left out.
    """
    fax = [burst for burst in bursts if burst.is_carrier or _is_fax(burst)]
    rest = [burst for burst in bursts if burst not in fax]
    found: list[tuple[ToneKind, Parts]] = [
        ("fax", parts) for parts in gather(_parts(fax), _SAME_FAX_S)
    ]
    rising = _information(rest)
    found += [("information_tone", parts) for parts in gather(_parts(rising), _SAME_FAX_S)]
    rest = [burst for burst in rest if burst not in rising]
    groups: list[list[Burst]] = []
    for burst in rest:
        group = groups[-1] if groups else []
        if (
            group
            and abs(group[-1].hz - burst.hz) <= _SAME_HZ
            and burst.start_s - group[-1].end_s <= _LONGEST_REST_S
        ):
            group.append(burst)
        else:
            groups.append([burst])
    for group in groups:
        kind = _progress_tone(group)
        if kind is not None:
            found.append((kind, _parts(group)))
        else:
            found += [("beep", _parts([burst])) for burst in group if _is_beep(burst)]
    return found


def _parts(bursts: Sequence[Burst]) -> Parts:
    return tuple((burst.start_s, burst.end_s) for burst in bursts)


def _is_fax(burst: Burst) -> bool:
    return any(
        abs(burst.hz - hz) <= _FAX_TOLERANCE_HZ and shortest_s <= burst.length_s <= longest_s
        for hz, shortest_s, longest_s in _FAX_HZ
    )


def _information(bursts: Sequence[Burst]) -> list[Burst]:
    """Return the bursts that are part of three tones rising as ITU-T E.180 says."""
    found: list[Burst] = []
    for place in range(len(bursts) - 2):
        three = bursts[place : place + 3]
        if all(
            abs(burst.hz - hz) <= _INFORMATION_TOLERANCE_HZ
            for burst, hz in zip(three, _INFORMATION_HZ, strict=True)
        ) and all(
            after.start_s - before.end_s <= _INFORMATION_REST_S for before, after in pairwise(three)
        ):
            found += three
    return found


def _is_beep(burst: Burst) -> bool:
    return burst.hz >= _BEEP_HZ and _BEEP_S[0] <= burst.length_s <= _BEEP_S[1]


def _progress_tone(group: Sequence[Burst]) -> ToneKind | None:
    """Name a tone of call progress by its cadence (ITU-T E.180)."""
    if not _PROGRESS_HZ[0] <= group[0].hz <= _PROGRESS_HZ[1]:
        return None
    lengths_s = [burst.length_s for burst in group]
    rests_s = [after.start_s - before.end_s for before, after in pairwise(group)]
    typical_s = float(np.median(lengths_s))
    if max(lengths_s) >= _DIAL_S:
        return "dial_tone"
    if _RING_S[0] <= typical_s and (
        not rests_s or _within(float(np.median(rests_s)), _RING_REST_S)
    ):
        return "ringback"
    is_double = _within(typical_s, _DOUBLE_RING_S) and rests_s and min(rests_s) <= _DOUBLE_REST_S
    if is_double and (len(group) == 2 or max(rests_s) >= _RING_REST_S[0]):
        return "ringback"
    if len(group) >= _LEAST_BUSY and typical_s <= _BUSY_S:
        is_even = abs(float(np.median(rests_s)) - typical_s) <= _BUSY_DIFFERENCE_S
        return "busy" if is_even and max(lengths_s) - min(lengths_s) <= _UNEVEN_S else None
    return None


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
