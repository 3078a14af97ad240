"""The report of a centre's KPIs: every figure with its formula, its data and its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from quality.kpi.alerts import Alert, check_alerts
from quality.kpi.dataset import DIMENSIONS, Dimension, KpiData, SourceName
from quality.kpi.definitions import KpiDefinition, definitions
from quality.kpi.estimates import share
from quality.kpi.figure import Figure, without
from quality.kpi.from_bot import bot_figures
from quality.kpi.from_calls import call_figures
from quality.kpi.from_conversations import conversation_figures
from quality.kpi.from_costs import cost_per_contact, occupancy
from quality.kpi.from_surveys import survey_figures
from quality.kpi.from_tickets import ticket_figures
from quality.kpi.settings import KpiSettings
from quality.kpi.small_tables import Cost
from quality.kpi.table_reading import SourceFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "1"
MAX_GROUPS = 2000
OTHER_ALARM = 0.10

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_GROUPED: tuple[SourceName, ...] = (
    "calls", "conversations", "surveys", "tickets", "bot_log", "agent_time",
)  # fmt: skip


class ReasonShare(BaseModel):
    """How many conversations have one reason.

    Attributes:
        code: Of level 1; None for those without a reason.
        label_fr: French name.
        label_en: English name.
        count: Conversations.
        share: Of all conversations, 0 to 1.
        low: Lower end of Wilson's 95 % interval.
        high: Upper end.
    """

    model_config = _FROZEN

    code: str | None
    label_fr: str
    label_en: str
    count: int = Field(ge=0)
    share: float = Field(ge=0, le=1)
    low: float
    high: float


class Group(BaseModel):
    """The figures of one group.

    Attributes:
        labels: One for each dimension of the table.
        n: Calls of the group; conversations, answers or tickets where there are no calls.
        figures: Those that can be computed; small ones are suppressed.
    """

    model_config = _FROZEN

    labels: tuple[str, ...]
    n: int = Field(ge=0)
    figures: tuple[Figure, ...]


class GroupTable(BaseModel):
    """Figures by group, in the order of the labels: never ranked.

    Attributes:
        by: The dimensions.
        groups: In the order of their labels.
        unlabelled: Rows of each source whose group is not known; in no group.
    """

    model_config = _FROZEN

    by: tuple[Dimension, ...]
    groups: tuple[Group, ...]
    unlabelled: dict[str, int]


class KpiReport(BaseModel):
    """KPIs of a centre.

    Attributes:
        version: Of the formulas.
        created_at: When it was computed.
        settings: That it was computed with.
        sources: What it was computed from.
        definitions: Label, formula, unit and needs of each KPI.
        figures: One for each KPI, also those that lack data.
        reasons: Of the conversations, most frequent first.
        tables: Figures by group.
        alerts: Of the settings, with whether they are met.
    """

    model_config = _FROZEN

    version: str = VERSION
    created_at: datetime
    settings: KpiSettings
    sources: tuple[SourceFacts, ...]
    definitions: dict[str, KpiDefinition]
    figures: tuple[Figure, ...]
    reasons: tuple[ReasonShare, ...]
    tables: tuple[GroupTable, ...]
    alerts: tuple[Alert, ...] = ()

    def figure(self, kpi: str) -> Figure:
        """Return the figure of a KPI.

        Raises:
            KeyError: There is no such KPI.
        """
        for each in self.figures:
            if each.kpi == kpi:
                return each
        raise KeyError(kpi)


def parse_by(text: str) -> tuple[Dimension, ...]:
    """Read what to group by: ``queue``, or several crossed, ``month,queue``.

    Raises:
        BadInput: One of them is not known, or stands twice.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    found = tuple(each for name in names for each in DIMENSIONS if each == name)
    if not names or len(found) != len(names) or len(set(found)) != len(found):
        raise BadInput(
            f"got --by {text!r}, expected one or more of {', '.join(DIMENSIONS)}",
            remedy="put a comma between those to cross, as in --by month,queue",
        )
    return found


