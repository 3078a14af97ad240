from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import finishing
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation import Conversation, Turn
from conversation.errors import BadInput, Conflict, NotFound
from serving.jobs.values import ClaimLost
from serving.problems import problem_of_status
from serving.store import Filters, FolderLock, Result, Store
from serving.store.cursors import cursor_at, position_of
from serving.store.values import StoredConversation


def chat(text: str = "Bonjour") -> Conversation:
    return Conversation(
        id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text=text),)
    )


def result(document: str = "{}") -> Result:
    return Result(
        document=document,
        schema_version="2.0",
        channel="chat",
        spoken_language="fr",
        started_at=datetime(2026, 11, 3, 10, 2, tzinfo=UTC),
        duration_s=12.5,
        reason="panne",
        score_100=80.0,
    )


@pytest.fixture
def clock():
    """A clock that goes on by a second at each look."""
    moments = iter(datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=n) for n in range(10**6))
    return lambda: next(moments)


@pytest.fixture
def store(tmp_path, clock, database_url):
    opened = Store(tmp_path / "données 100%#", database_url=database_url, clock=clock)
    yield opened
    opened.close()


def received(store, content: bytes, name: str = "a.wav", **more) -> str:
    with store.files.receiving() as folder:
        upload = folder / name
        upload.write_bytes(content)
        return store.add_recording(upload, sha256=sha256(content).hexdigest(), **more).id


def test_what_is_stored_is_there_after_opening_again(tmp_path, clock, database_url):
    first = Store(tmp_path, database_url=database_url, clock=clock)
    one = first.add_conversation(chat("Où est ma facture ?"), name="facture.json", language="fr")
    finishing.finish(first, one.id, result('{"said": "é"}'))
    before = first.get(one.id)
    first.close()
    again = Store(tmp_path, database_url=database_url, clock=clock)
    assert again.get(one.id) == before
    assert again.source(one.id) == chat("Où est ma facture ?")
    assert again.analysis(one.id) == '{"said": "é"}'
    assert before.created_at.tzinfo is UTC
    assert before.started_at == datetime(2026, 11, 3, 10, 2, tzinfo=UTC)
    again.close()


def test_a_conversation_goes_from_queued_to_done(store):
    one = store.add_conversation(chat(), name="chat").id
    assert store.get(one).status == "queued"
    claim = finishing.begin(store, one)
    assert store.get(one).status == "running"
    finishing.ledger_of(store).note(claim, "run", share=0.5, progress=0.5)
    assert store.get(one).progress == 0.5
    finishing.finish(store, one, result(), claim)
    done = store.get(one)
    assert (done.status, done.progress, done.reason) == ("done", 1.0, "panne")
    assert done.finished_at > done.created_at


def test_a_problem_makes_it_failed(store):
    one = store.add_conversation(chat(), name="chat").id
    problem = problem_of_status(500, "why", instance="/x")
    finishing.finish(store, one, problem)
    assert store.get(one).status == "failed"
    assert store.get(one).problem == problem
    assert store.analysis(one) is None


def test_what_is_written_with_a_conversation_is_there_with_it_or_neither_is(store):
    stored = []
    store.add_conversation(chat(), name="chat", together=lambda _, one: stored.append(one.id))
    assert store.known(set(stored)) == set(stored) != set()

    def refuse(session, one):
        stored.append(one.id)
        raise NotFound("its job cannot be written")

    for add in (
        lambda: store.add_conversation(chat(), name="chat", together=refuse),
        lambda: received(store, b"sound", together=refuse),
    ):
        with pytest.raises(NotFound):
            add()
    assert store.known(set(stored)) == {stored[0]}
    assert list(store.files.stored()) == []


def test_an_erased_conversation_takes_no_result(store):
    one = store.add_conversation(chat(), name="chat").id
    claim = finishing.begin(store, one)
    store.erase(one)
    with pytest.raises(ClaimLost):
        finishing.finish(store, one, result(), claim)
    assert store.analysis(one) is None
    with pytest.raises(NotFound):
        store.get(one)


# Recordings


