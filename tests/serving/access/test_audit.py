from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from conversation.errors import BadInput
from serving.access import PERMISSIONS_OF, Principal, Role
from serving.access.audit import NO_HASH, AuditFilter, AuditLog

SUPERVISOR = Principal("key_1", Role.SUPERVISOR, "lyon", PERMISSIONS_OF[Role.SUPERVISOR])
ANALYST = Principal("key_2", Role.ANALYST, "lille", PERMISSIONS_OF[Role.ANALYST])


@pytest.fixture
def audit(database, clock):
    return AuditLog(database, clock=clock)


@pytest.fixture
def filled(audit, clock):
    for number in range(6):
        who = SUPERVISOR if number % 2 else ANALYST
        action = "transcript.read" if number < 4 else "key.revoke"
        audit.record(who, action, "conversation", f"c-{number}", f"r-{number}", {"n": number})
        clock.advance(minutes=1)
    return audit


def unlocked(database, *statements: str) -> None:
    """Do what somebody does who owns the database and can switch its triggers off."""
    with database.writing() as session:
        if database.kind == "postgresql":
            session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            for trigger in ("audit_log_is_never_changed", "audit_log_is_never_shortened"):
                session.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements:
            session.execute(text(statement))


def test_an_empty_log_is_whole(audit):
    found = audit.verify()
    assert (found.lines, found.head, found.broken_at) == (0, NO_HASH, None)


def test_what_was_done_is_there_newest_first(filled):
    entries, cursor = filled.page(AuditFilter(), limit=10)
    assert [entry.number for entry in entries] == [6, 5, 4, 3, 2, 1]
    assert cursor is None
    newest = entries[0]
    assert (newest.principal_id, newest.role, newest.team) == ("key_1", "supervisor", "lyon")
    assert (newest.action, newest.object_id, newest.request_id) == ("key.revoke", "c-5", "r-5")
    assert newest.detail == {"n": 5}
    assert newest.previous_hash == entries[1].hash
    assert filled.verify().broken_at is None


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({"team": "lyon"}, [6, 4, 2]),
        ({"principal_id": "key_2"}, [5, 3, 1]),
        ({"action": "key.*"}, [6, 5]),
        ({"action": "transcript.read", "team": "lille"}, [3, 1]),
        ({"object_id": "c-2"}, [3]),
        ({"action": "key.%"}, []),
    ],
)
def test_the_log_can_be_filtered(filled, wanted, numbers):
    entries, _ = filled.page(AuditFilter(**wanted), limit=10)
    assert [entry.number for entry in entries] == numbers


def test_the_log_can_be_asked_for_a_time(filled):
    entries, _ = filled.page(AuditFilter(), limit=10)
    since, until = entries[3].at, entries[1].at
    between, _ = filled.page(AuditFilter(since=since, until=until), limit=10)
    assert [entry.number for entry in between] == [4, 3]


def test_a_cursor_walks_through_the_log(filled):
    first, cursor = filled.page(AuditFilter(), limit=4)
    second, end = filled.page(AuditFilter(), limit=4, cursor=cursor)
    assert [entry.number for entry in first + second] == [6, 5, 4, 3, 2, 1]
    assert end is None
    for cursor in ("x", "-1", "٣", "9" * 40):
        with pytest.raises(BadInput, match="cursor"):
            filled.page(AuditFilter(), limit=4, cursor=cursor)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET principal_id = 'somebody' WHERE number = 2",
        "DELETE FROM audit_log WHERE number = 2",
        "DELETE FROM audit_log",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_line(filled, database, statement):
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    assert filled.verify().lines == 6


def test_postgresql_refuses_to_empty_the_log(filled, database):
    if database.kind != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text("TRUNCATE audit_log"))


@pytest.mark.parametrize(
    ("statements", "broken_at", "reason"),
    [
        (["DELETE FROM audit_log WHERE number = 3"], 3, "missing"),
        (["DELETE FROM audit_log WHERE number >= 5"], 5, "expected 6 lines"),
        (["UPDATE audit_log SET object_id = 'c-9' WHERE number = 4"], 4, "changed"),
        (["UPDATE audit_log SET at = '2020-01-01 00:00:00+00:00' WHERE number = 1"], 1, "changed"),
        (
            [
                "DELETE FROM audit_log WHERE number = 3",
                "UPDATE audit_log SET number = 3 WHERE number = 4",
                "UPDATE audit_log SET number = 4 WHERE number = 5",
                "UPDATE audit_log SET number = 5 WHERE number = 6",
            ],
            3,
            "does not follow",
        ),
    ],
)
def test_who_switches_the_triggers_off_is_noticed(filled, database, statements, broken_at, reason):
    unlocked(database, *statements)
    found = filled.verify()
    assert found.broken_at == broken_at
    assert reason in found.reason


def test_a_head_kept_elsewhere_shows_that_the_log_was_written_anew(filled, database):
    kept = filled.verify().head
    filled.record(SUPERVISOR, "key.create", "key", "k-1")
    assert filled.verify(known_head=kept).broken_at is None
    unlocked(
        database,
        "DELETE FROM audit_log",
        f"UPDATE audit_head SET number = 0, hash = '{NO_HASH}'",
    )
    filled.record(SUPERVISOR, "key.create", "key", "k-1")
    assert filled.verify().broken_at is None
    found = filled.verify(known_head=kept)
    assert (found.is_whole, found.broken_at) == (False, None)  # each line follows the one before
    assert "not in the log" in found.reason


def test_many_at_a_time_leave_no_gap(audit):
    def write(who: int) -> None:
        for number in range(15):
            audit.record(SUPERVISOR, "transcript.read", "conversation", f"{who}-{number}")

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    found = audit.verify()
    assert (found.lines, found.broken_at) == (60, None)


def test_an_id_that_no_database_takes_is_still_recorded(audit):
    audit.record(None, "transcript.read", "conversation", "a\x00b" + "c" * 500, "r" * 500)
    entries, _ = audit.page(AuditFilter(), limit=1)
    assert entries[0].object_id.startswith("abc")
    assert audit.verify().broken_at is None


def test_retention_takes_lines_from_the_beginning_and_the_rest_can_still_be_checked(
    filled, database, clock
):
    before = filled.verify()
    first_kept = filled.page(AuditFilter(), limit=10)[0][2].at  # line 4
    assert filled.purge(first_kept) == 3
    entries, _ = filled.page(AuditFilter(), limit=10)
    assert [entry.number for entry in entries] == [7, 6, 5, 4]
    assert (entries[0].action, entries[0].object_id) == ("audit.purge", "3")
    found = filled.verify(known_head=before.head)
    assert (found.lines, found.removed, found.broken_at) == (4, 3, None)
    assert filled.purge(first_kept) == 0
    clock.advance(days=1)
    assert filled.purge(clock()) == 4  # also what told of the one before
    assert filled.verify().broken_at is None
    filled.record(ANALYST, "key.revoke", "key", "k")
    assert filled.verify(known_head=found.head).broken_at is None
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text("DELETE FROM audit_log WHERE number = 9"))


def test_lines_that_went_without_a_word_are_noticed(filled, database):
    entries, _ = filled.page(AuditFilter(), limit=10)
    third = entries[3]
    unlocked(
        database,
        f"UPDATE audit_head SET removed_number = 3, removed_hash = '{third.hash}'",
        "DELETE FROM audit_log WHERE number <= 3",
    )
    found = filled.verify()
    assert found.broken_at == 7
    assert "no line says" in found.reason
