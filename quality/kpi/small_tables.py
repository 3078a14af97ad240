"""The tables beside the calls: surveys, costs, available time, tickets, the bot's log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from conversation.errors import DatasetInvalid
from quality.kpi.cells import (
    CellError,
    plain_name,
    read_channel,
    read_number,
    read_scale,
    read_seconds,
    read_yes_no,
)
from quality.kpi.columns import TableKind
from quality.kpi.local_times import settle
from quality.kpi.table_reading import FieldError, ReadingOptions, SourceFacts, TableReader

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev february feb", "mars march mar",
            "avril avr april apr", "mai may", "juin june jun", "juillet juil july jul",
            "aout august aug", "septembre sept sep september", "octobre oct october",
            "novembre nov november", "decembre dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


@dataclass(frozen=True)
class SurveyAnswer:
    """What a customer answered; each note is None where it was not asked or not answered."""

    call_id: str | None
    customer_key: str | None
    at_s: float | None
    csat: float | None
    nps: float | None
    ces: float | None
    resolved: bool | None
    queue: str | None
    channel: str | None


@dataclass(frozen=True)
class Cost:
    """What a month cost: (year, month), the channel or None for all of them, the amount."""

    month: tuple[int, int]
    channel: str | None
    amount: float


@dataclass(frozen=True)
class AvailableTime:
    """Seconds in which agents were ready and waited for a call, on one day."""

    day: date
    available_s: float
    queue: str | None
    team: str | None
    agent_key: str | None


@dataclass(frozen=True)
class Ticket:
    """A ticket; times are seconds since 1970."""

    call_id: str | None
    customer_key: str | None
    opened_s: float
    due_s: float | None
    closed_s: float | None
    contacts: int | None
    reopened: bool | None
    queue: str | None
    channel: str | None


@dataclass(frozen=True)
class BotSession:
    """A session with the bot; ``start_s`` is in seconds since 1970."""

    id: str
    start_s: float
    customer_key: str | None
    handed_over: bool | None
    abandoned: bool | None
    resolved: bool | None
    reason: str | None
    channel: str | None


Row = TypeVar("Row")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table that was read: its rows and what was read."""

    rows: tuple[Row, ...]
    facts: SourceFacts

    def has(self, field: str) -> bool:
        """Whether the file has a column for a field."""
        return field in self.facts.columns


def read_surveys(path: Path, options: ReadingOptions) -> Table[SurveyAnswer]:
    """Read answers of customers; each names its call, or the customer and the time.

    Raises:
        DatasetInvalid: No column has an answer, or the file cannot be used.
    """

    def read(reader: TableReader, row: Sequence[str]) -> SurveyAnswer | None:
        answer = SurveyAnswer(
            call_id=reader.text(row, "call_id"),
            customer_key=reader.text(row, "customer_key"),
            at_s=_instant(reader, row, "at"),
            csat=reader.read(row, "csat", lambda text: read_scale(text, 1, 5)),
            nps=reader.read(row, "nps", lambda text: read_scale(text, 0, 10)),
            ces=reader.read(row, "ces", lambda text: read_scale(text, 1, 7)),
            resolved=reader.read(row, "resolved", read_yes_no),
            queue=reader.text(row, "queue"),
            channel=reader.read(row, "channel", read_channel),
        )
        given = (answer.csat, answer.nps, answer.ces, answer.resolved)
        return None if all(value is None for value in given) else answer

    table = _read(path, "surveys", options, read, key=lambda answer: answer.call_id)
    if not any(table.has(name) for name in ("csat", "nps", "ces", "resolved")):
        raise DatasetInvalid(
            f"{path.name}: no column for csat, nps, ces or resolved; its headers are "
            f"{', '.join((*table.facts.columns.values(), *table.facts.unused_columns))}",
            remedy="name the column: --map surveys.csat=HEADER",
        )
    return table


def read_costs(path: Path, options: ReadingOptions) -> Table[Cost]:
    """Read costs by month, and by channel where they are known so."""

    def read(reader: TableReader, row: Sequence[str]) -> Cost:
        month = _required(reader, row, "month", _read_month)
        amount = _required(reader, row, "amount", read_number)
        return Cost(month, reader.read(row, "channel", read_channel), amount)

    return _read(path, "costs", options, read)


def read_agent_time(path: Path, options: ReadingOptions) -> Table[AvailableTime]:
    """Read the time in which agents were ready, by day."""

    def read(reader: TableReader, row: Sequence[str]) -> AvailableTime:
        instant = _required(reader, row, "date", reader.clock.read)[0]
        return AvailableTime(
            day=reader.clock.day_of(instant),
            available_s=_required(reader, row, "available_s", read_seconds),
            queue=reader.text(row, "queue"),
            team=reader.text(row, "team"),
            agent_key=reader.text(row, "agent_key"),
        )

    return _read(path, "agent_time", options, read)


