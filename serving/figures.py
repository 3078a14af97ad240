"""KPIs of stored conversations and bot sessions, each figure with the conversations behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from quality.kpi import (
    Contact,
    Dimension,
    KpiData,
    KpiReport,
    KpiSettings,
    SourceFacts,
    build_report,
    contact_of,
    load_settings_file,
)
from quality.kpi.behind import Behind, behind
from quality.kpi.small_tables import BotSession, Table
from serving.access.visibility import visible
from serving.analysis import Analysis
from serving.kpi_sources import bot_session_of

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.resources import Resources

BOT_FIELDS = ("id", "start", "customer_key", "handed_over", "abandoned", "resolved", "channel")


class GroupBehind(BaseModel):
    """The conversations behind the figures of a group.

    Attributes:
        by: The dimensions; empty for the whole.
        labels: Of the group, one for each dimension.
        figures: By KPI.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[Dimension, ...]
    labels: tuple[str, ...]
    figures: dict[str, Behind]


class TracedReport(BaseModel):
    """KPIs, and the conversations that each was computed from.

    Attributes:
        report: The figures with formula, interval and sources.
        behind: Ids, group by group; a figure that is suppressed has none.
        left_out: Conversations whose analysis another version made, in another shape.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    report: KpiReport
    behind: tuple[GroupBehind, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Read:
    contacts: tuple[Contact, ...]
    left_out: tuple[str, ...]


def kpi_settings(resources: Resources) -> KpiSettings:
    """Return how the centre computes its KPIs.

    Raises:
        EntenduError: The file that the settings name cannot be used.
    """
    path = resources.settings.kpi
    return KpiSettings() if path is None else load_settings_file(path)


def stored_contacts(
    resources: Resources,
    principal: Principal,
    settings: KpiSettings,
    *,
    since: datetime | None,
    until: datetime | None,
) -> _Read:
    """Read what the KPIs need of the conversations that somebody may see."""
    visibility = visible(principal)
    ids = resources.contacts.ids(visibility, since=since, until=until)
    found: list[Contact] = []
    left_out: list[str] = []
    for one in resources.contacts.each(ids, visibility):
        try:
            analysis = Analysis.model_validate(one.values)
        except ValidationError:
            left_out.append(one.stored.id)
            continue
        contact = contact_of(
            analysis.conversation,
            analysis.understanding,
            analysis.metrics,
            analysis.evaluation,
            zone=settings.zone,
        )
        stored = one.stored
        found.append(
            replace(
                contact,
                id=stored.id,
                agent_key=stored.agent_key or contact.agent_key,
                customer_key=stored.customer_key or contact.customer_key,
                queue=stored.queue or contact.queue,
                started_at=contact.started_at or stored.started_at,
            )
        )
    return _Read(tuple(found), tuple(left_out))


def traced_report(
    resources: Resources,
    principal: Principal,
    *,
    since: datetime | None,
    until: datetime | None,
    by: Sequence[tuple[Dimension, ...]] = (),
) -> TracedReport:
    """Compute the KPIs of a period.

    Args:
        resources: Of the service.
        principal: Who asks; what they may see is counted.
        since: Contacts that started then or later; None: from the first on.
        until: Contacts that started before; None: to the last.
        by: For each table the dimensions it crosses.

    Raises:
        BadInput: A dimension is in no data, or there are too many conversations or groups.
    """
    settings = kpi_settings(resources)
    read = stored_contacts(resources, principal, settings, since=since, until=until)
    at = [one.started_at for one in read.contacts if one.started_at is not None]
    data = KpiData(
        settings=settings,
        contacts=read.contacts,
        conversation_facts=SourceFacts(
            kind="conversations",
            name="stored conversations",
            rows=len(read.contacts) + len(read.left_out),
            used=len(read.contacts),
            rejected=len(read.left_out),
            first_at=min(at, default=None),
            last_at=max(at, default=None),
        ),
        bot_log=_bot_log(resources, principal, since=since, until=until),
    )
    report = build_report(data, by=by)
    return TracedReport(report=report, behind=tuple(_traces(data, report)), left_out=read.left_out)


def _traces(data: KpiData, report: KpiReport) -> list[GroupBehind]:
    import numpy as np

    whole = {
        one.kpi: behind(one.kpi, data.contacts, data.contact_follow)
        for one in report.figures
        if one.value is not None
    }
    traces = [GroupBehind(by=(), labels=(), figures=_known(whole))]
    for table in report.tables:
        columns = [data.labels("conversations", one) for one in table.by]
        if any(column is None for column in columns):
            continue
        groups: dict[tuple[str | None, ...], list[int]] = {}
        for row, labels in enumerate(zip(*(column or () for column in columns), strict=True)):
            groups.setdefault(labels, []).append(row)
        for group in table.groups:
            rows = groups.get(group.labels, [])
            contacts = [data.contacts[row] for row in rows]
            follow = data.contact_follow.at(np.array(rows, np.intp))
            shown = [one.kpi for one in group.figures if not one.suppressed]
            traces.append(
                GroupBehind(
                    by=table.by,
                    labels=group.labels,
                    figures=_known({kpi: behind(kpi, contacts, follow) for kpi in shown}),
                )
            )
    return traces


def _known(found: dict[str, Behind]) -> dict[str, Behind]:
    return {kpi: one for kpi, one in found.items() if one.computed_from}


def _bot_log(
    resources: Resources,
    principal: Principal,
    *,
    since: datetime | None,
    until: datetime | None,
) -> Table[BotSession] | None:
    sessions = list(resources.bots.between(principal.team, since=since, until=until))
    if not sessions:
        return None
    ended = [found for one in sessions if (found := bot_session_of(one)) is not None]
    facts = SourceFacts(
        kind="bot_log",
        name="stored bot sessions",
        rows=len(sessions),
        used=len(ended),
        columns={name: name for name in BOT_FIELDS},
    )
    return Table(tuple(ended), facts)
