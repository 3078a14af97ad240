"""Numbers of an utterance: cardinals, decimals, ordinals, marks out of ten."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conversation.written.line import Line, Match
from conversation.written.numerals import NUMBER_WORDS, read_number

NARROW_SPACE = "\u202f"

_LITERAL = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPED = {
    "fr": re.compile(r"\d{1,3}(?:[.\u202f\xa0]\d{3})+(?:,\d+)?"),
    "en": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
}
_DECIMAL_WORD = {"fr": "virgule", "en": "point"}
_DECIMAL_MARK = {"fr": ",", "en": "."}
_SCALES = {
    "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9,
    "billion": 10**9,
}  # fmt: skip
_MULTIPLIERS = {
    "fr": {**_SCALES, "mille": 1000, "mil": 1000, "cent": 100, "cents": 100},
    "en": {**_SCALES, "thousand": 1000, "hundred": 100},
}
_ONE = frozenset({"un", "une", "one"})
_WRITTEN_FROM = 10
_REFERENCES = frozenset({
    "postal", "numéro", "code", "référence", "dossier", "zip", "number", "reference", "order",
})  # fmt: skip
_RANGES = {"fr": frozenset({"ou", "à"}), "en": frozenset({"or", "to"})}
_STREETS = frozenset({
    "rue", "avenue", "boulevard", "place", "impasse", "allée", "chemin", "bis", "ter", "quai",
    "square", "street", "road", "lane",
})  # fmt: skip
_MARKS_OUT_OF = frozenset({5, 10, 20, 100})


@dataclass(frozen=True)
class Quantity:
    """A cardinal, as it was said or is already written.

    Attributes:
        whole: Its integer part in digits, without grouping.
        decimals: The digits after the decimal mark; "" where there are none.
        end: Index of the first token after it.
        scale: "millions" and the like, where it is a round number of them; else "".
        is_digits: Whether it was in digits already.
        is_article: Whether it may be the article or pronoun un, une, one.
        is_bare: Whether it is "mille", "cent", "a hundred": a multiplier without a number.
    """

    whole: str
    decimals: str
    end: int
    scale: str = ""
    is_digits: bool = False
    is_article: bool = False
    is_bare: bool = False

    @property
    def value(self) -> int:
        """Its integer part."""
        return int(self.whole)

    def written(self, language: str, *, group_from: int = 5) -> str:
        """Return it in digits.

        Args:
            language: ``fr`` or ``en``.
            group_from: How many digits it must have to be grouped by three.
        """
        if self.scale:
            return f"{self.value // _SCALES[self.scale]} {self.scale}"
        whole = self.whole
        if len(whole) >= group_from and not whole.startswith("0"):
            whole = f"{int(whole):,}"
            if language == "fr":
                whole = whole.replace(",", NARROW_SPACE)
        return whole + (_DECIMAL_MARK[language] + self.decimals if self.decimals else "")


def read_quantity(line: Line, at: int) -> Quantity | None:
    """Read a cardinal.

    Args:
        line: The utterance.
        at: Index of its first token.

    Returns:
        The cardinal; None where none begins there, and for "millions" without a number.
    """
    key, language = line.key(at), line.language
    if key[:1].isdigit() and line.key(at + 1) not in _MULTIPLIERS[language]:
        return _read_literal(key, at, language)
    number = read_number(line.keys, at, language)
    if number is None or number.is_ordinal:
        return None
    said = line.keys[at : number.end]
    if said[0] in {*_SCALES, "cents", "hundred", "thousand"} or said == ("mil",):
        return None
    last = said[-1]
    scale = last if last in _SCALES and number.value % _SCALES[last] == 0 else ""
    decimals, end = ("", number.end) if scale else _read_decimals(line, number.end)
    return Quantity(
        whole=str(number.value),
        decimals=decimals,
        end=end,
        scale=scale,
        is_article=end == at + 1 and key in _ONE,
        is_bare=said == ("mille",) or said[0] == "a",
    )


def _read_literal(key: str, at: int, language: str) -> Quantity | None:
    if _GROUPED[language].fullmatch(key):
        whole, _, decimals = key.partition(_DECIMAL_MARK[language])
        return Quantity(re.sub(r"\D", "", whole), decimals, at + 1, is_digits=True)
    if _LITERAL.fullmatch(key):
        whole, _, decimals = key.replace(",", ".").partition(".")
        return Quantity(whole, decimals, at + 1, is_digits=True)
    return None


def _read_decimals(line: Line, at: int) -> tuple[str, int]:
    """Read what follows "virgule": zeros and a number in French, digits one by one in English."""
    language = line.language
    if line.key(at) != _DECIMAL_WORD[language]:
        return "", at
    end, decimals = at + 1, ""
    # "deux virgule cinq millions": the scale counts the whole
    keys = next(
        (line.keys[:place] for place in range(end, len(line.keys)) if line.keys[place] in _SCALES),
        line.keys,
    )
    while (number := read_number(keys, end, language)) and not number.is_ordinal:
        if number.value > 999 or (language == "en" and number.value > 9 and decimals):
            break
        decimals += str(number.value)
        end = number.end
        if language == "fr" and number.value:
            break
    return (decimals, end) if decimals else ("", at)


def is_number(line: Line, at: int) -> bool:
    """Say whether a token is a number word or begins with a digit."""
    key = line.key(at)
    return key[:1].isdigit() or key in NUMBER_WORDS[line.language]


def write_cardinal(line: Line, at: int) -> Match | None:
    """Write a cardinal from ten on, or with decimals, in digits."""
    quantity = read_quantity(line, at)
    if quantity is None or quantity.is_digits or quantity.is_bare:
        return None
    if line.language == "en" and line.key(quantity.end) in ("second", "seconds"):
        return Match(quantity.end, None)  # "thirty second" may be the ordinal
    if quantity.value < _WRITTEN_FROM and not quantity.decimals:
        is_place = line.key(quantity.end) in _STREETS and not quantity.is_article
        in_digits = is_place or _opens_range(line, quantity)
        return Match(quantity.end, quantity.whole if in_digits else None)
    if quantity.scale and quantity.value == _SCALES[quantity.scale] and line.tokens[at].prefix:
        return Match(quantity.end, None)  # "d'un million"
    is_reference = not _REFERENCES.isdisjoint(line.before(at, 5))
    return Match(
        quantity.end, quantity.written(line.language, group_from=100 if is_reference else 5)
    )


def _opens_range(line: Line, quantity: Quantity) -> bool:
    """Say whether a number from ten on follows: "cinq à dix minutes"."""
    if quantity.is_article or line.key(quantity.end) not in _RANGES[line.language]:
        return False
    most = read_quantity(line, quantity.end + 1)
    return most is not None and not most.is_bare and most.value >= _WRITTEN_FROM


def write_ordinal(line: Line, at: int) -> Match | None:
    """Write an ordinal from the tenth on in digits; fractions stay ("un dixième", "one tenth")."""
    number = read_number(line.keys, at, line.language)
    if number is None or not number.is_ordinal:
        return None
    last = line.key(number.end - 1)
    if number.value < _WRITTEN_FROM or last.endswith("s") or number.end == at:
        return Match(number.end, None)
    if line.key(at - 1) in _ONE or is_number(line, at - 1):
        return Match(number.end, None)
    if line.language == "fr":
        return Match(number.end, f"{number.value}e")
    if last == "second" and line.tokens[number.end - 1].opens:
        return Match(number.end, None)  # "a thirty second delay"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number.value % 10, "th")
    ending = "th" if number.value % 100 in (11, 12, 13) else ending
    return Match(number.end, f"{number.value}{ending}")


def write_score(line: Line, at: int) -> Match | None:
    """Write "huit sur dix", "sept jours sur sept", "eight out of ten" in digits."""
    if line.key(at) in ("une", "one") or (given := read_quantity(line, at)) is None:
        return None
    end = given.end
    if line.language == "fr" and line.keys[end : end + 3] == ("jours", "sur", "sept"):
        return Match(end + 3, f"{given.whole} jours sur 7")
    if line.keys[end : end + 1] == ("seven",) and given.whole == "24":
        return None if is_number(line, end + 1) else Match(end + 1, "24/7")
    between = ("sur",) if line.language == "fr" else ("out", "of")
    if line.keys[end : end + len(between)] != between:
        return None
    most = read_quantity(line, end + len(between))
    if most is None or most.value not in _MARKS_OUT_OF or given.value > most.value:
        return None
    language = line.language
    return Match(
        most.end, f"{given.written(language)} {' '.join(between)} {most.written(language)}"
    )
