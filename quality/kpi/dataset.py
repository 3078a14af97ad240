"""All data of a report together: joined by call, by customer, and labelled for grouping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from quality.kpi.contacts import Contact
from quality.kpi.local_times import local_seconds
from quality.kpi.repeats import DAY_S, Follow, find_follow
from quality.kpi.settings import KpiSettings
from quality.kpi.small_tables import AvailableTime, BotSession, Cost, SurveyAnswer, Table, Ticket
from quality.kpi.table_reading import Names, SourceFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.kpi.calls import CallTable

Dimension = Literal["day", "week", "month", "queue", "channel", "reason", "team", "agent"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
SourceName = Literal["calls", "conversations", "surveys", "bot_log", "tickets", "agent_time"]

_WINDOWS = frozenset({"day", "week", "month"})
_EPOCH = date(1970, 1, 1)

Labels = Sequence[str | None]


@dataclass(frozen=True)
class KpiData:
    """What a report is computed from; every part but the settings may be missing.

    Attributes:
        settings: Of the centre.
        contacts: Analysed conversations.
        conversation_facts: What was read of them; None where there are none.
        calls: From the telephone system.
        surveys: Answers of customers.
        costs: By month.
        agent_time: Time in which agents were available.
        tickets: With their dates.
        bot_log: Sessions with the bot.
    """

    settings: KpiSettings
    contacts: Sequence[Contact] = ()
    conversation_facts: SourceFacts | None = None
    calls: CallTable | None = None
    surveys: Table[SurveyAnswer] | None = None
    costs: Table[Cost] | None = None
    agent_time: Table[AvailableTime] | None = None
    tickets: Table[Ticket] | None = None
    bot_log: Table[BotSession] | None = None

    @cached_property
    def call_table(self) -> CallTable | None:
        """The calls, with the reasons of the conversations that have their identifier."""
        if self.calls is None:
            return None
        return self.calls.with_reasons({c.id: c.reason for c in self.contacts if c.reason})

    @cached_property
    def call_days(self) -> NDArray[np.int64]:
        """int64 array of shape (n_calls,): local day of each call since 1970."""
        import numpy as np

        calls = self.call_table
        start = np.zeros(0) if calls is None else calls.start_s
        return np.floor_divide(local_seconds(start, self.settings.zone), DAY_S).astype(np.int64)

    @cached_property
    def calls_by_reason(self) -> bool:
        """Whether at least half of the handled calls have a reason to tell repeats by."""
        calls = self.call_table
        if calls is None or not calls.handled.any():
            return False
        return bool((calls.codes["reason"][calls.handled] >= 0).mean() >= 0.5)

    @cached_property
    def call_follow(self) -> Follow:
        """Which handled calls are followed by another."""
        import numpy as np

        calls = self.call_table
        if calls is None:
            return find_follow(
                np.zeros(0), np.zeros(0, np.int32), None, days=self.settings.repeat_days
            )
        customers = np.where(calls.handled, calls.codes["customer_key"], -1).astype(np.int32)
        reasons = calls.codes["reason"] if self.calls_by_reason else None
        return find_follow(calls.start_s, customers, reasons, days=self.settings.repeat_days)

    @cached_property
    def contacts_by_reason(self) -> bool:
        """Whether at least half of the conversations have a reason."""
        return sum(c.reason is not None for c in self.contacts) * 2 >= max(1, len(self.contacts))

    @cached_property
    def contact_follow(self) -> Follow:
        """Which conversations are followed by another."""
        import numpy as np

        customers, reasons = Names(), Names()
        dated = [c.started_at is not None for c in self.contacts]
        start = np.array(
            [c.started_at.timestamp() if c.started_at else np.nan for c in self.contacts]
        )
        if any(dated):
            start = np.where(np.isnan(start), np.nanmin(start), start)
        else:
            start = np.zeros(len(self.contacts))
        keys = [
            customers.number(contact.customer_key if known else None)
            for contact, known in zip(self.contacts, dated, strict=True)
        ]
        codes = [reasons.number(contact.reason) for contact in self.contacts]
        return find_follow(
            start, np.array(keys, np.int32),
            np.array(codes, np.int32) if self.contacts_by_reason else None,
            days=self.settings.repeat_days,
        )  # fmt: skip

    @cached_property
    def bot_by_reason(self) -> bool:
        """Whether the bot's log tells reasons."""
        return self.bot_log is not None and self.bot_log.has("reason")

    @cached_property
    def bot_follow(self) -> Follow:
        """Which sessions are followed by a contact of any channel."""
        import numpy as np

        sessions = self.bot_log.rows if self.bot_log else ()
        customers, reasons = Names(), Names()
        rows = [(s.start_s, s.customer_key, s.reason) for s in sessions]
        session_ids = {session.id for session in sessions}
        for contact, row in zip(self.contacts, self.call_rows["conversations"], strict=True):
            known = row >= 0 or contact.id in session_ids  # counted as a call or a session
            if contact.started_at is not None and not known:
                rows.append((contact.started_at.timestamp(), contact.customer_key, contact.reason))
        calls = self.call_table
        if calls is not None:
            names, codes = calls.names["customer_key"], calls.codes["customer_key"]
            wanted = {session.customer_key for session in sessions}
            kept = [i for i, name in enumerate(names) if name in wanted]
            for row in np.flatnonzero(np.isin(codes, kept)):
                code = calls.codes["reason"][row]
                reason = calls.names["reason"][code] if code >= 0 else None
                rows.append((float(calls.start_s[row]), names[codes[row]], reason))
            # the end of the data is that of the calls, not of the customers looked at
            rows.append((float(calls.start_s.max()) if len(calls) else 0.0, None, None))
        follow = find_follow(
            np.array([row[0] for row in rows]),
            np.array([customers.number(row[1]) for row in rows], np.int32),
            np.array([reasons.number(row[2]) for row in rows], np.int32)
            if self.bot_by_reason
            else None,
            days=self.settings.repeat_days,
        )
        n = len(sessions)
        return Follow(follow.counted[:n], follow.followed[:n], follow.starts[:n])

    @cached_property
    def call_rows(self) -> dict[str, NDArray[np.intp]]:
        """For conversations, surveys and tickets: the row of the call each belongs to, or -1."""
        import numpy as np

        calls = self.call_table
        surveys = self.surveys.rows if self.surveys else ()
        tickets = self.tickets.rows if self.tickets else ()
        identifiers: dict[str, list[str | None]] = {
            "conversations": [contact.id for contact in self.contacts],
            "surveys": [answer.call_id for answer in surveys],
            "tickets": [ticket.call_id for ticket in tickets],
        }
        if calls is None or not len(calls):
            return {name: np.full(len(ids), -1) for name, ids in identifiers.items()}
        order = np.argsort(calls.ids, kind="stable")
        ordered = calls.ids[order]
        found = {}
        for name, ids in identifiers.items():
            hashes = np.array([hash(each) if each else 0 for each in ids], dtype=np.int64)
            places = np.searchsorted(ordered, hashes).clip(max=len(ordered) - 1)
            hit = (ordered[places] == hashes) & (hashes != 0)
            found[name] = np.where(hit, order[places], -1)
        found["surveys"] = self._by_customer(calls, found["surveys"], surveys)
        return found

    def _by_customer(
        self, calls: CallTable, rows: NDArray[np.intp], surveys: Sequence[SurveyAnswer]
    ) -> NDArray[np.intp]:
        """Fill in the last call of the customer before an answer that names no call."""
        import numpy as np

        open_rows = [
            i for i, each in enumerate(surveys) if rows[i] < 0 and each.customer_key and each.at_s
        ]
        if not open_rows:
            return rows
        numbers = {name: i for i, name in enumerate(calls.names["customer_key"])}
        order = np.lexsort((calls.start_s, calls.codes["customer_key"]))
        codes, starts = calls.codes["customer_key"][order], calls.start_s[order]
        rows = rows.copy()
        for i in open_rows:
            answer = surveys[i]
            code = numbers.get(answer.customer_key or "")
            if code is None or answer.at_s is None:
                continue
            first, after = np.searchsorted(codes, [code, code + 1])
            place = first + np.searchsorted(starts[first:after], answer.at_s, side="right") - 1
            within = self.settings.survey_days * DAY_S
            if place >= first and answer.at_s - starts[place] <= within:
                rows[i] = order[place]
        return rows

    def labels(self, source: SourceName, dimension: Dimension) -> Labels | None:
        """Return the label of each row of a source; None where it cannot be labelled so."""
        return _LABELLERS[source](self, dimension)


