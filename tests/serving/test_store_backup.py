from __future__ import annotations

import base64
import json
import os
import re
import shutil
import tarfile
import threading
from hashlib import sha256
from pathlib import Path

import finishing
import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from conversation import Conversation, Turn
from conversation.errors import BadInput, Conflict, NotFound
from serving.command_line import app
from serving.settings import Settings
from serving.store import FolderLock, Result, open_store
from serving.store.backup import make_backup, restore_backup
from serving.store.backup.listing import list_backups
from serving.store.tables import Base

KEY = base64.b64encode(os.urandom(32)).decode()
ANOTHER_KEY = base64.b64encode(os.urandom(32)).decode()


def chat(text: str) -> Conversation:
    return Conversation(
        id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text=text),)
    )


def received(store, content: bytes, name: str = "a.wav") -> str:
    with store.files.receiving() as folder:
        upload = folder / name
        upload.write_bytes(content)
        return store.add_recording(upload, sha256=sha256(content).hexdigest()).id


def filled(store) -> tuple[str, str]:
    """Put a recording and an analysed chat into a store."""
    recording = received(store, b"sound" * 1000)
    conversation = chat("Où est ma facture ?")
    one = store.add_conversation(conversation, name="chat").id
    finishing.finish(
        store,
        one,
        Result(
            document='{"said": "é"}', schema_version="2.0", channel="chat", spoken_language="fr",
            started_at=None, duration_s=None, reason="facture", score_100=80.0,
        ),
    )  # fmt: skip
    store.index_turns(one, conversation.turns, language="fr")
    return recording, one


def rows_of(store) -> dict[str, list[tuple[object, ...]]]:
    with store.database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in ("backups", "turns")
        }


@pytest.fixture
def settings(tmp_path, database_url):
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


@pytest.fixture
def elsewhere(tmp_path):
    """Settings of an empty place with SQLite."""
    return Settings(data_dir=tmp_path / "restored")


def test_what_is_backed_up_comes_back(settings, elsewhere, tmp_path):
    store = open_store(settings)
    recording, analysed = filled(store)
    (settings.data_dir / "knowledge" / "base").mkdir(parents=True)
    (settings.data_dir / "knowledge" / "base" / "faq.md").write_text("# Une réponse")
    (settings.data_dir / "kb_index").mkdir()
    (settings.data_dir / "kb_index" / "cache").write_text("made again")
    manifest = make_backup(settings, tmp_path / "backup")
    before = rows_of(store)
    store.close()
    assert "kb_index/cache" not in manifest.files
    assert not any(name.endswith((".lock", "-wal")) for name in manifest.files)
    restore_backup(elsewhere, tmp_path / "backup")
    again = open_store(elsewhere)
    assert rows_of(again) == before
    assert [hit.conversation.id for hit in again.search("factures", limit=5).hits] == [analysed]
    with again.files.open(again.get(recording).recording_sha256) as file:
        assert file.read() == b"sound" * 1000
    restored = elsewhere.data_dir / "knowledge" / "base" / "faq.md"
    assert restored.read_text() == "# Une réponse"
    received(again, b"more")
    again.index_turns(analysed, chat("Encore").turns)  # numbers of rows go on where they were
    again.close()


def test_a_backup_of_sqlite_is_restored_to_postgresql(tmp_path, postgres_url):
    settings = Settings(data_dir=tmp_path / "data")
    store = open_store(settings)
    _, analysed = filled(store)
    before = rows_of(store)
    make_backup(settings, tmp_path / "backup.tar")
    store.close()
    moved = Settings(data_dir=tmp_path / "moved", database_url=postgres_url)
    restore_backup(moved, tmp_path / "backup.tar")
    again = open_store(moved)
    assert rows_of(again) == before
    assert [hit.conversation.id for hit in again.search("facture", limit=5).hits] == [analysed]
    again.index_turns(analysed, chat("Encore").turns)
    again.close()
    assert not (moved.data_dir / "entendu.sqlite").exists()
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(
            Settings(data_dir=tmp_path / "third", database_url=postgres_url),
            tmp_path / "backup.tar",
        )


