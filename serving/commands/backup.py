"""``entendu backup``, ``restore``, ``backups`` and ``rekey``: the store kept safe."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from conversation.errors import NotFound
from serving.commands.options import DataOption
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.settings import Settings
    from serving.store.backup import Manifest
    from serving.store.database import Database

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output, nothing else.")
]
_MEGABYTE = 1_000_000


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="DIR|FILE.tar", help="A folder that is not there yet, or a file .tar."
        ),
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Back up the store, also while the service runs.

    The backup has the database as it is at one moment, every recording that it knows, the queue
    and the knowledge documents, with a SHA-256 of each file. Encrypted recordings stay encrypted;
    the key is not in the backup.
    """
    from serving.store.backup import make_backup

    manifest = make_backup(load_settings(data_dir=data), target)
    if as_json:
        typer.echo(json.dumps(_facts(manifest) | {"path": str(target.absolute())}))
        return
    size_mb = sum(facts.size_bytes for facts in manifest.files.values()) / _MEGABYTE
    typer.echo(f"Backed up to {target}: {len(manifest.files)} files, {size_mb:.1f} MB.")
    _warn(manifest)


def restore(
    source: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.tar", help="What `entendu backup` wrote.")
    ],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Restore a backup into an empty data folder, and an empty database if one is set.

    Every file is compared with its SHA-256 before anything is written. A backup of a service with
    SQLite can be restored to PostgreSQL, and the other way round.
    """
    from serving.store.backup import restore_backup

    settings = load_settings(data_dir=data)
    manifest = restore_backup(settings, source)
    if as_json:
        typer.echo(json.dumps(_facts(manifest) | {"path": str(settings.data_dir)}))
        return
    typer.echo(
        f"Restored to {settings.data_dir}: {len(manifest.files)} files, "
        f"as of {manifest.began_at:%Y-%m-%d %H:%M} UTC."
    )
    typer.echo("What was erased since then has to be erased again.")
    _warn(manifest)


def backups(
    forget: Annotated[
        str | None,
        typer.Option("--forget", metavar="ID", help="Note that this one was deleted."),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the backups that were made; the receipt of an erasure names those that are left."""
    from serving.store.backup.listing import forget_backup, list_backups

    with _opened(load_settings(data_dir=data)) as database:
        if forget is not None:
            forget_backup(database, forget, now=datetime.now(UTC))
        listed = list_backups(database)
    if as_json:
        rows = [
            {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in asdict(one).items()
            }
            for one in listed
        ]
        typer.echo(json.dumps({"backups": rows}))
        return
    table = Table("id", "begun (UTC)", "state", "where")
    for one in listed:
        state = "deleted" if one.deleted_at else "whole" if one.finished_at else "broken off"
        table.add_row(one.id, f"{one.began_at:%Y-%m-%d %H:%M}", state, one.path)
    Console().print(table)


def rekey(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Encrypt all recordings with the first of the keys, also while the service runs.

    To change the key: put the new one before the old one, start the service anew, run this, then
    take the old one away. It may be broken off and run again. Recordings of before there was a key
    are encrypted, too.
    """
    from serving.store import open_store

    settings = load_settings(data_dir=data)
    with _opened(settings):
        pass  # there is a store
    store = open_store(settings)
    try:
        count = store.reseal()
    finally:
        store.close()
    if as_json:
        typer.echo(json.dumps({"recordings": count}))
        return
    typer.echo(f"{count} recordings encrypted with the current key.")


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    from serving.store import database_address
    from serving.store.database import Database
    from serving.store.store import DATABASE_FILE

    address = database_address(settings)
    path = settings.data_dir / DATABASE_FILE
    if address is None and not path.is_file():
        raise NotFound(
            f"there is no store in {settings.data_dir}", remedy="name its folder with --data"
        )
    database = Database(address or path)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "id": manifest.id,
        "began_at": manifest.began_at.isoformat(),
        "files": len(manifest.files),
        "size_bytes": sum(facts.size_bytes for facts in manifest.files.values()),
        "key_ids": list(manifest.key_ids),
        "missing_recordings": list(manifest.missing_recordings),
    }


def _warn(manifest: Manifest) -> None:
    if manifest.key_ids:
        typer.echo(f"Recordings need the key {', '.join(manifest.key_ids)}; keep it elsewhere.")
    if manifest.missing_recordings:
        typer.secho(
            f"{len(manifest.missing_recordings)} recordings had no file on the disk.",
            fg="yellow",
            err=True,
        )
