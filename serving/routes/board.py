"""``/v1/board``: what the board shows, part by part, and its tables for spreadsheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict

from conversation.conversation import Channel
from quality.kpi.definitions import Language
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.board.behind import BehindFigure
from serving.board.board import Asked, Board
from serving.board.forecast import ForecastShown
from serving.board.gaps import Gaps
from serving.board.health import Health
from serving.board.kpis import Kpis
from serving.board.questions import Quality
from serving.board.reports import Made, ReportKind
from serving.board.scope import Queue, Reason, Step, Team
from serving.board.tables import Sheet, Sheets, TableName, write_sheet
from serving.board.topics import Topics
from serving.board.values import Mood, Volumes
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note

router = APIRouter(prefix="/v1/board", tags=["board"])

Reader = Annotated[Principal, Depends(allowed(Permission.KPI_READ))]
_CSV = {"text/csv": {"schema": {"type": "string"}}}


@dataclass(frozen=True)
class Looking:
    """Somebody who looks at a board.

    Attributes:
        principal: Who.
        asked: What they ask of it.
    """

    principal: Principal
    asked: Asked


def asked(
    service: ServiceInUse,
    principal: Reader,
    first: Annotated[
        date | None,
        Query(alias="from", description="First local day; four weeks up to `to` if left."),
    ] = None,
    last: Annotated[
        date | None, Query(alias="to", description="Last local day, included; today if left.")
    ] = None,
    step: Annotated[
        Step | None, Query(description="Series by `day` or `week`; by length if left.")
    ] = None,
    channel: Annotated[Channel | None, Query(description="How the contact came.")] = None,
    queue: Annotated[Queue | None, Query(description="Queue or campaign.")] = None,
    reason: Annotated[
        Reason | None,
        Query(description="Code of the contact reason, or the beginning of codes below it."),
    ] = None,
    team: Annotated[
        Team | None, Query(description="Of this team, for those who see several.")
    ] = None,
) -> Looking:
    """Return who looks at which board."""
    wanted = service.board.asked(
        principal,
        first=first,
        last=last,
        step=step,
        channel=channel,
        queue=queue,
        reason=reason,
        team=team,
    )
    return Looking(principal, wanted)


AskedBoard = Annotated[Looking, Depends(asked)]


class RefreshRequest(BaseModel):
    """What is to be computed anew."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"report": "topics"}]}
    )

    report: ReportKind


class RefreshAnswer(BaseModel):
    """Whether it is being computed."""

    report: ReportKind
    updating: bool


@router.get("/volumes", summary="Volumes and reasons", responses=problems(401, 403, 422))
def get_volumes(service: ServiceInUse, wanted: AskedBoard) -> Volumes:
    """Count conversations over time, by channel, queue and reason, beside the period before."""
    return service.board.volumes(wanted.asked)


@router.get("/mood", summary="Mood by reason", responses=problems(401, 403, 422))
def get_mood(service: ServiceInUse, wanted: AskedBoard) -> Mood:
    """Tell how customers felt by their own words, reason by reason; never how an agent felt."""
    return service.board.mood(wanted.asked)


@router.get("/kpis", summary="KPIs with their formulas", responses=problems(401, 403, 422))
def get_kpis(service: ServiceInUse, wanted: AskedBoard) -> Kpis:
    """Compute every KPI of the period and of the one before.

    What cannot be computed from these data has no value and says what it needs.
    """
    return service.board.kpis(wanted.asked)


@router.get("/questions", summary="Quality by question", responses=problems(401, 403, 422))
def get_questions(service: ServiceInUse, wanted: AskedBoard) -> Quality:
    """Summarise the machine's drafts and people's answers, apart, with the agreement of both."""
    return service.board.quality(wanted.asked)


@router.get("/health", summary="Queue, delay, transcription", responses=problems(401, 403, 422))
def get_health(service: ServiceInUse, wanted: AskedBoard) -> Health:
    """Tell what waits, how long analyses take, what failed, and whether speech was left out."""
    return service.board.health(wanted.asked)


@router.get("/topics", summary="Emerging topics", responses=problems(401, 403, 422))
def get_topics(service: ServiceInUse, wanted: AskedBoard) -> Made[Topics]:
    """Return the topics of the period; they are computed in the background."""
    principal, found = wanted.principal, service.board.topics(wanted.asked)
    if found.value is not None:
        note(service, principal, "topics.read", "board", "topics", topics=len(found.value.topics))
    return found


