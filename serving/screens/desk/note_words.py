"""The words of the wrap-up note."""

from __future__ import annotations

NOTE: dict[str, tuple[str, str]] = {
    "wrap_up": ("Note de fin d'appel", "Wrap-up note"),
    "note": ("Note", "Note"),
    "note_coming": ("La note est en cours de rédaction…", "The note is being drafted…"),
    "note_none": ("Pas de note : trop peu a été dit.", "No note: too little was said."),
    "note_send": ("Envoyer la note", "Send the note"),
    "note_send_again": ("Envoyer à nouveau", "Send again"),
    "note_sent_now": ("Note envoyée", "Note sent"),
    "note_sent_at": ("Envoyée le {at}", "Sent on {at}"),
    "note_edited": ("Modifiée depuis l'envoi du {at}", "Edited since it was sent on {at}"),
    "note_not_sent": ("Pas encore envoyée", "Not sent yet"),
    "note_is_sent": ("Envoyée", "Sent"),
    "note_is_draft": ("À envoyer", "To be sent"),
    "note_machine": ("Brouillon de la machine", "The machine's draft"),
    "note_restore": ("Repartir du brouillon", "Start from the draft again"),
    "unsent": ("Note non envoyée", "Note not sent"),
    "unsent_hint": (
        "Vos modifications ne sont pas envoyées ; cet onglet les garde sous « Dernières notes ».",
        "Your changes are not sent; this tab keeps them under “Newest notes”.",
    ),
    "unsent_stay": ("Revenir à la note", "Back to the note"),
    "unsent_go": ("Passer sans envoyer", "Go on without sending"),
    "note_resumed": (
        "Votre texte non envoyé a été repris.",
        "Your text, which was not sent, was taken up again.",
    ),
    "note_drop": ("L'abandonner", "Drop it"),
    "note_changed": (
        "Une autre version a été envoyée entre-temps :",
        "Another version was sent meanwhile:",
    ),
    "note_take_theirs": ("Reprendre cette version", "Take that version"),
    "note_keep_mine": ("Envoyer la mienne", "Send mine"),
    "note_not_possible": (
        "La conversation n'est pas encore enregistrée ; le service s'en charge. Copiez votre note, "
        "puis retrouvez l'appel dans « Dernières notes ».",
        "The conversation is not stored yet; the service sees to it. Copy your note, then find the "
        "call under “Newest notes”.",
    ),
    "practice_note_hint": (
        "Rédigez la note comme après un vrai appel, puis comparez. Rien n'est enregistré.",
        "Write the note as after a real call, then compare. Nothing is stored.",
    ),
    "practice_compare": ("Comparer", "Compare"),
    "practice_theirs": ("Note envoyée à l'époque", "Note that was sent at the time"),
    "practice_theirs_draft": ("Note de l'analyse de cet appel", "Note of this call's analysis"),
}
