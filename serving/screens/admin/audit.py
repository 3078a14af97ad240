"""The words of the audit log, in French and English."""

from __future__ import annotations

AUDIT: dict[str, tuple[str, str]] = {
    "audit": ("Journal d'audit", "Audit log"),
    "audit_hint": (
        "Qui a lu ou changé quoi. Les lignes ne tiennent que des identifiants ; aucune ne peut "
        "être changée ni retirée sans que la vérification le dise.",
        "Who read or changed what. Lines hold ids only; none can be changed or removed without the "
        "verification saying so.",
    ),
    "number": ("N°", "No."),
    "at": ("Le", "At"),
    "who": ("Qui", "Who"),
    "action": ("Action", "Action"),
    "action_hint": ("ex. : key.* ou conversation.read", "e.g. key.* or conversation.read"),
    "object": ("Sur quoi", "On what"),
    "object_id": ("Identifiant de l'objet", "Id of the object"),
    "object_kind": ("Sorte d'objet", "Kind of object"),
    "detail": ("Détail", "Detail"),
    "since": ("Du", "From"),
    "until": ("Au", "To"),
    "filter": ("Filtrer", "Filter"),
    "clear": ("Tout afficher", "Show all"),
    "empty": ("Aucune ligne ne correspond.", "No line matches."),
    "verify": ("Vérifier le journal", "Verify the log"),
    "verified": ("{n} lignes, toutes intactes.", "{n} lines, all of them whole."),
    "verified_one": ("{n} ligne, intacte.", "{n} line, whole."),
    "broken": ("Le journal est rompu à la ligne {n}.", "The log is broken at line {n}."),
    "head": ("Dernière empreinte", "Last hash"),
    "head_hint": (
        "Notez-la ailleurs : elle prouvera plus tard que rien n'a changé jusque-là.",
        "Note it elsewhere: later it proves that nothing has changed up to here.",
    ),
    "nobody": ("le service", "the service"),
}
