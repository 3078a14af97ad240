"""Everything served: pipeline, store, jobs, HTTP API, reports and the command line."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.analysis import Analysis
    from serving.pipeline import Pipeline
    from serving.report import render_report
    from serving.settings import Settings, load_settings
    from serving.version import entendu_version

__all__ = [
    "Analysis",
    "Pipeline",
    "Settings",
    "entendu_version",
    "load_settings",
    "render_report",
]

# Looked up when first used, so that `entendu --help` does not wait for all rooms.
_HOMES = {
    "Analysis": "serving.analysis",
    "Pipeline": "serving.pipeline",
    "Settings": "serving.settings",
    "entendu_version": "serving.version",
    "load_settings": "serving.settings",
    "render_report": "serving.report",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'serving' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
