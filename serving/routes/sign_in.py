"""Signing in to the screens, and out of them; pages that work without JavaScript."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from conversation.errors import (
    EntenduError,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from serving.access.cookies import clear_session, set_session, set_sign_in, sign_in_of
from serving.access.guard import SignedIn
from serving.access.oidc import TAKES_AT_MOST, Oidc
from serving.access.origins import check_origin, own_origin
from serving.access.principal import Principal
from serving.access.rates import network_of
from serving.access.refused_keys import note_refused_key
from serving.access.sessions import csrf_token_of
from serving.demo.people import People
from serving.problems import outcome_of
from serving.routes.dependencies import ServiceInUse
from serving.screens.page import look_of
from serving.service import Service
from serving.sign_in_page.render import content_policy, render_account, render_sign_in

router = APIRouter(include_in_schema=False)

_MAX_FORM_BYTES = 8192
_MAX_PATH_LENGTH = 4000
_FIRST_SCREEN = "/"
_MESSAGES: dict[type[EntenduError], str] = {
    TooManyRequests: "too_many",
    Unavailable: "unavailable",
}

Next = Annotated[str, Query(alias="next")]


@router.get("/sign-in")
def sign_in_page(
    request: Request, service: ServiceInUse, goes_to: Next = _FIRST_SCREEN
) -> HTMLResponse:
    """Show the form, or to who is signed in, who they are."""
    look = look_of(request)
    token = request.scope.get("session_token")
    if token is None:
        return _form(request, service, goes_to=goes_to)
    session = service.sessions.find(token)
    return _page(
        render_account(
            language=look.language,
            theme=look.theme,
            principal=session.principal,
            ends_at=session.ends_at,
            csrf_token=csrf_token_of(token),
            root=_root(request),
        )
    )


@router.post("/sign-in")
async def sign_in(request: Request, service: ServiceInUse) -> Response:
    """Take the form: a key for a session."""
    fields = await _fields(request)
    goes_to = fields.get("next", "")
    try:
        visitor = fields.get("as")
        check_origin(request.scope, service.settings.public_url, must_say=visitor is not None)
        demo = _demo(request)
        key = fields.get("key", "") if visitor is None or demo is None else demo.key(visitor)
        token, principal = await run_in_threadpool(_opened, request, service, key)
    except Forbidden as error:
        elsewhere = "origin" in error.message
        message = "elsewhere" if elsewhere else "not_for_customers"
        return _form(request, service, goes_to=goes_to, message=message, status=403)
    except (Unauthenticated, TooManyRequests) as error:
        message = _MESSAGES.get(type(error), "wrong_key")
        status = outcome_of(type(error)).status
        answer = _form(request, service, goes_to=goes_to, message=message, status=status)
        if isinstance(error, TooManyRequests):
            answer.headers["Retry-After"] = f"{error.retry_after_s:.0f}"
        return answer
    await run_in_threadpool(_record, request, service, principal, "session.open")
    return await run_in_threadpool(_with_session, request, service, token, goes_to)


@router.post("/sign-out")
async def sign_out(request: Request, service: ServiceInUse, principal: SignedIn) -> Response:
    """End the session, or with ``everywhere`` in the form, all of this person's."""
    fields = await _fields(request)
    token = request.scope.get("session_token", "")
    if fields.get("everywhere"):
        await run_in_threadpool(service.sessions.close_all, principal.id)
        await run_in_threadpool(_record, request, service, principal, "session.close_all")
    else:
        await run_in_threadpool(service.sessions.close, token)
        await run_in_threadpool(_record, request, service, principal, "session.close")
    response = RedirectResponse(f"{_root(request)}/sign-in", status_code=303)
    clear_session(response, request.scope, service.settings.public_url)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/sign-in/oidc")
def depart(request: Request, service: ServiceInUse, goes_to: Next = _FIRST_SCREEN) -> Response:
    """Send the browser to the identity provider."""
    try:
        departure = _oidc(service).depart(
            redirect_uri=_redirect_uri(request, service), goes_to=_safe_path(goes_to)
        )
    except Unavailable:
        return _form(request, service, goes_to=goes_to, message="unavailable", status=503)
    response = RedirectResponse(departure.url, status_code=303)
    set_sign_in(
        response,
        departure.browser_secret,
        request.scope,
        service.settings.public_url,
        max_age_s=TAKES_AT_MOST.total_seconds(),
    )
    return response


