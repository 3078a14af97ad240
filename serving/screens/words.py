"""The words that the screens of the centre share, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from serving.typesetting import one_language

if TYPE_CHECKING:
    from serving.sign_in_page.words import PageLanguage

_SHARED: dict[str, tuple[str, str]] = {
    "skip": ("Aller au contenu", "Skip to the content"),
    "desk": ("Poste", "Desk"),
    "inbox": ("Conversations", "Conversations"),
    "board": ("Tableau de bord", "Board"),
    "admin": ("Administration", "Administration"),
    "account": ("Mon compte", "My account"),
    "language": ("English", "Français"),
    "dark": ("Thème sombre", "Dark theme"),
    "light": ("Thème clair", "Light theme"),
    "screens": ("Écrans", "Screens"),
    "demo": ("Démo", "Demo"),
    "demo_all": ("Personnes et conversations inventées", "Invented people and conversations"),
    "review": ("Qualité", "Quality"),
    "mine": ("Mes évaluations", "My evaluations"),
    "waiting_here": ("en attente", "waiting"),
    "review_area": ("Qualité", "Quality"),
    "review_queue": ("À évaluer", "To review"),
    "review_mine": ("Mes évaluations", "My evaluations"),
    "review_contests": ("Contestations", "Contests"),
    "review_calibrations": ("Calibrage", "Calibration"),
    "review_agreement": ("Accord humain–machine", "Human–machine agreement"),
    "role_agent": ("Conseiller", "Agent"),
    "role_analyst": ("Analyste qualité", "Quality analyst"),
    "role_supervisor": ("Superviseur", "Supervisor"),
    "role_admin": ("Administrateur", "Administrator"),
    "role_customer": ("Client", "Customer"),
    "save": ("Enregistrer", "Save"),
    "cancel": ("Annuler", "Cancel"),
    "close": ("Fermer", "Close"),
    "again": ("Réessayer", "Try again"),
    "loading": ("Chargement…", "Loading…"),
    "colon": (" :", ":"),
    "phone": ("Appel", "Call"),
    "email": ("E-mail", "E-mail"),
    "chat": ("Chat", "Chat"),
    "sms": ("SMS", "SMS"),
    "social": ("Réseau social", "Social"),
    "letter": ("Courrier", "Letter"),
    "voicebot": ("Bot vocal", "Voicebot"),
    "speaker_agent": ("Conseiller", "Agent"),
    "speaker_customer": ("Client", "Customer"),
    "speaker_bot": ("Assistant", "Assistant"),
    "speaker_system": ("Système", "System"),
    "speaker_unknown": ("Inconnu", "Unknown"),
    "bad_day": (
        "Cette date n'a pas été prise : donnez le jour, le mois et l'année, 1970 ou après.",
        "This date was not taken: give the day, the month and the year, 1970 or later.",
    ),
    "problem_cut": (
        "Le service ne répond pas. Vérifiez la connexion, puis réessayez.",
        "The service does not answer. Check the connection, then try again.",
    ),
    "problem_401": (
        "Votre session est terminée. Connectez-vous à nouveau.",
        "Your session has ended. Sign in again.",
    ),
    "problem_403": ("Vous n'avez pas ce droit.", "You are not allowed to do this."),
    "problem_404": ("Introuvable, ou retiré.", "Not found, or removed."),
    "problem_409": (
        "Quelqu'un l'a changé entre-temps. Rechargez, puis recommencez.",
        "Somebody changed it meanwhile. Reload, then do it again.",
    ),
    "problem_412": (
        "Quelqu'un l'a changé entre-temps. Rechargez, puis recommencez.",
        "Somebody changed it meanwhile. Reload, then do it again.",
    ),
    "problem_422": ("Cette saisie ne peut pas être prise.", "This entry cannot be taken."),
    "problem_429": (
        "Trop de demandes à la fois. Réessayez dans un instant.",
        "Too many requests at once. Try again in a moment.",
    ),
    "problem_507": ("Le disque du service est plein.", "The disk of the service is full."),
    "problem_other": (
        "Le service n'a pas pu faire cela.",
        "The service could not do this.",
    ),
}


def words_of(own: Mapping[str, tuple[str, str]], language: PageLanguage) -> dict[str, str]:
    """Return the words of a screen beside the shared ones, in one language.

    Args:
        own: Of the screen, each as (French, English).
        language: Which.
    """
    return one_language({**_SHARED, **own}, language)
