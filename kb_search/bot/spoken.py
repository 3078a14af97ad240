"""The bot's words as a voice says them: short sentences, no links, no lists, no signs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb_search.words import Language

LONG_SENTENCE_WORDS = 20

_ORDINALS: dict[Language, tuple[str, ...]] = {
    "fr": ("Premièrement", "Deuxièmement", "Troisièmement", "Quatrièmement"),
    "en": ("First", "Second", "Third", "Fourth"),
}
_SITE: dict[Language, str] = {"fr": "notre site", "en": "our website"}
_MARKDOWN_LINK = re.compile(r"\[([^\]]{1,200})\]\([^)]{1,500}\)")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>»”)]+")
_BULLET = re.compile(r"(?m)^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_SIGNS = re.compile(r"[«»“”\"*_#`|<>]+")
_BREAK = re.compile(
    r", (?=(?:mais|puis|sinon|ensuite|donc|car|but|then|otherwise|so|because)\b)", re.IGNORECASE
)


def spoken(text: str, language: Language) -> str:
    """Write words so that a voice can say them.

    Args:
        text: For readers.
        language: Of the bot's own words.

    Returns:
        One line; what the words state is not changed.
    """
    said = _MARKDOWN_LINK.sub(r"\1", text)
    said = _LINK.sub(_SITE[language], said)
    said = _BULLET.sub("", said)
    said = _SIGNS.sub(" ", said)
    said = re.sub(r"\s*›\s*", ", ", said)
    said = re.sub(r"\s*:?\s*[;\n]+\s*", ". ", said)
    said = re.sub(r"\s+:\s+", ", ", said)
    said = re.sub(r"\s*[()]\s*", ", ", said)
    said = re.sub(r"\s+", " ", said)
    said = re.sub(r"(?:,\s*)+([.,!?])", r"\1", said)
    said = re.sub(r"\s+([.,])", r"\1", said)
    said = re.sub(r"([.!?])(?:\s*\.)+", r"\1", said)
    return " ".join(_shorter(sentence) for sentence in _sentences(said)).strip()


def spoken_choices(labels: Sequence[str], language: Language) -> str:
    """Read choices out: "Premièrement, la box. Deuxièmement, le mobile."."""
    return " ".join(
        f"{ordinal}, {spoken(label, language).rstrip('.!? ')}."
        for ordinal, label in zip(_ORDINALS[language], labels, strict=False)
    )


def _sentences(text: str) -> list[str]:
    sentences = [part.strip(" ,") for part in re.split(r"(?<=[.!?])\s+", text)]
    return [part[:1].upper() + part[1:] for part in sentences if any(c.isalnum() for c in part)]


def _shorter(sentence: str) -> str:
    """Cut a long sentence where a clause of its own begins."""
    if len(sentence.split()) <= LONG_SENTENCE_WORDS:
        return sentence
    parts = _BREAK.split(sentence)
    return ". ".join(part[:1].upper() + part[1:] for part in parts)
