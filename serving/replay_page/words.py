"""The words of the page of a replay, in French and English."""

from __future__ import annotations

from typing import Literal

from serving.typesetting import one_language

PageLanguage = Literal["fr", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("L'assistant, rejoué", "The assistant, replayed"),
    "title_two": ("Deux bases de connaissances, comparées", "Two knowledge bases, compared"),
    "conversations": ("conversations", "conversations"),
    "minutes": ("minutes", "minutes"),
    "cards": ("fiches", "cards"),
    "base": ("Base", "Base"),
    "left_out": ("Fichiers écartés", "Files left out"),
    "figures": ("En chiffres", "In figures"),
    "precision_at_1": ("Fiches justes", "Cards that are right"),
    "passage_precision_at_1": ("Du passage exact", "Of the very passage"),
    "recall": ("Besoins annotés servis", "Labelled needs met"),
    "asked_with_card_share": ("Demandes qui ont reçu une fiche", "Asked, and got a card"),
    "cards_per_minute": ("Fiches par minute", "Cards a minute"),
    "delay_median": ("Fiche après le tour, médiane", "Card after the turn, median"),
    "delay_p95": ("Fiche après le tour, 95\u202f%", "Card after the turn, 95 %"),
    "asked": ("Demandes des clients", "Asked by customers"),
    "of": ("sur", "of"),
    "not_shown": ("Non montrées", "Not shown"),
    "not_shown_none": ("Aucune fiche n'a été retenue.", "No card was held back."),
    "verdict_same": (
        "Les deux bases montrent les mêmes fiches.",
        "Both show the same cards.",
    ),
    "verdict_b_better": (
        "B est meilleure : sa précision ou son rappel est sûrement plus haut, et aucun des deux "
        "n'est sûrement plus bas.",
        "B is better: its precision or recall is surely higher, and neither is surely lower.",
    ),
    "verdict_b_worse": (
        "B est moins bonne : sa précision ou son rappel est sûrement plus bas, et aucun des deux "
        "n'est sûrement plus haut.",
        "B is worse: its precision or recall is surely lower, and neither is surely higher.",
    ),
    "verdict_mixed": (
        "Partagé : avec B, l'un de la précision et du rappel est sûrement plus haut, l'autre plus "
        "bas.",
        "Mixed: with B one of precision and recall is surely higher, the other lower.",
    ),
    "verdict_undecided": (
        "Aucune différence n'a pu être montrée sur si peu de conversations annotées.",
        "No difference could be shown with so few labelled conversations.",
    ),
    "verdict_unlabelled": (
        "Sans annotations, on ne peut pas dire laquelle est meilleure : lisez les différences.",
        "Without labels it cannot be told which is better: read the differences.",
    ),
    "difference": ("Différence", "Difference"),
    "interval": ("Intervalle à 95\u202f%", "95 % interval"),
    "range": ("{low} à {high}", "{low} to {high}"),
    "chart_interval": ("Différence {difference}, de {low} à {high}",
                       "Difference {difference}, {low} to {high}"),
    "differences": ("Où elles diffèrent", "Where they differ"),
    "only_a": ("seulement A", "only A"),
    "only_b": ("seulement B", "only B"),
    "other_passage": ("autre passage", "other passage"),
    "other_text": ("autres mots", "other words"),
    "other_confidence": ("autre certitude", "other confidence"),
    "by_conversation": ("Conversation par conversation", "Conversation by conversation"),
    "chart": ("Fiches de {name} au fil de {length}", "Cards of {name} over {length}"),
    "clock_recording": ("heures de l'enregistrement", "times of the recording"),
    "clock_messages": ("heures des messages", "times of the messages"),
    "clock_assumed": ("sans heures : débit supposé", "no times: pace assumed"),
    "shown": ("montrée", "shown"),
    "unsure": ("pas assez sûr", "not sure enough"),
    "muted": ("assistant muet", "muted"),
    "refused": ("passage refusé", "passage refused"),
    "repeated": ("déjà montrée", "shown already"),
    "already_said": ("déjà dit par le conseiller", "just said by the agent"),
    "too_late": ("trop tard", "too late"),
    "too_soon": ("trop tôt après la précédente", "too soon after the last"),
    "outranked": ("une plus sûre a été montrée", "a surer one was shown"),
    "after": ("après", "after"),
    "right": ("juste", "right"),
    "wrong": ("fausse", "wrong"),
    "sure": ("certitude", "confidence"),
    "nothing": ("Aucune fiche.", "No card."),
    "missed": ("Besoins annotés sans fiche juste", "Labelled needs without a right card"),
    "turn": ("tour", "turn"),
    "method": ("Méthode", "Method"),
    "method_text": (
        "Chaque tour est rejoué à l'heure où il s'est terminé ; le temps de calcul mesuré "
        "aujourd'hui s'y ajoute. Au plus une fiche toutes les {gap} secondes, jamais le même "
        "passage avant {repeat} minutes, aucune plus de {late} secondes après le tour, rien de ce "
        "que le conseiller vient de dire, rien sous une certitude de {least}.",
        "Each turn is replayed at the time it ended; the computing time measured today is added. "
        "At most one card every {gap} seconds, never the same passage within {repeat} minutes, "
        "none later than {late} seconds after the turn, nothing that the agent has just said, "
        "nothing below a confidence of {least}.",
    ),
    "method_labels": (
        "Une fiche est juste si son document est celui qu'une personne a noté pour ce tour.",
        "A card is right where its document is the one that a person wrote down for that turn.",
    ),
    "method_two": (
        "Intervalles : bootstrap apparié, conversations entières (Efron et Tibshirani 1993).",
        "Intervals: paired bootstrap over whole conversations (Efron and Tibshirani 1993).",
    ),
    "made_by": ("Établi par Entendu", "Made by Entendu"),
    "colon": (" : ", ": "),
    "open_quote": ("« ", "“"),
    "close_quote": (" »", "”"),
}  # fmt: skip


def words_in(language: PageLanguage) -> dict[str, str]:
    """Return the words of the page in one language."""
    return one_language(_WORDS, language)
