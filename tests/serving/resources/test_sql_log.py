"""Review events in a database: added and read, never changed, on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from conversation.errors import ChangedMeanwhile, Conflict
from quality.review import (
    Commented,
    MachineAnswers,
    MemoryLog,
    Opened,
    OpenedItem,
    Reviews,
    SessionOpened,
    SessionReconciled,
    SessionScored,
    Subject,
    fold_review,
)
from serving.reviewing.sql_log import SqlEventLog

AT = datetime(2026, 11, 3, 10, tzinfo=UTC)
SUBJECT = Subject(conversation_id="c-1", scorecard="inbound", version="1.0")
OPENED = Opened(
    id="opened", at=AT, author="entendu", role="system", subject=SUBJECT, agent="a-1", turns=4,
    items=(OpenedItem(id="q1", points=100, answer=1),), score_100=100,
)  # fmt: skip
STREAM = f"review {SUBJECT}"


def comment(number, author="analyst-1"):
    return Commented(
        id=f"comment-{author}-{number}", at=AT, author=author, role="analyst", subject=SUBJECT,
        text=f"Remarque {number}",
    )  # fmt: skip


def session_events():
    who = {"at": AT, "role": "analyst", "session": "s-1"}
    answers = tuple(
        MachineAnswers(conversation_id=one, answers={"q1": 1}) for one in ("c-1", "c-2")
    )
    opened = {"author": "lead", "scorecard": "inbound", "version": "1.0", "contacts": answers}
    yield SessionOpened(id="s", **who, **opened, raters=("one", "two"))
    for rater in ("one", "two"):
        for contact in ("c-1", "c-2"):
            scored = {"conversation_id": contact, "answers": {"q1": 0.5}}
            yield SessionScored(id=f"{rater}{contact[-1]}", **who, author=rater, **scored)
    agreed = {"conversation_id": "c-1", "item": "q1", "answer": 1, "reason": "Dit en c-1."}
    yield SessionReconciled(id="r", **who, author="one", **agreed)


@pytest.fixture
def log(database):
    return SqlEventLog(database, "default")


def test_it_keeps_what_a_log_in_memory_keeps(log):
    memory = MemoryLog()
    events = [OPENED, comment(1), comment(2), *session_events()]
    for event in events:
        assert Reviews(log).record(event) == Reviews(memory).record(event) is True
    assert tuple(log.events()) == tuple(memory.events())
    assert tuple(log.events(STREAM)) == tuple(memory.events(STREAM))
    assert Reviews(log).review(SUBJECT) == Reviews(memory).review(SUBJECT)
    assert not log.append(comment(1))
    with pytest.raises(Conflict):
        log.append(comment(1).model_copy(update={"text": "Autre"}))
    assert log.sessions() == ("s-1",)


def test_what_a_check_refuses_is_not_kept(log):
    log.append(OPENED)

    def refuse(known):
        raise Conflict(f"{len(known)} events")

    with pytest.raises(Conflict, match="1 events"):
        log.append(comment(1), check=refuse)
    with pytest.raises(ChangedMeanwhile):
        log.append_all([comment(1)], expected=0)
    assert tuple(log.events()) == (OPENED,)


def test_writers_at_once_take_one_position_each(log, database):
    log.append(OPENED)

    def write(author):
        own = SqlEventLog(database, "default")
        for number in range(6):
            own.append(comment(number, author), check=lambda known: fold_review(known))

    writers = [threading.Thread(target=write, args=(f"analyst-{n}",)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    events = log.events(STREAM)
    assert len(events) == 19
    for n in range(3):
        mine = [one.id for one in events if one.author == f"analyst-{n}"]
        assert mine == [f"comment-analyst-{n}-{number}" for number in range(6)]


def test_teams_do_not_see_each_others_events(log, database):
    log.append(OPENED)
    other = SqlEventLog(database, "lyon")
    assert tuple(other.events()) == ()
    assert other.append(OPENED)
    assert other.forget("c-1") == 1
    assert tuple(log.events()) == (OPENED,)


def test_forgetting_a_conversation_leaves_its_blind_answers_without_a_name(log):
    for event in [OPENED, comment(1), *session_events()]:
        log.append(event)
    assert log.forget("c-1") == 2 + 4
    assert "c-1" not in str([one.model_dump_json() for one in log.events()])
    state = Reviews(log).session("s-1")
    assert state.is_revealed
    assert len(state.comparison()) == 2
