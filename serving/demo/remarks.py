"""What analysts, agents and the supervisor write in reviews."""

from __future__ import annotations

import random

_GOOD: dict[str, tuple[str, ...]] = {
    "ACC": ("L'accueil est complet : enseigne, prénom et offre d'écoute y sont.",),
    "IDE": (
        "L'identité est bien vérifiée avant toute information, avec deux éléments du dossier.",
        "Le nom est repris plusieurs fois, et le contrôle est fait au bon moment.",
    ),
    "DEC": (
        "La reformulation est là, dite autrement : « donc, si je comprends… ».",
        "Les questions suivent un ordre utile, le besoin est compris en deux échanges.",
    ),
    "TRA": (
        "La réponse est conforme à l'article de la base, montant et délai compris.",
        "Les deux demandes sont traitées ; la seconde est réglée dans la même phrase.",
        "Réponse vérifiée dans la base : exacte.",
    ),
    "PRO": (
        "Une solution datée est proposée, avec une alternative pour attendre.",
        "Le conseil de passer par l'espace client tombe bien, après la résolution.",
    ),
    "OBJ": (
        "Le mécontentement est accueilli, puis une solution est proposée : conforme.",
        "L'objection est traitée avec calme, l'argument est juste.",
    ),
    "CON": ("Le récapitulatif est complet, avec les dates.",),
    "SAV": (
        "Le ton reste courtois malgré les reproches.",
        "L'empathie est dite avec des mots simples.",
    ),
    "CNF": ("Les mentions sont dites en entier.",),
}  # fmt: skip
_PARTLY: dict[str, tuple[str, ...]] = {
    "ACC": ("L'enseigne est dite, le prénom manque.", "Pas de vraie offre d'écoute."),
    "IDE": (
        "Un seul élément d'identité est demandé avant d'ouvrir le dossier.",
        "L'authentification vient après la première information donnée.",
    ),
    "DEC": (
        "Questions fermées seulement ; le client a dû préciser de lui-même.",
        "Il récapitule, mais ne fait pas valider.",
    ),
    "TRA": (
        "La seconde demande reste sans réponse.",
        "« Synchronisation » n'est pas expliqué au client.",
        "Le montant est juste, le délai n'est pas dit.",
    ),
    "PRO": ("La solution est donnée sans délai précis.", "Le rebond est proposé trop tôt."),
    "OBJ": (
        "L'insatisfaction est entendue, sans proposition derrière.",
        "Réponse juste, mais l'émotion du client n'est pas reprise.",
    ),
    "CON": ("Le récapitulatif oublie la date.",),
    "SAV": (
        "Plusieurs « il faut » qui durcissent l'échange.",
        "Débit rapide, le client fait répéter.",
    ),
    "CNF": ("La mention est incomplète.",),
}  # fmt: skip
_NOT: dict[str, tuple[str, ...]] = {
    "ACC": ("Ni prénom ni offre d'écoute.",),
    "IDE": ("Le dossier est ouvert sans vérifier l'identité.",),
    "DEC": ("Aucune question ouverte, le besoin n'est pas reformulé.",),
    "TRA": (
        "La réponse contredit l'article de la base.",
        "Attente de plus d'une minute sans annonce ni remerciement.",
    ),
    "PRO": ("Le client repart sans solution ni date.",),
    "OBJ": ("La colère du client est ignorée : « c'est ce que je vois dans le logiciel ».",),
    "CON": ("L'appel se termine sans récapitulatif.",),
    "SAV": ("Le ton est sec, le client le fait remarquer.",),
    "CNF": ("La mention obligatoire n'est pas dite.",),
}
_CAUSES: tuple[tuple[str, str], ...] = (
    ("training", "À revoir en atelier : reformuler, puis faire valider."),
    ("training", "Point de la formation initiale, pas encore acquis."),
    ("procedure", "La procédure ne dit pas qui rappelle le client."),
    ("procedure", "Deux procédures se contredisent sur le délai."),
    ("tool", "Le logiciel n'affiche pas les rendez-vous non honorés."),
    ("tool", "Le diagnostic de ligne a mis plus d'une minute."),
    ("knowledge", "Aucun article sur ce sujet."),
    ("workload", "File saturée ce jour-là, plus de trente minutes d'attente."),
)
_PRAISE: tuple[str, ...] = (
    "Très bonne formulation, à garder comme exemple pour l'équipe.",
    "Bien expliqué : le client a compris du premier coup.",
    "Le délai est annoncé clairement, c'est ce qui rassure.",
    "Bonne reprise du nom du client.",
    "Empathie juste, sans en faire trop.",
)
_ADVICE: tuple[str, ...] = (
    "Ici, une phrase d'empathie aurait changé la suite de l'appel.",
    "Dire « je vérifie » plutôt que « je crois » : le client doute dès cette phrase.",
    "Proposer un rappel daté aurait évité le second appel.",
    "Annoncer l'attente et son motif avant de mettre en pause.",
)
_BY_AGENT: tuple[str, ...] = (
    "Merci pour le retour, j'en tiens compte.",
    "Bien noté pour le récapitulatif.",
    "D'accord avec la remarque sur l'attente.",
    "Merci, je vais retravailler la reformulation.",
)
_CONTESTS: dict[str, tuple[str, ...]] = {
    "IDE": ("J'avais identifié le client juste avant, lors du transfert.",),
    "DEC": ("J'ai reformulé : « donc vous êtes sans connexion depuis hier soir ».",),
    "TRA": (
        "La seconde demande relève d'un autre service, je l'ai dit au client.",
        "L'article de la base a changé le lendemain ; le jour de l'appel, la réponse était juste.",
        "L'attente était annoncée, on l'entend juste avant la coupure.",
    ),
    "OBJ": ("J'ai proposé un rappel par un responsable, le client a refusé.",),
    "SAV": ("Le client parlait très fort, je suis resté courtois du début à la fin.",),
    "PRO": ("Aucune date n'était disponible dans l'outil ce jour-là, je l'ai expliqué.",),
}
_UPHELD: tuple[str, ...] = (
    "Après réécoute, la remarque reste justifiée : rien n'est dit au client à ce moment.",
    "La procédure en vigueur ce jour-là le demandait ; l'évaluation est maintenue.",
)
_CHANGED: tuple[str, ...] = (
    "Réécouté avec l'analyste : la phrase y est bien, la note est corrigée.",
    "L'outil ne le permettait pas ce jour-là : critère considéré comme rempli.",
)

