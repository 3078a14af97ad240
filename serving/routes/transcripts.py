"""Parts of a conversation: transcript, understanding, evaluation, and exports of the whole."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from conversation import Conversation
from conversation.errors import BadInput, Conflict
from conversation.vcon_own import Contact
from conversation.vcon_values import mapping
from nlu import Understanding
from quality import Evaluation
from serving.access.visibility import visible
from serving.interchange.imported import ImportedVcons
from serving.interchange.vcon_analyses import Concluded
from serving.interchange.vcon_writer import Frame, Sound, extend_vcon, write_vcon
from serving.routes.answers import problems
from serving.routes.audio import SoundOf, sound_of
from serving.routes.conversations import ConversationId
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import Document, document_of
from serving.routes.masking import Redacted, audit_read, check_unmasked
from serving.routes.principals import EvaluationReader, Exporter, Reader, audit
from speech.formats import format_conversation

if TYPE_CHECKING:
    from serving.service import Service
    from serving.store import StoredConversation

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

ExportFormat = Literal["vcon", "json", "srt", "vtt", "txt"]
MAX_INLINE_MB = 50
_PIECE_BYTES = 1024 * 1024
_MEDIA_TYPES: dict[ExportFormat, str] = {
    "vcon": "application/vcon+json",
    "json": "application/json",
    "srt": "application/x-subrip",
    "vtt": "text/vtt",
    "txt": "text/plain; charset=utf-8",
}


@router.get(
    "/{conversation_id}/transcript",
    summary="Get the transcript",
    response_model=Conversation,
    responses=problems(403, 404, 409),
)
def get_transcript(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: Redacted = True,
) -> Response:
    """Return who said what, in the published schema of conversations."""
    check_unmasked(principal, redacted=redacted)
    document = document_of(service, conversation_id, visible(principal))
    shown = document.masked() if redacted else document
    audit_read(request, service, principal, "transcript.read", conversation_id, redacted=redacted)
    return Response(shown.conversation.model_dump_json(), media_type="application/json")


@router.get(
    "/{conversation_id}/understanding",
    summary="Get the understanding",
    response_model=Understanding,
    responses=problems(403, 404, 409),
)
def get_understanding(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: Redacted = True,
) -> Response:
    """Return what is understood: reasons, sentiment of the customer, questions, the note.

    Redacted, `personal_data` is empty, and entities that are personal are left out.
    """
    check_unmasked(principal, redacted=redacted)
    document = document_of(service, conversation_id, visible(principal))
    part = _part(document.masked() if redacted else document, "understanding")
    audit_read(
        request, service, principal, "understanding.read", conversation_id, redacted=redacted
    )
    return Response(json.dumps(part, ensure_ascii=False), media_type="application/json")


@router.get(
    "/{conversation_id}/evaluation",
    summary="Get the draft evaluation",
    response_model=Evaluation,
    responses=problems(403, 404, 409),
)
def get_evaluation(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: EvaluationReader,
    redacted: Redacted = True,
) -> Response:
    """Return the scorecard as the machine filled it in: a draft until a person confirms it."""
    check_unmasked(principal, redacted=redacted)
    document = document_of(service, conversation_id, visible(principal))
    part = _part(document, "evaluation")
    card, version = str(part.get("scorecard")), part.get("version")
    service.resources.desk.check_may_see(principal, conversation_id, card, version)
    if redacted:
        part = _part(document.masked(), "evaluation")
    audit_read(request, service, principal, "evaluation.read", conversation_id, redacted=redacted)
    return Response(json.dumps(part, ensure_ascii=False), media_type="application/json")


def _part(document: Document, name: str) -> dict[str, Any]:
    part = document.analysis.get(name)
    if not isinstance(part, dict):
        raise Conflict(f"the analysis has no {name}", remedy="send the conversation again")
    return part


@router.get(
    "/{conversation_id}/export",
    summary="Export a conversation",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "application/vcon+json": {"schema": {"type": "object"}},
                "application/json": {"schema": {"$ref": "#/components/schemas/Conversation"}},
                "application/x-subrip": {"schema": {"type": "string"}},
                "text/vtt": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
            },
        },
        **problems(403, 404, 409, 422),
    },
)
def export_conversation(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Exporter,
    format: Annotated[  # noqa: A002 - the name that clients use
        ExportFormat, Query(description="`json` is the conversation in its published schema.")
    ] = "vcon",
    redacted: Annotated[
        bool,
        Query(
            description="Without personal data, and without the sound. `false` needs the "
            "permission `conversations:unmask`."
        ),
    ] = True,
    sound: Annotated[
        SoundOf,
        Query(
            description="In a vCon that is not redacted: the recording's address and hash, the "
            "recording itself (up to 50 MB), or neither."
        ),
    ] = "reference",
) -> Response:
    """Return a conversation for other systems: as vCon, JSON, subtitles or text.

    The draft evaluation is left out of a vCon for who scores the contact blind.
    """
    check_unmasked(principal, redacted=redacted)
    document = document_of(service, conversation_id, visible(principal))
    if not service.resources.discretion.may_see(principal, conversation_id, document.analysis):
        document = document.without_draft()
    shown = document.redacted() if redacted else document
    if format == "vcon":
        address = str(request.url_for("get_audio", conversation_id=conversation_id))
        lent = None if redacted else sound_for_vcon(service, document, sound, address)
        content = json.dumps(
            vcon_of(service, shown, sound=lent, redacted=redacted), ensure_ascii=False
        )
    else:
        content = format_conversation(shown.conversation, "text" if format == "txt" else format)
    audit(
        request,
        service,
        principal,
        "conversation.export" if redacted else "conversation.unmask",
        conversation_id,
        detail={"format": format, "sound": sound if format == "vcon" else None},
    )
    ending = {"vcon": ".vcon.json"}.get(format, f".{format}")
    name = f"{conversation_id}{ending}"
    return Response(
        content,
        media_type=_MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def sound_for_vcon(
    service: Service, document: Document, asked: SoundOf, address: str
) -> Sound | None:
    """Return the recording for a vCon; None where there is none or none is wanted.

    Raises:
        BadInput: It is too large to be put inside.
    """
    found = None if asked == "none" else sound_of(service, document.stored)
    if found is None:
        return None
    with found.open() as file:
        if asked == "inline" and found.size_bytes > MAX_INLINE_MB * 1_000_000:
            raise BadInput(
                f"the recording has {found.size_bytes / 1e6:.0f} MB, expected at most "
                f"{MAX_INLINE_MB} MB inside of a vCon",
                remedy="ask with sound=reference",
            )
        if asked == "inline":
            content = file.read()
            return Sound(found.name, None, hashlib.sha512(content).digest(), content)
        digest = hashlib.sha512()
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return Sound(found.name, address, digest.digest())


def vcon_of(
    service: Service, shown: Document, *, sound: Sound | None, redacted: bool
) -> dict[str, object]:
    """Return a conversation as vCon.

    Args:
        service: Has the vCon that it may have come as.
        shown: The conversation, redacted already where that is asked for.
        sound: The recording; None: without.
        redacted: Whether it is redacted. What Entendu does not know of an imported vCon is then
            left out: nobody can tell whether it is personal.
    """
    stored = shown.stored
    concluded = Concluded(
        conversation=shown.conversation,
        understanding=mapping(shown.analysis.get("understanding")),
        evaluation=mapping(shown.analysis.get("evaluation")),
        version=shown.version,
        created_at=shown.created_at,
        contact=_contact_of(stored, redacted=redacted),
    )
    subject = shown.conversation.metadata.get("subject")
    frame = Frame(
        conversation_id=stored.id,
        created_at=stored.created_at,
        updated_at=shown.created_at,
        subject=subject if isinstance(subject, str) else None,
        queue=stored.queue,
    )
    original = None if redacted else ImportedVcons(service.store.database).find(stored.id)
    if original is not None:
        return extend_vcon(original, concluded, frame, sound=sound)
    return write_vcon(concluded, frame, sound=sound, redacted=redacted)


def _contact_of(stored: StoredConversation, *, redacted: bool) -> Contact:
    """Return what the centre knows besides; redacted without the keys of people."""
    return Contact(
        language=stored.language,
        direction=stored.direction,
        queue=stored.queue,
        agent_key=None if redacted else stored.agent_key,
        customer_key=None if redacted else stored.customer_key,
        started_at=stored.started_at,
    )
