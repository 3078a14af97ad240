"""The fields of every kind of question, as a form needs them, taken from the shape of a card."""

from __future__ import annotations

from functools import cache
from typing import Any

from quality.detectors.said import about
from quality.phrases import load_lexicon
from quality.scorecard import Scorecard

_NAMES_OF_PHRASES = ("phrases", "partly", "required")
_SETS_OF_PHRASES = {"type": "array", "items": {"type": "string", "names": True}, "default": []}
_KEPT = frozenset(
    ("type", "enum", "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
     "minLength", "maxLength", "minItems")
)  # fmt: skip


@cache
def card_form() -> dict[str, Any]:
    """Return, by kind of question, its fields: name to JSON Schema without references.

    A field that may be left empty has ``nullable``; one that must be there has ``required``.
    """
    schema = Scorecard.model_json_schema()
    parts: dict[str, Any] = schema["$defs"]
    kinds: dict[str, str] = parts["Item"]["properties"]["detector"]["discriminator"]["mapping"]
    order = [one["$ref"] for one in parts["Item"]["properties"]["detector"]["oneOf"]]
    named = {reference: kind for kind, reference in kinds.items()}
    return {named[one]: _fields(parts[one.rpartition("/")[2]], parts) for one in order}


def _fields(model: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    needed = model.get("required", ())
    return {
        name: _plain(given, parts) | ({"required": True} if name in needed else {})
        for name, given in model.get("properties", {}).items()
        if name != "kind"
    } | {name: dict(_SETS_OF_PHRASES) for name in _NAMES_OF_PHRASES if name in model["properties"]}


@cache
def phrase_sets() -> dict[str, dict[str, str]]:
    """Return what each set of phrases stands for, in both languages, by its name."""
    lexicon = load_lexicon("fr")
    return {
        name: about((name,)).model_dump() for name in sorted(lexicon.phrases if lexicon else ())
    }


def _plain(given: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in given:
        given = {**parts[given["$ref"].rpartition("/")[2]], **given}
    if "anyOf" in given:
        of = next(one for one in given["anyOf"] if one.get("type") != "null")
        return _plain({**of, "default": None}, parts) | {"nullable": True}
    found = {name: value for name, value in given.items() if name in _KEPT}
    if "items" in given:
        found["items"] = _plain(given["items"], parts)
    if "properties" in given:
        found["fields"] = _fields(given, parts)
    if "additionalProperties" in given and isinstance(given["additionalProperties"], dict):
        found["keys"] = given["propertyNames"]["enum"]
        found["each"] = _plain(given["additionalProperties"], parts)
    return found
