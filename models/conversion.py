"""Sentence encoders in the format of CTranslate2, converted once and kept beside the weights.

CTranslate2 (https://github.com/OpenNMT/CTranslate2) runs BERT some four times as fast as PyTorch
on a CPU and loads without importing it. The weights are kept as float16: vectors computed in
float32 from them differ from those of the original by 1e-7 in cosine. A compiled folder holds
nothing but the converted weights, in int8 with a scale for each row; it is loaded as it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from conversation.errors import ModelCorrupt
from models.integrity import describe_files, size_problem
from models.sentence_folder import COMPILED, SentenceFolder, copy_configuration, position_offset
from models.spec import FileSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER_NAME = COMPILED
_NOTE_NAME = "conversion.json"
_FORMAT = 1  # of this module; raise it when it writes something else
_STORED_AS = "float16"
_COMPILED_AS = "int8_float16"  # the matrices and tables in int8, everything else in float16


class _Note(BaseModel):
    """What a conversion was made from, and what it consists of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_from: str
    files: tuple[FileSpec, ...]


@contextmanager
def converted(folder: SentenceFolder, *, kept_in: Path) -> Iterator[Path]:
    """Give the CTranslate2 form of an encoder, converting it if that was not done before.

    Args:
        folder: The sentence-transformers folder; :attr:`SentenceFolder.suits_ctranslate2`.
        kept_in: Where the conversion is kept. Where nothing can be written there, it is made in
            a temporary folder, each time.

    Yields:
        A folder that CTranslate2 loads; it may be gone after the block.

    Raises:
        ModelCorrupt: The weights are not those of the architecture that the folder says.
    """
    if folder.compiled:
        yield folder.path / COMPILED
        return
    made_from = _fingerprint(folder)
    if _is_current(kept_in, made_from):
        yield kept_in
        return
    try:
        _convert_and_keep(folder, kept_in, made_from)
    except OSError:  # read-only, or full: the model is usable all the same
        with tempfile.TemporaryDirectory(prefix="entendu-") as temporary:
            _convert(folder, Path(temporary))
            yield Path(temporary)
        return
    yield kept_in


