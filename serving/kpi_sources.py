"""What KPIs are computed from, read from disk: results of ``entendu process`` and tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from conversation.errors import DatasetInvalid
from kb_search.bot.session import Session
from quality.kpi import Contact, ReadingOptions, SourceFacts, contact_of, read_bot_log
from quality.kpi.row_errors import RowErrors
from quality.kpi.small_tables import BotSession, Table
from serving.analysis import Analysis
from serving.result_files import json_files

_LEFT = frozenset({"customer_left", "silence"})
_HELPED = frozenset({"answered", "confirmed"})


@dataclass(frozen=True)
class Results:
    """Analysed conversations.

    Attributes:
        contacts: What the KPIs need of each.
        facts: How many there are; None where no path was given.
        failures: Files that cannot be used, with the reason.
    """

    contacts: tuple[Contact, ...]
    facts: SourceFacts | None
    failures: tuple[tuple[Path, str], ...]


def read_results(
    paths: Sequence[Path],
    options: ReadingOptions,
    *,
    progress: Callable[[int], None] | None = None,
) -> Results:
    """Read what ``entendu process`` wrote.

    Args:
        paths: JSON files, and folders of them; other JSON files in folders are passed over.
        options: The zone of times without an offset.
        progress: Called with the number of files read.

    Raises:
        NotFound: A path does not exist.
    """
    if not paths:
        return Results((), None, ())
    contacts: dict[str, Contact] = {}
    failures: list[tuple[Path, str]] = []
    rows, duplicates = 0, 0
    for number, (path, named) in enumerate(json_files(paths), start=1):
        try:
            contact = _contact(path, options)
        except OSError as error:
            failures.append((path, f"it cannot be read: {error.strerror}"))
            continue
        except (ValueError, ValidationError):
            failures.append(
                (path, "not a whole result of this version of entendu process; process it again")
            )
            continue
        if contact is None:
            if named:
                failures.append((path, "no result of entendu process"))
            continue
        rows += 1
        duplicates += contact.id in contacts
        contacts.setdefault(contact.id, contact)
        if progress is not None:
            progress(number)
    at = [contact.started_at for contact in contacts.values() if contact.started_at is not None]
    facts = SourceFacts(
        kind="conversations",
        name=", ".join(str(path) for path in paths),
        rows=rows + len(failures),
        used=len(contacts),
        rejected=len(failures),
        duplicates=duplicates,
        first_at=min(at, default=None),
        last_at=max(at, default=None),
    )
    return Results(tuple(contacts.values()), facts, tuple(failures))


def read_bot_sessions(path: Path, options: ReadingOptions) -> Table[BotSession]:
    """Read the bot's log.

    Args:
        path: CSV (see :func:`quality.kpi.read_bot_log`), or ``.jsonl`` with a session of
            Entendu's bot on each line as :class:`kb_search.bot.Session` is stored.
        options: How tables are read.

    Raises:
        NotFound: There is no such file.
        DatasetInvalid: It cannot be used.
    """
    if path.suffix != ".jsonl" or not path.is_file():
        return read_bot_log(path, options)
    errors = RowErrors(path, strict=options.strict)
    sessions: list[BotSession] = []
    rows = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for line, text in enumerate(file, start=1):
                if not text.strip():
                    continue
                rows += 1
                try:
                    found = bot_session_of(Session.model_validate_json(text))
                except ValidationError:
                    errors.add(line, "", text.strip(), "a session of the bot as JSON")
                    continue
                if found is not None:
                    sessions.append(found)
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} cannot be read as UTF-8", remedy="export it again") from error
    if not sessions and errors.count:
        raise DatasetInvalid(f"no line can be used; the first: {errors.kept[0]}")
    names = ("id", "start", "customer_key", "handed_over", "abandoned", "resolved", "channel")
    return Table(
        tuple(sessions),
        SourceFacts(
            kind="bot_log", name=path.name, rows=rows, used=len(sessions), rejected=errors.count,
            errors=tuple(errors.kept), columns={name: name for name in names},
        ),
    )  # fmt: skip


def _contact(path: Path, options: ReadingOptions) -> Contact | None:
    text = path.read_bytes()
    if b'"conversation"' not in text or b'"understanding"' not in text:
        json.loads(text)
        return None  # another JSON file
    analysis = Analysis.model_validate_json(text)
    return contact_of(
        analysis.conversation, analysis.understanding, analysis.metrics, analysis.evaluation,
        zone=options.zone,
    )  # fmt: skip


def bot_session_of(session: Session) -> BotSession | None:
    """Return what the KPIs need of a session that is over; None for one that goes on."""
    handed = session.human_at is not None or session.trigger is not None
    if not session.turns or not (handed or session.state == "closed"):
        return None
    helped = any(step.result in _HELPED for step in session.steps)
    return BotSession(
        id=session.id,
        start_s=session.turns[0].at.timestamp(),
        customer_key=session.customer.key,
        handed_over=handed,
        abandoned=not handed and session.closed_by in _LEFT and not helped,
        resolved=session.confirmed,
        reason=None,
        channel=session.channel,
    )
