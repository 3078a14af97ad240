"""The words of the chat, in French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.typesetting import one_language

if TYPE_CHECKING:
    from serving.sign_in_page.words import PageLanguage

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Assistance", "Help"),
    "demo": ("Démo", "Demo"),
    "skip": ("Aller à la conversation", "Skip to the conversation"),
    "log": ("Conversation", "Conversation"),
    "greeting": (
        "Bonjour, je suis un assistant virtuel du service client, pas une personne. Posez votre "
        "question : je réponds avec les articles de notre documentation, ou je vous mets en "
        "relation avec un conseiller.",
        "Hello, I am a virtual assistant of the customer service, not a person. Ask your "
        "question: I answer with the articles of our documentation, or put you through to an "
        "agent.",
    ),
    "bot": ("Assistant virtuel", "Virtual assistant"),
    "customer": ("Vous", "You"),
    "agent": ("Conseiller", "Agent"),
    "system": ("Information", "Notice"),
    "unknown": ("Information", "Notice"),
    "message": ("Votre message", "Your message"),
    "placeholder": ("Écrivez votre question…", "Type your question…"),
    "send": ("Envoyer", "Send"),
    "person": ("Parler à un conseiller", "Talk to an agent"),
    "ask_person": ("Je voudrais parler à un conseiller.", "I would like to talk to an agent."),
    "choose": ("Choisissez une réponse", "Choose an answer"),
    "source": ("Article", "Article"),
    "writing": ("L'assistant cherche la réponse…", "The assistant is looking for the answer…"),
    "waiting": (
        "Un conseiller va vous rejoindre. Vous pouvez continuer à écrire.",
        "An agent is about to join you. You can go on writing.",
    ),
    "with_person": (
        "Vous parlez maintenant avec un conseiller. L'assistant se tait.",
        "You are now talking with an agent. The assistant is silent.",
    ),
    "with_name": (
        "Vous parlez maintenant avec {name}. L'assistant se tait.",
        "You are now talking with {name}. The assistant is silent.",
    ),
    "joined": ("{name} a rejoint la conversation", "{name} joined the conversation"),
    "someone": ("Un conseiller", "An agent"),
    "person_writes": ("{name} écrit…", "{name} is typing…"),
    "refresh": ("Voir les nouveaux messages", "See new messages"),
    "ended_by_person": (
        "Le conseiller a terminé la conversation.",
        "The agent ended the conversation.",
    ),
    "ended_silence": (
        "La conversation a été fermée faute de réponse.",
        "The conversation was closed as nobody answered.",
    ),
    "cut": ("Connexion perdue. Reprise automatique…", "Connection lost. Resuming by itself…"),
    "close_frame": ("Fermer", "Close"),
    "more": ("En savoir plus", "Read more"),
    "privacy": ("Vos données personnelles", "Your personal data"),
    "closed": ("La conversation est terminée.", "The conversation is over."),
    "new": ("Nouvelle conversation", "New conversation"),
    "end": ("Terminer", "End"),
    "times": ("Heures", "Times"),
    "download": ("Télécharger la conversation", "Download the conversation"),
    "download_short": ("Télécharger", "Download"),
    "to_person": ("Écrivez votre message…", "Type your message…"),
    "rate": ("Cette conversation vous a-t-elle aidé ?", "Did this conversation help you?"),
    "rate_1": ("1, pas du tout", "1, not at all"),
    "rate_2": ("2", "2"),
    "rate_3": ("3", "3"),
    "rate_4": ("4", "4"),
    "rate_5": ("5, tout à fait", "5, very much"),
    "remark": ("Un mot de plus (facultatif)", "Anything to add (optional)"),
    "thanks": ("Merci de votre réponse.", "Thank you for your answer."),
    "notice": (
        "Vous écrivez à un programme. Vos messages sont conservés {days} jours pour vous répondre "
        "et améliorer le service.",
        "You are writing to a program. Your messages are kept for {days} days to answer you and "
        "to improve the service.",
    ),
    "notice_more": (
        "Les numéros de carte sont effacés avant tout enregistrement. Un échange avec un "
        "conseiller est conservé {person_days} jours avec votre dossier. Pour vous y opposer, "
        "écrivez-le ici : « je refuse que la conversation soit enregistrée ». Vous pouvez "
        "demander un conseiller à tout moment.",
        "Card numbers are removed before anything is stored. What you write with an agent is kept "
        "for {person_days} days with your file. To object, say so here: “I refuse to be "
        "recorded”. You can ask for an agent at any time.",
    ),
    "failed": (
        "Le message n'est pas parti. Vérifiez la connexion, puis réessayez.",
        "The message was not sent. Check the connection, then try again.",
    ),
    "too_many": (
        "Trop de messages à la fois. Réessayez dans un instant.",
        "Too many messages at once. Try again in a moment.",
    ),
    "back": ("Revenir à la conversation", "Back to the conversation"),
    "valid_from": ("En vigueur depuis le", "In force since"),
    "language": ("English", "Français"),
    "dark": ("Thème sombre", "Dark theme"),
    "light": ("Thème clair", "Light theme"),
    "no_article": (
        "Cet article n'existe pas ou n'est pas public.",
        "This article does not exist or is not public.",
    ),
}


def words_in(language: PageLanguage, **values: object) -> dict[str, str]:
    """Return every word of the chat in one language.

    Args:
        language: Which.
        values: What the words leave open: ``days``, ``person_days``.
    """
    return {
        name: text.format(**values) if name.startswith("notice") else text
        for name, text in one_language(_WORDS, language).items()
    }
