from __future__ import annotations

import base64
import io
import os
import sys
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation.errors import Conflict, DefinitionInvalid, NotFound, StoreDamaged
from serving.settings import Settings
from serving.store import Keyring, Store, keyring_of
from serving.store.encryption import NO_KEYS, SealedReader, seal
from serving.store.encryption.sealed import CHUNK_BYTES, TAG_BYTES


def new_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def ring(*keys: str) -> Keyring:
    return keyring_of(Settings(encryption_key=",".join(keys)))


OLD, NEW = new_key(), new_key()


def received(store, content: bytes, name: str = "a.wav") -> str:
    with store.files.receiving() as folder:
        upload = folder / name
        upload.write_bytes(content)
        return store.add_recording(upload, sha256=sha256(content).hexdigest()).id


def sealed_file(path, content: bytes, keyring: Keyring):
    with path.open("wb") as file:
        seal(io.BytesIO(content), file, key=keyring.current, sha256=sha256(content).hexdigest())
    return path


def reader(path, content: bytes, keyring: Keyring) -> io.BufferedReader:
    digest = sha256(content).hexdigest()
    return io.BufferedReader(SealedReader(path, keyring=keyring, sha256=digest))


SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7)


@pytest.mark.parametrize("size", SIZES)
def test_a_sealed_file_comes_back_whole(tmp_path, size):
    content = os.urandom(size)
    path = sealed_file(tmp_path / "sealed", content, ring(OLD))
    with reader(path, content, ring(NEW, OLD)) as file:
        assert file.read() == content
        assert file.raw.size_bytes == size


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.integers(0, 3 * CHUNK_BYTES + 9),
    steps=st.lists(st.tuples(st.integers(0, 4 * CHUNK_BYTES), st.integers(0, 2 * CHUNK_BYTES))),
)
def test_any_part_of_a_sealed_file_can_be_read(tmp_path, size, steps):
    content = bytes(index * 31 % 251 for index in range(size))
    path = sealed_file(tmp_path / "sealed", content, ring(OLD))
    with reader(path, content, ring(OLD)) as file:
        for start, length in steps:
            file.seek(start)
            assert file.read(length) == content[start : start + length]


@hypothesis_settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_file_that_was_changed_or_cut_anywhere_is_noticed(tmp_path, data):
    content = b"x" * (2 * CHUNK_BYTES + 5)
    path = sealed_file(tmp_path / "sealed", content, ring(OLD))
    raw = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del raw[data.draw(st.integers(0, len(raw) - 1)) :]
    path.write_bytes(raw)
    with pytest.raises(StoreDamaged), reader(path, content, ring(OLD)) as file:
        file.read()


def test_chunks_cannot_change_places_nor_come_from_another_file(tmp_path):
    content = os.urandom(2 * CHUNK_BYTES)
    path = sealed_file(tmp_path / "sealed", content, ring(OLD))
    raw = path.read_bytes()
    whole = CHUNK_BYTES + TAG_BYTES
    header, first, second = raw[: -2 * whole], raw[-2 * whole : -whole], raw[-whole:]
    for changed in (header + second + first, header + first, header + first + second + second):
        path.write_bytes(changed)
        with pytest.raises(StoreDamaged), reader(path, content, ring(OLD)) as file:
            file.read()
    path.write_bytes(raw)
    with pytest.raises(StoreDamaged):
        reader(path, b"another recording", ring(OLD))


# In the store


def test_a_recording_lies_encrypted_under_a_name_that_tells_nothing(tmp_path):
    content = b"a voice that must not be on the disk" * 5000
    digest = sha256(content).hexdigest()
    store = Store(tmp_path, keyring=ring(OLD))
    received(store, content)
    [path] = store.files.stored()
    assert path == store.files.path(digest)
    everything = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    assert b"a voice that must not be" not in everything
    assert not any(digest in one.name for one in tmp_path.rglob("*"))
    with store.files.open(digest) as file:
        file.seek(100_000)
        assert file.read(50) == content[100_000:100_050]
    assert store.files.size_bytes(digest) == len(content)
    with store.files.named(digest, "Appel n°1.wav") as lent:
        assert lent.name == "Appel n°1.wav"
        assert lent.read_bytes() == content
        if sys.platform == "linux":  # not even now
            folder = lent.parent
            assert all(one.is_symlink() for one in folder.iterdir())
    assert not lent.exists()
    store.close()