def test_a_backup_is_consistent_while_others_write_and_erase(settings, elsewhere, tmp_path):
    store = open_store(settings)
    stop = threading.Event()
    errors: list[BaseException] = []

    def work(number: int) -> None:
        count = 0
        while not stop.is_set():
            try:
                one = received(store, f"{number} {count % 5}".encode())
                store.add_conversation(chat(f"texte {count}"), name="chat")
                if count % 2:
                    store.erase(one)
            except BaseException as error:  # noqa: BLE001 - whatever it is fails the test below
                errors.append(error)
                return
            count += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            make_backup(settings, tmp_path / f"backup{number}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    store.close()
    assert errors == []
    for number in range(3):
        manifest = restore_backup(elsewhere, tmp_path / f"backup{number}")
        assert manifest.missing_recordings == ()
        again = open_store(elsewhere)
        with again.database.reading() as session:
            known = set(session.scalars(text("SELECT sha256 FROM recordings")))
        assert {path.name for path in again.files.stored()} == known
        again.close()
        shutil.rmtree(elsewhere.data_dir)


def test_what_is_erased_while_the_backup_is_made_is_not_in_it(settings, tmp_path, monkeypatch):
    from serving.store.backup import making

    store = open_store(settings)
    one = store.add_conversation(chat("zanzibar"), name="chat").id
    recording = received(store, b"gone meanwhile")
    settle = making._Backup._settle

    def erase_first(backup):
        store.erase_all((one, recording))
        return settle(backup)

    monkeypatch.setattr(making._Backup, "_settle", erase_first)
    manifest = make_backup(settings, tmp_path / "backup")
    store.close()
    assert manifest.missing_recordings == ()
    everything = b"".join(
        path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()
    )
    assert b"zanzibar" not in everything
    assert b"gone meanwhile" not in everything


def test_encrypted_recordings_stay_encrypted_and_their_key_stays_home(tmp_path):
    key_file = tmp_path / "data" / "keys"
    key_file.parent.mkdir()
    key_file.write_text(KEY)
    settings = Settings(data_dir=tmp_path / "data", encryption_key_file=key_file)
    store = open_store(settings)
    recording = received(store, b"a voice" * 100)
    manifest = make_backup(settings, tmp_path / "backup")
    store.close()
    everything = b"".join(
        path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file()
    )
    assert b"a voice" not in everything
    assert KEY.encode() not in everything
    for keys in (None, ANOTHER_KEY):
        with pytest.raises(Conflict, match=manifest.key_ids[0]):
            restore_backup(
                Settings(data_dir=tmp_path / "wrong", encryption_key=keys), tmp_path / "backup"
            )
    there = Settings(data_dir=tmp_path / "there", encryption_key=KEY)
    restore_backup(there, tmp_path / "backup")
    again = open_store(there)
    with again.files.open(again.get(recording).recording_sha256) as file:
        assert file.read() == b"a voice" * 100
    again.close()


# What is refused


@pytest.fixture
def backup(tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    store = open_store(settings)
    filled(store)
    store.close()
    make_backup(settings, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.mark.parametrize("harm", ["changed", "cut", "missing", "more", "no manifest", "outside"])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_written(backup, elsewhere, harm):
    [recording] = (backup / "audio").glob("??/*")
    manifest = backup / "manifest.json"
    if harm == "changed":
        recording.unlink()
        recording.write_bytes(b"sounD" * 1000)
    elif harm == "cut":
        database = backup / "entendu.sqlite"
        database.write_bytes(database.read_bytes()[:-1])
    elif harm == "missing":
        recording.unlink()
    elif harm == "more":
        (backup / "audio" / "more").write_bytes(b"")
    elif harm == "no manifest":
        manifest.unlink()
    else:
        manifest.write_text(manifest.read_text().replace("audio/", "../audio/"))
    with pytest.raises(BadInput, match="backup"):
        restore_backup(elsewhere, backup)
    assert {path.name for path in elsewhere.data_dir.iterdir()} <= {"serve.lock"}


def test_a_file_that_is_no_backup_is_refused(tmp_path, elsewhere):
    (tmp_path / "some.tar").write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="unpacked"):
        restore_backup(elsewhere, tmp_path / "some.tar")
    with pytest.raises(NotFound):
        restore_backup(elsewhere, tmp_path / "none")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["../outside"], tarfile.REGTYPE),
        (["{outside}"], tarfile.REGTYPE),
        (["link"], tarfile.SYMTYPE),
        (["link"], tarfile.LNKTYPE),
        (["device"], tarfile.CHRTYPE),
        (["pipe"], tarfile.FIFOTYPE),
        (["file", "file/below"], tarfile.REGTYPE),
    ],
)
def test_an_archive_writes_nothing_but_files_and_those_below_the_data_folder(
    tmp_path, elsewhere, names, kind
):
    outside = tmp_path / "outside"
    with tarfile.open(tmp_path / "hostile.tar", "w") as tar:
        for name in names:
            member = tarfile.TarInfo(name.format(outside=outside))
            member.type, member.linkname = kind, str(outside)
            tar.addfile(member)
    with pytest.raises(BadInput, match="unpacked"):
        restore_backup(elsewhere, tmp_path / "hostile.tar")
    assert not any(found.name == "outside" for found in tmp_path.rglob("*"))
    assert {path.name for path in elsewhere.data_dir.iterdir()} <= {"serve.lock"}


