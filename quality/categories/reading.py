"""Reading the categories that a centre owns, or those that are shipped."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import ValidationError

from conversation.errors import NotFound
from nlu.definition_file import DefinitionFile
from quality.categories.definition import CategorySet

SHIPPED_CATEGORIES = ("default",)


def load_categories(source: str | Path | None = None) -> CategorySet:
    """Load categories.

    Args:
        source: ``default`` for those that are shipped, or the path of a YAML file; None for
            the shipped ones.

    Returns:
        The categories, checked.

    Raises:
        NotFound: Neither a shipped set nor a file.
        DefinitionInvalid: The file breaks the rules; names the file, the line and the path in it.
    """
    name = str(source) if source is not None else SHIPPED_CATEGORIES[0]
    if name in SHIPPED_CATEGORIES:
        return _shipped(name)
    path = Path(name)
    if not path.is_file():
        raise NotFound(
            f"no categories {name!r}: neither a file nor one of {', '.join(SHIPPED_CATEGORIES)}",
            remedy="give the path of a YAML file, or the name of a shipped set",
        )
    return _read(path)


@cache
def _shipped(name: str) -> CategorySet:
    with as_file(files("quality") / "categories" / f"{name}.yaml") as path:
        return _read(path)


def _read(path: Path) -> CategorySet:
    file = DefinitionFile(path)
    try:
        return CategorySet.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(
            error, remedy="correct this place; docs/categories.md shows every field"
        )
