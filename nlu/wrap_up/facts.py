"""The facts of a sentence, and whether the turns it cites say them.

Numbers with what they count, names, days and negations: what a sentence must not get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.entities.day_names import MONTHS, RELATIVE_DAYS, WEEKDAYS
from nlu.entities.finding import find_in_text
from nlu.entities.written_text import fold, read_written
from nlu.wrap_up.cues import MOOD

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_DIGITS = re.compile(r"\d+")
_RUN = re.compile(r"\d(?:[\d .,/-]*\d)?")
_SMALL = {
    "fr": {"deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7",
           "huit": "8", "neuf": "9", "dix": "10", "onze": "11", "douze": "12", "quinze": "15",
           "deuxieme": "2", "troisieme": "3", "quatrieme": "4"},
    "en": {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
           "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "second": "2",
           "third": "3", "fourth": "4", "twice": "2"},
}  # fmt: skip
_NEGATION = {
    "fr": re.compile(
        r"(?:\bne\b|\bn'|\b(?:pas|jamais|plus (?:de |d'|rien)|rien|aucune?|sans|ni|impossible|"
        r"toujours pas)\b)"
    ),
    "en": re.compile(
        r"(?:n't\b|\b(?:not|never|no|none|nothing|without|cannot|unable|nobody|neither|"
        r"doesnt|didnt|isnt|cant|wont)\b)"
    ),
}
_LACK = {
    "fr": re.compile(
        r"\b(?:panne|coupure|coupee?|absence|perte|perdu|echec|probleme|defaut|manque|hors service|"
        r"bloquee?|rejet\w*|expir\w*)\b"
    ),
    "en": re.compile(
        r"\b(?:outage|down|failure|fail\w*|loss|lost|lack|missing|issue|problem|broken|blocked|"
        r"locked|"
        r"rejected|expired|slow)\b"
    ),
}
"""Says without a negation what turns say with one: "panne" for "ne fonctionne plus"."""

_DECISIONS = {
    "fr": re.compile(
        r"\b(?:refus|accept|accord|valid|annul|rembours|resili|bloqu|debloqu|confirm|rejet|resol|"
        r"approuv|expedi|livr|repar)\w*"
    ),
    "en": re.compile(
        r"\b(?:refus|accept|approv|grant|declin|reject|cancel|refund|block|unblock|resolv|fix|"
        r"confirm|ship|deliver|repair|waiv|credit)\w*"
    ),
}
_CLAUSE = re.compile(r"[,.;:!?…()]|\s(?:mais|et|car|donc|but|and|because|so)\s")
_EMPTY = {
    "fr": frozenset(
        "client cliente conseiller conseillere agent motif demande constat fait engagement suite "
        "convenu "
        "pour avec dans depuis cette avoir etre sera sont doit peut souhaite indique signale "
        "appelle contacte "
        "rappel rappelle prevu prevue selon apres avant ainsi leur leurs elle nous vous mais donc "
        "aussi "
        "comme tout tous toute faire veut demander appel contact suivi probleme concernant "
        "informe informee "
        "confirme propose explique precise etape prochaine ouvert ouverte".split()
    ),
    "en": frozenset(
        "customer client agent advisor reason request established done promised next agreed with "
        "from that this "
        "will have been about their they would should could called calls contacted contacts asked "
        "asks says "
        "said wants wanted need needs told informed confirmed explained reports reported issue "
        "regarding "
        "call contact follow after before step steps also".split()
    ),
}
_SHORT_EMPTY = frozenset(
    "dit dis les une est pas par sur que qui son ses mon mes ton vos nos aux ces cet ont ete ils "
    "moi toi lui ici oui non car des tel peu bon ca cela fois tres sans sous dont vers chez the "
    "and you for are was has "
    "had not but can our "
    "any all its his her who why how may now got get let one two see too yes out off did does "
    "been my me we he she "
    "it an so if up us".split()
)
_NOT_NAMES = frozenset(
    "je j il elle on nous vous le la les un une client cliente conseiller conseillere motif "
    "demande constat fait "
    "engagement suite convenu i the customer client agent advisor reason request established done "
    "promised "
    "next agreed he she they it sms mail email e-mail tv pin iban rib internet wifi wi-fi cb am "
    "pm".split()
)
_LEAST_LETTERS = 3  # of a content word: "SIM", "box", "fee"
_LEAST_COVERED = 0.6
"""Share of a sentence's content words that its turns must hold."""


