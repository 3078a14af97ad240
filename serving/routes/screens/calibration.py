"""``/review/calibrations``: sessions that are scored blind, then compared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from conversation.errors import NotFound
from serving.access.permissions import Permission
from serving.access.principal import Role
from serving.reviewing.card_texts import CardTexts
from serving.routes.calibrations import Reviewer, session_answer
from serving.routes.dependencies import ServiceInUse
from serving.routes.screens.conversation import heard, listen
from serving.routes.screens.framing import show
from serving.screens.calibration.sessions import contacts, listed, people, questions
from serving.screens.calibration.words import CALIBRATION
from serving.screens.labels import reason_labels
from serving.screens.page import look_of
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(include_in_schema=False)

SessionPath = Annotated[str, Path(max_length=128)]


@router.get("/review/calibrations")
def show_calibrations(request: Request, service: ServiceInUse, principal: Reviewer) -> HTMLResponse:
    """Show the sessions of the team, newest first."""
    resources = service.resources
    states = resources.blind.all(resources.desk.log(principal.team or DEFAULT_TEAM))
    texts = CardTexts(resources.cards)
    return show(
        request, principal, "calibration_calibrations.html", CALIBRATION,
        state={
            "sessions": {
                "data": [listed(one, principal, texts).model_dump(mode="json") for one in states],
                "people": people(service, list(states)),
            },
            "may_open": principal.may(Permission.EVALUATIONS_ASSIGN),
            "reasons": reason_labels(resources.definitions, look_of(request).language),
        },
    )  # fmt: skip


@router.get("/review/calibrations/{session_id}")
def show_calibration(
    session_id: SessionPath, request: Request, service: ServiceInUse, principal: Reviewer
) -> HTMLResponse:
    """Show who has scored what; once all have, the answers side by side."""
    resources = service.resources
    state = resources.blind.get(resources.desk.log(principal.team or DEFAULT_TEAM), session_id)
    texts = CardTexts(resources.cards)
    seen = contacts(service, principal, state)
    return show(
        request, principal, "calibration_session.html", CALIBRATION,
        state={
            "session": session_answer(state, principal).model_dump(mode="json"),
            "title": texts.title(state.opened.scorecard, state.opened.version).model_dump(),
            "questions": [one.model_dump(mode="json") for one in questions(state, texts)],
            "contacts": [one.model_dump(mode="json") for one in seen],
            "people": people(service, [state]),
            "me": principal.id,
            "may_manage": principal.role in (Role.SUPERVISOR, Role.ADMIN),
            "may_agree": True,
        },
    )  # fmt: skip


@router.get("/review/calibrations/{session_id}/{conversation_id}")
def show_scoring(
    session_id: SessionPath,
    conversation_id: Annotated[str, Path(max_length=64)],
    request: Request,
    service: ServiceInUse,
    principal: Reviewer,
) -> Response:
    """Show a rater one contact to score, without any answer but their own."""
    resources = service.resources
    state = resources.blind.get(resources.desk.log(principal.team or DEFAULT_TEAM), session_id)
    rates = principal.id in state.opened.raters and principal.id not in state.excused
    if not rates or state.is_revealed:
        root = str(request.scope.get("root_path", ""))
        return RedirectResponse(f"{root}/review/calibrations/{session_id}", status_code=303)
    shown = {one.id: one for one in contacts(service, principal, state)}
    if conversation_id not in shown:
        raise NotFound(
            f"contact {conversation_id[:64]!r} is not in this session",
            remedy="the page of the session names those that are",
        )
    seen = listen(conversation_id, request, service, principal, unmasked=False)
    scored = {*state.scored.get(principal.id, {}), conversation_id}
    return show(
        request, principal, "calibration_rate.html", CALIBRATION,
        state={
            "session": session_answer(state, principal).model_dump(mode="json"),
            "questions": [
                one.model_dump(mode="json") for one in questions(state, CardTexts(resources.cards))
            ],
            "contact": shown[conversation_id].model_dump(mode="json"),
            "place": state.contacts.index(conversation_id) + 1,
            "next": next((one for one in shown if one not in scored), None),
            "me": principal.id,
            "heard": heard(seen, service, principal),
            "reasons": reason_labels(resources.definitions, look_of(request).language),
        },
        styled_by_script=True,
    )  # fmt: skip
