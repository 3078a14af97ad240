"""``GET /v1/conversations/{id}/waveform``: the outline of the recording, for players."""

from __future__ import annotations

import threading

from fastapi import APIRouter, Request

from conversation.errors import NotFound
from serving.access.visibility import visible
from serving.routes.answers import problems
from serving.routes.audio import sound_of
from serving.routes.conversations import ConversationId
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import Reader, audit
from speech.waveform import Waveform, read_waveform

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

# An hour takes two seconds of one core: players that open at once wait for each other, so that
# the transcription of what comes in goes on beside them.
_one_at_a_time = threading.Lock()


@router.get(
    "/{conversation_id}/waveform",
    summary="Get the outline of the recording",
    responses=problems(404, 422),
)
def get_waveform(
    conversation_id: ConversationId, request: Request, service: ServiceInUse, principal: Reader
) -> Waveform:
    """Return the peaks of each channel, at most 2,000, on the clock of the transcript."""
    stored = service.store.get(conversation_id, visibility=visible(principal))
    sound = sound_of(service, stored)
    if sound is None:
        raise NotFound(
            f"the conversation {conversation_id[:64]!r} has no recording",
            remedy="it came as text, or its recording was erased",
        )
    with _one_at_a_time, sound.lent() as path:
        found = read_waveform(path, max_duration_s=service.settings.max_duration_s)
    audit(request, service, principal, "waveform.read", conversation_id)
    return found
