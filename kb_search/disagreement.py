"""Whether two passages say different things about the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from conversation.written.numerals import numbers_to_digits
from kb_search.sentences import sentence_spans
from kb_search.words import LANGUAGES, fold, query_stems

_SAME_SUBJECT = 0.5
"""Share of their words that two sentences must have in common to be about the same; with much
less, other numbers count other things."""
_SAME_STATEMENT = 0.6
"""The same, where one sentence denies what the other says."""
_LEAST_COMMON = 2
_NEARLY_ALL = 0.75
_QUANTITY = re.compile(
    r"(?P<before>[€$£]|rs\.?|inr)?\s?(?P<number>\d+(?:[  .]\d{3})*(?:[.,]\d+)?)\s?"
    r"(?P<unit>[€$£%]|[^\W\d_]+)?"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"quatre-vingts?|\d+(?:[.,/]\d+)*|[^\W\d_]+'?|[^\w\s-]")
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b")
_MONTHS = (
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre january "
    "february march april may june july august september october november december"
).split()
_DAY = re.compile(rf"\b(\d{{1,2}})(?:er|st|nd|rd|th)? ({'|'.join(_MONTHS)})(?: (\d{{4}}))?\b")
_UNITS = {
    "€": "euro", "eur": "euro", "$": "dollar", "£": "pound", "rs": "rupee", "inr": "rupee",
    "ans": "annee", "an": "annee", "annees": "annee", "year": "annee", "years": "annee",
    "h": "heure", "hour": "heure", "hours": "heure", "mn": "minute", "min": "minute",
    "day": "jour", "days": "jour", "week": "semaine", "weeks": "semaine", "month": "mois",
    "months": "mois", "pour": "%", "percent": "%",
}  # fmt: skip
_NEGATION = re.compile(
    r"\b(?:n'|ne|pas|jamais|aucune?|sans|ni|impossible|interdite?s?|not|never|no|none|cannot|"
    r"without|unable|forbidden)\b|n't\b|\bn'"
)
_FREE = re.compile(r"\b(?:gratuit\w*|sans frais|free of charge|for free|no (?:fee|charge))\b")


def disagree(one: str, other: str, language: str) -> bool:
    """Say whether two texts contradict each other.

    Two sentences about the same that count the same thing (euros, days, …) without a number in
    common contradict each other, and so do two of which one denies what the other says.

    Args:
        one: Sentences of a passage.
        other: Sentences of a passage of another document.
        language: ``fr`` or ``en``.
    """
    return any(
        _contradict(sentence, rival)
        for sentence in _sentences(one, language)
        for rival in _sentences(other, language)
    )


def same_text(one: str, other: str) -> bool:
    """Say whether two texts say the same in nearly the same words and numbers, as copies do."""
    if one == other:
        return True
    stems, others = text_stems(one), text_stems(other)
    if len(stems & others) < _NEARLY_ALL * max(1, len(stems | others)):
        return False
    return set(_NUMBER.findall(one)) == set(_NUMBER.findall(other))


@lru_cache(maxsize=8192)
def text_stems(text: str) -> frozenset[str]:
    """Return the stems of a text's content words in every language, numbers left out."""
    found = (forms for forms in query_stems(text, LANGUAGES) if not forms[0].isdigit())
    return frozenset(stem for forms in found for stem in forms)


def _contradict(one: str, other: str) -> bool:
    stems, others = text_stems(one), text_stems(other)
    common = len(stems & others)
    smaller = min(len(stems), len(others))
    if common < _LEAST_COMMON or common < _SAME_SUBJECT * smaller:
        return False
    counted, also = _quantities(one), _quantities(other)
    for unit in counted.keys() & also.keys():
        if not counted[unit] & also[unit]:
            return True
    if (_FREE.search(one) and "euro" in also) or (_FREE.search(other) and "euro" in counted):
        return True
    if bool(_NEGATION.search(one)) == bool(_NEGATION.search(other)) or counted.keys() & also.keys():
        return False
    return common >= _SAME_STATEMENT * max(len(stems), len(others))


def _sentences(text: str, language: str) -> Iterator[str]:
    for start, end in sentence_spans(text):
        yield " ".join(numbers_to_digits(_TOKEN.findall(fold(text[start:end])), language))


def _quantities(folded: str) -> dict[str, set[str]]:
    """Return the numbers of a sentence by what they count; days under ``date``."""
    found: dict[str, set[str]] = {}
    for day in _DAY.finditer(folded):
        found.setdefault("date", set()).add(" ".join(part for part in day.groups() if part))
    for date in _DATE.finditer(folded):
        found.setdefault("date", set()).add(date.group())
    rest = _DAY.sub(" ", _DATE.sub(" ", folded))
    for match in _QUANTITY.finditer(rest):
        unit = match["before"] or match["unit"] or ""
        unit = _UNITS.get(unit.rstrip("."), unit)
        if unit:
            number = re.sub(r"[  ]|\.(?=\d{3}\b)", "", match["number"]).replace(",", ".")
            number = number.rstrip("0").rstrip(".") if "." in number else number
            name = unit if unit == "%" else unit.rstrip("s") or unit
            found.setdefault(name, set()).add(number)
    return found
