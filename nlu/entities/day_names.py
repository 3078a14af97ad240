"""How French and English name days, months and units of time (without accents)."""

from __future__ import annotations

WEEKDAYS = {
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
    "en": "monday tuesday wednesday thursday friday saturday sunday".split(),
}
MONTHS = {
    "fr": {
        "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7,
        "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
    },
    "en": {
        "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
        "august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1,
        "feb": 2, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10,
        "nov": 11, "dec": 12,
    },
}  # fmt: skip
UNITS = {
    "fr": {
        "seconde": "second", "minute": "minute", "mn": "minute", "min": "minute",
        "heure": "hour", "h": "hour", "jour": "day", "journee": "day", "semaine": "week",
        "quinzaine": "fortnight", "mois": "month", "an": "year", "annee": "year",
    },
    "en": {
        "second": "second", "minute": "minute", "min": "minute", "hour": "hour", "hr": "hour",
        "h": "hour", "day": "day", "week": "week", "fortnight": "fortnight", "month": "month",
        "year": "year",
    },
}  # fmt: skip

RELATIVE_DAYS = {
    "fr": {
        "aujourd'hui": 0, "aujourdhui": 0, "ce jour": 0, "ce matin": 0, "ce soir": 0,
        "cet apres-midi": 0, "cet apres midi": 0, "apres-demain": 2, "apres demain": 2,
        "demain": 1, "avant-hier": -2, "avant hier": -2, "hier": -1,
    },
    "en": {
        "today": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0,
        "the day after tomorrow": 2, "day after tomorrow": 2, "tomorrow": 1,
        "the day before yesterday": -2, "yesterday": -1, "last night": -1,
    },
}  # fmt: skip
