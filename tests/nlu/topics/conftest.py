"""Conversations about planted subjects, each sentence written in its own way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversation import Evidence
from nlu.topics import TopicItem

START = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)

BADGE = (
    "le badge de parking reste rouge à la barrière",
    "mon badge de parking est refusé à la barrière",
    "la barrière du parking refuse mon badge",
    "badge de parking refusé la barrière reste fermée",
    "le badge rouge du parking et la barrière fermée",
    "la barrière reste fermée avec mon badge de parking",
    "badge refusé au parking barrière fermée",
)
CANTEEN = (
    "le menu de la cantine est froid à midi",
    "repas froid à la cantine encore à midi",
    "la cantine sert un menu froid",
    "menu froid et repas froid à la cantine",
    "à midi la cantine sert un repas froid",
    "cantine de midi repas servi froid",
)
NOISE = (
    "quel musée ouvre le dimanche à Lille",
    "ma perruche a perdu une plume verte",
    "recette de tarte aux quetsches alsacienne",
    "horaires du bac entre Royan et le Verdon",
    "peut-on louer un tandem pour la semaine",
    "je recherche un professeur de contrebasse",
    "votre affiche bleue est tombée dans la rue",
    "concours de pétanque annulé pour cause de pluie",
)


def item(
    number: int, *texts: str, day: int | None = 0, reason: str | None = None, language: str = "fr"
) -> TopicItem:
    return TopicItem(
        conversation_id=f"c{number:04d}",
        at=None if day is None else START + timedelta(days=day),
        language=language,
        reason_code=reason,
        texts=tuple(Evidence(turn_index=i, quote=text) for i, text in enumerate(texts)),
    )


def items_of(texts, *, first: int = 0, day: int = 0, step: int = 1, **rest) -> list[TopicItem]:
    return [item(first + i, text, day=day + i * step, **rest) for i, text in enumerate(texts)]


@pytest.fixture
def planted() -> list[TopicItem]:
    """Seven conversations on badges, six on the canteen, eight on nothing in common."""
    return [
        *items_of(BADGE, first=0),
        *items_of(CANTEEN, first=100),
        *items_of(NOISE, first=200),
    ]
