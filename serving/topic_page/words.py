"""The words of the page of topics, in French and English."""

from __future__ import annotations

from typing import Literal

from serving.typesetting import one_language

PageLanguage = Literal["fr", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Sujets émergents", "Emerging topics"),
    "conversations": ("conversations", "conversations"),
    "open": ("sans motif qui convienne", "without a fitting reason"),
    "grouped": ("dans un sujet", "in a topic"),
    "apart": (
        "Le reste ne ressemble à rien d'autre et n'est rangé nulle part.",
        "The rest is like nothing else and is put nowhere.",
    ),
    "undated": ("sans date", "without a date"),
    "undated_note": (
        "Sans date, une conversation compte dans la taille d'un sujet, pas dans son évolution.",
        "A conversation without a date counts in a topic's size, not in its growth.",
    ),
    "left_out": (
        "phrases au-delà de la limite d'une recherche : les plus récentes ont été gardées.",
        "sentences beyond the limit of one search: the newest were kept.",
    ),
    "topics": ("Ce qu'aucun motif ne couvre", "What no reason covers"),
    "topics_none": (
        "Aucun sujet : trop peu de conversations sans motif se ressemblent.",
        "No topic: too few conversations without a reason are alike.",
    ),
    "vocabulary": (
        "Nouveau vocabulaire dans les motifs connus",
        "New vocabulary in known reasons",
    ),
    "vocabulary_none": (
        "Rien de nouveau n'est dit dans les motifs connus.",
        "Nothing new is said in known reasons.",
    ),
    "changes": ("Changements depuis la dernière fois", "Changes since the last time"),
    "merged": ("fusionné avec", "merged into"),
    "vanished": ("disparu : trop peu de conversations", "vanished: too few conversations"),
    "new": ("Nouveau", "New"),
    "growing": ("En hausse", "Growing"),
    "steady": ("Stable", "Steady"),
    "quiet": ("Silencieux", "Quiet"),
    "of_open": ("des conversations sans motif", "of those without a reason"),
    "of_reason": ("des conversations de ce motif", "of that reason's conversations"),
    "in_reason": ("Dans", "In"),
    "day": ("jour", "day"),
    "week": ("semaine", "week"),
    "growth": (
        "{recent} sur {recent_total} contacts {window}, contre {before} sur {before_total} avant",
        "{recent} of {recent_total} contacts {window}, against {before} of {before_total} before",
    ),
    "window_1": ("le dernier jour", "on the last day"),
    "window": ("en {days} jours", "in {days} days"),
    "ratio": ("fréquence × {ratio}", "rate × {ratio}"),
    "interval": ("intervalle à 95\u202f%\u00a0: {low} à {high}", "95 % interval: {low} to {high}"),
    "interval_open": ("au moins × {low} (95\u202f%)", "at least × {low} (95 %)"),
    "no_limit": ("sans limite", "no limit"),
    "first": ("Première fois le", "First on"),
    "method": ("Méthode", "Method"),
    "method_text": (
        "Les phrases des clients sont regroupées par liaison moyenne, sans nombre de groupes "
        "imposé. Un sujet réunit au moins {least} conversations. « En hausse » : test exact de "
        "deux fréquences (Przyborowski et Wilenski 1940), corrigé par la méthode de Holm ; "
        "risque de se tromper {error}. Les noms proposés sont à confirmer par une personne.",
        "Customers' sentences are grouped by average linkage, with no number of groups given. A "
        "topic has at least {least} conversations. “Growing”: exact test of two rates "
        "(Przyborowski and Wilenski 1940), with Holm's correction; risk of being wrong {error}. "
        "The proposed names are for a person to confirm.",
    ),
    "made_by": ("Établi par Entendu", "Made by Entendu"),
    "colon": (" : ", ": "),
    "open_quote": ("« ", "“"),
    "close_quote": (" »", "”"),
    "lang_fr": ("français", "French"),
    "lang_en": ("anglais", "English"),
    "lang_": ("langue inconnue", "unknown language"),
    "to": ("au", "to"),
    "from": ("Du", "From"),
    "chart": ("Conversations par {period}, {first} à {last}, au plus {most}",
              "Conversations per {period}, {first} to {last}, at most {most}"),
}  # fmt: skip


def words_in(language: PageLanguage) -> dict[str, str]:
    """Return the words of the page in one language."""
    return one_language(_WORDS, language)
