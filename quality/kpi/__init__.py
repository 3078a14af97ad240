"""KPIs of a centre, each with its formula, its data and its interval."""

from quality.kpi.alerts import Alert
from quality.kpi.calls import CallTable, read_calls
from quality.kpi.contacts import Contact, contact_of
from quality.kpi.dataset import DIMENSIONS, Dimension, KpiData
from quality.kpi.definitions import KpiDefinition, definitions
from quality.kpi.figure import Figure
from quality.kpi.report import Group, GroupTable, KpiReport, ReasonShare, build_report, parse_by
from quality.kpi.settings import KpiSettings, load_settings_file, with_column
from quality.kpi.small_tables import (
    read_agent_time,
    read_bot_log,
    read_costs,
    read_surveys,
    read_tickets,
)
from quality.kpi.table_reading import ReadingOptions, SourceFacts

__all__ = [
    "DIMENSIONS",
    "Alert",
    "CallTable",
    "Contact",
    "Dimension",
    "Figure",
    "Group",
    "GroupTable",
    "KpiData",
    "KpiDefinition",
    "KpiReport",
    "KpiSettings",
    "ReadingOptions",
    "ReasonShare",
    "SourceFacts",
    "build_report",
    "contact_of",
    "definitions",
    "load_settings_file",
    "parse_by",
    "read_agent_time",
    "read_bot_log",
    "read_calls",
    "read_costs",
    "read_surveys",
    "read_tickets",
    "with_column",
]
