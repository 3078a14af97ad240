"""The HTTP application: routes, errors as problems, and the service behind them."""

from __future__ import annotations

import errno
import http
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from conversation.errors import EntenduError
from serving.logs import AccessLog
from serving.problems import (
    MEDIA_TYPE,
    Problem,
    Violation,
    problem_of,
    problem_of_status,
    unexpected_problem,
)
from serving.routes import conversations, documentation, health
from serving.service import Service
from serving.settings import Settings
from serving.version import entendu_version

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from serving.pipeline import Analyser

logger = logging.getLogger("entendu.app")

_DESCRIPTION = (
    "Conversations in, everything about them out: transcript, contact reason, sentiment of the "
    "customer, questions with answers from the knowledge base, a draft scorecard with evidence. "
    "Errors are problems as RFC 9457 says (`application/problem+json`)."
)


def create_app(settings: Settings, *, pipeline: Analyser | None = None) -> FastAPI:
    """Build the application; it takes its data folder when it starts.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pipeline: What analyses; None: :class:`serving.pipeline.Pipeline` with the settings.

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
    )
    app.state.service = Service(settings, pipeline)
    app.state.stopped_clean = True
    for routes in (conversations, health, documentation):
        app.include_router(routes.router)
    app.add_exception_handler(EntenduError, _on_entendu_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(StarletteHTTPException, _on_http_error)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(OSError, _on_disk_error)
    app.add_exception_handler(OperationalError, _on_disk_error)
    app.add_exception_handler(Exception, _on_unexpected)
    app.add_middleware(_PrivateAnswers)
    app.add_middleware(AccessLog)
    _describe_problems(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    await run_in_threadpool(service.open)
    try:
        yield
    finally:
        app.state.stopped_clean = await run_in_threadpool(service.close)


# Errors


def _answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.as_json(), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )


async def _on_entendu_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, EntenduError):
        raise error
    return _answer(problem_of(error, instance=request.url.path))


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    violations = tuple(_violation(one) for one in error.errors())
    count = len(violations)
    return _answer(
        problem_of_status(
            422,
            "the request is not valid" if count != 1 else violations[0].detail,
            remedy="correct what errors names",
            instance=request.url.path,
            errors=violations,
        )
    )


def _violation(error: dict[str, Any]) -> Violation:
    where, *place = (str(part) for part in error["loc"])
    detail = str(error["msg"])
    if where != "body":
        return Violation(detail=f"{'.'.join(place)}: {detail}", parameter=".".join(place))
    escaped = (part.replace("~", "~0").replace("/", "~1") for part in place)
    return Violation(detail=f"{'.'.join(place)}: {detail}", pointer="#/" + "/".join(escaped))


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, StarletteHTTPException):
        raise error
    problem = problem_of_status(error.status_code, instance=request.url.path)
    if error.detail and error.detail != http.HTTPStatus(error.status_code).phrase:
        problem = problem.model_copy(update={"detail": error.detail})
    return _answer(problem, dict(error.headers or {}))


async def _on_disconnect(request: Request, _error: Exception) -> JSONResponse:
    # Nobody reads this; the access log says 400.
    return _answer(problem_of_status(400, "the request was cut short", instance=request.url.path))


async def _on_disk_error(request: Request, error: Exception) -> JSONResponse:
    if not _disk_is_full(error):
        logger.error("unexpected error", exc_info=error)
        return _answer(unexpected_problem(instance=request.url.path))
    logger.error("the disk is full")
    return _answer(
        problem_of_status(
            507,
            "the disk of the service is full; nothing was stored",
            remedy="free some space, then send it again",
            instance=request.url.path,
        )
    )


def _disk_is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError) and "disk is full" in str(error.orig)


async def _on_unexpected(request: Request, _error: Exception) -> JSONResponse:
    # The server logs it.
    return _answer(unexpected_problem(instance=request.url.path))


# Answers


class _PrivateAnswers:
    """Keeps answers out of caches, and browsers from guessing what they are.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request and add the headers."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, with_headers)


def _describe_problems(app: FastAPI) -> None:
    """Say in the OpenAPI description that invalid requests are problems, too."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = describe()
            for operations in schema["paths"].values():
                for operation in operations.values():
                    answers = operation["responses"]
                    if "application/json" in answers.get("422", {}).get("content", {}):
                        del answers["422"]  # FastAPI's own; ours is declared where it can be
            for name in ("HTTPValidationError", "ValidationError"):
                schema["components"]["schemas"].pop(name, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
