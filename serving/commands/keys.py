"""``entendu keys``: who may use the service, by the data folder or by a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from conversation.errors import BadInput
from serving.access.permissions import Permission
from serving.access.principal import Role
from serving.commands.options import DataOption
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.access.access import Access
    from serving.access.key_values import StoredKey

app = typer.Typer(
    help="Keys that open the service: make, list, change, revoke.", no_args_is_help=True
)

ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", envvar="ENTENDU_SERVER",
        help="Service to ask, with --key; the data folder if left.",
    ),
]  # fmt: skip
KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="KEY", envvar="ENTENDU_KEY", show_envvar=True,
        help="Key for --server; better in the variable than here, where others can see it.",
    ),
]  # fmt: skip
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
_DAY_S = 86_400


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.")],
    role: Annotated[Role, typer.Option("--role", help="What its holder is.")],
    scope: Annotated[
        list[Permission] | None,
        typer.Option("--scope", help="Narrow it to this permission; may be repeated."),
    ] = None,
    team: Annotated[
        str | None,
        typer.Option("--team", help="Whose conversations; default if left, all for admins."),
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", metavar="ID", help="Pseudonymous id of the agent.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="ID", help="Id of the customer.")
    ] = None,
    days: Annotated[
        float | None, typer.Option("--days", min=0.001, max=3650, help="Days until it ends.")
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option("--per-minute", min=1, help="Requests a minute that it may send.")
    ] = None,
    data: DataOption = None,
    server: ServerOption = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key; it is shown once."""
    from serving.access.key_values import KeyRequest

    try:
        wanted = KeyRequest(
            name=name,
            role=role,
            scopes=None if scope is None else tuple(scope),
            team=team,
            agent_key=agent,
            customer_key=customer,
            expires_in_s=None if days is None else days * _DAY_S,
            per_minute=per_minute,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(str(first["msg"]).removeprefix("Value error, ")) from error
    if server is not None:
        body = wanted.model_dump(mode="json", exclude_none=True)
        made = _ask(server, key, "POST", "/v1/keys", body)
    else:
        with _access(data) as access:
            stored, secret = access.keys.create(wanted)
            access.audit.record(None, "key.create", "key", stored.id, None, {"role": role.value})
        made = stored.model_dump(mode="json") | {"key": secret}
    _show_new(made, as_json=as_json)


@app.command("list")
def list_keys(
    role: Annotated[Role | None, typer.Option("--role", help="Only those of this role.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Also those that have ended.")] = False,
    data: DataOption = None,
    server: ServerOption = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """List keys, newest first, without their secrets."""
    rows = list(_all(role, ended=ended, data=data, server=server, key=key))
    if as_json:
        typer.echo(json.dumps({"keys": rows}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("id", "name", "role", "team", "…", "made", "ends", "last used"):
        table.add_column(column, overflow="fold")
    for row in rows:
        ends = "revoked" if row["revoked_at"] else _day(row["expires_at"]) or "never"
        table.add_row(
            row["id"], row["name"], row["role"], row["team"] or "all", row["hint"],
            _day(row["created_at"]), ends, _day(row["last_used_at"]) or "never",
        )  # fmt: skip
    Console().print(table)


@app.command()
def rotate(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `entendu keys list` shows it.")],
    grace_min: Annotated[
        float, typer.Option("--grace-min", min=0, max=43_200, help="Minutes it still goes on.")
    ] = 0.0,
    data: DataOption = None,
    server: ServerOption = None,
    key: KeyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key that can do the same, and end the old one."""
    if server is not None:
        made = _ask(server, key, "POST", f"/v1/keys/{key_id}/rotate", {"grace_s": grace_min * 60})
    else:
        with _access(data) as access:
            stored, secret = access.keys.rotate(key_id, grace_s=grace_min * 60)
            access.audit.record(
                None, "key.rotate", "key", stored.id, None, {"replaces": key_id[:40]}
            )
        made = stored.model_dump(mode="json") | {"key": secret}
    _show_new(made, as_json=as_json)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `entendu keys list` shows it.")],
    data: DataOption = None,
    server: ServerOption = None,
    key: KeyOption = None,
) -> None:
    """End a key, the tokens that it minted and the sessions that it opened."""
    if server is not None:
        _ask(server, key, "DELETE", f"/v1/keys/{key_id}")
    else:
        with _access(data) as access:
            access.keys.revoke(key_id)
            access.audit.record(None, "key.revoke", "key", key_id, None, None)
    typer.echo(f"{key_id} is revoked; a service that runs notices within 5 s.")


def _show_new(made: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False))
        return
    typer.echo(f"{made['id']}, shown this once:", err=True)
    typer.echo(made["key"])


def _all(
    role: Role | None, *, ended: bool, data: Path | None, server: str | None, key: str | None
) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    if server is not None:
        asked = {"limit": 200, "role": role and role.value, "active": None if ended else "true"}
        while True:
            query = {name: value for name, value in (asked | {"cursor": cursor}).items() if value}
            page = _ask(server, key, "GET", "/v1/keys", query=query)
            yield from page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return
    with _access(data) as access:
        while True:
            found, cursor = access.keys.page(
                limit=200, cursor=cursor, role=role, active=None if ended else True
            )
            yield from (_as_json(one) for one in found)
            if cursor is None:
                return


def _as_json(key: StoredKey) -> dict[str, Any]:
    return key.model_dump(mode="json")


def _day(moment: str | None) -> str:
    return "" if moment is None else moment[:16].replace("T", " ")


@contextmanager
def _access(data: Path | None) -> Iterator[Access]:
    from serving.access.access import open_access

    with open_access(load_settings(data_dir=data)) as access:
        yield access


def _ask(
    server: str,
    key: str | None,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
) -> dict[str, Any]:
    from serving.access.asking_a_server import ask_server

    return ask_server(server, key, method, path, body=body, query=query)