def test_a_folder_that_is_in_use_or_not_empty_is_left_alone(backup, elsewhere, tmp_path):
    elsewhere.data_dir.mkdir()
    lock = FolderLock(elsewhere.data_dir)
    with pytest.raises(Conflict, match="in use"):
        restore_backup(elsewhere, backup)
    lock.release()
    (elsewhere.data_dir / "mine").write_text("keep this")
    with pytest.raises(Conflict, match="mine"):
        restore_backup(elsewhere, backup)
    assert (elsewhere.data_dir / "mine").read_text() == "keep this"


def test_a_restore_that_is_broken_off_starts_no_service_and_can_be_done_again(
    backup, elsewhere, monkeypatch
):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("serving.store.backup.restoring._finish_database", fail)
    with pytest.raises(OSError, match="No space"):
        restore_backup(elsewhere, backup)
    with pytest.raises(Conflict, match="broken off"):
        open_store(elsewhere)
    monkeypatch.undo()
    restore_backup(elsewhere, backup)
    open_store(elsewhere).close()


def test_a_backup_that_fails_leaves_no_half_and_is_known_as_gone(settings, tmp_path, monkeypatch):
    store = open_store(settings)
    filled(store)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("serving.store.backup.making.describe", fail)
    with pytest.raises(OSError, match="No space"):
        make_backup(settings, tmp_path / "target" / "backup")
    assert not any((tmp_path / "target").iterdir())
    [listed] = list_backups(store.database)
    assert listed.finished_at is None
    assert listed.deleted_at is not None
    store.close()


def test_a_backup_overwrites_nothing_and_never_lies_in_the_data_folder(backup, tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    for target, message in (
        (backup, "already"),
        (tmp_path / "data" / "inside", "data folder"),
    ):
        with pytest.raises(BadInput, match=message):
            make_backup(settings, target)
    with pytest.raises(NotFound):
        make_backup(Settings(data_dir=tmp_path / "nothing"), tmp_path / "b")


# The commands


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_commands_back_up_list_restore_and_forget(tmp_path):
    data = ("--data", str(tmp_path / "data"))
    store = open_store(Settings(data_dir=tmp_path / "data"))
    filled(store)
    made = json.loads(run("backup", str(tmp_path / "b.tar"), *data, "--json"))
    assert made["files"] == 2
    assert "2 files" in run("backup", str(tmp_path / "b"), *data)
    listed = json.loads(run("backups", *data, "--json"))["backups"]
    assert {one["path"] for one in listed} == {str(tmp_path / "b.tar"), str(tmp_path / "b")}
    run("backups", "--forget", made["id"], *data)
    assert "deleted" in run("backups", *data)
    store.close()
    output = run("restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / "c"))
    assert "erased again" in output
    again = open_store(Settings(data_dir=tmp_path / "c"))
    assert len(again.page(limit=9).conversations) == 2
    again.close()


def test_the_command_changes_the_key(tmp_path, monkeypatch):
    data = ("--data", str(tmp_path / "data"))
    store = open_store(Settings(data_dir=tmp_path / "data"))
    received(store, b"sound")
    monkeypatch.setenv("ENTENDU_ENCRYPTION_KEY", KEY)
    assert json.loads(run("rekey", *data, "--json")) == {"recordings": 1}
    assert "0 recordings" in run("rekey", *data)
    store.close()


def test_the_commands_of_the_guide_exist():
    guide = (Path(__file__).parents[2] / "docs" / "store.md").read_text("utf-8")
    commands = set(re.findall(r"^(?:\w+=\S+ )*entendu (\w+)", guide, flags=re.MULTILINE))
    assert commands == {"serve", "rekey", "backup", "backups", "restore"}
    for command in commands:
        assert "Usage" in run(command, "--help")