def build_report(
    data: KpiData,
    *,
    by: Sequence[tuple[Dimension, ...]] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> KpiReport:
    """Compute all KPIs that the data allow.

    Args:
        data: What there is.
        by: For each table the dimensions it crosses.
        clock: Tells the time of the report.

    Raises:
        BadInput: There is no data at all, a dimension is in none of it, or makes too many groups.
        DefinitionInvalid: An alert of the settings cannot be read.
    """
    sources = _sources(data)
    if not sources:
        raise BadInput(
            "there is no data: neither results nor a table",
            remedy="give results of entendu process, or --calls, --surveys, …",
        )
    known = definitions(data.settings)
    found = {each.kpi: each for each in _figures(data, _everything(data))}
    figures = tuple(
        found.get(kpi) or without(kpi, (each.needs.fr, each.needs.en))
        for kpi, each in known.items()
    )
    tables = tuple(_table(data, each) for each in by)
    grouped = [(group.labels, group.figures) for table in tables for group in table.groups]
    return KpiReport(
        created_at=clock(),
        settings=data.settings,
        sources=sources,
        definitions=known,
        figures=figures,
        reasons=_reasons(data),
        tables=tables,
        alerts=check_alerts(data.settings.alerts, figures, grouped),
    )


@dataclass(frozen=True)
class _Selection:
    """Rows of each source, and the labels of the group by dimension; of no group without any."""

    rows: dict[SourceName, NDArray[np.intp]]
    labels: dict[Dimension, str] = field(default_factory=dict)

    def of(self, source: SourceName) -> NDArray[np.intp]:
        import numpy as np

        return self.rows.get(source, np.zeros(0, dtype=np.intp))


def _sizes(data: KpiData) -> dict[SourceName, int]:
    return {
        "calls": len(data.calls) if data.calls is not None else 0,
        "conversations": len(data.contacts),
        "surveys": len(data.surveys.rows) if data.surveys else 0,
        "tickets": len(data.tickets.rows) if data.tickets else 0,
        "bot_log": len(data.bot_log.rows) if data.bot_log else 0,
        "agent_time": len(data.agent_time.rows) if data.agent_time else 0,
    }


def _everything(data: KpiData) -> _Selection:
    import numpy as np

    return _Selection({name: np.arange(n) for name, n in _sizes(data).items()})


def _figures(data: KpiData, chosen: _Selection) -> list[Figure]:
    """Compute the figures of a group; of two for one KPI the exact source's comes last."""
    settings = data.settings
    figures: list[Figure] = []
    contacts = [data.contacts[row] for row in chosen.of("conversations")]
    if contacts:
        follow = data.contact_follow.at(chosen.of("conversations"))
        figures += conversation_figures(
            contacts, follow, settings=settings, by_reason=data.contacts_by_reason
        )
    if data.surveys and len(chosen.of("surveys")):
        answers = [data.surveys.rows[row] for row in chosen.of("surveys")]
        figures += survey_figures(answers, settings=settings)
    if data.tickets and len(chosen.of("tickets")):
        rows = data.tickets.rows
        until = max(max(each.opened_s, each.closed_s or 0.0) for each in rows)
        figures += ticket_figures(
            [rows[row] for row in chosen.of("tickets")], until_s=until,
            has_contacts=data.tickets.has("contacts"), has_due=data.tickets.has("due"),
        )  # fmt: skip
    if data.bot_log and len(chosen.of("bot_log")):
        figures += bot_figures(
            [data.bot_log.rows[row] for row in chosen.of("bot_log")],
            data.bot_follow.at(chosen.of("bot_log")),
            fields=frozenset(data.bot_log.facts.columns), by_reason=data.bot_by_reason,
        )  # fmt: skip
    if len(chosen.of("calls")):
        figures += _call_figures(data, chosen)
    return _best(figures)


def _call_figures(data: KpiData, chosen: _Selection) -> list[Figure]:
    import numpy as np

    table = data.call_table
    if table is None:
        return []
    rows = chosen.of("calls")
    calls = table.take(rows) if chosen.labels else table
    days = data.call_days[rows]
    figures = call_figures(
        calls, data.call_follow.at(rows), settings=data.settings,
        by_reason=data.calls_by_reason,
    )  # fmt: skip
    if data.agent_time and len(chosen.of("agent_time")):
        available = [data.agent_time.rows[row] for row in chosen.of("agent_time")]
        figures.append(occupancy(calls, days, available))
    costs = _costs_of(data, chosen)
    if costs:
        figures.append(cost_per_contact(calls, days, costs, currency=data.settings.currency))
    if data.surveys and table.has("id"):
        joined = data.call_rows["surveys"]
        answered = np.isin(rows, joined[joined >= 0])
        done = calls.handled
        figures.append(_response_rate(int((answered & done).sum()), int(done.sum())))
    return figures


def _costs_of(data: KpiData, chosen: _Selection) -> list[Cost]:
    """Return the costs of a group; none where they are not known for its dimensions."""
    if data.costs is None or chosen.labels.keys() - {"month", "channel"}:
        return []
    rows = list(data.costs.rows)
    month, channel = chosen.labels.get("month"), chosen.labels.get("channel")
    if channel is not None:
        if any(cost.channel is None for cost in rows):
            return []
        rows = [cost for cost in rows if cost.channel == channel]
    if month is not None:
        rows = [cost for cost in rows if "{}-{:02d}".format(*cost.month) == month]
    return rows


def _response_rate(answered: int, handled: int) -> Figure:
    estimate = share(answered, handled)
    return Figure(
        kpi="response_rate", value=estimate.value, n=estimate.n, low=estimate.low,
        high=estimate.high, interval=estimate.method, sources=("surveys", "calls"),
        missing_fr=None if handled else "aucun contact traité",
        missing_en=None if handled else "no handled contact",
    )  # fmt: skip


def _best(figures: Sequence[Figure]) -> list[Figure]:
    """Keep one figure of each KPI: one with a value, and of two the later, exact one."""
    kept: dict[str, Figure] = {}
    for each in figures:
        if each.kpi not in kept or each.value is not None:
            kept[each.kpi] = each
    return list(kept.values())


def _table(data: KpiData, by: tuple[Dimension, ...]) -> GroupTable:
    import numpy as np

    groups: dict[tuple[str, ...], dict[SourceName, NDArray[np.intp]]] = {}
    unlabelled: dict[str, int] = {}
    for source, size in _sizes(data).items():
        each = [data.labels(source, dimension) for dimension in by] if size else [None]
        labels = [found for found in each if found is not None]
        if len(labels) != len(each):
            if size:
                unlabelled[source] = size
            continue
        rows: dict[tuple[str, ...], list[int]] = {}
        for row, combination in enumerate(zip(*labels, strict=True)):
            named = tuple(label for label in combination if label is not None)
            if len(named) == len(by):
                rows.setdefault(named, []).append(row)
            else:
                unlabelled[source] = unlabelled.get(source, 0) + 1
        for named, numbers in rows.items():
            groups.setdefault(named, {})[source] = np.array(numbers, dtype=np.intp)
    if not groups:
        raise BadInput(
            f"nothing in the data tells {' and '.join(by)}",
            remedy="map a column to it, or group by something else",
        )
    if len(groups) > MAX_GROUPS:
        raise BadInput(
            f"--by {','.join(by)} makes {len(groups)} groups, expected at most {MAX_GROUPS}",
            remedy="group by longer windows or fewer dimensions",
        )
    least = data.settings.min_agent if "agent" in by else data.settings.min_group
    return GroupTable(
        by=by,
        groups=tuple(
            _group(data, labels, _Selection(rows, dict(zip(by, labels, strict=True))), least)
            for labels, rows in sorted(groups.items())
        ),
        unlabelled=unlabelled,
    )


def _group(data: KpiData, labels: tuple[str, ...], chosen: _Selection, least: int) -> Group:
    sizes = [len(chosen.of(source)) for source in _GROUPED]
    figures = [each for each in _figures(data, chosen) if each.value is not None]
    return Group(
        labels=labels,
        n=next((size for size in sizes if size), 0),
        figures=tuple(each.shown_from(least) for each in figures),
    )


def _reasons(data: KpiData) -> tuple[ReasonShare, ...]:
    n = len(data.contacts)
    names = {c.reason: (c.reason_fr or c.reason, c.reason_en or c.reason) for c in data.contacts}
    counts = Counter(contact.reason for contact in data.contacts)
    found = []
    for code, number in sorted(counts.items(), key=lambda item: (-item[1], item[0] or "~")):
        estimate = share(number, n)
        french, english = names[code]
        found.append(
            ReasonShare(
                code=code,
                label_fr=french or "sans motif reconnu",
                label_en=english or "without a recognised reason",
                count=number,
                share=number / n,
                low=estimate.low or 0.0,
                high=1.0 if estimate.high is None else estimate.high,
            )
        )
    return tuple(found)


def _sources(data: KpiData) -> tuple[SourceFacts, ...]:
    tables = (data.surveys, data.costs, data.agent_time, data.tickets, data.bot_log)
    return tuple(
        facts
        for facts in (
            data.conversation_facts,
            data.calls.facts if data.calls is not None else None,
            *(table.facts if table is not None else None for table in tables),
        )
        if facts is not None
    )
