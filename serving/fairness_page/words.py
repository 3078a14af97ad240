"""The words of the page of the fairness test, in French and English."""

from __future__ import annotations

from typing import Literal

from serving.typesetting import one_language

PageLanguage = Literal["fr", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("La note dépend-elle de la personne ?", "Does the score depend on the person?"),
    "conversations": ("conversations", "conversations"),
    "copies": ("copies notées de nouveau", "copies scored again"),
    "card": ("Grille", "Scorecard"),
    "not_repeatable": (
        "Une même conversation notée deux fois reçoit des réponses différentes : les autres "
        "résultats de cette page ne valent rien avant que cela soit réparé.",
        "The same conversation scored twice gets different answers: nothing else on this page "
        "counts until that is mended.",
    ),
    "overview": (
        "Ce qui a été changé, et ce que cela change",
        "What was changed, and what follows",
    ),
    "changed": ("Changement", "Change"),
    "flips": ("Réponses modifiées", "Flipped answers"),
    "flips_hint": ("part, intervalle à 95 %", "share, 95% interval"),
    "shift": ("Note, en points", "Score, in points"),
    "verdict": ("Verdict", "Verdict"),
    "holds": ("tient", "holds"),
    "too_few": ("rien vu, trop peu de cas", "nothing seen, too few"),
    "doubtful": ("à surveiller", "doubtful"),
    "fails": ("échoue", "fails"),
    "of": ("sur", "of"),
    "tolerance": ("tolérance", "tolerance"),
    "needed": (
        "Pour conclure « tient » sans aucune réponse modifiée, il faut {needed} conversations "
        "(tolérance {tolerance}).",
        "To conclude “holds” without a flipped answer, {needed} conversations are needed "
        "(tolerance {tolerance}).",
    ),
    "unchanged": ("Rien à changer dans ces conversations pour", "Nothing to change here for"),
    "questions": ("Par question", "By question"),
    "others": (
        "{count} questions sans aucune réponse modifiée (l'intervalle permet jusqu'à {high}).",
        "{count} questions without a flipped answer (the interval allows up to {high}).",
    ),
    "question": ("Question", "Question"),
    "value": ("Valeur moyenne", "Mean value"),
    "variants": ("Par variante", "By variant"),
    "variant": ("Variante", "Variant"),
    "words_changed": ("mots différents", "words differ"),
    "gap": ("Écart avec le témoin", "Gap to the control"),
    "control": ("témoin", "control"),
    "pairs": ("Réponses modifiées, une par une", "Flipped answers, one by one"),
    "more": (
        "Les {shown} premières sur {total} ; toutes sont dans le JSON.",
        "The first {shown} of {total}; all are in the JSON.",
    ),
    "before": ("avant", "before"),
    "after": ("après", "after"),
    "turn": ("tour", "turn"),
    "evidence": ("Preuve", "Evidence"),
    "na": ("sans objet", "n/a"),
    "open": ("non évaluable", "not assessable"),
    "customer": ("client", "customer"),
    "agent": ("agent", "agent"),
    "bot": ("bot", "bot"),
    "system": ("système", "system"),
    "unknown": ("inconnu", "unknown"),
    "left_out": ("Laissées de côté", "Left out"),
    "method": ("Méthode", "Method"),
    "method_text": (
        "Part de réponses modifiées : intervalle de Wilson (1927) à la taille d'échantillon "
        "effective, les copies d'une conversation allant ensemble. Points : moyenne par "
        "conversation, intervalle par rééchantillonnage, test de permutation des signes, "
        "correction de Holm par question. « Tient » : tout l'intervalle est sous la tolérance ; "
        "« échoue » : tout l'intervalle est au-dessus. Graine {seed}.",
        "Share of flipped answers: Wilson's interval (1927) at the effective sample size, since "
        "copies of one conversation go together. Points: mean by conversation, bootstrap "
        "interval, sign-flip test, Holm's correction by question. “Holds”: the whole interval is "
        "below the tolerance; “fails”: all of it is above. Seed {seed}.",
    ),
    "made_by": ("Établi par Entendu", "Made by Entendu"),
    "private": (
        "Cette page cite des conversations mot pour mot : elle se garde comme elles.",
        "This page quotes conversations word for word: keep it as you keep them.",
    ),
    "open_quote": ("« ", "“"),
    "close_quote": (" »", "”"),
    "colon": (" : ", ": "),
}


def words_in(language: PageLanguage) -> dict[str, str]:
    """Return the words of the page in one language."""
    return one_language(_WORDS, language)
