"""The models under the names that OpenAI's clients ask for."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from conversation.errors import ModelMissing, NotFound

if TYPE_CHECKING:
    from serving.settings import Settings

Task = Literal["transcription", "embedding", "knowledge"]

KNOWLEDGE_MODEL = "entendu-kb"
"""Answers of :func:`chat completions <serving.routes.openai.chat>` come from documents."""


@dataclass(frozen=True)
class ServedModel:
    """A model that is served, under one of its names.

    Attributes:
        id: The name.
        task: What it does.
        created: When it came to this machine, seconds since 1970.
    """

    id: str
    task: Task
    created: int


def served_models(settings: Settings) -> tuple[ServedModel, ...]:
    """Return the models that are on this machine, aliases included, in order of their names."""
    times = {task: _created(settings, task) for task in ("transcription", "embedding")}
    times["knowledge"] = times["embedding"]
    found = []
    for name, task in sorted(_names(settings).items()):
        created = times[task]
        if created is not None:
            found.append(ServedModel(name, task, created))
    return tuple(found)


def check_model(settings: Settings, name: str, task: Task) -> None:
    """Refuse a model that is not served for a task.

    Args:
        settings: Name the models.
        name: What was asked for.
        task: What for.

    Raises:
        NotFound: No model of this name does it.
    """
    known = _names(settings)
    if known.get(name) != task:
        names = ", ".join(sorted(one for one, does in known.items() if does == task))
        raise NotFound(
            f"the model {name[:100]!r} does not exist or does not do this",
            remedy=f"use one of: {names}",
        )


def _names(settings: Settings) -> dict[str, Task]:
    """Return what each name stands for, whether or not the model is on this machine."""
    return {
        _name(settings.transcription_model): "transcription",
        _name(settings.embedding_model): "embedding",
        KNOWLEDGE_MODEL: "knowledge",
        **settings.model_aliases,
    }


@functools.cache
def _name(model: str) -> str:
    """Return the name of a model; of a folder only its last part, paths are nobody's business."""
    return Path(model).name if Path(model).is_absolute() else model


def _created(settings: Settings, task: str) -> int | None:
    from models import ModelStore

    name = settings.transcription_model if task == "transcription" else settings.embedding_model
    try:
        return int(ModelStore(settings.models_dir).path(name).stat().st_mtime)
    except (ModelMissing, NotFound):
        return None
