"""Larger models by one setting: names of the hub, fetched from a hub on this machine."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from conversation.errors import (
    BadInput,
    DeviceUnavailable,
    ModelCorrupt,
    ModelMissing,
    ModelSourceUnavailable,
)
from models import Compute, ModelStore, load_transcriber, resolve_compute
from models.hub_names import SHORT_NAMES, parse_hub_name
from models.record import read_record

CPU = Compute(device="cpu", compute_type="float32", threads=1)
COMMIT = "0123456789abcdef" * 2 + "01234567"
TURBO = "mobiuslabsgmbh/faster-whisper-large-v3-turbo"
SPECIAL_TOKENS = 51865


def write_whisper(folder: Path, *, mel_bins: int, seed: int = 5) -> Path:
    """Write a tiny random Whisper in CTranslate2 format, with a vocabulary of full size."""
    import torch
    from ctranslate2.converters import TransformersConverter
    from faster_whisper.tokenizer import _LANGUAGE_CODES
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import (
        PreTrainedTokenizerFast,
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
    )

    languages = [*_LANGUAGE_CODES[: 99 if mel_bins == 80 else 100]]
    specials = [
        "<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in languages),
        "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>",
        "<|notimestamps|>",
    ]  # fmt: skip
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    filler = [f"Ġmot{number}" for number in range(50257 - len(alphabet))]
    plain = alphabet + filler
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
    vocabulary = {token: place for place, token in enumerate([*plain, *specials, *times])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(specials)
    torch.manual_seed(seed)
    config = WhisperConfig(
        vocab_size=len(vocabulary), num_mel_bins=mel_bins, d_model=16, encoder_layers=1,
        decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=32, decoder_ffn_dim=32, max_source_positions=1500,
        max_target_positions=448, pad_token_id=50257, bos_token_id=50257, eos_token_id=50257,
        decoder_start_token_id=50258,
    )  # fmt: skip
    source = folder.with_name(f"{folder.name}-source")
    WhisperForConditionalGeneration(config).save_pretrained(source)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|endoftext|>", unk_token="<|endoftext|>"
    ).save_pretrained(source)
    WhisperFeatureExtractor(feature_size=mel_bins).save_pretrained(source)
    TransformersConverter(str(source)).convert(str(folder))
    for name in ("tokenizer.json", "preprocessor_config.json"):
        shutil.copyfile(source / name, folder / name)
    # An empty token last among the plain ones is how CTranslate2 knows a multilingual model.
    written = json.loads((folder / "vocabulary.json").read_text("utf-8"))
    written[50256] = ""
    (folder / "vocabulary.json").write_text(json.dumps(written), "utf-8")
    assert len(written) >= SPECIAL_TOKENS
    return folder


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory) -> Path:
    return write_whisper(tmp_path_factory.mktemp("whisper") / "tiny", mel_bins=80)


@pytest.fixture(scope="session")
def tiny_large_v3(tmp_path_factory) -> Path:
    """As large-v3 in what differs: 128 mel bins and Cantonese."""
    return write_whisper(tmp_path_factory.mktemp("whisper") / "tiny-v3", mel_bins=128)


@dataclass
class Hub:
    """A hub with one repository on this machine, as huggingface_hub sees it."""

    repository: str
    files: dict[str, bytes]
    commit: str = COMMIT
    stated: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        path = path.partition("?")[0]
        for revision in ("main", "v1", self.commit):
            if path in (
                f"/api/models/{self.repository}",
                f"/api/models/{self.repository}/revision/{revision}",
            ):
                info = {"id": self.repository, "sha": self.commit, "siblings": self.siblings()}
                return 200, json.dumps(info).encode(), {"Content-Type": "application/json"}
        listing = f"/api/models/{self.repository}/tree/{self.commit}"
        if path.startswith(listing):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": "0" * 40}
                for name, content in self.files.items()
            ]
            return 200, json.dumps(tree).encode(), {"Content-Type": "application/json"}
        resolve = f"/{self.repository}/resolve/{self.commit}/"
        content = self.files.get(path.removeprefix(resolve)) if path.startswith(resolve) else None
        if content is None:
            return 404, b"{}", {"X-Error-Code": "RepoNotFound"}
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        return 200, content, {"ETag": tag, "X-Repo-Commit": self.commit}

    def siblings(self) -> list[dict[str, object]]:
        described = []
        for name, given in self.files.items():
            content = self.stated.get(name, given)
            entry: dict[str, object] = {"rfilename": name, "size": len(content)}
            if name.endswith(".bin"):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"size": len(content), "sha256": digest, "pointerSize": 134}
                entry["blobId"] = "1" * 40
            else:
                blob = b"blob %d\0" % len(content) + content
                entry["blobId"] = hashlib.sha1(blob).hexdigest()
            described.append(entry)
        return described


@pytest.fixture
def hub(tiny_whisper, monkeypatch) -> Iterator[Hub]:
    one = Hub(TURBO, {path.name: path.read_bytes() for path in tiny_whisper.iterdir()})
    one.files["README.md"] = b"not needed"
    one.files["../evil.json"] = b"never asked for"

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.respond(with_body=False)

        def do_GET(self) -> None:
            self.respond(with_body=True)

        def respond(self, *, with_body: bool) -> None:
            one.asked.append(self.path)
            status, body, headers = one.answer(self.path)
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
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def test_the_short_names_are_those_of_faster_whisper():
    from faster_whisper.utils import _MODELS

    assert SHORT_NAMES == _MODELS


@pytest.mark.parametrize(
    ("name", "repository", "revision"),
    [
        ("turbo", TURBO, None),
        ("bofenghuang/whisper-fr-ct2", "bofenghuang/whisper-fr-ct2", None),
        ("a/b@v1.0", "a/b", "v1.0"),
        ("a--b", "a/b", None),
        ("a--b--at-v1", "a/b", "v1"),
    ],
)
def test_names_of_the_hub_are_read(name, repository, revision):
    found = parse_hub_name(name)
    assert (found.repository, found.revision) == (repository, revision)
    assert parse_hub_name(found.folder) == found


@pytest.mark.parametrize(
    "name", ["whisper-base", "/models/x", "a/b/c", "../x", "a/..", "a b/c", ""]
)
def test_other_names_are_none_of_the_hub(name):
    assert parse_hub_name(name) is None


def test_a_name_of_faster_whisper_is_fetched_from_its_repository(store, hub, tiny_whisper):
    fetched = store.fetch_if_needed("large-v3-turbo")
    assert not fetched.already_there
    assert fetched.path == store.path("large-v3-turbo") == store.path("turbo") == store.path(TURBO)
    assert sorted(p.name for p in fetched.path.iterdir()) == sorted(
        ["entendu-model.json", *(p.name for p in tiny_whisper.iterdir())]
    )
    record = read_record(fetched.path)
    assert record.origin == f"{TURBO}@{COMMIT}"
    weights = hashlib.sha256((tiny_whisper / "model.bin").read_bytes()).hexdigest()
    assert store.reference("turbo").sha256 == weights
    assert store.reference("turbo").name == TURBO
    assert not any("evil" in path or "README" in path for path in hub.asked)
    assert not list(store.root.glob(".staging*"))


def test_a_second_fetch_asks_nobody(store, hub):
    store.fetch("turbo")
    hub.asked.clear()
    assert store.fetch_if_needed("large-v3-turbo").already_there
    assert hub.asked == []
    (store.root / TURBO.replace("/", "--") / "model.bin").write_bytes(b"!")
    with pytest.raises(ModelCorrupt, match=r"model\.bin") as caught:
        store.path("turbo")
    assert caught.value.remedy == f"run: entendu models fetch {TURBO}"
    assert not store.fetch_if_needed("turbo").already_there
    assert store.verify(TURBO)
    assert [status.name for status in store.list()][-1] == TURBO


def test_a_revision_is_kept_apart(store, hub):
    folder = store.fetch(f"{TURBO}@v1")
    assert folder.name.endswith("--at-v1")
    with pytest.raises(ModelMissing, match=f"entendu models fetch {TURBO}$"):
        store.path(TURBO)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json"])
def test_a_file_that_is_not_what_the_hub_states_is_refused(store, hub, name):
    hub.stated[name] = hub.files[name]
    hub.files[name] = hub.files[name][:-1] + b"?"
    with pytest.raises(ModelCorrupt, match=rf"{name} has .* expected"):
        store.fetch("turbo")
    assert not (store.root / TURBO.replace("/", "--")).exists()


def test_a_repository_in_another_format_says_how_to_convert_it(store, hub):
    hub.files = {"config.json": b"{}", "model.safetensors": b"x"}
    with pytest.raises(ModelSourceUnavailable, match=r"no model\.bin") as caught:
        store.fetch(TURBO)
    assert "ct2-transformers-converter" in caught.value.remedy


def test_a_repository_without_tokenizer_is_not_completed_in_secret(store, hub):
    del hub.files["tokenizer.json"]
    with pytest.raises(ModelMissing, match=rf"{TURBO} is not .*tokenizer\.json missing"):
        store.fetch(TURBO)


def test_a_repository_that_is_not_there_is_said_to_be(store, hub):
    with pytest.raises(ModelSourceUnavailable, match="some/thing cannot be had") as caught:
        store.fetch("some/thing")
    assert "--from FOLDER" in caught.value.remedy


def test_processing_never_downloads_and_names_the_command(store, hub):
    with pytest.raises(ModelMissing, match="entendu models fetch large-v3-turbo"):
        load_transcriber("large-v3-turbo", store=store, compute=CPU)
    assert hub.asked == []


def test_a_hub_model_can_be_brought_in_a_folder(store, tiny_whisper):
    folder = store.fetch("some/thing", folder=tiny_whisper)
    assert folder == store.path("some/thing")
    assert store.reference("some/thing").name == "some/thing"


def test_base_is_the_model_of_the_catalogue(store):
    with pytest.raises(ModelMissing, match="model base is not in"):
        store.path("base")
    assert store._key("base") == "whisper-base"
    assert store._key("Systran/faster-whisper-base@main") == "Systran--faster-whisper-base--at-main"


def test_a_folder_with_the_name_of_a_hub_model_comes_first(store, tiny_whisper, monkeypatch):
    monkeypatch.chdir(tiny_whisper.parent)
    shutil.copytree(tiny_whisper, Path("some") / "thing")
    assert store.path("some/thing") == (tiny_whisper.parent / "some" / "thing")


@pytest.fixture
def speech_like(tmp_path):
    """Four seconds of a buzz that starts and stops like speech, on two channels."""
    import wave

    rate = 8000
    t = np.arange(4 * rate) / rate
    buzz = np.sign(np.sin(2 * np.pi * 130 * t)) * (np.sin(2 * np.pi * 3 * t) > 0)
    buzz *= 0.3 * (np.sin(2 * np.pi * 0.5 * t) > -0.2)
    stereo = np.stack([buzz, np.roll(buzz, rate)], axis=1)
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((stereo * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("which", ["tiny_whisper", "tiny_large_v3"])
def test_a_random_model_is_loaded_and_run_to_the_end(request, which, store, speech_like):
    from speech import TranscribeOptions, transcribe

    folder = request.getfixturevalue(which)
    transcriber = load_transcriber(folder, store=store, compute=CPU)
    assert transcriber.model.model.n_mels == (128 if "v3" in which else 80)
    heard = transcribe(
        speech_like, transcriber, options=TranscribeOptions(language="fr", beam_size=1)
    )
    assert len(heard.account) == 2
    assert heard.conversation.duration_s == pytest.approx(4, abs=0.01)
    assert heard.provenance.models[0].name == folder.name


def test_sound_goes_through_a_random_model_whatever_its_mel_bins(store, tiny_large_v3, tmp_path):
    bare = tmp_path / "bare"
    shutil.copytree(tiny_large_v3, bare)
    (bare / "preprocessor_config.json").unlink()
    transcriber = load_transcriber(bare, store=store, compute=CPU)
    noise = np.random.default_rng(1).standard_normal(16000 * 5).astype(np.float32) * 0.1
    segments, _ = transcriber.model.transcribe(
        noise, language="fr", beam_size=1, temperature=0.0, word_timestamps=True,
        no_speech_threshold=None, max_new_tokens=20,
    )  # fmt: skip
    assert all(0 <= word.start <= word.end for s in segments for word in s.words or ())


@pytest.fixture
def two_gpus(monkeypatch):
    asked = []
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 2)
    monkeypatch.setattr(
        "ctranslate2.get_supported_compute_types",
        lambda device, index=0: {"int8", "float16", "int8_float16", "float32"},
    )
    monkeypatch.setattr(
        "faster_whisper.WhisperModel", lambda *args, **options: asked.append(options) or 1 / 0
    )
    return asked


def test_the_second_gpu_is_asked_for_by_its_number(two_gpus, store, tiny_whisper):
    compute = resolve_compute("cuda:1", compute_type="int8_float16")
    assert (compute.device, compute.device_index, compute.compute_type) == (
        "cuda", 1, "int8_float16",
    )  # fmt: skip
    assert compute.torch_device == "cuda:1"
    assert resolve_compute("cuda").compute_type == "float16"
    with pytest.raises(DeviceUnavailable, match="cuda:1 cannot load") as caught:
        load_transcriber(tiny_whisper, store=store, compute=compute)
    assert "int8_float16" in caught.value.remedy
    assert (two_gpus[0]["device"], two_gpus[0]["device_index"]) == ("cuda", 1)


def test_a_gpu_that_is_not_there_is_named(two_gpus):
    with pytest.raises(DeviceUnavailable, match=r"cuda:2 was asked for, but 2 CUDA device"):
        resolve_compute("cuda:2")
    with pytest.raises(BadInput, match="cuda:x"):
        resolve_compute("cuda:x")


def test_no_gpu_is_a_clear_error(monkeypatch):
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)
    with pytest.raises(DeviceUnavailable, match="no CUDA device is visible"):
        resolve_compute("cuda:1")
