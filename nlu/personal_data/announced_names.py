"""Names that the talk announces: "je m'appelle", "Mr", an answer to "your name?"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter

from conversation import Turn
from conversation.written import find_written
from nlu.personal_data.name_lists import NameLists
from nlu.personal_data.name_words import (
    MOST_NAME_WORDS,
    NOT_AFTER_TITLE,
    PARTICLES,
    TITLES,
    NameToken,
    has_case,
    is_first_or_last,
    is_known,
    is_ordinary,
)

_ANNOUNCED = re.compile(
    r"(?:je m'appelle|je me (?:nomme|prénomme)|mon (?:nom(?: complet| de famille)?|prénom)"
    r"(?: et (?:mon )?(?:nom|prénom))? (?:est|c'est|c est)|(?:au|du) nom d[e'](?: madame| monsieur)?"  # noqa: E501
    r"|de la part d[e']|s'appelle|appelez-moi|(?:nom|prénom)(?: de famille)? *[:,]|nom de jeune fille"  # noqa: E501
    r"(?: est|,|:)?|c'est (?=madame|monsieur|mme|mr|m\.)|my (?:full |first |last |maiden |sur)?name"
    r"(?:'s| is| was)|(?:last|first|full|sur) ?name(?:'s| is|:)?|name(?: is|'s|:)|i am called|call me"  # noqa: E501
    r"|in the name of|under the name(?: of)?|on behalf of|signed?,?|cordialement,?|regards,?)\s*",
    re.IGNORECASE,
)
_PRESENTED = re.compile(
    r"(?<![^\W\d_])([^\W\d_]++)(?: [^\W\d_]++)?,? "
    r"(?:à votre (?:écoute|service|disposition)|à l'appareil|speaking|here|"
    r"how (?:can|may) i (?:help|assist))",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:votre|vos|le|quel(?:s)?(?: est)?(?: votre)?) (?:\w+ et )?(?:votre )?(?:nom|prénom)s?|"
    r"vous (?:vous )?appel\w+|à qui ai-je|épel\w+|madame ou monsieur|your (?:\w+ (?:and|or) )?"
    r"(?:full |first |last |sur|legal )?name|who am i (?:speaking|talking)|name,? please|spell",
    re.IGNORECASE,
)
_NOT_ASKED = re.compile(
    r"nom (?:de (?:la|votre|l')|du )(?!jeune|famille|titulaire|client|assuré|abonné)|company|product|"  # noqa: E501
    r"e-?mail|street|adresse|address|immatric|rue\b|ville",
    re.IGNORECASE,
)
_MOST_ANSWER_WORDS = 9
_SHORT_ANSWER_WORDS = 3
_SPELLED_CUE = re.compile(
    r"nom\b|prénom|appelle|épel\w*|s'écrit|madame|monsieur|name|spell\w*", re.IGNORECASE
)


def asks_for_name(text: str) -> bool:
    """Say whether what comes next may be a name, since a turn asks for one."""
    return _ASKED.search(text) is not None and not _NOT_ASKED.search(text)


def announced_names(
    turn: Turn, tokens: Sequence[NameToken], lists: NameLists, *, asked: bool, language: str
) -> Iterator[tuple[int, int, float]]:
    """Yield what the words around it announce as a name.

    Args:
        turn: Where to look.
        tokens: Its words.
        lists: Registers of names.
        asked: Whether the turn before asked for a name.
        language: ``fr`` or ``en``.

    Returns:
        Index of the first character, index after the last, and confidence (0 to 1).
    """
    is_cased = has_case(tokens)
    yield from _announced(turn.text, tokens, lists, is_cased=is_cased)
    yield from _titled(turn.text, tokens, lists, is_cased=is_cased)
    yield from _presented(turn.text, lists)
    yield from _spelled(turn, asked=asked, language=language)
    if asked and turn.speaker != "agent":
        yield from _answers(tokens, lists)


def _take(
    tokens: Sequence[NameToken], at: int, lists: NameLists, *, is_cased: bool, most: int
) -> int:
    """Return the index after the name that begins at a token, which something announced."""
    end = at
    while end < len(tokens) and end - at < most:
        token = tokens[end]
        if end > at and not token.joined:
            break
        known = token.key in lists.first or token.key in lists.last
        is_name = (
            (token.is_capital and (known or not token.opens or not is_ordinary(token, lists)))
            if is_cased
            else known or not is_ordinary(token, lists)
        )
        if is_cased and not token.is_capital and known and end > at:
            is_name = not is_ordinary(token, lists)
        if token.key in NOT_AFTER_TITLE:
            is_name = False
        if not is_name:
            is_particle = token.key in PARTICLES and end + 1 < len(tokens)
            if not (is_particle and _fits(tokens[end + 1], lists, is_cased=is_cased)):
                break
        end += 1
    return end


def _fits(token: NameToken, lists: NameLists, *, is_cased: bool) -> bool:
    if not token.joined:
        return False
    return token.is_capital if is_cased else not is_ordinary(token, lists)


def _announced(
    text: str, tokens: Sequence[NameToken], lists: NameLists, *, is_cased: bool
) -> Iterator[tuple[int, int, float]]:
    for match in _ANNOUNCED.finditer(text.replace("’", "'")):
        at = bisect_left(tokens, match.end(), key=attrgetter("start"))
        if at == len(tokens) or tokens[at].start - match.end() > 3:
            continue
        if tokens[at].key in TITLES:
            at += 1
        end = _take(tokens, at, lists, is_cased=is_cased, most=MOST_NAME_WORDS)
        if end == at and is_cased and at < len(tokens) and is_known(tokens[at], lists):
            end = _take(tokens, at, lists, is_cased=False, most=3)
        if end > at:
            yield tokens[at].start, tokens[end - 1].end, 0.95


def _titled(
    text: str, tokens: Sequence[NameToken], lists: NameLists, *, is_cased: bool
) -> Iterator[tuple[int, int, float]]:
    for at, token in enumerate(tokens[:-1]):
        if token.key not in TITLES or (len(token.key) <= 2 and token.text.islower()):
            continue
        following = tokens[at + 1]
        if text[token.end : following.start] not in (" ", ". ", "."):
            continue
        if token.key == "me" and text[token.end : following.start] == " " and token.opens:
            continue
        end = _take(tokens, at + 1, lists, is_cased=is_cased, most=MOST_NAME_WORDS)
        if end == at + 1 and not following.is_capital and is_known(following, lists):
            end = _take(tokens, at + 1, lists, is_cased=False, most=2)
        if end > at + 1:
            yield following.start, tokens[end - 1].end, 0.95


def _presented(text: str, lists: NameLists) -> Iterator[tuple[int, int, float]]:
    for match in _PRESENTED.finditer(text):
        key = match[1].lower()
        if key in lists.first or (match[1][0].isupper() and key not in lists.common):
            yield match.start(1), match.end(1), 0.9


def _answers(tokens: Sequence[NameToken], lists: NameLists) -> Iterator[tuple[int, int, float]]:
    """Yield what answers a question for the name and says nothing else."""
    if len(tokens) > 30:
        return
    single = sum(len(token.text) <= 2 for token in tokens)
    if len(tokens) >= 3 and single >= 0.6 * len(tokens):
        yield tokens[0].start, tokens[-1].end, 0.8  # spelled, as recognisers write it
        return
    if (
        1 < len(tokens) <= _SHORT_ANSWER_WORDS
        and tokens[0].key in lists.first
        and not any(token.key in NOT_AFTER_TITLE for token in tokens)
    ):
        # recognisers turn the surname into words: "Sandra candles"
        yield tokens[0].start, tokens[-1].end, 0.8
        return
    at = 0
    while at < len(tokens) and is_ordinary(tokens[at], lists):
        at += 1
    if at == len(tokens) or len(tokens) > _MOST_ANSWER_WORDS:
        if (
            0 < len(tokens) <= 2
            and all(is_first_or_last(token, lists) or token.is_capital for token in tokens)
            and not all(token.key in NOT_AFTER_TITLE for token in tokens)
        ):
            yield tokens[0].start, tokens[-1].end, 0.6
        return
    end = at
    while end < len(tokens) and (
        not is_ordinary(tokens[end], lists)
        or tokens[end].key in PARTICLES
        or is_first_or_last(tokens[end], lists)
        or (tokens[end].is_capital and end > at)
    ):
        end += 1
    first = at
    while first > 0 and (tokens[first - 1].key in lists.first_words) and tokens[first].joined:
        first -= 1
    yield tokens[first].start, tokens[end - 1].end, 0.8


def _spelled(turn: Turn, *, asked: bool, language: str) -> Iterator[tuple[int, int, float]]:
    places = list(re.finditer(r"\S+", turn.text))
    if not asked and not _SPELLED_CUE.search(turn.text):
        return
    for written in find_written([match[0] for match in places], language=language):
        if written.kind == "spelled":
            start, end = places[written.first].start(), places[written.last].end()
            yield start, start + len(turn.text[start:end].rstrip(".,;:!?… ")), 0.85
