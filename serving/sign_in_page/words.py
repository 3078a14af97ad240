"""The words of the sign-in page, in French and English."""

from __future__ import annotations

from typing import Literal

from serving.typesetting import one_language

PageLanguage = Literal["fr", "en"]

_WORDS: dict[str, tuple[str, str]] = {
    "sign_in": ("Se connecter", "Sign in"),
    "signed_in": ("Vous êtes connecté", "You are signed in"),
    "with_account": ("Continuer avec mon compte d'entreprise", "Continue with my work account"),
    "or": ("ou", "or"),
    "key": ("Clé d'accès", "Access key"),
    "key_hint": (
        "Elle commence par « ent_ ». Un administrateur vous l'a remise ; elle n'est jamais "
        "affichée ni enregistrée dans ce navigateur.",
        "It starts with “ent_”. An administrator gave it to you; it is never shown or stored in "
        "this browser.",
    ),
    "go": ("Se connecter", "Sign in"),
    "demo": ("Démonstration", "Demonstration"),
    "demo_hint": (
        "Un centre inventé : personnes, numéros et conversations sont fictifs. "
        "Choisissez un regard.",
        "An invented centre: people, numbers and conversations are fictional. "
        "Choose how to look at it.",
    ),
    "demo_as_agent": ("Claire, conseillère", "Claire, agent"),
    "demo_sees_agent": (
        "Le poste de travail, ses conversations, ses évaluations partagées.",
        "The desk, her conversations, the evaluations shared with her.",
    ),
    "demo_as_analyst": ("Inès, analyste qualité", "Inès, quality analyst"),
    "demo_sees_analyst": (
        "Sa file de contacts tirés au sort, l'écoute et la grille.",
        "Her queue of sampled contacts, the player and the scorecard.",
    ),
    "demo_as_supervisor": ("Marc, superviseur", "Marc, supervisor"),
    "demo_sees_supervisor": (
        "Le tableau de bord, les contestations, toute l'équipe.",
        "The board, the contests, the whole team.",
    ),
    "demo_as_admin": ("Nadège, administratrice", "Nadège, administrator"),
    "demo_sees_admin": (
        "Tout, avec les clés, les grilles, les connaissances et le journal.",
        "Everything, with keys, scorecards, knowledge and the audit log.",
    ),
    "demo_as_customer": ("Un client", "A customer"),
    "demo_sees_customer": (
        "Le chat avec l'assistant, sans compte.",
        "The chat with the assistant, without an account.",
    ),
    "demo_or_key": ("ou avec une clé", "or with a key"),
    "wrong_key": (
        "Cette clé n'est pas valable : inconnue, expirée, révoquée ou mal recopiée.",
        "This key is not good: unknown, expired, revoked or mistyped.",
    ),
    "too_many": (
        "Trop d'essais depuis cette adresse. Réessayez dans une minute.",
        "Too many attempts from this address. Try again in a minute.",
    ),
    "not_for_customers": (
        "Cette clé est celle d'un client : elle n'ouvre pas ces écrans.",
        "This is a customer's key: it does not open these screens.",
    ),
    "elsewhere": (
        "La demande ne venait pas de cette page. Réessayez d'ici.",
        "The request did not come from this page. Try again from here.",
    ),
    "not_valid": (
        "La connexion avec le compte d'entreprise n'a pas abouti. Recommencez.",
        "Signing in with the work account did not succeed. Please begin again.",
    ),
    "no_role": (
        "Votre compte est reconnu, mais aucun rôle ne lui est donné ici. Demandez un accès.",
        "Your account is known, but it has no role here. Ask for access.",
    ),
    "unavailable": (
        "Le fournisseur d'identité ne répond pas. Réessayez dans un instant.",
        "The identity provider does not answer. Try again in a moment.",
    ),
    "role": ("Rôle", "Role"),
    "team": ("Équipe", "Team"),
    "every_team": ("toutes", "all"),
    "ends": ("Sans activité, fin de session à", "Without activity, the session ends at"),
    "utc": ("UTC", "UTC"),
    "onward": ("Aller à mes écrans", "Go to my screens"),
    "tagline": (
        "Vos conversations, entendues et comprises.",
        "Your conversations, heard and understood.",
    ),
    "sign_out": ("Se déconnecter", "Sign out"),
    "sign_out_everywhere": (
        "Se déconnecter de tous les appareils", "Sign out on all devices",
    ),
    "documentation": ("Documentation de l'API", "API documentation"),
    "local": (
        "Vos conversations restent sur vos machines.", "Your conversations stay on your machines.",
    ),
    "language": ("Langue", "Language"),
    "agent": ("conseiller", "agent"),
    "analyst": ("analyste qualité", "quality analyst"),
    "supervisor": ("superviseur", "supervisor"),
    "admin": ("administrateur", "administrator"),
    "customer": ("client", "customer"),
}  # fmt: skip


def words_in(language: PageLanguage) -> dict[str, str]:
    """Return the words in one language."""
    return one_language(_WORDS, language)


def language_of(accepted: str, asked: str | None = None) -> PageLanguage:
    """Return the language to show a page in.

    Args:
        accepted: Header ``Accept-Language``.
        asked: ``fr`` or ``en``, where the reader chose; anything else counts as not chosen.
    """
    if asked in ("fr", "en"):
        return "fr" if asked == "fr" else "en"
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted[:200].split(",")):
        name, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name.strip().lower()[:2]))
        except ValueError:
            continue
    return next(("en" if name == "en" else "fr" for _, _, name in sorted(weighed)
                 if name in ("fr", "en")), "fr")  # fmt: skip
