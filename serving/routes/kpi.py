"""``/v1/kpi``: figures of the centre with their formulas and the ids behind them; forecasts."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile
from pydantic import AwareDatetime

from conversation.errors import BadInput
from quality.forecast import Forecast, ServiceTarget
from quality.kpi import DIMENSIONS, ReadingOptions, parse_by, read_calls
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.figures import TracedReport, kpi_settings, stored_contacts, traced_report
from serving.forecasts import (
    call_volumes,
    contact_volumes,
    mean_handling,
    of_queue,
    staffing_plan,
)
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note

router = APIRouter(prefix="/v1/kpi", tags=["kpi"])

Reader = Annotated[Principal, Depends(allowed(Permission.KPI_READ))]
Since = Annotated[
    AwareDatetime | None, Query(alias="from", description="Contacts that started then or later.")
]
Until = Annotated[
    AwareDatetime | None, Query(alias="to", description="Contacts that started before.")
]
_DIMENSIONS = "|".join(DIMENSIONS)
_HISTORY = timedelta(days=500)
_MAX_TABLES = 5


@router.get("", summary="KPIs", responses=problems(401, 403, 422))
def get_kpis(
    service: ServiceInUse,
    principal: Reader,
    since: Since = None,
    until: Until = None,
    by: Annotated[
        list[Annotated[str, Query(pattern=rf"^({_DIMENSIONS})(,({_DIMENSIONS}))*$")]] | None,
        Query(
            max_length=_MAX_TABLES,
            description=f"A table by group: {', '.join(DIMENSIONS)}; with commas crossed "
            "(`month,queue`). May be repeated.",
        ),
    ] = None,
) -> TracedReport:
    """Compute the KPIs of a period from the stored conversations and bot sessions.

    Every figure comes with its formula, what it was computed from, n, its 95 % interval and the
    ids of the conversations behind it. Groups with few contacts are not shown; agents are never
    ranked.
    """
    dimensions = [parse_by(each) for each in by or ()]
    report = traced_report(service.resources, principal, since=since, until=until, by=dimensions)
    if any("agent" in each for each in dimensions):
        note(service, principal, "kpi.read", "kpi", "by-agent", groups=len(report.behind))
    return report


@router.post(
    "/forecast", summary="Forecast volumes and staff", responses=problems(401, 403, 413, 422)
)
def forecast_volumes(
    service: ServiceInUse,
    principal: Reader,
    calls: Annotated[
        UploadFile | None,
        File(description="CSV of all calls, six weeks at least; stored conversations if left."),
    ] = None,
    days: Annotated[int, Form(ge=1, le=56, description="Days to forecast.")] = 14,
    target: Annotated[
        str, Form(max_length=20, description="Service level: `80/20` is 80 % within 20 s.")
    ] = "80/20",
    handling_s: Annotated[
        float | None,
        Form(
            gt=0, le=36_000, allow_inf_nan=False, description="Of a contact; from the data if left."
        ),
    ] = None,
    max_occupancy: Annotated[float, Form(gt=0, le=1)] = 1.0,
    shrinkage: Annotated[float, Form(ge=0, lt=1)] = 0.0,
    patience_s: Annotated[
        float | None,
        Form(gt=0, le=36_000, allow_inf_nan=False, description="Mean wait before giving up."),
    ] = None,
    queue: Annotated[str | None, Form(max_length=200, description="Only of this queue.")] = None,
) -> Forecast:
    """Forecast contacts by half-hour and reason, and the agents they take.

    Beside the forecast stands the floor, last week again; both are measured on the past.
    """
    from quality.forecast import forecast

    goal = ServiceTarget.parse(target)
    resources = service.resources
    settings = kpi_settings(resources)
    known: tuple[float, int] | None
    if calls is not None:
        options = ReadingOptions(
            zone=settings.zone, month_first=settings.month_first, columns=settings.columns
        )
        with tempfile.TemporaryDirectory(prefix="entendu-calls-") as folder:
            path = Path(folder) / "calls.csv"
            path.write_bytes(calls.file.read())
            table = read_calls(path, options)
        if queue is not None:
            table = of_queue(table, queue)
        volumes = call_volumes(table, settings.zone)
        known = None if handling_s is not None else mean_handling(table)
    else:
        since = datetime.now(UTC) - _HISTORY
        read = stored_contacts(resources, principal, settings, since=since, until=None)
        contacts = [one for one in read.contacts if queue in (None, one.queue)]
        volumes = contact_volumes(contacts, settings.zone)
        spoken = [one.speech.duration_s for one in contacts if one.speech is not None]
        known = (sum(spoken) / len(spoken), len(spoken)) if spoken else None
    seconds, n = (handling_s, 0) if handling_s is not None else known or (0.0, 0)
    if seconds <= 0:
        raise BadInput(
            "the data do not tell the handling time", remedy="give it with handling_s, in seconds"
        )
    plan = staffing_plan(
        target=goal.share, within_s=goal.within_s, handling_s=seconds, handling_n=n,
        max_occupancy=max_occupancy, shrinkage=shrinkage, patience_s=patience_s,
    )  # fmt: skip
    return forecast(volumes, settings.zone, days=days, country=settings.holidays, plan=plan)
