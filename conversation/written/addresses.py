"""E-mail and web addresses that are read out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from conversation.written.line import ELISION, Line, Match
from conversation.written.numerals import BOUNDARY, read_number

_AT = {
    "fr": frozenset({"arobase", "arobas", "arobaze", "arrobase", "arobasque", "@"}),
    "en": frozenset({"@"}),
}
_DOTS = {"fr": ("point", "."), "en": ("dot", ".")}
_JOINTS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "fr": (
        (("point",), "."),
        (("tiret", "bas"), "_"),
        (("tiret", "du", "bas"), "_"),
        (("tiret", "du", "6"), "-"),
        (("tiret", "du", "six"), "-"),
        (("tiret", "du", "8"), "_"),
        (("tiret", "du", "huit"), "_"),
        (("underscore",), "_"),
        (("tiret", "haut"), "-"),
        (("tiret",), "-"),
        (("trait", "d'union"), "-"),
    ),
    "en": (
        (("dot",), "."),
        (("underscore",), "_"),
        (("dash",), "-"),
        (("hyphen",), "-"),
    ),
}
_IN_ONE = {
    "fr": (
        ("en", "un", "seul", "mot"),
        ("en", "un", "mot"),
        ("tout", "attaché"),
        ("tout", "accroché"),
        ("attaché",),
    ),
    "en": (("all", "one", "word"), ("one", "word"), ("in", "one", "word")),
}
_TOP_LEVELS = frozenset(
    "fr com net org be ch lu ca eu uk us de es it info biz edu gov gouv asso paris bzh io co "
    "re corsica tv".split()
)
_PLAIN_TOP_LEVELS = frozenset("fr com net org be ch lu ca eu uk edu gov".split())
_SECOND_LEVELS = {"gouv": ("fr",), "co": ("uk",), "asso": ("fr",)}
_NO_PART = frozenset({
    "est", "c'est", "mail", "adresse", "e-mail", "email", "suis", "alors", "donc", "et", "oui",
    "à", "le", "la", "les", "mon", "sur", "site", "de", "du", "chez", "sera", "avec", "euh",
    "me", "him", "us", "them", "it",
    "is", "it's", "address", "so", "the", "my", "to", "on", "website", "and", "yes", "you", "our",
    "www", "that's", "his", "her", "their", "your", "at", "from", "for", "visit", "or",
    "ou", "votre", "notre", "son", "sont", "of", "in", "un", "une", "a", "internet",
})  # fmt: skip
_MAIL_CUES = frozenset({"mail", "email", "e-mail", "mails", "emails", "e-mails", "address"})
_PART = re.compile(r"[^\W_](?:[\w.\-]*[^\W_])?")
_DOMAIN = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.([a-z]{2,7})")
_MOST_PARTS = 14
_MOST_WORDS = 3


@dataclass(frozen=True)
class _Part:
    """A piece of an address.

    Attributes:
        text: As it is written.
        end: Index of the first token after it.
        is_word: Whether it is a word: neither a number nor a single letter.
    """

    text: str
    end: int
    is_word: bool


def write_address(line: Line, at: int) -> Match | None:
    """Write "jean point dupont arobase orange point fr" as "jean.dupont@orange.fr"."""
    return _mail_address(line, at) or _web_address(line, at)


def _mail_address(line: Line, at: int) -> Match | None:
    local = _together(line, at) or _local_part(line, at)
    if local is None:
        return None
    text, end, is_sure = local
    end = _skip_comma(line, end)
    is_sign = line.key(end) in _AT[line.language]
    if not is_sign:
        announced = not _MAIL_CUES.isdisjoint(line.before(at, 12))
        if line.key(end) != "at" or not (is_sure or announced):
            return None
        if line.key(at) in _NO_PART:
            return None
    domain = _domain(line, _skip_comma(line, end + 1), _TOP_LEVELS)
    if domain is None:
        return None
    name, end = domain
    return Match(end, f"{text}@{name}")


def _local_part(line: Line, at: int) -> tuple[str, int, bool] | None:
    """Return what stands before the at sign, the index after it, and whether joints were said.

    Two words belong together only where a joint is said between them; numbers and letters also
    where none is.
    """
    part = _part(line, at)
    if part is None:
        return None
    text, end, is_sure = part.text, part.end, not part.is_word
    is_letter = not part.is_word and len(part.text) == 1 and part.text.isalpha()
    if line.key(at) in _NO_PART and not _joint(line, _skip_comma(line, end))[0]:
        is_letter = False
    for _ in range(_MOST_PARTS):
        joint, position = _joint(line, _skip_comma(line, end))
        if not joint:
            position = _skip_together(line, end)
        following = _part(line, _skip_comma(line, position) if joint else position)
        if following is None or line.key(position) in _AT[line.language]:
            return text, position if not joint else end, is_sure
        if not joint and not _belongs(line, position, following, is_letter=is_letter):
            return text, end, is_sure
        if not joint and line.key(position) == "at":
            return text, end, is_sure
        text += joint + following.text
        end, is_sure = following.end, True
        is_letter = not following.is_word and len(following.text) == 1 and text[-1].isalpha()
    return None


def _belongs(line: Line, at: int, following: _Part, *, is_letter: bool) -> bool:
    """Say whether a part continues the one before it where no joint is said between them."""
    if following.is_word:
        return is_letter
    if line.key(at) in _NO_PART:  # "un mail à", but "jean un arobase"
        return line.key(following.end) in _AT[line.language]
    return True


def _together(line: Line, at: int) -> tuple[str, int, bool] | None:
    """Read two or three words that are said to be one: "jean dupont en un seul mot"."""
    text, position = "", at
    for n_words in range(1, _MOST_WORDS + 1):
        part = _part(line, position)
        if part is None or line.key(position) in _NO_PART:
            return None
        text, position = text + part.text, part.end
        end = _skip_together(line, _skip_comma(line, position))
        if n_words > 1 and end > _skip_comma(line, position):
            return text, end, True
    return None


def _skip_together(line: Line, at: int) -> int:
    for words in _IN_ONE[line.language]:
        if line.keys[at : at + len(words)] == words:
            return at + len(words)
    return at


def _skip_comma(line: Line, at: int) -> int:
    return at + 1 if line.mark(at) in (",", "…") else at


def _joint(line: Line, at: int) -> tuple[str, int]:
    if line.language == "fr" and line.keys[at : at + 3] == ("trait", ELISION, "union"):
        return "-", at + 3
    for words, sign in _JOINTS[line.language]:
        if line.keys[at : at + len(words)] == words:
            return sign, at + len(words)
    return "", at


def _part(line: Line, at: int) -> _Part | None:
    key = line.key(at)
    if not key or key in (BOUNDARY, ELISION):
        return None
    number = read_number(line.keys, at, line.language)
    if number is not None and not number.is_ordinal:
        return _Part(str(number.value), number.end, is_word=False)
    if line.language == "en" and key == "oh":
        return _Part("0", at + 1, is_word=False)
    if not _PART.fullmatch(key) or not _plain(key) or key in ("arobase", "point", "dot"):
        return None
    return _Part(_plain(key), at + 1, is_word=len(key) > 1 and not key.isdecimal())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()


def _domain(line: Line, at: int, top_levels: frozenset[str]) -> tuple[str, int] | None:
    """Read "orange point fr"; up to three words before "point" are one ("la poste")."""
    name, position = "", at
    for _ in range(_MOST_PARTS):
        label, end = _label(line, position)
        if not label:
            return None
        name += label
        found = _DOMAIN.fullmatch(name)
        if found and found[1] in top_levels and not _continues(line, end, found[1]):
            return name, end
        joint, position = _joint(line, _skip_comma(line, end))
        position = _skip_comma(line, position)
        if not joint:
            return None
        name += joint
        if joint == "." and (top := _top_level(line, position, top_levels)):
            label, end = top
            if not _continues(line, end, label):
                return name + label, end
    return None


def _continues(line: Line, end: int, top_level: str) -> bool:
    """Say whether the top level is a second level here: "gouv point fr"."""
    return line.key(end) in _DOTS[line.language] and line.key(end + 1) in _SECOND_LEVELS.get(
        top_level, ()
    )


def _label(line: Line, at: int) -> tuple[str, int]:
    label, position = "", at
    for _ in range(_MOST_WORDS * 3):
        if _joint(line, position)[0] or (part := _part(line, position)) is None:
            break
        if line.key(position) in ("at", *_AT[line.language]):
            break
        label += part.text
        position = part.end
        if "." in part.text or (part.is_word and len(label) > 30):
            break
        if line.key(position) == BOUNDARY:
            break
    return label, position


def _top_level(line: Line, at: int, top_levels: frozenset[str]) -> tuple[str, int] | None:
    """Read "fr", or "f r" spelled."""
    if (plain := _plain(line.key(at))) in top_levels:
        return plain, at + 1
    for length in (2, 3):
        letters = line.keys[at : at + length]
        if all(len(letter) == 1 for letter in letters) and "".join(letters) in top_levels:
            return "".join(letters), at + length
    return None


def _web_address(line: Line, at: int) -> Match | None:
    key = line.key(at)
    prefix, start = "", at
    if key == "www":
        prefix, start = "www.", at + 1
    elif line.keys[at : at + 3] == ("w",) * 3:
        prefix, start = "www.", at + 3
    elif line.keys[at : at + 6] in (("double", "v") * 3, ("double", "vé") * 3, ("double", "u") * 3):
        prefix, start = "www.", at + 6
    elif line.keys[at : at + 2] in (("trois", "w"), ("3", "w"), ("triple", "w")):
        prefix, start = "www.", at + 2
    if prefix:
        joint, start = _joint(line, start)
        domain = _domain(line, start, _TOP_LEVELS) if joint == "." else None
    else:
        part = _part(line, at)
        if part is None or key in _NO_PART or len(key) < 2 or not part.is_word or "." in key:
            return None
        joint, _ = _joint(line, part.end)
        domain = _domain(line, at, _PLAIN_TOP_LEVELS) if joint in (".", "-") else None
    if domain is None:
        return None
    name, end = domain
    path, end = _path(line, end)
    return Match(end, f"{prefix}{name}{path}")


def _path(line: Line, at: int) -> tuple[str, int]:
    path, end = "", at
    while line.key(end) == "slash" and (part := _part(line, end + 1)):
        path, end = f"{path}/{part.text}", part.end
        joint, position = _joint(line, end)
        if joint and (following := _part(line, position)):
            path, end = path + joint + following.text, following.end
    return path, end
