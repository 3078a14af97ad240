"""Batches bounded by tokens: one long text does not exhaust memory, many short ones are fast."""

from __future__ import annotations

from collections.abc import Sequence


def token_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group texts of similar length into batches.

    Args:
        lengths: Tokens of each text.
        budget: Most tokens of a batch, padding included. A text that is longer is a batch of
            its own.

    Returns:
        Positions in ``lengths``; each is in exactly one batch, the longest texts first, so that
        too much for the memory is found out at once.
    """
    batches: list[list[int]] = []
    room = 0
    for position in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if room == 0:
            batches.append([])
            room = max(budget // max(lengths[position], 1), 1)
        batches[-1].append(position)
        room -= 1
    return batches
