"""Cutting the vocabulary of an encoder to the word pieces that some languages need.

Most weights of a small multilingual encoder are the vectors of its word pieces. Those of other
languages are never read in a French or English text, so a smaller model without them gives the
same vectors wherever all pieces of a text were kept.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation.errors import BadInput, ModelCorrupt
from models.sentence_folder import SentenceFolder, copy_configuration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORD_VECTORS = "embeddings.word_embeddings.weight"
"""Name of the table of word pieces; some folders put a prefix before it."""


def unigram_pieces(tokenizer: Path) -> list[tuple[str, float]]:
    """Return the pieces of a Unigram tokenizer in their order, each with its log probability.

    Raises:
        BadInput: The tokenizer is of another kind.
        ModelCorrupt: The file cannot be read.
    """
    return [(str(piece), float(score)) for piece, score in _read(tokenizer)["model"]["vocab"]]


def cut_vocabulary(folder: SentenceFolder, keep: Iterable[str], out: Path) -> int:
    """Write an encoder that knows only some of the word pieces.

    The kept pieces stay in their order with their scores; special tokens are always kept. The
    other weights are the same, in float32.

    Args:
        folder: A sentence-transformers folder with a Unigram tokenizer (Kudo 2018, Subword
            Regularization) and safetensors weights.
        keep: The pieces to keep; those that the tokenizer does not have are left out.
        out: The sentence-transformers folder to write, made anew.

    Returns:
        How many pieces were kept.

    Raises:
        BadInput: The tokenizer is not a Unigram tokenizer.
        ModelCorrupt: The tokenizer or the weights cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file, save_file

    tokenizer = _read(folder.path / "tokenizer.json")
    numbers = cut_tokenizer(tokenizer, set(keep))
    try:
        weights: dict[str, NDArray[np.float32]] = load_file(folder.path / "model.safetensors")
    except (OSError, SafetensorError) as error:
        raise ModelCorrupt(
            f"{folder.weights} cannot be read: {error}", remedy="copy or fetch the model again"
        ) from error
    name = next((name for name in weights if name.endswith(WORD_VECTORS)), None)
    if name is None or len(weights[name]) <= max(numbers):
        raise ModelCorrupt(
            f"{folder.weights} does not hold a vector for each piece of the tokenizer",
            remedy="copy or fetch the model again",
        )
    weights[name] = weights[name][numbers]
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    copy_configuration(folder.path, out)
    _write(out / "tokenizer.json", tokenizer)
    config = dict(folder.config) | {"vocab_size": len(numbers)}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    return len(numbers)


def cut_tokenizer(tokenizer: dict[str, Any], keep: set[str]) -> list[int]:
    """Take the pieces out of a Unigram tokenizer that are not to be kept.

    Args:
        tokenizer: Content of ``tokenizer.json``; changed in place.
        keep: The pieces to keep, besides the special tokens.

    Returns:
        The old number of each kept piece, in the new order.
    """
    model = tokenizer["model"]
    special = {entry["content"] for entry in tokenizer["added_tokens"]}
    numbers = [
        number
        for number, (piece, _) in enumerate(model["vocab"])
        if piece in keep or piece in special or number == model["unk_id"]
    ]
    new = {old: number for number, old in enumerate(numbers)}
    model["vocab"] = [model["vocab"][number] for number in numbers]
    model["unk_id"] = new[model["unk_id"]]
    for entry in tokenizer["added_tokens"]:
        entry["id"] = new[entry["id"]]
    for token in (tokenizer.get("post_processor") or {}).get("special_tokens", {}).values():
        token["ids"] = [new[number] for number in token["ids"]]
    return numbers


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        vocabulary = content["model"].get("vocab")
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ModelCorrupt(
            f"{path} is not a tokenizer: {error}", remedy="copy or fetch the model again"
        ) from error
    if not isinstance(vocabulary, list) or content["model"].get("unk_id") is None:
        raise BadInput(
            f"{path} is a tokenizer of the kind {content['model'].get('type')!r}, expected Unigram",
            remedy="cut an encoder of the XLM-R family, such as multilingual-e5-small",
        )
    return content


def _write(path: Path, tokenizer: dict[str, Any]) -> None:
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
