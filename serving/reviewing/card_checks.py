"""A scorecard that somebody writes, checked place by place, as a form shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from conversation.errors import DefinitionInvalid
from quality.scorecard import Scorecard
from quality.yaml_files import parse_yaml

_MOST_VALUES = 100_000
_OF_ITEM = re.compile(r"(?P<id>[A-Za-z0-9][A-Za-z0-9._-]*)\.when: (?P<message>.+)", re.DOTALL)


class CardPlace(BaseModel):
    """What is wrong at one place of a card.

    Attributes:
        path: Names and numbers from the top, as ``["sections", 0, "items", 2, "points"]``; empty
            for the card as a whole.
        kind: Of the problem, as pydantic names it (``missing``, ``string_too_short``…).
        message: What was expected, in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: tuple[str | int, ...]
    kind: str
    message: str


class CheckedText(BaseModel):
    """A card that was read as far as it goes.

    Attributes:
        places: What is wrong; empty where it is a scorecard.
        content: What it says as JSON; None where it is no mapping.
        yaml: The same as a file writes it; None where it is no mapping.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    places: tuple[CardPlace, ...]
    content: dict[str, JsonValue] | None = Field(default=None)
    yaml: str | None = None


def check_text(text: str) -> CheckedText:
    """Read a card, valid or not.

    Args:
        text: YAML or JSON.
    """
    try:
        raw = parse_yaml(text, name="the scorecard")
    except DefinitionInvalid as error:
        return CheckedText(places=(CardPlace(path=(), kind="yaml", message=error.message),))
    if not isinstance(raw, dict):
        place = CardPlace(path=(), kind="no_mapping", message="expected names and values")
        return CheckedText(places=(place,))
    content = _as_json(raw)
    if content is None:
        place = CardPlace(path=(), kind="too_large", message="expected a card of usual size")
        return CheckedText(places=(place,))
    return CheckedText(
        places=places_of(content),
        content=content,
        yaml=yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=96),
    )


def _as_json(raw: object) -> dict[str, JsonValue] | None:
    """Return what YAML read as JSON has it; None for what only anchors can make, or unlike names.

    Dates and the like, which YAML knows and JSON does not, are taken as they were written.
    """
    left, todo = _MOST_VALUES, [raw]
    while todo and left:
        value, left = todo.pop(), left - 1
        if isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
    if todo:
        return None
    try:
        return cast("dict[str, JsonValue]", json.loads(json.dumps(raw, default=str)))
    except TypeError:
        return None


def places_of(content: dict[str, JsonValue]) -> tuple[CardPlace, ...]:
    """Return what is wrong with a card, each with its place."""
    try:
        Scorecard.model_validate(content)
    except ValidationError as error:
        return tuple(
            _place(one["loc"], one["type"], one["msg"], content)
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        )
    return ()


def _place(
    loc: Sequence[str | int], kind: str, message: str, content: dict[str, JsonValue]
) -> CardPlace:
    message = message.removeprefix("Value error, ")
    named = _OF_ITEM.match(message)
    if not loc and named is not None:
        for path in _items(content, named["id"]):
            return CardPlace(path=(*path, "when"), kind=kind, message=named["message"])
    return CardPlace(path=_without_tags(loc), kind=kind, message=message)


def _without_tags(loc: Sequence[str | int]) -> tuple[str | int, ...]:
    """Leave out the kind of question that pydantic puts behind ``detector``."""
    return tuple(
        part for n, part in enumerate(loc) if n == 0 or loc[n - 1] != "detector" or part == "kind"
    )


def _items(content: dict[str, JsonValue], item_id: str) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = []
    sections = content.get("sections")
    for n, section in enumerate(sections if isinstance(sections, list) else []):
        items = section.get("items") if isinstance(section, dict) else None
        for m, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict) and item.get("id") == item_id:
                found.append(("sections", n, "items", m))
    return found
