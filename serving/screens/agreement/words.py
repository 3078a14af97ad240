"""The words of the agreement record, in French and English."""

from __future__ import annotations

from serving.screens.settle.words import REVIEWED

AGREEMENT: dict[str, tuple[str, str]] = REVIEWED | {
    "title": ("Accord humain–machine", "Human–machine agreement"),
    "lead": (
        "Ce que valent les réponses automatiques, question par question, mesuré sur les contacts "
        "notés en double et à l'aveugle. Une question trop peu fiable se retire d'elle-même.",
        "What the automatic answers are worth, question by question, measured on contacts scored "
        "twice and blind. A question that is not reliable enough withdraws itself.",
    ),
    "card": ("Grille", "Scorecard"),
    "measuring": ("Mesure en cours…", "Measuring…"),
    "questions": ("Questions", "Questions"),
    "measured_of": (
        "Questions mesurées : {n} sur {all}.",
        "Questions measured: {n} of {all}.",
    ),
    "kappa_note": (
        "Kappa : accord au-delà du hasard, de 0 (nul) à 1 (parfait), avec son intervalle à 95 %. "
        "Zone verte : à partir de {floor}.",
        "Kappa: agreement beyond chance, from 0 (none) to 1 (perfect), with its 95% interval. "
        "Green area: from {floor}.",
    ),
    "rule_note": (
        "Rien n'est décidé en dessous de {n} contacts notés en double et de {failures} "
        "manquements : la réponse reste un brouillon.",
        "Nothing is decided below {n} contacts scored twice and {failures} failures: the "
        "answer stays a draft.",
    ),
    "machine_kappa": ("Kappa machine–consensus", "Kappa of machine and consensus"),
    "human_kappa": ("Entre personnes", "Between people"),
    "between": ("{low} à {high}", "{low} to {high}"),
    "n_double": ("Notés en double", "Scored twice"),
    "failures": ("Manquements", "Failures"),
    "gate": ("La réponse est…", "The answer is…"),
    "gate_auto": ("Préremplie et comptée", "Pre-filled and counted"),
    "gate_assist": ("Proposée, non comptée", "Proposed, not counted"),
    "gate_off": ("Masquée", "Hidden"),
    "gate_none": ("Pas assez mesurée", "Not measured enough"),
    "behind": ("Contacts", "Contacts"),
    "behind_hint": (
        "Les désaccords d'abord. Seules les réponses données à l'aveugle décident.",
        "Disagreements first. Only answers given blind decide.",
    ),
    "behind_none": (
        "Personne n'a encore répondu à cette question.",
        "Nobody has answered this question yet.",
    ),
    "when": ("Quand", "When"),
    "source": ("Origine", "Source"),
    "source_sessions": ("À l'aveugle", "Blind"),
    "source_reviews": ("Évaluation", "Review"),
    "people": ("Personnes", "People"),
    "agreed_answer": ("Référence", "Reference"),
    "gone": ("effacée, ou hors de votre périmètre", "erased, or outside what you may see"),
    "changes": ("À annoncer", "To announce"),
    "changes_hint": (
        "Rien ne change en silence : ces changements s'appliquent quand quelqu'un les annonce.",
        "Nothing changes in silence: these changes apply once somebody announces them.",
    ),
    "changes_n": ("{n} changements", "{n} changes"),
    "changes_n_one": ("1 changement", "1 change"),
    "announce": ("Annoncer", "Announce"),
    "announced_now": ("Changements annoncés.", "Changes announced."),
    "announced": ("Annoncé", "Announced"),
    "announced_none": ("Rien n'a encore été annoncé.", "Nothing has been announced yet."),
    "drift_alarmed": ("Dérive : l'accord baisse", "Drift: agreement is falling"),
    "recalibrated": ("Réglage ajusté", "Settings fitted"),
    "causes": ("Causes", "Root causes"),
    "cause": ("Cause", "Cause"),
    "causes_none": (
        "Aucune cause n'a été nommée dans les évaluations.",
        "No cause was named in reviews.",
    ),
    "n": ("Contacts", "Contacts"),
    "conversations": ("Conversations", "Conversations"),
    "period": ("Période", "Period"),
    "period_all": ("Tout", "All"),
    "period_weeks": ("{n} semaines", "{n} weeks"),
}
"""Of the page."""