def day_label(day: int, window: Dimension) -> str:
    """Write a day since 1970 as the day, ISO week or month it lies in."""
    moment = _EPOCH + timedelta(days=day)
    if window == "month":
        return f"{moment:%Y-%m}"
    if window == "week":
        year, week, _ = moment.isocalendar()
        return f"{year}-W{week:02d}"
    return moment.isoformat()


def _call_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    calls = data.call_table
    if calls is None:
        return None
    if dimension in _WINDOWS:
        days = data.call_days
        texts = {day: day_label(day, dimension) for day in set(days.tolist())}
        return [texts[day] for day in days.tolist()]
    name = "agent_key" if dimension == "agent" else dimension
    names = calls.names[name]
    if not names:
        return None
    return [names[code] if code >= 0 else None for code in calls.codes[name].tolist()]


def _joined_labels(
    data: KpiData, source: Literal["conversations", "surveys", "tickets"], dimension: Dimension,
    own: Sequence[str | None],
) -> Labels | None:  # fmt: skip
    """Return a source's own labels, and those of the calls it is joined to where it has none."""
    labels = list(own)
    of_calls = _call_labels(data, dimension) if not all(labels) else None
    if of_calls is not None:
        for i, row in enumerate(data.call_rows[source].tolist()):
            if labels[i] is None and row >= 0:
                labels[i] = of_calls[row]
    return labels if any(labels) else None


