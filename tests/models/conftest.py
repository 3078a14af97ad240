"""Tiny models that are made here: wheels, a folder of weights, a random sentence encoder."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from models import ModelStore
from models.spec import FileSpec, HubSource, ModelSpec, Wheel, WheelFile, WheelMember, WheelSource

HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS = 32, 2, 4, 64, 48
TEXT = """
bonjour je voudrais résilier mon contrat facture panne fibre merci hello cancel my bill the line
is down please le la les un une de du et ou query : passage where
"""
WORDS = TEXT.split()
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
VOCABULARY = len(SPECIAL) + len(WORDS)

BERT_CONFIG = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": HIDDEN,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "intermediate_size": FEED_FORWARD,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": POSITIONS,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
    "hidden_act": "gelu",
    "pad_token_id": 1,
}
SMALL_FILES = {
    "config.json": json.dumps(BERT_CONFIG),
    "tokenizer_config.json": json.dumps(
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": POSITIONS,
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "cls_token": "<s>",
            "sep_token": "</s>",
        }
    ),
    "modules.json": json.dumps(
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ]
    ),
    "sentence_bert_config.json": json.dumps({"max_seq_length": 40, "do_lower_case": False}),
    "config_sentence_transformers.json": json.dumps(
        {"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": None}
    ),
    "1_Pooling/config.json": json.dumps(
        {"word_embedding_dimension": HIDDEN, "pooling_mode_mean_tokens": True}
    ),
}


def tensor_shapes(prefix: str = "") -> dict[str, tuple[int, ...]]:
    """Shapes of a BERT encoder, by the names of transformers."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (VOCABULARY, HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        "embeddings.LayerNorm.weight": (HIDDEN,),
        "embeddings.LayerNorm.bias": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for name, rows, columns in (
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", FEED_FORWARD, HIDDEN),
            ("output.dense", HIDDEN, FEED_FORWARD),
        ):
            shapes[f"encoder.layer.{layer}.{name}.weight"] = (rows, columns)
            shapes[f"encoder.layer.{layer}.{name}.bias"] = (rows,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"encoder.layer.{layer}.{name}.weight"] = (HIDDEN,)
            shapes[f"encoder.layer.{layer}.{name}.bias"] = (HIDDEN,)
    return {prefix + name: shape for name, shape in shapes.items()}


def random_tensors(seed: int = 7) -> dict[str, np.ndarray]:
    """Random weights of a BERT encoder whose matrices are exact in 4 bits."""
    random = np.random.default_rng(seed)
    tensors = {}
    for name, shape in tensor_shapes().items():
        if "LayerNorm.weight" in name:
            values = 1 + 0.1 * random.standard_normal(shape)
        elif len(shape) == 2 and "position" not in name and "token_type" not in name:
            scale = np.float16(0.02 + 0.01 * random.random())
            values = random.integers(-8, 8, shape) * np.float32(scale)
        else:
            values = 0.1 * random.standard_normal(shape)
        tensors[name] = values.astype(np.float32)
    return tensors


