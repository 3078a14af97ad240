"""The end of a chat that a person had: a note, and a conversation like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import Conflict, ProcessingRefused
from nlu.commitments import find_commitments
from nlu.entities import find_entities
from nlu.wrap_up import NoteLabel, WrapUpNote, write_note
from serving.intake import Intake
from serving.notes import Notes
from serving.redacting import card_free

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.dialogues.values import StoredSession
    from serving.service import Service


@dataclass(frozen=True)
class Finished:
    """What came of a chat.

    Attributes:
        conversation_id: Of the stored conversation; None where nothing may or need be kept.
        why_not: Why it is not: ``refused`` (the customer objects) or ``nothing_said`` (no person
            wrote anything).
    """

    conversation_id: str | None
    why_not: str | None


def draft_note(service: Service, stored: StoredSession) -> str | None:
    """Return a note in the conversation's own words; None where too little was said.

    Args:
        service: Knows the centre's products and numbers.
        stored: The chat.
    """
    conversation = stored.session.conversation()
    packet, centre = stored.packet, service.resources.definitions.centre
    reason = None if packet is None or packet.reason is None else packet.reason.label
    note = write_note(
        conversation,
        reason=None if reason is None else NoteLabel(text=reason),
        outcome=None,
        entities=find_entities(
            conversation, products=centre.products, order_patterns=centre.order_numbers
        ),
        commitments=find_commitments(conversation),
    )
    if not isinstance(note, WrapUpNote):
        return None
    return "\n".join(sentence.text for sentence in note.sentences)


def wrap_up(service: Service, principal: Principal, stored: StoredSession, text: str) -> Finished:
    """Keep a chat that is over as a conversation, with the note of the person who had it.

    It is analysed like any other contact. Done again, nothing is stored twice.

    Args:
        service: Stores it.
        principal: Who had the chat.
        stored: The chat.
        text: The note; empty: none.

    Raises:
        Conflict: The chat still goes on.
    """
    session = stored.session
    if session.state != "closed" and stored.hand_over != "message":
        raise Conflict("the conversation still goes on", remedy="end it first")
    if not any(turn.speaker == "agent" for turn in session.turns):
        return Finished(None, "nothing_said")
    intake = Intake(
        direction="inbound",
        agent_key=principal.agent_key,
        customer_key=session.customer.key,
        objection="recording" in session.objections,
    )
    try:
        if not service.store.known({session.id}):
            service.accept_conversation(
                session.conversation(),
                name=f"chat-{session.id}.json",
                intake=intake,
                team=stored.team,
                conversation_id=session.id,
            )
    except ProcessingRefused:
        return Finished(None, "refused")
    notes = Notes(service.store.database)
    notes.draft(session.id, draft_note(service, stored))
    if text.strip():
        policy = service.resources.definitions.policy
        kept = card_free(text.strip(), policy, language=session.language)
        before = notes.get(session.id)
        if before.text != kept:
            notes.send(session.id, kept, seen=before.version, author=principal.id)
    return Finished(session.id, None)