READINGS: tuple[str, ...] = (
    "Une phrase d'empathie suffit si elle reprend la situation du client.",
    "« Je vérifie » avec un retour en ligne compte comme une attente annoncée.",
    "Un délai vague (« prochainement ») ne compte pas comme un délai.",
    "Reformuler sans faire valider vaut la moitié.",
)
"""How criteria are to be read, as it was agreed in a calibration session."""


def corrected_because(item: str, answer: object, chance: random.Random) -> str:
    """Return why an analyst gives another answer than the machine."""
    table = _GOOD if answer == 1.0 else _NOT if answer == 0.0 else _PARTLY
    return chance.choice(table.get(item[:3], ("Jugé à l'écoute.",)))


def causes_of(item: str, chance: random.Random) -> tuple[str, str]:
    """Return why a question went wrong: the centre's code, and words."""
    fits = [one for one in _CAUSES if item.startswith("TRA") or one[0] in ("training", "procedure")]
    return chance.choice(fits)


def praise(chance: random.Random, score_100: float | None, *, by_agent: bool = False) -> str:
    """Return a remark on a passage, or what an agent says after reading."""
    if by_agent:
        return chance.choice(_BY_AGENT)
    return chance.choice(_ADVICE if score_100 is not None and score_100 < 70 else _PRAISE)


def contest_of(item: str, chance: random.Random) -> str:
    """Return why an agent disagrees."""
    usual = ("Je ne suis pas d'accord : à la réécoute, c'est fait dès le début de l'échange.",)
    return chance.choice(_CONTESTS.get(item[:3], usual))


def settled_because(changed: bool, chance: random.Random) -> str:
    """Return why the supervisor decides as she does."""
    return chance.choice(_CHANGED if changed else _UPHELD)
