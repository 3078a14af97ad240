"""``entendu import``: e-mails, chats, text and social messages and letters into conversations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from conversation.errors import BadInput, EntenduError, NotFound
from serving.commands.options import DataOption
from serving.result_files import make_result_folder, write_together
from serving.settings import load_settings

if TYPE_CHECKING:
    from conversation import Conversation, ImportOptions


def import_conversations(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…",
            help="E-mails (.eml, .mbox), chat exports (JSON, CSV, WhatsApp), text messages (CSV, "
            "XML), letters (.txt), or folders of them.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the results go.")],
    customer_key_file: Annotated[
        Path | None,
        typer.Option(
            "--customer-key-file",
            metavar="FILE",
            help="Secret of the customer keys, made if absent; customer.key in the data folder "
            "if left.",
        ),
    ] = None,
    customers: Annotated[
        Path | None,
        typer.Option(
            "--customers",
            metavar="FILE",
            help="CSV: an address, number or login, and the centre's own name of the customer.",
        ),
    ] = None,
    centre: Annotated[
        list[str] | None,
        typer.Option(
            "--centre",
            metavar="DOMAIN|ADDRESS|NUMBER|NAME",
            help="The centre's own; may be given several times. Found out if left.",
        ),
    ] = None,
    zone: Annotated[
        str, typer.Option("--zone", metavar="Europe/Paris", help="Of times that name none.")
    ] = "UTC",
    region: Annotated[
        str, typer.Option("--region", metavar="FR", help="Of numbers without a country code.")
    ] = "FR",
    channel: Annotated[
        str | None,
        typer.Option("--channel", help="Of files that do not say theirs: chat, sms, letter, …"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Write one conversation (JSON) for each contact, with the customer's pseudonymous key.

    E-mails of one thread are one conversation, across files. A file that cannot be used is named
    with the reason and the others go on; the exit code is 1 then. The results can be given to
    entendu process.
    """
    from phonenumbers import SUPPORTED_REGIONS

    from conversation import CHANNELS, Centre, CustomerKeys, ImportOptions, read_conversations
    from conversation.customer_key import read_mapping, read_secret
    from conversation.dates import zone_named
    from conversation.reading import is_mail_name
    from serving.inputs import TEXT_SUFFIXES, collect_inputs

    known = next((one for one in CHANNELS if one == channel), None)
    if channel is not None and known is None:
        raise BadInput(f"unknown channel {channel!r}", remedy=f"give one of {', '.join(CHANNELS)}")
    if region not in SUPPORTED_REGIONS:
        raise BadInput(
            f"unknown --region {region!r}", remedy="give two capital letters, such as FR or BE"
        )
    secret_path = customer_key_file or load_settings(data_dir=data).data_dir / "customer.key"
    mapping = read_mapping(customers) if customers is not None else None
    options = ImportOptions(
        centre=Centre.from_values(centre or (), region=region),
        zone=zone_named(zone),
        keys=CustomerKeys(read_secret(secret_path), region=region, mapping=mapping),
        channel=known,
    )
    inputs, unknown = collect_inputs(files, out=out, suffixes=TEXT_SUFFIXES)
    if not inputs:
        raise NotFound(
            f"no e-mail, chat or message in {', '.join(map(str, files))}",
            remedy="give .eml, .mbox, .json, .csv, .xml or .txt files, or a folder of them",
        )
    make_result_folder(out)
    console = Console(stderr=True)
    failed = 0
    written: dict[str, int] = {}
    inputs_given = {item.path.resolve() for item in inputs}

    def keep(conversations: Sequence[Conversation]) -> None:
        for given in conversations:
            conversation = given
            times = written.get(given.id, 0) + 1
            if times > 1:  # two files of one name in different folders
                conversation = given.model_copy(update={"id": f"{given.id[:110]}-file{times}"})
            target = out / f"{conversation.id}.json"
            if target.resolve() in inputs_given:
                raise BadInput(
                    f"the conversation would overwrite the input {target.name}",
                    remedy="choose another --out",
                )
            write_together(((target, conversation.model_dump_json(indent=2) + "\n"),))
            written[given.id] = times

    mails: list[Path] = []
    others: list[Path] = []
    for item in inputs:
        (mails if is_mail_name(item.path) else others).append(item.path)
    for path in others:
        try:
            keep(read_conversations(path, options=options))
        except (EntenduError, OSError) as error:
            failed += _say(console, path.name, error)
    threads, failed_mails = _threads(mails, options, console)
    failed += failed_mails
    for thread in threads:
        try:
            keep((thread,))
        except (EntenduError, OSError) as error:
            failed += _say(console, f"{thread.id}.json", error)
    for path in unknown[:5]:
        console.print(f"Left out, not a known ending: {path.name}", style="dim", markup=False)
    typer.echo(f"{sum(written.values())} conversations in {out}, {failed} files failed")
    if failed:
        raise typer.Exit(1)


def _threads(
    paths: Sequence[Path], options: ImportOptions, console: Console
) -> tuple[Sequence[Conversation], int]:
    """Read the e-mails that can be read, and say which cannot."""
    from conversation.mail import Mail, conversations_of_mails, read_mails

    mails: list[Mail] = []
    failed = 0
    name = ""
    for path in paths:
        try:
            mails.extend(read_mails(path))
            name = name or path.name
        except (EntenduError, OSError) as error:
            failed += _say(console, path.name, error)
    if not mails:
        return (), failed
    try:
        return conversations_of_mails(mails, name=name, options=options), failed
    except EntenduError as error:
        return (), failed + _say(console, name, error)


def _say(console: Console, name: str, error: EntenduError | OSError) -> int:
    said = str(error) if isinstance(error, EntenduError) else error.strerror or str(error)
    line = said if name in said else f"{name}: {said}"
    console.print(f"✗ {line}", style="red", markup=False, highlight=False, soft_wrap=True)
    return 1
