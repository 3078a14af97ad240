"""Names of people: announced by the talk, listed in the registers, or recognised by a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from conversation import Turn
from nlu.personal_data.announced_names import announced_names, asks_for_name
from nlu.personal_data.found import Found, Span
from nlu.personal_data.listed_names import listed_names
from nlu.personal_data.name_lists import name_lists
from nlu.personal_data.name_words import WORD, NameToken, name_tokens
from nlu.personal_data.named_entities import may_hold_name, recognise_names

_Place = tuple[int, int, float]  # first character, after the last, confidence


def find_names(
    turns: Sequence[Turn], language: str, *, never: Iterable[str], with_models: bool = False
) -> Iterator[Found]:
    """Yield the names of people.

    Args:
        turns: Of the conversation, in order.
        language: ``fr`` or ``en``.
        never: What is no name: products, brands.
        with_models: Whether what models recognise is added; see
            :mod:`nlu.personal_data.named_entities`.

    Returns:
        One candidate a mention; its value is the name in lower case.
    """
    lists = name_lists()
    refused = frozenset(word.casefold() for phrase in never for word in phrase.split())
    words: list[list[NameToken]] = []
    places: list[list[_Place]] = []
    asked = False
    for turn in turns:
        tokens = name_tokens(turn.text)
        own = list(announced_names(turn, tokens, lists, asked=asked, language=language))
        own += listed_names(turn.text, tokens, lists)
        words.append(tokens)
        places.append(own)
        if turn.text.strip():
            asked = asks_for_name(turn.text)
    asking = [
        at
        for at, tokens in enumerate(words)
        if with_models and (places[at] or may_hold_name(tokens, lists))
    ]
    recognised = recognise_names(
        [turns[at].text for at in asking], [words[at] for at in asking], lists, language
    )
    for at, more in zip(asking, recognised, strict=True):
        places[at] += _widened(more, places[at])
    for turn, own in zip(turns, places, strict=True):
        for start, end, confidence in own:
            name = turn.text[start:end]
            if refused.isdisjoint(word.casefold() for word in WORD.findall(name)):
                yield Found("person", (Span(turn.index, start, end),), name.casefold(), confidence)


def _widened(places: Iterable[_Place], others: Sequence[_Place]) -> Iterator[_Place]:
    """Yield each place with what overlaps it, as sure as the surest: "Jean" and "Jean de Luz"."""
    for start, end, confidence in places:
        close = [one for one in others if one[0] < end and start < one[1]]
        yield (
            min([start, *(one[0] for one in close)]),
            max([end, *(one[1] for one in close)]),
            max([confidence, *(one[2] for one in close)]),
        )
