"""Fixtures shared by all rooms: paths stay in a temporary folder, models are loaded once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from models import ModelStore, default_models_dir, load_encoder, load_transcriber, resolve_compute

# Timings of a shared machine are no property of the code.
settings.register_profile("entendu", deadline=None)
settings.load_profile("entendu")

MODELS_DIR = default_models_dir()  # before the environment below is changed


@pytest.fixture(autouse=True)
def _paths_stay_in_a_temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep settings, data and the working folder of the developer out of the tests."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("ENTENDU_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ENTENDU_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("ENTENDU_MODELS_DIR", str(MODELS_DIR))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(home)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Folder of the real models, fetched once by ``entendu models fetch``."""
    return MODELS_DIR


@pytest.fixture(scope="session")
def encoder():
    """The sentence encoder that ships with Entendu, the default."""
    store = ModelStore(MODELS_DIR)
    return load_encoder(store=store, compute=resolve_compute("cpu"))


@pytest.fixture(scope="session")
def transcriber():
    """The real whisper-base."""
    store = ModelStore(MODELS_DIR)
    return load_transcriber("whisper-base", store=store, compute=resolve_compute("cpu"))


@pytest.fixture(scope="session")
def examples_dir() -> Path:
    """The sample conversations and knowledge base that ship with the project."""
    return Path(__file__).resolve().parent.parent / "examples"
