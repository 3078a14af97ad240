"""What is wrong with a page that was asked for, and what helps, in French and English."""

from __future__ import annotations

PROBLEM: dict[str, tuple[str, str]] = {
    "title_403": ("Cette page n'est pas pour vous", "This page is not for you"),
    "help_403": (
        "Votre rôle n'y donne pas accès. Si vous en avez besoin, demandez-le à votre "
        "administrateur.",
        "Your role does not open it. If you need it, ask your administrator.",
    ),
    "title_404": ("Cette page n'existe pas", "There is no such page"),
    "help_404": (
        "L'adresse est fausse, ou ce qu'elle montrait a été retiré, ou n'est pas visible "
        "pour vous.",
        "The address is wrong, or what it showed was removed, or you cannot see it.",
    ),
    "title_409": ("Ce n'est pas encore prêt", "This is not ready yet"),
    "help_409": (
        "L'analyse est en cours, ou a échoué. Réessayez dans un instant, ou regardez l'état "
        "de la conversation.",
        "The analysis is under way, or it failed. Try again in a moment, or look at the "
        "state of the conversation.",
    ),
    "title_422": ("Cette adresse n'est pas valable", "This address is not right"),
    "help_422": (
        "Un filtre ou un réglage qu'elle porte n'est pas connu. Repartez de l'écran.",
        "A filter or a setting in it is not known. Start again from the screen.",
    ),
    "title_429": ("Trop de demandes à la fois", "Too many requests at once"),
    "help_429": ("Réessayez dans une minute.", "Try again in a minute."),
    "title_503": (
        "Le service n'est pas disponible",
        "The service is not available",
    ),
    "help_503": (
        "Il revient de lui-même. Réessayez dans un instant.",
        "It comes back by itself. Try again in a moment.",
    ),
    "title_507": ("Le disque du service est plein", "The disk of the service is full"),
    "help_507": (
        "Rien n'est perdu. L'administrateur doit faire de la place.",
        "Nothing is lost. The administrator has to make room.",
    ),
    "title_other": ("Cette page n'a pas pu être montrée", "This page could not be shown"),
    "help_other": (
        "Réessayez une fois. Si cela revient, donnez à l'administrateur ce que dit le service.",
        "Try again once. If it comes back, tell the administrator what the service says.",
    ),
    "error": ("Erreur", "Error"),
    "detail": ("Ce que dit le service", "What the service says"),
    "retry": ("Réessayer", "Try again"),
    "to_screens": ("Aller à mes écrans", "Go to my screens"),
    "to_chat": ("Revenir à la conversation", "Back to the conversation"),
    "to_sign_in": ("Se connecter", "Sign in"),
}
