"""Conversations as WebVTT subtitles (``.vtt``), https://www.w3.org/TR/webvtt1/."""

from __future__ import annotations

from conversation import Conversation
from speech.formats.cues import Cue, check_times, split_into_cues
from speech.formats.labels import speaker_labels


def to_vtt(conversation: Conversation, *, speakers: bool = True) -> str:
    """Write the conversation as WebVTT, the speaker of each cue as its voice.

    Cues overlap where two people speak at once; browsers show both.

    Args:
        conversation: A conversation with times.
        speakers: Whether to say who speaks.

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
        f"{_said(cue, voices[cue.turn] if speakers else None)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _said(cue: Cue, voice: str | None) -> str:
    text = _escaped("\n".join(cue.lines))
    return text if voice is None else f"<v {voice}>{text}</v>"


def _escaped(text: str) -> str:
    """Escape what has a meaning in cue text; ``-->`` goes with it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(time_ms: int) -> str:
    return (
        f"{time_ms // 3_600_000:02d}:{time_ms // 60_000 % 60:02d}:"
        f"{time_ms // 1000 % 60:02d}.{time_ms % 1000:03d}"
    )