def tokenizer_text() -> str:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    vocabulary = {word: number for number, word in enumerate([*SPECIAL, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer.to_str()


def write_encoder_folder(folder: Path, **config: object) -> Path:
    """Write a random sentence-transformers folder."""
    from safetensors.numpy import save_file

    for path, content in SMALL_FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
    (folder / "config.json").write_text(json.dumps(BERT_CONFIG | config), encoding="utf-8")
    (folder / "tokenizer.json").write_text(tokenizer_text(), encoding="utf-8")
    save_file(random_tensors(), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.fixture(scope="session")
def make_encoder_folder() -> Callable[..., Path]:
    return write_encoder_folder


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_encoder_folder(tmp_path_factory.mktemp("encoder") / "tiny-encoder")


@pytest.fixture(scope="session")
def packed_weights() -> tuple[bytes, dict[str, np.ndarray]]:
    """A 4-bit file and the tensors that are in it."""
    tensors = random_tensors()
    return pack_4bit(tensors), tensors


def pack_4bit(tensors: dict[str, np.ndarray]) -> bytes:
    """Write tensors in the 4-bit format that models.packed_e5 reads."""
    short = {
        "attention.self.query": "q",
        "attention.self.key": "k",
        "attention.self.value": "v",
        "attention.output.dense": "ao",
        "intermediate.dense": "fi",
        "output.dense": "fo",
        "attention.output.LayerNorm": "aln",
        "output.LayerNorm": "oln",
    }
    stored: list[tuple[str, int, bytes]] = []
    for name, values in tensors.items():
        head, _, kind = name.rpartition(".")
        if head == "embeddings.LayerNorm":
            packed = f"emb.ln.{kind[0]}"
        elif head.startswith("embeddings."):
            part = head.removeprefix("embeddings.").removesuffix("_embeddings")
            packed = "emb." + {"position": "pos", "token_type": "type"}.get(part, part)
        else:
            layer, _, rest = head.removeprefix("encoder.layer.").partition(".")
            packed = f"l{layer}.{short[rest]}.{kind[0]}"
        matrix = values.ndim == 2 and packed not in {"emb.pos", "emb.type"}
        stored.append((packed, values.size, quantise(values) if matrix else values.tobytes()))
    beginning = b"E5S1" + struct.pack(
        "<I7ifi", 1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, POSITIONS, 2, 1e-12, 32
    )
    beginning += struct.pack("<i4iQ", 1, 0, 2, 1, 3, 3) + struct.pack("<2If", 0, 3, 0.0) + b"abc"
    beginning += struct.pack("<iI", 0, 0) + struct.pack("<i", len(stored))
    size = len(beginning) + sum(2 + len(name.encode()) + 21 for name, _, _ in stored)
    table, body = b"", b""
    for name, values, content in stored:
        table += struct.pack("<H", len(name.encode())) + name.encode()
        table += struct.pack("<BIQQ", 1, values, size + len(body), len(content))
        body += content
    return beginning + table + body


def quantise(values: np.ndarray) -> bytes:
    blocks = values.reshape(-1, 32)
    # Every block's values are a float16 scale times a whole number: find it from the tensor.
    steps = np.unique(np.abs(values[values != 0]))
    scale = np.float16(np.min(np.diff(np.concatenate([[0], steps]))))
    numbers = (np.round(blocks / np.float32(scale)) + 8).astype(np.uint8)
    out = np.empty((len(blocks), 18), dtype=np.uint8)
    out[:, :2] = np.frombuffer(scale.tobytes(), dtype=np.uint8)
    out[:, 2:] = numbers[:, :16] | (numbers[:, 16:] << 4)
    return out.tobytes()


def make_wheel(
    folder: Path, package: str, members: dict[str, bytes], *, tag: str = "py3-none-any"
) -> Wheel:
    """Write a wheel that pip accepts and return its catalogue entry."""
    stem = f"{package.replace('-', '_')}-1.0.0"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\nRequires-Python: >=3.99\n"
    files = members | {
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(c).digest()).decode().rstrip('=')},{len(c)}\n"
        for name, c in files.items()
    )
    path = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    content = path.read_bytes()
    return Wheel(
        package=package, version="1.0.0", filename=path.name, size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def file_spec(path: str, content: bytes) -> FileSpec:
    return FileSpec(path=path, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class TinyCatalogue:
    """A catalogue of two tiny models, the wheels they are in, and the files they consist of."""

    wheels_folder: Path
    entries: dict[str, ModelSpec]
    contents: dict[str, dict[str, bytes]]


@pytest.fixture(scope="session")
def tiny_catalogue(tmp_path_factory: pytest.TempPathFactory) -> TinyCatalogue:
    folder = tmp_path_factory.mktemp("wheels")
    random = np.random.default_rng(3)
    speech = {
        "config.json": b'{"tiny": true}',
        "model.bin": random.bytes(300_000),
        "tokenizer.json": b"{}",
        "vocabulary.txt": b"a\nb\n",
    }
    first, second = speech["model.bin"][:200_000], speech["model.bin"][200_000:]
    one = make_wheel(
        folder, "tiny-speech-1",
        {f"data/{name}": content for name, content in speech.items() if name != "model.bin"}
        | {"data/model.bin.1": first},
    )  # fmt: skip
    two = make_wheel(
        folder, "tiny-speech-2", {"data/model.bin.2": second},
        tag="py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64",
    )  # fmt: skip
    speech_spec = ModelSpec(
        name="tiny-speech", task="transcribe", summary="for tests", languages=("fr", "en"),
        licence="MIT", homepage="https://example.org", weights="model.bin",
        files=tuple(file_spec(name, content) for name, content in speech.items()),
        wheel=WheelSource(
            wheels=(one, two),
            files=(
                *(
                    WheelFile(
                        path=name,
                        parts=(WheelMember(package="tiny-speech-1", path=f"data/{name}"),),
                    )
                    for name in speech if name != "model.bin"
                ),
                WheelFile(
                    path="model.bin",
                    parts=(
                        WheelMember(package="tiny-speech-1", path="data/model.bin.1"),
                        WheelMember(package="tiny-speech-2", path="data/model.bin.2"),
                    ),
                ),
            ),
        ),
        hub=HubSource(
            repository="tiny/speech", revision="0123456789" * 4,
            files=tuple(file_spec(name, content) for name, content in speech.items()),
        ),
    )  # fmt: skip

    from safetensors.numpy import save

    tensors = random_tensors()
    weights = save(tensors, metadata={"format": "pt"})
    tokenizer = tokenizer_text().encode()
    packed = make_wheel(
        folder, "tiny-encoder",
        {"data/model.q4": pack_4bit(tensors), "data/tokenizer.json": tokenizer},
    )  # fmt: skip
    encoder = {"model.safetensors": weights, "tokenizer.json": tokenizer} | {
        path: content.encode() for path, content in SMALL_FILES.items()
    }
    encoder_spec = ModelSpec(
        name="tiny-encoder", task="encode", summary="for tests", languages=("fr", "en"),
        licence="MIT", homepage="https://example.org", weights="model.safetensors",
        files=tuple(file_spec(path, content) for path, content in encoder.items()),
        written=SMALL_FILES,
        wheel=WheelSource(
            wheels=(packed,),
            files=(
                WheelFile(
                    path="model.safetensors",
                    parts=(WheelMember(package="tiny-encoder", path="data/model.q4"),),
                    packing="e5-4bit",
                ),
                WheelFile(
                    path="tokenizer.json",
                    parts=(WheelMember(package="tiny-encoder", path="data/tokenizer.json"),),
                ),
            ),
        ),
    )  # fmt: skip
    return TinyCatalogue(
        wheels_folder=folder,
        entries={"tiny-speech": speech_spec, "tiny-encoder": encoder_spec},
        contents={"tiny-speech": speech, "tiny-encoder": encoder},
    )


@pytest.fixture
def offline_index(tiny_catalogue: TinyCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder of wheels the only package index that pip knows."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tiny_catalogue.wheels_folder))


@pytest.fixture
def pip_store(tmp_path: Path, tiny_catalogue: TinyCatalogue, offline_index: None) -> ModelStore:
    """A store whose wheels really come through pip, which takes a second."""
    return ModelStore(tmp_path / "models", entries=tiny_catalogue.entries)


@pytest.fixture
def store(
    tmp_path: Path, tiny_catalogue: TinyCatalogue, monkeypatch: pytest.MonkeyPatch
) -> ModelStore:
    """A store whose wheels are there at once."""

    def download(spec: ModelSpec, *_: object) -> Path:
        return tiny_catalogue.wheels_folder

    monkeypatch.setattr("models.sources.wheel._download", download)
    return ModelStore(tmp_path / "models", entries=tiny_catalogue.entries)
