"""``/v1/conversations/{id}/note``: the wrap-up note, drafted by the machine, sent by the agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from serving.access.permissions import Permission
from serving.access.visibility import visible
from serving.masking import WITHOUT_MODELS, masking_of
from serving.notes import Notes, StoredNote, WrappedUp
from serving.redacting import card_free, redact_lines
from serving.routes.answers import problems
from serving.routes.conversations import ConversationId
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import read_document
from serving.routes.masking import audit_read, check_unmasked
from serving.routes.principals import Reader, Writer, audit

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.service import Service

router = APIRouter(prefix="/v1", tags=["conversations"])

LONGEST_NOTE = 4000
NoteRedacted = Annotated[
    bool | None,
    Query(
        description="Without personal data, or with it, which needs the permission "
        "`conversations:unmask` and is written to the audit log. Left out: as it is for who may "
        "write the note, without personal data for the others."
    ),
]


class NoteAnswer(BaseModel):
    """The note of a conversation: the machine's draft beside what the agent made of it."""

    conversation_id: str
    draft: str | None = Field(
        description="What the machine wrote, a sentence a line; null where it wrote nothing."
    )
    text: str | None = Field(description="What the agent sent; null until they did.")
    version: int = Field(description="How often it was sent; 0: it is a draft only.")
    author: str | None = Field(description="Id of the key or account that sent it last.")
    sent_at: datetime | None = Field(description="When it was sent last.")


class NoteSent(BaseModel):
    """What the agent sends."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "Motif : panne de box. Fait : ligne testée. Suite : rappel.", "version": 0}
            ]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NOTE, pattern=r"\S")]
    version: int = Field(ge=0, description="The version that was seen; 0: none yet.")


class WrappedUpAnswer(NoteAnswer):
    """A contact that was followed live, with its note."""

    started_at: datetime | None
    created_at: datetime = Field(description="When the contact was over.")
    duration_s: float | None = Field(description="Seconds; null until it is analysed.")
    reason: str | None = Field(description="Code of the contact reason; null until analysed.")
    agent_key: str | None
    customer_key: str | None


class NoteList(BaseModel):
    """Notes, newest first."""

    data: list[WrappedUpAnswer]


@router.get(
    "/conversations/{conversation_id}/note",
    summary="Get the wrap-up note",
    responses=problems(403, 404),
)
def get_note(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: NoteRedacted = None,
) -> NoteAnswer:
    """Return the note: the draft of the machine, and what the agent sent."""
    check_unmasked(principal, redacted=redacted is not False)
    note = Notes(service.store.database).get(conversation_id, visibility=visible(principal))
    if redacted is False:
        audit_read(request, service, principal, "note.read", conversation_id, redacted=False)
        return _answer(note)
    audit(request, service, principal, "note.read", conversation_id)
    return _answer(_masked(service, note) if redacted or not _writes(principal) else note)


@router.put(
    "/conversations/{conversation_id}/note",
    summary="Send the wrap-up note",
    responses=problems(404, 412, 422),
)
def send_note(
    conversation_id: ConversationId,
    sent: NoteSent,
    request: Request,
    service: ServiceInUse,
    principal: Writer,
) -> NoteAnswer:
    """Keep what the agent wrote beside the draft; what redaction removes is removed here, too."""
    policy = service.resources.definitions.policy
    note = Notes(service.store.database).send(
        conversation_id,
        card_free(sent.text.strip(), policy, language=None),
        seen=sent.version,
        author=principal.id,
        visibility=visible(principal),
    )
    audit(
        request, service, principal, "note.send", conversation_id, detail={"version": note.version}
    )
    return _answer(note)


@router.get("/notes", summary="List the newest wrap-up notes")
def list_notes(
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    limit: Annotated[int, Query(ge=1, le=50, description="Most to return.")] = 10,
) -> NoteList:
    """List the contacts that were followed live, newest first, with their notes.

    Who may not write notes gets them without personal data.
    """
    found = Notes(service.store.database).recent(visible(principal), limit=limit)
    ids = [one.note.conversation_id for one in found]
    audit(request, service, principal, "note.list", "", kind="note", detail={"found": ids})
    if not _writes(principal):
        found = tuple(replace(one, note=_masked(service, one.note)) for one in found)
    return note_list(found)


def note_list(found: tuple[WrappedUp, ...]) -> NoteList:
    """Return contacts with their notes as they are answered."""
    return NoteList(
        data=[
            WrappedUpAnswer(
                **vars(one.note),
                started_at=one.started_at,
                created_at=one.created_at,
                duration_s=one.duration_s,
                reason=one.reason,
                agent_key=one.agent_key,
                customer_key=one.customer_key,
            )
            for one in found
        ]
    )


def _answer(note: StoredNote) -> NoteAnswer:
    return NoteAnswer(**vars(note))


def _writes(principal: Principal) -> bool:
    """Tell whether somebody may write notes; what they go on writing, they see as it is."""
    return principal.may(Permission.CONVERSATIONS_WRITE)


def _masked(service: Service, note: StoredNote) -> StoredNote:
    """Return a note without personal data: that of the conversation's words, and its own."""
    document = service.store.analysis(note.conversation_id)
    if document is None:
        draft, text = redact_lines((note.draft or "", note.text or ""), WITHOUT_MODELS)
    else:
        read = read_document(service.store.get(note.conversation_id), document)
        masking = masking_of(read.conversation, read.analysis)
        draft, text = masking.text(note.draft or ""), masking.text(note.text or "")
    return replace(note, draft=note.draft and draft, text=note.text and text)
