"""Cutting an encoder's vocabulary: texts of kept pieces keep their vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput, ModelCorrupt
from models import Compute, ModelStore, load_encoder
from models.sentence_folder import read_sentence_folder
from models.vocabulary_cut import cut_tokenizer, cut_vocabulary, unigram_pieces

CPU = Compute(device="cpu", compute_type="int8", threads=1)
LETTERS = "abcdeéç€7.▁"
WORDS = ("▁abc", "▁ab", "bc", "▁dé", "de", "▁ça", "b7")
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
POST = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "</s>", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
    "special_tokens": {
        name: {"id": name, "ids": [number], "tokens": [name]}
        for number, name in ((0, "<s>"), (2, "</s>"))
    },
}


def unigram_tokenizer() -> dict:
    """A tokenizer of the kind of XLM-R, with the mask token last."""
    vocabulary = [
        *([name, 0.0] for name in SPECIAL),
        *([piece, -3.0 - number / 10] for number, piece in enumerate(WORDS)),
        *([letter, -9.0 - number / 10] for number, letter in enumerate(LETTERS)),
        ["<mask>", 0.0],
    ]
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": name, "special": True, **flags}
            for number, (name, _) in enumerate(vocabulary)
            if name.startswith("<")
        ],
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        "post_processor": POST,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary},
    }


@pytest.fixture
def whole(make_encoder_folder, tmp_path) -> Path:
    """A random encoder with a vector for each piece."""
    from safetensors.numpy import load_file, save_file

    folder = make_encoder_folder(tmp_path / "whole")
    tokenizer = unigram_tokenizer()
    count = len(tokenizer["model"]["vocab"])
    config = json.loads((folder / "config.json").read_text()) | {"vocab_size": count}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    weights = load_file(folder / "model.safetensors")
    table = np.random.default_rng(0).standard_normal((count, 32)).astype(np.float32)
    weights["embeddings.word_embeddings.weight"] = table
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def cut(folder: Path, keep: set[str], out: Path):
    count = cut_vocabulary(read_sentence_folder(folder), keep, out)
    store = ModelStore(out.parent / "store", entries={})
    return count, load_encoder(out, store=store, compute=CPU)


def test_texts_whose_pieces_are_kept_keep_their_vectors(whole, tmp_path):
    keep = {"▁abc", "▁ab", "▁dé", *LETTERS} - {"é"}
    count, small = cut(whole, keep, tmp_path / "small")
    before = load_encoder(whole, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)
    assert count == len(SPECIAL) + 1 + len(keep)
    assert json.loads((tmp_path / "small" / "config.json").read_text())["vocab_size"] == count
    texts = ["abc dé", "ab", "a 7 . €"]
    similarity = np.sum(small.encode(texts) * before.encode(texts), axis=1)
    np.testing.assert_allclose(similarity, 1, atol=1e-5)
    assert np.sum(small.encode(["ça"]) * before.encode(["ça"])) < 0.999  # its word is gone


@given(st.sets(st.sampled_from([*WORDS, *LETTERS])), st.text(alphabet=LETTERS[:-1] + " "))
def test_the_numbers_stay_in_step_with_the_pieces(keep, text):
    from tokenizers import Tokenizer

    old = unigram_tokenizer()
    new = unigram_tokenizer()
    numbers = cut_tokenizer(new, keep)
    assert [old["model"]["vocab"][number] for number in numbers] == new["model"]["vocab"]
    names = [piece for piece, _ in new["model"]["vocab"]]
    assert set(names) == keep | set(SPECIAL) | {"<mask>"}
    for entry in new["added_tokens"]:
        assert names[entry["id"]] == entry["content"]
    tokenizer = Tokenizer.from_str(json.dumps(new))
    encoding = tokenizer.encode(text)
    assert encoding.ids[0] == names.index("<s>")
    assert encoding.ids[-1] == names.index("</s>")
    # A text of kept pieces is cut into the same ones.
    before = Tokenizer.from_str(json.dumps(old)).encode(text)
    if set(before.tokens) <= set(names):
        assert [numbers[number] for number in encoding.ids] == before.ids


def test_pieces_are_listed_with_their_scores(whole):
    pieces = dict(unigram_pieces(whole / "tokenizer.json"))
    assert pieces["▁abc"] == -3.0
    assert len(pieces) == len(SPECIAL) + len(WORDS) + len(LETTERS) + 1


def test_a_tokenizer_of_another_kind_is_refused(encoder_folder, tmp_path):
    with pytest.raises(BadInput, match="expected Unigram"):
        cut_vocabulary(read_sentence_folder(encoder_folder), {"a"}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_weights_that_do_not_fit_the_tokenizer_are_refused(whole, encoder_folder, tmp_path):
    (whole / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        cut_vocabulary(read_sentence_folder(whole), {"a"}, tmp_path / "out")
    (whole / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match="not a tokenizer"):
        cut_vocabulary(read_sentence_folder(whole), {"a"}, tmp_path / "out")