def test_recordings_lie_under_their_content_and_are_lent_under_their_name(store):
    one = received(store, b"sound", "Appel n°1.wav")
    digest = sha256(b"sound").hexdigest()
    assert store.get(one).recording_sha256 == digest
    assert store.files.path(digest) == store.data_dir / "audio" / digest[:2] / digest
    with store.files.named(digest, "Appel n°1.wav") as lent:
        assert lent.name == "Appel n°1.wav"
        assert lent.read_bytes() == b"sound"
    assert not lent.exists()
    assert store.files.path(digest).exists()


def test_a_disk_without_hard_links_lends_a_copy(store, monkeypatch):
    def refuse(*_):
        raise PermissionError("no links here")

    received(store, b"sound")
    monkeypatch.setattr("serving.store.recordings.os.link", refuse)
    with store.files.named(sha256(b"sound").hexdigest(), "a.wav") as lent:
        assert lent.read_bytes() == b"sound"


@hypothesis_settings(max_examples=12, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=12))
def test_a_recording_is_there_exactly_while_a_conversation_needs_it(tmp_path_factory, steps):
    store = Store(tmp_path_factory.mktemp("store"))
    alive: list[tuple[str, int]] = []
    for adds, content in steps:
        if adds or not alive:
            alive.append((received(store, bytes([content])), content))
        else:
            store.erase(alive.pop(content % len(alive))[0])
        kept = {path.read_bytes() for path in store.files.audio.glob("??/*")}
        assert kept == {bytes([content]) for _, content in alive}
        assert not any(store.files.incoming.iterdir())
    store.close()


def test_a_recording_that_comes_back_while_it_is_erased_is_kept(store, monkeypatch):
    one = received(store, b"sound")
    erase = store.files.erase
    back = threading.Thread(target=received, args=(store, b"sound"))

    def erase_late(digest: str) -> None:
        back.start()
        back.join(0.3)  # it has to wait for us
        erase(digest)

    monkeypatch.setattr(store.files, "erase", erase_late)
    store.erase(one)
    back.join()
    assert store.files.path(sha256(b"sound").hexdigest()).read_bytes() == b"sound"


def test_leftovers_of_a_killed_process_are_swept_at_the_start(tmp_path):
    store = Store(tmp_path)
    received(store, b"kept")
    orphan = store.files.path("f" * 64)
    orphan.parent.mkdir()
    orphan.write_bytes(b"moved, but never acknowledged")
    store.close()
    for folder in ("incoming", "work"):
        (tmp_path / folder / "gone" / "half").mkdir(parents=True)
        (tmp_path / folder / "gone" / "half" / "a.wav").write_bytes(b"half")
        (tmp_path / folder / "a file").touch()
    (tmp_path / "incoming" / "gone.lock").touch()
    again = Store(tmp_path)
    assert not orphan.exists()
    assert [path.read_bytes() for path in store.files.audio.glob("??/*")] == [b"kept"]
    again.close()
    for folder in ("incoming", "work"):
        assert not any((tmp_path / folder).iterdir())


def test_what_a_living_process_has_on_its_way_is_left_alone(tmp_path, migrated_postgres_url):
    one = Store(tmp_path, database_url=migrated_postgres_url)
    with one.files.receiving() as folder:
        (folder / "a.wav").write_bytes(b"half")
        another = Store(tmp_path, database_url=migrated_postgres_url)
        assert (folder / "a.wav").read_bytes() == b"half"
        another.close()
        assert (folder / "a.wav").exists()
    one.close()


def test_the_folders_are_closed_to_other_people(store):
    for folder in (store.data_dir, store.files.audio, store.files.incoming, store.files.work):
        assert folder.stat().st_mode & 0o077 == 0


# Lists


def test_pages_reach_each_conversation_once_in_order(store):
    ids = [store.add_conversation(chat(), name="chat").id for _ in range(7)]
    found, cursor = [], None
    while True:
        page = store.page(limit=3, cursor=cursor)
        found += [one.id for one in page.conversations]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == ids[::-1]


def test_a_conversation_that_comes_in_between_does_not_shift_the_pages(store):
    ids = [store.add_conversation(chat(), name="chat").id for _ in range(4)]
    first = store.page(limit=2)
    store.add_conversation(chat(), name="chat")
    second = store.page(limit=2, cursor=first.next_cursor)
    assert [one.id for one in second.conversations] == ids[1::-1]
    assert second.next_cursor is None


