"""What was said, as a text to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from serving.screens.chat.talk import Talk
    from serving.sign_in_page.words import PageLanguage

_ENDED = {"agent": "ended_by_person", "silence": "ended_silence"}


def transcript_of(
    talk: Talk, words: Mapping[str, str], language: PageLanguage, *, time_zone: str
) -> str:
    """Return a conversation as plain text, with the articles that the answers stand on and its end.

    Args:
        talk: The conversation.
        words: Of the chat, in the reader's language.
        language: Whose punctuation.
        time_zone: Name of the zone of the times; the text names it once.
    """
    colon = "\u00a0:" if language == "fr" else ":"
    zone = ZoneInfo(time_zone)
    lines = [f"{words['times']}{colon} {time_zone}", ""]
    for one in talk.messages:
        at = f"[{one.at.astimezone(zone):%Y-%m-%d %H:%M}]"
        if one.happened == "joined":
            who = one.name or words["agent"]
            lines.append(f"{at} {words['joined'].replace('{name}', who)}")
            continue
        lines.append(f"{at} {one.name or words[one.speaker]}{colon} {one.text}")
        lines += [f"    {words['source']}{colon} {source.title}" for source in one.sources]
    if talk.state == "closed":
        lines += ["", words[_ENDED.get(talk.closed_by or "", "closed")]]
    return "\n".join(lines) + "\n"
