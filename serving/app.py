"""The HTTP application: routes, errors as problems, and the service behind them."""

from __future__ import annotations

import errno
import http
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import (
    RequestValidationError,
    ValidationException,
    WebSocketRequestValidationError,
)
from fastapi.responses import Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from conversation.errors import EntenduError
from serving.access.authentication import Authentication
from serving.access.doors import install_doors
from serving.http.allowed_methods import allowed_methods
from serving.http.body_limits import BodyLimits
from serving.http.compression import Compression
from serving.http.conditional import ConditionalAnswers
from serving.http.failures import UnexpectedErrors
from serving.http.head import HeadRequests
from serving.http.null_characters import NoNullCharacters
from serving.http.private_answers import PrivateAnswers
from serving.http.problem_answers import answer_with
from serving.http.request_ids import RequestIds
from serving.live.audiosocket import listen_for_asterisk
from serving.live.hub import LiveHub, hub_of
from serving.logs import AccessLog
from serving.openapi import install_description
from serving.operation.request_metrics import RequestMetrics
from serving.operation.traced_requests import TracedRequests
from serving.problems import (
    Problem,
    Violation,
    problem_of,
    problem_of_status,
    retry_after,
    unexpected_problem,
)
from serving.routes import (
    audio,
    audit,
    consents,
    conversations,
    documentation,
    exports,
    health,
    jobs,
    keys,
    knowledge,
    metrics,
    notes,
    privacy,
    reasons,
    search,
    sign_in,
    transcripts,
    waveform,
    webhooks,
)
from serving.routes import openai as openai_routes
from serving.routes import resources as resource_routes
from serving.routes import screens as screen_routes
from serving.routes.known_query import only_known_query
from serving.routes.live import routes as live_routes
from serving.routes.screens.assets import AssetsFirst
from serving.service import Service
from serving.settings import Settings
from serving.throughput.callers import Callers
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.pipeline import Analyser

logger = logging.getLogger("entendu.app")

_MOST_VIOLATIONS = 20  # a list of thousands is wrong thousands of times in the same way

_DESCRIPTION = (
    "Conversations in, everything about them out: transcript, contact reason, sentiment of the "
    "customer, questions with answers from the knowledge base, a draft scorecard with evidence. "
    "Errors are problems as RFC 9457 says (`application/problem+json`)."
)


