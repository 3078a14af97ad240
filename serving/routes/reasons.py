"""``/v1/reasons``, ``/v1/categories``, ``/v1/alerts``: what contacts are about."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from conversation import Conversation, Turn
from conversation.errors import BadInput, Conflict, DefinitionInvalid
from nlu.language import detect_conversation_language
from nlu.reason_votes import texts_to_encode
from nlu.reasons import ReasonResult, find_reasons
from nlu.taxonomy import Bilingual, Reason, load_taxonomy
from quality.categories.definition import Category
from quality.categories.results import CategoryMatch, CategoryReport
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.redacting import redact_text
from serving.reviewing.taxonomies import as_yaml, codes_of, read_taxonomy
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import read_document
from serving.routes.noting import note
from serving.routes.paging import Cursor, Limit, cursor_after_text, text_of
from serving.screens.listening.shown import shown

router = APIRouter(prefix="/v1", tags=["reasons"])

Reader = Annotated[Principal, Depends(allowed(Permission.REASONS_READ))]
ConversationReader = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_READ))]
_MOST_READ = 1000
TAXONOMY_YAML = """name: accueil
version: "1"
reasons:
  - code: ac.horaires
    label: {fr: Horaires, en: Opening hours}
    definition: {fr: Le client demande quand on est ouvert., en: The customer asks for hours.}
    examples: {fr: [Vous êtes ouverts demain ?]}
  - code: ac.autre
    label: {fr: Autre, en: Other}
    definition: {fr: Une autre demande., en: Another request.}
  - code: ac.hors_perimetre
    label: {fr: Hors périmètre, en: Out of scope}
    definition: {fr: Pas pour nous., en: Not for us.}
"""


class ReasonsAnswer(BaseModel):
    """The contact reasons that are told apart, at two levels."""

    name: str = Field(description="Of the taxonomy; joined ones as `telecom+banque`.")
    version: str
    label: Bilingual | None
    sha256: str = Field(description="Of its content.")
    data: list[Reason]
    next_cursor: None = Field(default=None, description="Always null: the list is whole.")


class ClassifyRequest(BaseModel):
    """A customer's words."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"text": "Ma box ne marche plus depuis hier soir.", "language": "fr"}]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"\S")] = Field(
        description="A message, or what a customer said; card numbers are removed first."
    )
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2,3}$", description="Found from the words if left."
    )


class ClassifyAnswer(BaseModel):
    """Why the customer contacts."""

    language: str | None
    reasons: ReasonResult = Field(
        description="`primary` is null when nothing speaks for one clearly; `candidates` has the "
        "likeliest with their probabilities."
    )


class CategoriesAnswer(BaseModel):
    """The named events that are looked for in every conversation."""

    name: str
    version: str
    sha256: str
    data: list[Category]
    next_cursor: None = Field(default=None, description="Always null: the list is whole.")


class AlertAnswer(BaseModel):
    """Something in a conversation that is worth showing at once."""

    conversation_id: str
    at: datetime = Field(description="When the contact started, or came in.")
    match: CategoryMatch = Field(description="Which category, with the words that show it.")


class AlertPage(BaseModel):
    """Alerts of stored conversations, newest first."""

    data: list[AlertAnswer]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


@router.get("/reasons", summary="List contact reasons", responses=problems(401, 403))
def list_reasons(service: ServiceInUse, principal: Reader) -> ReasonsAnswer:
    """List the reasons that the centre tells apart, with definitions and examples."""
    del principal
    taxonomy = service.resources.definitions.taxonomy
    return ReasonsAnswer(
        name=taxonomy.name,
        version=taxonomy.version,
        label=taxonomy.label,
        sha256=taxonomy.sha256,
        data=list(taxonomy.reasons),
    )


@router.post("/reasons/classify", summary="Classify a text", responses=problems(401, 403, 422, 503))
def classify(wanted: ClassifyRequest, service: ServiceInUse, principal: Reader) -> ClassifyAnswer:
    """Say for which reason a customer contacts; nothing is kept."""
    del principal
    resources = service.resources
    scorer = resources.scorer
    turn = Turn(index=0, speaker="customer", text=wanted.text)
    conversation = Conversation(id="text", channel="chat", language=wanted.language, turns=(turn,))
    language = wanted.language or detect_conversation_language(conversation)
    conversation = redact_text(
        conversation, resources.definitions.policy, language=language
    ).conversation.model_copy(update={"language": language})
    texts = texts_to_encode(conversation)
    vectors = resources.encoder.encode(texts, kind="query") if texts else ()
    found = find_reasons(
        conversation, scorer=scorer, vectors=dict(zip(texts, vectors, strict=True))
    )
    return ClassifyAnswer(language=language, reasons=found)


