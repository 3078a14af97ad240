"""Where data and models are kept."""

from __future__ import annotations

from pathlib import Path

from models import default_data_dir, default_model_sources, default_models_dir


def test_the_environment_decides(monkeypatch):
    monkeypatch.setenv("ENTENDU_DATA_DIR", "/some/data")
    monkeypatch.delenv("ENTENDU_MODELS_DIR", raising=False)
    assert default_data_dir() == Path("/some/data")
    assert default_models_dir() == Path("/some/data/models")
    monkeypatch.setenv("ENTENDU_MODELS_DIR", "/other/models")
    assert default_models_dir() == Path("/other/models")


def test_without_it_the_systems_own_folder_is_used(monkeypatch):
    monkeypatch.delenv("ENTENDU_DATA_DIR", raising=False)
    assert default_data_dir().name == "entendu"


def test_the_hub_is_asked_only_by_those_who_want_it(monkeypatch):
    assert default_model_sources() == ("wheel",)
    monkeypatch.setenv("ENTENDU_MODEL_SOURCES", "/mnt/models, wheel,hub")
    assert default_model_sources() == ("/mnt/models", "wheel", "hub")