def test_conversations_of_the_same_moment_are_told_apart(tmp_path, database_url):
    store = Store(
        tmp_path, database_url=database_url, clock=lambda: datetime(2026, 11, 21, tzinfo=UTC)
    )
    ids = {store.add_conversation(chat(), name="chat").id for _ in range(5)}
    first = store.page(limit=3)
    second = store.page(limit=3, cursor=first.next_cursor)
    assert {one.id for one in first.conversations + second.conversations} == ids
    store.close()


@given(
    created_at=st.datetimes(timezones=st.just(UTC)),
    conversation_id=st.uuids().map(lambda one: one.hex),
)
def test_a_cursor_comes_back_as_its_position(created_at, conversation_id):
    last = StoredConversation.model_construct(id=conversation_id, created_at=created_at)
    assert position_of(cursor_at(last)) == (created_at, conversation_id)


@given(cursor=st.text(max_size=60) | st.binary(max_size=40).map(lambda raw: raw.hex()))
def test_a_made_up_cursor_is_bad_input(cursor):
    with pytest.raises(BadInput):
        position_of(cursor)


# The database


def test_the_database_is_durable_strict_and_forgetful(tmp_path):
    store = Store(tmp_path)
    with store._database.reading() as session:
        connection = session.connection()

        def pragma(name):
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()

        assert pragma("journal_mode") == "wal"
        assert pragma("foreign_keys") == 1
        assert pragma("secure_delete") == 1
        assert pragma("synchronous") == 2
        assert pragma("busy_timeout") >= 10_000
    store.close()


def test_a_file_that_is_no_database_is_a_clear_conflict(tmp_path):
    (tmp_path / "entendu.sqlite").write_bytes(b"something else entirely" * 100)
    with pytest.raises(Conflict, match=r"entendu\.sqlite"):
        Store(tmp_path)


def test_a_database_of_a_newer_version_is_a_clear_conflict(tmp_path):
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / "entendu.sqlite") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(Conflict, match="newer"):
        Store(tmp_path)


def test_many_threads_write_without_losing_anything(tmp_path, database_url):
    store = Store(tmp_path, database_url=database_url)
    ids: list[str] = []

    def work(number: int) -> None:
        for _ in range(5):
            one = received(store, bytes([number % 3]))
            finishing.finish(store, one, result())
            ids.append(one)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 30
    assert {store.get(one).status for one in ids} == {"done"}
    store.close()


def test_an_error_of_the_database_quotes_nobody(store):
    from sqlalchemy.exc import IntegrityError

    from serving.store.tables import ConversationRow

    with pytest.raises(IntegrityError) as caught, store._database.writing() as session:
        session.add(
            ConversationRow(
                id="x", status="lost", name="x", source="le code est aubergine",
                created_at=datetime.now(UTC),
            )
        )  # fmt: skip
    assert "aubergine" not in str(caught.value)


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(Conflict, match="in use"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_conversations_are_found_by_mood_and_named_events_and_counted_by_reason(store):
    ids = [received(store, bytes([n]), f"{n}.wav") for n in range(3)]
    for one, felt, events in zip(
        ids, (-0.5, 0.1, None), ((("churn", True), ("thanks", False)), (), ()), strict=True
    ):
        finishing.finish(store, one, replace(result(), sentiment=felt, categories=events))

    def found(**filters):
        page = store.page(limit=10, filters=Filters(**filters))
        return {conversation.id for conversation in page.conversations}

    assert found(mood="negative") == {ids[0]}
    assert found(mood="neutral") == {ids[1]}
    assert found(mood="positive") == set()
    assert found(category="thanks") == {ids[0]}
    assert found(category="thanks", mood="neutral") == set()
    assert found(ids=(ids[1], ids[2], "none")) == {ids[1], ids[2]}
    assert store.reason_counts() == {"panne": 3}
    store.erase(ids[0])
    assert found(category="churn") == set()
    assert store.reason_counts() == {"panne": 2}
