"""Who gets in where: every route and WebSocket, what it asks for, and which roles have it.

``python -m serving.access.table`` writes docs/access.md anew; a test compares it with the code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fastapi.routing import iter_route_contexts

from serving.access.guard import signed_in
from serving.access.permissions import PERMISSIONS_OF, Permission
from serving.access.principal import Role
from serving.access.public import SIGNED_PATHS, is_public

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGE = Path("docs/access.md")
_BEGIN, _END = "<!-- table: written by python -m serving.access.table -->\n", "<!-- end -->\n"

Needs = Permission | Literal["any key", "nothing", "a signature"]


@dataclass(frozen=True)
class Door:
    """A route or WebSocket.

    Attributes:
        method: Of HTTP, or ``WS``.
        path: With its parameters in braces.
        needs: What it asks for; None: nothing, though it is not on the public list.
    """

    method: str
    path: str
    needs: Needs | None

    def opens_to(self, role: Role) -> bool:
        """Tell whether a role gets in, with a key that is not narrowed."""
        if isinstance(self.needs, Permission):
            return self.needs in PERMISSIONS_OF[role]
        return self.needs in ("any key", "nothing")


def doors(app: FastAPI) -> tuple[Door, ...]:
    """Return every route and WebSocket of an application, in the order of their paths.

    Args:
        app: See :func:`serving.app.create_app`.
    """
    found: set[Door] = set()
    for route in iter_route_contexts(app.routes):
        path = str(route.path)
        methods = sorted((getattr(route, "methods", None) or {"WS"}) - {"HEAD"})
        needs = _needs(path, getattr(route, "dependant", None))
        found |= {Door(method, path, needs) for method in methods}
    return tuple(sorted(found, key=lambda door: (door.path, door.method)))


def _needs(path: str, dependant: Any) -> Needs | None:  # noqa: ANN401 - FastAPI's own
    if path in SIGNED_PATHS:
        return "a signature"
    asked: list[Needs] = []
    for each in () if dependant is None else _all(dependant):
        permission = getattr(each.call, "permission", None)
        if isinstance(permission, Permission):
            asked.append(permission)
        elif each.call is signed_in:
            asked.append("any key")
    if len(asked) > 1:
        raise ValueError(f"{path} asks for {len(asked)} permissions, expected one")
    if asked:
        return asked[0]
    return "nothing" if is_public({"path": path}) else None


def _all(dependant: Any) -> Iterator[Any]:  # noqa: ANN401 - the same
    for each in dependant.dependencies:
        yield each
        yield from _all(each)


def as_markdown(found: tuple[Door, ...]) -> str:
    """Return the tables of permissions and of routes, as docs/access.md holds them.

    Args:
        found: See :func:`doors`.
    """
    roles = tuple(Role)
    head = "| " + " | ".join(roles) + " |\n"
    rule = "|---" * len(roles) + "|\n"
    lines = ["### Permissions\n\n", "| permission " + head, "|---" + rule]
    for permission in Permission:
        marks = ("✓" if permission in PERMISSIONS_OF[role] else "" for role in roles)
        lines.append(f"| `{permission}` | " + " | ".join(marks) + " |\n")
    lines += ["\n### Routes and WebSockets\n\n", "| | path | needs " + head, "|---|---|---" + rule]
    for door in found:
        needs = f"`{door.needs}`" if isinstance(door.needs, Permission) else str(door.needs)
        marks = ("✓" if door.opens_to(role) else "" for role in roles)
        lines.append(f"| {door.method} | `{door.path}` | {needs} | " + " | ".join(marks) + " |\n")
    return "".join(lines)


def with_tables(page: str, tables: str) -> str:
    """Return a page with its tables written anew.

    Args:
        page: As it is.
        tables: See :func:`as_markdown`.
    """
    before, _, rest = page.partition(_BEGIN)
    return before + _BEGIN + tables + _END + rest.partition(_END)[2]


def main() -> None:
    """Write docs/access.md anew."""
    from serving.app import create_app
    from serving.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        tables = as_markdown(doors(create_app(Settings(data_dir=Path(folder)))))
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), tables), "utf-8")


if __name__ == "__main__":
    main()
