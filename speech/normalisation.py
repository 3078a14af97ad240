"""Text as it is compared when words are counted: what was heard, not how it is spelled."""

from __future__ import annotations

import re
import unicodedata

from conversation.written import rewrite_text
from conversation.written.numerals import BOUNDARY, NUMBER_WORDS, QUATRE_VINGT, numbers_to_digits

_SPELLINGS = str.maketrans({
    "œ": "oe", "æ": "ae", "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
})  # fmt: skip

_CURRENCIES = {
    "fr": {"€": "euro", "$": "dollar", "£": "livre", "¥": "yen"},
    "en": {"€": "euro", "$": "dollar", "£": "pound", "¥": "yen"},
}
_SYMBOLS = {
    "fr": {"%": "pourcent", "&": "et", "@": "arobase", "#": "dièse", "*": "étoile"},
    "en": {"%": "percent", "&": "and", "@": "at", "#": "pound", "*": "star"},
}
_AMOUNT = r"[0-9]+(?:[ .,][0-9]{3})*"
_MONEY_UNITS = {"fr": "euros?|dollars?|livres?", "en": "euros?|dollars?|pounds?"}

_EN_IS = "it|he|she|that|what|there|here|who|where|how|when"
_EN_CONTRACTIONS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\bcan't\b|\bcannot\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\bshan't\b", "shall not"),
        (r"\b([a-z]+)n't\b", r"\1 not"),
        (r"\blet's\b", "let us"),
        (rf"\b({_EN_IS})'s\b", r"\1 is"),
        (r"\bi'm\b", "i am"),
        (r"\b([a-z]+)'re\b", r"\1 are"),
        (r"\b([a-z]+)'ve\b", r"\1 have"),
        (r"\b([a-z]+)'ll\b", r"\1 will"),
        (r"\b([ap])\.\s?m\b\.?", r"\1m"),
    )
)

_WORDS = {
    "fr": {
        "heures": "heure", "euros": "euro", "dollars": "dollar", "livres": "livre",
        "mme": "madame", "mlle": "mademoiselle", "mr": "monsieur", "okay": "ok",
        "gigaoctet": "go", "gigaoctets": "go", "giga": "go", "gigas": "go",
        "mégaoctet": "mo", "mégaoctets": "mo", "téraoctet": "to", "téraoctets": "to",
        "kilooctets": "ko", "kilomètre": "km", "kilomètres": "km", "centimètre": "cm",
        "centimètres": "cm", "millimètres": "mm", "kilo": "kg", "kilos": "kg",
        "kilogramme": "kg", "kilogrammes": "kg", "kilowattheures": "kwh", "mégabit": "mbit",
        "mégabits": "mbit", "gigabit": "gbit", "gigabits": "gbit",
    },
    "en": {
        "euros": "euro", "dollars": "dollar", "pounds": "pound", "mr": "mister",
        "mrs": "missus", "dr": "doctor", "okay": "ok", "alright": "all right",
        "gonna": "going to", "wanna": "want to", "gotta": "got to",
        "gigabyte": "gb", "gigabytes": "gb", "gigs": "gb", "megabyte": "mb", "megabytes": "mb",
        "terabyte": "tb", "terabytes": "tb", "kilometer": "km", "kilometers": "km",
        "kilometre": "km", "kilometres": "km", "centimeters": "cm", "centimetres": "cm",
        "millimeters": "mm", "millimetres": "mm", "kilogram": "kg", "kilograms": "kg",
        "kilos": "kg", "megabit": "mbit", "megabits": "mbit", "gigabit": "gbit",
        "gigabits": "gbit",
    },
}  # fmt: skip
_MOST_PASSES = 5
_FILLERS = {
    "fr": frozenset(("euh", "euhm", "heu", "hum", "hm", "hmm", "mm", "mmm", "mmh", "mhm")),
    "en": frozenset(
        ("uh", "um", "uhm", "umm", "er", "erm", "hum", "hm", "hmm", "mm", "mmm", "mhm")
    ),
}