@router.get("/sign-in/oidc/back")
def arrive(request: Request, service: ServiceInUse) -> Response:
    """Take back the browser from the identity provider."""
    public_url = service.settings.public_url
    try:
        account, goes_to = _oidc(service).arrive(
            dict(request.query_params),
            browser_secret=sign_in_of(request.scope, public_url),
            redirect_uri=_redirect_uri(request, service),
        )
    except (Unauthenticated, Forbidden, Unavailable) as error:
        message: Literal["not_valid", "no_role", "unavailable"] = "not_valid"
        if isinstance(error, (Forbidden, Unavailable)):
            message = "no_role" if isinstance(error, Forbidden) else "unavailable"
        status = outcome_of(type(error)).status
        answer: Response = _form(
            request, service, goes_to=_FIRST_SCREEN, message=message, status=status
        )
    else:
        token = service.sessions.open_for(account)
        principal = service.sessions.find(token).principal
        _record(request, service, principal, "session.open")
        answer = _with_session(request, service, token, goes_to)
    set_sign_in(answer, "", request.scope, public_url, max_age_s=0)
    return answer


def _opened(request: Request, service: Service, key: str) -> tuple[str, Principal]:
    address = network_of(request.scope.get("client"))
    key = key.strip()
    service.rates.check_guessing(address, key)
    try:
        token, principal = service.sessions.open_with_key(key)
    except Unauthenticated:
        note_refused_key(
            service.rates, service.audit, address, "sign_in", request.scope.get("request_id")
        )
        raise
    service.rates.note_good_key(address, key)
    return token, principal


def _with_session(request: Request, service: Service, token: str, goes_to: str) -> Response:
    before = request.scope.get("session_token")
    if before is not None:
        service.sessions.close(before)
    response = RedirectResponse(_root(request) + _safe_path(goes_to), status_code=303)
    set_session(
        response,
        token,
        request.scope,
        service.settings.public_url,
        max_age_s=service.settings.session_max_h * 3600,
    )
    look_of(request).keep(response)
    return response


def _form(
    request: Request,
    service: Service,
    *,
    goes_to: str,
    message: str | None = None,
    status: int = 200,
) -> HTMLResponse:
    look = look_of(request)
    page = render_sign_in(
        language=look.language,
        theme=look.theme,
        goes_to=_safe_path(goes_to),
        with_account=service.oidc is not None,
        message=message,
        root=_root(request),
        demo=_demo(request) is not None,
    )
    return _page(page, status)


def _demo(request: Request) -> People | None:
    """Return the invented people that visitors may look around as; None: this is no demo."""
    found: People | None = getattr(request.app.state, "demo", None)
    return found


def _page(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        page,
        status_code=status,
        headers={
            "Content-Security-Policy": content_policy(),
            # With no-referrer a browser would send "Origin: null" with the form.
            "Referrer-Policy": "same-origin",
            "Vary": "Accept-Language, Cookie",
        },
    )


async def _fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_FORM_BYTES:
            return {}
    try:
        found = parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _safe_path(goes_to: str) -> str:
    """Return a path of our own; anything that a browser could take for another host is dropped."""
    if (
        not goes_to.startswith("/")
        or goes_to.startswith("//")
        or "\\" in goes_to
        or not goes_to.isprintable()
        or len(goes_to) > _MAX_PATH_LENGTH
        or urlsplit(goes_to).netloc
    ):
        return _FIRST_SCREEN
    return goes_to


def _oidc(service: Service) -> Oidc:
    if service.oidc is None:
        raise NotFound("there is no identity provider to sign in with", remedy="sign in with a key")
    return service.oidc


def _redirect_uri(request: Request, service: Service) -> str:
    origin = own_origin(request.scope, service.settings.public_url)
    return f"{origin}{_root(request)}/sign-in/oidc/back"


def _record(request: Request, service: Service, principal: Principal, action: str) -> None:
    service.audit.record(
        principal, action, "session", principal.id, request.scope.get("request_id")
    )


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")
