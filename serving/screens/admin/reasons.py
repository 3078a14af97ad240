"""The words of the page of contact reasons, in French and English."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "reasons": ("Motifs de contact", "Contact reasons"),
    "counted": (
        "Conversations des {n} derniers jours ; chaque nombre mène à leur liste.",
        "Conversations of the last {n} days; each number leads to their list.",
    ),
    "search": ("Chercher un motif", "Search a reason"),
    "reason": ("Motif", "Reason"),
    "code": ("Code", "Code"),
    "conversations": ("Conversations", "Conversations"),
    "see_conversations": ("{n} conversations : {name}", "{n} conversations: {name}"),
    "details": ("Définition et exemples", "Definition and examples"),
    "unknown": ("hors de la taxonomie actuelle", "not in the present taxonomy"),
    "try": ("Essayer une phrase", "Try a sentence"),
    "try_hint": (
        "Ce que le service comprend d'un message de client. Rien n'est enregistré.",
        "What the service makes of a customer's message. Nothing is kept.",
    ),
    "message": ("Message du client", "Customer's message"),
    "try_go": ("Classer", "Classify"),
    "primary": ("Motif retenu", "Reason found"),
    "no_primary": (
        "Aucun motif n'est assez sûr : la conversation resterait sans motif.",
        "No reason is sure enough: the conversation would have none.",
    ),
    "candidates": ("Les plus probables", "The likeliest"),
    "own": ("Vos propres motifs", "Your own reasons"),
    "own_hint": (
        "Partez d’un fichier, changez-le, vérifiez-le : les lignes fautives et ce qui changerait "
        "sont montrés, puis essayez-le sur des conversations passées. Une version publiée ne "
        "change plus ; la mettre en service vaut pour les conversations à venir.",
        "Start from a file, change it, check it: faulty lines and what would change are shown; "
        "then try it on past conversations. A published version never changes; putting it into "
        "use counts for conversations to come.",
    ),
    "in_use_title": ("En service", "In use"),
    "in_use_line": ("{name}, version {version}", "{name}, version {version}"),
    "origin_shipped": ("motifs fournis", "shipped reasons"),
    "origin_settings": ("réglage « reasons » du service", "setting “reasons” of the service"),
    "origin_published": ("vos propres motifs", "your own reasons"),
    "since": ("depuis le {at}, choix de {who}", "since {at}, chosen by {who}"),
    "follows": (
        "Les nouvelles analyses, les appels qui commencent et les listes suivent sans "
        "redémarrage. Les conversations déjà analysées gardent leur motif et la version qui l’a "
        "donné.",
        "New analyses, calls that begin and lists follow without a restart. Conversations that "
        "were analysed keep their reason and the version that gave it.",
    ),
    "trained_lost": (
        "Le réglage nomme des motifs entraînés : vos propres motifs s’en passeraient.",
        "The setting names trained reasons: your own ones would do without that training.",
    ),
    "back_default": ("Revenir à {name} {version}", "Back to {name} {version}"),
    "back_sure": (
        "Revenir à {name} {version} pour les conversations à venir ? Vos versions publiées "
        "restent là.",
        "Go back to {name} {version} for conversations to come? Your published versions stay.",
    ),
    "versions": ("Versions publiées", "Published versions"),
    "version": ("Version", "Version"),
    "name": ("Nom", "Name"),
    "published_at": ("Publiée le", "Published on"),
    "by": ("Par", "By"),
    "used_now": ("En service", "In use"),
    "use": ("Mettre en service", "Put into use"),
    "use_named": ("Mettre en service {name} {version}", "Put {name} {version} into use"),
    "use_sure": (
        "Donner {name} {version} aux conversations à venir ? Cela vaut pour toutes les équipes, "
        "aussitôt.",
        "Give {name} {version} to conversations to come? This counts for all teams, at once.",
    ),
    "only_admin": (
        "Un administrateur met une version en service.",
        "An administrator puts a version into use.",
    ),
    "publish": ("Publier", "Publish"),
    "publish_use": ("Publier et mettre en service", "Publish and put into use"),
    "publish_sure": (
        "Publier {name} {version} ? Cette version ne pourra plus être changée.",
        "Publish {name} {version}? This version can never be changed.",
    ),
    "published": ("{name} {version} est publiée.", "{name} {version} is published."),
    "raise": ("Passer à la version {version}", "Make it version {version}"),
    "preview": ("Essayer sur les {n} dernières conversations", "Try on the last {n} conversations"),
    "previewed": (
        "Changeraient de motif : {changed} conversations sur {tried} ; sans motif : "
        "{without_before} aujourd’hui, {without_after} alors. Rien n’est enregistré.",
        "Would have another reason: {changed} conversations of {tried}; without one: "
        "{without_before} now, {without_after} then. Nothing is kept.",
    ),
    "previewed_one": (
        "Changerait de motif : {changed} conversation sur {tried} ; sans motif : "
        "{without_before} aujourd’hui, {without_after} alors. Rien n’est enregistré.",
        "Would have another reason: {changed} conversation of {tried}; without one: "
        "{without_before} now, {without_after} then. Nothing is kept.",
    ),
    "preview_none": (
        "Aucune conversation analysée à essayer pour l’instant.",
        "No analysed conversation to try yet.",
    ),
    "conversation": ("Conversation", "Conversation"),
    "reason_before": ("Aujourd’hui", "Now"),
    "reason_after": ("Avec ces motifs", "With these reasons"),
    "no_reason": ("sans motif", "no reason"),
    "drop_draft": ("Effacer ce brouillon", "Drop this draft"),
    "start_from": ("Partir de :", "Start from:"),
    "telecom": ("Télécom", "Telecom"),
    "banque": ("Banque", "Banking"),
    "ecommerce": ("E-commerce", "E-commerce"),
    "file": ("Fichier de motifs (YAML)", "File of reasons (YAML)"),
    "check": ("Vérifier", "Check"),
    "download": ("Télécharger le fichier", "Download the file"),
    "fine": ("{name} {version} peut être publiée.", "{name} {version} can be published."),
    "wrong": ("À corriger", "To correct"),
    "added": ("Motifs nouveaux", "New reasons"),
    "removed": ("Motifs retirés", "Reasons taken away"),
    "orphaned": (
        "{n} conversations stockées gardent un motif retiré.",
        "{n} stored conversations keep a reason that is taken away.",
    ),
    "orphaned_one": (
        "{n} conversation stockée garde un motif retiré.",
        "{n} stored conversation keeps a reason that is taken away.",
    ),
}
