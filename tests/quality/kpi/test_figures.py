"""Figures against those computed by hand, and what is said where they cannot be computed."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality.kpi import (
    KpiData,
    KpiSettings,
    ReadingOptions,
    SourceFacts,
    build_report,
    definitions,
    parse_by,
    read_agent_time,
    read_bot_log,
    read_calls,
    read_costs,
    read_surveys,
    read_tickets,
)
from quality.kpi.behind import behind
from quality.kpi.contacts import Contact
from quality.kpi.estimates import mean, net_promoter, ratio, share
from quality.kpi.opening_hours import OpeningHours
from quality.kpi.repeats import find_follow

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def table(tmp_path, name, header, rows):
    path = tmp_path / f"{name}.csv"
    lines = [";".join(map(str, row)) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def call(number, *, wait=10, talk=100, hold=0, acw=20, day=0, customer=None, queue="A", **more):
    """A row of a table of calls; ``talk`` None is an abandoned call."""
    start = START + timedelta(days=day, minutes=number % 600)
    answered = start + timedelta(seconds=wait)
    ended = answered if talk is None else answered + timedelta(seconds=talk + hold)
    text = "%Y-%m-%dT%H:%M:%S+00:00"
    gone = talk is None
    return (
        f"c{number}", start.strftime(text), "" if gone else answered.strftime(text),
        ended.strftime(text), "" if gone else hold, "" if gone else acw, queue,
        customer or f"k{number}", more.get("channel", "phone"), more.get("moved", "non"),
        more.get("reason", "r"), more.get("agent", "ag1"),
    )  # fmt: skip


HEADER = (
    "id;start;answered;ended;hold_s;acw_s;queue;customer_key;channel;transferred;reason;agent_key"
)


def calls_of(tmp_path, rows, header=HEADER):
    return read_calls(table(tmp_path, "calls", header, rows))


def icmi(tmp_path):
    """1,000 answered, 860 of them in 20 s; 60 abandoned: 10 under 5 s, 10 more under 20 s."""
    waits = [(10, 100)] * 860 + [(40, 100)] * 140
    waits += [(3, None)] * 10 + [(15, None)] * 10 + [(60, None)] * 40
    return calls_of(
        tmp_path, [call(i, wait=wait, talk=talk) for i, (wait, talk) in enumerate(waits)]
    )


def test_the_three_service_levels_are_those_of_the_published_example(tmp_path):
    # ICMI, "Service Level Calculations", July 2002: formulas 3, 2 and 5
    report = build_report(KpiData(KpiSettings(), calls=icmi(tmp_path)))
    assert report.figure("service_level_failures").value == pytest.approx(860 / 1060)
    assert report.figure("service_level_removed").value == pytest.approx(860 / 1000)
    assert report.figure("service_level_short").value == pytest.approx((860 + 10) / 1060)
    assert report.figure("answer_rate").value == pytest.approx(1000 / 1060)
    assert report.figure("abandon_rate").value == pytest.approx(50 / 1050)
    assert report.figure("short_abandons").value == 10


def test_times_are_sums_over_handled_contacts(tmp_path):
    rows = [call(0, talk=100, hold=20, acw=30), call(1, talk=200, hold=0, acw=10),
            call(2, wait=30, talk=None)]  # fmt: skip
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, rows)))
    assert report.figure("dmc").value == 150
    assert report.figure("hold").value == 10
    assert report.figure("acw").value == 20
    assert report.figure("dmt").value == 180
    assert report.figure("dmt").n == 2
    assert report.figure("wait_mean").value == 10


def test_without_hold_the_talk_says_that_it_holds_it(tmp_path):
    header = "start;answered;ended"
    row = ("2026-11-02T09:00:00", "2026-11-02T09:00:10", "2026-11-02T09:02:10")
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, [row], header)))
    talk = report.figure("dmc")
    assert (talk.value, talk.approximate) == (120, True)
    assert "hold_s" in talk.notes_en[0]
    assert report.figure("dmt").value is None
    assert "acw_s" in (report.figure("dmt").missing_en or "")


def test_repeats_are_of_one_customer_and_reason_within_the_days(tmp_path):
    rows = [
        call(0, day=0, customer="a"), call(1, day=6, customer="a"),  # a repeat
        call(2, day=8, customer="b"), call(3, day=20, customer="b"),  # too late
        call(4, day=8, customer="c"), call(5, day=9, customer="c", reason="other"),
        call(6, day=10, customer="d"), call(7, day=11, customer="d", talk=None),  # not handled
        call(8, day=30, customer="e"),  # what follows is not known yet
    ]  # fmt: skip
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, rows)))
    repeat = report.figure("repeat_rate")
    # counted: a0 a1 b2 b3 c4 c5 d6; followed: a0
    assert (repeat.n, repeat.value) == (7, pytest.approx(1 / 7))
    first = report.figure("fcr_proxy")
    # requests that open 7 days after the first contact or later: b2, b3, c4, c5, d6
    assert (first.n, first.value) == (5, 1.0)
    assert first.approximate


def contact(key, day, customer):
    return Contact(
        id=key, channel="phone", language="fr", started_at=START + timedelta(days=day),
        customer_key=customer, agent_key=None, queue=None, team=None, reason="bill",
        reason_fr=None, reason_en=None, is_other=False, is_outside=False, repeat_stated=False,
        outcome=None, complaint=False, commitments=0, score_100=None, evaluated=False,
        eliminatory=0, speech=None, reply=None,
    )  # fmt: skip


def test_behind_repeats_are_the_contacts_that_they_are_computed_from():
    contacts = (
        contact("a0", 0, "a"), contact("a6", 6, "a"), contact("b8", 8, "b"),
        contact("c9", 9, "c"), contact("c10", 10, "c"), contact("x11", 11, None),
        contact("d30", 30, "d"),
    )  # fmt: skip
    facts = SourceFacts(kind="conversations", name="some", rows=7, used=7)
    data = KpiData(KpiSettings(), contacts=contacts, conversation_facts=facts)
    report = build_report(data)
    expected = {
        "repeat_rate": (("a0", "a6", "b8", "c9", "c10"), ("a0", "c9")),
        "fcr_proxy": (("b8", "c9"), ("b8",)),
    }
    for kpi, (used, counted) in expected.items():
        found = behind(kpi, contacts, data.contact_follow)
        assert (found.computed_from, found.counted, found.counts) == (used, counted, True)
        figure = report.figure(kpi)
        assert (figure.n, figure.value) == (len(used), pytest.approx(len(counted) / len(used)))


def test_a_figure_that_counts_none_is_told_from_a_mean():
    contacts = (contact("a", 0, "a"),)
    follow = KpiData(KpiSettings(), contacts=contacts).contact_follow
    assert behind("complaint_rate", contacts, follow).counts
    assert behind("complaint_rate", contacts, follow).counted == ()
    assert not behind("contacts", contacts, follow).counts


def test_without_reasons_any_further_contact_counts_and_it_is_said(tmp_path):
    rows = [call(0, customer="a", reason=""), call(1, day=2, customer="a", reason=""),
            call(2, day=20, customer="z", reason="")]  # fmt: skip
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, rows)))
    assert report.figure("repeat_rate").value == 0.5
    assert "no reasons" in report.figure("repeat_rate").notes_en[0]


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(-1, 4), st.integers(-1, 2)),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_follow_is_what_looking_at_every_pair_says(rows):
    start = np.array([day * 86400.0 for day, _, _ in rows])
    customers = np.array([c for _, c, _ in rows], np.int32)
    reasons = np.array([r for _, _, r in rows], np.int32)
    follow = find_follow(start, customers, reasons, days=7)
    for i, (day, customer, reason) in enumerate(rows):
        known = customer >= 0 and reason >= 0
        alike = [
            other
            for j, (other, c, r) in enumerate(rows)
            if j != i and (c, r) == (customer, reason) and other != day
        ]
        if not known or rows.count((day, customer, reason)) > 1:
            continue
        assert follow.followed[i] == any(0 < other - day <= 7 for other in alike)
        assert follow.counted[i] == (day + 7 <= max(row[0] for row in rows))


def test_satisfaction_comes_from_answers_alone(tmp_path):
    rows = [("c0", 5, 10, 7, "oui"), ("c1", 4, 9, 6, "oui"), ("c2", 2, 6, 2, "non"),
            ("c3", 3, 8, 5, "")]  # fmt: skip
    path = table(tmp_path, "surveys", "call_id;csat;nps;ces;resolved", rows)
    surveys = read_surveys(path, ReadingOptions())
    settings = KpiSettings(ces_high_means="easy", ces_wording="C'était facile ?")
    report = build_report(KpiData(settings, surveys=surveys))
    assert report.figure("csat").value == 0.5
    assert report.figure("nps").value == pytest.approx(25)
    assert report.figure("ces").value == 5
    assert report.figure("ces_easy").value == 0.75
    assert report.figure("fcr_declared").value == pytest.approx(2 / 3)
    assert report.figure("ces").notes_en == (
        "question: “C'était facile ?”", "7 = very easy: higher is better",
    )  # fmt: skip


def test_the_share_of_easy_answers_needs_the_direction_of_the_scale(tmp_path):
    path = table(tmp_path, "surveys", "call_id;ces", [("c0", 6), ("c1", 2)])
    surveys = read_surveys(path, ReadingOptions())
    unsaid = build_report(KpiData(KpiSettings(), surveys=surveys))
    assert unsaid.figure("ces_easy").value is None
    assert "ces_high_means" in (unsaid.figure("ces_easy").missing_fr or "")
    effort = build_report(KpiData(KpiSettings(ces_high_means="effort"), surveys=surveys))
    assert effort.figure("ces_easy").value == 0.5


def test_answers_join_calls_by_call_or_by_customer_and_time(tmp_path):
    calls = calls_of(tmp_path, [call(0, customer="a", queue="A"),
                                call(1, day=1, customer="b", queue="B"),
                                call(2, day=1, customer="c", queue="B")])  # fmt: skip
    rows = [
        ("c0", "", "", 5),
        ("", "b", "2026-11-04T10:00:00", 1),
        ("", "b", "2026-12-04T10:00:00", 3),
    ]
    path = table(tmp_path, "surveys", "call_id;customer_key;at;csat", rows)
    surveys = read_surveys(path, ReadingOptions())
    settings = KpiSettings(min_group=1)
    report = build_report(KpiData(settings, calls=calls, surveys=surveys), by=[("queue",)])
    first, second = report.tables[0].groups
    assert [each.value for each in first.figures if each.kpi == "csat"] == [1.0]
    assert [each.value for each in second.figures if each.kpi == "csat"] == [0.0]
    assert report.tables[0].unlabelled == {"surveys": 1}
    assert report.figure("response_rate").value == pytest.approx(2 / 3)


def test_occupation_takes_the_days_that_both_tables_cover(tmp_path):
    calls = calls_of(tmp_path, [call(0, talk=100, hold=20, acw=30), call(1, day=1, talk=500)])
    path = table(tmp_path, "time", "date;available_s", [("2026-11-02", 450), ("2026-11-20", 999)])
    time = read_agent_time(path, ReadingOptions())
    figure = build_report(KpiData(KpiSettings(), calls=calls, agent_time=time)).figure("occupancy")
    assert (figure.value, figure.n) == (pytest.approx(150 / 600), 1)


def test_cost_per_contact_divides_by_the_same_month_and_channel(tmp_path):
    calls = calls_of(
        tmp_path,
        [call(0), call(1), call(2, channel="chat"), call(3, talk=None), call(4, day=40)],
    )
    rows = [("2026-11", "téléphone", "30"), ("2026-11", "chat", "5"), ("2026-10", "chat", "7")]
    costs = read_costs(table(tmp_path, "costs", "mois;canal;coût", rows), ReadingOptions())
    figure = build_report(KpiData(KpiSettings(), calls=calls, costs=costs)).figure(
        "cost_per_contact"
    )
    assert (figure.value, figure.n) == (pytest.approx(35 / 3), 3)
    assert any("7.00 EUR" in note for note in figure.notes_en)


def test_costs_of_a_month_are_not_divided_by_the_contacts_of_one_queue(tmp_path):
    rows = [call(i, queue="AB"[i % 2], channel=("phone", "chat")[i % 2]) for i in range(40)]
    calls = calls_of(tmp_path, rows)
    path = table(tmp_path, "costs", "mois;canal;coût", [("2026-11", "téléphone", "60"),
                                                       ("2026-11", "chat", "20")])  # fmt: skip
    costs = read_costs(path, ReadingOptions())
    by = [("queue",), ("channel",), ("day",), ("month",)]
    report = build_report(KpiData(KpiSettings(), calls=calls, costs=costs), by=by)
    found = [
        [f.value for group in each.groups for f in group.figures if f.kpi == "cost_per_contact"]
        for each in report.tables
    ]
    assert found == [[], [1.0, 3.0], [], [2.0]]


def test_commitments_are_judged_once_they_are_due(tmp_path):
    rows = [
        ("2026-11-02T09:00:00", "2026-11-03T09:00:00", "2026-11-02T18:00:00", 1, "non"),  # kept
        ("2026-11-02T09:00:00", "2026-11-03T09:00:00", "2026-11-04T09:00:00", 2, "non"),  # late
        ("2026-11-02T09:00:00", "2026-11-03T09:00:00", "", "", ""),  # late and open
        ("2026-11-04T09:00:00", "2026-12-03T09:00:00", "", "", ""),  # not due yet
        ("2026-11-02T09:00:00", "", "2026-11-02T10:00:00", 1, "oui"),
    ]
    path = table(tmp_path, "tickets", "opened;due;closed;contacts;reopened", rows)
    tickets = read_tickets(path, ReadingOptions())
    report = build_report(KpiData(KpiSettings(), tickets=tickets))
    kept = report.figure("commitments_kept")
    assert (kept.value, kept.n) == (pytest.approx(1 / 3), 3)
    assert report.figure("fcr_tickets").value == pytest.approx(1 / 3)


def test_the_bot_s_containment_is_undone_by_a_contact_on_any_channel(tmp_path):
    calls = calls_of(tmp_path, [call(0, day=3, customer="b"), call(1, day=30, customer="z")])
    rows = [
        ("s1", "2026-11-02T08:00:00", "a", "non", "non", "oui"),
        ("s2", "2026-11-02T08:00:00", "b", "non", "non", ""),  # calls three days later
        ("s3", "2026-11-02T08:00:00", "c", "oui", "non", ""),
        ("s4", "2026-11-02T08:00:00", "d", "non", "oui", ""),
    ]
    header = "id;start;customer_key;handed_over;abandoned;resolved"
    log = read_bot_log(table(tmp_path, "bot", header, rows), ReadingOptions())
    report = build_report(KpiData(KpiSettings(), calls=calls, bot_log=log))
    names = ("contained", "net", "false", "confirmed", "escalated", "abandoned")
    values = {name: report.figure(f"bot_{name}").value for name in names}
    assert values == {"contained": 0.5, "net": 0.25, "false": 0.25, "confirmed": 0.25,
                      "escalated": 0.25, "abandoned": 0.25}  # fmt: skip


def test_small_groups_show_no_figure_and_groups_are_never_ranked(tmp_path):
    rows = [call(i, queue="Z") for i in range(40)] + [call(100 + i, queue="B") for i in range(3)]
    calls = calls_of(tmp_path, rows)
    report = build_report(KpiData(KpiSettings(), calls=calls), by=[("queue",), ("agent",)])
    first, second = report.tables[0].groups
    assert (first.labels, second.labels) == (("B",), ("Z",))
    assert all(each.suppressed and each.value is None for each in first.figures)
    assert not any(each.suppressed for each in second.figures if each.n >= 10)


def test_agents_below_thirty_contacts_show_no_figure(tmp_path):
    rows = [call(i, agent="ag2") for i in range(29)] + [
        call(50 + i, agent="ag1") for i in range(30)
    ]
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, rows)), by=[("agent",)])
    shown = {
        g.labels[0]: any(f.value is not None for f in g.figures) for g in report.tables[0].groups
    }
    assert shown == {"ag1": True, "ag2": False}
    with pytest.raises(ValueError, match="greater than or equal to 30"):
        KpiSettings(min_agent=5)


def test_windows_are_those_of_the_local_calendar(tmp_path):
    rows = [("1", "2026-11-30T23:30:00+00:00"), ("2", "2026-11-30T22:30:00+00:00"),
            ("3", "2027-01-03T12:00:00+00:00")]  # fmt: skip
    calls = calls_of(tmp_path, rows, "id;start")
    report = build_report(KpiData(KpiSettings(), calls=calls), by=[("month",), ("week",), ("day",)])
    labels = [[group.labels[0] for group in each.groups] for each in report.tables]
    assert labels[0] == ["2026-11", "2026-12", "2027-01"]
    assert labels[1] == ["2026-W49", "2026-W53"]
    assert labels[2][:2] == ["2026-11-30", "2026-12-01"]


def test_groups_are_crossed_and_add_up(tmp_path):
    rows = [call(i, queue="AB"[i % 2], day=i % 40) for i in range(200)]
    calls = calls_of(tmp_path, rows)
    report = build_report(KpiData(KpiSettings(), calls=calls), by=[parse_by("month,queue")])
    counts = [each.n for each in report.tables[0].groups]
    assert (sum(counts), len(counts)) == (200, 4)


def test_what_cannot_be_grouped_is_told(tmp_path):
    calls = calls_of(tmp_path, [("1", "2026-11-30T23:30:00")], "id;start")
    with pytest.raises(BadInput, match="nothing in the data tells team"):
        build_report(KpiData(KpiSettings(), calls=calls), by=[("team",)])
    with pytest.raises(BadInput, match="expected one or more of"):
        parse_by("colour")
    with pytest.raises(BadInput, match="there is no data"):
        build_report(KpiData(KpiSettings()))


def test_every_figure_has_its_formula_and_what_it_needs_in_both_languages():
    for kpi, each in definitions().items():
        for words in (each.label, each.formula, each.needs):
            assert words.fr, kpi
            assert words.en, kpi
            assert "{" not in words.fr + words.en
    changed = definitions(KpiSettings(repeat_days=30))["fcr_proxy"]
    assert "30 jours" in changed.label.fr


def test_no_estimate_is_called_csat_nps_ces_or_fcr():
    from_words = {
        "contacts",
        "outcome_resolved",
        "repeat_stated",
        "quality_score",
        "complaint_rate",
    }
    surveyed = {"csat", "nps", "ces", "ces_easy"}
    for kpi, each in definitions().items():
        for name in ("CSAT", "NPS", "CES"):
            for label in (each.label.fr, each.label.en):
                assert not re.search(rf"\b{name}\b", label) or kpi in surveyed, kpi
        for label in (each.label.fr, each.label.en):
            if "FCR" in label:
                assert kpi in {"fcr_tickets", "fcr_declared", "fcr_proxy"}
                assert kpi != "fcr_proxy" or re.search("approché|proxy", label)
    assert from_words <= definitions().keys()


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_in_its_interval(count, n):
    count = min(count, n)
    estimate = share(count, n)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_intervals_are_the_known_ones():
    # domain figures: 4/5 gives 38 to 96 %, 85/100 gives 77 to 91 %
    assert [round(100 * end) for end in (share(4, 5).low, share(4, 5).high)] == [38, 96]
    assert [round(100 * end) for end in (share(85, 100).low, share(85, 100).high)] == [77, 91]
    values = np.array([1.0, 2.0, 3.0, 4.0])
    half = 3.182446 * values.std(ddof=1) / 2
    assert mean(values).high == pytest.approx(2.5 + half, abs=1e-5)


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(5)
    hits = {"mean": 0, "ratio": 0, "nps": 0}
    for _ in range(1000):
        sizes = rng.gamma(2, 50, 60)
        parts = sizes * rng.beta(2, 6, 60)
        scores = rng.choice(11, 60, p=[0.02] * 7 + [0.16, 0.2, 0.25, 0.25])
        hits["mean"] += _inside(mean(sizes), 100)
        hits["ratio"] += _inside(ratio(parts, sizes), 0.25)
        hits["nps"] += _inside(net_promoter(scores.astype(float)), 36)
    assert all(920 <= hit <= 980 for hit in hits.values()), hits


def _inside(estimate, truth):
    return estimate.low <= truth <= estimate.high


def test_opening_hours_count_inside_only():
    from zoneinfo import ZoneInfo

    paris = ZoneInfo("Europe/Paris")
    hours = OpeningHours.parse("lun-ven 9:00-12:00, 14h-18h; sam 9:00-12:00")
    friday = datetime(2026, 11, 20, 17, 30, tzinfo=paris)
    saturday = datetime(2026, 11, 21, 9, 15, tzinfo=paris)
    monday = datetime(2026, 11, 23, 9, 10, tzinfo=paris)
    assert hours.open_seconds(friday, saturday, paris) == 45 * 60
    assert hours.open_seconds(saturday, monday, paris) == (165 + 10) * 60
    closed = frozenset({saturday.date()})
    assert hours.open_seconds(friday, monday, paris, closed) == 40 * 60
    night = OpeningHours.parse("lun-dim 0:00-24:00")
    since = datetime(2026, 10, 25, 0, tzinfo=paris)
    assert night.open_seconds(since, since + timedelta(days=1), paris) == 25 * 3600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9:00-18:00",
        "lun 18:00-9:00",
        "xyz 9:00-10:00",
        "lun 9-10",
        "lun 9:00-12:00, 11:00-13:00",
    ],
)
def test_opening_hours_that_cannot_be_read_are_refused(text):
    with pytest.raises(BadInput):
        OpeningHours.parse(text)


def test_no_value_is_not_a_number(tmp_path):
    header = "id;start;answered;ended;hold_s;acw_s;transferred;customer_key"
    rows = [("1", "2026-11-30T23:30:00", "", "2026-11-30T23:30:09", "", "", "", "")]
    report = build_report(KpiData(KpiSettings(), calls=calls_of(tmp_path, rows, header)))
    for each in report.figures:
        assert each.value is None or math.isfinite(each.value)
        assert each.value is not None or each.missing_en
