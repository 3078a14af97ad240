"""The ledger: rows are added, never changed, and name nobody."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from conversation.errors import BadInput
from serving.privacy.consents import ConsentLedger
from serving.store.tables import ConsentRow


def record(ledger, kind, **more):
    more.setdefault("customer_key", "c-1")
    return ledger.record(kind, team="default", by="k", **more)


def test_rows_hang_together_and_are_counted_without_a_gap(ledger):
    entries = [record(ledger, "notice"), record(ledger, "objection")]
    assert [entry.number for entry in entries] == [1, 2]
    check = ledger.verify()
    assert (check.rows, check.head, check.broken_at) == (2, entries[1].hash, None)


def test_the_ledger_holds_no_key_of_a_customer(database, ledger):
    record(ledger, "consent", customer_key="marie.dupont@example.com", reference="r-1")
    with database.reading() as session:
        row = session.scalars(select(ConsentRow)).one()
        assert "dupont" not in str(vars(row))
    assert ledger.page(team="default", limit=5, customer_key="marie.dupont@example.com")[0]


@pytest.mark.parametrize("change", ["UPDATE consents SET kind = 'notice'", "DELETE FROM consents"])
def test_the_database_refuses_to_change_or_remove_a_row(database, ledger, change):
    record(ledger, "objection")
    with pytest.raises(DBAPIError, match="only be added"), database.writing() as session:
        session.execute(text(change))
    assert ledger.verify().rows == 1


def test_a_row_that_was_changed_behind_the_back_is_found(database, ledger):
    for _ in range(3):
        record(ledger, "notice")
    with database.writing() as session:
        if database.kind == "sqlite":
            session.execute(text("DROP TRIGGER consents_no_update"))
        else:
            session.execute(text("ALTER TABLE consents DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE consents SET kind = 'objection' WHERE number = 2"))
    assert (ledger.verify().rows, ledger.verify().broken_at) == (1, 2)


def test_an_objection_holds_until_it_is_lifted(ledger):
    assert not ledger.objects("default", "c-1")
    record(ledger, "objection")
    assert ledger.objects("default", "c-1")
    assert not ledger.objects("default", "c-2")
    assert not ledger.objects("other", "c-1")
    record(ledger, "objection_lifted")
    assert not ledger.objects("default", "c-1")


def test_an_objection_in_one_conversation_is_none_in_general(ledger):
    record(ledger, "objection", conversation_id="conv-1")
    assert not ledger.objects("default", "c-1")
    assert ledger.objected_conversations(("conv-1", "conv-2")) == {"conv-1"}


def test_a_consent_holds_until_it_is_withdrawn(ledger):
    assert not ledger.consents("default", "r-1")
    record(ledger, "consent", reference="r-1")
    assert ledger.consents("default", "r-1")
    assert ledger.consents("default", "r-1", "c-1")
    assert not ledger.consents("default", "r-1", "c-2")
    assert not ledger.consents("other", "r-1")
    record(ledger, "withdrawal", reference="r-1")
    assert not ledger.consents("default", "r-1")


@pytest.mark.parametrize("kind", ["consent", "withdrawal", "contract"])
def test_what_has_to_be_proven_names_its_proof(ledger, kind):
    with pytest.raises(BadInput, match="reference"):
        record(ledger, kind)


def test_a_row_about_nobody_and_a_row_from_the_future_are_refused(ledger, clock, now):
    from datetime import timedelta

    with pytest.raises(BadInput, match="neither"):
        record(ledger, "notice", customer_key=None)
    with pytest.raises(BadInput, match="future"):
        record(ledger, "notice", at=now + timedelta(days=1))
    assert ledger.verify().rows == 0


def test_many_at_once_make_one_chain(database, key, clock):
    def add():
        ledger = ConsentLedger(database, key, clock=clock)
        for _ in range(5):
            record(ledger, "notice")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    check = ConsentLedger(database, key, clock=clock).verify()
    assert (check.rows, check.broken_at) == (20, None)


def test_pages_follow_each_other(ledger):
    for _ in range(5):
        record(ledger, "notice")
    first, cursor = ledger.page(team=None, limit=3)
    second, end = ledger.page(team=None, limit=3, cursor=cursor)
    assert [entry.number for entry in (*first, *second)] == [5, 4, 3, 2, 1]
    assert end is None
    with pytest.raises(BadInput, match="cursor"):
        ledger.page(team=None, limit=3, cursor="1 OR 1=1")
