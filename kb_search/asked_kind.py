"""What kind of thing a question asks for, and whether a text holds one.

"Combien coûte …" wants an amount; a passage about the right subject without any amount does not
answer it.
"""

from __future__ import annotations

import re
from typing import Literal

from kb_search.words import fold

AskedKind = Literal["amount", "duration", "date", "number", "place"]

_ASKED: dict[AskedKind, re.Pattern[str]] = {
    "duration": re.compile(
        r"\bcombien de (?:temps|jours?|semaines?|mois|annees?|ans|heures?|minutes?)\b"
        r"|\bquel(?:le)?s? (?:est |sont )?(?:le |la |les )?(?:delais?|durees?)\b"
        r"|\b(?:dans|sous|en) combien\b|\bdans quels? delais?\b"
        r"|\bhow (?:long|soon|many (?:days|weeks|months|years|hours))\b"
    ),
    "amount": re.compile(
        r"\bcombien (?:ca |cela |est-ce que ca )?(?:cout|vaut|valent|paie|paye|me factur|rembours|"
        r"gagne)\w*|\ba combien\b|\bcombien (?:d'argent|d'euros)\b|\bc'est combien\b"
        r"|\bquel(?:le)?s? (?:est |sont |sera )?(?:le |la |les )?(?:prix|tarifs?|couts?|montants?|"
        r"frais|plafonds?|amendes?|salaires?)\b|\bhow much\b"
        r"|\bwhat (?:is|are) the (?:price|cost|fees?|charges?|amount|limit|interest rate|salary)\b"
    ),
    "number": re.compile(r"\bcombien d[e']|\bhow many\b|\bcombien y a-t-il\b"),
    "date": re.compile(
        r"\bquand\b|\ben quelle annee\b|\b(?:a )?(?:quelle|partir de quelle) (?:date|heure)\b"
        r"|\bquel jour\b|\bdepuis quand\b|\bwhat (?:date|time|day|year)\b"
        r"|\bin which year\b|^\s*when\b|\bwhen (?:is|are|do|does|did|will|can|was|were)\b"
    ),
    "place": re.compile(
        r"\bou (?:est|sont|puis|peut|se|trouv|dois|doit|va|aller|adress|telecharg|achet)\w*"
        r"|^\s*where\b|\bwhere (?:is|are|do|does|can|was|were)\b"
    ),
}
"""The first that fits is meant: "combien de temps" is a duration, not a number."""

_NUMERAL = (
    r"(?:\d+(?:[ .,]\d+)*|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|"
    r"trente|quarante|cinquante|soixante|cent|mille|two|three|four|five|seven|eight|nine|ten|"
    r"eleven|twelve|fifteen|twenty|thirty|fifty|hundred|thousand)"
)
_UNIT = (
    r"(?:secondes?|minutes?|mn|heures?|h|jours?|semaines?|mois|trimestres?|ans?|annees?|siecles?|"
    r"seconds?|hours?|days?|weeks?|months?|years?)"
)
_HELD: dict[AskedKind, re.Pattern[str]] = {
    "amount": re.compile(
        r"[€$£%]|\b(?:euros?|eur|rs|inr|dollars?|francs?|centimes?|livres|pour cent|percent|"
        r"gratuit\w*|free of charge|sans frais|no (?:fee|charge)|millions?|milliards?)\b"
    ),
    "duration": re.compile(
        rf"\b(?:{_NUMERAL}|une?|a|an|one|plusieurs|quelques|several|few)[ -]*(?:a \d+ )?"
        rf"(?:premiers? |first )?{_UNIT}\b|\b(?:immediat\w*|aussitot|immediately|permanen\w*|"
        r"indefini\w*|a vie)\b"
    ),
    "number": re.compile(rf"\b(?:{_NUMERAL}|une?|one)\b"),
    "date": re.compile(
        r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}\b|\b\d{1,2} ?h(?:\d\d)?\b"
        r"|\b(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|"
        r"decembre|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|january|february|march|"
        r"april|june|july|august|september|october|november|december|monday|tuesday|wednesday|"
        r"thursday|friday|saturday|sunday|lorsque|des que|avant|apres|once|before|after|when|"
        r"siecle|century)\b"
        rf"|\b{_NUMERAL} ?{_UNIT}\b"
    ),
    "place": re.compile(
        r"https?:|www\.|@|\b(?:rubrique|onglet|menu|page|site|agence|boutique|guichet|mairie|"
        r"adresse|application|espace|aupres|section|tab|branch|website|online|en ligne|address|"
        r"app|near|sur|dans|chez|at|in|on|under|sous)\b"
    ),
}


def asked_kind(question: str) -> AskedKind | None:
    """Return what a question asks for; None where it is none of these.

    Args:
        question: In French or English.
    """
    folded = fold(question)
    return next((kind for kind, pattern in _ASKED.items() if pattern.search(folded)), None)


def holds_kind(text: str, kind: AskedKind) -> bool:
    """Say whether a text holds something of a kind: an amount, a duration, a date.

    Args:
        text: A sentence or a passage.
        kind: From :func:`asked_kind`.
    """
    return bool(_HELD[kind].search(fold(text)))
