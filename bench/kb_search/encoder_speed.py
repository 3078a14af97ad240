"""Measure how fast the shipped encoder is beside sentence-transformers in torch float32.

    python bench/kb_search/encoder_speed.py --threads 2 --out bench/kb_search/encoder_speed.json

Both have the same weights: those of the shipped encoder, multiplied out to float32 for torch. The
engines take turns on the same texts, so that what else the machine does meets all of them; the
timer includes the tokenizer and the pooling, not the loading. Texts are questions of
``encoder_needs``; the long ones are joined from articles until they have 128 tokens.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from encoder_pairs import read_needs
from safetensors.numpy import save_file

from conversation import ModelReference
from models import Compute, ModelStore, load_encoder
from models.sentence_folder import copy_configuration, read_sentence_folder
from models.sentence_transformers_encoder import SentenceTransformersEncoder
from models.transformer_weights import compiled_tensors

TOKENS = 128
PROMPT_TOKENS = 4  # "passage: " and the two special tokens, of a text that is cut to TOKENS


def main() -> None:
    """Load the engines, let them take turns, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="entendu-encoder-fr-en")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    compute = Compute(device="cpu", compute_type="int8", threads=options.threads)
    folder = read_sentence_folder(ModelStore().path(options.model))
    engines: dict[str, Callable[..., np.ndarray]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        whole = Path(temporary)
        copy_configuration(folder.path, whole)
        save_file(compiled_tensors(folder), whole / "model.safetensors", {"format": "pt"})
        engines["sentence-transformers, torch float32"] = SentenceTransformersEncoder(
            read_sentence_folder(whole), ModelReference(name="float32"), compute, "float32"
        ).encode
    for precision in ("int8", "float32"):
        engines[f"entendu, CTranslate2 {precision}"] = load_encoder(
            options.model, compute=compute, precision=precision
        ).encode
    loads = tasks(folder.path)
    for encode in engines.values():  # once without the clock
        for texts, kind in loads.values():
            encode(texts[:2], kind=kind)
    times: dict[str, dict[str, list[float]]] = {n: {e: [] for e in engines} for n in loads}
    cosines: dict[str, dict[str, float]] = {name: {} for name in loads}
    for _ in range(options.rounds):
        for name, (texts, kind) in loads.items():
            reference: np.ndarray | None = None
            for engine, encode in engines.items():
                started = time.perf_counter()
                if name == "one text":
                    vectors = np.concatenate([encode([text], kind=kind) for text in texts])
                else:
                    vectors = encode(texts, kind=kind)
                times[name][engine].append((time.perf_counter() - started) / len(texts))
                reference = vectors if reference is None else reference
                cosines[name][engine] = round(float((vectors * reference).sum(axis=1).min()), 5)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU",
        "load_average": os.getloadavg(),
        "packages": {
            name: version(name) for name in ("ctranslate2", "sentence-transformers", "torch")
        },
        "threads": options.threads,
        "rounds": options.rounds,
        "model": ModelStore().reference(options.model).model_dump(),
        "tasks": {},
    }
    for name, by_engine in times.items():
        slowest = by_engine["sentence-transformers, torch float32"]
        report["tasks"][name] = {
            engine: {
                "ms_per_text_median": round(1000 * statistics.median(found), 3),
                "ms_per_text_least": round(1000 * min(found), 3),
                "texts_per_s_median": round(1 / statistics.median(found), 1),
                "times_as_fast_median": round(
                    statistics.median(a / b for a, b in zip(slowest, found, strict=True)), 2
                ),
                "cosine_least": cosines[name][engine],
                "ms_per_text": [round(1000 * value, 3) for value in found],
            }
            for engine, found in by_engine.items()
        }
    options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for name, engines_of in report["tasks"].items():
        for engine, found in engines_of.items():
            print(name, "|", engine, {k: v for k, v in found.items() if k != "ms_per_text"})


def tasks(folder: Path) -> dict[str, tuple[list[str], str]]:
    """Return the texts of each task and their kind."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    needs = list(read_needs())
    asks = [ask for need in needs for ask in need.asks["fr"][:1]]
    articles = [need.articles[language] for need in needs for language in ("fr", "en")]
    long = []
    for number in range(32):
        text = " ".join(articles[3 * number : 3 * number + 5])
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        long.append(tokenizer.decode(ids[: TOKENS - PROMPT_TOKENS]))
    return {
        "one text": (asks[:16], "query"),
        "32 short texts": (asks[:32], "query"),
        f"32 passages of {TOKENS} tokens": (long, "passage"),
    }


if __name__ == "__main__":
    main()
