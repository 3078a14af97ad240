"""Phrases that are put in the place of others, and the files that hold them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from quality.fairness.rewriting import Edit
from quality.yaml_files import parse_yaml

_BEFORE_VOWEL = re.compile(r"(?i)\b[jmt]e$")
_VOWEL = re.compile(r"(?i) (?=[aeiouyhâàéèêëîïôû])")
_LONGEST_ACRONYM = 4
_APOSTROPHES = re.compile(r"['’]")


@cache
def word_file(name: str) -> Mapping[str, dict[str, object]]:
    """Read one of the word lists of this folder, by language."""
    text = (files("quality") / "fairness" / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    content = parse_yaml(text, name=f"fairness/data/{name}.yaml")
    if not isinstance(content, dict):
        raise TypeError(f"fairness/data/{name}.yaml holds no languages")
    return content


def pairs_of(text: str) -> list[tuple[str, str]]:
    """Read ``from/to`` pairs parted by spaces; a part without a slash belongs to the one before."""
    pairs: list[tuple[str, str]] = []
    for part in text.split():
        left, slash, right = part.partition("/")
        if slash:
            pairs.append((left, right))
        else:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {part}")
    return pairs


def stream(seed: int, *names: str) -> random.Random:
    """Return a random stream that only the seed and the names decide."""
    return random.Random(f"{seed}\n" + "\n".join(names))  # noqa: S311 - no secret depends on it


class Phrasebook:
    """Phrases with what is said instead.

    Args:
        phrases: From and to; longer ones win.
    """

    def __init__(self, phrases: Mapping[str, str]) -> None:
        self._to = {_plain(phrase): said for phrase, said in phrases.items()}
        longest_first = sorted(self._to, key=lambda phrase: (-len(phrase), phrase))
        body = "|".join(_pattern(phrase) for phrase in longest_first) or r"(?!)"
        self._find = re.compile(rf"(?<![\w'’-])(?:{body})(?![\w-])", re.IGNORECASE)

    def edits(self, text: str) -> list[Edit]:
        """Return what changes in a text; the first letter keeps its case."""
        found = []
        for match in self._find.finditer(text):
            said = self._to[_plain(match.group())]
            end = match.end()
            if _BEFORE_VOWEL.search(said) and _VOWEL.match(text, end):
                said, end = f"{said[:-1]}'", end + 1
            if not _is_acronym(match.group()):
                said = like(match.group(), said)
            if said != match.group():
                found.append(Edit(match.start(), end, said))
        return found


@lru_cache(maxsize=64)
def phrasebook(name: str, language: str, variant: str) -> Phrasebook:
    """Return the phrases of one variant of a word list."""
    entry = word_file(name)[language][variant]
    phrases = dict(entry["phrases"])  # type: ignore[index]
    numbers = entry.get("numbers") or {}  # type: ignore[attr-defined]
    return Phrasebook({**phrases, **_numbers(numbers)})


def like(model: str, text: str) -> str:
    """Write a text with the capitals of another: none, the first letter, or all."""
    letters = [letter for letter in model if letter.isalpha()]
    if len(letters) > 1 and all(letter.isupper() for letter in letters):
        return text.upper()
    if letters and letters[0].isupper():
        return text[:1].upper() + text[1:]
    return text


def _is_acronym(text: str) -> bool:
    return text.isupper() and len(text) in range(2, _LONGEST_ACRONYM + 1)


def _plain(phrase: str) -> str:
    return re.sub(r"[\s\u00a0-]+", " ", _APOSTROPHES.sub("'", phrase)).strip().casefold()


def _pattern(phrase: str) -> str:
    parts = (re.escape(part).replace("'", "['’]") for part in phrase.split())
    return r"[\s-]+".join(parts)


_UNITS = "un deux trois quatre cinq six sept huit neuf".split()
_TEENS = "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf".split()


def _numbers(names: Mapping[str, str]) -> dict[str, str]:
    """Spell 70 to 99 with the words of a region, where it has its own."""
    spelled: dict[str, str] = {}
    for base, word in (("soixante", names.get("seventy")), ("quatre-vingt", names.get("ninety"))):
        for unit, teen in enumerate(_TEENS):
            if word is None:
                continue
            joint = " et " if unit == 1 and base == "soixante" else "-"
            own = {0: word, 1: f"{word} et un"}.get(unit, f"{word}-{_UNITS[unit - 1]}")
            spelled[f"{base}{joint}{teen}"] = own
    eighty = names.get("eighty")
    if eighty is not None:
        spelled |= {"quatre-vingts": eighty, "quatre-vingt": eighty}
        spelled |= {f"quatre-vingt-{unit}": f"{eighty}-{unit}" for unit in _UNITS}
        spelled["quatre-vingt-un"] = f"{eighty} et un"
    return spelled
