"""The words of an erasure's receipt in French, beside the English that the code gives."""

from __future__ import annotations

FRENCH = {
    # copies
    "answers kept for repeated requests": "réponses gardées pour les requêtes répétées",
    "answers of the bot": "réponses de l'assistant virtuel",
    "assignments": "affectations",
    "backups": "sauvegardes",
    "cards of the assistant": "fiches proposées par l'assistant",
    "contacts in blind sessions": "contacts des séances de calibrage",
    "conversations with their sound": "conversations et leur enregistrement",
    "figures for the board": "chiffres du tableau de bord",
    "jobs": "tâches d'analyse",
    "keys and tokens of customers": "clés et jetons de clients",
    "live sessions": "sessions en direct",
    "messages to webhooks": "messages aux webhooks",
    "named events": "événements repérés",
    "replies to e-mails": "réponses aux courriels",
    "results of stages": "résultats d'étapes",
    "review events": "événements de relecture",
    "scores": "évaluations",
    "scores that outlived their words": "évaluations conservées sans les mots",
    "sessions of the assistant": "sessions de l'assistant",
    "sessions with the bot": "sessions avec l'assistant virtuel",
    "text and its index": "texte et son index",
    "the database's own log": "journal interne de la base de données",
    "topics and gaps with quotes": "sujets et lacunes avec citations",
    "transcripts and analyses": "transcriptions et analyses",
    "vCons as received": "vCons tels que reçus",
    "vectors": "vecteurs",
    "vectors of recent texts": "vecteurs de textes récents",
    "wrap-up notes": "comptes rendus",
    # why something is kept
    "a backup is not rewritten: delete it, or erase again after a restore": (
        "une sauvegarde n'est pas réécrite\u00a0: supprimez-la, ou effacez de nouveau après une "
        "restauration"
    ),
    "the conversation is going on; erase it when it has ended": (
        "la conversation est en cours\u00a0; effacez-la quand elle sera terminée"
    ),
    "the server overwrites it as it writes on; archived logs go with the backups": (
        "le serveur le réécrit au fil de ses écritures\u00a0; les journaux archivés partent "
        "avec les sauvegardes"
    ),
}


def in_french(text: str | None) -> str | None:
    """Return a text of a receipt in French; one that has no translation stays as it is."""
    return None if text is None else FRENCH.get(text, text)
