"""The description of the API without a running service."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any


def snapshot() -> dict[str, Any]:
    """Return the OpenAPI description, the same one whatever the settings of this machine are."""
    from serving.app import create_app
    from serving.settings import Settings

    nowhere = Path(tempfile.gettempdir()) / "entendu-openapi"  # never opened
    description: dict[str, Any] = create_app(
        Settings(data_dir=nowhere, models_dir=nowhere)
    ).openapi()
    return description
