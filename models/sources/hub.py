"""Models on the Hugging Face hub."""

from __future__ import annotations

import errno
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conversation.errors import ModelSourceUnavailable
from models.progress import FetchProgress, watching
from models.sources.source import write_small_files
from models.spec import FileSpec, ModelSpec

_TIMEOUT_S = 10.0


class HubDownload:
    """The hub that ``HF_ENDPOINT`` names, https://huggingface.co unless it is set.

    The revision is pinned, no credentials are sent, and nothing is written to the hub's cache.
    """

    name = "hub"

    def offers(self, spec: ModelSpec) -> bool:
        """Say whether the catalogue names a repository."""
        return spec.hub is not None

    def edition(self, spec: ModelSpec) -> tuple[FileSpec, ...]:
        """Return the files as they are on the hub, and ours beside them."""
        return spec.edition_of("hub")

    def scratch_bytes(self, spec: ModelSpec) -> int:  # noqa: ARG002
        """Return 0: the files are downloaded to where they are moved from."""
        return 0

    def deliver(
        self, spec: ModelSpec, target: Path, *, scratch: Path, progress: FetchProgress
    ) -> str:
        """Download the files of the pinned revision."""
        if spec.hub is None:
            raise ModelSourceUnavailable(f"{spec.name} is not on the hub")
        repository, revision = spec.hub.repository, spec.hub.revision
        total = sum(file.size_bytes for file in spec.hub.files)
        remedy = (
            "check the network, HF_ENDPOINT and HF_HUB_OFFLINE, or bring the files: "
            f"entendu models fetch {spec.name} --from FOLDER"
        )
        with (
            watching(scratch, progress, total),
            reaching_hub(f"{repository} at {revision[:12]}", remedy=remedy),
        ):
            knock_at_hub()
            paths = [file.path for file in spec.hub.files]
            download_files(repository, revision, paths, scratch)
        for file in spec.hub.files:
            place = target / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            if (scratch / file.path).is_file():
                shutil.move(scratch / file.path, place)
        write_small_files(spec, target)
        return f"{repository}@{revision}"


@contextmanager
def reaching_hub(what: str, *, remedy: str) -> Iterator[None]:
    """Turn errors of the network and the hub into one of our own.

    Args:
        what: What is wanted, for the message.
        remedy: What to do.

    Raises:
        ModelSourceUnavailable: The hub cannot be reached or does not have it.
    """
    try:
        yield
    except Exception as error:  # the library lets those of its HTTP client through
        if not _is_about_the_download(error):
            raise
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelSourceUnavailable(
            f"{what} cannot be had from {hub_endpoint()} ({reason[0]})", remedy=remedy
        ) from error


def download_files(repository: str, revision: str, paths: list[str], folder: Path) -> None:
    """Download files of one commit into a folder; without credentials and the hub's cache."""
    import huggingface_hub
    from huggingface_hub.utils import tqdm

    class Silent(tqdm):  # type: ignore[misc]
        """A progress bar that shows nothing; the files on disk are watched instead."""

        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **(options | {"disable": True}))

    huggingface_hub.snapshot_download(
        repository,
        revision=revision,
        allow_patterns=paths,
        local_dir=folder,
        endpoint=hub_endpoint(),
        etag_timeout=_TIMEOUT_S,
        token=False,
        tqdm_class=Silent,
    )


def hub_endpoint() -> str:
    """Return the address of the hub."""
    return os.environ.get("HF_ENDPOINT") or "https://huggingface.co"


def knock_at_hub() -> None:
    """Find out in seconds that the hub is out of reach; its library tries for half a minute."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        raise ConnectionError("HF_HUB_OFFLINE is set")
    endpoint = hub_endpoint()
    if not endpoint.startswith(("https://", "http://")):
        raise ConnectionError(f"HF_ENDPOINT is {endpoint!r}, expected https://…")
    request = urllib.request.Request(endpoint, method="HEAD")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
            pass
    except urllib.error.HTTPError:
        pass  # it answers; whether it has the model is asked next
    except urllib.error.URLError as error:
        raise ConnectionError(str(error.reason)) from error


def _is_about_the_download(error: Exception) -> bool:
    """Say whether an error comes from the network or the hub, and not from this program."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return False
    library = type(error).__module__.partition(".")[0]
    return isinstance(error, OSError) or library in {"huggingface_hub", "httpx", "httpcore"}
