"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

from conversation import Conversation
from conversation.errors import BadInput
from speech.formats.srt import to_srt
from speech.formats.text import to_text
from speech.formats.timeline import to_rttm
from speech.formats.vtt import to_vtt

Format = Literal["json", "text", "srt", "vtt", "rttm"]
FORMATS: tuple[Format, ...] = get_args(Format)

SUFFIXES: dict[Format, str] = {
    "json": ".json",
    "text": ".txt",
    "srt": ".srt",
    "vtt": ".vtt",
    "rttm": ".rttm",
}
"""What the name of a file in each format ends in."""

_SYNONYMS: dict[str, Format] = {"txt": "text", "webvtt": "vtt", "subrip": "srt"}
_WRITERS: dict[Format, Callable[[Conversation], str]] = {
    "text": to_text,
    "srt": to_srt,
    "vtt": to_vtt,
    "rttm": to_rttm,
}


def parse_formats(given: Sequence[str]) -> tuple[Format, ...]:
    """Read names of formats, each once, in the order given.

    Args:
        given: Names, several in one with commas between them: ``["srt,vtt", "json"]``. ``txt``,
            ``webvtt`` and ``subrip`` do as well.

    Raises:
        BadInput: A name is not known, or none was given.
    """
    names = [name.strip().casefold() for entry in given for name in entry.split(",")]
    found: dict[Format, None] = {}
    for name in filter(None, names):
        known = _SYNONYMS.get(name, name)
        if known not in FORMATS:
            raise BadInput(
                f"format {name!r} is not known", remedy=f"use one or more of {', '.join(FORMATS)}"
            )
        found[known] = None
    if not found:
        raise BadInput("no format was given", remedy=f"use one or more of {', '.join(FORMATS)}")
    return tuple(found)


def format_conversation(conversation: Conversation, name: Format) -> str:
    """Write a conversation in a format.

    Args:
        conversation: What was said.
        name: The format; ``json`` is the conversation in its published schema.

    Returns:
        The content of the file; it ends in a line feed unless it is empty.

    Raises:
        BadInput: The format needs times and the conversation has none.
    """
    if name == "json":
        return conversation.model_dump_json(indent=2) + "\n"
    return _WRITERS[name](conversation)
