"""What the configuration files of a sentence-transformers folder say."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from conversation.errors import ModelCorrupt
from models.integrity import required_files

KINDS: tuple[Literal["query", "passage"], ...] = ("query", "passage")
COMPILED = "ctranslate2"
"""Subfolder of the weights in the format of CTranslate2."""

_OF_THE_ORIGINAL = ("entendu-model.json", "entendu-shipped.json", "training.json")
_ENGINE_ARCHITECTURES = {"bert", "roberta", "xlm-roberta", "camembert"}
_LONGEST_HEADER_BYTES = 100_000_000  # the limit of the safetensors library itself
_ENGINE_MODULES = (("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize"))


@dataclass(frozen=True)
class SentenceFolder:
    """A sentence-transformers folder, its configuration read and its weights not.

    Attributes:
        path: Of the folder.
        prompts: What is put before a text, by kind (``query``, ``passage``).
        modules: Class names of its modules, in order.
        architecture: ``model_type`` of the transformer (``bert``); empty when it is not known.
        config: Of the transformer.
        pooling: How the vectors of the tokens become one (``mean``, ``cls``); empty when it is
            something else.
        max_tokens: Longest text in tokens; None when the folder does not say.
        lower_case: Whether texts are put in lower case.
    """

    path: Path
    prompts: Mapping[str, str]
    modules: tuple[str, ...]
    architecture: str
    config: Mapping[str, Any]
    pooling: str
    max_tokens: int | None
    lower_case: bool

    @property
    def compiled(self) -> bool:
        """Whether its weights are there in the format of CTranslate2 only."""
        return (self.path / COMPILED / "model.bin").is_file() and not any(
            (self.path / name).is_file() for name in ("model.safetensors", "pytorch_model.bin")
        )

    @property
    def weights(self) -> Path:
        """The file of weights that is named in provenance."""
        if self.compiled:
            return self.path / COMPILED / "model.bin"
        safe = self.path / "model.safetensors"
        return safe if safe.is_file() else self.path / "pytorch_model.bin"

    @property
    def suits_ctranslate2(self) -> bool:
        """Whether CTranslate2 computes the same vectors, from files that are all there."""
        return (
            self.modules in _ENGINE_MODULES
            and self.architecture in _ENGINE_ARCHITECTURES
            and self.config.get("position_embedding_type", "absolute") == "absolute"
            and self.config.get("hidden_act") in {"gelu", "relu"}
            and self.pooling in {"mean", "cls"}
            and self.max_tokens is not None
            and (self.path / "tokenizer.json").is_file()
            and (
                self.compiled
                or _number_formats(self.path / "model.safetensors") in ({"F32"}, {"F16"})
            )
        )


def read_sentence_folder(path: Path) -> SentenceFolder:
    """Read the configuration of a sentence-transformers folder.

    Raises:
        ModelMissing: It is not such a folder; the message names what is missing.
        ModelCorrupt: A configuration file is not valid JSON.
    """
    required_files(
        path,
        (
            ("modules.json",),
            ("config.json", "0_Transformer/config.json", "config_sentence_transformers.json"),
        ),
        "a sentence-transformers folder",
    )
    modules = _json(path / "modules.json")
    if not isinstance(modules, list) or not all(isinstance(entry, dict) for entry in modules):
        raise ModelCorrupt(
            f"{path / 'modules.json'} is not a list of modules", remedy="copy the model again"
        )
    names = tuple(str(entry.get("type", "")).rpartition(".")[2] for entry in modules)
    config = _settings(path / "config.json")
    pooling = next(
        (
            _settings(path / str(entry.get("path", "")) / "config.json")
            for entry, name in zip(modules, names, strict=True)
            if name == "Pooling"
        ),
        {},
    )
    transformer = _settings(path / "sentence_bert_config.json")
    prompts = _settings(path / "config_sentence_transformers.json").get("prompts") or {}
    passage = prompts.get("passage", prompts.get("document", ""))
    return SentenceFolder(
        path=path,
        prompts={"query": prompts.get("query", ""), "passage": passage},
        modules=names,
        architecture=str(config.get("model_type", "")),
        config=config,
        pooling=_pooling_mode(pooling),
        max_tokens=_max_tokens(path, config, transformer),
        lower_case=bool(transformer.get("do_lower_case", False)),
    )


def copy_configuration(source: Path, target: Path) -> None:
    """Copy what a sentence-transformers folder holds besides its weights and records of them."""
    patterns = ("*.json", "*.txt", "*.model")
    for pattern in (*patterns, *(f"*/{pattern}" for pattern in patterns)):
        for file in source.glob(pattern):
            place = target / file.relative_to(source)
            if place.parent == target or place.parent.name[0].isdigit():
                place.parent.mkdir(exist_ok=True)
                shutil.copyfile(file, place)
    for name in _OF_THE_ORIGINAL:
        (target / name).unlink(missing_ok=True)


def _pooling_mode(config: Mapping[str, Any]) -> str:
    """Return the single mode of pooling; empty when there are several or it is special."""
    if not config.get("include_prompt", True):
        return ""
    mode = config.get("pooling_mode")
    if isinstance(mode, str):
        return mode
    marker = "pooling_mode_"
    switched_on = [
        key.removeprefix(marker).removesuffix("_tokens").removesuffix("_token")
        for key, value in config.items()
        if key.startswith(marker) and value is True
    ]
    return switched_on[0] if len(switched_on) == 1 else ""


def _max_tokens(
    path: Path, config: Mapping[str, Any], transformer: Mapping[str, Any]
) -> int | None:
    tokenizer = _settings(path / "tokenizer_config.json")
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and config.get("model_type") != "bert":
        positions -= position_offset(config)
    limits = [transformer.get("max_seq_length"), tokenizer.get("model_max_length"), positions]
    numbers = [limit for limit in limits if isinstance(limit, int) and limit > 0]
    return min(numbers) if numbers else None


def position_offset(config: Mapping[str, Any]) -> int:
    """Return the number of the first token's position: not 0 in the RoBERTa family."""
    if config.get("model_type") == "bert":
        return 0
    padding = config.get("pad_token_id")
    return (padding if isinstance(padding, int) else 1) + 1


def _number_formats(path: Path) -> set[str]:
    """Return the formats of the floating-point tensors of a safetensors file."""
    if not path.is_file():
        return set()
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8).ljust(8, b"\0"))
        text = file.read(min(length, _LONGEST_HEADER_BYTES))
    try:
        header = json.loads(text)
        found = {entry["dtype"] for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise ModelCorrupt(
            f"{path} is not a safetensors file, or is cut short", remedy="copy the model again"
        ) from error
    return {name for name in found if not name.startswith(("I", "U", "BOOL"))}


def _settings(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty when there is no such file."""
    if not path.is_file():
        return {}
    content = _json(path)
    if not isinstance(content, dict):
        raise ModelCorrupt(f"{path} is not a JSON object", remedy="copy the model again")
    return content


def _json(path: Path) -> Any:  # noqa: ANN401
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelCorrupt(
            f"{path} is not valid JSON: {error}", remedy="copy the model again"
        ) from error
