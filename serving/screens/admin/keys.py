"""The words of the page of keys, in French and English."""

from __future__ import annotations

KEYS: dict[str, tuple[str, str]] = {
    "keys": ("Clés d'accès", "Access keys"),
    "keys_hint": (
        "Une clé ouvre l'API et les écrans à une personne ou un logiciel. Le service n'en garde "
        "que l'empreinte.",
        "A key opens the API and the screens to a person or a program. The service keeps only its "
        "fingerprint.",
    ),
    "new_key": ("Nouvelle clé", "New key"),
    "key": ("Clé", "Key"),
    "name": ("Nom", "Name"),
    "name_hint": ("À qui ou à quoi elle sert", "Who or what it is for"),
    "role": ("Rôle", "Role"),
    "team": ("Équipe", "Team"),
    "team_hint": ("vide : la vôtre", "empty: yours"),
    "every_team": ("toutes", "all"),
    "agent_key": ("Identifiant du conseiller", "Agent's identifier"),
    "customer_key": ("Identifiant du client", "Customer's identifier"),
    "scopes": ("Limiter à certains droits", "Narrow to some rights"),
    "scopes_all": ("Tous les droits du rôle", "All rights of the role"),
    "scopes_n_one": ("{n} droit", "{n} right"),
    "scopes_n": ("{n} droits", "{n} rights"),
    "expires": ("Fin de validité", "Ends"),
    "expires_never": ("jamais", "never"),
    "expires_30": ("dans 30 jours", "in 30 days"),
    "expires_90": ("dans 90 jours", "in 90 days"),
    "expires_365": ("dans un an", "in a year"),
    "expires_on": ("à une date", "on a day"),
    "day": ("Date", "Day"),
    "per_minute": ("Requêtes par minute (facultatif)", "Requests a minute (optional)"),
    "make": ("Créer la clé", "Make the key"),
    "made": ("Clé créée", "Key made"),
    "state": ("État", "State"),
    "active": ("Valable", "Good"),
    "expired": ("Expirée", "Expired"),
    "revoked": ("Révoquée", "Revoked"),
    "last_used": ("Dernier emploi", "Last used"),
    "never": ("jamais", "never"),
    "made_at": ("Créée le", "Made on"),
    "rotate": ("Renouveler", "Rotate"),
    "rotate_named": ("Renouveler {name}", "Rotate {name}"),
    "rotate_text": (
        "Une nouvelle clé prend les mêmes droits. L'ancienne reste valable le temps de la changer "
        "partout :",
        "A new key gets the same rights. The old one stays good while you change it everywhere:",
    ),
    "grace_0": ("elle s'arrête aussitôt", "it ends at once"),
    "grace_1": ("encore une heure", "one more hour"),
    "grace_24": ("encore un jour", "one more day"),
    "grace_168": ("encore une semaine", "one more week"),
    "revoke": ("Révoquer", "Revoke"),
    "revoke_named": ("Révoquer {name}", "Revoke {name}"),
    "revoke_sure": (
        "Révoquer « {name} » ? Les sessions et les jetons qu'elle a ouverts s'arrêtent aussitôt. "
        "C'est définitif.",
        "Revoke “{name}”? The sessions and tokens that it opened end at once. This is final.",
    ),
    "revoked_now": ("Clé révoquée.", "Key revoked."),
    "only_active": ("Valables", "Good"),
    "only_ended": ("Terminées", "Ended"),
    "empty": ("Aucune clé ici.", "No key here."),
}
