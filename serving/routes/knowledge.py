"""``/v1/knowledge``: documents in and out, search, answers with their sources, gaps."""

from __future__ import annotations

import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, BaseModel, ValidationError

from kb_search import Document, Filters
from kb_search.documents import Audience, State
from kb_search.gaps import GapReport
from kb_search.store.putting import MetadataChange
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.http.conditional import check_if_match, etag_of
from serving.knowledge_bases import write_answer
from serving.library.bases import seen_by_customers, seen_by_reader
from serving.library.documents import SentFile, checked_name, read_sent
from serving.library.gaps import gaps_of
from serving.null_text import without_null
from serving.operation.metrics import ABSTENTIONS, ANSWERS
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.knowledge_shapes import (
    AskAnswer,
    AskRequest,
    DocumentDetail,
    DocumentPage,
    DocumentsReceived,
    SearchAnswer,
    SearchFilters,
    SearchRequest,
    TrialAnswer,
    TrialRequest,
    Tried,
    decline_of,
    detail,
    summary,
)
from serving.routes.noting import note
from serving.routes.paging import Cursor, Limit, cursor_after_text, cut, text_of

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge"])

Asker = Annotated[Principal, Depends(allowed(Permission.KNOWLEDGE_ASK))]
Reader = Annotated[Principal, Depends(allowed(Permission.KNOWLEDGE_READ))]
Writer = Annotated[Principal, Depends(allowed(Permission.KNOWLEDGE_WRITE))]
DocumentPath = Annotated[str, Path(max_length=200, description="As the list names it.")]
StateField = Annotated[
    State | None, Form(description="Of all documents sent; as they say if left.")
]
AudienceField = Annotated[
    Audience | None, Form(description="Who may see them; as they say if left.")
]
DayField = Annotated[datetime.date | None, Form(description="As they say if left.")]
TextField = Annotated[
    Annotated[str, AfterValidator(without_null)] | None,
    Form(max_length=500, description="As they say if left."),
]


def _today() -> datetime.date:
    return datetime.date.today()  # noqa: DTZ011, validity dates are local days


def _given(**fields: object) -> MetadataChange:
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        return MetadataChange.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        ) from error


@router.post(
    "/documents",
    status_code=201,
    summary="Send documents",
    responses=problems(401, 403, 409, 413, 422, 507),
)
def send_documents(
    service: ServiceInUse,
    principal: Writer,
    files: Annotated[
        list[UploadFile],
        File(description="Markdown, HTML, PDF, DOCX, CSV or text; each by its ending."),
    ],
    folder: Annotated[
        str, Form(max_length=150, description="Put before the names; `offres/fibre`.")
    ] = "",
    state: StateField = None,
    audience: AudienceField = None,
    valid_from: DayField = None,
    valid_to: DayField = None,
    product: TextField = None,
    url: TextField = None,
    owner: TextField = None,
    review_on: DayField = None,
    replace: Annotated[
        bool, Form(description="Whether documents of the same names are replaced.")
    ] = False,
) -> DocumentsReceived:
    """Read documents and put them into the base: all of them, or none.

    They are found by the next search. Searches that run meanwhile go on with the base as it was.
    """
    change = _given(
        state=state, audience=audience, valid_from=valid_from, valid_to=valid_to,
        product=product, url=url, owner=owner, review_on=review_on,
    )  # fmt: skip
    sent = [SentFile(checked_name(one.filename or "", folder), one.file.read()) for one in files]
    documents = read_sent(sent, change)
    base = service.resources.bases.of_team(principal.team)
    report = base.put(documents, only_new=not replace)
    for path in (*report.added, *report.updated):
        note(service, principal, "document.put", "document", path)
    return DocumentsReceived(
        added=list(report.added),
        replaced=list(report.updated),
        problems=list(report.problems),
        documents=[summary(one, _today()) for one in documents],
    )


