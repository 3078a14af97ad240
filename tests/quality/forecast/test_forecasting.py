"""Forecasts of simulated centres: better than the floor, honest where there is too little."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from conversation.errors import BadInput
from quality.forecast import METHODS, StaffingPlan, count_half_hours, forecast
from quality.forecast.backtest import judge, run_origins, spread_of
from quality.forecast.half_hours import SLOTS, half_hours_of, slot_lengths
from quality.forecast.methods import History, holiday_share, predict

PARIS = ZoneInfo("Europe/Paris")
WEEK = (400, 350, 330, 320, 300, 120, 0)


def simulate(days, *, first=date(2026, 1, 5), seed=0, closed=frozenset(), week=WEEK):
    """Arrivals of a centre open from 8 to 19 h, with a level that scatters by 7 % a day."""
    rng = np.random.default_rng(seed)
    instants, reasons = [], []
    for i in range(days):
        day = first + timedelta(days=i)
        level = week[day.weekday()] * np.exp(0.07 * rng.standard_normal())
        n = 0 if day in closed else rng.poisson(level)
        midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp()
        instants.append(midnight + 3600 * (8 + 11 * rng.beta(2, 3, n)))
        reasons.append(rng.choice(2, n, p=[0.7, 0.3]))
    return np.concatenate(instants), np.concatenate(reasons).astype(np.int32)


@pytest.fixture(scope="module")
def volumes():
    instants, reasons = simulate(98)
    return count_half_hours(instants, PARIS, reasons=reasons, names=("facture", "panne"))


@pytest.fixture(scope="module")
def made(volumes):
    plan = StaffingPlan(handling_s=300, shrinkage=0.3)
    return forecast(volumes, PARIS, days=14, plan=plan)


def test_half_hours_of_a_simulated_centre_are_counted(volumes):
    instants, _ = simulate(98)
    assert volumes.counts.sum() == len(instants)
    assert volumes.total[:, : 2 * 8].sum() == 0
    assert volumes.days[0] == date(2026, 1, 5)


def test_the_forecast_beats_the_floor_beside_it(made):
    floor = made.backtest.score("seasonal_naive")
    best = made.backtest.scores[0]
    assert best.wape < 0.9 * floor.wape
    assert best.mase < floor.mase
    assert made.method == best.method
    assert {score.method for score in made.backtest.scores} == set(METHODS)


def test_intervals_hold_about_what_they_say(made):
    assert 0.72 <= made.backtest.coverage <= 0.93
    assert all(each.low <= each.expected + 1 and each.expected <= each.high + 1
               for each in made.half_hours)  # fmt: skip


def test_volumes_are_those_of_the_weekdays(made):
    for day in made.days:
        expected = sum(each.expected for each in made.of_day(day))
        usual = WEEK[day.weekday()]
        if day in made.holidays:
            continue
        assert expected == pytest.approx(usual, rel=0.15, abs=2)


def test_reasons_add_up_to_the_volume(made):
    for each in made.half_hours:
        assert sum(each.by_reason.values()) == pytest.approx(each.expected, abs=0.01)
    whole = sum(each.expected for each in made.half_hours)
    bills = sum(each.by_reason["facture"] for each in made.half_hours)
    assert bills / whole == pytest.approx(0.7, abs=0.03)
    assert all(score.wape < score.wape_naive for score in made.reasons)


def test_agents_follow_the_volume_and_closed_hours_need_none(made):
    for each in made.half_hours:
        assert (each.staffing.agents == 0) == (each.expected == 0)
        assert each.staffing.agents_low <= each.staffing.agents <= each.staffing.agents_high
        if each.staffing.agents:
            assert each.staffing.service_level >= 0.8
            assert each.staffing.scheduled >= each.staffing.agents / 0.7


def test_too_little_history_is_told_and_never_guessed():
    instants, _ = simulate(41)
    with pytest.raises(BadInput, match=r"has 41 whole days, expected at least 42"):
        forecast(count_half_hours(instants, PARIS), PARIS)
    sparse = count_half_hours(simulate(60, week=(2,) * 7)[0], PARIS)
    with pytest.raises(BadInput, match="a sample cannot be forecast from"):
        forecast(sparse, PARIS)
    with pytest.raises(BadInput, match="1 to 56"):
        forecast(sparse, PARIS, days=57)


def test_a_bank_holiday_takes_the_share_that_the_past_ones_had():
    closed = {date(2026, 5, 1), date(2026, 5, 8)}
    instants, _ = simulate(65, first=date(2026, 3, 9), closed=closed)
    made = forecast(count_half_hours(instants, PARIS), PARIS, days=3)
    # 14 May is Ascension Day; Easter Monday was worked, two bank holidays were not
    assert made.history_last == date(2026, 5, 12)
    assert made.holidays == (date(2026, 5, 14),)
    assert 0.2 < made.holiday_share < 0.6
    usual, holiday = (sum(each.expected for each in made.of_day(date(2026, 5, day)))
                      for day in (13, 14))  # fmt: skip
    if made.method != "seasonal_naive":
        assert holiday == pytest.approx(made.holiday_share * WEEK[3], rel=0.25)
    assert usual > 250


def test_without_a_past_bank_holiday_one_is_like_a_sunday():
    instants, _ = simulate(60, first=date(2026, 9, 1), week=(200,) * 6 + (40,))
    volumes = count_half_hours(instants, PARIS)
    history = History(
        volumes.total, volumes.lengths,
        np.array([day.weekday() for day in volumes.days]), np.zeros(len(volumes.days), bool),
    )  # fmt: skip
    assert holiday_share(history) is None
    day = predict("four_weeks", history, weekdays=np.array([2]), holidays=np.array([True]),
                  lengths=np.ones((1, SLOTS)))  # fmt: skip
    assert 25 < day.sum() < 55


def test_days_on_which_the_clock_changes_have_46_and_50_half_hours():
    lengths = slot_lengths(date(2026, 3, 28), 3, PARIS)
    assert lengths.sum(axis=1).tolist() == [48, 46, 48]
    assert (lengths[1, 4], lengths[1, 5]) == (0, 0)
    autumn = slot_lengths(date(2026, 10, 25), 1, PARIS)[0]
    assert (autumn.sum(), autumn[4], autumn[5]) == (50, 2, 2)
    starts = half_hours_of(date(2026, 10, 25), PARIS)
    assert len(starts) == 50
    assert all(b - a == timedelta(minutes=30) for a, b in itertools.pairwise(starts))


def test_a_centre_open_at_night_gets_no_gap_from_the_clock():
    rng = np.random.default_rng(1)
    since = datetime(2026, 8, 3, tzinfo=PARIS).timestamp()
    until = datetime(2026, 10, 19, tzinfo=PARIS).timestamp()
    volumes = count_half_hours(rng.uniform(since, until, 60_000), PARIS)
    made = forecast(volumes, PARIS, days=14)
    change = made.of_day(date(2026, 10, 25))
    assert len(change) == 50
    night = [each.expected for each in change if each.start.hour == 2]
    usual = np.mean([each.expected for each in made.half_hours])
    assert len(night) == 4
    assert night == pytest.approx([usual] * 4, rel=0.35)


def test_days_that_are_cut_off_are_left_out():
    instants, _ = simulate(60)
    last = instants.max()
    cut = instants[instants < last - 8 * 3600]
    volumes = count_half_hours(cut, PARIS)
    assert volumes.dropped == (date(2026, 3, 5),)
    assert len(volumes.days) == 59


def test_the_past_is_forecast_from_what_was_known_then():
    instants, _ = simulate(70)
    volumes = count_half_hours(instants, PARIS)
    history = History(
        volumes.total, volumes.lengths, np.array([day.weekday() for day in volumes.days]),
        np.zeros(len(volumes.days), bool),
    )  # fmt: skip
    before = run_origins(history)
    changed = volumes.total.copy()
    changed[-7:] *= 5
    after = run_origins(History(changed, history.lengths, history.weekdays, history.holidays))
    for method in METHODS:
        assert np.array_equal(before[-1].predicted[method], after[-1].predicted[method])
    assert judge(after).score("ets").wape > judge(before).score("ets").wape


def test_intervals_of_noisier_centres_are_wider():
    rng = np.random.default_rng(2)

    def origins(noise):
        found = []
        from quality.forecast.backtest import Origin

        for _ in range(3):
            expected = rng.uniform(5, 60, (7, SLOTS))
            actual = rng.poisson(expected * np.exp(noise * rng.standard_normal((7, SLOTS))))
            found.append(Origin(actual.astype(float), {"ets": expected}, 1.0))
        return found

    calm, wild = spread_of(origins(0.0), "ets"), spread_of(origins(0.5), "ets")
    expected = np.array([40.0])
    low, high = calm.interval(expected)
    wide_low, wide_high = wild.interval(expected)
    assert wide_low < low < 40 < high < wide_high
    assert calm.interval(np.array([0.0])) == (0.0, 0.0)


def test_an_instant_in_utc_is_counted_in_its_local_half_hour():
    at = datetime(2026, 7, 1, 22, 10, tzinfo=UTC).timestamp()
    volumes = count_half_hours(np.array([at]), PARIS)
    assert (volumes.first, int(volumes.total.argmax())) == (date(2026, 7, 2), 0)
