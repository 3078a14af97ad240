"""What is found by meaning from memory is what the database says, at any moment."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import update

from conversation import Conversation, Turn
from conversation.errors import BadInput
from serving.intake import Intake
from serving.store import Filters, QueryVector, Store
from serving.store.by_meaning import nearest
from serving.store.held_vectors import HeldVectors
from serving.store.tables import ConversationRow
from serving.store.visible import matching

SHA, OTHER_SHA = "e" * 64, "f" * 64
DIM = 8
chance = np.random.default_rng(7)


def units(count: int) -> np.ndarray:
    values = chance.standard_normal((count, DIM)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def index(store: Store, one: str, vectors: np.ndarray, sha: str = SHA) -> None:
    turns = tuple(Turn(index=at, speaker="customer", text="x") for at in range(len(vectors)))
    store.index_turns(one, turns, vectors, sha)


def add(store: Store, turns: int = 3, **intake) -> str:
    given = Conversation(
        id="c", channel="chat", turns=(Turn(index=0, speaker="customer", text="x"),)
    )
    one = store.add_conversation(given, name="c", intake=Intake(**intake)).id
    index(store, one, units(turns))
    return one


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def opened(request, tmp_path_factory):
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("module_postgres_url")
    one = Store(tmp_path_factory.mktemp("store"), database_url=url)
    yield one
    one.close()


@pytest.fixture
def store(opened):
    yield opened
    for one in opened.page(limit=200).conversations:
        opened.erase(one.id)


def both(store, held, query, filters=None, sha=SHA, limit=10):
    """Return what memory and what the database say, without the last digits of the cosines."""
    conditions = (matching(filters or Filters(), store.database.kind),)
    with store.database.reading() as session:
        answers = (
            held.nearest(session, query, sha, conditions, limit=limit, turns=2),
            nearest(session, query, sha, conditions, limit=limit, turns=2),
        )
    ids, expected = ([one.conversation_id for one in found] for found in answers)
    for one, other in zip(*answers, strict=True):
        assert one.similarity == pytest.approx(other.similarity, abs=1e-4)
        assert [place for place, _ in one.turns] == [place for place, _ in other.turns]
    return ids, expected


def check(store, held, **more) -> list[str]:
    ids, expected = both(store, held, units(1)[0], **more)
    assert ids == expected
    return ids


def test_memory_and_database_say_the_same_whatever_comes_and_goes(store):
    held = HeldVectors(few=0)
    assert check(store, held) == []
    made = [add(store, turns=1 + at % 4, queue=f"q{at % 3}") for at in range(30)]
    assert len(check(store, held)) == 10
    assert len(check(store, held, filters=Filters(queue="q1"), limit=100)) == 10
    for one in made[::3]:
        store.erase(one)
    rest = check(store, held, limit=100)
    assert set(rest) == set(made) - set(made[::3])
    more = [add(store) for _ in range(5)]
    assert set(check(store, held, limit=100)) == set(rest) | set(more)
    for one in rest:
        store.erase(one)
    assert set(check(store, held, limit=100)) == set(more)


def test_what_is_analysed_again_is_found_as_it_is_now(store):
    held, one = HeldVectors(few=0), add(store)
    check(store, held)
    index(store, one, units(6))
    with store.database.writing() as session:  # as a job does when an analysis is done
        session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == one)
            .values(finished_at=datetime.now(UTC))
        )
    assert check(store, held) == [one]


def test_each_encoder_is_asked_for_its_own_vectors(store):
    held, one, other = HeldVectors(few=0), add(store), add(store)
    index(store, other, units(3), OTHER_SHA)
    held.forget((other,))
    assert check(store, held) == [one]
    assert check(store, held, sha=OTHER_SHA) == [other]
    assert check(store, held) == [one]


def test_what_there_is_no_room_for_is_found_in_the_database(store, monkeypatch):
    monkeypatch.setattr("serving.store.held_vectors.BLOCK_TURNS", 16)
    held = HeldVectors(most_mb=2 * 16 * DIM * 2 / 1e6, few=0)  # two blocks of sixteen vectors
    made = [add(store, turns=4) for _ in range(20)]
    assert set(check(store, held, limit=100)) == set(made)
    assert sum(block.values.nbytes for block in held._blocks) <= 2 * 16 * DIM * 2
    for one in made[:12]:
        store.erase(one)
    assert set(check(store, held, limit=100)) == set(made[12:])


def test_an_erased_vector_is_held_no_longer_and_found_by_nobody(store):
    one, other = add(store), add(store)
    held = store._held = HeldVectors(few=0)
    query = QueryVector(units(1)[0], SHA)
    found = store.search("", limit=5, by="meaning", vector=query)
    assert {hit.conversation.id for hit in found.hits} == {one, other}
    kept = held._held[one]
    rows = kept.block.rows_of(kept.segment)
    block = kept.block
    store.erase(one)
    assert one not in held._held
    assert not block.values[rows].any()
    assert [hit.conversation.id for hit in
            store.search("", limit=5, by="meaning", vector=query).hits] == [other]  # fmt: skip


def test_what_another_process_erases_is_let_go_of_within_a_minute_of_searching(store):
    seconds = iter((0.0, 30.0, 61.0, 62.0))
    held, one, other = HeldVectors(few=0, clock=lambda: next(seconds)), add(store), add(store)
    assert set(check(store, held)) == {one, other}
    store.erase(one)  # by way of the store, which knows nothing of this one
    assert check(store, held) == [other]
    assert one not in held._held
    assert check(store, held) == [other]


def test_few_conversations_are_read_where_they_are(store):
    held, made = HeldVectors(few=3), [add(store) for _ in range(3)]
    assert set(check(store, held)) == set(made)
    assert not held._held
    made.append(add(store))
    assert set(check(store, held)) == set(made)
    assert set(held._held) == set(made)


def test_a_query_of_another_length_is_refused(store):
    add(store)
    store._held = HeldVectors(few=0)
    short = QueryVector(np.ones(3, np.float32), SHA)
    for _ in ("read from the database", "held since"):
        with pytest.raises(BadInput, match="3 numbers, those stored have 8"):
            store.search("", limit=5, by="meaning", vector=short)
        store.search("", limit=5, by="meaning", vector=QueryVector(units(1)[0], SHA))
