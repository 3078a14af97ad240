"""YAML between two ``---`` lines at the top of a document."""

from __future__ import annotations

from conversation.errors import DocumentUnreadable

_FENCE = "---"
_MAX_CHARACTERS = 64 * 1024


def split_front_matter(text: str, name: str) -> tuple[dict[str, object], str]:
    """Take the front matter off a text.

    Args:
        text: Of the whole file.
        name: For messages.

    Returns:
        The properties (empty without a front matter), every plain value as the text that was
        written, and the rest of the text.

    Raises:
        DocumentUnreadable: It is not a YAML mapping, is not closed, or is too long.
    """
    import yaml

    first, _, rest = text.partition("\n")
    if first.rstrip() != _FENCE:
        return {}, text
    lines = rest[: _MAX_CHARACTERS + 1].split("\n")
    closing = next((n for n, line in enumerate(lines) if line.rstrip() == _FENCE), None)
    if closing is None:
        if any(line.strip() == "" for line in lines[:2]):
            return {}, text  # a rule at the top of the page, not a front matter
        if len(rest) > _MAX_CHARACTERS:
            raise DocumentUnreadable(
                f"the front matter of {name} is not closed within {_MAX_CHARACTERS} characters",
                remedy="end it with a line of ---",
            )
        raise DocumentUnreadable(
            f"the front matter of {name} is not closed", remedy="end it with a line of ---"
        )
    head = "\n".join(lines[:closing])
    try:
        # The base loader leaves `1.10`, `yes` and `2026-12-31` as they were written.
        properties = yaml.load(head, Loader=yaml.BaseLoader)  # noqa: S506, it builds no objects
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        detail = " ".join(str(problem).split())[:160]
        raise DocumentUnreadable(
            f"the front matter of {name} is not YAML ({detail})",
            remedy="quote values that hold a colon",
        ) from problem
    if properties in (None, ""):
        properties = {}
    if not isinstance(properties, dict):
        raise DocumentUnreadable(
            f"the front matter of {name} is a {type(properties).__name__}, not names and values",
            remedy="write lines such as `title: My title`",
        )
    body = rest[len(head) :].partition(_FENCE)[2].partition("\n")[2]
    return {str(key): value for key, value in properties.items()}, body
