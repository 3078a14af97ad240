"""Why a file or a job did not get through, and what helps, in French and English."""

from __future__ import annotations

REMEDIES: dict[str, tuple[str, str]] = {
    "failed_0": (
        "La connexion a été coupée.",
        "The connection was cut.",
    ),
    "remedy_0": (
        "Réessayez : rien n'est enregistré deux fois.",
        "Try again: nothing is stored twice.",
    ),
    "failed_bad-input": (
        "Ce fichier ne peut pas être utilisé.",
        "This file cannot be used.",
    ),
    "remedy_bad-input": (
        "Vérifiez qu'il s'ouvre sur votre poste, puis envoyez-le à nouveau.",
        "Check that it opens on your computer, then send it again.",
    ),
    "failed_audio-unreadable": (
        "Aucun son n'a pu être lu dans ce fichier.",
        "No sound could be read from this file.",
    ),
    "remedy_audio-unreadable": (
        "Convertissez l'enregistrement en wav, mp3 ou opus, puis envoyez-le à nouveau.",
        "Convert the recording to wav, mp3 or opus, then send it again.",
    ),
    "failed_audio-empty": (
        "Le fichier ne contient aucun son.",
        "The file holds no sound.",
    ),
    "remedy_audio-empty": (
        "Récupérez l'enregistrement à sa source : celui-ci est vide.",
        "Get the recording from its source: this one is empty.",
    ),
    "failed_audio-truncated": (
        "Le fichier est coupé avant sa fin.",
        "The file stops before its end.",
    ),
    "remedy_audio-truncated": (
        "Téléchargez-le à nouveau depuis votre enregistreur, puis renvoyez-le.",
        "Download it again from your recorder, then send it again.",
    ),
    "failed_audio-too-long": (
        "L'enregistrement dépasse la durée permise.",
        "The recording is longer than allowed.",
    ),
    "remedy_audio-too-long": (
        "Coupez-le en plusieurs parties, ou demandez à l'administrateur d'élever la limite.",
        "Cut it into several parts, or ask the administrator to raise the limit.",
    ),
    "failed_channels-unsupported": (
        "Les canaux de l'enregistrement ne sont pas reconnus.",
        "The channels of the recording cannot be told apart.",
    ),
    "remedy_channels-unsupported": (
        "Exportez-le en mono ou en stéréo : conseiller d'un côté, client de l'autre.",
        "Export it in mono or in stereo: agent on one side, customer on the other.",
    ),
    "failed_conversation-unreadable": (
        "Ce format de conversation n'est pas reconnu.",
        "This format of conversation is not known.",
    ),
    "remedy_conversation-unreadable": (
        "Envoyez un vCon, un JSON ou un texte où chaque ligne commence par qui parle.",
        "Send a vCon, a JSON or a text in which each line begins with who speaks.",
    ),
    "failed_objection-recorded": (
        "Ce client s'est opposé à l'enregistrement : rien n'est conservé.",
        "This customer objected to being recorded: nothing is kept.",
    ),
    "remedy_objection-recorded": (
        "Supprimez aussi votre copie. Le registre des oppositions dit depuis quand.",
        "Delete your copy, too. The ledger of objections says since when.",
    ),
    "failed_consent-missing": (
        "Un consentement est nécessaire et n'est pas indiqué.",
        "A consent is needed and none is named.",
    ),
    "remedy_consent-missing": (
        "Enregistrez d'abord le consentement du client, puis envoyez le fichier.",
        "Record the customer's consent first, then send the file.",
    ),
    "failed_definition-invalid": (
        "Une définition du centre (motifs, grille, catégories) ne peut pas être lue.",
        "A definition of the centre (reasons, scorecard, categories) cannot be read.",
    ),
    "remedy_definition-invalid": (
        "L'administrateur corrige le fichier nommé ci-dessous, puis relance le traitement.",
        "The administrator corrects the file named below, then tries the job again.",
    ),
    "failed_model-missing": (
        "Un modèle nécessaire n'est pas installé.",
        "A model that is needed is not installed.",
    ),
    "remedy_model-missing": (
        "L'administrateur l'installe (la commande est ci-dessous), puis relance le traitement.",
        "The administrator installs it (the command is below), then tries the job again.",
    ),
    "failed_model-corrupt": (
        "Un modèle est abîmé sur le disque.",
        "A model is damaged on the disk.",
    ),
    "remedy_model-corrupt": (
        "L'administrateur le réinstalle, puis relance le traitement.",
        "The administrator installs it anew, then tries the job again.",
    ),
    "failed_dependency-missing": (
        "Un composant facultatif n'est pas installé.",
        "An optional component is not installed.",
    ),
    "remedy_dependency-missing": (
        "L'administrateur l'installe (la commande est ci-dessous), puis relance le traitement.",
        "The administrator installs it (the command is below), then tries the job again.",
    ),
    "failed_device-unavailable": (
        "Le processeur graphique demandé n'est pas là.",
        "The graphics processor asked for is not there.",
    ),
    "remedy_device-unavailable": (
        "L'administrateur vérifie le pilote ou choisit le processeur, puis relance le traitement.",
        "The administrator checks the driver or chooses the CPU, then tries the job again.",
    ),
    "failed_store-damaged": (
        "L'enregistrement stocké n'est plus celui qui a été reçu.",
        "The stored recording is no longer what was received.",
    ),
    "remedy_store-damaged": (
        "Restaurez une sauvegarde, ou envoyez le fichier à nouveau.",
        "Restore a backup, or send the file again.",
    ),
    "failed_404": ("Ce qui devait être traité a été retiré.", "What was to be done is gone."),
    "remedy_404": (
        "Rien à faire si l'effacement était voulu ; sinon, envoyez le fichier à nouveau.",
        "Nothing to do if it was erased on purpose; else send the file again.",
    ),
    "failed_409": (
        "Le traitement a été annulé, ou contredit ce qui est déjà là.",
        "The work was cancelled, or contradicts what is there.",
    ),
    "remedy_409": (
        "Relancez le traitement si vous en avez besoin.",
        "Try the job again if you need it.",
    ),
    "failed_413": ("Le fichier est trop volumineux.", "The file is too large."),
    "remedy_413": (
        "Envoyez-le compressé (opus, mp3) ou en plusieurs parties.",
        "Send it compressed (opus, mp3) or in several parts.",
    ),
    "failed_415": ("Ce type de fichier n'est pas accepté.", "This type of file is not accepted."),
    "remedy_415": (
        "Envoyez un enregistrement (wav, mp3, opus…), un vCon, un JSON ou un texte.",
        "Send a recording (wav, mp3, opus…), a vCon, a JSON or a text.",
    ),
    "failed_422": ("Ce fichier ne peut pas être utilisé.", "This file cannot be used."),
    "remedy_422": (
        "Vérifiez le fichier et les précisions données, puis envoyez-le à nouveau.",
        "Check the file and the details given, then send it again.",
    ),
    "failed_429": ("Trop d'envois à la fois.", "Too many at once."),
    "remedy_429": ("Réessayez dans un instant.", "Try again in a moment."),
    "failed_503": (
        "Le service n'était pas disponible.",
        "The service was not available.",
    ),
    "remedy_503": (
        "Il réessaie de lui-même ; sinon, relancez le traitement plus tard.",
        "It tries again by itself; else try the job again later.",
    ),
    "failed_507": (
        "Le disque du service est plein.",
        "The disk of the service is full.",
    ),
    "remedy_507": (
        "L'administrateur libère de la place, puis relance le traitement ; rien n'est perdu.",
        "The administrator makes room, then tries the job again; nothing is lost.",
    ),
    "failed_other": (
        "Une erreur imprévue a interrompu le traitement.",
        "An unforeseen error ended the work.",
    ),
    "remedy_other": (
        "Réessayez une fois. Si elle revient, transmettez l'identifiant à l'administrateur : le "
        "journal du service dit ce qui s'est passé.",
        "Try again once. If it comes back, give the id to the administrator: the log of the "
        "service says what happened.",
    ),
}
