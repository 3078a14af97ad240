"""Conversations as WebVTT subtitles (``.vtt``), https://www.w3.org/TR/webvtt1/."""

from __future__ import annotations

from conversation import Conversation
from speech.formats.cues import check_times, split_into_cues
from speech.formats.labels import speaker_labels


def to_vtt(conversation: Conversation) -> str:
    """Write the conversation as WebVTT, the speaker of each cue as its voice.

    Cues overlap where two people speak at once; browsers show both.

    Args:
        conversation: A conversation with times.

    Returns:
        The content of the file.

    Raises:
        BadInput: The conversation has no times.
    """
    check_times(conversation, "WebVTT")
    voices = [_escaped(label) for label in speaker_labels(conversation)]
    cues = split_into_cues(conversation, prefixes=[""] * len(voices), may_overlap=True)
    return "WEBVTT\n" + "".join(
        f"\n{number}\n{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n"
        f"<v {voices[cue.turn]}>{_escaped(chr(10).join(cue.lines))}</v>\n"
        for number, cue in enumerate(cues, start=1)
    )


def _escaped(text: str) -> str:
    """Escape what has a meaning in cue text; ``-->`` goes with it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(time_ms: int) -> str:
    return (
        f"{time_ms // 3_600_000:02d}:{time_ms // 60_000 % 60:02d}:"
        f"{time_ms // 1000 % 60:02d}.{time_ms % 1000:03d}"
    )
