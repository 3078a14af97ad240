"""Conversations as SubRip subtitles (``.srt``)."""

from __future__ import annotations

from conversation import Conversation
from speech.formats.cues import check_times, split_into_cues
from speech.formats.labels import is_french, speaker_labels

_LONGEST_LABEL = 18
_LOOKALIKES = str.maketrans("<>{}", "‹›()")


def to_srt(conversation: Conversation, *, speakers: bool = True) -> str:
    """Write the conversation as SubRip.

    The format has no field for the speaker, so each cue starts with it ("Conseiller : …"). Two
    cues are never shown at once, which players of this format do badly.

    Args:
        conversation: A conversation with times.
        speakers: Whether to say who speaks.

    Returns:
        The content of the file, without byte order mark; empty for a conversation without turns.

    Raises:
        BadInput: The conversation has no times.
    """
    check_times(conversation, "SubRip")
    colon = " : " if is_french(conversation) else ": "
    prefixes = [
        f"{_shortened(label)}{colon}" if speakers else "" for label in speaker_labels(conversation)
    ]
    cues = split_into_cues(conversation, prefixes=prefixes, may_overlap=False)
    return "".join(
        f"{number}\n{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n"
        f"{prefixes[cue.turn]}{_escaped(cue.lines)}\n\n"
        for number, cue in enumerate(cues, start=1)
    )


def _shortened(label: str) -> str:
    """Leave room for what is said beside a long name."""
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1]}…"


def _escaped(lines: tuple[str, ...]) -> str:
    """Replace what players take for markup or for a time line; the format has no escapes."""
    return "\n".join(line.translate(_LOOKALIKES) for line in lines)


def _clock(time_ms: int) -> str:
    return (
        f"{time_ms // 3_600_000:02d}:{time_ms // 60_000 % 60:02d}:"
        f"{time_ms // 1000 % 60:02d},{time_ms % 1000:03d}"
    )