def test_the_same_recording_twice_is_kept_once_and_goes_with_the_last(tmp_path):
    store = Store(tmp_path, keyring=ring(OLD))
    one, two = received(store, b"sound"), received(store, b"sound")
    assert len(list(store.files.stored())) == 1
    store.erase(one)
    assert len(list(store.files.stored())) == 1
    store.erase(two)
    assert not list(store.files.stored())
    with pytest.raises(NotFound):
        store.files.open(sha256(b"sound").hexdigest())
    store.close()


@pytest.mark.parametrize("keyring", [NO_KEYS, ring(NEW)])
def test_a_key_that_is_missing_is_said_when_the_store_opens(tmp_path, keyring):
    store = Store(tmp_path, keyring=ring(OLD))
    received(store, b"sound")
    store.close()
    with pytest.raises(Conflict, match=ring(OLD).keys[0].id) as caught:
        Store(tmp_path, keyring=keyring)
    assert OLD not in str(caught.value)
    Store(tmp_path, keyring=ring(NEW, OLD)).close()


def test_a_new_key_takes_over_and_the_old_one_can_go(tmp_path, database_url):
    def opened(*keys):
        keyring = ring(*keys) if keys else NO_KEYS
        return Store(tmp_path, keyring=keyring, database_url=database_url)

    store = opened()
    received(store, b"plain")
    store.close()
    store = opened(OLD)
    received(store, b"old")
    contents = (b"plain", b"old")
    assert [read(store, content) for content in contents] == list(contents)
    store.close()
    store = opened(NEW, OLD)
    assert store.reseal() == 2
    assert store.reseal() == 0
    store.close()
    store = opened(NEW)
    assert [read(store, content) for content in contents] == list(contents)
    assert len(list(store.files.stored())) == 2
    store.close()


def read(store, content: bytes) -> bytes:
    with store.files.open(sha256(content).hexdigest()) as file:
        return file.read()


def test_a_change_of_key_that_was_broken_off_loses_nothing(tmp_path, monkeypatch):
    store = Store(tmp_path, keyring=ring(OLD))
    received(store, b"sound")
    store.close()
    store = Store(tmp_path, keyring=ring(NEW, OLD))
    before = store.files.path(sha256(b"sound").hexdigest())
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
    store.reseal()
    assert before.exists()  # killed here
    monkeypatch.undo()
    store.close()
    store = Store(tmp_path, keyring=ring(NEW, OLD))
    assert not before.exists()
    assert read(store, b"sound") == b"sound"
    store.close()


def test_an_original_that_waits_in_memory_is_not_resealed_to_the_disk(tmp_path):
    store = Store(tmp_path / "data", memory=tmp_path / "memory")
    received(store, b"an original")
    store.close()
    store = Store(tmp_path / "data", memory=tmp_path / "memory", keyring=ring(NEW))
    assert store.reseal() == 0
    assert read(store, b"an original") == b"an original"
    (tmp_path / "memory" / "copy").write_bytes(b"a redacted copy")
    digest = sha256(b"a redacted copy").hexdigest()
    with store.files.redacted(tmp_path / "memory" / "copy", digest) as ready:
        assert store.files.keep_on_disk(ready, digest) == ring(NEW).keys[0].id
    assert read(store, b"a redacted copy") == b"a redacted copy"
    on_disk = b"".join(one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file())
    assert b"an original" not in on_disk
    assert b"a redacted copy" not in on_disk
    store.close()
    assert not any((tmp_path / "data" / "incoming").iterdir())


def test_resealing_needs_a_key(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(Conflict, match="no key"):
        store.reseal()
    store.close()


# The keys


def test_keys_come_from_a_file_too(tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"# the newest first\n{NEW}\n\n{OLD}\n", encoding="ascii")
    assert keyring_of(Settings(encryption_key_file=file)) == ring(NEW, OLD)
    assert keyring_of(Settings()) == NO_KEYS


@pytest.mark.parametrize(
    "key", ["", "abc", "é", "c2hvcnQ=", f"{OLD},{OLD}", f"{OLD},"], ids=range(6)
)
def test_a_key_that_cannot_be_used_is_refused_without_quoting_it(key):
    with pytest.raises(DefinitionInvalid) as caught:
        keyring_of(Settings(encryption_key=key))
    assert OLD not in str(caught.value)
    assert "c2hvcnQ" not in str(caught.value)


def test_keys_twice_or_a_file_that_is_not_there_are_refused(tmp_path):
    for settings in (
        Settings(encryption_key=OLD, encryption_key_file=tmp_path / "keys"),
        Settings(encryption_key_file=tmp_path / "keys"),
    ):
        with pytest.raises(DefinitionInvalid):
            keyring_of(settings)


def test_a_key_shows_nothing_of_itself():
    assert OLD not in repr(ring(OLD))
    assert ring(OLD).keys[0].secret.hex() not in repr(ring(OLD))
