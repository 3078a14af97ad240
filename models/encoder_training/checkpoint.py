"""The state of a training on disk, so that it can be taken up again."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from conversation.errors import ModelCorrupt

_FILE = "checkpoint.pt"


class Checkpoint:
    """A file that is replaced as a whole, so that it is never half written.

    Args:
        folder: Where it is.
        of: What tells this training from others; only its hash is kept.
    """

    def __init__(self, folder: Path, *, of: str) -> None:
        self._folder = folder
        self._of = hashlib.sha256(of.encode()).hexdigest()

    def write(self, state: dict[str, Any]) -> None:
        """Write the state: tensors, numbers, texts, and lists and dictionaries of them."""
        import torch

        self._folder.mkdir(parents=True, exist_ok=True)
        draft = self._folder / f".{_FILE}.{os.getpid()}"
        torch.save({"of": self._of, "state": state}, draft)
        draft.replace(self._folder / _FILE)

    def read(self) -> dict[str, Any] | None:
        """Return the state; None when there is none.

        Raises:
            ModelCorrupt: It cannot be read, or is of a training with other pairs, settings or
                weights at the start.
        """
        import torch

        path = self._folder / _FILE
        if not path.is_file():
            return None
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
            state: dict[str, Any] = content["state"]
            of = content["of"]
        except Exception as error:  # torch raises errors of many kinds
            raise ModelCorrupt(
                f"{path} is no checkpoint, or is damaged: {error}",
                remedy="start without --resume",
            ) from error
        if of != self._of:
            raise ModelCorrupt(
                f"{path} is of a training with other pairs, settings or weights at the start",
                remedy="give the same ones, or start without --resume",
            )
        return state

    def remove(self) -> None:
        """Remove the file; nothing is left to be taken up."""
        shutil.rmtree(self._folder, ignore_errors=True)
