"""The words of the inbox, in French and English."""

from __future__ import annotations

INBOX: dict[str, tuple[str, str]] = {
    "title": ("Conversations", "Conversations"),
    "drop": (
        "Déposez ici des enregistrements, chats ou e-mails",
        "Drop recordings, chats or e-mails here",
    ),
    "drop_hint": (
        "wav, mp3, opus, m4a…, vCon, JSON, texte. Chaque fichier est vérifié, enregistré, puis "
        "transcrit et analysé ; vous pouvez fermer la page.",
        "wav, mp3, opus, m4a…, vCon, JSON, text. Each file is checked, stored, then transcribed "
        "and analysed; you can close the page.",
    ),
    "choose": ("Choisir des fichiers", "Choose files"),
    "sending": ("Envoi", "Sending"),
    "sent": ("Enregistré", "Stored"),
    "refused": ("Refusé", "Refused"),
    "dismiss": ("Masquer", "Dismiss"),
    "again": ("Réessayer", "Try again"),
    "cut": (
        "La connexion a été coupée. Réessayer n'enregistre rien deux fois.",
        "The connection was cut. Trying again stores nothing twice.",
    ),
    "details": ("Précisions (facultatif)", "Details (optional)"),
    "spoken": ("Langue parlée", "Spoken language"),
    "auto": ("Détectée", "Detected"),
    "queue": ("File ou campagne", "Queue or campaign"),
    "agent": ("Conseiller (identifiant)", "Agent (identifier)"),
    "customer": ("Client (identifiant)", "Customer (identifier)"),
    "direction": ("Sens", "Direction"),
    "inbound": ("Entrant", "Inbound"),
    "outbound": ("Sortant", "Outbound"),
    "any": ("–", "–"),
    "list": ("Conversations reçues", "Conversations received"),
    "filter": ("État", "State"),
    "all": ("Toutes", "All"),
    "queued": ("En attente", "Waiting"),
    "running": ("En cours", "Under way"),
    "done": ("Terminée", "Done"),
    "failed": ("Échec", "Failed"),
    "name": ("Nom", "Name"),
    "channel": ("Canal", "Channel"),
    "received": ("Reçue", "Received"),
    "length": ("Durée", "Length"),
    "reason": ("Motif", "Reason"),
    "score": ("Note (brouillon)", "Score (draft)"),
    "state": ("État", "State"),
    "progress": ("Avancement", "Progress"),
    "report": ("Rapport", "Report"),
    "empty": (
        "Aucune conversation pour l'instant. Déposez un fichier pour commencer.",
        "No conversation yet. Drop a file to begin.",
    ),
    "empty_filter": ("Aucune conversation dans cet état.", "No conversation in this state."),
    "more": ("Afficher plus", "Show more"),
    "why": ("Pourquoi", "Why"),
    "offline": (
        "La liste n'est plus à jour : le service ne répond pas.",
        "The list is out of date: the service does not answer.",
    ),
    "bad-input": ("Ce fichier ne peut pas être utilisé.", "This file cannot be used."),
    "audio-unreadable": (
        "Aucun son n'a pu être lu dans ce fichier.",
        "No sound could be read from this file.",
    ),
    "audio-empty": ("Le fichier ne contient aucun son.", "The file holds no sound."),
    "audio-truncated": ("Le fichier est coupé avant sa fin.", "The file stops before its end."),
    "audio-too-long": (
        "L'enregistrement dépasse la durée permise.",
        "The recording is longer than allowed.",
    ),
    "channels-unsupported": (
        "Les canaux de l'enregistrement ne sont pas reconnus.",
        "The channels of the recording cannot be told apart.",
    ),
    "conversation-unreadable": (
        "Ce format de conversation n'est pas reconnu.",
        "This format of conversation is not known.",
    ),
    "objection-recorded": (
        "Ce client s'est opposé à l'enregistrement : rien n'est conservé.",
        "This customer objected to being recorded: nothing is kept.",
    ),
    "consent-missing": (
        "Un consentement est nécessaire et n'est pas indiqué.",
        "A consent is needed and none is named.",
    ),
    "413": ("Le fichier est trop volumineux.", "The file is too large."),
    "415": ("Ce type de fichier n'est pas accepté.", "This type of file is not accepted."),
    "422": ("Ce fichier ne peut pas être utilisé.", "This file cannot be used."),
    "429": (
        "Trop d'envois à la fois. Réessayez dans un instant.",
        "Too many at once. Try again in a moment.",
    ),
    "507": (
        "Le disque du service est plein. Rien n'a été enregistré.",
        "The disk of the service is full. Nothing was stored.",
    ),
    "other": (
        "Le service n'a pas pu prendre ce fichier.",
        "The service could not take this file.",
    ),
    "phone": ("Appel", "Call"),
    "email": ("E-mail", "E-mail"),
    "chat": ("Chat", "Chat"),
    "sms": ("SMS", "SMS"),
    "social": ("Réseau social", "Social"),
    "letter": ("Courrier", "Letter"),
    "voicebot": ("Bot vocal", "Voicebot"),
}
