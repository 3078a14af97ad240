"""Names that nothing announces, known from the registers of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlu.personal_data.name_lists import PLACES, NameLists
from nlu.personal_data.name_words import (
    ARTICLES,
    MONTHS,
    MOST_NAME_WORDS,
    NOT_AFTER,
    NOT_BEFORE,
    PARTICLES,
    TITLES,
    NameToken,
    has_case,
    is_first_or_last,
    is_ordinary,
)

_NEAR = 60  # characters before a name
_LIKELY = re.compile(
    r"(?:je suis|ici|c'est|vous êtes|parle(?:r)? (?:à|avec)|i'm|i am|this is|speak(?:ing)? (?:with|to)|"  # noqa: E501
    r"spoke (?:with|to)|it's|here is|bonjour|bonsoir|merci|hello|hi|hey|thanks|thank you|dear|cher|"
    r"chère)[\s,]*+$",
    re.IGNORECASE,
)


def listed_names(
    text: str, tokens: Sequence[NameToken], lists: NameLists
) -> Iterator[tuple[int, int, float]]:
    """Yield names that nothing announces, by what their words are in the registers.

    Args:
        text: Of a turn.
        tokens: Its words.
        lists: Registers of names.

    Returns:
        Index of the first character, index after the last, and confidence (0 to 1).
    """
    is_cased = has_case(tokens)
    at = 0
    while at < len(tokens):
        end = _chain(tokens, at, lists, is_cased=is_cased)
        if end == at:
            at += 1
            continue
        found = _judge(text, tokens, at, end, lists, is_cased=is_cased)
        if found is not None:
            yield found
        at = end


def _chain(tokens: Sequence[NameToken], at: int, lists: NameLists, *, is_cased: bool) -> int:
    """Return the index after words in a row that may be one name."""

    def may(token: NameToken) -> bool:
        if not is_cased:
            return token.key in lists.first or token.key in lists.last
        if not token.is_capital or token.key in TITLES:
            return False
        return not (token.opens and is_ordinary(token, lists))

    end = at
    while end < len(tokens) and may(tokens[end]) and (end == at or tokens[end].joined):
        end += 1
        particles = end
        while (
            end > at
            and particles < len(tokens) - 1
            and particles - end < 2
            and tokens[particles].joined
            and tokens[particles].key in PARTICLES
        ):
            particles += 1
        if particles > end and may(tokens[particles]) and tokens[particles].joined and is_cased:
            end = particles
    return end


def _judge(
    text: str,
    tokens: Sequence[NameToken],
    first: int,
    end: int,
    lists: NameLists,
    *,
    is_cased: bool,
) -> tuple[int, int, float] | None:
    chain = tokens[first:end]
    # a sentence may begin with a word that the name does not: "Selon Paul", "Avec Marie Curie"
    while (
        len(chain) > 1
        and chain[0].opens
        and not is_first_or_last(chain[0], lists)
        and (chain[1].key in lists.first)
    ):
        chain = chain[1:]
        first += 1
    before = tokens[first - 1].key if first and chain[0].joined else ""
    after = tokens[end].key if end < len(tokens) and tokens[end].joined else ""
    keys = [token.key for token in chain]
    if before in (NOT_BEFORE | ARTICLES) and not (before in ("du", "the") and len(chain) > 1):
        return None
    if after in NOT_AFTER or keys[-1] in NOT_AFTER:
        return None
    span = chain[0].start, chain[-1].end
    has_first = any(key.split("-")[0] in lists.first or key in lists.first for key in keys[:-1])
    if len(chain) > 1:
        return _judge_several(span, chain, lists, has_first=has_first, is_cased=is_cased)
    key = keys[0]
    if not is_cased:
        return (*span, 0.5) if key in lists.first and len(key) > 3 else None
    if key in PLACES or key in MONTHS or (chain[0].text.isupper() and len(key) < 5):
        return None
    if key in lists.first or ("-" in key and key.split("-")[0] in lists.first):
        likely = _LIKELY.search(text, max(0, span[0] - _NEAR), span[0]) is not None
        return (*span, 0.8 if likely else 0.65)
    if key in lists.first_words and not chain[0].opens:
        return (*span, 0.55)
    if key in lists.last and not chain[0].opens:
        return (*span, 0.5)
    return None


def _judge_several(
    span: tuple[int, int],
    chain: Sequence[NameToken],
    lists: NameLists,
    *,
    has_first: bool,
    is_cased: bool,
) -> tuple[int, int, float] | None:
    keys = [token.key for token in chain if token.key not in PARTICLES]
    if not keys or all(key in PLACES for key in keys):
        return None
    last = keys[-1]
    if not is_cased:
        is_name = keys[0] in lists.first and (last in lists.last or last in lists.last_words)
        return (*span, 0.6) if is_name else None
    if has_first:
        return (*span, 0.85)
    if len(keys) > MOST_NAME_WORDS + 1:
        return None
    has_word = any(key in lists.first_words for key in keys[:-1])
    is_last = last in lists.last or last in lists.last_words or last in lists.first
    if has_word and (is_last or last not in lists.common):
        return (*span, 0.7)
    if last in PLACES or any(key in lists.common for key in keys):
        return None
    if last in lists.last or last in lists.first:
        return (*span, 0.6)
    return None
