"""The words of the desk, in French and English."""

from __future__ import annotations

from serving.screens.desk.call_words import CALL
from serving.screens.desk.note_words import NOTE
from serving.screens.written.words import WRITTEN

_START: dict[str, tuple[str, str]] = {
    "title": ("Poste de travail", "Desk"),
    "sides": ("Appels et messages", "Calls and messages"),
    "side_calls": ("Appel", "Call"),
    "side_written": ("Écrit", "Written"),
    "take_call": ("Suivre un appel au micro", "Follow a call with the microphone"),
    "take_call_hint": (
        "Votre voix vient du micro, celle du client de l'onglet ou de l'écran où vous l'entendez. "
        "L'appel est transcrit, assisté, puis enregistré.",
        "Your voice comes from the microphone, the customer's from the tab or screen where you "
        "hear them. The call is transcribed, assisted, then stored.",
    ),
    "customer": ("Client (identifiant)", "Customer (identifier)"),
    "queue": ("File ou campagne", "Queue or campaign"),
    "spoken": ("Langue parlée", "Spoken language"),
    "spoken_usual": ("Celle du centre", "The centre's"),
    "spoken_auto": ("Détectée", "Detected"),
    "with_tab": ("Entendre aussi le client", "Hear the customer, too"),
    "with_tab_hint": (
        "Le navigateur demande quel onglet ou écran partager : cochez « Partager le son ».",
        "The browser asks which tab or screen to share: tick “Share audio”.",
    ),
    "without_tab_hint": (
        "Seule votre voix est entendue : ni motif, ni humeur, ni suggestion.",
        "Only your voice is heard: no reason, no mood, no suggestion.",
    ),
    "begin_call": ("Commencer l'appel", "Begin the call"),
    "practise": ("S'entraîner sur un enregistrement", "Practise on a recording"),
    "practise_hint": (
        "L'appel est rejoué comme s'il avait lieu : suggestions, alertes, note à rédiger. Rien "
        "n'est enregistré.",
        "The call is played as if it took place: suggestions, alerts, a note to write. Nothing is "
        "stored.",
    ),
    "recording": ("Enregistrement", "Recording"),
    "choose": ("Choisir un appel…", "Choose a call…"),
    "no_recordings": ("Aucun appel enregistré", "No stored call"),
    "own_file": (
        "Choisir plutôt un fichier de votre ordinateur",
        "Take a file of your computer instead",
    ),
    "left_side": ("Voix du canal gauche", "Voice on the left channel"),
    "begin_practice": ("Rejouer cet appel", "Play this call"),
    "running": ("Appels en cours", "Calls going on"),
    "running_none": (
        "Aucun appel en cours. Ceux de la téléphonie s'affichent ici dès qu'ils arrivent.",
        "No call is going on. Those of the telephony are shown here as soon as they come in.",
    ),
    "running_none_own": (
        "Aucun appel pour vous. Dès qu'il en arrive un par la téléphonie, il s'ouvre ici.",
        "No call for you. As soon as one comes in by telephony, it opens here.",
    ),
    "watch": ("Suivre", "Follow"),
    "of_agent": ("conseiller {agent}", "agent {agent}"),
    "since": ("depuis {at}", "for {at}"),
    "protocol_live": ("poste ou logiciel", "desktop"),
    "protocol_twilio": ("Twilio", "Twilio"),
    "protocol_audiohook": ("Genesys", "Genesys"),
    "protocol_audiosocket": ("Asterisk", "Asterisk"),
    "newest_notes": ("Dernières notes", "Newest notes"),
    "notes_none": (
        "Pas encore de note. Elle est proposée à la fin de chaque appel suivi.",
        "No note yet. One is drafted at the end of each call that is followed.",
    ),
    "open_note": ("Ouvrir", "Open"),
    "unknown_customer": ("Client non identifié", "Customer not identified"),
    "no_microphone": (
        "Aucun micro n'a été trouvé. Branchez-en un, puis réessayez. Le reste du poste fonctionne "
        "sans.",
        "No microphone was found. Plug one in, then try again. The rest of the desk works without.",
    ),
    "sound_refused": (
        "Le navigateur n'a pas donné accès au micro. Autorisez-le pour ce site (icône à gauche de "
        "l'adresse), puis réessayez. Le reste du poste fonctionne sans.",
        "The browser gave no access to the microphone. Allow it for this site (icon left of the "
        "address), then try again. The rest of the desk works without.",
    ),
    "sound_impossible": (
        "Ce navigateur ne donne pas le son du micro à cette page : il faut une connexion https et "
        "un navigateur récent.",
        "This browser gives no sound to this page: it takes an https connection and a recent "
        "browser.",
    ),
    "no_tab_sound": (
        "Ce navigateur ne sait pas partager le son d'un onglet. Décochez « Entendre aussi le "
        "client », ou utilisez Chrome ou Edge.",
        "This browser cannot share the sound of a tab. Untick “Hear the customer, too”, or use "
        "Chrome or Edge.",
    ),
    "tab_refused": (
        "Aucun onglet n'a été partagé. Réessayez, ou décochez « Entendre aussi le client ».",
        "No tab was shared. Try again, or untick “Hear the customer, too”.",
    ),
    "tab_silent": (
        "Ce qui a été partagé n'a pas de son. Réessayez en cochant « Partager le son ».",
        "What was shared has no sound. Try again with “Share audio” ticked.",
    ),
    "recording_unreadable": (
        "Le navigateur ne sait pas lire cet enregistrement. Essayez un fichier wav, mp3, flac ou "
        "opus.",
        "The browser cannot read this recording. Try a wav, mp3, flac or opus file.",
    ),
}

DESK: dict[str, tuple[str, str]] = {**WRITTEN, **_START, **CALL, **NOTE}
"""All that the desk's scripts name, those of the written side and the timeline, too."""
