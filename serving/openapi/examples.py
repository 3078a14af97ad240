"""Examples for JSON that comes without one, made from its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 9
# By the name of a property, else by the schema alone; the first that fits the schema is taken.
_BY_NAME: dict[str, object] = {
    "id": "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99",
    "conversation_id": "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99",
    "text": "Ma box ne fonctionne plus depuis hier soir.",
    "question": "Comment suivre ma commande ?",
    "quote": "Ma box ne fonctionne plus",
    "name": "appel.wav",
    "title": "Suivre une commande",
    "language": "fr",
    "spoken_language": "fr",
    "channel": "phone",
    "model": "entendu-encoder-fr-en",
    "version": "0.1.0",
    "url": "https://example.org/hook",
    "type": "about:blank",
}
_STRINGS = {
    "date-time": "2026-11-03T10:02:00Z",
    "date": "2026-11-03",
    "time": "10:02:00",
    "uuid": "8c6f1f0f-2b7e-4d0e-9a3f-5f6d2c1b0a99",
    "uri": "https://example.org/",
    "email": "service@example.org",
    "duration": "PT5M",
}
_CANDIDATES = (
    "exemple", "fr", "telecom", "a" * 8, "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99", "0" * 64, "a" * 64,
    "2026-11-03", "1", "1.0", "2026-11", "example.md", "cpu", "0=agent,1=customer",
)  # fmt: skip


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> object:
    """Return a value that fits a JSON Schema.

    Args:
        schema: Of the value.
        components: What ``#/components/schemas/…`` refers to.
    """
    return _Examples(components).of(schema)


class _Examples:
    def __init__(self, components: Mapping[str, Any]) -> None:
        self._components = components
        self._open: list[str] = []

    def of(self, schema: Mapping[str, Any], name: str = "") -> object:
        """Return a value for a schema; ``name`` is the property's that holds it."""
        given = self._given(schema)
        if given is not None:
            return self._completed(given[0], schema)
        if "$ref" in schema:
            return self._referred(str(schema["$ref"]), name)
        if "allOf" in schema:
            return self._merged(schema["allOf"], name)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._chosen(schema[choice], name)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        match kind:
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema, name)
            case "string":
                return _string(schema, name)
            case "integer" | "number":
                return _number(schema, whole=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
        return {} if "properties" not in schema else self._object(schema)

    def _given(self, schema: Mapping[str, Any]) -> tuple[object] | None:
        examples = schema.get("examples")
        if isinstance(examples, list) and examples:
            return (examples[0],)
        if "example" in schema:
            return (schema["example"],)
        if "const" in schema:
            return (schema["const"],)
        if schema.get("enum"):
            return (schema["enum"][0],)
        if schema.get("default") is not None:
            return (schema["default"],)
        return None

    def _completed(self, value: object, schema: Mapping[str, Any]) -> object:
        """Add to a given example what its schema asks for and it leaves to defaults."""
        if "$ref" in schema:
            key = str(schema["$ref"]).rsplit("/", 1)[-1]
            return self._completed(value, self._components.get(key, {}))
        if isinstance(value, list):
            items = schema.get("items", {})
            return [self._completed(item, items) for item in value]
        if not isinstance(value, dict) or "properties" not in schema:
            return value
        members = schema["properties"]
        missing = {
            name: None if _may_be_null(members[name]) else self.of(members[name], name)
            for name in schema.get("required", ())
            if name not in value and name in members
        }
        return {
            **{name: self._completed(item, members.get(name, {})) for name, item in value.items()},
            **missing,
        }

    def _referred(self, reference: str, name: str) -> object:
        key = reference.rsplit("/", 1)[-1]
        self._open.append(key)
        try:
            return self.of(self._components.get(key, {}), name)
        finally:
            self._open.pop()

    def _is_too_deep(self, schema: Mapping[str, Any]) -> bool:
        key = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
        return key in self._open or len(self._open) > _MAX_DEPTH

    def _chosen(self, choices: list[Mapping[str, Any]], name: str) -> object:
        real = [one for one in choices if one.get("type") != "null"]
        shallow = [one for one in real if not self._is_too_deep(one)]
        if shallow:
            return self.of(shallow[0], name)
        return None if len(real) < len(choices) or not real else self.of(real[0], name)

    def _merged(self, parts: list[Mapping[str, Any]], name: str) -> object:
        values = [self.of(part, name) for part in parts]
        objects = [value for value in values if isinstance(value, dict)]
        if len(objects) < len(values):
            return values[0]
        return {key: item for value in objects for key, item in value.items()}

    def _object(self, schema: Mapping[str, Any]) -> dict[str, object]:
        required = set(schema.get("required", ()))
        others = schema.get("additionalProperties")
        patterns = schema.get("patternProperties")
        if isinstance(patterns, Mapping) and patterns:
            others = next(iter(patterns.values()))
        if isinstance(others, Mapping) and schema.get("minProperties"):
            return {_CANDIDATES[0]: self.of(others)}
        return {
            name: self.of(member, name)
            for name, member in schema.get("properties", {}).items()
            if name in required or not self._is_too_deep(member)
        }

    def _array(self, schema: Mapping[str, Any], name: str) -> list[object]:
        if "prefixItems" in schema:
            return [self.of(item, name) for item in schema["prefixItems"]]
        items = schema.get("items", {})
        least = int(schema.get("minItems", 0))
        if least == 0 and (self._is_too_deep(items) or schema.get("maxItems") == 0):
            return []
        return [self.of(items, name)] * max(least, 1)


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return any(choice.get("type") == "null" for choice in schema.get("anyOf", ()))


def _string(schema: Mapping[str, Any], name: str) -> str:
    shape = schema.get("format")
    if shape in _STRINGS:
        return _STRINGS[shape]
    by_name = _BY_NAME.get(name)
    candidates = [by_name] if isinstance(by_name, str) else []
    candidates += _CANDIDATES
    for candidate in candidates:
        if _fits(candidate, schema):
            return candidate
    return "x" * int(schema.get("minLength", 1))


def _fits(candidate: str, schema: Mapping[str, Any]) -> bool:
    pattern = schema.get("pattern")
    if not int(schema.get("minLength", 0)) <= len(candidate) <= schema.get("maxLength", 10**6):
        return False
    return pattern is None or re.search(pattern, candidate) is not None


def _number(schema: Mapping[str, Any], *, whole: bool) -> float | int:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + (1 if whole else 0.5)
    value = low if low is not None else 1
    if low is not None and not whole and high is not None and high - low >= 1:
        value = low + 0.5
    if high is not None and value > high:
        value = high
    return int(value) if whole else float(value)
