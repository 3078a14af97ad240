"""What was said, as a text to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.screens.chat.talk import Talk
    from serving.sign_in_page.words import PageLanguage


def transcript_of(talk: Talk, words: Mapping[str, str], language: PageLanguage) -> str:
    """Return a conversation as plain text, with the articles that the answers stand on.

    Args:
        talk: The conversation.
        words: Of the chat, in the reader's language.
        language: Whose punctuation.
    """
    colon = "\u00a0:" if language == "fr" else ":"
    lines = []
    for one in talk.messages:
        at = f"[{one.at:%Y-%m-%d %H:%M} UTC]"
        if one.happened == "joined":
            who = one.name or words["agent"]
            lines.append(f"{at} {words['joined'].replace('{name}', who)}")
            continue
        lines.append(f"{at} {one.name or words[one.speaker]}{colon} {one.text}")
        lines += [f"    {words['source']}{colon} {source.title}" for source in one.sources]
    return "\n".join(lines) + "\n"
