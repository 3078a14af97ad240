"""Names of models on the Hugging Face hub, and what their folders in the store are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORT_NAMES: dict[str, str] = {
    "tiny": "Systran/faster-whisper-tiny",
    "tiny.en": "Systran/faster-whisper-tiny.en",
    "base": "Systran/faster-whisper-base",
    "base.en": "Systran/faster-whisper-base.en",
    "small": "Systran/faster-whisper-small",
    "small.en": "Systran/faster-whisper-small.en",
    "medium": "Systran/faster-whisper-medium",
    "medium.en": "Systran/faster-whisper-medium.en",
    "large-v1": "Systran/faster-whisper-large-v1",
    "large-v2": "Systran/faster-whisper-large-v2",
    "large-v3": "Systran/faster-whisper-large-v3",
    "large": "Systran/faster-whisper-large-v3",
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
}
"""The names that faster-whisper knows, and the repositories they stand for there."""

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_REPOSITORY = re.compile(
    rf"(?P<owner>{_PART})/(?P<name>{_PART})(?:@(?P<revision>[\w./-]{{1,100}}))?"
)
_FOLDER = re.compile(rf"(?P<owner>{_PART}?)--(?P<name>{_PART}?)(?:--at-(?P<revision>[\w.-]+))?")


@dataclass(frozen=True)
class HubName:
    """A model on the hub.

    Attributes:
        repository: ``owner/name``.
        revision: Commit, branch or tag; None for the newest.
    """

    repository: str
    revision: str | None = None

    def __str__(self) -> str:
        return self.repository + (f"@{self.revision}" if self.revision else "")

    @property
    def folder(self) -> str:
        """Name of its folder in the store; no repository has ``--`` in its name."""
        name = self.repository.replace("/", "--")
        return f"{name}--at-{self.revision.replace('/', '-')}" if self.revision else name


def parse_hub_name(name: str) -> HubName | None:
    """Read a name as that of a model on the hub.

    Args:
        name: ``large-v3-turbo`` and what else faster-whisper knows, ``owner/name``,
            ``owner/name@revision``, or the name of such a model's folder in the store.

    Returns:
        The model; None where the name can be none.
    """
    if name in SHORT_NAMES:
        return HubName(SHORT_NAMES[name])
    match = _REPOSITORY.fullmatch(name) or _FOLDER.fullmatch(name)
    if match is None or "--" in match["name"] or ".." in name:
        return None
    return HubName(f"{match['owner']}/{match['name']}", match["revision"])
