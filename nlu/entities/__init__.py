"""Amounts, dates, deadlines, order numbers and products that were said."""

from __future__ import annotations

from nlu.entities.entity import ENTITY_KINDS, Entity, EntityKind, Product
from nlu.entities.finding import find_entities

__all__ = ["ENTITY_KINDS", "Entity", "EntityKind", "Product", "find_entities"]