def create_app(
    settings: Settings,
    *,
    pipeline: Analyser | None = None,
    works: bool = True,
    live: Callable[[Service], LiveHub] = hub_of,
) -> FastAPI:
    """Build the application; it takes its data folder when it starts.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pipeline: What analyses; None: :class:`serving.pipeline.Pipeline` with the settings.
        works: Whether this process does jobs, or leaves them to other workers.
        live: Makes what follows conversations while people speak.

    Returns:
        The application; ``app.state.service`` is the :class:`serving.service.Service` behind it.
    """
    app = FastAPI(
        title="Entendu",
        version=entendu_version(),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        # Its own spans and log records hold paths, queries and messages of errors: people's words.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = Service(settings, pipeline, works=works)
    app.state.make_live = live
    app.state.stopped_clean = True
    # Those that are asked most often come first: routes are looked through in order.
    for router in openai_routes.ROUTERS:
        app.include_router(router)
    own: dict[str, Any] = {"dependencies": [Depends(only_known_query)]}
    for routes in (reasons, knowledge):
        app.include_router(routes.router, **own)
    # The search comes first: its path would be taken for a conversation's.
    for routes in (
        search,
        conversations,
        transcripts,
        audio,
        waveform,
        notes,
        jobs,
        exports,
    ):
        app.include_router(routes.router, **own)
    for routes in (health, documentation, sign_in, metrics):
        app.include_router(routes.router)
    for routes in (keys, audit, consents, privacy, webhooks):
        app.include_router(routes.router, **own)
    for router in resource_routes.ROUTERS:
        app.include_router(router, **own)
    app.include_router(live_routes.router)
    for router in screen_routes.ROUTERS:
        app.include_router(router)
    app.add_exception_handler(EntenduError, _on_entendu_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(WebSocketRequestValidationError, _on_invalid_request)
    app.add_exception_handler(StarletteHTTPException, _on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(OSError, _on_disk_error)
    app.add_exception_handler(OperationalError, _on_disk_error)
    app.add_exception_handler(Exception, _on_unexpected)
    # From the inside out: what is added last sees a request first.
    app.add_middleware(Callers)
    app.add_middleware(BodyLimits, max_upload_mb=settings.max_upload_mb)
    app.add_middleware(ConditionalAnswers)
    app.add_middleware(Compression)
    app.add_middleware(HeadRequests)
    app.add_middleware(NoNullCharacters)
    app.add_middleware(Authentication, service=app.state.service)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(AssetsFirst)
    app.add_middleware(PrivateAnswers)
    install_doors(app, settings)
    app.add_middleware(openai_routes.OpenAIErrors)
    app.add_middleware(RequestMetrics)
    app.add_middleware(TracedRequests)
    app.add_middleware(AccessLog)
    app.add_middleware(RequestIds)
    install_description(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    await run_in_threadpool(service.open)
    app.state.live = app.state.make_live(service)
    await app.state.live.start()
    app.state.audiosocket = await listen_for_asterisk(app.state.live)
    try:
        yield
    finally:
        if app.state.audiosocket is not None:
            await app.state.audiosocket.close()
        await app.state.live.close()
        app.state.stopped_clean = await run_in_threadpool(service.close)


# Errors


def _answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    return answer_with(problem, request.scope, headers)


async def _on_entendu_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, EntenduError):
        raise error
    return _answer(request, problem_of(error, instance=request.url.path), retry_after(error))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, ValidationException):
        raise error
    violations = tuple(_violation(one) for one in error.errors()[:_MOST_VIOLATIONS])
    count = len(violations)
    return _answer(
        request,
        problem_of_status(
            422,
            "the request is not valid" if count != 1 else violations[0].detail,
            remedy="correct what errors names",
            instance=request.url.path,
            errors=violations,
        ),
    )


def _violation(error: dict[str, Any]) -> Violation:
    where, *place = (str(part) for part in error["loc"])
    detail = str(error["msg"]).removeprefix("Value error, ")  # as pydantic begins with our own
    if "UploadFile" in detail:  # as FastAPI calls it
        detail = "expected a file, with its name"
    if where != "body":
        return Violation(detail=f"{'.'.join(place)}: {detail}", parameter=".".join(place))
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in place)
    return Violation(detail=f"{'.'.join(place)}: {detail}", pointer="#/" + "/".join(escaped))


async def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, StarletteHTTPException):
        raise error
    problem = problem_of_status(error.status_code, instance=request.url.path)
    if error.detail and error.detail != http.HTTPStatus(error.status_code).phrase:
        problem = problem.model_copy(update={"detail": error.detail})
    elif error.status_code == http.HTTPStatus.NOT_FOUND:
        told = {"detail": "nothing is at this address", "remedy": "see /docs for what there is"}
        problem = problem.model_copy(update=told)
    headers = dict(error.headers or {})
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed_methods(request))
    return _answer(request, problem, headers)


async def _on_disconnect(request: Request, _error: Exception) -> Response:
    # Nobody reads this; the access log says 400.
    problem = problem_of_status(400, "the request was cut short", instance=request.url.path)
    return _answer(request, problem)


async def _on_disk_error(request: Request, error: Exception) -> Response:
    if not _disk_is_full(error):
        logger.error("unexpected error", exc_info=error)
        return _answer(request, unexpected_problem(instance=request.url.path))
    logger.error("the disk is full")
    return _answer(
        request,
        problem_of_status(
            507,
            "the disk of the service is full; nothing was stored",
            remedy="free some space, then send it again",
            instance=request.url.path,
        ),
    )


def _disk_is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError) and "disk is full" in str(error.orig)


async def _on_unexpected(request: Request, _error: Exception) -> Response:
    # The server logs it.
    return _answer(request, unexpected_problem(instance=request.url.path))
