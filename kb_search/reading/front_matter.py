"""YAML between two ``---`` lines at the top of a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from conversation.errors import DocumentUnreadable
from kb_search.documents import Metadata

_FENCE = "---"


def split_front_matter(text: str, name: str) -> tuple[dict[str, object], str]:
    """Take the front matter off a text.

    Args:
        text: Of the whole file.
        name: For messages.

    Returns:
        The properties (empty without a front matter) and the rest of the text.

    Raises:
        DocumentUnreadable: It is not a YAML mapping, or is not closed.
    """
    import yaml

    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return {}, text
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if closing is None:
        if any(line.strip() == "" for line in lines[1:3]):
            return {}, text  # a rule at the top of the page, not a front matter
        raise DocumentUnreadable(
            f"the front matter of {name} is not closed", remedy="end it with a line of ---"
        )
    try:
        properties = yaml.safe_load("\n".join(lines[1:closing]))
    except (yaml.YAMLError, ValueError) as problem:
        detail = " ".join(str(problem).split())[:160]
        raise DocumentUnreadable(
            f"the front matter of {name} is not YAML ({detail})",
            remedy="quote values that hold a colon",
        ) from problem
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise DocumentUnreadable(
            f"the front matter of {name} is a {type(properties).__name__}, not names and values",
            remedy="write lines such as `title: My title`",
        )
    return {str(key): value for key, value in properties.items()}, "\n".join(lines[closing + 1 :])


def read_metadata(properties: Mapping[str, object], name: str) -> Metadata:
    """Check the properties of a document.

    Args:
        properties: By name; unknown names are left alone, they belong to other systems.
        name: For messages.

    Raises:
        DocumentUnreadable: A known property has a value that it cannot have. The document is
            refused, because a mistaken audience or date could show what must not be shown.
    """
    values = {
        key.strip().lower().replace("-", "_"): _plain(value)
        for key, value in properties.items()
        if value not in (None, "")
    }
    for key in ("state", "audience", "language"):
        if isinstance(values.get(key), str):
            values[key] = str(values[key]).strip().lower().replace(" ", "_").replace("-", "_")
    if isinstance(values.get("language"), str):
        values["language"] = str(values["language"]).split("_", 1)[0]
    try:
        return Metadata.model_validate(values)
    except ValidationError as problem:
        error = problem.errors()[0]
        field = ".".join(str(part) for part in error["loc"])
        raise DocumentUnreadable(
            f"{name} has {field}: {error['input']!r} ({error['msg']})",
            remedy=f"correct {field} in its front matter",
        ) from problem


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | float):
        return str(value)
    return value
