"""The words of calibration sessions, in French and English."""

from __future__ import annotations

from serving.screens.settle.words import REVIEWED

CALIBRATION: dict[str, tuple[str, str]] = REVIEWED | {
    "title": ("Séances de calibrage", "Calibration sessions"),
    "sessions": ("Séances de calibrage", "Calibration sessions"),
    "session": ("La séance", "The session"),
    "lead": (
        "Plusieurs personnes notent les mêmes contacts à l'aveugle, puis comparent. Seules ces "
        "réponses mesurent la machine ; un désaccord entre personnes est d'abord un critère à "
        "préciser.",
        "Several people score the same contacts blind, then compare. Only these answers measure "
        "the machine; a disagreement between people is first a criterion to be made clearer.",
    ),
    "open": ("Ouvrir une séance", "Open a session"),
    "none": ("Aucune séance pour l'instant.", "No session yet."),
    "none_open": (
        "Aucune séance pour l'instant. Ouvrez-en une : une grille, deux à quatre contacts, deux "
        "personnes.",
        "No session yet. Open one: a scorecard, two to four contacts, two people.",
    ),
    "card": ("Grille", "Scorecard"),
    "contacts": ("Contacts", "Contacts"),
    "contact": ("Contact", "Contact"),
    "contact_n": ("Contact {n}", "Contact {n}"),
    "raters": ("Participants", "Raters"),
    "you": ("vous", "you"),
    "opened_by": ("Ouverte par {who}, {at}", "Opened by {who}, {at}"),
    "scored_of": ("{who} : {n} sur {all}", "{who}: {n} of {all}"),
    "closed": ("Close", "Closed"),
    "to_compare": ("À comparer", "To compare"),
    "to_score": ("À noter par vous : {n}", "For you to score: {n}"),
    "waiting": ("En attente des autres", "Waiting for others"),
    "excused": ("Dispensé", "Excused"),
    "excuse": ("Dispenser", "Excuse"),
    "excuse_hint": (
        "La séance n'attend plus cette personne ; ce qu'elle a déjà noté compte.",
        "The session waits for this person no longer; what they have scored counts.",
    ),
    "excuse_why": ("Raison", "Reason"),
    "open_hint": (
        "Choisissez de {few} à {many} contacts, dont un ambigu, et au moins deux personnes. "
        "Personne ne voit de réponse avant que tous aient noté.",
        "Choose {few} to {many} contacts, one of them ambiguous, and at least two people. Nobody "
        "sees an answer before all have scored.",
    ),
    "choose": ("Choisir…", "Choose…"),
    "seek": ("Mots prononcés", "Words that were said"),
    "find": ("Chercher", "Search"),
    "no_contacts": ("Aucune conversation analysée.", "No analysed conversation."),
    "no_raters": (
        "Personne ne peut encore évaluer : un administrateur crée les clés d'analyste.",
        "Nobody can review yet: an administrator makes the analysts' keys.",
    ),
    "raters_hint": (
        "Les analystes verront ces contacts pour les noter.",
        "Analysts will see these contacts to score them.",
    ),
    "open_now": ("Ouvrir la séance", "Open the session"),
    "open_needs": (
        "Il faut une grille, un contact et deux participants.",
        "A scorecard, one contact and two raters are needed.",
    ),
    "blind_until": (
        "Séance à l'aveugle : chacun ne voit que ses réponses. Celles des autres et celles de la "
        "machine apparaissent quand tous ont noté.",
        "Blind session: each sees only their own answers. Those of others and of the machine are "
        "shown when all have scored.",
    ),
    "blind": (
        "À l'aveugle : ni proposition de la machine, ni réponse des autres. Vos réponses sont "
        "définitives une fois envoyées.",
        "Blind: neither the machine's proposal nor others' answers. Your answers are final once "
        "sent.",
    ),
    "scored_already": (
        "Vous avez noté ce contact. Vos réponses restent telles quelles ; vous en parlerez à la "
        "comparaison.",
        "You have scored this contact. Your answers stay as they are; you will talk about them "
        "when you compare.",
    ),
    "scored": ("Noté", "Scored"),
    "score": ("Noter", "Score"),
    "not_to_be_seen": (
        "Effacé, ou hors de votre périmètre.",
        "Erased, or outside what you may see.",
    ),
    "place_of": ("Contact {n} sur {all}", "Contact {n} of {all}"),
    "your_answers": ("Vos réponses", "Your answers"),
    "stays": ("Elles ne changent plus.", "They do not change any more."),
    "rate_hint": ("Au clavier :", "With the keyboard:"),
    "keys_move": ("d'une question à l'autre,", "from question to question,"),
    "keys_answer": ("pour répondre.", "to answer."),
    "may_eliminate": ("Éliminatoire", "Eliminatory"),
    "na_when": ("Sans objet : {when}", "Not applicable: {when}"),
    "eliminates_when": ("Éliminatoire si : {when}", "Eliminatory if: {when}"),
    "all_answered": ("Toutes les questions ont une réponse.", "Every question has an answer."),
    "left_to_answer": ("Questions sans réponse : {n}", "Questions without an answer: {n}"),
    "send_answers": ("Envoyer mes réponses", "Send my answers"),
    "send_ask": (
        "Vos réponses pour ce contact seront définitives. Les autres ne les verront que lorsque "
        "tous auront noté.",
        "Your answers for this contact will be final. Others see them only when all have scored.",
    ),
    "send_now": ("Envoyer définitivement", "Send for good"),
    "talk_first": ("À discuter d'abord", "To talk about first"),
    "same_answers": ("Mêmes réponses", "Same answers"),
    "no_difference": (
        "Tous ont répondu pareil, et la machine aussi.",
        "All gave the same answers, and so did the machine.",
    ),
    "people_apart": (
        "Personnes en désaccord : {n} sur {all}",
        "People disagree: {n} of {all}",
    ),
    "machine_apart": ("Seule la machine diffère : {n}", "Only the machine differs: {n}"),
    "all_agree": ("Accord", "All agree"),
    "human_raw": ("Accord brut entre personnes", "Raw agreement of people"),
    "human_kappa": ("Kappa entre personnes", "Kappa of people"),
    "human_alpha": ("Alpha de Krippendorff", "Krippendorff's alpha"),
    "machine_kappa": ("Kappa machine–personnes", "Kappa of machine and people"),
    "machine_ac1": ("AC1 de Gwet, machine", "Gwet's AC1, machine"),
    "figures_note": (
        "Entre crochets, l'intervalle à 95 %. Sur quelques contacts il est très large : ces "
        "chiffres aident à discuter, ils ne prouvent rien.",
        "In brackets the 95% interval. On a few contacts it is very wide: these figures help the "
        "discussion, they prove nothing.",
    ),
    "agreed_answer": ("Réponse de référence", "Reference answer"),
    "agreed_why": (
        "Pourquoi, ou comment lire ce critère désormais",
        "Why, or how to read this criterion from now on",
    ),
    "agree": ("Convenir d'une réponse", "Agree on an answer"),
    "agree_again": ("Changer", "Change"),
    "agreed_now": ("Réponse de référence enregistrée.", "Reference answer recorded."),
    "close_session": ("Clore la séance", "Close the session"),
    "close_hint": (
        "Plus rien ne s'y ajoute. Les réponses de référence comptent dans la mesure de la machine.",
        "Nothing is added any more. The reference answers count when the machine is measured.",
    ),
    "close_note": (
        "Ce que le groupe retient (facultatif)",
        "What the group takes from it (optional)",
    ),
    "closed_by": ("Séance close par {who}, {at}.", "Session closed by {who}, {at}."),
    "closed_now": ("Séance close.", "Session closed."),
}
"""Of the list of sessions, of blind scoring, of the comparison."""
