"""``/v1/written``: agents take over chats from the bot, and answer e-mails."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.written_shapes import (
    ChatDetail,
    EmailDetail,
    KeepRequest,
    NoteRequest,
    QueueAnswer,
    ReplyAnswer,
    TakeRequest,
    WrapUpAnswer,
    WrapUpDraft,
    WriteRequest,
    email_detail,
    queued,
    queued_email,
    reply_answer,
)
from serving.screens.chat.talk import talk_of
from serving.service import Service
from serving.written.desk import chats_of, drafter_of, emails_of
from serving.written.drafts import ReplyDraft
from serving.written.eml import eml_of
from serving.written.wrapping_up import draft_note, wrap_up

router = APIRouter(prefix="/v1/written", tags=["written"])

Agent = Annotated[Principal, Depends(allowed(Permission.WRITTEN_ANSWER))]
ChatId = Annotated[str, Path(max_length=64, description="As the queue names it.")]
EmailId = Annotated[str, Path(max_length=64, description="As the queue names it.")]
_KIND = "bot_session"


@router.get("/queue", summary="What waits for a person", responses=problems(401, 403))
def get_queue(service: ServiceInUse, principal: Agent) -> QueueAnswer:
    """List the chats and e-mails that wait for a person, and those that who asks has."""
    return queue_of(service, principal)


@router.get("/chats/{chat_id}", summary="Get a chat", responses=problems(401, 403, 404))
def get_chat(
    chat_id: ChatId, request: Request, service: ServiceInUse, principal: Agent
) -> ChatDetail:
    """Return a chat in which a person is asked for: what was said, and the hand-over packet."""
    found = chat_of(service, principal, chat_id, root_of(request))
    note(service, principal, "written.read", _KIND, chat_id)
    return found


@router.post(
    "/chats/{chat_id}/take",
    summary="Take a chat",
    responses=problems(401, 403, 404, 409, 422),
)
def take_chat(
    chat_id: ChatId, wanted: TakeRequest, request: Request, service: ServiceInUse, principal: Agent
) -> ChatDetail:
    """Take a chat: the customer sees who arrives, and the bot falls silent.

    Of two who take it at once, the first has it; the other gets 409.
    """
    chats_of(service).take(principal, chat_id, wanted.name)
    note(service, principal, "written.take", _KIND, chat_id)
    return chat_of(service, principal, chat_id, root_of(request))


@router.post(
    "/chats/{chat_id}/messages",
    summary="Write to the customer",
    responses=problems(401, 403, 404, 409, 422, 503),
)
def write(
    chat_id: ChatId,
    wanted: WriteRequest,
    request: Request,
    service: ServiceInUse,
    principal: Agent,
) -> ChatDetail:
    """Say something in a chat that one has taken."""
    chats_of(service).write(principal, chat_id, wanted.id, wanted.text.strip())
    note(service, principal, "written.reply", _KIND, chat_id)
    return chat_of(service, principal, chat_id, root_of(request))


@router.post(
    "/chats/{chat_id}/typing",
    status_code=204,
    summary="Tell that one is writing",
    responses=problems(401, 403, 404),
)
def typing(chat_id: ChatId, service: ServiceInUse, principal: Agent) -> None:
    """Let the customer see for some seconds that somebody is writing."""
    if chats_of(service).get(principal, chat_id).agent_id == principal.id:
        service.resources.presence.write(chat_id, "agent")


@router.post(
    "/chats/{chat_id}/give-back",
    summary="Give a chat back to the bot",
    responses=problems(401, 403, 404, 409),
)
def give_back(
    chat_id: ChatId, request: Request, service: ServiceInUse, principal: Agent
) -> ChatDetail:
    """Let the bot go on."""
    chats_of(service).give_back(principal, chat_id)
    note(service, principal, "written.give_back", _KIND, chat_id)
    return chat_of(service, principal, chat_id, root_of(request))


@router.post("/chats/{chat_id}/close", summary="End a chat", responses=problems(401, 403, 404, 409))
def close_chat(
    chat_id: ChatId, request: Request, service: ServiceInUse, principal: Agent
) -> ChatDetail:
    """End a chat; the note comes after it."""
    chats_of(service).close(principal, chat_id)
    note(service, principal, "written.close", _KIND, chat_id)
    return chat_of(service, principal, chat_id, root_of(request))


@router.get(
    "/chats/{chat_id}/wrap-up",
    summary="Draft the note of a chat",
    responses=problems(401, 403, 404),
)
def get_note(chat_id: ChatId, service: ServiceInUse, principal: Agent) -> WrapUpDraft:
    """Write a note in the conversation's own words, to be edited."""
    return WrapUpDraft(text=draft_note(service, chats_of(service).get(principal, chat_id)))


@router.post(
    "/chats/{chat_id}/wrap-up",
    summary="Be done with a chat",
    responses=problems(401, 403, 404, 409, 422),
)
def finish(
    chat_id: ChatId, wanted: NoteRequest, service: ServiceInUse, principal: Agent
) -> WrapUpAnswer:
    """Keep a chat as a conversation like any other, with the note; it leaves the queue."""
    chats = chats_of(service)
    stored = chats.own(principal, chat_id)
    finished = wrap_up(service, principal, stored, wanted.text)
    chats.finish(principal, chat_id)
    note(service, principal, "written.wrap_up", _KIND, chat_id)
    return WrapUpAnswer(conversation_id=finished.conversation_id, why_not=finished.why_not)