@router.get("/gaps", summary="Knowledge gaps with drafts", responses=problems(401, 403, 422))
def get_gaps(service: ServiceInUse, wanted: AskedBoard) -> Made[Gaps]:
    """Return the gaps of the period; they are computed in the background."""
    principal, found = wanted.principal, service.board.gaps(wanted.asked)
    if found.value is not None:
        note(service, principal, "gaps.read", "board", "gaps", gaps=len(found.value.gaps))
    return found


@router.get("/forecast", summary="Forecast and staffing", responses=problems(401, 403, 422))
def get_forecast(service: ServiceInUse, wanted: AskedBoard) -> Made[ForecastShown]:
    """Return what is expected of the next two weeks; it is computed in the background.

    It follows the channel, the queue and the reason; a period in the past has no meaning for it.
    """
    return service.board.forecast(wanted.asked)


@router.post(
    "/refresh", status_code=202, summary="Compute a report anew", responses=problems(401, 403, 422)
)
def refresh(wanted: RefreshRequest, service: ServiceInUse, looking: AskedBoard) -> RefreshAnswer:
    """Ask for topics, gaps or the forecast to be computed now, at most once a minute."""
    board, asked_for = service.board, looking.asked
    board.forget()
    match wanted.report:
        case "topics":
            updating = board.topics(asked_for, anew=True).updating
        case "gaps":
            updating = board.gaps(asked_for, anew=True).updating
        case "forecast":
            updating = board.forecast(asked_for, anew=True).updating
    return RefreshAnswer(report=wanted.report, updating=updating)


@router.get("/behind", summary="Conversations behind a figure", responses=problems(401, 403, 404))
def get_behind(
    service: ServiceInUse,
    wanted: AskedBoard,
    figure: Annotated[
        str,
        Query(
            max_length=200,
            description="`kpi:NAME`; `question:CARD:ITEM:ANSWER` with an answer of 0, 0.5, 1, na, "
            "none or any; `coverage:short`, `coverage:warned`; `without:channel`, `without:queue`, "
            "`without:reason`.",
            examples=["kpi:complaint_rate"],
        ),
    ],
) -> BehindFigure:
    """List the conversations that a figure was computed from, as many as an address takes."""
    found = service.board.behind(wanted.asked, figure)
    if figure.startswith("question:"):
        note(
            service, wanted.principal, "evaluation.read", "board", figure, found=found.computed_from
        )
    return found


@router.get(
    "/tables/{name}.csv",
    summary="A table as CSV",
    response_class=Response,
    responses={
        200: {"description": "With a header; UTF-8 with a mark.", "content": _CSV},
        **problems(401, 403, 422),
    },
)
def get_table(
    service: ServiceInUse,
    wanted: AskedBoard,
    name: Annotated[TableName, Path(description="Which table.")],
    language: Annotated[
        Language,
        Query(alias="lang", description="`fr`: semicolons and decimal commas; `en`: commas."),
    ] = "fr",
) -> Response:
    """Return a table of the board for a spreadsheet; no cell is taken for a formula."""
    sheet = _sheet(service.board, wanted.asked, Sheets(language), name)
    note(service, wanted.principal, "board.export", "board", f"{name}.csv", rows=len(sheet.rows))
    first, last = wanted.asked.scope.first, wanted.asked.scope.last
    return Response(
        write_sheet(sheet, language),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}_{first}_{last}.csv"'},
    )


def _sheet(board: Board, wanted: Asked, sheets: Sheets, name: TableName) -> Sheet:
    match name:
        case "volumes":
            return sheets.volumes(board.volumes(wanted))
        case "channels":
            return sheets.slices(board.volumes(wanted).channels, "channel")
        case "queues":
            return sheets.slices(board.volumes(wanted).queues, "queue")
        case "reasons":
            return sheets.slices(board.volumes(wanted).reasons, "reason")
        case "reasons_over_time":
            return sheets.over_time(board.volumes(wanted))
        case "mood":
            return sheets.mood(board.mood(wanted))
        case "kpis":
            return sheets.kpis(board.kpis(wanted))
        case "questions":
            return sheets.questions(board.quality(wanted))
        case "topics":
            return sheets.topics(board.topics(wanted).value)
        case "gaps":
            return sheets.gaps(board.gaps(wanted).value)
        case "forecast":
            return sheets.forecast(board.forecast(wanted).value)
        case "health":
            return sheets.health(board.health(wanted))
