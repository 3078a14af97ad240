"""What is computed in the background: kept with its date, made anew, gone with what it quotes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from pydantic import BaseModel

from conversation.errors import BadInput
from serving.access.visibility import Visibility
from serving.board.reports import (
    MAX_AGE,
    Audience,
    Reports,
    board_jobs,
    drop_reports,
)

TEAM = Audience(Visibility(team="default"))
ANALYST = Audience(Visibility(team="default", sampled_only=True, assigned_to="k-1"))


class Quoted(BaseModel):
    """A report."""

    conversation_id: str


class Asked:
    """A queue that notes what it is asked for."""

    def __init__(self):
        self.asked = []

    def submit(self, kind, payload, priority, *, team, once):
        self.asked.append((payload, once))
        return SimpleNamespace(state="queued")


@pytest.fixture
def now():
    """A moment that a test can move."""
    return SimpleNamespace(at=datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.fixture
def queue():
    """What takes jobs."""
    return Asked()


@pytest.fixture
def reports(database, queue, now):
    """Reports on both databases."""
    return Reports(database, queue, clock=lambda: now.at)


def do(reports, asked, make):
    """Do the job that was asked for."""
    payload, _ = asked
    work = SimpleNamespace(job=SimpleNamespace(payload=payload), progress=lambda _: None)
    kind = board_jobs(lambda: reports, lambda: {"topics": make})
    kind.stages[0].run(work)


def test_a_missing_report_is_asked_for_and_shown_once_it_is_made(reports, queue, now):
    first = reports.get("topics", TEAM, Quoted)
    assert (first.value, first.updating) == (None, True)
    seen = []
    do(reports, queue.asked[0], lambda who, _: seen.append(who) or Quoted(conversation_id="a1"))
    assert seen == [TEAM]
    made = reports.get("topics", TEAM, Quoted)
    assert (made.value.conversation_id, made.made_at, made.updating) == ("a1", now.at, False)
    assert len(queue.asked) == 1
    now.at += MAX_AGE + timedelta(minutes=1)
    old = reports.get("topics", TEAM, Quoted)
    assert (old.value.conversation_id, old.updating) == ("a1", True)


def test_those_who_see_other_conversations_have_reports_of_their_own(reports, queue):
    do(reports, (TEAM.payload("topics"), ""), lambda *_: Quoted(conversation_id="a1"))
    assert reports.get("topics", ANALYST, Quoted).value is None
    assert Audience.of_payload(ANALYST.payload("topics")) == ANALYST


def test_why_it_cannot_be_made_is_told_and_it_is_not_tried_all_the_time(reports, queue, now):
    def refuse(*_):
        raise BadInput("the history has 3 days", remedy="import more")

    do(reports, (TEAM.payload("topics"), ""), refuse)
    told = reports.get("topics", TEAM, Quoted)
    assert told.problem.detail == "the history has 3 days"
    assert (told.updating, queue.asked) == (False, [])
    now.at += timedelta(minutes=11)
    assert reports.get("topics", TEAM, Quoted).updating is True


def test_it_can_be_asked_for_anew_at_most_once_a_minute(reports, queue):
    do(reports, (TEAM.payload("topics"), ""), lambda *_: Quoted(conversation_id="a1"))
    for _ in range(2):
        assert reports.get("topics", TEAM, Quoted, anew=True).updating is True
    assert len({once for _, once in queue.asked}) == 1


def test_a_report_that_names_an_erased_conversation_goes_and_others_stay(reports, database):
    do(reports, (TEAM.payload("topics"), ""), lambda *_: Quoted(conversation_id="a1"))
    do(reports, (ANALYST.payload("topics"), ""), lambda *_: Quoted(conversation_id="a2"))
    assert drop_reports(database, ("a1",)) == 1
    assert reports.get("topics", TEAM, Quoted).value is None
    assert reports.get("topics", ANALYST, Quoted).value.conversation_id == "a2"
