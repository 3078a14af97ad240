"""The words of the timeline, in French and English; they go with those of its screen."""

from __future__ import annotations

TIMELINE: dict[str, tuple[str, str]] = {
    "tl_title": ("Historique du client", "Customer history"),
    "tl_nothing": (
        "Aucun contact précédent que vous puissiez voir.",
        "No earlier contact that you may see.",
    ),
    "tl_no_customer": (
        "Client non identifié : pas d'historique.",
        "Customer not identified: no history.",
    ),
    "tl_older": ("Contacts plus anciens", "Older contacts"),
    "tl_open": ("Ouvrir", "Open"),
    "tl_open_of": ("Ouvrir le contact du {at}", "Open the contact of {at}"),
    "tl_yours": (
        "Vos contacts seulement : ceux de l'équipe s'affichent quand le client est avec vous.",
        "Your own contacts only: those of the team are shown while the customer is with you.",
    ),
    "tl_bot": ("Avec l'assistant", "With the assistant"),
    "tl_handed": ("transmis à un conseiller", "handed over to an agent"),
    "tl_no_reason": ("Motif inconnu", "Unknown reason"),
    "tl_pending": ("Analyse en cours", "Being analysed"),
    "tl_inbound": ("entrant", "inbound"),
    "tl_outbound": ("sortant", "outbound"),
    "tl_resolved": ("Résolu", "Resolved"),
    "tl_commitment": ("Engagement pris", "Commitment made"),
    "tl_transferred": ("Transféré", "Transferred"),
    "tl_unresolved": ("Non résolu", "Not resolved"),
    "tl_mood_good": ("Client satisfait", "Customer positive"),
    "tl_mood_neutral": ("Client neutre", "Customer neutral"),
    "tl_mood_bad": ("Client mécontent", "Customer negative"),
    "tl_better": ("en amélioration", "improving"),
    "tl_worse": ("en dégradation", "worsening"),
    "tl_promised": ("Engagement", "Promised"),
    "tl_promised_customer": ("Le client s'engage", "The customer promised"),
    "tl_due": ("pour le {due}", "by {due}"),
    "tl_overdue": ("échéance passée le {due}", "was due on {due}"),
    "tl_rated": ("Note du client : {n} sur 5", "Rated by the customer: {n} of 5"),
}
