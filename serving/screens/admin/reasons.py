"""The words of the page of contact reasons, in French and English."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    "reasons": ("Motifs de contact", "Contact reasons"),
    "reasons_of": ("Taxonomie {name}, version {version}", "Taxonomy {name}, version {version}"),
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
        "Partez d'un fichier, changez-le, vérifiez-le ici : les lignes fautives et ce qui "
        "changerait sont montrés. Pour l'employer, l'administrateur donne le fichier au réglage "
        "« reasons » du service, puis le redémarre : ainsi toutes les conversations d'une période "
        "sont comptées avec les mêmes motifs.",
        "Start from a file, change it, check it here: faulty lines and what would change are "
        "shown. To use it, the administrator gives the file to the setting “reasons” of the "
        "service and restarts it: so all conversations of a period are counted by the same "
        "reasons.",
    ),
    "start_from": ("Partir de :", "Start from:"),
    "telecom": ("Télécom", "Telecom"),
    "banque": ("Banque", "Banking"),
    "ecommerce": ("E-commerce", "E-commerce"),
    "file": ("Fichier de motifs (YAML)", "File of reasons (YAML)"),
    "check": ("Vérifier", "Check"),
    "download": ("Télécharger le fichier", "Download the file"),
    "fine": ("{name} {version} peut être employée.", "{name} {version} can be used."),
    "wrong": ("À corriger", "To correct"),
    "added": ("Motifs nouveaux", "New reasons"),
    "removed": ("Motifs retirés", "Reasons taken away"),
    "orphaned": (
        "{n} conversation(s) stockée(s) gardent un motif retiré.",
        "{n} stored conversation(s) keep a reason that is taken away.",
    ),
}
