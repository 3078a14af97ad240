"""Make the encoder that ships with Entendu: cut the vocabulary, store the weights in int8.

    python bench/kb_search/encoder_build.py --pieces pieces.txt --float OUT/float32
    python bench/kb_search/encoder_build.py --tuned OUT/encoder

``pieces.txt`` is what ``encoder_vocabulary.py`` writes. ``--float`` keeps the cut encoder in
float32, from which one trains. ``--tuned`` ships an encoder that ``entendu train encoder`` made.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from models import ModelSpec, ModelStore
from models.conversion import compile_encoder
from models.sentence_folder import read_sentence_folder
from models.shipped import shipped_folder, write_manifest
from models.spec import FileSpec
from models.vocabulary_cut import cut_vocabulary

NAME = "entendu-encoder-fr-en"
WEIGHTS = "ctranslate2/model.bin"
LIMIT_BYTES = 45_000_000


def main() -> None:
    """Cut, compile, describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pieces", type=Path)
    parser.add_argument("--float", type=Path, dest="floating")
    parser.add_argument("--tuned", type=Path)
    parser.add_argument("--model", default="multilingual-e5-small")
    parser.add_argument("--out", type=Path, default=shipped_folder(NAME))
    options = parser.parse_args()
    card = options.out / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else None
    with tempfile.TemporaryDirectory() as temporary:
        source = options.tuned
        if source is None:
            source = options.floating or Path(temporary) / "float32"
            pieces = options.pieces.read_text(encoding="utf-8").split("\n")
            whole = read_sentence_folder(ModelStore().path(options.model))
            print(f"{cut_vocabulary(whole, pieces, source)} pieces")
        compile_encoder(read_sentence_folder(source), options.out)
    if text is not None:
        card.write_text(text, encoding="utf-8")
    spec = write_manifest(options.out, entry())
    print(f"{options.out}: {spec.size_bytes / 1e6:.2f} MB")
    for file in spec.files:
        print(f"  {file.size_bytes:>10} {file.sha256} {file.path}")
    if spec.size_bytes > LIMIT_BYTES:
        raise SystemExit(f"more than {LIMIT_BYTES} bytes")


def entry() -> ModelSpec:
    """Return the catalogue entry, its files not yet known."""
    return ModelSpec(
        name=NAME,
        task="encode",
        summary="multilingual E5 small with the word pieces of French and English only, 41 million "
        "weights in int8, vectors of 384",
        languages=("fr", "en"),
        licence="MIT",
        homepage="https://huggingface.co/intfloat/multilingual-e5-small",
        weights=WEIGHTS,
        files=(FileSpec(path=WEIGHTS, size_bytes=0, sha256="0" * 64),),
        shipped=True,
    )


if __name__ == "__main__":
    main()
