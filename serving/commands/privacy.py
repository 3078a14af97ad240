"""``entendu purge``, ``entendu erase``, ``entendu export-subject``: on the data of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conversation.errors import BadInput
from serving.commands.options import DataOption
from serving.settings import load_settings

if TYPE_CHECKING:
    from serving.privacy.removal_log import Removal
    from serving.service import Service

BY = "command"
_TeamOption = Annotated[
    str | None, typer.Option("--team", help="Whose customer; the default team's if left.")
]
_JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON on standard output, nothing else.")
]
_CustomerArgument = Annotated[
    str, typer.Argument(metavar="CUSTOMER_KEY", help="The customer, as conversations name them.")
]


def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    as_json: _JsonOption = False,
    data: DataOption = None,
) -> None:
    """Remove what is past its time, with proof (retention rules: setting `retention`).

    A running service does this itself every day; where it holds the data folder, ask it with
    `entendu remote purge`.
    """
    from serving.privacy.purge import plan_purge, run_purge

    with _opened(data) as service:
        if dry_run:
            plan = plan_purge(service, datetime.now(UTC))
            counts, unknown = plan.counts(), plan.unknown_purposes
            if as_json:
                typer.echo(json.dumps({"counts": counts, "unknown_purposes": unknown}))
                return
            _show_counts(counts, unknown)
            typer.echo("Nothing was removed.")
            return
        proof = run_purge(service, datetime.now(UTC), by=BY)
    if as_json:
        _print(proof)
        return
    removed = proof.receipt["counts"]
    _show_counts(removed if isinstance(removed, dict) else {}, ())
    typer.echo(f"Proof {proof.id}, hash {proof.hash}")


def erase(
    customer_key: _CustomerArgument,
    team: _TeamOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: _JsonOption = False,
    data: DataOption = None,
) -> None:
    """Erase all that is stored of a customer, everywhere, and print the receipt.

    Where a running service holds the data folder, ask it with `entendu remote erase-customer`.
    """
    from serving.privacy.erasure import conversations_of, erase_customer
    from serving.store.tables import DEFAULT_TEAM

    whose = team or DEFAULT_TEAM
    with _opened(data) as service:
        if not yes:
            count = len(conversations_of(service, whose, customer_key))
            typer.confirm(f"Erase {count} conversations, for ever?", abort=True, err=True)
        receipt = erase_customer(service, customer_key, team=whose, by=BY)
    if as_json:
        _print(receipt)
        return
    show_receipt(receipt.receipt)
    typer.echo(f"Receipt {receipt.id}, hash {receipt.hash}")


def export_subject(
    customer_key: _CustomerArgument,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.zip", help="Where it goes.")],
    team: _TeamOption = None,
    data: DataOption = None,
) -> None:
    """Write what is stored of a customer to a ZIP, with what others said masked."""
    from serving.privacy.subject_export import export_subject as export
    from serving.store.tables import DEFAULT_TEAM

    if not out.parent.is_dir():
        raise BadInput(f"{out.parent} is no folder", remedy="correct --out")
    with _opened(data) as service:
        pieces = export(service, customer_key, team=team or DEFAULT_TEAM)
        with out.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    out.chmod(0o600)
    typer.echo(f"Written to {out}")


def show_receipt(receipt: dict[str, object]) -> None:
    """Print what an erasure did to each copy."""
    copies = receipt.get("copies")
    for line in copies if isinstance(copies, list) else []:
        if not line["removed"] and not line["kept"]:
            continue
        kept = f", {line['kept']} kept: {line['why']}" if line["kept"] else ""
        typer.echo(f"{line['copy']} ({line['where']}): {line['removed']} removed{kept}")
        for item in line["items"]:
            typer.echo(f"  {item}")


@contextmanager
def _opened(data: Path | None) -> Iterator[Service]:
    from serving.service import Service

    service = Service(load_settings(data_dir=data), works=False)
    service.open()
    try:
        yield service
    finally:
        service.close(grace_s=5)


def _show_counts(counts: dict[str, int], unknown: tuple[str, ...]) -> None:
    for name, count in counts.items():
        if count:
            typer.echo(f"{name}: {count}")
    if not any(counts.values()):
        typer.echo("Nothing is past its time.")
    for purpose in unknown:
        typer.secho(f"No rule names the purpose {purpose}: nothing of it goes.", fg="yellow")


def _print(proof: Removal) -> None:
    typer.echo(
        json.dumps(
            {
                "id": proof.id, "number": proof.number, "kind": proof.kind,
                "at": proof.at.isoformat(), "receipt": proof.receipt, "hash": proof.hash,
                "signature": proof.signature,
            },
            ensure_ascii=False,
        )
    )  # fmt: skip
