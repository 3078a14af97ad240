"""What every source of models can do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from models.progress import FetchProgress
from models.spec import FileSpec, ModelSpec


class Source(Protocol):
    """A place that models come from."""

    @property
    def name(self) -> str:
        """``folder``, ``wheel`` or ``hub``."""
        ...

    def offers(self, spec: ModelSpec) -> bool:
        """Say whether the catalogue knows this model in this source."""
        ...

    def edition(self, spec: ModelSpec) -> tuple[FileSpec, ...]:
        """Return the files that this source delivers, as they should be."""
        ...

    def scratch_bytes(self, spec: ModelSpec) -> int:
        """Return how much room is needed besides that of the model itself."""
        ...

    def deliver(
        self, spec: ModelSpec, target: Path, *, scratch: Path, progress: FetchProgress
    ) -> str:
        """Put the model's files into a folder; the caller verifies them.

        Args:
            spec: The model.
            target: An existing, empty folder.
            scratch: An existing, empty folder on the same file system, removed afterwards.
            progress: Told how far it is.

        Returns:
            Where exactly they came from, for the record.

        Raises:
            ModelSourceUnavailable: The source cannot be reached or does not have the model.
            ModelCorrupt: What came is not what the catalogue expects.
        """
        ...


def write_small_files(spec: ModelSpec, target: Path) -> None:
    """Write the files of a model whose content is the catalogue's own."""
    for path, content in spec.written.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8", newline="")


def copy_file(source: Path, target: Path) -> int:
    """Copy a file's bytes, nothing else, and return how many."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target.stat().st_size