@dataclass(frozen=True)
class Facts:
    """What a text states that can be wrong.

    Attributes:
        numbers: Amounts, percentages, measures, durations and hours with what they count.
        digits: Other numbers, and the digits inside the former.
        days: Names of days and months, and words such as "demain".
        names: Words with a capital inside a sentence.
        stems: Beginnings of the content words.
    """

    numbers: frozenset[str]
    digits: frozenset[str]
    days: frozenset[str]
    names: frozenset[str]
    stems: frozenset[str]


@lru_cache(maxsize=4096)
def facts_of(text: str, language: str) -> Facts:
    """Read the facts of a text.

    Args:
        text: A sentence, or several turns.
        language: ``fr`` or ``en``.
    """
    written = read_written(text, language)
    numbers: set[str] = set()
    for one in find_in_text(text, language):
        if one.kind == "time" and one.value:
            numbers |= {f"hour {hour}" for hour in one.value.split("/")}
        elif one.kind in ("duration", "deadline") and one.number is not None:
            is_hour = one.unit == "hour" and one.number <= 24
            unit = "day" if one.unit == "business_day" else one.unit
            numbers.add(
                f"hour {int(one.number) % 24:02d}:00" if is_hour else f"{one.number} {unit}"
            )
        elif one.number is not None:
            numbers.add(str(one.value))
    words = _WORD.findall(written.folded)
    digits = {run.lstrip("0") or "0" for run in _DIGITS.findall(written.folded)}
    digits |= {_SMALL[language][word] for word in words if word in _SMALL[language]}
    digits |= {re.sub(r"\D", "", run) for run in _RUN.findall(written.folded) if not run.isdigit()}
    return Facts(
        numbers=frozenset(numbers),
        digits=frozenset(digits),
        days=frozenset(_days(written.folded, words, language)),
        names=frozenset(_names(text)),
        stems=frozenset(_stem(word) for word in words if _is_content(word, language)),
    )


def stems_in(text: str, language: str) -> frozenset[str]:
    """Return the beginnings of a text's content words; numbers are not looked for."""
    return frozenset(_content_stems(fold(text), language))


def _together(facts: Sequence[Facts]) -> Facts:
    return Facts(
        numbers=frozenset().union(*(one.numbers for one in facts)),
        digits=frozenset().union(*(one.digits for one in facts)),
        days=frozenset().union(*(one.days for one in facts)),
        names=frozenset().union(*(one.names for one in facts)),
        stems=frozenset().union(*(one.stems for one in facts)),
    )


def unsupported_facts(sentence: str, cited: Sequence[str], language: str) -> tuple[str, ...]:
    """Return what a sentence states and the turns it cites do not say.

    Args:
        sentence: To be checked.
        cited: Texts of the turns that it cites.
        language: ``fr`` or ``en``.

    Returns:
        One entry for each fact without support; empty where all have it. A number counts only
        with what it counts ("15 €" is not "15 jours"); a negation only where the cited words are
        negated too, and the other way round.
    """
    said = facts_of(sentence, language)
    source = _together([facts_of(text, language) for text in cited])
    problems = [f"number {one}" for one in sorted(said.numbers - source.numbers)
                if not _only_unit_unsaid(one, source)]  # fmt: skip
    problems += [f"number {one}" for one in sorted(said.digits - source.digits)]
    problems += [f"day {one}" for one in sorted(said.days - source.days)]
    texts = [read_written(text, language).folded for text in cited]
    known = {word for text in (*texts, *map(fold, cited)) for word in _WORD.findall(text)}
    compact = re.sub(r"[^\w]", "", "".join(texts))
    known |= {part for word in known for part in re.split(r"['-]", word)}
    problems += [
        f"name {one}"
        for one in sorted(said.names)
        if one not in known and not (re.search(r"\d", one) and re.sub(r"\W", "", one) in compact)
    ]
    problems += [
        f"act {one}"
        for one in sorted(set(_DECISIONS[language].findall(fold(sentence))))
        if not any(word.startswith(_stem(one)) for word in known)
    ]
    problems += [f"negation {one!r}" for one in _changed_polarity(sentence, cited, language)]
    uncovered = said.stems - source.stems
    if said.stems and len(uncovered) > (1 - _LEAST_COVERED) * len(said.stems):
        problems.append(f"words {', '.join(sorted(uncovered))}")
    if MOOD[language].search(fold(sentence)):
        problems.append("a mood or judgement")
    return tuple(problems)


