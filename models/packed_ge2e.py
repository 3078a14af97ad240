"""Taking the GE2E speaker encoder out of the checkpoint that the ``resemblyzer`` package carries.

The checkpoint is a pickle of PyTorch that also holds the state of its training. Only the network
is kept, as an ONNX graph (https://github.com/onnx/onnx/blob/main/docs/IR.md), which onnxruntime
runs with as many threads as it is told and which holds nothing that runs when it is read. The
graph is written here, field by field, so that it always has the same hash.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import ModelCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HIDDEN = 256
MEL_BANDS = 40
LAYERS = 3

_IR_VERSION = 8
_OPSET = 13
_FLOAT, _INT64 = 1, 7
_INT_ATTRIBUTE = 2


def ge2e_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of each tensor by its name in the checkpoint."""
    shapes: dict[str, tuple[int, ...]] = {
        "linear.weight": (HIDDEN, HIDDEN),
        "linear.bias": (HIDDEN,),
    }
    for layer in range(LAYERS):
        inputs = HIDDEN if layer else MEL_BANDS
        shapes[f"lstm.weight_ih_l{layer}"] = (4 * HIDDEN, inputs)
        shapes[f"lstm.weight_hh_l{layer}"] = (4 * HIDDEN, HIDDEN)
        shapes[f"lstm.bias_ih_l{layer}"] = (4 * HIDDEN,)
        shapes[f"lstm.bias_hh_l{layer}"] = (4 * HIDDEN,)
    return shapes


def unpack_ge2e(packed: Path, target: Path) -> None:
    """Write the network of a GE2E checkpoint as an ONNX file.

    The pickle is read with PyTorch's restricted reader, which builds tensors and runs nothing
    else.

    Args:
        packed: The checkpoint.
        target: The ONNX file to write.

    Raises:
        ModelCorrupt: It is no such checkpoint.
    """
    import torch

    try:
        state = torch.load(packed, map_location="cpu", weights_only=True)["model_state"]
        weights = {name: state[name].float().numpy() for name in ge2e_shapes()}
    except (
        pickle.UnpicklingError,
        RuntimeError,
        EOFError,
        OSError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise ModelCorrupt(
            f"{packed.name} is no checkpoint of a GE2E speaker encoder: {type(error).__name__}",
            remedy="fetch the model again",
        ) from error
    wrong = [
        f"{name} has shape {weights[name].shape}, expected {shape}"
        for name, shape in ge2e_shapes().items()
        if weights[name].shape != shape
    ]
    if wrong:
        raise ModelCorrupt(
            f"{packed.name} is no checkpoint of a GE2E speaker encoder: {wrong[0]}",
            remedy="fetch the model again",
        )
    target.write_bytes(ge2e_graph(weights))


def ge2e_graph(weights: dict[str, NDArray[np.float32]]) -> bytes:
    """Return the ONNX graph of the network.

    Its input ``features`` is float32 of shape ``(frames, n, 40)``, its output ``vectors``
    float32 of shape ``(n, 256)``, not yet brought to length 1.

    Args:
        weights: As in the checkpoint, see :func:`ge2e_shapes`.
    """
    graph = b"".join(_nodes()) + _text(2, "ge2e") + b"".join(_initializers(weights))
    graph += _block(11, _value("features", ("frames", "n", MEL_BANDS)))
    graph += _block(12, _value("vectors", ("n", HIDDEN)))
    return (
        _number(1, _IR_VERSION)
        + _text(2, "entendu")
        + _block(7, graph)
        + _block(8, _text(1, "") + _number(2, _OPSET))
    )


def _nodes() -> Iterator[bytes]:
    size = _text(1, "hidden_size") + _number(3, HIDDEN) + _number(20, _INT_ATTRIBUTE)
    given = "features"
    for layer in range(LAYERS):
        inputs = (given, f"W{layer}", f"R{layer}", f"B{layer}")
        yield _node("LSTM", inputs, (f"all{layer}", f"last{layer}"), size)
        yield _node("Squeeze", (f"all{layer}", "direction"), (f"sequence{layer}",))
        given = f"sequence{layer}"
    yield _node("Squeeze", (f"last{LAYERS - 1}", "first"), ("hidden",))
    yield _node("MatMul", ("hidden", "linear"), ("product",))
    yield _node("Add", ("product", "linear_bias"), ("sum",))
    yield _node("Relu", ("sum",), ("vectors",))


def _initializers(weights: dict[str, NDArray[np.float32]]) -> Iterator[bytes]:
    import numpy as np

    for layer in range(LAYERS):
        biases = [_onnx_gates(weights[f"lstm.bias_{part}_l{layer}"]) for part in ("ih", "hh")]
        yield _tensor(f"W{layer}", _onnx_gates(weights[f"lstm.weight_ih_l{layer}"])[None])
        yield _tensor(f"R{layer}", _onnx_gates(weights[f"lstm.weight_hh_l{layer}"])[None])
        yield _tensor(f"B{layer}", np.concatenate(biases)[None])
    yield _tensor("linear", weights["linear.weight"].T)
    yield _tensor("linear_bias", weights["linear.bias"])
    yield _axes("direction", 1)
    yield _axes("first", 0)


def _onnx_gates(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder the gates: PyTorch has input, forget, cell, output, ONNX input, output, forget, cell.

    See https://onnx.ai/onnx/operators/onnx__LSTM.html.
    """
    import numpy as np

    admit, forget, cell, output = np.split(rows, 4)
    return np.concatenate((admit, output, forget, cell))


def _node(
    kind: str, inputs: Sequence[str], outputs: Sequence[str], attribute: bytes | None = None
) -> bytes:
    fields = [_text(1, name) for name in inputs]
    fields += [_text(2, name) for name in outputs]
    fields.append(_text(4, kind))
    if attribute is not None:
        fields.append(_block(5, attribute))
    return _block(1, b"".join(fields))


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    dimensions = b"".join(_number(1, length) for length in values.shape)
    content = values.astype("<f4").tobytes()
    return _block(5, dimensions + _number(2, _FLOAT) + _text(8, name) + _block(9, content))


def _axes(name: str, axis: int) -> bytes:
    content = axis.to_bytes(8, "little")
    return _block(5, _number(1, 1) + _number(2, _INT64) + _text(8, name) + _block(9, content))


def _value(name: str, shape: Sequence[str | int]) -> bytes:
    dimensions = b"".join(
        _block(1, _text(2, length) if isinstance(length, str) else _number(1, length))
        for length in shape
    )
    tensor = _number(1, _FLOAT) + _block(2, dimensions)
    return _text(1, name) + _block(2, _block(1, tensor))


def _number(field: int, value: int) -> bytes:
    """Encode a field as a variable-length integer (protocol buffers, wire type 0)."""
    return _varint(field << 3) + _varint(value)


def _block(field: int, content: bytes) -> bytes:
    """Encode a field as bytes with their length (protocol buffers, wire type 2)."""
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _block(field, text.encode())


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