class TaxonomyText(BaseModel):
    """A taxonomy as its file writes it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"taxonomy": TAXONOMY_YAML}]}
    )

    taxonomy: Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)] = Field(
        description="YAML."
    )


class TaxonomyChecked(BaseModel):
    """Whether a taxonomy can be used, and what it would change."""

    valid: bool
    problem: str | None = Field(description="What is wrong, with the line; null if nothing is.")
    conflict: str | None = Field(
        description="Why this version cannot be published: it was published with other content."
    )
    name: str | None
    version: str | None
    added: list[str] = Field(description="Codes that the taxonomy in use has not.")
    removed: list[str] = Field(description="Codes of the taxonomy in use that it has not.")
    orphaned: dict[str, int] = Field(
        description="Stored conversations by the removed codes that they have."
    )


@router.get(
    "/reasons/file",
    summary="Get the taxonomy as a file",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"application/yaml": {"schema": {"type": "object"}}}},
        **problems(401, 403),
    },
)
def get_taxonomy_file(
    service: ServiceInUse,
    principal: Reader,
    name: Annotated[
        Literal["telecom", "banque", "ecommerce"] | None,
        Query(description="A shipped one; the one in use if left."),
    ] = None,
) -> Response:
    """Return a taxonomy as a file, to be changed and checked."""
    del principal
    definitions = service.resources.definitions
    taxonomy = definitions.taxonomy if name is None else load_taxonomy(name)
    return Response(as_yaml(taxonomy), media_type="application/yaml")


@router.post("/reasons/validate", summary="Check a taxonomy", responses=problems(401, 403, 422))
def check_taxonomy(
    wanted: TaxonomyText, service: ServiceInUse, principal: Reader
) -> TaxonomyChecked:
    """Say what is wrong with a taxonomy, or what it would change; nothing is kept."""
    try:
        taxonomy = read_taxonomy(wanted.taxonomy)
    except DefinitionInvalid as error:
        return TaxonomyChecked(
            valid=False, problem=error.message, conflict=None, name=None, version=None,
            added=[], removed=[], orphaned={},
        )  # fmt: skip
    conflict = None
    try:
        service.resources.in_use.choices.check(taxonomy)
    except (BadInput, Conflict) as error:
        conflict = error.message
    now, then = codes_of(service.resources.definitions.taxonomy), codes_of(taxonomy)
    removed = sorted(now - then)
    counts = service.store.reason_counts(visibility=visible(principal))
    return TaxonomyChecked(
        valid=conflict is None,
        problem=None,
        conflict=conflict,
        name=taxonomy.name,
        version=taxonomy.version,
        added=sorted(then - now),
        removed=removed,
        orphaned={code: counts[code] for code in removed if code in counts},
    )


@router.get("/categories", summary="List categories", responses=problems(401, 403))
def list_categories(service: ServiceInUse, principal: Reader) -> CategoriesAnswer:
    """List the named events that are looked for, and which of them are alerts."""
    del principal
    found = service.resources.definitions.categories
    return CategoriesAnswer(
        name=found.name,
        version=found.version,
        sha256=found.sha256,
        data=list(found.categories),
    )


@router.get("/alerts", summary="List alerts", responses=problems(401, 403, 422))
def list_alerts(
    service: ServiceInUse,
    principal: ConversationReader,
    since: Annotated[
        AwareDatetime | None,
        Query(alias="from", description="Contacts that started then or later."),
    ] = None,
    until: Annotated[
        AwareDatetime | None, Query(alias="to", description="Contacts that started before.")
    ] = None,
    category: Annotated[str | None, Query(max_length=64, description="Only of this one.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AlertPage:
    """List what stands out in stored conversations, newest first, with the words that show it.

    The words are redacted. A page may be short, or empty, and others still follow: go on while
    there is a cursor.
    """
    contacts = service.resources.contacts
    visibility = visible(principal)
    ids = list(reversed(contacts.ids(visibility, since=since, until=until)))
    after = text_of(cursor)
    if after is not None and after in ids:
        ids = ids[ids.index(after) + 1 :]
    alerts: list[AlertAnswer] = []
    last: str | None = None
    for number, conversation_id in enumerate(ids, start=1):
        for one in contacts.each([conversation_id], visibility):
            stored = one.stored
            found = [
                match
                for match in _alerts(one.values.get("categories"))
                if category in (None, match.category)
            ]
            if found:
                document = read_document(stored, one.values)
                scrubbed = shown(document, unmasked=False).scrubbed
                alerts += [
                    AlertAnswer(
                        conversation_id=stored.id,
                        at=stored.started_at or stored.created_at,
                        match=CategoryMatch.model_validate(scrubbed(match.model_dump())),
                    )
                    for match in found
                ]
        last = conversation_id
        if number < len(ids) and (len(alerts) >= limit or number >= _MOST_READ):
            break
    else:
        last = None
    for conversation_id in dict.fromkeys(one.conversation_id for one in alerts):
        note(service, principal, "alert.read", "conversation", conversation_id)
    return AlertPage(data=alerts, next_cursor=None if last is None else cursor_after_text(last))


def _alerts(values: object) -> tuple[CategoryMatch, ...]:
    try:
        report = CategoryReport.model_validate(values)
    except ValidationError:
        return ()
    return tuple(match for match in report.matches if match.alert)
