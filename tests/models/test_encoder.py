"""Sentence encoders: order, batches, prompts, both engines, and folders that are no encoders."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import (
    BadInput,
    DeviceUnavailable,
    ModelCorrupt,
    ModelMissing,
)
from models import Compute, ModelStore, load_encoder
from models.conversion import forget_damaged_conversion
from models.sentence_folder import read_sentence_folder
from models.token_batches import token_batches

HIDDEN = 32
WORDS = ("bonjour", "je", "voudrais", "résilier", "facture", "merci", "the", "line", "down")
CPU = Compute(device="cpu", compute_type="int8", threads=1)
TEXTS = st.lists(st.sampled_from([*WORDS, "étrange", "!"]), max_size=60).map(" ".join)


@pytest.fixture(scope="module")
def tiny(encoder_folder, tmp_path_factory):
    store = ModelStore(tmp_path_factory.mktemp("store"), entries={})
    return load_encoder(encoder_folder, store=store, compute=CPU)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_a_vector_does_not_depend_on_its_batch(tiny, texts):
    together = tiny.encode(texts)
    alone = np.concatenate([tiny.encode([text]) for text in texts])
    assert together.shape == (len(texts), HIDDEN)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.sum(together * alone, axis=1), 1, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_texts_is_kept(tiny, texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    shuffled = tiny.encode([texts[position] for position in order])
    np.testing.assert_allclose(shuffled, tiny.encode(texts)[order], atol=1e-5)


@given(
    st.lists(st.integers(min_value=1, max_value=600), max_size=200),
    st.integers(min_value=1, max_value=2000),
)
def test_batches_hold_each_text_once_and_stay_in_the_budget(lengths, budget):
    batches = token_batches(lengths, budget)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[p] for p in batch) <= budget


def test_no_texts_give_no_vectors(tiny):
    assert tiny.encode([]).shape == (0, HIDDEN)


def test_vectors_have_length_one_even_of_empty_texts(tiny):
    vectors = tiny.encode(["", " ", "bonjour", "ligne " * 500])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_queries_and_passages_get_the_models_own_prompts(tiny):
    query, passage = tiny.encode(["facture"]), tiny.encode(["facture"], kind="passage")
    assert not np.allclose(query, passage)


def test_space_around_a_text_does_not_count(tiny):
    np.testing.assert_array_equal(tiny.encode(["  ligne \n"]), tiny.encode(["ligne"]))


def test_a_text_in_place_of_a_list_is_refused(tiny):
    with pytest.raises(BadInput, match="expected a list of texts"):
        tiny.encode("bonjour")
    with pytest.raises(BadInput, match="'question' is not known"):
        tiny.encode(["bonjour"], kind="question")


@pytest.mark.parametrize("pooling", ["mean_tokens", "cls_token"])
def test_both_engines_give_the_same_vectors(make_encoder_folder, tmp_path, pooling):
    from models.sentence_transformers_encoder import SentenceTransformersEncoder

    path = make_encoder_folder(tmp_path / "folder")
    (path / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": HIDDEN} | {
            f"pooling_mode_{mode}": mode == pooling for mode in ("mean_tokens", "cls_token")
        })
    )  # fmt: skip
    (path / "sentence_bert_config.json").write_text('{"max_seq_length": 40, "do_lower_case": true}')
    ours = load_encoder(path, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)
    assert type(ours).__name__ == "CTranslate2Encoder"
    folder = read_sentence_folder(path)
    theirs = SentenceTransformersEncoder(folder, ours.reference, CPU, "float32")
    known = ["bonjour", "merci merci facture"]
    for their, our in zip(theirs.tokenize(known), ours.tokenize(known), strict=True):
        assert their.ids.tolist() == our.ids.tolist()
    assert theirs.tokenize([]) == []
    assert theirs.text_of_tokens([5, 6]) == ours.text_of_tokens([5, 6])
    np.testing.assert_allclose(
        theirs.encode_together(theirs.tokenize(known)), theirs.encode(known), atol=1e-6
    )
    texts = ["Bonjour je voudrais résilier", "", "line down", "merci " * 100, "xyz"]
    for kind in ("query", "passage"):
        one, other = ours.encode(texts, kind=kind), theirs.encode(texts, kind=kind)
        np.testing.assert_allclose(np.sum(one * other, axis=1), 1, atol=1e-5)
    assert theirs.encode([]).shape == (0, HIDDEN)
    assert theirs.dim == ours.dim


def test_an_architecture_of_its_own_runs_in_sentence_transformers(tmp_path, make_encoder_folder):
    folder = make_encoder_folder(tmp_path / "other", hidden_act="gelu_new")
    encoder = load_encoder(folder, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)
    assert type(encoder).__name__ == "SentenceTransformersEncoder"
    assert encoder.encode(["bonjour", "merci"]).shape == (2, HIDDEN)
    assert not (tmp_path / "s").exists()


def test_roberta_positions_begin_after_the_padding(tmp_path, make_encoder_folder):
    from models.sentence_transformers_encoder import SentenceTransformersEncoder

    path = make_encoder_folder(
        tmp_path / "roberta", model_type="roberta", architectures=["RobertaModel"], pad_token_id=1
    )
    store = ModelStore(tmp_path / "s", entries={})
    ours = load_encoder(path, store=store, compute=CPU)
    assert type(ours).__name__ == "CTranslate2Encoder"
    theirs = SentenceTransformersEncoder(read_sentence_folder(path), ours.reference, CPU, "float32")
    texts = ["bonjour je voudrais résilier mon contrat", "line down"]
    similarity = np.sum(ours.encode(texts) * theirs.encode(texts), axis=1)
    np.testing.assert_allclose(similarity, 1, atol=1e-5)


def test_int8_is_close_to_float32(tiny, encoder_folder, tmp_path):
    store = ModelStore(tmp_path, entries={})
    small = load_encoder(encoder_folder, store=store, compute=CPU, precision="int8")
    texts = ["bonjour je voudrais résilier mon contrat", "the line is down please"]
    assert np.sum(small.encode(texts) * tiny.encode(texts), axis=1).min() > 0.99


def test_an_unknown_precision_is_refused(encoder_folder, tmp_path):
    with pytest.raises(BadInput, match="float13"):
        load_encoder(encoder_folder, compute=CPU, precision="float13")


def test_a_gpu_that_is_not_there_is_said_to_be(encoder_folder, tmp_path):
    from models.sentence_transformers_encoder import SentenceTransformersEncoder

    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is one")
    gpu = Compute(device="cuda", compute_type="float16", threads=1)
    folder = read_sentence_folder(encoder_folder)
    store = ModelStore(tmp_path, entries={})
    with pytest.raises(DeviceUnavailable):
        SentenceTransformersEncoder(folder, store.reference(folder.path), gpu, "float16")
    with pytest.raises(DeviceUnavailable):
        load_encoder(encoder_folder, store=store, compute=gpu)


@pytest.mark.parametrize("name", ["modules.json", "config.json"])
def test_a_folder_without_its_configuration_names_what_is_missing(encoder_folder, tmp_path, name):
    folder = tmp_path / "copy"
    shutil.copytree(encoder_folder, folder)
    for path in {name, *(("config_sentence_transformers.json",) if "config" in name else ())}:
        (folder / path).unlink()
    with pytest.raises(ModelMissing, match=name):
        load_encoder(folder, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)


@pytest.mark.parametrize("name", ["modules.json", "tokenizer.json", "model.safetensors"])
def test_a_file_that_is_cut_short_is_named(encoder_folder, tmp_path, name):
    folder = tmp_path / "copy"
    shutil.copytree(encoder_folder, folder)
    os.truncate(folder / name, 20)
    with pytest.raises(ModelCorrupt, match=name):
        load_encoder(folder, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)


def test_weights_of_another_shape_are_refused(encoder_folder, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(encoder_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 5}))
    with pytest.raises(ModelCorrupt, match=r"model\.safetensors does not hold the encoder"):
        load_encoder(folder, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)
    assert not list((tmp_path / "s").rglob("model.bin"))


def test_new_weights_are_converted_again(encoder_folder, tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = tmp_path / "copy"
    shutil.copytree(encoder_folder, folder)
    store = ModelStore(tmp_path / "s", entries={})
    before = load_encoder(folder, store=store, compute=CPU).encode(["bonjour"])
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.word_embeddings.weight"][:] *= -1
    save_file(weights, folder / "model.safetensors")
    after = load_encoder(folder, store=store, compute=CPU).encode(["bonjour"])
    assert np.sum(before * after) < 0.99


def test_a_folder_of_the_users_is_not_written_to(encoder_folder, tmp_path):
    before = sorted(encoder_folder.rglob("*"))
    store = ModelStore(tmp_path / "s", entries={})
    load_encoder(encoder_folder, store=store, compute=CPU)
    assert sorted(encoder_folder.rglob("*")) == before
    assert store.conversion_folder(encoder_folder).is_dir()


def test_a_read_only_store_still_loads(encoder_folder, tmp_path, monkeypatch):
    def read_only(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("models.conversion._convert_and_keep", read_only)
    store = ModelStore(tmp_path / "s", entries={})
    encoder = load_encoder(encoder_folder, store=store, compute=CPU)
    assert encoder.encode(["bonjour"]).shape == (1, HIDDEN)


def test_a_damaged_conversion_is_made_again(encoder_folder, tmp_path):
    store = ModelStore(tmp_path / "s", entries={})
    before = load_encoder(encoder_folder, store=store, compute=CPU).encode(["bonjour"])
    place = store.conversion_folder(encoder_folder)
    assert not forget_damaged_conversion(place)
    content = bytearray((place / "model.bin").read_bytes())
    content[len(content) // 2] ^= 0x40
    (place / "model.bin").write_bytes(content)
    assert forget_damaged_conversion(place)
    after = load_encoder(encoder_folder, store=store, compute=CPU).encode(["bonjour"])
    np.testing.assert_array_equal(before, after)


def test_a_prepared_encoder_loads_without_pytorch(encoder_folder, tmp_path, tiny):
    store = ModelStore(tmp_path / "s", entries={})
    load_encoder(encoder_folder, store=store, compute=CPU)
    code = f"""
        import sys
        from pathlib import Path
        from models import Compute, ModelStore, load_encoder

        store = ModelStore(Path({str(store.root)!r}), entries={{}})
        encoder = load_encoder({str(encoder_folder)!r}, store=store,
                               compute=Compute("cpu", "int8", 1))
        encoder.encode(["bonjour"])
        heavy = {{"torch", "transformers", "sentence_transformers", "faster_whisper", "sklearn"}}
        sys.exit(", ".join(heavy & set(sys.modules)) or None)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.model
