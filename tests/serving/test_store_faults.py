from __future__ import annotations

import base64
import errno
import json
import os
import random
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from conversation import Conversation, Turn
from conversation.errors import NotFound
from serving.settings import Settings
from serving.store import Store, open_store

KILLED_STORE = Path(__file__).with_name("killed_store.py")
KEY = base64.b64encode(bytes(range(32))).decode()

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and SIGKILL")


def received(store, content: bytes, **more) -> str:
    with store.files.receiving() as folder:
        upload = folder / "a.wav"
        upload.write_bytes(content)
        return store.add_recording(upload, sha256=sha256(content).hexdigest(), **more).id


def chat(said: str) -> Conversation:
    return Conversation(
        id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text=said),)
    )


def contents(store) -> set[bytes]:
    """What is in the files of all recordings, wherever they come from."""
    with store.database.reading() as session:
        known = session.scalars(text("SELECT sha256 FROM recordings")).all()
    found = set()
    for digest in known:
        with store.files.open(digest) as file:
            content = file.read()
        assert sha256(content).hexdigest() == digest
        found.add(content)
    assert len(list(store.files.stored())) == len(known)
    return found


def nothing_is_on_its_way(data_dir: Path, store: Store) -> bool:
    own = {store.files.incoming.name, f"{store.files.incoming.name}.lock"}
    return all(
        entry.name in own
        for folder in ("incoming", "work")
        for entry in (data_dir / folder).iterdir()
    )


@pytest.mark.parametrize(
    ("database_url", "key"),
    [("sqlite", None), ("postgres", KEY)],
    indirect=["database_url"],
)
def test_killed_at_any_moment_it_keeps_what_it_acknowledged_and_nothing_else(
    tmp_path, database_url, key
):
    data_dir = tmp_path / "data"
    arguments = [str(data_dir), database_url or "-", *([key] if key else [])]
    done = subprocess.run(
        [sys.executable, str(KILLED_STORE), *arguments],
        capture_output=True, text=True, check=True, timeout=120,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert len(lines) == 14, done.stderr
    store = open_store(Settings(data_dir=data_dir, database_url=database_url, encryption_key=key))
    found = contents(store)
    for line in lines:
        signal_number, _, told = line.partition(" ")
        assert signal_number == "9", line
        moment, kept, other = json.loads(told)
        assert store.get(other).status == "queued", moment
        content, unacknowledged = f"kept until {moment}", f"never acknowledged {moment}"
        if moment.startswith("add"):
            assert store.get(kept), moment
            assert content.encode() in found, moment
            # Killed after the transaction, before the answer: it may be there, but whole.
            if moment != "add: after DefaultDialect.do_commit":
                assert unacknowledged.encode() not in found, moment
        else:
            try:
                store.get(kept)
            except NotFound:
                assert content.encode() not in found, moment
            else:
                assert moment == "erase: before DefaultDialect.do_commit"
                assert content.encode() in found
    assert nothing_is_on_its_way(data_dir, store)
    store.close()


WRITER = """
import sys
from hashlib import sha256
from pathlib import Path
from serving.settings import Settings
from serving.store import open_store
data_dir, url, number = sys.argv[1:]
store = open_store(Settings(data_dir=Path(data_dir), database_url=None if url == "-" else url))
for count in range(100000):
    content = f"{number} {count}".encode() * 5000
    with store.files.receiving() as folder:
        (folder / "a.wav").write_bytes(content)
        one = store.add_recording(folder / "a.wav", sha256=sha256(content).hexdigest()).id
    print(one, sha256(content).hexdigest(), flush=True)
    if count % 3 == 2:
        store.erase(one)
        print(one, "erased", flush=True)
"""


def test_writers_that_are_killed_again_and_again_lose_nothing(tmp_path, database_url):
    data_dir = tmp_path / "data"
    random_s = random.Random(7)
    writers = 2 if database_url else 1  # SQLite has one service
    told: dict[str, str] = {}
    doubtful: set[str] = set()  # what each did last: it may have been killed while erasing it
    for round_number in range(2):
        processes = [
            subprocess.Popen(
                [
                    sys.executable, "-c", WRITER, str(data_dir), database_url or "-",
                    f"{round_number} {number}",
                ],
                stdout=subprocess.PIPE, text=True,
            )
            for number in range(writers)
        ]  # fmt: skip
        lines = [[process.stdout.readline()] for process in processes]  # they are at work
        time.sleep(random_s.uniform(0.02, 0.3))
        for process, own in zip(processes, lines, strict=True):
            process.kill()
            own += process.communicate()[0].splitlines(keepends=True)
            pairs = [line.split() for line in own if line.endswith("\n")]
            told |= dict(pairs)
            doubtful.add(pairs[-1][0])
        store = Store(data_dir, database_url=database_url)
        contents(store)
        for one, digest in told.items():
            if digest == "erased":
                with pytest.raises(NotFound):
                    store.get(one)
                continue
            try:
                assert store.get(one).recording_sha256 == digest
            except NotFound:
                assert one in doubtful
        assert nothing_is_on_its_way(data_dir, store)
        store.close()


# A full disk


def test_a_disk_that_is_full_for_the_file_leaves_nothing(tmp_path, database_url, monkeypatch):
    store = Store(tmp_path, database_url=database_url)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("serving.store.recordings.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        received(store, b"sound")
    monkeypatch.undo()
    assert contents(store) == set()
    assert store.page(limit=5).conversations == ()
    assert not any(store.files.incoming.iterdir())
    assert received(store, b"sound")
    assert contents(store) == {b"sound"}
    store.close()


def test_a_disk_that_is_full_for_the_database_leaves_nothing(tmp_path):
    store = Store(tmp_path)
    kept = received(store, b"kept")

    def limit(connection, _entry):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    store.database.engine.dispose()
    event.listen(store.database.engine, "connect", limit)
    big = "aubergine " * 5000
    with pytest.raises(OperationalError, match="full"):
        store.add_conversation(chat(big), name="chat")
    with pytest.raises(OperationalError, match="full"):
        received(store, b"not kept", transcript=chat(big))
    event.remove(store.database.engine, "connect", limit)
    store.database.engine.dispose()
    assert contents(store) == {b"kept"}
    assert [one.id for one in store.page(limit=5).conversations] == [kept]
    store.add_conversation(chat(big), name="chat")
    store.close()


# Several at once


def test_many_processes_worth_of_stores_share_one_postgresql(tmp_path, migrated_postgres_url):
    stores = [Store(tmp_path, database_url=migrated_postgres_url) for _ in range(3)]
    errors: list[BaseException] = []

    def work(store: Store, number: int) -> None:
        try:
            for count in range(12):
                one = received(store, bytes([count % 4]))
                if count % 2:
                    store.erase(one)
        except BaseException as error:  # noqa: BLE001 - it fails the test below
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(store, number))
        for number, store in enumerate(stores * 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert contents(stores[0]) == {bytes([0]), bytes([2])}
    assert len(stores[1].page(limit=100).conversations) == 36
    for store in stores:
        store.close()
