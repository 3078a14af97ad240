"""Forecasts of stored volumes: with intervals and agents, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversation.errors import BadInput
from quality.kpi import KpiSettings
from serving.access.visibility import EVERYTHING, Visibility
from serving.board.forecast import AHEAD_DAYS, forecast_board
from serving.board.names import ReasonNames
from serving.definitions import Definitions
from serving.settings import Settings
from serving.store.database import Database
from serving.store.visible import seen_by


@pytest.fixture
def names(tmp_path):
    """What reasons are called."""
    return ReasonNames(lambda: Definitions(Settings(data_dir=tmp_path)))


@pytest.fixture
def stored(tmp_path):
    """A database of its own."""
    opened = Database(tmp_path / "entendu.sqlite")
    opened.migrate()
    yield opened
    opened.close()


def weeks(rows, number):
    """Contacts of some weeks: 24 on working days from nine on, none on Sundays; not analysed."""
    today = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    found = []
    for back in range(7 * number, 0, -1):
        day = today - timedelta(days=back)
        found += [
            rows.row(f"d{back}-{i}", day + timedelta(minutes=15 * i), status="queued")
            for i in range({5: 12, 6: 0}.get(day.weekday(), 24))
        ]
    return found


def test_two_weeks_are_forecast_with_intervals_and_the_agents_they_take(stored, names, rows):
    rows.store_rows(stored, weeks(rows, 9))
    found = forecast_board(
        stored, seen_by(EVERYTHING), KpiSettings(holidays=None), names, lambda _: None
    )
    assert len(found.days) == AHEAD_DAYS
    by_weekday = {one.day.weekday(): one for one in found.days}
    assert by_weekday[6].expected < 1
    assert by_weekday[1].expected == pytest.approx(24, rel=0.1)
    assert by_weekday[5].expected == pytest.approx(12, rel=0.1)
    for one in found.days:
        assert one.low <= one.expected + 0.5
        assert one.expected <= one.high + 0.5
        assert one.agents_peak == max((each.agents for each in one.half_hours), default=0)
        assert one.scheduled_hours == pytest.approx(one.agent_hours / 0.7)
    assert found.plan.handling_s == 120
    assert found.history_n == len(weeks(rows, 9))


def test_too_little_history_is_refused_and_so_is_what_may_not_be_seen(stored, names, rows):
    rows.store_rows(stored, weeks(rows, 3))
    for seen in (EVERYTHING, Visibility(team="autre")):
        with pytest.raises(BadInput):
            forecast_board(stored, seen_by(seen), KpiSettings(), names, lambda _: None)
