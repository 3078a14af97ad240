"""The words of player and transcript, in French and English."""

from __future__ import annotations

LISTENING: dict[str, tuple[str, str]] = {
    "player": ("Enregistrement", "Recording"),
    "player_play": ("Écouter", "Play"),
    "player_pause": ("Pause", "Pause"),
    "player_back": ("Reculer de 5 secondes", "Back 5 seconds"),
    "player_ahead": ("Avancer de 5 secondes", "Ahead 5 seconds"),
    "player_place": ("Position dans l'enregistrement", "Place in the recording"),
    "player_pace": ("Vitesse de lecture", "Playback speed"),
    "player_silence": ("silence", "silence"),
    "player_overlap": ("voix superposées", "both talking"),
    "player_mark": ("passage relevé", "marked passage"),
    "player_silence_of": ("Silence de {s}", "Silence of {s}"),
    "player_no_wave": (
        "La forme d'onde n'a pas pu être calculée ; l'écoute reste possible.",
        "The waveform could not be drawn; you can still listen.",
    ),
    "player_broken": (
        "Ce navigateur ne peut pas lire cet enregistrement. La transcription reste complète.",
        "This browser cannot play this recording. The transcript is complete all the same.",
    ),
    "transcript": ("Transcription", "Transcript"),
    "transcript_messages": ("Messages", "Messages"),
    "transcript_unsure": ("peu sûr", "uncertain"),
    "transcript_empty": ("Aucune parole n'a été trouvée.", "No speech was found."),
    "masked_many": (
        "{n} données personnelles masquées",
        "{n} pieces of personal data masked",
    ),
    "masked_many_one": ("{n} donnée personnelle masquée", "{n} piece of personal data masked"),
    "masked_none": ("Aucune donnée personnelle à masquer", "No personal data to mask"),
    "masked_sound": (
        "Le son, lui, est celui de l'enregistrement : il n'est pas masqué.",
        "The sound is as it was recorded: it is not masked.",
    ),
    "masked_gone": (
        "{n} valeurs n'ont jamais été conservées (carte bancaire, ou service en mode masqué) : "
        "elles ne peuvent pas être affichées.",
        "{n} values were never kept (payment cards, or a service that keeps masked text only): "
        "they cannot be shown.",
    ),
    "masked_gone_one": (
        "{n} valeur n'a jamais été conservée (carte bancaire, ou service en mode masqué) : "
        "elle ne peut pas être affichée.",
        "{n} value was never kept (payment cards, or a service that keeps masked text only): "
        "it cannot be shown.",
    ),
    "unmask": ("Afficher les données personnelles", "Show personal data"),
    "unmask_ask": (
        "La consultation sera inscrite au journal d'audit, à votre nom.",
        "This will be written to the audit log under your id.",
    ),
    "mask": ("Masquer à nouveau", "Mask again"),
    "unmasked": (
        "Données personnelles affichées : cette consultation est inscrite au journal d'audit.",
        "Personal data is shown: this was written to the audit log.",
    ),
}