def compile_encoder(folder: SentenceFolder, out: Path) -> None:
    """Write an encoder as a compiled folder: int8 weights, the tokenizer and the configuration.

    It is a quarter of the size in float32, needs no conversion, and is computed with in int8 on
    a CPU, in float16 on a GPU.

    Args:
        folder: With safetensors weights; :attr:`SentenceFolder.suits_ctranslate2`.
        out: The folder to write, made anew, whole or not at all.

    Raises:
        ModelCorrupt: The weights are not those of the architecture that the folder says.
    """
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        copy_configuration(folder.path, draft)
        (draft / COMPILED).mkdir()
        _convert(folder, draft / COMPILED, _COMPILED_AS)
        shutil.rmtree(out, ignore_errors=True)
        draft.replace(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def forget_damaged_conversion(kept_in: Path) -> bool:
    """Remove a conversion whose bytes have changed, so that it is made again; say if it was."""
    note = _read_note(kept_in)
    if note is None:
        return False
    paths = [file.path for file in note.files]
    try:
        sound = describe_files(kept_in, paths) == note.files
    except OSError:
        sound = False
    if not sound:
        shutil.rmtree(kept_in, ignore_errors=True)
    return not sound


def _fingerprint(folder: SentenceFolder) -> str:
    """Tell weights and architecture from others, without reading half a gigabyte."""
    state = folder.weights.stat()
    facts = f"{_FORMAT} {_STORED_AS} {state.st_size} {state.st_mtime_ns} "
    config = (folder.path / "config.json").read_bytes()
    return hashlib.sha256(facts.encode() + config).hexdigest()


def _read_note(kept_in: Path) -> _Note | None:
    try:
        return _Note.model_validate_json((kept_in / _NOTE_NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def _is_current(kept_in: Path, made_from: str) -> bool:
    note = _read_note(kept_in)
    return (
        note is not None
        and note.made_from == made_from
        and all(size_problem(kept_in, file) is None for file in note.files)
    )


def _convert_and_keep(folder: SentenceFolder, kept_in: Path, made_from: str) -> None:
    """Convert into a folder of our own and rename it, one process at a time."""
    import filelock

    kept_in.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(kept_in.parent / f".{kept_in.name}.lock"):
        if _is_current(kept_in, made_from):  # another process was faster
            return
        for left in kept_in.parent.glob(f".{kept_in.name}-*"):
            shutil.rmtree(left, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{kept_in.name}-", dir=kept_in.parent))
        try:
            _convert(folder, draft)
            names = sorted(path.name for path in draft.iterdir())
            note = _Note(made_from=made_from, files=describe_files(draft, names))
            (draft / _NOTE_NAME).write_text(note.model_dump_json(indent=2), encoding="utf-8")
            draft.chmod(0o755)  # made for its owner only
            if kept_in.exists():
                shutil.rmtree(kept_in)
            draft.rename(kept_in)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _convert(folder: SentenceFolder, target: Path, stored_as: str = _STORED_AS) -> None:
    """Write the CTranslate2 form of a BERT or RoBERTa encoder."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder.path / "model.safetensors", framework="np") as weights:
            names = set(weights.keys())
            prefix = next(
                (name.removesuffix(_WORDS) for name in sorted(names) if name.endswith(_WORDS)), ""
            )
            spec = _filled(folder, lambda name: weights.get_tensor(prefix + name))
        spec.validate()
    except (SafetensorError, KeyError, ValueError, IndexError) as error:
        raise ModelCorrupt(
            f"{folder.weights} does not hold the encoder that {folder.path / 'config.json'} "
            f"describes: {error}",
            remedy="copy or fetch the model again",
        ) from error
    spec.optimize(quantization=stored_as)
    spec.save(str(target))


_WORDS = "embeddings.word_embeddings.weight"


def _filled(folder: SentenceFolder, tensor: Callable[[str], NDArray[np.float32]]) -> Any:  # noqa: ANN401
    """Return the CTranslate2 description of the encoder, with its weights."""
    import numpy as np
    from ctranslate2.specs import common_spec, transformer_spec

    config = folder.config
    activations = {"gelu": common_spec.Activation.GELU, "relu": common_spec.Activation.RELU}
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=activations[config["hidden_act"]],
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False

    def fill(spec: Any, *names: str) -> None:  # noqa: ANN401
        first, second = ("gamma", "beta") if hasattr(spec, "gamma") else ("weight", "bias")
        setattr(spec, first, np.concatenate([tensor(f"{name}.weight") for name in names]))
        setattr(spec, second, np.concatenate([tensor(f"{name}.bias") for name in names]))

    words = tensor(_WORDS)
    encoder.embeddings[0].weight = words
    encoder.embeddings[1].weight = tensor("embeddings.token_type_embeddings.weight")
    positions = tensor("embeddings.position_embeddings.weight")
    encoder.position_encodings.encodings = positions[position_offset(config) :]
    fill(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        name = f"encoder.layer.{number}"
        queries_keys_values = (
            f"{name}.attention.self.{part}" for part in ("query", "key", "value")
        )
        fill(layer.self_attention.linear[0], *queries_keys_values)
        fill(layer.self_attention.linear[1], f"{name}.attention.output.dense")
        fill(layer.self_attention.layer_norm, f"{name}.attention.output.LayerNorm")
        fill(layer.ffn.linear_0, f"{name}.intermediate.dense")
        fill(layer.ffn.linear_1, f"{name}.output.dense")
        fill(layer.ffn.layer_norm, f"{name}.output.LayerNorm")

    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    # Texts are given as numbers of tokens, so only how many there are matters.
    spec.register_vocabulary([str(number) for number in range(len(words))])
    spec.config.unk_token = "0"  # noqa: S105
    spec.config.layer_norm_epsilon = config.get("layer_norm_eps", 1e-12)
    return spec
