"""The trust in a card from its log: gates that change and alarms are events, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from quality import load_scorecard
from quality.agreement import announce, assess_trust, human_answers
from quality.agreement.trust import card_events, review_ratings, session_ratings
from quality.review import (
    Confirmed,
    Corrected,
    JsonlLog,
    MachineAnswers,
    MemoryLog,
    Opened,
    OpenedItem,
    SessionOpened,
    SessionReconciled,
    SessionScored,
    Subject,
)

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CARD = load_scorecard("inbound")
SHA = {item.id: item.sha256 for item in CARD.items}
NOW = NINE + timedelta(days=300)


def hold_session(log, name, contacts, *, item="ACC1", sha=None, start=NINE):
    """Hold a session on contacts, each ``(machine, ana, bob)``."""
    base = {"session": name}
    log.append(
        SessionOpened(
            **base, at=start, author="rui", role="reviewer", scorecard="inbound", version="1.0",
            raters=("ana", "bob"), questions={item: SHA[item] if sha is None else sha},
            contacts=tuple(
                MachineAnswers(conversation_id=f"{name}-{i}", answers={item: one[0]})
                for i, one in enumerate(contacts)
            ),
        )
    )  # fmt: skip
    for i, one in enumerate(contacts):
        for rater, answer in zip(("ana", "bob"), one[1:], strict=True):
            log.append(
                SessionScored(
                    **base, at=start + timedelta(hours=i), author=rater, role="analyst",
                    conversation_id=f"{name}-{i}", answers={item: answer},
                )
            )  # fmt: skip


GOOD = [(1.0, 1.0, 1.0)] * 40 + [(0.0, 0.0, 0.0)] * 13 + [(1.0, 0.0, 1.0)] * 5
BAD = [(1.0, 1.0, 1.0)] * 40 + [(1.0, 0.0, 0.0)] * 13


def assess(log, at=NOW):
    return assess_trust(log, CARD, at=at, seed=1)


def test_a_gate_is_announced_once_and_again_when_it_changes(tmp_path):
    log = JsonlLog(tmp_path / "reviews.jsonl")
    hold_session(log, "s1", GOOD)
    report = assess(log)
    (event,) = report.changes
    assert (event.item, event.before, event.after, event.n) == ("ACC1", None, "auto", 58)
    assert event.interval[0] < event.kappa < event.interval[1]
    assert report.gates.questions["ACC1"].gate == "auto"
    announce(log, report)
    assert assess(log).changes == ()
    assert assess(log).gates == report.gates
    hold_session(log, "s2", BAD, start=NINE + timedelta(days=9))
    later = assess(log)
    assert [one.kind for one in later.changes] == ["gate_changed", "drift_alarmed"]
    assert (later.changes[0].before, later.changes[0].after) == ("auto", "assist")
    announce(log, later)
    kinds = [one.kind for one in card_events(log.events(), scorecard="inbound")]
    assert kinds == ["gate_changed", "gate_changed", "drift_alarmed"]
    assert assess(log).changes == ()


def test_less_than_the_stated_numbers_changes_nothing_that_held():
    log = MemoryLog()
    hold_session(log, "s1", GOOD[:30])
    report = assess(log)
    assert report.changes == ()
    assert report.gates.questions == {}
    assert len(report.questions) == len(CARD.items)
    assert report.questions[0].doubly_scored == 30


def test_answers_to_a_question_that_was_asked_otherwise_count_nowhere():
    log = MemoryLog()
    hold_session(log, "s1", GOOD, sha="0" * 64)
    assert assess(log).questions[0].n == 0
    assert assess(log).changes == ()


def test_a_session_that_is_not_over_counts_nothing():
    log = MemoryLog()
    hold_session(log, "s1", GOOD)
    unfinished = [one for one in log.events() if getattr(one, "author", "") != "bob"]
    assert session_ratings(unfinished, scorecard="inbound") == []


def review(log, number, machine, person, *, at):
    subject = Subject(conversation_id=f"r{number}", scorecard="inbound", version="1.0")
    base = {"subject": subject, "at": at}
    item = OpenedItem(id="ACC1", points=5, answer=machine, question_sha256=SHA["ACC1"])
    log.append(Opened(**base, author="entendu", role="system", turns=2, items=(item,)))
    if person == machine:
        log.append(Confirmed(**base, author="ana", role="analyst", item="ACC1"))
    else:
        log.append(
            Corrected(**base, author="ana", role="analyst", item="ACC1", answer=person, reason="x")
        )


def test_corrections_decide_no_gate_and_sound_the_alarm_when_they_become_many():
    log = MemoryLog()
    random = np.random.default_rng(7)
    for number in range(400):
        wrong = random.random() < (0.05 if number < 200 else 0.6)
        review(log, number, 1.0, 0.0 if wrong else 1.0, at=NINE + timedelta(hours=8 * number))
    report = assess(log)
    assert all(decision.gate is None for decision in report.decisions)
    (alarm,) = report.changes
    assert (alarm.kind, alarm.source, alarm.item) == ("drift_alarmed", "reviews", "ACC1")
    assert alarm.recent > 0.3 > 0.1 > alarm.baseline
    assert alarm.since > NINE + timedelta(hours=8 * 150)
    announce(log, report)
    assert assess(log).changes == ()


def test_people_are_right_in_sessions_before_reviews_and_in_agreement_before_votes():
    log = MemoryLog()
    review(log, 1, 1.0, 0.5, at=NINE)
    hold_session(log, "s1", [(1.0, 0.0, 1.0)])
    assert human_answers(log.events(), scorecard="inbound")["r1", "ACC1"].raters == (0.5,)
    log.append(
        SessionReconciled(
            session="s1", at=NOW, author="rui", role="reviewer", conversation_id="s1-0",
            item="ACC1", answer=0.0, reason="sans prénom",
        )
    )  # fmt: skip
    (found,) = session_ratings(log.events(), scorecard="inbound")
    assert found.truth == ((0.0, 1.0),)
    assert review_ratings(log.events(), scorecard="other") == []


@pytest.mark.parametrize("item", ["ACC1"])
def test_figures_are_the_same_each_time(item):
    log = MemoryLog()
    hold_session(log, "s1", GOOD, item=item)
    assert assess(log).questions == assess(log).questions