@router.get(
    "/chats/{chat_id}/draft",
    summary="Draft a message",
    responses=problems(401, 403, 404, 503),
)
def draft_message(
    chat_id: ChatId, request: Request, service: ServiceInUse, principal: Agent
) -> ReplyDraft:
    """Answer what the customer still asks in the articles' own words, with their sources.

    Only articles that customers may read are used. Nothing is sent.
    """
    stored = chats_of(service).get(principal, chat_id)
    packet = stored.packet
    open_question = None if packet is None else packet.open_question
    answered = any(turn.speaker == "agent" for turn in stored.session.turns)
    return drafter_of(service, root_of(request)).draft(
        stored.session.conversation(),
        "chat",
        team=stored.team,
        language=stored.session.language,
        also=() if open_question is None or answered else (open_question,),
    )


@router.get("/emails/{email_id}", summary="Get an e-mail", responses=problems(401, 403, 404, 409))
def get_email(email_id: EmailId, service: ServiceInUse, principal: Agent) -> EmailDetail:
    """Return an e-mail that waits for an answer, or that one has."""
    found = emails_of(service).get(principal, email_id)
    note(service, principal, "written.read", "conversation", email_id)
    return email_detail(found)


@router.post(
    "/emails/{email_id}/take", summary="Take an e-mail", responses=problems(401, 403, 404, 409)
)
def take_email(email_id: EmailId, service: ServiceInUse, principal: Agent) -> EmailDetail:
    """Take an e-mail; of two who take it at once, the first has it."""
    emails = emails_of(service)
    emails.take(principal, email_id)
    note(service, principal, "written.take", "conversation", email_id)
    service.resources.presence.ring(email_id)
    return email_detail(emails.get(principal, email_id))


@router.post(
    "/emails/{email_id}/release",
    status_code=204,
    summary="Give an e-mail back to the team",
    responses=problems(401, 403, 404, 409),
)
def release_email(email_id: EmailId, service: ServiceInUse, principal: Agent) -> None:
    """Let somebody else answer it; what was written so far is gone."""
    emails_of(service).release(principal, email_id)
    note(service, principal, "written.release", "conversation", email_id)
    service.resources.presence.ring(email_id)


@router.get(
    "/emails/{email_id}/draft",
    summary="Draft a reply",
    responses=problems(401, 403, 404, 409, 503),
)
def draft_reply(
    email_id: EmailId, request: Request, service: ServiceInUse, principal: Agent
) -> ReplyDraft:
    """Answer an e-mail in the articles' own words, with their sources. Nothing is sent."""
    email = emails_of(service).get(principal, email_id)
    return drafter_of(service, root_of(request)).draft(
        email.conversation, "email", team=principal.team
    )


@router.put(
    "/emails/{email_id}/reply",
    summary="Keep a reply",
    responses=problems(401, 403, 404, 409, 412, 422),
)
def keep_reply(
    email_id: EmailId, wanted: KeepRequest, service: ServiceInUse, principal: Agent
) -> ReplyAnswer:
    """Keep the reply as a draft, or mark it as sent. The service sends no e-mail itself."""
    reply = emails_of(service).keep(
        principal,
        email_id,
        subject=wanted.subject,
        text=wanted.text,
        sources=wanted.sources,
        seen=wanted.version,
        sent=wanted.sent,
    )
    if wanted.sent:
        note(service, principal, "written.sent", "conversation", email_id)
    return reply_answer(reply)


@router.get(
    "/emails/{email_id}/reply.eml",
    summary="Get a reply as a file",
    response_class=Response,
    responses={
        200: {"description": "RFC 5322.", "content": {"message/rfc822": {}}},
        **problems(401, 403, 404, 409),
    },
)
def get_eml(email_id: EmailId, service: ServiceInUse, principal: Agent) -> Response:
    """Return the kept reply as a message that mail programs open as a draft."""
    email = emails_of(service).get(principal, email_id)
    reply = email.reply if email.listed.is_mine else None
    subject, text = (None, None) if reply is None else (reply.subject, reply.text)
    note(service, principal, "written.export", "conversation", email_id)
    name = re.sub(r"[^A-Za-z0-9-]", "", email_id)[:32]
    return Response(
        eml_of(subject or "", text or ""),
        media_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="reply-{name}.eml"'},
    )


def queue_of(service: Service, principal: Principal) -> QueueAnswer:
    """Return what waits for a person."""
    queue = chats_of(service).queue(principal)
    return QueueAnswer(
        waiting=[queued(one) for one in queue.waiting],
        mine=[queued(one) for one in queue.mine],
        with_colleagues=queue.with_colleagues,
        emails=[queued_email(one) for one in emails_of(service).waiting(principal)],
    )


def chat_of(service: Service, principal: Principal, chat_id: str, root: str) -> ChatDetail:
    """Return a chat in which a person is asked for."""
    chats = chats_of(service)
    stored = chats.get(principal, chat_id)
    replies = service.resources.bots.replies(principal, chat_id)
    return ChatDetail(
        chat=queued(stored),
        standing=chats.standing(principal, stored),
        agent_name=stored.agent_name,
        talk=talk_of(stored, replies, root),
        packet=stored.packet,
        satisfaction=stored.satisfaction,
        customer_writes=service.resources.presence.writes(chat_id, "customer"),
    )


def root_of(request: Request) -> str:
    """Return the address under which people reach the service."""
    settings = request.app.state.service.settings
    path = str(request.scope.get("root_path", ""))
    if settings.public_url is not None:
        return f"{settings.public_url}{path}"
    return f"{request.url.scheme}://{request.url.netloc}{path}"
