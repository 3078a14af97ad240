"""Who makes a request, found before anything else is done for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders

from conversation.errors import EntenduError, TooManyRequests, Unauthenticated
from serving.access.credentials import Credential, credential_of
from serving.access.origins import SAFE_METHODS, check_meant, check_origin
from serving.access.public import is_public, is_uncounted
from serving.access.rates import network_of
from serving.access.refusals import refuse
from serving.access.refused_keys import note_refused_key
from serving.access.watch import Watched
from serving.access.watched_answer import WatchedAnswer
from serving.http.problem_answers import wants_a_page

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from serving.access.principal import Principal
    from serving.access.rates import Quota
    from serving.service import Service

_CHALLENGE = 'Bearer realm="entendu"'


@dataclass(frozen=True)
class _Known:
    principal: Principal
    per_minute: int | None


class Authentication:
    """Fills ``scope["principal"]``, and lets nobody without a key past the public paths.

    A route says with :func:`serving.access.guard.allowed` what it needs; here a body of somebody
    unknown is refused before any of it is read, requests are counted against the limits of their
    key or address, and what rests on a cookie has to come from our own pages. WebSockets and
    streams are watched while they are open: when the key ends, so do they.

    Args:
        app: The application behind it.
        service: Has the keys and the sessions.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["principal"] = None
        credential = credential_of(scope, self._service.settings.public_url)
        public = is_public(scope)
        known: _Known | None = None
        quota: Quota | None = None
        try:
            known = await self._known(scope, credential, public=public)
            if known is not None:
                scope["principal"] = known.principal
                quota = await self._counted(known)
                if credential is not None and credential.kind == "session":
                    scope["session_token"] = credential.secret
                    if not public:  # the way in looks at its own form
                        receive = await self._meant(scope, receive, credential)
        except Unauthenticated as error:
            if wants_a_page(scope):
                await _sign_in_first(scope, receive, send)
            else:
                await refuse(error, scope, receive, send, headers=_headers_of(error))
            return
        except EntenduError as error:
            if known is not None and isinstance(error, TooManyRequests):
                rates, per_minute = self._service.rates, known.per_minute
                quota = rates.used_up(known.principal, per_minute, error.retry_after_s)
            send = _with_headers(send, quota)
            await refuse(error, scope, receive, send, headers=_headers_of(error))
            return
        send = _with_headers(send, quota)
        if known is None or credential is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            async with Watched(receive, send, lambda: self._looked_up(credential)) as watched:
                await self._app(scope, watched.receive, watched.send)
        else:
            answer = WatchedAnswer(lambda: self._looked_up(credential))
            await answer.serve(self._app, scope, receive, send)

    async def _known(
        self, scope: Scope, credential: Credential | None, *, public: bool
    ) -> _Known | None:
        """Return who it is; None on public paths for nobody.

        Raises:
            Unauthenticated: Nothing was shown, or it is not good, and the path is not public.
            TooManyRequests: Too much comes from the address.
        """
        rates, address = self._service.rates, network_of(scope.get("client"))
        if credential is not None:
            try:
                if credential.kind == "key":
                    await self._run(rates.check_guessing, address, credential.secret)
                known = await self._looked_up(credential)
            except (Unauthenticated, TooManyRequests) as error:
                if public:
                    return None
                await self._run(rates.count_address, address)
                if credential.kind == "key" and isinstance(error, Unauthenticated):
                    await run_in_threadpool(
                        note_refused_key, rates, self._service.audit, address, "key",
                        scope.get("request_id"),
                    )  # fmt: skip
                raise
            if credential.kind == "key":
                rates.note_good_key(address, credential.secret)
            return known
        if not is_uncounted(scope):
            await self._run(rates.count_address, address)
        if not public:
            raise Unauthenticated(
                "no key was shown", remedy="send the header Authorization: Bearer KEY"
            )
        return None

    async def _looked_up(self, credential: Credential) -> _Known:
        if credential.kind == "key" and self._service.keys.remembers(credential.secret):
            return self._found(credential)
        return await run_in_threadpool(self._found, credential)

    def _found(self, credential: Credential) -> _Known:
        if credential.kind == "session":
            session = self._service.sessions.find(credential.secret)
            return _Known(session.principal, session.per_minute)
        key = self._service.keys.find(credential.secret)
        return _Known(key.principal(), key.per_minute)

    async def _counted(self, known: _Known) -> Quota:
        rates = self._service.rates
        if rates.is_quick:
            return rates.count_key(known.principal, known.per_minute)
        return await run_in_threadpool(rates.count_key, known.principal, known.per_minute)

    async def _meant(self, scope: Scope, receive: Receive, credential: Credential) -> Receive:
        public_url = self._service.settings.public_url
        if scope["type"] == "websocket":
            check_origin(scope, public_url)
        elif scope["method"] not in SAFE_METHODS:
            return await check_meant(scope, receive, credential.secret, public_url)
        return receive

    async def _run(self, function: Callable[..., object], *given: object) -> None:
        if self._service.rates.is_quick:
            function(*given)
        else:
            await run_in_threadpool(function, *given)


def _headers_of(error: EntenduError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": _CHALLENGE}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": f"{error.retry_after_s:.0f}"}
    return {}


async def _sign_in_first(scope: Scope, receive: Receive, send: Send) -> None:
    """Send who looks at a page to the sign-in, and back to it afterwards."""
    query = scope["query_string"].decode("latin-1")
    root = scope.get("root_path", "").rstrip("/")
    path = scope["path"].removeprefix(root) + (f"?{query}" if query else "")
    response = RedirectResponse(f"{root}/sign-in?next={quote(path, safe='')}", status_code=303)
    await response(scope, receive, send)


def _with_headers(send: Send, quota: Quota | None) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if quota is not None:
                headers.update(quota.headers())
            if message["status"] == 401:
                headers.setdefault("WWW-Authenticate", _CHALLENGE)
        await send(message)

    return adding
