from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import select, text

from conversation.errors import (
    BadInput,
    Conflict,
    DefinitionInvalid,
    Forbidden,
    NotFound,
    Unauthenticated,
)
from serving.access import PERMISSIONS_OF, Permission, Principal, Role
from serving.access.key_text import new_key
from serving.access.key_values import KeyRequest
from serving.access.keys import Keys
from serving.store.tables import KeyRow

ADMIN = Principal("key_admin", Role.ADMIN, None, PERMISSIONS_OF[Role.ADMIN])


@pytest.fixture
def keys(database, clock):
    return Keys(database, clock=clock)


def wanted(role: Role = Role.AGENT, **more) -> KeyRequest:
    return KeyRequest(name=f"a key of the {role}", role=role, **more)


def test_a_key_gives_back_what_it_was_made_for(keys):
    made, secret = keys.create(wanted(agent_key="a-1", team="lyon"))
    principal = keys.find(secret).principal()
    assert principal == Principal(
        made.id, Role.AGENT, "lyon", PERMISSIONS_OF[Role.AGENT], agent_key="a-1"
    )


def test_the_database_holds_no_secret(keys, database):
    _, secret = keys.create(wanted())
    with database.reading() as session:
        row = session.scalars(select(KeyRow)).one()
        stored = " ".join(str(value) for value in vars(row).values())
    assert secret not in stored
    assert secret[4:-6] not in stored
    assert row.hint == secret[-4:]


def test_an_unknown_key_is_refused(keys):
    with pytest.raises(Unauthenticated, match="not known"):
        keys.find(new_key())


def test_a_key_runs_out(keys, clock):
    _, secret = keys.create(wanted(expires_in_s=60))
    clock.advance(seconds=59)
    keys.find(secret)
    clock.advance(seconds=2)
    with pytest.raises(Unauthenticated, match="run out"):
        keys.find(secret)


