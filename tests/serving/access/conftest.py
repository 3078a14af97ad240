"""A clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest


class MovableClock:
    """Says the same time until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **more: float) -> None:
        self.now += timedelta(**more)


@pytest.fixture
def clock():
    """A clock: ``clock.advance(minutes=5)``."""
    return MovableClock()
