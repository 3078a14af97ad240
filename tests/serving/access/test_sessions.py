from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from conversation.errors import Forbidden, Unauthenticated
from serving.access import Role
from serving.access.key_values import KeyRequest
from serving.access.keys import Keys
from serving.access.sessions import Account, Sessions, csrf_token_of
from serving.store.tables import SessionRow


def sessions_of(database, clock, *, admin_key=None) -> Sessions:
    return Sessions(
        database,
        Keys(database, admin_key=admin_key, clock=clock),
        idle=timedelta(minutes=30),
        longest=timedelta(hours=12),
        clock=clock,
    )


@pytest.fixture
def keys(database, clock):
    return Keys(database, clock=clock)


@pytest.fixture
def sessions(database, clock):
    return sessions_of(database, clock)


@pytest.fixture
def supervisor_key(keys):
    return keys.create(KeyRequest(name="s", role=Role.SUPERVISOR))


def test_a_session_has_the_rights_of_its_key(sessions, supervisor_key):
    stored, secret = supervisor_key
    token, principal = sessions.open_with_key(secret)
    found = sessions.find(token)
    assert found.principal == principal == stored.principal()


def test_a_session_slides_and_ends_when_nothing_is_done(sessions, supervisor_key, clock):
    token, _ = sessions.open_with_key(supervisor_key[1])
    for _ in range(5):
        clock.advance(minutes=29)
        assert sessions.find(token).ends_at == clock.now + timedelta(minutes=30)
    clock.advance(minutes=31)
    with pytest.raises(Unauthenticated, match="ended"):
        sessions.find(token)


def test_a_session_ends_after_its_longest_time_however_busy(sessions, supervisor_key, clock):
    token, _ = sessions.open_with_key(supervisor_key[1])
    for _ in range(35):
        clock.advance(minutes=20)
        found = sessions.find(token)
    assert found.ends_at == found.expires_at
    clock.advance(minutes=21)
    with pytest.raises(Unauthenticated):
        sessions.find(token)


def test_a_session_ends_with_its_key(sessions, keys, supervisor_key):
    stored, secret = supervisor_key
    token, _ = sessions.open_with_key(secret)
    keys.revoke(stored.id)
    with pytest.raises(Unauthenticated):
        sessions.find(token)


def test_signing_out_everywhere_ends_the_sessions_of_one_person_only(
    sessions, keys, supervisor_key
):
    stored, secret = supervisor_key
    mine = [sessions.open_with_key(secret)[0] for _ in range(3)]
    _, other_secret = keys.create(KeyRequest(name="a", role=Role.ANALYST))
    other, _ = sessions.open_with_key(other_secret)
    sessions.close(mine[0])
    assert sessions.close_all(stored.id) == 2
    for token in mine:
        with pytest.raises(Unauthenticated):
            sessions.find(token)
    assert sessions.find(other).principal.role is Role.ANALYST


def test_the_database_holds_neither_the_cookie_nor_the_csrf_token(
    sessions, database, supervisor_key
):
    token, _ = sessions.open_with_key(supervisor_key[1])
    with database.reading() as session:
        row = session.scalars(select(SessionRow)).one()
        stored = " ".join(str(value) for value in vars(row).values())
    assert token not in stored
    assert csrf_token_of(token) not in stored


def test_a_session_of_the_settings_key_ends_when_the_key_changes(database, clock):
    before = sessions_of(database, clock, admin_key="the-first-admin-key-4711")
    token, principal = before.open_with_key("the-first-admin-key-4711")
    assert principal.role is Role.ADMIN
    assert before.find(token).principal == principal
    after = sessions_of(database, clock, admin_key="the-second-admin-key-4712")
    for changed in (after, sessions_of(database, clock)):
        with pytest.raises(Unauthenticated):
            changed.find(token)


def test_an_account_of_a_provider_has_the_rights_of_its_role(sessions):
    token = sessions.open_for(Account("oidc_1", Role.AGENT, "lyon", "a-7"))
    principal = sessions.find(token).principal
    assert (principal.role, principal.team, principal.agent_key) == (Role.AGENT, "lyon", "a-7")


def test_customers_do_not_sign_in(sessions, keys):
    _, secret = keys.create(KeyRequest(name="c", role=Role.CUSTOMER))
    with pytest.raises(Forbidden):
        sessions.open_with_key(secret)


def test_no_made_up_cookie_is_a_session(sessions, supervisor_key):
    sessions.open_with_key(supervisor_key[1])
    for made_up in ("", "x", "' OR 1=1 --", "a" * 5000, "\x00"):
        with pytest.raises(Unauthenticated):
            sessions.find(made_up)


def test_what_has_ended_is_swept_away(sessions, database, supervisor_key, clock):
    sessions.open_with_key(supervisor_key[1])
    clock.advance(hours=13)
    sessions.open_with_key(supervisor_key[1])
    with database.reading() as session:
        assert len(session.scalars(select(SessionRow)).all()) == 1
