"""The words of one utterance as the tokens that the rules of the written form read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from conversation.written.numerals import BOUNDARY, NUMBER_WORDS, QUATRE_VINGT

ELISION = "'"
"""Key of an elided word ("d'", "l'"), whatever it is."""

_OPENING = re.compile(r"^[«“\"(\[{¿¡\s]+")
_CLOSING = re.compile(r"[\s.,;:!?…»”\")\]}]+$")
_ELIDED = re.compile(r"^(?:[dlnmtsjc]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=.)", re.IGNORECASE)
_SPELLED = re.compile(r"(?:[^\W\d_][.\-]){2,}[^\W\d_]\.?")
_CURRENCY_BEFORE = re.compile(r"[$£€]\d")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SPLIT_AT = re.compile(r"(@)")
_HYPHENS = re.compile(r"[-‐‑]")
_BETWEEN_NUMBERS = frozenset({"et", "and", "pour"})


@dataclass(frozen=True)
class Token:
    """One piece of a word.

    Attributes:
        key: What rules compare: lower case, or a mark such as BOUNDARY.
        text: As it stands in the word, without punctuation.
        word: Index of its word.
        opens: Whether something written may begin here.
        closes: Whether something written may end here.
        prefix: What stands before it in its word.
        tail: What stands after it in its word, where it is the last.
    """

    key: str
    text: str
    word: int
    opens: bool
    closes: bool
    prefix: str = ""
    tail: str = ""


@dataclass(frozen=True)
class Line:
    """An utterance in tokens.

    Attributes:
        tokens: In order; punctuation and words that must not be touched are BOUNDARY.
        language: ``fr`` or ``en``.
    """

    tokens: tuple[Token, ...]
    language: str
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(token.key for token in self.tokens))

    def key(self, at: int) -> str:
        """Return the key at an index; "" outside the line."""
        return self.keys[at] if 0 <= at < len(self.keys) else ""

    def mark(self, at: int) -> str:
        """Return the punctuation at an index; "" where there is none."""
        return self.tokens[at].text if self.key(at) == BOUNDARY else ""

    def before(self, at: int, count: int) -> tuple[str, ...]:
        """Return up to ``count`` keys before an index, of the same sentence."""
        start = at
        while start > max(0, at - count) and self.mark(start - 1).strip() not in (".", "!", "?"):
            start -= 1
        return self.keys[start:at]


@dataclass(frozen=True)
class Match:
    """What a rule makes of a line's tokens.

    Attributes:
        end: Index of the first token after it.
        text: How it is written; None to leave the words as they are.
    """

    end: int
    text: str | None


Rule = Callable[[Line, int], Match | None]


def read_line(texts: Sequence[str | None], language: str) -> Line:
    """Take the words of an utterance apart.

    Args:
        texts: Of each word; None for one that must not be touched.
        language: ``fr`` or ``en``.

    Returns:
        The tokens; "quatre-vingt-dix" and "d'onze" are several.
    """
    tokens: list[Token] = []
    for word, text in enumerate(texts):
        if text is None:
            tokens.append(Token(BOUNDARY, "!", word, opens=False, closes=False))
        else:
            tokens += _take_apart(text, word, language)
    return Line(tuple(tokens), language)


def _take_apart(text: str, word: int, language: str) -> list[Token]:
    opening = found[0] if (found := _OPENING.match(text)) else ""
    core = text[len(opening) :]
    closing = ""
    if not _SPELLED.fullmatch(core):
        closing = found[0] if (found := _CLOSING.search(core)) else ""
        core = core[: len(core) - len(closing)]
    tokens: list[Token] = []
    if opening:
        tokens.append(Token(BOUNDARY, opening.strip(), word, opens=False, closes=False))
    elided = ""
    if language == "fr" and (found := _ELIDED.match(core)):
        elided = found[0]
        core = core[len(elided) :]
        tokens.append(Token(ELISION, elided, word, opens=False, closes=False))
    pieces = _pieces(core, language)
    for place, piece in enumerate(pieces):
        is_last = place == len(pieces) - 1
        tokens.append(
            Token(
                key=_key(piece),
                text=piece,
                word=word,
                opens=place == 0,
                closes=is_last,
                prefix=opening + elided if place == 0 else "",
                tail=closing if is_last else "",
            )
        )
    if closing or not pieces:
        tokens.append(Token(BOUNDARY, closing.strip(), word, opens=False, closes=not pieces))
    return tokens


def _key(piece: str) -> str:
    return piece.lower().replace("’", "'").replace("œ", "oe")


def _pieces(core: str, language: str) -> list[str]:
    if not any(character.isalnum() or character in "@€$£%+#" for character in core):
        return []
    if _SPELLED.fullmatch(core) and core == core.upper():
        return [character for character in core if character.isalpha()]
    if " " in core:  # "42,50 €" is one word of the recogniser
        return [piece for part in core.split() for piece in _pieces(part, language)]
    if "@" in core and not _ADDRESS.fullmatch(core):
        return [piece for piece in _SPLIT_AT.split(core) if piece]
    if _CURRENCY_BEFORE.match(core):
        return [core]
    if core[-1] in "%€$£" and len(core) > 1:
        return [*_pieces(core[:-1], language), core[-1]]
    return _hyphenated(core, language)


def _hyphenated(core: str, language: str) -> list[str]:
    parts = _HYPHENS.split(core)
    if len(parts) == 1:
        return parts
    known = NUMBER_WORDS[language] | _BETWEEN_NUMBERS
    last = parts[-1].lower()
    is_ordinal = last.endswith(("ième", "ièmes", "th", "st", "rd", "second", "third"))
    if not all(part.lower() in known for part in parts[:-1]) or not (last in known or is_ordinal):
        return [core]
    if language == "fr":
        joined: list[str] = []
        for part in parts:
            if part.lower() in ("vingt", "vingts") and joined and joined[-1].lower() == "quatre":
                joined[-1] = QUATRE_VINGT
            else:
                joined.append(part)
        return joined
    return parts
