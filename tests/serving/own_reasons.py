"""A small taxonomy that a centre could write itself."""

from __future__ import annotations

OWN = """name: accueil
version: "{version}"
reasons:
  - code: ac.box
    label: {{fr: Box, en: Router}}
    definition: {{fr: La box internet du client ne marche pas., en: The router is down.}}
    examples: {{fr: [Ma box est en panne., "Je n'ai plus internet."]}}
  - code: ac.horaires
    label: {{fr: {label}, en: Hours}}
    definition: {{fr: Le client demande les horaires., en: The customer asks for hours.}}
    examples: {{fr: [Vous êtes ouverts demain ?]}}
  - code: ac.autre
    label: {{fr: Autre, en: Other}}
    definition: {{fr: Une autre demande., en: Another request.}}
  - code: ac.hors_perimetre
    label: {{fr: Hors périmètre, en: Out of scope}}
    definition: {{fr: Pas pour nous., en: Not for us.}}
"""


def own_reasons(version: str = "1", label: str = "Horaires") -> str:
    """The taxonomy as its file writes it."""
    return OWN.format(version=version, label=label)
