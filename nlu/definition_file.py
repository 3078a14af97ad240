"""Reading YAML definitions so that every error can name its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import yaml
from pydantic import ValidationError

from conversation.errors import DefinitionInvalid, NotFound

MAX_BYTES = 2_000_000
_MAX_NODES = 100_000
_MAX_DEPTH = 20

# libyaml's parser is ten times faster; wheels of PyYAML carry it, some systems do not.
_LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Location = tuple[int | str, ...]

_PLAINLY = {
    "missing": "this field is missing",
    "extra_forbidden": "this field is not known",
    "model_type": "expected fields with names",
    "tuple_type": "expected a list",
    "string_type": "expected a text",
}


class DefinitionFile:
    """A YAML file as plain values, with the line of each.

    Every scalar is read as text: ``no`` stays the word "no" and ``1.0`` the version "1.0".

    Args:
        path: A file in UTF-8, of at most :data:`MAX_BYTES` bytes.

    Attributes:
        path: The file.
        values: Mappings, lists and texts.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: It is not UTF-8, not YAML, too large, or a key stands twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Location, int] = {}
        node = self._parse(self._read())
        self._nodes = 0
        self.values: object = self._plain(node, ())

    def line_of(self, location: Sequence[int | str]) -> int:
        """Return the line, from 1, of the value at a location or of what encloses it."""
        at = tuple(location)
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 1)

    def fail(self, location: Sequence[int | str], message: str, *, remedy: str) -> NoReturn:
        """Raise the error for what stands at a location.

        Raises:
            DefinitionInvalid: Always; it names the file, the line and the path in the file.
        """
        where = f"{self.path}, line {self.line_of(location)}"
        if location:
            where += f", {written(location)}"
        raise DefinitionInvalid(f"{where}: {message}", remedy=remedy)

    def fail_validation(self, error: ValidationError, *, remedy: str) -> NoReturn:
        """Raise the first problem that pydantic found.

        Raises:
            DefinitionInvalid: Always.
        """
        problems = error.errors(include_url=False)
        first = problems[0]
        message = first["msg"].removeprefix("Value error, ")
        message = _PLAINLY.get(first["type"], message)
        got = first.get("input")
        if isinstance(got, str) and first["type"] != "missing":
            message += f" (got {got[:60]!r})"
        if len(problems) > 1:
            message += f" [and {len(problems) - 1} more]"
        self.fail(first["loc"], message, remedy=remedy)

    def _read(self) -> str:
        if not self.path.is_file():
            raise NotFound(
                f"there is no file {self.path}", remedy="check the path, or create the file"
            )
        size = self.path.stat().st_size
        if size > MAX_BYTES:
            self.fail(
                (),
                f"the file has {size} bytes, expected at most {MAX_BYTES}",
                remedy="check that this is the definition you meant",
            )
        try:
            return self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            self.fail(
                (),
                f"byte {error.start} is not UTF-8",
                remedy="save the file with the encoding UTF-8",
            )

    def _parse(self, text: str) -> yaml.Node:
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = 1 if mark is None else mark.line + 1
            problem = getattr(error, "problem", None) or "it cannot be parsed"
            raise DefinitionInvalid(
                f"{self.path}, line {line}: not valid YAML: {problem}",
                remedy="check the indentation there, and quote texts that hold a colon",
            ) from error
        if node is None:
            self.fail((), "the file is empty", remedy="write a definition, or give another file")
        return node

    def _plain(self, node: yaml.Node, at: Location) -> object:
        self._nodes += 1
        if self._nodes > _MAX_NODES or len(at) > _MAX_DEPTH:
            self.fail(
                at[:_MAX_DEPTH],
                "the definition is nested too deep or repeats itself through aliases",
                remedy="write the values out instead of using & and *",
            )
        self._lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            values: dict[str, object] = {}
            for key, value in node.value:
                name = str(key.value)
                if name in values:
                    self._lines[(*at, name)] = key.start_mark.line + 1
                    self.fail((*at, name), "this field stands twice", remedy="keep one of the two")
                values[name] = self._plain(value, (*at, name))
                self._lines[(*at, name)] = key.start_mark.line + 1
            return values
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*at, i)) for i, item in enumerate(node.value)]
        return node.value


def written(location: Sequence[int | str]) -> str:
    """Write a location as a reader does: ``reasons[2].label.fr``."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
