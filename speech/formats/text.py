"""Conversations as text that a person reads."""

from __future__ import annotations

from conversation import Conversation, Turn
from speech.formats.labels import is_french, speaker_labels


def to_text(conversation: Conversation) -> str:
    """Write one line a turn: when, who, what.

    Args:
        conversation: What was said.

    Returns:
        Lines such as ``[00:01:05] Conseiller : Bonjour.``, which :func:`read_conversation` reads
        as a chat; time is left out where a turn has none. Lines that go on with a message are
        indented.
    """
    colon = " : " if is_french(conversation) else ": "
    lines = []
    for turn, label in zip(conversation.turns, speaker_labels(conversation), strict=True):
        said = turn.text.strip().splitlines() or [""]
        lines.append(f"{_when(turn)}{label}{colon}{said[0]}".rstrip())
        lines += [f"    {line.strip()}" for line in said[1:] if line.strip()]
    return "".join(f"{line}\n" for line in lines)


def _when(turn: Turn) -> str:
    if turn.start_s is not None:
        whole_s = int(turn.start_s)
        return f"[{whole_s // 3600:02d}:{whole_s // 60 % 60:02d}:{whole_s % 60:02d}] "
    if turn.at is not None:
        return f"[{turn.at:%Y-%m-%d %H:%M:%S}] "
    return ""
