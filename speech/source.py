"""What is to be transcribed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conversation import Conversation
from speech.options import TranscribeOptions

DEFAULT_OPTIONS = TranscribeOptions()


@dataclass(frozen=True)
class Source:
    """A recording to transcribe.

    Attributes:
        path: An audio file, or a video with sound.
        second: The other side's file where a call is stored as two; its channel is 1.
        options: Of this recording.
        sha256: Of the file's bytes, where it is already known.
        progress: Called with the seconds of the recording that are done and with all of them;
            in the last call both are equal.
        heard: Called while it is recognised with the conversation so far, and up to which second
            nothing will be added to it; not when all is heard.
    """

    path: Path
    second: Path | None = None
    options: TranscribeOptions = DEFAULT_OPTIONS
    sha256: str | None = None
    progress: Callable[[float, float], None] | None = None
    heard: Callable[[Conversation, float], None] | None = None