def normalise(text: str, language: str | None = None) -> str:
    """Bring a transcript to the form in which word errors are counted.

    In every language: Unicode NFKC, lower case, œ and æ in two letters, one kind of apostrophe;
    punctuation removed; hyphens and apostrophes separate words.

    In French and English besides:

    - Fillers (euh, hum, uh, um, mm-hmm, …) are removed.
    - Numbers are compared digit by digit, however they are written: "quarante-sept,
      trente-deux", "47, 32" and "4732" are all ``4 7 3 2``. Grouping and decimal marks
      ("virgule", "point" between numbers) are not compared. Runs of zeros are kept together,
      three at a time, so that "mille" does not weigh four words. Belgian and Swiss forms equal
      the French ones (septante is 70). The articles un and une, and one, count as the digit 1.
    - Ordinals are digits and a mark ("15e", "quinzième"; "3rd", "third"). "Second" is one in
      English only.
    - Units follow their number in the singular and in letters: "250 €", "8h30", "10:30", "20 %",
      "£5". "12,50 €" is read "12 euro 50"; ":00" and "h00" are not read.
    - English contractions are written out where they have one reading (don't, I'm, it's, …);
      the "'s" of a possessive and "'d" become words of their own.
    - Cents follow their amount without their name ("12 euros et 50 centimes", "deux euros cinq",
      "2,05 €"); measures are compared by their sign (gigaoctets is Go).
    - Telephone numbers, references, addresses and spelled names are compared in their written
      form ("jean point dupont arobase orange point fr", "D U P O N T", "double oh seven").
    - Titles and a few spellings are made one (Mme, Mr, okay, alright, gonna).

    Accents count. Applying the function to its own result changes nothing.

    Args:
        text: A transcript.
        language: BCP 47 tag; only the primary part is read (``fr-CA`` is ``fr``). None, or a
            language other than French and English: only the steps for every language.

    Returns:
        Words separated by single spaces; empty where nothing is left.
    """
    primary = (language or "").split("-")[0].lower()
    for _ in range(_MOST_PASSES):  # "o o 1 billion" reads as a number once its digits are written
        before, text = text, _normalise_once(text, primary)
        if text == before:
            break
    return text


def _normalise_once(text: str, primary: str) -> str:
    text = _fold(rewrite_text(text, primary))
    if primary not in _WORDS:
        return " ".join(token for token in _tokens(text) if token != BOUNDARY)
    text = _write_out_symbols(text, primary)
    tokens = [
        word
        for token in _tokens(text)
        if token not in _FILLERS[primary]
        for word in _WORDS[primary].get(token, token).split()
    ]
    tokens = _join_units(tokens, primary)
    tokens = numbers_to_digits(tokens, primary)
    return _split_digits([token for token in tokens if token != BOUNDARY], primary)


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower().translate(_SPELLINGS)
    return unicodedata.normalize("NFKC", text)


def _tokens(text: str) -> list[str]:
    """Return words, runs of ASCII digits, and BOUNDARY for each sign between words.

    Apostrophes and hyphens only separate; any other sign also bounds numbers.
    """
    spaced: list[str] = []
    kind_before = ""
    for character in text:
        category = unicodedata.category(character)
        kind = "letter" if category[0] in "LM" else "digit" if category == "Nd" else "other"
        if kind != kind_before and not (category[0] == "M" and kind_before == "letter"):
            spaced.append(" ")
        if kind == "letter":
            spaced.append(character)
        elif kind == "digit":
            spaced.append(str(unicodedata.decimal(character)))
        elif not character.isspace() and character not in "'-":
            spaced.append(f" {BOUNDARY} ")
        kind_before = kind
    return "".join(spaced).split()


def _write_out_symbols(text: str, language: str) -> str:
    units = _CURRENCIES[language]
    signs = re.escape("".join(units))
    text = re.sub(  # "€12.50", "12,50 €" and "12,50 euros" as they are said: 12 euro 50
        rf"(?<![0-9])([{signs}]|(?<![0-9]\s)[{signs}]\s)({_AMOUNT})(?:[.,]([0-9]{{1,2}})(?![0-9]))?",
        lambda found: f" {found[2]} {units[found[1].strip()]} {found[3] or ''} ",
        text,
    )
    text = re.sub(
        rf"(?<![0-9])({_AMOUNT})[.,]([0-9]{{1,2}})\s?([{signs}]|(?:{_MONEY_UNITS[language]})\b)",
        lambda found: f" {found[1]} {units.get(found[3], found[3])} {found[2]} ",
        text,
    )
    text = re.sub(r"\+\s?(?=[0-9])", " plus ", text)
    text = re.sub(r"°\s?c\b", " celsius ", text)
    text = re.sub(r"\bdegr(?:és?|ees?) celsius\b", " celsius ", text)
    text = re.sub(r"\b([mg]bit)/s\b", r"\1 seconde " if language == "fr" else r"\1 second ", text)
    text = re.sub(r"(bits?) (?:par|per) (?=second)", r"\1 ", text)
    text = re.sub(r"\bkm/h\b", "km heure", text)
    for sign, word in {**units, **_SYMBOLS[language]}.items():
        text = text.replace(sign, f" {word} ")
    if language == "fr":
        text = re.sub(r"\bn°", "numéro ", text)
        text = re.sub(r"\bm\.(?=\s?[^\W\d])", "monsieur", text)
        text = re.sub(r"\bquatre-vingt(s?)\b", QUATRE_VINGT, text)
        text = re.sub(r"\b([0-9]{1,2}):([0-9]{2})\b", r"\1 heure \2", text)
        return re.sub(
            r"\b([0-9]+)(?:ers?|[eè]re?s?|res?|nde?s?|[èe]|i?[èe]mes?)\b", r"\1 ème ", text
        )
    for pattern, replacement in _EN_CONTRACTIONS:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\b([0-9]{1,2}):00\b", r"\1", text)
    return re.sub(r"\b([0-9]+)(?:st|nd|rd|th)\b", r"\1 th ", text)