def _conversation_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    zone = data.settings.zone
    own: list[str | None]
    if dimension in _WINDOWS:
        own = [
            _window(c.started_at.timestamp(), dimension, zone) if c.started_at else None
            for c in data.contacts
        ]
    else:
        name = "agent_key" if dimension == "agent" else dimension
        own = [getattr(contact, name) for contact in data.contacts]
    return _joined_labels(data, "conversations", dimension, own)


def _survey_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    rows = data.surveys.rows if data.surveys else ()
    return _dated_labels(data, "surveys", dimension, [
        (each.at_s, {"queue": each.queue, "channel": each.channel}.get(dimension)) for each in rows
    ])  # fmt: skip


def _ticket_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    rows = data.tickets.rows if data.tickets else ()
    return _dated_labels(data, "tickets", dimension, [
        (each.opened_s, {"queue": each.queue, "channel": each.channel}.get(dimension))
        for each in rows
    ])  # fmt: skip


def _dated_labels(
    data: KpiData, source: Literal["surveys", "tickets"], dimension: Dimension,
    rows: Sequence[tuple[float | None, str | None]],
) -> Labels | None:  # fmt: skip
    zone = data.settings.zone
    if dimension in _WINDOWS:
        own = [None if at is None else _window(at, dimension, zone) for at, _ in rows]
    else:
        own = [name for _, name in rows]
    return _joined_labels(data, source, dimension, own)


def _bot_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    rows = data.bot_log.rows if data.bot_log else ()
    if dimension in _WINDOWS:
        return [_window(each.start_s, dimension, data.settings.zone) for each in rows]
    if dimension in {"channel", "reason"}:
        labels = [each.channel if dimension == "channel" else each.reason for each in rows]
        return labels if any(labels) else None
    return None


def _time_labels(data: KpiData, dimension: Dimension) -> Labels | None:
    rows = data.agent_time.rows if data.agent_time else ()
    if dimension in _WINDOWS:
        return [day_label((each.day - _EPOCH).days, dimension) for each in rows]
    if dimension in {"queue", "team", "agent"}:
        name = "agent_key" if dimension == "agent" else dimension
        labels: list[str | None] = [getattr(each, name) for each in rows]
        return labels if any(labels) else None
    return None


def _window(at_s: float, window: Dimension, zone: tzinfo) -> str:
    import numpy as np

    local = float(local_seconds(np.array([at_s]), zone)[0])
    return day_label(int(local // DAY_S), window)


_LABELLERS = {
    "calls": _call_labels,
    "conversations": _conversation_labels,
    "surveys": _survey_labels,
    "bot_log": _bot_labels,
    "tickets": _ticket_labels,
    "agent_time": _time_labels,
}
