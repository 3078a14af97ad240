"""The language of a turn or of a conversation, among those that the centre works in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from conversation import Conversation
from conversation.errors import BadInput

if TYPE_CHECKING:
    from lingua import LanguageDetector

DEFAULT_LANGUAGES = ("fr", "en")
"""BCP 47 primary tags of the languages told apart when nothing else is asked for."""

MIN_WORDS = 3
"""A text with fewer words is not judged by itself: "ok merci", "allô" belong to any language."""

_MAX_CHARS = 2000  # more text does not change the answer


def detect_language(
    text: str | Sequence[str], languages: Sequence[str] = DEFAULT_LANGUAGES
) -> str | None:
    """Tell which of the candidate languages a text, or several texts together, is written in.

    Args:
        text: One text, or several that are taken together (the turns of a conversation).
        languages: BCP 47 primary tags of the candidates; with a single one it is the answer.

    Returns:
        The tag; None when the text is too short to tell (fewer than ``MIN_WORDS`` words in all).

    Raises:
        BadInput: No candidate is given, or lingua does not know one of them.
    """
    joined = text if isinstance(text, str) else " ".join(text)
    if len(_words(joined)) < MIN_WORDS:
        _check(languages)
        return None
    return _detect(joined, languages)


def detect_turn_languages(
    conversation: Conversation, languages: Sequence[str] = DEFAULT_LANGUAGES
) -> tuple[str | None, ...]:
    """Tell the language of each turn; short turns inherit it.

    A turn of fewer than ``MIN_WORDS`` words takes the language of the turn before it by the same
    speaker, otherwise that of the whole conversation.

    Args:
        conversation: Any conversation; languages already stored in it are not read.
        languages: As for :func:`detect_language`.

    Returns:
        One tag for each turn, in order; None where nothing in the conversation tells.

    Raises:
        BadInput: As for :func:`detect_language`.
    """
    whole = detect_language([turn.text for turn in conversation.turns], languages)
    found: list[str | None] = []
    last: dict[str, str | None] = {}
    for turn in conversation.turns:
        language = detect_language(turn.text, languages) or last.get(turn.speaker, whole)
        last[turn.speaker] = language
        found.append(language)
    return tuple(found)


def detect_conversation_language(
    conversation: Conversation, languages: Sequence[str] = DEFAULT_LANGUAGES
) -> str | None:
    """Tell the language of most of the words of a conversation.

    Args:
        conversation: Any conversation; languages already stored in it are not read.
        languages: As for :func:`detect_language`.

    Returns:
        The tag; None when the conversation is too short to tell.

    Raises:
        BadInput: As for :func:`detect_language`.
    """
    words: Counter[str] = Counter()
    tags = detect_turn_languages(conversation, languages)
    for turn, tag in zip(conversation.turns, tags, strict=True):
        if tag is not None:
            words[tag] += len(_words(turn.text))
    return words.most_common(1)[0][0] if words else None


def _detect(text: str, languages: Sequence[str]) -> str | None:
    tags = _check(languages)
    if len(tags) == 1:
        return tags[0]
    language = _detector(tags).detect_language_of(text[:_MAX_CHARS])
    return None if language is None else str(language.iso_code_639_1.name.lower())


def _check(languages: Sequence[str]) -> tuple[str, ...]:
    tags = tuple(sorted({tag.split("-")[0].lower() for tag in languages}))
    if not tags:
        raise BadInput(
            "no candidate language was given", remedy="name at least one, such as fr or en"
        )
    if tags != ("en", "fr"):
        unknown = sorted(set(tags) - _known())
        if unknown:
            raise BadInput(
                f"unknown language {', '.join(unknown)}",
                remedy="use two-letter tags of ISO 639-1, such as fr, en or de",
            )
    return tags


@cache
def _known() -> frozenset[str]:
    from lingua import IsoCode639_1, Language

    codes = {language.iso_code_639_1 for language in Language.all()}
    return frozenset(code.name.lower() for code in codes if isinstance(code, IsoCode639_1))


@cache
def _detector(tags: tuple[str, ...]) -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [IsoCode639_1.from_str(tag) for tag in tags]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()


def _words(text: str) -> list[str]:
    return [word for word in text.split() if any(char.isalpha() for char in word)]