@router.get("/documents", summary="List documents", responses=problems(401, 403, 422))
def list_documents(
    service: ServiceInUse,
    principal: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    audience: Annotated[Audience | None, Query(description="Only those for them.")] = None,
    in_force: Annotated[
        bool | None, Query(description="Only those searched today, or not.")
    ] = None,
) -> DocumentPage:
    """List the documents by path, also those that are archived or not in force."""
    after, today = text_of(cursor), _today()
    rows = [
        one
        for one in service.resources.bases.of_team(principal.team).listed()
        if (after is None or one.path > after)
        and state in (None, one.metadata.state)
        and audience in (None, one.metadata.audience)
        and in_force in (None, one.metadata.in_force(today))
    ]
    page, more = cut(rows, limit)
    return DocumentPage(
        data=[summary(one, today) for one in page],
        next_cursor=cursor_after_text(page[-1].path) if more else None,
    )


@router.get(
    "/documents/{path:path}",
    summary="Get a document",
    response_model=DocumentDetail,
    responses=problems(401, 403, 404),
)
def get_document(path: DocumentPath, service: ServiceInUse, principal: Reader) -> Response:
    """Return a document with its text and passages."""
    found = detail(service.resources.bases.of_team(principal.team).document(path), _today())
    return _tagged(found)


@router.put(
    "/documents/{path:path}",
    summary="Replace a document",
    response_model=DocumentDetail,
    responses=problems(401, 403, 404, 409, 412, 413, 422, 507),
)
def replace_document(
    path: DocumentPath,
    request: Request,
    service: ServiceInUse,
    principal: Writer,
    file: Annotated[UploadFile, File(description="Its new content, in the format of its ending.")],
    state: StateField = None,
    audience: AudienceField = None,
    valid_from: DayField = None,
    valid_to: DayField = None,
    product: TextField = None,
    url: TextField = None,
    owner: TextField = None,
    review_on: DayField = None,
) -> Response:
    """Put new content in the place of a document; the old one is found until the new one is.

    State, audience and validity are what the new content says, or the fields of this form.
    """
    base = service.resources.bases.of_team(principal.team)
    change = _given(
        state=state, audience=audience, valid_from=valid_from, valid_to=valid_to,
        product=product, url=url, owner=owner, review_on=review_on,
    )  # fmt: skip
    with base.changing():
        check_if_match(request, _etag(base.document(path)))
        (document,) = read_sent([SentFile(path, file.file.read())], change)
        base.put([document])
    note(service, principal, "document.replace", "document", path)
    return _tagged(detail(base.document(path), _today()))


@router.patch(
    "/documents/{path:path}",
    summary="Change a document's state",
    response_model=DocumentDetail,
    responses=problems(401, 403, 404, 412, 422),
)
def change_document(
    path: DocumentPath,
    change: MetadataChange,
    request: Request,
    service: ServiceInUse,
    principal: Writer,
) -> Response:
    """Change the state, audience, validity, product or address of a document.

    What is left out stays. `archived` takes it out of every search at once.
    """
    base = service.resources.bases.of_team(principal.team)
    with base.changing():
        check_if_match(request, _etag(base.document(path)))
        changed = base.change(path, change)
    fields = sorted(change.model_fields_set)
    note(service, principal, "document.change", "document", path, fields=fields)
    return _tagged(detail(changed, _today()))


@router.delete(
    "/documents/{path:path}",
    status_code=204,
    summary="Delete a document",
    responses=problems(401, 403, 404, 412),
)
def delete_document(
    path: DocumentPath, request: Request, service: ServiceInUse, principal: Writer
) -> None:
    """Take a document out of the base, with its passages and vectors."""
    base = service.resources.bases.of_team(principal.team)
    with base.changing():
        check_if_match(request, _etag(base.document(path)))
        base.remove(path)
    note(service, principal, "document.delete", "document", path)


@router.get("/search", summary="Search", responses=problems(401, 403, 422))
def search(
    service: ServiceInUse,
    principal: Asker,
    query: Annotated[
        str, Query(min_length=1, max_length=2000, pattern=r"\w", description="What to look for.")
    ],
    k: Annotated[int, Query(ge=1, le=50, description="Most passages.")] = 5,
) -> SearchAnswer:
    """Find the passages that fit a question or keywords best."""
    return _found(service, principal, query, k, SearchFilters())


