"""Getting a model from its sources into the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from conversation.errors import EntenduError, ModelSourceUnavailable
from models.conversion import FOLDER_NAME as CONVERSION
from models.conversion import converted
from models.installation import check_room, put_in_place
from models.integrity import check_hashes, describe_files
from models.own_model import model_files, task_and_weights
from models.progress import FetchProgress
from models.record import RECORD_NAME, InstallRecord, write_record
from models.sentence_folder import read_sentence_folder
from models.sources import Source
from models.sources.source import copy_file
from models.spec import FileSpec, ModelSpec, Task
from models.status import Fetched

# An encoder is also kept as float16 in the format of CTranslate2.
_ROOM = {"transcribe": 1.0, "encode": 1.5, "encode-speaker": 1.0}


def fetch_from_sources(
    spec: ModelSpec,
    sources: Sequence[Source],
    *,
    root: Path,
    stage: Path,
    progress: FetchProgress,
) -> Fetched:
    """Fetch a model of the catalogue from the first source that delivers it.

    Args:
        spec: The model.
        sources: To try, in order.
        root: Folder of the models.
        stage: Folder of :func:`models.installation.staging`.
        progress: Told how far it is.

    Raises:
        ModelSourceUnavailable: No source could deliver it; the message says why, for each.
        ModelCorrupt: What came does not have the expected hash. No other source is tried then.
        ModelError: There is no room.
    """
    failures: list[EntenduError] = []
    for number, source in enumerate(sources):
        if not source.offers(spec) and len(sources) > 1:
            failures.append(ModelSourceUnavailable(f"{source.name} does not have {spec.name}"))
            continue
        prepared, scratch = stage / f"model-{number}", stage / f"scratch-{number}"
        prepared.mkdir()
        scratch.mkdir()
        files = source.edition(spec)
        check_room(root, _room(spec.task, files) + source.scratch_bytes(spec))
        try:
            origin = source.deliver(spec, prepared, scratch=scratch, progress=progress)
        except ModelSourceUnavailable as error:
            failures.append(error)
            continue
        check_hashes(
            prepared,
            files,
            shown=origin if source.name == "folder" else spec.name,
            remedy="bring the right file"
            if source.name == "folder"
            else f"run: entendu models fetch {spec.name}",
            progress=progress,
        )
        now = datetime.now(UTC)
        record = InstallRecord(
            name=spec.name, task=spec.task, source=source.name, origin=origin, files=files,
            weights=spec.weights, fetched_at=now, verified_at=now,
        )  # fmt: skip
        return _install(prepared, record, root, stage, progress)
    if len(failures) == 1:
        raise failures[0]
    raise ModelSourceUnavailable(
        f"{spec.name}: no source could deliver it ("
        + "; ".join(error.message for error in failures)
        + ")",
        remedy=next((error.remedy for error in reversed(failures) if error.remedy), None),
    )


def bring_own_model(
    name: str, folder: Path, *, root: Path, stage: Path, progress: FetchProgress
) -> Fetched:
    """Copy a folder of the user's into the store, under a name that is not in the catalogue.

    Args:
        name: The new name.
        folder: Holds a faster-whisper model or a sentence-transformers model.
        root: Folder of the models.
        stage: Folder of :func:`models.installation.staging`.
        progress: Told how far it is.

    Raises:
        ModelMissing: The folder does not hold what such a model must have.
        ModelCorrupt: The configuration or the weights cannot be read.
        ModelError: There is no room.
    """
    task, weights = task_and_weights(folder)
    made_from_weights = not weights.startswith(f"{CONVERSION}/")
    paths = [
        path
        for path in model_files(folder)
        if path != RECORD_NAME and not (made_from_weights and path.startswith(f"{CONVERSION}/"))
    ]
    files = describe_files(folder, paths)
    check_room(root, _room(task, files))
    prepared = stage / "model"
    prepared.mkdir()
    total = sum(file.size_bytes for file in files)
    done = 0
    for file in files:
        done += copy_file(folder / file.path, prepared / file.path)
        progress("copying", done, total)
    check_hashes(
        prepared, files, shown=str(folder), remedy="do not change it meanwhile", progress=progress
    )
    now = datetime.now(UTC)
    record = InstallRecord(
        name=name, task=task, source="folder", origin=str(folder.resolve()), files=files,
        weights=weights, fetched_at=now, verified_at=now,
    )  # fmt: skip
    return _install(prepared, record, root, stage, progress)


def _install(
    prepared: Path, record: InstallRecord, root: Path, stage: Path, progress: FetchProgress
) -> Fetched:
    """Make a verified folder ready for use and put it in its place."""
    if record.task == "encode":
        progress("preparing", 0, 0)
        encoder = read_sentence_folder(prepared)
        if encoder.suits_ctranslate2:
            with converted(encoder, kept_in=prepared / CONVERSION):
                pass
    write_record(prepared, record)
    target = root / record.name
    put_in_place(prepared, target, stage)
    return Fetched(name=record.name, path=target, source=record.source, already_there=False)


def _room(task: Task, files: Sequence[FileSpec]) -> int:
    return int(_ROOM[task] * sum(file.size_bytes for file in files))
