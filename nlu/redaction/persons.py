"""Which names in a conversation are one person's, and which persons are agents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from conversation.roles import role_from_label
from nlu.redaction.folding import fold

_TITLES = frozenset(
    "m mr mme mlle monsieur madame mademoiselle messieurs mesdames docteur dr maitre me "
    "professeur pr mrs ms miss mister sir doctor".split()
)
_PARTICLES = frozenset("de du des la le les van von der den el al ben d l".split())
# Words of names such as "Service Client", which chats give to whoever writes for the centre.
_OF_A_CENTRE = frozenset(
    "service services clients equipe team centre center accueil hotline contact relation sav "
    "boutique the your votre notre compte".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_INTRODUCES = re.compile(
    r"(?:je suis|je m['’]appelle|mon nom est|moi c['’]est|mon prénom est|ici"
    r"|my name is|my name['’]s|this is|i am|i['’]m|you['’]re (?:speaking|through) (?:with|to)"
    r"|vous êtes (?:bien )?avec)\s+$",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^[\s,]*(?:à votre (?:service|écoute)|à l['’]appareil|à l['’]écoute|speaking"
    r"|conseill[eè]re?\b|votre conseill)",
    re.IGNORECASE,
)
_CONTEXT = 40
_LEAST_LETTERS = 3


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that tell persons apart: no title, no particle, folded."""
    words = [fold(word) for word in _WORD.findall(name)]
    kept = [word for word in words if word not in _TITLES]
    return tuple(word for word in kept if word not in _PARTICLES) or tuple(kept) or tuple(words)


def group_names(names: Iterable[str]) -> dict[str, str]:
    """Find which names are one person's.

    A name whose words all stand in one longer name is that person's ("Mme Durand" and "Claire
    Durand"). Where several longer names hold it ("Durand", with "Claire Durand" and "Paul
    Durand"), nobody can tell, and it stays a person of its own.

    Args:
        names: As they stand in the conversation.

    Returns:
        For each name an identity, which names of one person share.
    """
    words_of = {name: frozenset(name_words(name)) for name in names}
    distinct = sorted(set(words_of.values()), key=len)
    whole: dict[frozenset[str], frozenset[str]] = {}
    for words in distinct:
        longer = [other for other in distinct if words < other]
        # of "Claire Durand" and "Claire Marie Durand" the longest is the person
        largest = [one for one in longer if not any(one < other for other in longer)]
        whole[words] = largest[0] if len(largest) == 1 and words else words
    return {name: " ".join(sorted(whole[words])) for name, words in words_of.items()}


def is_introduction(text: str, start: int, end: int) -> bool:
    """Tell whether whoever says a text gives the name at a place in it as their own."""
    before, after = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
    return bool(_INTRODUCES.search(before) or _INTRODUCED.match(after))


def capitalised_words(names: Sequence[str]) -> frozenset[str]:
    """Return the folded words of names that are looked for wherever they are written large.

    Words of one or two letters, and those that name a role and not a person, are left out: they
    would be found everywhere.
    """
    return frozenset(
        word
        for name in names
        for word in name_words(name)
        if len(word) >= _LEAST_LETTERS
        and word not in _OF_A_CENTRE
        and role_from_label(word) is None
    )
