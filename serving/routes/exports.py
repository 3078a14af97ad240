"""``/v1/exports``: conversations and turns as tables, for spreadsheets and warehouses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from conversation.errors import Conflict
from serving.access.visibility import visible
from serving.interchange.csv_table import to_csv
from serving.interchange.parquet_table import to_parquet
from serving.interchange.tables import (
    CONVERSATION_COLUMNS,
    TURN_COLUMNS,
    Column,
    Exported,
    turns_of,
)
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import read_document
from serving.routes.filters import AskedFilters
from serving.routes.masking import Redacted, check_unmasked
from serving.routes.principals import Exporter, audit
from serving.store import Filters, Page, StoredConversation

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.service import Service

router = APIRouter(prefix="/v1/exports", tags=["exports"])

_PAGE = 100
Table = Literal["conversations", "turns"]
Ending = Literal["csv", "parquet"]
_MEDIA_TYPES: dict[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_CSV = {"text/csv": {"schema": {"type": "string"}}}
_PARQUET = {"application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/conversations.csv",
    summary="Export conversations as CSV",
    response_class=StreamingResponse,
    responses={200: {"description": "A row for each.", "content": _CSV}, **problems(403, 422)},
)
def conversations_csv(
    request: Request,
    service: ServiceInUse,
    principal: Exporter,
    filters: AskedFilters,
    redacted: Redacted = True,
) -> StreamingResponse:
    """Return the conversations, newest first, with what was concluded about each."""
    return _table(request, service, principal, filters, "conversations", "csv", redacted=redacted)


@router.get(
    "/conversations.parquet",
    summary="Export conversations as Parquet",
    response_class=StreamingResponse,
    responses={
        200: {"description": "A row for each.", "content": _PARQUET},
        **problems(403, 422, 501),
    },
)
def conversations_parquet(
    request: Request,
    service: ServiceInUse,
    principal: Exporter,
    filters: AskedFilters,
    redacted: Redacted = True,
) -> StreamingResponse:
    """Return the conversations, newest first, with what was concluded about each."""
    return _table(
        request, service, principal, filters, "conversations", "parquet", redacted=redacted
    )


@router.get(
    "/turns.csv",
    summary="Export turns as CSV",
    response_class=StreamingResponse,
    responses={200: {"description": "A row for each.", "content": _CSV}, **problems(403, 422)},
)
def turns_csv(
    request: Request,
    service: ServiceInUse,
    principal: Exporter,
    filters: AskedFilters,
    redacted: Redacted = True,
) -> StreamingResponse:
    """Return what was said, turn by turn, in conversations that are done."""
    return _table(request, service, principal, filters, "turns", "csv", redacted=redacted)


@router.get(
    "/turns.parquet",
    summary="Export turns as Parquet",
    response_class=StreamingResponse,
    responses={
        200: {"description": "A row for each.", "content": _PARQUET},
        **problems(403, 422, 501),
    },
)
def turns_parquet(
    request: Request,
    service: ServiceInUse,
    principal: Exporter,
    filters: AskedFilters,
    redacted: Redacted = True,
) -> StreamingResponse:
    """Return what was said, turn by turn, in conversations that are done."""
    return _table(request, service, principal, filters, "turns", "parquet", redacted=redacted)


def _table(
    request: Request,
    service: Service,
    principal: Exporter,
    filters: Filters,
    table: Table,
    ending: Ending,
    *,
    redacted: bool,
) -> StreamingResponse:
    """Return a table of what somebody may see, and write down that they took it."""
    check_unmasked(principal, redacted=redacted)
    rows = exported(service, principal, filters, redacted=redacted)
    _note(request, service, principal, table, ending, redacted)
    if table == "turns":
        return _streamed(TURN_COLUMNS, _turns(rows), table, ending)
    return _streamed(CONVERSATION_COLUMNS, rows, table, ending)


def exported(
    service: Service, principal: Principal, filters: Filters, *, redacted: bool
) -> Iterator[Exported]:
    """Return conversations for an export, newest first; no more than a page is held.

    The first page is read at once: what is wrong with the filters, or with the store, is known
    before anything is sent. The draft evaluation is left out where who asks has still to score the
    contact blind.

    Args:
        service: Has them.
        principal: Who asks; gets what they may see.
        filters: Which.
        redacted: Whether personal data is taken out.

    Raises:
        BadInput: The text to look for has no word that says something, or too many.
    """
    kept = service.resources.discretion.scores_kept_from(principal)

    def page_from(cursor: str | None) -> Page:
        return service.store.page(
            limit=_PAGE, cursor=cursor, filters=filters, visibility=visible(principal)
        )

    def rows(page: Page) -> Iterator[Exported]:
        while True:
            for stored in page.conversations:
                yield _row(service, stored, redacted=redacted, draft_kept=stored.id in kept)
            if page.next_cursor is None:
                return
            page = page_from(page.next_cursor)

    return rows(page_from(None))


def _row(
    service: Service, stored: StoredConversation, *, redacted: bool, draft_kept: bool
) -> Exported:
    document = service.store.analysis(stored.id) if stored.status == "done" else None
    if draft_kept:
        stored = stored.model_copy(update={"score_100": None})
    if document is None:
        return Exported(stored, None, {})
    try:
        read = read_document(stored, document)
    except Conflict:  # of another version: its row says what the store knows
        return Exported(stored, None, {})
    if draft_kept:
        read = read.without_draft()
    shown = read.redacted() if redacted else read
    return Exported(stored, shown.conversation, {**shown.analysis, "entendu_version": read.version})


def _turns(rows: Iterable[Exported]) -> Iterator[object]:
    for row in rows:
        yield from turns_of(row)


def _note(
    request: Request,
    service: Service,
    principal: Exporter,
    table: Table,
    ending: Ending,
    redacted: bool,
) -> None:
    audit(
        request,
        service,
        principal,
        "conversation.export" if redacted else "conversation.unmask",
        f"{table}.{ending}",
        kind="export",
    )


def _streamed(
    columns: Sequence[Column], rows: Iterable[object], table: Table, ending: Ending
) -> StreamingResponse:
    pieces = to_csv(columns, rows) if ending == "csv" else to_parquet(columns, rows)
    return StreamingResponse(
        pieces,
        media_type=_MEDIA_TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{table}.{ending}"'},
    )
