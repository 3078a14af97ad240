"""Reading the YAML files of this room, with messages that name the place."""

from __future__ import annotations

from collections.abc import Callable

import yaml
from pydantic import ValidationError

from conversation.errors import DefinitionInvalid

_SHOWN_PROBLEMS = 5
_DEEP, _MANY = 200, 2_000


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is written twice, which YAML would silently let win."""


class _FastStrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same, parsed by libyaml where PyYAML has it: ten times as fast."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[object, object]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, str):
            if key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is written twice", problem_mark=key_node.start_mark
                )
            seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


for _loader in (_StrictLoader, _FastStrictLoader):
    _loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse_yaml(text: str, *, name: str) -> object:
    """Parse YAML.

    Args:
        text: The file's content.
        name: Of the file, for messages.

    Raises:
        DefinitionInvalid: It is not YAML; the message gives the line.
    """
    if _is_shallow(text):  # libyaml overflows the stack where lists are nested without end
        try:
            return yaml.load(text, Loader=_FastStrictLoader)  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, ValueError):
            pass  # the other loader names the place better
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise DefinitionInvalid(
            f"{name} is not valid YAML{place}: {problem}", remedy="correct that line"
        ) from None


def _is_shallow(text: str) -> bool:
    indented = max((len(line) - len(line.lstrip(" -?")) for line in text.splitlines()), default=0)
    return indented < _DEEP and text.count("[") + text.count("{") < _MANY


def describe(error: ValidationError, *, locate: Callable[[str], str] | None = None) -> str:
    """Put a validation error into one line: path, what was expected, what was got.

    Args:
        error: From pydantic.
        locate: Turns a dotted path into one that a reader finds more easily.
    """
    problems = []
    for problem in error.errors(include_url=False)[:_SHOWN_PROBLEMS]:
        path = ".".join(str(part) for part in problem["loc"]) or "the file"
        message = problem["msg"].removeprefix("Value error, ")
        shown = repr(problem["input"])
        got = f" (got {shown[:60]})" if problem["type"] not in ("value_error", "missing") else ""
        problems.append(f"{locate(path) if locate else path}: {message}{got}")
    hidden = error.error_count() - len(problems)
    return "; ".join(problems) + (f"; and {hidden} more" if hidden > 0 else "")
