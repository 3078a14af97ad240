"""The words of the page of retention and erasure, in French and English."""

from __future__ import annotations

RETENTION: dict[str, tuple[str, str]] = {
    "rules": ("Durées de conservation", "Retention periods"),
    "rules_version": ("Règles {version}, en jours", "Rules {version}, in days"),
    "purpose": ("Finalité", "Purpose"),
    "audio": ("Son", "Sound"),
    "transcript": ("Texte", "Text"),
    "scorecard": ("Évaluations", "Evaluations"),
    "counted_from": ("À partir", "From"),
    "from_contact": ("du contact", "the contact"),
    "from_contract": (
        "de la signature ; sans contrat, {n} jours",
        "the signature; without a contract, {n} days",
    ),
    "consent": ("Consentement", "Consent"),
    "consent_needed": ("exigé en sortant", "needed when outbound"),
    "others": (
        "Sessions du bot : {bot} jours. Assistance : {assist} jours. Journal des webhooks : "
        "{hooks} jours.",
        "Sessions with the bot: {bot} days. Assistance: {assist} days. Log of webhooks: {hooks} "
        "days.",
    ),
    "next_purge": ("Prochaine purge", "Next purge"),
    "schedule": ("Programmée (cron, UTC) : {cron}", "Scheduled (cron, UTC): {cron}"),
    "daily": ("Chaque jour à {at} (UTC)", "Every day at {at} (UTC)"),
    "would_go": (
        "{n} conversations perdraient quelque chose si la purge avait lieu maintenant.",
        "{n} conversations would lose something if the purge ran now.",
    ),
    "would_go_one": (
        "{n} conversation perdrait quelque chose si la purge avait lieu maintenant.",
        "{n} conversation would lose something if the purge ran now.",
    ),
    "nothing_due": ("Rien n'est arrivé à échéance.", "Nothing is past its time."),
    "what": ("Quoi", "What"),
    "how_many": ("Combien", "How many"),
    "bot_sessions": ("Sessions du bot", "Sessions with the bot"),
    "assist_sessions": ("Sessions d'assistance", "Sessions of the assistant"),
    "webhook_log": ("Journal des webhooks", "Log of webhooks"),
    "failed_originals": ("Originaux en échec", "Failed originals"),
    "unknown_purposes": (
        "Finalités sans règle, dont rien ne part : {names}",
        "Purposes without a rule, of which nothing goes: {names}",
    ),
    "purge_now": ("Purger maintenant", "Purge now"),
    "purge_sure": (
        "Retirer dès maintenant ce qui est arrivé à échéance ? C'est définitif ; une preuve est "
        "gardée.",
        "Remove now what is past its time? This is final; a proof is kept.",
    ),
    "purged": ("Purge faite ; la preuve est ci-dessous.", "Purged; the proof is below."),
    "purges": ("Purges passées", "Past purges"),
    "no_purge": ("Aucune purge pour l'instant.", "No purge yet."),
    "erasures": ("Effacements", "Erasures"),
    "no_erasure": ("Aucun effacement pour l'instant.", "No erasure yet."),
    "number": ("N°", "No."),
    "at": ("Le", "On"),
    "by": ("Demandé par", "Asked by"),
    "by_schedule": ("programme", "schedule"),
    "conversations": ("Conversations", "Conversations"),
    "proof": ("Preuve", "Proof"),
    "see_proof": ("Voir la preuve {n}", "See proof {n}"),
    "see": ("Voir", "See"),
    "hash": ("Empreinte", "Hash"),
    "signature": ("Signature", "Signature"),
    "previous": ("Preuve précédente", "Proof before"),
    "proofs": ("Preuves d'effacement", "Proofs of removal"),
    "proofs_hint": (
        "Purges et effacements sont signés et enchaînés : aucun ne peut être changé ni retiré "
        "sans que la vérification le dise.",
        "Purges and erasures are signed and chained: none can be changed or removed without the "
        "verification saying so.",
    ),
    "verify": ("Vérifier la chaîne", "Verify the chain"),
    "verified": (
        "{n} preuves, toutes intactes.",
        "{n} proofs, all of them whole.",
    ),
    "verified_one": ("{n} preuve, intacte.", "{n} proof, whole."),
    "broken": ("La chaîne est rompue à la preuve {n}.", "The chain is broken at proof {n}."),
    "rights": ("Droits d'une personne", "Rights of a person"),
    "rights_hint": (
        "Effacement (RGPD art. 17) et export (art. 15 et 20) par l'identifiant du client.",
        "Erasure (GDPR art. 17) and export (art. 15 and 20) by the customer's identifier.",
    ),
    "customer_key": ("Identifiant du client", "Customer's identifier"),
    "team": ("Équipe (facultatif)", "Team (optional)"),
    "export": ("Exporter ses données", "Export their data"),
    "exporting": ("Préparation de l'export…", "Preparing the export…"),
    "exported": ("Export téléchargé.", "Export downloaded."),
    "erase": ("Effacer cette personne", "Erase this person"),
    "erase_sure": (
        "Effacer tout ce qui est stocké du client « {key} », partout ? C'est définitif. Pour "
        "confirmer, écrivez à nouveau son identifiant.",
        "Erase all that is stored of the customer “{key}”, everywhere? This is final. To confirm, "
        "write their identifier again.",
    ),
    "erase_again": ("Identifiant, encore une fois", "Identifier, once more"),
    "erase_go": ("Effacer définitivement", "Erase for good"),
    "erase_differs": ("Ce n'est pas le même identifiant.", "This is not the same identifier."),
    "receipt": ("Reçu d'effacement", "Receipt of the erasure"),
    "receipt_of": ("Preuve {n}", "Proof {n}"),
    "copy_of": ("Copie", "Copy"),
    "removed": ("Retiré", "Removed"),
    "kept": ("Gardé", "Kept"),
    "why": ("Pourquoi", "Why"),
    "download": ("Télécharger (JSON)", "Download (JSON)"),
}
