"""The words of the board's tables for spreadsheets, in French and English."""

from __future__ import annotations

from quality.kpi.definitions import Language
from serving.screens.board.words import BOARD
from serving.screens.words import words_of


def cell_words(language: Language) -> dict[str, str]:
    """Return what codes are called in cells (``trend_steady``, ``unit_count``), as on the screen.

    Args:
        language: Of the reader.
    """
    return words_of(BOARD | _CELLS, language)


HEADS: dict[str, tuple[str, str]] = {
    "first": ("Du", "From"),
    "last": ("Au", "To"),
    "n": ("Conversations", "Conversations"),
    "previous": ("Période précédente", "Previous period"),
    "code": ("Code", "Code"),
    "name": ("Nom", "Name"),
    "share": ("Part", "Share"),
    "low": ("Borne basse", "Low"),
    "high": ("Borne haute", "High"),
    "mean": ("Humeur moyenne", "Mean mood"),
    "negative": ("Négatives", "Negative"),
    "neutral": ("Neutres", "Neutral"),
    "positive": ("Positives", "Positive"),
    "previous_mean": ("Humeur précédente", "Previous mood"),
    "section": ("Rubrique", "Section"),
    "value": ("Valeur", "Value"),
    "unit": ("Unité", "Unit"),
    "previous_value": ("Valeur précédente", "Previous value"),
    "formula": ("Formule", "Formula"),
    "missing": ("Ce qui manque", "What is missing"),
    "scorecard": ("Grille", "Scorecard"),
    "question": ("Question", "Question"),
    "draft": ("Brouillon de la machine", "Machine's draft"),
    "draft_n": ("Brouillons", "Drafts"),
    "confirmed": ("Confirmé par des personnes", "Confirmed by people"),
    "confirmed_low": ("Confirmé, borne basse", "Confirmed, low"),
    "confirmed_high": ("Confirmé, borne haute", "Confirmed, high"),
    "confirmed_n": ("Confirmés", "Confirmed"),
    "gate": ("Confiance", "Gate"),
    "kappa": ("Kappa", "Kappa"),
    "kappa_low": ("Kappa, borne basse", "Kappa, low"),
    "kappa_high": ("Kappa, borne haute", "Kappa, high"),
    "kappa_n": ("Contacts doublement notés", "Doubly scored contacts"),
    "trend": ("Tendance", "Trend"),
    "ratio": ("Rapport récent/avant", "Recent/before ratio"),
    "reason": ("Motif", "Reason"),
    "quote": ("Verbatim", "Quote"),
    "conversation": ("Conversation", "Conversation"),
    "questions": ("Questions", "Questions"),
    "handling_s": ("Traitement (s)", "Handling (s)"),
    "why": ("Pourquoi", "Why"),
    "nearest": ("Article le plus proche", "Nearest article"),
    "has_draft": ("Brouillon", "Draft"),
    "start": ("Demi-heure", "Half-hour"),
    "expected": ("Attendus", "Expected"),
    "agents": ("Agents", "Agents"),
    "agents_low": ("Agents, borne basse", "Agents, low"),
    "agents_high": ("Agents, borne haute", "Agents, high"),
    "service_level": ("Qualité de service", "Service level"),
    "occupancy": ("Occupation", "Occupancy"),
}

_CELLS: dict[str, tuple[str, str]] = {
    "unit_count": ("nombre", "count"),
    "unit_share": ("part", "share"),
    "unit_seconds": ("secondes", "seconds"),
    "unit_money": ("monnaie", "money"),
    "unit_points": ("points", "points"),
    "unit_scale": ("note sur l'échelle", "mark on the scale"),
    "unit_score": ("note sur 100", "score out of 100"),
    "unit_rate": ("mots par minute", "words per minute"),
    "yes": ("oui", "yes"),
    "no": ("non", "no"),
    "health_failed_7_days": ("Conversations en échec en 7 jours", "Conversations failed in 7 days"),
    "health_delay_median_s": ("Délai médian (s)", "Median delay (s)"),
    "health_delay_p90_s": ("Délai de 9 sur 10 (s)", "Delay of 9 in 10 (s)"),
    "health_waiting_since": ("Le plus ancien attend depuis", "The oldest has waited since"),
    "health_recordings": ("Enregistrements", "Recordings"),
    "health_speech_s": ("Parole (s)", "Speech (s)"),
    "health_covered_s": ("Parole sous des mots (s)", "Speech under words (s)"),
    "health_short": ("Enregistrements sous 90 %", "Recordings below 90%"),
    "health_warned": ("Enregistrements avec un avertissement", "Recordings with a warning"),
    "health_counted": ("Conversations comptées", "Conversations counted"),
    "health_pending": ("Analysées, pas encore comptées", "Analysed, not counted yet"),
    "health_left_out": ("D'une version antérieure, non lues", "Of an earlier version, not read"),
}
