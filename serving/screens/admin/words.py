"""The words that all parts of the administration share, in French and English."""

from __future__ import annotations

ADMIN: dict[str, tuple[str, str]] = {
    "title": ("Administration", "Administration"),
    "parts": ("Parties de l'administration", "Parts of the administration"),
    "part_knowledge": ("Connaissances", "Knowledge"),
    "part_scorecards": ("Grilles", "Scorecards"),
    "part_reasons": ("Motifs", "Reasons"),
    "part_keys": ("Clés d'accès", "Access keys"),
    "part_retention": ("Conservation", "Retention"),
    "part_webhooks": ("Webhooks", "Webhooks"),
    "part_models": ("Modèles", "Models"),
    "part_audit": ("Journal d'audit", "Audit log"),
    "more": ("Afficher plus", "Show more"),
    "all": ("Tous", "All"),
    "none": ("Aucun", "None"),
    "yes": ("oui", "yes"),
    "no": ("non", "no"),
    "sure": ("Êtes-vous sûr ?", "Are you sure?"),
    "copy": ("Copier", "Copy"),
    "copied": ("Copié.", "Copied."),
    "shown_once": (
        "Copiez-le maintenant : il ne sera plus jamais affiché.",
        "Copy it now: it is never shown again.",
    ),
    "draft_found": (
        "Votre brouillon du {at}, non enregistré, a été repris.",
        "Your draft of {at}, which was not saved, was taken up again.",
    ),
    "draft_drop": ("Abandonner ce brouillon", "Drop this draft"),
    "back": ("Retour à la liste", "Back to the list"),
    "acts": ("Actions", "Actions"),
}
