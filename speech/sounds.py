"""How a word sounds, roughly: keys by which misheard names of French and English are found."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_VOWEL = "aeiouyéèêàâîïôûùë"
_FRENCH = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"sch|sh|ch", "S"),
        (r"gn", "N"),
        (r"ç", "s"),
        (r"qu?|ck|k|cc(?![eiyéèê])", "k"),
        (r"(?<=[aeou])ill?(?=e|s?$|[aou])", "Y"),
        (r"eaux?|aux?", "o"),
        (r"(?<=eu|ou|oi)x$", ""),
        (r"ee|ea", "i"),
        (r"ez$|er$|ets?$|ai|ei|ay|ey|[éèêë]", "E"),
        (r"oeu|eu|oe|œu|œ", "2"),
        (r"ou|oo|où|ow", "U"),
        (r"oi|oy", "wa"),
        (rf"(?:ain|aim|ein|in|im|yn|ym|un|um)(?![{_VOWEL}nmE2UoY])", "I"),
        (rf"(?:En|Em)(?![{_VOWEL}nmE2UoY])", "I"),
        (rf"(?:an|am|en|em)(?![{_VOWEL}nmE2UoY])", "A"),
        (rf"(?:on|om)(?![{_VOWEL}nmE2UoY])", "O"),
        (r"c(?=[eiyIE])", "s"),
        (r"c", "k"),
        (r"gu(?=[eiyIE])", "g"),
        (r"g(?=[eiyIE])|j", "Z"),
        (rf"(?<=[{_VOWEL}E2UoAIO])s(?=[{_VOWEL}E2UoAIO])", "z"),
        (r"x", "ks"),
        (r"w", "v"),
        (r"h", ""),
        (r"[yîï]", "i"),
        (r"Y", "j"),
        (r"[àâ]", "a"),
        (r"ô", "o"),
        (r"[ûù]", "u"),
    )
)
_ENGLISH = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"^kn", "n"),
        (r"^wr", "r"),
        (r"tch|ch", "C"),
        (r"sh|(?:t|s|c)i(?=on|an|al)", "S"),
        (r"th", "T"),
        (r"(?<=[aeiou])gh", ""),
        (r"gh", "g"),
        (r"dge?(?=[eiy]|$)", "J"),
        (r"ck|q(?:u(?=[aeiou]))?", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"(?<=[^aeiou])e?s$|z", "s"),
        (r"(?<=[^aeiou])le$", "l"),
        (r"(?<=[bcdfgjklmnprstvwz])e$", ""),
        (r"ee|ea|ie|ei|ey$|y$|i|y", "i"),
        (r"oo|ou|ew|ue|u", "u"),
        (r"ai|ay|ae|a", "a"),
        (r"oa|ow|o", "o"),
        (r"e", "e"),
        (r"h", ""),
    )
)
_SILENT_END = re.compile(r"(?<=.{2})(?:es|[dtpsxz]+)$")
_FINAL_E = re.compile(r"(?<=.{2})(?<!e)e$")
_HARD_END = re.compile(r"([gq])u(?=es?$)")
_LETTER_NAMES = {"b": "bE", "c": "sE", "d": "dE", "g": "ZE", "p": "pE", "t": "tE", "v": "vE"}
_SPELLED_FIRST = re.compile(r"([bcdgptv])(?=[bcdfgjkmnpqtvwxz])(?!ch|ps|pn|pt|gn)")
_ALIKE = str.maketrans({
    "b": "p", "d": "t", "g": "k", "v": "f", "z": "s", "Z": "S", "J": "C",
    "E": "e", "2": "e", "o": "o", "U": "o", "O": "A", "I": "A", "N": "n",
})  # fmt: skip


@lru_cache(maxsize=20_000)
def sounds_of(word: str, language: str, *, sounded_end: bool = False, is_name: bool = False) -> str:
    """Write a word as it sounds.

    Args:
        word: One word, in any case.
        language: ``fr`` for French rules; English ones otherwise.
        sounded_end: Whether a final consonant of French is sounded ("post"), as in many brands.
        is_name: Whether it is a name whose writing leaves accents out ("Telecom") and whose
            first letter may be spelled ("Cdiscount"), in French.

    Returns:
        One sign a sound; empty where the word has no letters.
    """
    word = "".join(character for character in word.lower() if character.isalnum())
    first = ""
    if language == "fr":
        word = _HARD_END.sub(r"\1", word)
        if is_name and (found := _SPELLED_FIRST.match(word)):
            first, word = _LETTER_NAMES[found[1]], word[1:]
        if _FINAL_E.search(word):
            word = _FINAL_E.sub("", word)
        elif not sounded_end and not re.search(r"(?:ez|ets?|[aeio]x)$", word):
            word = _SILENT_END.sub("", word)
    for pattern, sound in _FRENCH if language == "fr" else _ENGLISH:
        word = pattern.sub(sound, word)
    if language == "fr":
        word = word[:1] + word[1:].replace("e", "E" if is_name else "")  # a mute e
    return re.sub(r"(.)\1+", r"\1", _plain(first + word))


def alike(sounds: str) -> str:
    """Make the sounds that a telephone confuses the same: b and p, d and t, v and f, the nasals.

    Args:
        sounds: As :func:`sounds_of` writes them.

    Returns:
        The sounds, one sign for each group.
    """
    return sounds.translate(_ALIKE)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
