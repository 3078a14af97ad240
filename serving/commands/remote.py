"""``entendu remote``: a service elsewhere, from the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conversation.errors import BadInput
from serving.commands.privacy import show_receipt
from serving.commands.progress import progress_bar

if TYPE_CHECKING:
    from serving.client import EntenduClient
    from serving.client.values import Value

app = typer.Typer(
    help="Talk to a running service: ENTENDU_SERVER is its address, ENTENDU_KEY the key.",
    no_args_is_help=True,
)

_ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", help="ENTENDU_SERVER if left, else http://127.0.0.1:8000."
    ),
]
_LimitOption = Annotated[int, typer.Option("--limit", min=1, help="Most to show.")]
_IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Of a conversation.")]
_UnmaskedOption = Annotated[
    bool,
    typer.Option(
        "--unmasked",
        help="With personal data; the key needs conversations:unmask, and it is logged.",
    ),
]
_OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Standard output if left.")
]


@app.command()
def send(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Recordings, vCons, chats, e-mails.")
    ],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until they are analysed.")] = False,
    customer: Annotated[
        str | None, typer.Option("--customer", help="Pseudonymous id of the customer.")
    ] = None,
    agent: Annotated[
        str | None, typer.Option("--agent", help="Pseudonymous id of the agent.")
    ] = None,
    queue: Annotated[str | None, typer.Option("--queue", help="Queue or campaign.")] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="Why it is kept; `quality` if left.")
    ] = None,
    consent: Annotated[
        str | None, typer.Option("--consent", help="Reference of the consent, of outbound sales.")
    ] = None,
    server: _ServerOption = None,
) -> None:
    """Send files; one line of JSON for each."""
    with _client(server) as client:
        for path in files:
            with progress_bar(f"Sending {path.name}") as advance:
                accepted = client.send(
                    path, progress=advance, customer_key=customer,
                    agent_key=agent, queue=queue, purpose=purpose, consent_ref=consent,
                )  # fmt: skip
            shown: Value = client.wait_for(accepted) if wait else accepted
            _print(shown, without=("analysis",))


@app.command("list")
def list_conversations(
    status: Annotated[
        str | None, typer.Option("--status", help="queued, running, done, failed, cancelled.")
    ] = None,
    limit: _LimitOption = 50,
    server: _ServerOption = None,
) -> None:
    """List conversations, newest first; one line of JSON for each."""
    with _client(server) as client:
        for one in islice(client.conversations(status=status, limit=min(limit, 200)), limit):
            _print(one, without=("analysis", "error"))


@app.command()
def show(
    conversation_id: _IdArgument, unmasked: _UnmaskedOption = False, server: _ServerOption = None
) -> None:
    """Print a conversation and its analysis as JSON."""
    with _client(server) as client:
        _print(client.conversation(conversation_id, redacted=not unmasked), indent=2)


@app.command()
def jobs(
    state: Annotated[
        str | None,
        typer.Option("--state", help="queued, running, done, failed, dead, cancelled."),
    ] = None,
    limit: _LimitOption = 50,
    server: _ServerOption = None,
) -> None:
    """List jobs, newest first; one line of JSON for each."""
    with _client(server) as client:
        for one in islice(client.jobs(state=state, limit=min(limit, 200)), limit):
            _print(one)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words, or a sentence.")],
    by: Annotated[str, typer.Option("--by", help="words, meaning or both.")] = "both",
    limit: _LimitOption = 10,
    server: _ServerOption = None,
) -> None:
    """Search what was said; one line of JSON for each conversation."""
    with _client(server) as client:
        for one in islice(client.search(query, by=by, limit=min(limit, 50)), limit):
            _print(one)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="As a customer would ask it.")],
    server: _ServerOption = None,
) -> None:
    """Ask the knowledge base; the answer with its citations as JSON."""
    with _client(server) as client:
        _print(client.ask(question), indent=2)


@app.command()
def export(
    conversation_id: _IdArgument,
    format_name: Annotated[
        str, typer.Option("--format", help="json, vcon, srt, vtt or txt.")
    ] = "json",
    out: _OutOption = None,
    unmasked: _UnmaskedOption = False,
    server: _ServerOption = None,
) -> None:
    """Export a conversation."""
    with _client(server) as client:
        content = client.export(conversation_id, format=format_name, redacted=not unmasked)
    if out is None:
        typer.echo(content.decode("utf-8", "replace"))
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out}: {error.strerror}", remedy="correct --out") from error


@app.command()
def table(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .csv or .parquet.")],
    what: Annotated[str, typer.Option("--of", help="conversations or turns.")] = "conversations",
    server: _ServerOption = None,
) -> None:
    """Write a table of everything for analytics."""
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.parent} is no folder", remedy="correct the path")
    with _client(server) as client:
        size = client.export_table(out, what=what, format=out.suffix.lstrip("."))
    typer.echo(f"{size} bytes written to {out}")


@app.command()
def erase(conversation_id: _IdArgument, server: _ServerOption = None) -> None:
    """Erase a conversation."""
    with _client(server) as client:
        client.erase(conversation_id)


@app.command("erase-customer")
def erase_customer(
    customer_key: Annotated[str, typer.Argument(metavar="CUSTOMER_KEY")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    server: _ServerOption = None,
) -> None:
    """Erase all that is stored of a customer, and print the receipt."""
    if not yes:
        typer.confirm("Erase everything of this customer, for ever?", abort=True, err=True)
    with _client(server) as client:
        receipt = client.erase_customer(customer_key)
    show_receipt(receipt.receipt)
    typer.echo(f"Receipt {receipt.id}, hash {receipt.hash}")


@app.command()
def purge(server: _ServerOption = None) -> None:
    """Remove what is past its time now, and print the proof."""
    with _client(server) as client:
        _print(client.purge(), indent=2)


@contextmanager
def _client(server: str | None) -> Iterator[EntenduClient]:
    from serving.client import EntenduClient
    from serving.client.sending import DEFAULT_URL

    url = server or os.environ.get("ENTENDU_SERVER") or DEFAULT_URL
    with EntenduClient(url, os.environ.get("ENTENDU_KEY")) as client:
        yield client


def _print(value: Value, *, without: tuple[str, ...] = (), indent: int | None = None) -> None:
    shown = value.model_dump(mode="json", exclude=set(without))
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=indent))