def _join_units(tokens: list[str], language: str) -> list[str]:
    """Make one word of "pour cent" and "h" after a number, before "cent" is read as 100."""
    text = " ".join(tokens)
    if language == "en":
        return re.sub(rf"\bper{_APART}cent\b", "percent", text).split()
    text = re.sub(rf"\b({_FR_NUMBER}){_APART}pour{_APART}cents?\b", r"\1 pourcent", text)
    return re.sub(rf"\b({_FR_NUMBER}){_APART}h\b", r"\1 heure", text).split()


_APART = rf"(?: {re.escape(BOUNDARY)})* "
_FR_NUMBER = "[0-9]+|" + "|".join(sorted(NUMBER_WORDS["fr"]))
_DECIMAL_MARK = {
    "fr": re.compile(r"(?<=[0-9]) (?:virgule|point) (?=[0-9])"),
    "en": re.compile(r"(?<=[0-9]) point (?=[0-9])"),
}
_MONEY = "euro|dollar|livre|pound"
_DECIMAL_AMOUNT = re.compile(rf"\b([0-9]+) (?:virgule|point) ([0-9]{{1,2}}) ({_MONEY})\b")
_CENTS = {
    "fr": re.compile(rf"\b({_MONEY}) (?:et )?((?:[0-9] )?[0-9])(?: centimes?)+\b"),
    "en": re.compile(rf"\b({_MONEY}) (?:and )?((?:[0-9] )?[0-9])(?: cents?| pence)+\b"),
}
_SMALL_CENTS = re.compile(rf"\b({_MONEY}) 0 ([1-9])(?! [0-9])")
_MONTH_DAY = re.compile(
    r"\b((?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r" [0-9](?: [0-9])?) th\b"
)
_SPOKEN_ZEROS = re.compile(r"(?<=[0-9] )(?:oh? )+(?=[0-9])")
_SPOKEN_ZERO = re.compile(r"(?<=[0-9] )oh\b|\boh(?= [0-9])")
_DOUBLED = re.compile(r"\b(double|triple|treble) ([0-9])")
_DIGITS = re.compile(r"[0-9]+(?: [0-9]+)*")


def _repeat(found: re.Match[str]) -> str:
    return " ".join(found[2] * (2 if found[1] == "double" else 3))


def _split_digits(tokens: list[str], language: str) -> str:
    text = _DECIMAL_AMOUNT.sub(r"\1 \3 \2", " ".join(tokens))
    text = _DECIMAL_MARK[language].sub(" ", text)
    if language == "en":
        text = _SPOKEN_ZEROS.sub(lambda found: "0 " * len(found[0].split()), text)
        while (read := _SPOKEN_ZERO.sub("0", text)) != text:
            text = read
        while (read := _DOUBLED.sub(_repeat, text)) != text:
            text = read
    text = _DIGITS.sub(
        lambda found: " ".join(re.findall("000|00|[0-9]", found[0].replace(" ", ""))), text
    )
    text = _CENTS[language].sub(r"\1 \2", text)
    text = _SMALL_CENTS.sub(r"\1 \2", text)
    if language == "en":
        return _MONTH_DAY.sub(r"\1", text)
    text = re.sub(r"\blivre sterling\b", "livre", text)
    text = re.sub(r"(?<=[0-9] heure )0 (?=[1-9](?! [0-9]))", "", text)
    return re.sub(r"(?<=[0-9] heure) 00\b", "", text)
