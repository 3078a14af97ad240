"""KPIs with their formulas, beside those of the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from quality.kpi import KpiData, KpiReport, KpiSettings, SourceFacts, build_report
from quality.kpi.behind import behind
from quality.kpi.definitions import (
    SECTION_NAMES,
    SECTIONS,
    KpiDefinition,
    Section,
    Unit,
    Words,
    definitions,
)
from quality.kpi.figure import Figure, without
from serving.board.values import FROZEN

if TYPE_CHECKING:
    from quality.kpi.small_tables import BotSession, Table
    from serving.board.counted import Counted


class KpiShown(BaseModel):
    """A KPI of the period and of the one before.

    Attributes:
        kpi: Its identifier.
        section: Where it is shown.
        unit: Of its values; see :class:`quality.kpi.definitions.KpiDefinition`.
        label: Its name.
        formula: How it is computed.
        needs: What it needs.
        now: Of the period; without a value where it cannot be computed, and then it says what is
            missing.
        before: Of the period before.
        leads: Whether the conversations behind it can be listed.
    """

    model_config = FROZEN

    kpi: str
    section: Section
    unit: Unit
    label: Words
    formula: Words
    needs: Words
    now: Figure
    before: Figure
    leads: bool


class KpiSection(BaseModel):
    """KPIs that belong together.

    Attributes:
        section: Identifier.
        label: Its name.
        kpis: In the order of the definitions.
    """

    model_config = FROZEN

    section: Section
    label: Words
    kpis: tuple[KpiShown, ...]


class Kpis(BaseModel):
    """All KPIs.

    Attributes:
        sections: In order.
        counted: Conversations that they were computed from.
        pending: Analysed conversations that are not counted yet.
        left_out: Conversations that another version analysed, in another shape.
        currency: Of the costs.
    """

    model_config = FROZEN

    sections: tuple[KpiSection, ...]
    counted: int = Field(ge=0)
    pending: int = Field(ge=0)
    left_out: int = Field(ge=0)
    currency: str


def kpi_sections(
    now: Sequence[Counted],
    before: Sequence[Counted],
    settings: KpiSettings,
    bots: Table[BotSession] | None,
    bots_before: Table[BotSession] | None,
) -> tuple[KpiSection, ...]:
    """Compute every KPI twice.

    Args:
        now: Conversations of the period.
        before: Conversations of the period before.
        settings: Of the centre.
        bots: Sessions with the bot in the period; None where there are none.
        bots_before: The same of the period before.
    """
    known = definitions(settings)
    data = kpi_data(now, settings)
    figures = _figures(_report(now, settings, bots), known)
    earlier = _figures(_report(before, settings, bots_before), known)
    shown: dict[Section, list[KpiShown]] = {section: [] for section in SECTIONS}
    for kpi, each in known.items():
        leads = figures[kpi].value is not None and bool(
            behind(kpi, data.contacts, data.contact_follow).computed_from
        )
        shown[each.section].append(
            KpiShown(
                kpi=kpi, section=each.section, unit=each.unit, label=each.label,
                formula=each.formula, needs=each.needs, now=figures[kpi], before=earlier[kpi],
                leads=leads,
            )
        )  # fmt: skip
    return tuple(
        KpiSection(
            section=section,
            label=Words(fr=SECTION_NAMES[section][0], en=SECTION_NAMES[section][1]),
            kpis=tuple(each),
        )
        for section, each in shown.items()
        if each
    )


def _report(
    counted: Sequence[Counted], settings: KpiSettings, bots: Table[BotSession] | None
) -> KpiReport | None:
    if not counted and bots is None:
        return None
    return build_report(kpi_data(counted, settings, bots))


def kpi_data(
    counted: Sequence[Counted], settings: KpiSettings, bots: Table[BotSession] | None = None
) -> KpiData:
    """Return what KPIs are computed from.

    Args:
        counted: Conversations.
        settings: Of the centre.
        bots: Sessions with the bot; None where there are none.
    """
    contacts = tuple(one.contact for one in counted)
    at = [one.started_at for one in contacts if one.started_at is not None]
    facts = SourceFacts(
        kind="conversations", name="stored conversations", rows=len(contacts), used=len(contacts),
        first_at=min(at, default=None), last_at=max(at, default=None),
    )  # fmt: skip
    return KpiData(settings=settings, contacts=contacts, conversation_facts=facts, bot_log=bots)


def _figures(report: KpiReport | None, known: Mapping[str, KpiDefinition]) -> dict[str, Figure]:
    if report is None:
        nothing = ("aucune conversation analysée", "no analysed conversation")
        return {kpi: without(kpi, nothing) for kpi in known}
    return {one.kpi: one for one in report.figures}