def test_the_real_encoder_finds_the_same_meaning_in_two_languages(encoder):
    french, english, other = encoder.encode(
        ["Je veux résilier mon abonnement.", "I want to cancel my plan.", "Il fait beau demain."]
    )
    assert french @ english > max(french @ other, english @ other)
    assert encoder.dim == 384
    assert encoder.reference.sha256 is not None


@pytest.mark.model
def test_the_real_vectors_are_those_of_sentence_transformers(models_dir):
    from models.sentence_transformers_encoder import SentenceTransformersEncoder

    encoder = load_encoder("multilingual-e5-small", store=ModelStore(models_dir), compute=CPU)
    folder = read_sentence_folder(models_dir / "multilingual-e5-small")
    other = SentenceTransformersEncoder(folder, encoder.reference, CPU, "float32")
    texts = ["Bonjour, ma ligne fixe ne marche plus depuis mardi.", "Where's my refund?", "  oui "]
    similarity = np.sum(encoder.encode(texts) * other.encode(texts), axis=1)
    np.testing.assert_allclose(similarity, 1, atol=1e-5)


@given(st.lists(TEXTS, min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_texts_encoded_in_one_pass_have_the_same_vectors(tiny, texts):
    together = tiny.encode_together(tiny.tokenize(texts, kind="passage"))
    np.testing.assert_allclose(
        np.sum(together * tiny.encode(texts, kind="passage"), axis=1), 1, atol=1e-5
    )
    assert tiny.encode_together([]).shape == (0, HIDDEN)


def test_tokens_are_counted_with_prompt_and_frame_and_stand_for_their_text(tiny):
    short, long = tiny.tokenize(["bonjour", "bonjour " * 1000])
    assert 1 < len(short) < len(long)
    assert len(tiny.tokenize(["bonjour"], kind="passage")[0]) > 1
    assert tiny.tokenize([]) == []
    known = tiny._tokenizer.encode("bonjour merci").ids
    assert "bonjour merci" in tiny.text_of_tokens(known)
    for wrong in (-1, tiny._tokenizer.get_vocab_size()):
        with pytest.raises(BadInput, match="not in the vocabulary"):
            tiny.text_of_tokens([wrong])
