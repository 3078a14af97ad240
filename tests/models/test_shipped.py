"""Encoders with int8 weights only, and the one that ships with the package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from conversation.errors import ModelCorrupt
from models import Compute, ModelSpec, ModelStore, catalogue, load_encoder, shipped
from models.conversion import compile_encoder
from models.sentence_folder import copy_configuration, read_sentence_folder
from models.spec import FileSpec
from models.transformer_weights import compiled_tensors, load_transformer

CPU = Compute(device="cpu", compute_type="int8", threads=1)
NAME = "entendu-encoder-fr-en"
TEXTS = ["bonjour je voudrais résilier mon contrat", "the line is down please", "facture"]


@pytest.fixture(scope="module")
def compiled(encoder_folder, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("compiled") / "tiny-int8"
    compile_encoder(read_sentence_folder(encoder_folder), out)
    return out


@pytest.fixture
def shipped_tiny(compiled, tmp_path, monkeypatch) -> ModelStore:
    """A store whose catalogue has one model, which ships in a package of its own."""
    monkeypatch.setattr(shipped, "_WEIGHTS", tmp_path / "weights")
    folder = tmp_path / "weights" / "tiny-int8"
    shutil.copytree(compiled, folder)
    (folder / "README.md").write_text("a card")
    shipped.write_manifest(folder, entry("tiny-int8"))
    specs = {spec.name: spec for spec in shipped.shipped_models()}
    return ModelStore(tmp_path / "store", entries=specs)


def entry(name: str) -> ModelSpec:
    weights = "ctranslate2/model.bin"
    return ModelSpec(
        name=name, task="encode", summary="for tests", languages=("fr", "en"), licence="MIT",
        homepage="https://example.org", weights=weights, shipped=True,
        files=(FileSpec(path=weights, size_bytes=0, sha256="0" * 64),),
    )  # fmt: skip


@pytest.mark.parametrize(("precision", "least"), [("int8", 0.99), ("float32", 0.999), (None, 0.99)])
def test_int8_weights_are_loaded_as_they_are(compiled, encoder_folder, tmp_path, precision, least):
    store = ModelStore(tmp_path / "s", entries={})
    small = load_encoder(compiled, store=store, compute=CPU, precision=precision)
    assert not store.root.exists()  # nothing is converted
    whole = load_encoder(encoder_folder, store=store, compute=CPU)
    assert np.sum(small.encode(TEXTS) * whole.encode(TEXTS), axis=1).min() > least


def test_a_compiled_folder_holds_no_other_weights(compiled):
    assert not list(compiled.rglob("*.safetensors"))
    folder = read_sentence_folder(compiled)
    assert folder.compiled
    assert folder.suits_ctranslate2
    assert folder.weights == compiled / "ctranslate2" / "model.bin"


def test_compiling_what_was_compiled_changes_nothing(compiled, tmp_path):
    from safetensors.numpy import save_file

    again = tmp_path / "again"
    shutil.copytree(compiled, again)
    shutil.rmtree(again / "ctranslate2")
    tensors = compiled_tensors(read_sentence_folder(compiled))
    save_file(tensors, again / "model.safetensors", {"format": "pt"})
    compile_encoder(read_sentence_folder(again), tmp_path / "out")
    assert (tmp_path / "out" / "ctranslate2" / "model.bin").read_bytes() == (
        compiled / "ctranslate2" / "model.bin"
    ).read_bytes()


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_pytorch_reads_the_int8_weights(make_encoder_folder, tmp_path, kind):
    whole = make_encoder_folder(tmp_path / "whole", model_type=kind)
    compile_encoder(read_sentence_folder(whole), tmp_path / "small")
    before = load_transformer(read_sentence_folder(whole)).state_dict()
    after = load_transformer(read_sentence_folder(tmp_path / "small")).state_dict()
    offset = 2 if kind == "roberta" else 0
    for name, value in before.items():
        if "pooler" not in name and value.is_floating_point():
            start = offset if "position_embeddings" in name else 0
            assert abs(value[start:] - after[name][start:]).max() < 0.01, name


@pytest.mark.parametrize("damage", ["cut", "version", "empty", "shape"])
def test_weights_that_are_damaged_are_named(compiled, tmp_path, damage):
    folder = tmp_path / "copy"
    shutil.copytree(compiled, folder)
    file = folder / "ctranslate2" / "model.bin"
    content = file.read_bytes()
    if damage == "shape":
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 4}))
    else:
        changed = {
            "cut": content[: len(content) // 2],
            "version": b"\x09" + content[1:],
            "empty": b"",
        }
        file.write_bytes(changed[damage])
    with pytest.raises(ModelCorrupt):
        load_transformer(read_sentence_folder(folder))
    if damage != "shape":
        with pytest.raises(ModelCorrupt, match="install the model again"):
            load_encoder(folder, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)


def test_a_shipped_model_needs_no_fetching_and_no_store(shipped_tiny):
    (status,) = shipped_tiny.list()
    assert status.present
    assert status.source == "package"
    assert shipped_tiny.fetch_if_needed("tiny-int8").already_there
    verified = shipped_tiny.verify("tiny-int8")
    assert verified.source == "package"
    assert "README.md" not in {file.path for file in verified.files}
    reference = shipped_tiny.reference("tiny-int8")
    assert reference.sha256 is not None
    encoder = load_encoder("tiny-int8", store=shipped_tiny, compute=CPU)
    assert encoder.reference == reference
    assert encoder.encode(TEXTS).shape == (3, 32)
    assert not shipped_tiny.root.exists()


def test_what_is_made_from_a_shipped_model_does_not_claim_to_be_it(shipped_tiny, tmp_path):
    copy_configuration(shipped_tiny.path("tiny-int8"), tmp_path / "made")
    assert (tmp_path / "made" / "modules.json").is_file()
    assert not (tmp_path / "made" / shipped.MANIFEST).exists()


def test_a_damaged_shipped_model_is_told_and_never_overwritten(shipped_tiny):
    place = shipped_tiny.path("tiny-int8")
    (place / "ctranslate2" / "vocabulary.json").write_text("[]")
    (status,) = shipped_tiny.list()
    assert not status.present
    for refused in (shipped_tiny.path, shipped_tiny.verify, shipped_tiny.fetch):
        with pytest.raises(ModelCorrupt) as caught:
            refused("tiny-int8")
        assert caught.value.remedy == "install entendu again"


def test_a_description_that_is_of_another_model_is_refused(shipped_tiny, tmp_path):
    folder = tmp_path / "weights" / "tiny-int8"
    shipped.write_manifest(folder, entry("another"))
    with pytest.raises(ModelCorrupt, match="another"):
        shipped.shipped_models()
    (folder / shipped.MANIFEST).write_text("{}")
    with pytest.raises(ModelCorrupt, match="does not describe a model"):
        shipped.shipped_models()


def test_a_compiled_folder_can_be_brought_under_a_name(compiled, tmp_path):
    store = ModelStore(tmp_path / "store", entries={})
    store.fetch("mine", folder=compiled)
    assert store.verify("mine").source == "folder"
    assert load_encoder("mine", store=store, compute=CPU).encode(TEXTS).shape == (3, 32)


def test_the_encoder_that_ships_is_whole_and_small():
    store = ModelStore(Path("nothing-here"))
    verified = store.verify(NAME)
    assert verified.size_bytes < 45_000_000
    spec = catalogue()[NAME]
    assert spec.licence == "MIT"
    assert spec.languages == ("fr", "en")
    card = (store.path(NAME) / "README.md").read_text(encoding="utf-8")
    assert "MIT" in card


def test_the_encoder_that_ships_finds_the_same_meaning_in_two_languages():
    encoder = load_encoder(NAME, store=ModelStore(Path("nothing-here")), compute=CPU)
    french, english, other = encoder.encode(
        ["Je veux résilier mon abonnement.", "I want to cancel my plan.", "Il fait beau demain."]
    )
    assert french @ english > max(french @ other, english @ other)


@pytest.mark.model
def test_the_encoder_that_ships_stays_near_the_whole_one_that_it_was_made_of(encoder):
    small = load_encoder(NAME, store=ModelStore(Path("nothing-here")), compute=CPU)
    texts = [
        "Bonjour, ma ligne fixe ne marche plus depuis mardi, on m'a facturé 12,50 €.",
        "Where's my refund? I can't log in to NetBanking.",
        "jai pas recu mon colis 😡",
    ]
    assert np.sum(small.encode(texts) * encoder.encode(texts), axis=1).min() > 0.9