def read_tickets(path: Path, options: ReadingOptions) -> Table[Ticket]:
    """Read tickets: when they were opened, were due and were closed."""

    def read(reader: TableReader, row: Sequence[str]) -> Ticket:
        opened, closed = settle([reader.time(row, "opened"), reader.time(row, "closed")])
        header = reader.columns.headers
        if opened is None:
            raise FieldError(header["opened"], "", "the time at which it was opened")
        if closed is not None and closed < opened:
            got, since = reader.columns.cell(row, "closed"), reader.columns.cell(row, "opened")
            raise FieldError(header["closed"], got, f"a time not before {since}")
        contacts = reader.read(row, "contacts", lambda text: read_scale(text, 0, 10_000))
        return Ticket(
            call_id=reader.text(row, "call_id"),
            customer_key=reader.text(row, "customer_key"),
            opened_s=opened,
            due_s=_due(reader, row),
            closed_s=closed,
            contacts=None if contacts is None else int(contacts),
            reopened=reader.read(row, "reopened", read_yes_no),
            queue=reader.text(row, "queue"),
            channel=reader.read(row, "channel", read_channel),
        )

    return _read(path, "tickets", options, read)


def read_bot_log(path: Path, options: ReadingOptions) -> Table[BotSession]:
    """Read sessions with the bot."""

    def read(reader: TableReader, row: Sequence[str]) -> BotSession:
        start = _instant(reader, row, "start")
        if start is None:
            raise FieldError(reader.columns.headers["start"], "", "the time at which it started")
        return BotSession(
            id=reader.text(row, "id") or "",
            start_s=start,
            customer_key=reader.text(row, "customer_key"),
            handed_over=reader.read(row, "handed_over", read_yes_no),
            abandoned=reader.read(row, "abandoned", read_yes_no),
            resolved=reader.read(row, "resolved", read_yes_no),
            reason=reader.text(row, "reason"),
            channel=reader.read(row, "channel", read_channel),
        )

    return _read(path, "bot_log", options, read, key=lambda session: session.id or None)


def _read(
    path: Path,
    kind: TableKind,
    options: ReadingOptions,
    read: Callable[[TableReader, Sequence[str]], Row | None],
    *,
    key: Callable[[Row], str | None] = lambda _row: None,
) -> Table[Row]:
    reader = TableReader(path, kind, options)
    found = tuple(_usable(reader, read, key))
    return Table(found, reader.facts(len(found)))


def _usable(
    reader: TableReader,
    read: Callable[[TableReader, Sequence[str]], Row | None],
    key: Callable[[Row], str | None],
) -> Iterator[Row]:
    seen: set[str] = set()
    for line, row in reader.each():
        try:
            value = read(reader, row)
        except FieldError as error:
            reader.reject(line, error)
            continue
        if value is None:
            continue
        identifier = key(value)
        if identifier is not None:
            if identifier in seen:
                reader.duplicates += 1
                continue
            seen.add(identifier)
        yield value


Read = TypeVar("Read")


def _required(
    reader: TableReader, row: Sequence[str], name: str, read: Callable[[str], Read]
) -> Read:
    value = reader.read(row, name, read)
    if value is None:
        raise FieldError(reader.columns.headers[name], "", "a value")
    return value


def _instant(reader: TableReader, row: Sequence[str], name: str) -> float | None:
    found = reader.time(row, name)
    return None if found is None else found[0]


def _due(reader: TableReader, row: Sequence[str]) -> float | None:
    """Return when a ticket is due; a day without a time is over at its end."""
    instant = _instant(reader, row, "due")
    if instant is None:
        return None
    text = reader.columns.cell(row, "due")
    return instant if re.search(r"\d\s*[:h]\s*\d|T\d", text) else reader.clock.end_of_day(instant)


def _read_month(text: str) -> tuple[int, int]:
    expected = "a month such as 2026-11, 11/2026 or novembre 2026"
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?", text)
    if found is not None:
        year, month = int(found[1]), int(found[2])
    elif (found := re.fullmatch(r"(?:\d{1,2}[-/.])?(\d{1,2})[-/.](\d{4})", text)) is not None:
        year, month = int(found[2]), int(found[1])
    else:
        name, _, number = plain_name(text).partition("_")
        if name not in _MONTHS or not re.fullmatch(r"\d{4}", number):
            raise CellError(text, expected)
        year, month = int(number), _MONTHS[name]
    if not 1 <= month <= 12:
        raise CellError(text, expected)
    return year, month
