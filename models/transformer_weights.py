"""The transformer of an encoder as a PyTorch module, whatever its folder keeps the weights in."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from conversation.errors import ModelCorrupt
from models.sentence_folder import SentenceFolder, position_offset

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VERSION = 6  # of the binary format of CTranslate2
_FORMATS = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}
_MOST_VARIABLES = 10_000
_LONGEST_NAME = 1_000
_MOST_DIMENSIONS = 8


def load_transformer(folder: SentenceFolder) -> Any:  # noqa: ANN401
    """Return the transformer in float32, without dropout of its own.

    The int8 weights of a compiled folder are multiplied out: compiling them again gives the same
    numbers.

    Raises:
        ModelCorrupt: The weights cannot be read or are not those of the configuration.
    """
    import torch
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging

    bars, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        if folder.compiled:
            config = AutoConfig.from_pretrained(str(folder.path), local_files_only=True)
            model = AutoModel.from_config(config, dtype=torch.float32)
            _fill(model, folder)
        else:
            model = AutoModel.from_pretrained(
                str(folder.path), local_files_only=True, dtype=torch.float32
            )
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
    return model.eval()


def compiled_tensors(folder: SentenceFolder) -> dict[str, NDArray[np.float32]]:
    """Read the weights of a compiled folder under the names that ``transformers`` gives them.

    Returns:
        float32 arrays; of the positions those that the tokens use.

    Raises:
        ModelCorrupt: The file is not of this format, or lacks a weight.
    """
    import numpy as np

    path = folder.weights
    stored = _read(path)

    def tensor(name: str) -> NDArray[np.float32]:
        values = stored[f"encoder/{name}"].astype(np.float32)
        scale = stored.get(f"encoder/{name}_scale")
        return values if scale is None else values / scale.astype(np.float32)[:, None]

    tensors: dict[str, NDArray[np.float32]] = {}

    def norm(ours: str, theirs: str) -> None:
        tensors[f"{ours}.weight"] = tensor(f"{theirs}/gamma")
        tensors[f"{ours}.bias"] = tensor(f"{theirs}/beta")

    try:
        tensors["embeddings.word_embeddings.weight"] = tensor("embeddings_0/weight")
        tensors["embeddings.token_type_embeddings.weight"] = tensor("embeddings_1/weight")
        tensors["embeddings.position_embeddings.weight"] = tensor("position_encodings/encodings")
        norm("embeddings.LayerNorm", "layernorm_embedding")
        for number in range(int(folder.config["num_hidden_layers"])):
            ours, theirs = f"encoder.layer.{number}", f"layer_{number}"
            for kind in ("weight", "bias"):
                joined = tensor(f"{theirs}/self_attention/linear_0/{kind}")
                for part, values in zip(
                    ("query", "key", "value"), np.split(joined, 3), strict=True
                ):
                    tensors[f"{ours}.attention.self.{part}.{kind}"] = values
                for name, place in (
                    ("attention.output.dense", "self_attention/linear_1"),
                    ("intermediate.dense", "ffn/linear_0"),
                    ("output.dense", "ffn/linear_1"),
                ):
                    tensors[f"{ours}.{name}.{kind}"] = tensor(f"{theirs}/{place}/{kind}")
            norm(f"{ours}.attention.output.LayerNorm", f"{theirs}/self_attention/layer_norm")
            norm(f"{ours}.output.LayerNorm", f"{theirs}/ffn/layer_norm")
    except KeyError as error:
        raise ModelCorrupt(
            f"{path} has no weights {error.args[0]!r}", remedy="copy the model again"
        ) from error
    return tensors


def _fill(model: Any, folder: SentenceFolder) -> None:  # noqa: ANN401
    import torch

    own = model.state_dict()
    offset = position_offset(folder.config)
    with torch.no_grad():
        for name, values in compiled_tensors(folder).items():
            place = own.get(name)
            if place is not None and "position_embeddings" in name:
                place = place[offset:]
            if place is None or tuple(place.shape) != values.shape:
                raise ModelCorrupt(
                    f"{folder.weights} does not hold the encoder that "
                    f"{folder.path / 'config.json'} describes: {name} has shape {values.shape}",
                    remedy="copy the model again",
                )
            place.copy_(torch.from_numpy(values))


def _read(path: Path) -> dict[str, NDArray[Any]]:
    """Read the variables of a CTranslate2 ``model.bin``, by name.

    The format is that of ``ctranslate2.specs.ModelSpec.save``: version, name and revision of the
    specification, then for each variable name, shape, number format and bytes.
    """
    import numpy as np

    size_bytes = path.stat().st_size
    variables: dict[str, NDArray[Any]] = {}
    try:
        with path.open("rb") as file:
            (version,) = _unpack(file, "<I")
            _require(version == _VERSION, f"its format is {version}, expected {_VERSION}")
            _text(file)
            _revision, count = _unpack(file, "<2I")
            _require(count <= _MOST_VARIABLES, f"it says that it has {count} variables")
            for _ in range(count):
                name = _text(file)
                (rank,) = _unpack(file, "<B")
                _require(rank <= _MOST_DIMENSIONS, f"{name!r} has {rank} dimensions")
                shape = _unpack(file, f"<{rank}I")
                kind, n_bytes = _unpack(file, "<BI")
                _require(n_bytes <= size_bytes - file.tell(), f"{name!r} is cut short")
                values = np.frombuffer(file.read(n_bytes), dtype=_FORMATS[kind])
                variables[name] = values.reshape(shape)
    except (ValueError, KeyError, struct.error, UnicodeDecodeError) as error:
        raise ModelCorrupt(
            f"{path} cannot be read as weights of CTranslate2: {error}",
            remedy="copy the model again",
        ) from error
    return variables


def _unpack(file: BinaryIO, layout: str) -> tuple[Any, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _text(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<H")
    _require(length <= _LONGEST_NAME, f"a name has {length} bytes")
    return file.read(length).rstrip(b"\0").decode("utf-8")
