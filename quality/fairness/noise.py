"""Errors in the text: a model of recognition errors, and slips of people who write.

Both are models made by hand. The recognition model was made without recordings: what it shows is
how much the score depends on errors of that kind and number, not how many errors a recogniser
makes for anybody's accent.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from conversation import Conversation
from quality.fairness.people import Role
from quality.fairness.phrases import like, pairs_of, word_file
from quality.fairness.rewriting import Edit, rewrite

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ELISION = re.compile(r"(?i)(?:[cdjlmnst]|qu)['’](?=\w)")


def misrecognise(
    conversation: Conversation,
    role: Role,
    *,
    language: str,
    profile: str,
    word_error_rate: float,
    rng: random.Random,
) -> Conversation:
    """Write one side's words as a recogniser might mishear them.

    Args:
        conversation: The original.
        role: Whose words.
        language: ``fr`` or ``en``.
        profile: Which errors are likelier (``fairness/data/recognition.yaml``).
        word_error_rate: Errors per word, 0 to 1; less where too few words can be misheard.
        rng: Decides which words.

    Returns:
        The copy: homophones, words with a sound that is made otherwise, short words dropped.
    """
    shares, tables = _profile(language, profile)
    turns = list(conversation.turns_of(role))
    places: dict[str, list[tuple[int, re.Match[str]]]] = defaultdict(list)
    total = 0
    for turn in turns:
        for match in _WORD.finditer(turn.text):
            total += 1
            word = match.group().casefold().replace("’", "'")
            for kind, table in tables.items():
                if word in table:
                    places[kind].append((turn.index, match))
    wanted = word_error_rate * total
    edits: dict[int, list[Edit]] = defaultdict(list)
    taken: set[tuple[int, int]] = set()

    def make(kind: str, number: int) -> int:
        free = [one for one in places[kind] if (one[0], one[1].start()) not in taken]
        picked = rng.sample(free, min(number, len(free)))
        for index, match in picked:
            taken.add((index, match.start()))
            heard = rng.choice(tables[kind][match.group().casefold().replace("’", "'")])
            new = like(match.group(), heard) if heard else ""
            edits[index].append(Edit(match.start(), match.end(), new))
        return len(picked)

    done = sum(make(kind, _rounded(wanted * share, rng)) for kind, share in shares.items())
    for kind in sorted(places, key=lambda one: -shares[one]):  # what one kind could not give
        if shares[kind] > 0 and done < round(wanted):
            done += make(kind, round(wanted) - done)
    return rewrite(conversation, edits)


def misspell(
    conversation: Conversation,
    role: Role,
    *,
    language: str,
    share: float,
    rng: random.Random,
) -> Conversation:
    """Write one side's words with slips.

    Args:
        conversation: The original, on a written channel.
        role: Whose words.
        language: ``fr`` or ``en``.
        share: Words with a slip, 0 to 1.
        rng: Decides which words.

    Returns:
        The copy: confusions of the list, accents left out, letters doubled, dropped or swapped.
    """
    table = _table(str(word_file("spelling")[language]["words"]))
    edits: dict[int, list[Edit]] = defaultdict(list)
    for turn in conversation.turns_of(role):
        for match in _WORD.finditer(turn.text):
            if rng.random() >= share:
                continue
            word = match.group()
            known = table.get(word.casefold().replace("’", "'"))
            new = like(word, rng.choice(known)) if known else _slip(word, rng)
            if new != word:
                edits[turn.index].append(Edit(match.start(), match.end(), new))
    return rewrite(conversation, edits)


def word_errors(original: Conversation, copy: Conversation, role: Role) -> tuple[int, int]:
    """Count the word errors between one side's words of two conversations, and the words.

    Args:
        original: What was said.
        copy: With errors.
        role: Whose words.

    Returns:
        Substitutions, deletions and insertions of the best alignment (Levenshtein 1966), and
        the number of words of the original.
    """
    from rapidfuzz.distance import Levenshtein

    errors = words = 0
    for before, after in zip(original.turns, copy.turns, strict=True):
        if before.speaker == role:
            said = _WORD.findall(before.text)
            words += len(said)
            errors += Levenshtein.distance(said, _WORD.findall(after.text))
    return errors, words


def _rounded(number: float, rng: random.Random) -> int:
    return int(number) + (rng.random() < number - int(number))


@lru_cache(maxsize=32)
def _profile(
    language: str, profile: str
) -> tuple[Mapping[str, float], Mapping[str, Mapping[str, list[str]]]]:
    entry = word_file("recognition")[language]
    own = entry["profiles"][profile]  # type: ignore[index]
    tables = {
        "homophones": _table(str(entry["homophones"])),
        "confused": _table(str(own["confused"])),
        "dropped": {word.casefold(): [""] for word in str(entry["dropped"]).split()},
    }
    return own["shares"], tables


def _table(text: str) -> dict[str, list[str]]:
    table: dict[str, list[str]] = defaultdict(list)
    for said, written in pairs_of(text):
        if said != written:
            table[said.casefold()].append(written)
    return dict(table)


def _slip(word: str, rng: random.Random) -> str:
    """Make one slip in a word of three letters or more."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    if plain != word:
        return plain
    elided = _ELISION.match(word)
    if elided:
        return word.replace("'", "", 1).replace("’", "", 1)
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.choice(("double", "drop", "swap"))
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    if kind == "drop":
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
