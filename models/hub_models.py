"""Whisper models of the hub that are not in the catalogue: any repository that has one."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from conversation.errors import ModelCorrupt, ModelSourceUnavailable
from models.hub_names import HubName
from models.installation import check_room, put_in_place
from models.integrity import describe_files
from models.own_model import check_whisper_folder
from models.progress import FetchProgress, watching
from models.record import InstallRecord, write_record
from models.sources.hub import download_files, hub_endpoint, knock_at_hub, reaching_hub
from models.status import Fetched

_WANTED = re.compile(
    r"config\.json|preprocessor_config\.json|model\.bin|tokenizer\.json|vocabulary\.(json|txt)"
)
_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class _HubFile:
    """A file as the hub describes it.

    Attributes:
        path: Its name.
        size_bytes: Its size; 0 when the hub does not say.
        sha256: Of large files.
        git_sha1: Of small ones, as git hashes them.
    """

    path: str
    size_bytes: int
    sha256: str | None
    git_sha1: str | None


def fetch_hub_model(name: HubName, *, root: Path, stage: Path, progress: FetchProgress) -> Fetched:
    """Download a Whisper model in CTranslate2 format, check it and put it in its place.

    The revision is settled first, so that all files are of one commit. Each file must have the
    hash that the hub states for it; the record keeps the SHA-256 of all.

    Args:
        name: The model.
        root: Folder of the models.
        stage: Folder of :func:`models.installation.staging`.
        progress: Told how far it is.

    Raises:
        ModelSourceUnavailable: The hub cannot be reached, or has no such model.
        ModelMissing: The repository holds no such model; the message names what is missing.
        ModelCorrupt: A file is not what the hub says it is.
        ModelError: There is no room.
    """
    scratch, prepared = stage / "scratch", stage / "model"
    with reaching_hub(str(name), remedy=_remedy(name)):
        knock_at_hub()
        commit, files = _describe(name)
    if not any(file.path == "model.bin" for file in files):
        raise ModelSourceUnavailable(
            f"{name.repository} has no model.bin, so it is not in CTranslate2 format",
            remedy="convert it with ct2-transformers-converter and bring the folder: "
            "entendu models fetch NAME --from FOLDER",
        )
    total = sum(file.size_bytes for file in files)
    check_room(root, total)
    scratch.mkdir()
    with (
        reaching_hub(str(name), remedy=_remedy(name)),
        watching(scratch, progress, total),
    ):
        download_files(name.repository, commit, [file.path for file in files], scratch)
    prepared.mkdir()
    for number, file in enumerate(files, start=1):
        place = scratch / file.path
        problem = _problem(place, file)
        if problem is not None:
            raise ModelCorrupt(
                f"{name.repository}/{file.path} {problem}",
                remedy=f"run: entendu models fetch {name}",
            )
        shutil.move(place, prepared / file.path)
        progress("verifying", number, len(files))
    check_whisper_folder(prepared, shown=name.repository)
    now = datetime.now(UTC)
    record = InstallRecord(
        name=name.folder, task="transcribe", source="hub", origin=f"{name.repository}@{commit}",
        files=describe_files(prepared, sorted(file.path for file in files)), weights="model.bin",
        fetched_at=now, verified_at=now,
    )  # fmt: skip
    write_record(prepared, record)
    target = root / name.folder
    put_in_place(prepared, target, stage)
    return Fetched(name=name.folder, path=target, source="hub", already_there=False)


def _describe(name: HubName) -> tuple[str, Sequence[_HubFile]]:
    """Ask the hub for the commit of a revision and for the files that faster-whisper needs."""
    from huggingface_hub import HfApi

    info = HfApi(endpoint=hub_endpoint(), token=False).model_info(
        name.repository, revision=name.revision, timeout=_TIMEOUT_S, files_metadata=True
    )
    commit = info.sha
    if not isinstance(commit, str) or not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise ModelSourceUnavailable(f"{hub_endpoint()} names no commit of {name}")
    files = [
        _HubFile(
            path=file.rfilename,
            size_bytes=file.size or 0,
            sha256=file.lfs.sha256 if file.lfs is not None else None,
            git_sha1=file.blob_id,
        )
        for file in info.siblings or ()
        if _WANTED.fullmatch(file.rfilename)
    ]
    return commit, files


def _problem(path: Path, file: _HubFile) -> str | None:
    """Say how a file differs from what the hub states; None when it does not."""
    if not path.is_file():
        return "did not come"
    if file.sha256 is not None:
        kind, expected, digest = "SHA-256", file.sha256, hashlib.sha256()
    elif file.git_sha1 is not None:
        kind, expected = "git hash", file.git_sha1
        # How git names a blob; it guards against damage, the commit against exchange.
        digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    else:
        return "has no hash on the hub that it could be checked with"
    with path.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    got = digest.hexdigest()
    return None if got == expected else f"has {kind} {got}, expected {expected}"


def _remedy(name: HubName) -> str:
    return (
        "check the name, the network, HF_ENDPOINT and HF_HUB_OFFLINE, or bring the files: "
        f"entendu models fetch {name} --from FOLDER"
    )