def test_a_revoked_key_is_refused_at_once_and_stays_listed(keys):
    made, secret = keys.create(wanted())
    keys.find(secret)
    keys.revoke(made.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        keys.find(secret)
    assert keys.revoke(made.id).revoked_at is not None
    assert [one.id for one in keys.page(limit=10)[0]] == [made.id]


def test_another_process_notices_a_revocation_within_seconds(keys, database, clock, monkeypatch):
    elsewhere = Keys(database, clock=clock)
    made, secret = keys.create(wanted())
    elsewhere.find(secret)
    keys.revoke(made.id)
    elsewhere.find(secret)  # it was looked up a moment ago
    moment = __import__("time").monotonic()
    monkeypatch.setattr("serving.access.keys.time.monotonic", lambda: moment + 6)
    with pytest.raises(Unauthenticated, match="revoked"):
        elsewhere.find(secret)


def test_rotation_gives_the_same_rights_and_ends_the_old_key_after_its_grace(keys, clock):
    made, old = keys.create(wanted(Role.ANALYST, scopes=("reasons:read",), team="lille"))
    renewed, new = keys.rotate(made.id, grace_s=60)
    assert keys.find(new).principal().permissions == {Permission.REASONS_READ}
    assert renewed.team == "lille"
    keys.find(old)
    clock.advance(seconds=61)
    with pytest.raises(Unauthenticated):
        keys.find(old)
    keys.find(new)
    with pytest.raises(Conflict):
        keys.rotate(made.id, grace_s=0)


def test_rotation_never_lengthens_the_life_of_a_key(keys, clock):
    made, old = keys.create(wanted(expires_in_s=30))
    renewed, _ = keys.rotate(made.id, grace_s=3600)
    assert renewed.expires_at == made.expires_at
    clock.advance(seconds=31)
    with pytest.raises(Unauthenticated):
        keys.find(old)


def test_last_use_is_noted_to_the_minute(keys, database, clock):
    made, secret = keys.create(wanted())
    assert keys.get(made.id).last_used_at is None
    keys.find(secret)
    first = keys.get(made.id).last_used_at
    assert first == clock.now
    clock.advance(minutes=5)
    Keys(database, clock=clock).find(secret)
    assert keys.get(made.id).last_used_at == first + timedelta(minutes=5)


# Nobody gives more than they have


def test_a_key_of_one_team_makes_keys_for_that_team_only(keys):
    supervisor = Principal("key_s", Role.ADMIN, "lyon", PERMISSIONS_OF[Role.ADMIN])
    made, _ = keys.create(wanted(), by=supervisor)
    assert made.team == "lyon"
    with pytest.raises(Forbidden, match="one team"):
        keys.create(wanted(team="paris"), by=supervisor)
    foreign, _ = keys.create(wanted(team="paris"))
    for method in (keys.get, keys.revoke):
        with pytest.raises(NotFound):
            method(foreign.id, by=supervisor)
    assert [one.id for one in keys.page(limit=10, by=supervisor)[0]] == [made.id]


def test_a_narrowed_admin_key_cannot_widen_itself(keys):
    narrowed = Principal("key_n", Role.ADMIN, None, frozenset((Permission.KEYS_MANAGE,)))
    for request in (wanted(Role.ADMIN), wanted(Role.AGENT), wanted(Role.CUSTOMER)):
        with pytest.raises(Forbidden, match="permission"):
            keys.create(request, by=narrowed)
    strong, _ = keys.create(wanted(Role.ADMIN))
    with pytest.raises(Forbidden):
        keys.rotate(strong.id, grace_s=0, by=narrowed)


def test_scopes_only_narrow():
    with pytest.raises(ValidationError, match="keys:manage"):
        wanted(Role.AGENT, scopes=("keys:manage",))
    with pytest.raises(ValidationError, match="agent_key"):
        wanted(Role.ANALYST, agent_key="a-1")
    with pytest.raises(ValidationError, match="not both"):
        wanted(expires_in_s=5, expires_at="2030-01-01T00:00:00Z")


def test_a_key_that_would_have_run_out_already_is_refused(keys):
    with pytest.raises(BadInput, match="run out"):
        keys.create(wanted(expires_at="2020-01-01T00:00:00Z"))


# Tokens of customers


def test_a_token_ends_with_the_key_that_minted_it(keys):
    office, office_secret = keys.create(
        KeyRequest(name="crm", role=Role.ADMIN, scopes=("customer-tokens:mint",), team="lyon")
    )
    by = keys.find(office_secret).principal()
    token, secret = keys.create(
        wanted(Role.CUSTOMER, customer_key="c-1", expires_in_s=900), by=by, token=True
    )
    found = keys.find(secret).principal()
    assert (found.role, found.customer_key, found.team) == (Role.CUSTOMER, "c-1", "lyon")
    assert token.parent_id == office.id
    keys.revoke(office.id)
    with pytest.raises(Unauthenticated, match="revoked"):
        keys.find(secret)


def test_tokens_that_ended_long_ago_are_removed_and_keys_are_not(keys, clock):
    by = ADMIN
    keys.create(wanted(Role.CUSTOMER, expires_in_s=60), by=by, token=True)
    lasting, _ = keys.create(wanted(Role.CUSTOMER, expires_in_s=60), by=by)
    clock.advance(hours=23)
    assert keys.remove_ended_tokens() == 0
    clock.advance(hours=2)
    assert keys.remove_ended_tokens() == 1
    assert [one.id for one in keys.page(limit=10)[0]] == [lasting.id]


# First start, settings, lists


def test_the_first_admin_key_is_made_once_even_by_two_processes(keys, database):
    others = [Keys(database) for _ in range(4)]
    made: list[str | None] = []
    threads = [threading.Thread(target=lambda k=k: made.append(k.create_first())) for k in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    secrets = [secret for secret in made if secret is not None]
    assert len(secrets) == 1
    assert keys.find(secrets[0]).role is Role.ADMIN
    assert keys.create_first() is None


def test_the_admin_key_of_the_settings_is_good_and_nowhere_stored(database):
    chosen = "an-admin-key-for-automation-4711"
    keys = Keys(database, admin_key=chosen)
    principal = keys.find(chosen).principal()
    assert (principal.id, principal.role, principal.team) == ("settings", Role.ADMIN, None)
    assert keys.create_first() is None
    assert keys.page(limit=10) == ((), None)
    with pytest.raises(Unauthenticated):
        keys.find(chosen + "x")
    with pytest.raises(Unauthenticated):
        Keys(database).find(chosen)


def test_a_weak_admin_key_of_the_settings_is_refused(database):
    with pytest.raises(DefinitionInvalid, match="admin key has 6 characters"):
        Keys(database, admin_key="secret")


def test_a_list_walks_through_all_keys(keys, clock):
    made = []
    for number in range(7):
        made.append(keys.create(wanted(Role.AGENT if number % 2 else Role.ANALYST))[0].id)
        clock.advance(seconds=number % 3)
    found, cursor = [], None
    while True:
        page, cursor = keys.page(limit=3, cursor=cursor)
        found += [one.id for one in page]
        if cursor is None:
            break
    assert sorted(found) == sorted(made)
    keys.revoke(made[0])
    active, _ = keys.page(limit=10, active=True)
    ended, _ = keys.page(limit=10, active=False)
    assert len(active) == 6
    assert [one.id for one in ended] == [made[0]]
    assert len(keys.page(limit=10, role=Role.AGENT)[0]) == 3
    with pytest.raises(BadInput, match="cursor"):
        keys.page(limit=3, cursor="nonsense")


def test_a_scope_that_is_no_longer_known_allows_nothing(keys, database):
    _, secret = keys.create(wanted(scopes=("reasons:read",)))
    with database.writing() as session:
        session.execute(text('UPDATE access_keys SET scopes = \'["reasons:read", "gone:away"]\''))
    assert keys.find(secret).principal().permissions == {Permission.REASONS_READ}