def _only_unit_unsaid(number: str, source: Facts) -> bool:
    """Say whether an hour's digits were said without "h" ("entre 8 et 10")."""
    if not number.startswith("hour "):
        return False
    hour, minute = number.removeprefix("hour ").split(":")
    return (
        (hour.lstrip("0") or "0") in source.digits
        and (minute == "00" or minute in source.digits)
        and not any(one.startswith("hour ") for one in source.numbers)
    )


def _days(folded: str, words: Sequence[str], language: str) -> set[str]:
    named = {*WEEKDAYS[language], *(name for name in MONTHS[language] if len(name) > 3)}
    found = {word for word in words if word in named - {"mars", "march"}}
    if language == "fr":
        found |= {"mars"} & set(words)
    found |= {
        day
        for day in RELATIVE_DAYS[language]
        if re.search(rf"(?<![\w-]){re.escape(day)}\b", folded)
    }
    return found - {"may", "sept", "second"}


def _names(text: str) -> set[str]:
    names: set[str] = set()
    for match in re.finditer(r"[^\W\d_][\w'’-]*", text):
        word = match[0]
        before = text[: match.start()].rstrip(' «"“(')
        opens = not before or before[-1] in ".!?:;\n•"
        plain = fold(word).split("'")[-1]
        is_capital = word[0].isupper() or (
            "'" in fold(word) and word.split("’")[-1].split("'")[-1][:1].isupper()
        )
        if is_capital and len(plain) > 1 and plain not in _NOT_NAMES:
            following = text[match.end() :].lstrip()
            if not opens or (following[:1].isupper() and before[-1:] != ":"):
                names.add(plain)
    days = {*WEEKDAYS["en"], *MONTHS["en"], *WEEKDAYS["fr"], *MONTHS["fr"]}
    return names - days


def _is_content(word: str, language: str) -> bool:
    plain = word.rsplit("'", maxsplit=1)[-1]
    if len(plain) < _LEAST_LETTERS or plain[0].isdigit():
        return False
    return plain not in _EMPTY[language] and plain not in _SHORT_EMPTY


def _stem(word: str) -> str:
    return word.rsplit("'", maxsplit=1)[-1][:5]


def _changed_polarity(sentence: str, cited: Sequence[str], language: str) -> list[str]:
    """Return the clauses that say the contrary of the cited clause nearest to them."""
    source = [clause for text in cited for clause in clauses_in(text)]
    changed = []
    for clause in clauses_in(sentence):
        stems = _content_stems(clause, language)
        is_negated = bool(_NEGATION[language].search(clause))
        near = [(len(stems & _content_stems(other, language)), other) for other in source]
        most = max((count for count, _ in near), default=0)
        if not most:
            if is_negated and not any(_NEGATION[language].search(other) for other in source):
                changed.append(clause)
            continue
        best = [other for count, other in near if count == most]
        if _LACK[language].search(clause) and not is_negated:
            continue
        if all(is_negated != bool(_NEGATION[language].search(other)) for other in best):
            changed.append(clause)
    return changed


def is_negated(text: str, language: str) -> bool:
    """Say whether a text denies something."""
    return bool(_NEGATION[language].search(fold(text)))


def clauses_in(text: str) -> list[str]:
    """Cut a text at punctuation and conjunctions; what is returned is folded."""
    return [piece.strip() for piece in _CLAUSE.split(fold(text)) if piece and piece.strip()]


def _content_stems(clause: str, language: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(clause) if _is_content(word, language)}