@router.post("/search", summary="Search with filters", responses=problems(401, 403, 422))
def search_with_filters(
    wanted: SearchRequest, service: ServiceInUse, principal: Asker
) -> SearchAnswer:
    """Find the passages that fit a question or keywords best, in a part of the base.

    Customers find what is validated and written for the public, whatever the filters say.
    """
    return _found(service, principal, wanted.query, wanted.k, wanted.filters)


@router.post("/ask", summary="Ask", responses=problems(401, 403, 422, 503))
def ask(asked: AskRequest, service: ServiceInUse, principal: Asker) -> AskAnswer:
    """Answer a question with sentences of the documents, ask back, or say why neither.

    Where two documents disagree, both are cited. Customers get what is validated and written for
    the public.
    """
    resources = service.resources
    filters = seen_by_reader(principal, asked.filters.filters())
    base = resources.bases.of_team(principal.team).base
    answer = base.answer(asked.question, context=asked.context, filters=filters)
    (ABSTENTIONS if answer.outcome == "declined" else ANSWERS).labels(surface="ask").inc()
    written = None
    if asked.channel is not None and answer.answered:
        written = write_answer(answer, asked.channel, service.settings, encoder=resources.encoder)
    return AskAnswer(
        answer=answer,
        written=written,
        decline=decline_of(answer, is_empty=not base.passages),
    )


@router.post("/trial", summary="Try an article", responses=problems(401, 403, 422, 503))
def try_article(wanted: TrialRequest, service: ServiceInUse, principal: Writer) -> TrialAnswer:
    """Answer a question with the base as it is and as it would be with an article; keep nothing."""
    path = checked_name(wanted.path.rpartition("/")[2], wanted.path.rpartition("/")[0])
    sent = SentFile(path, wanted.content.encode())
    documents = read_sent([sent], MetadataChange(state=wanted.state))
    filters = seen_by_customers() if wanted.reader == "customer" else Filters()
    base = service.resources.bases.of_team(principal.team)
    before, after = (
        Tried(answer=answer, decline=decline_of(answer, is_empty=not one.passages))
        for one in (base.base, base.tried(documents))
        for answer in [one.answer(wanted.question, filters=filters)]
    )
    return TrialAnswer(before=before, after=after)


@router.get("/gaps", summary="What the base lacks", responses=problems(401, 403, 422))
def gaps(
    service: ServiceInUse,
    principal: Writer,
    since: Annotated[
        AwareDatetime | None, Query(description="Contacts that started then or later.")
    ] = None,
    until: Annotated[
        AwareDatetime | None, Query(description="Contacts that started before.")
    ] = None,
    min_conversations: Annotated[
        int, Query(ge=2, le=1000, description="Asked in fewer conversations is no gap.")
    ] = 3,
    audience: Annotated[
        Audience | None,
        Query(description="With `public`, what only internal articles answer is a gap, too."),
    ] = None,
) -> GapReport:
    """Find what customers asked and the base, as it is now, does not answer well.

    Each gap comes with a draft made of agents' own sentences, without personal data.
    """
    filters = Filters() if audience is None else Filters(audiences=(audience,))
    report = gaps_of(
        service.resources, visible(principal), principal.team, since=since, until=until,
        min_conversations=min_conversations, filters=filters, today=_today(),
    )  # fmt: skip
    note(service, principal, "gaps.read", "knowledge", "gaps", gaps=len(report.gaps))
    return report


def _found(
    service: ServiceInUse, principal: Principal, query: str, k: int, wanted: SearchFilters
) -> SearchAnswer:
    filters = seen_by_reader(principal, wanted.filters())
    base = service.resources.bases.of_team(principal.team).base
    return SearchAnswer(query=query, hits=base.search(query, k=k, filters=filters))


def _etag(document: Document) -> str:
    """Return the tag of what ``GET`` answers now."""
    return etag_of(detail(document, _today()).model_dump_json().encode())


def _tagged(value: BaseModel) -> Response:
    content = value.model_dump_json().encode()
    return Response(content, media_type="application/json", headers={"ETag": etag_of(content)})
