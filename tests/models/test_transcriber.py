"""Loading recognisers, and folders that hold none."""

from __future__ import annotations

import pytest

from conversation.errors import ModelCorrupt, ModelMissing
from models import Compute, ModelStore, load_transcriber

CPU = Compute(device="cpu", compute_type="int8", threads=1)


def test_a_folder_without_tokenizer_is_refused_not_completed_from_the_hub(tmp_path):
    for name in ("model.bin", "config.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelMissing, match=r"tokenizer\.json missing"):
        load_transcriber(tmp_path, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)


def test_files_that_are_no_model_are_named(tmp_path):
    for name in ("model.bin", "config.json", "vocabulary.txt", "tokenizer.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelCorrupt, match="faster-whisper cannot load"):
        load_transcriber(tmp_path, store=ModelStore(tmp_path / "s", entries={}), compute=CPU)


def test_a_model_that_was_not_fetched_names_the_command(tmp_path):
    with pytest.raises(ModelMissing, match="entendu models fetch whisper-base"):
        load_transcriber(store=ModelStore(tmp_path), compute=CPU)


@pytest.mark.model
def test_the_real_recogniser_is_multilingual(transcriber):
    assert transcriber.model.model.is_multilingual
    assert transcriber.reference.name == "whisper-base"
    assert transcriber.reference.sha256.startswith("d01c3014")
