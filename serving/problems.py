"""Errors as HTTP problems and exit codes: the one place where the error tree is mapped.

A problem is an RFC 9457 object, sent as ``application/problem+json``. Its ``type`` is
``urn:entendu:problem:`` and the error's class in kebab case, or ``about:blank`` where the HTTP
status alone says it all. Exit codes are those of BSD's ``sysexits.h``.
"""

from __future__ import annotations

import http
import math
import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import (
    AgentSentimentRefused,
    AudioTooLong,
    AudioUnreadable,
    BadInput,
    ChangedMeanwhile,
    Conflict,
    DefinitionInvalid,
    DependencyMissing,
    DeviceUnavailable,
    EntenduError,
    Forbidden,
    KeyUsedBefore,
    ModelError,
    NotFound,
    Overloaded,
    ProcessingRefused,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:entendu:problem:"

_BACK_IN_S = "2"  # what a database that is restarted needs

_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}  # RFC 9110 renamed them


class Violation(BaseModel):
    """One reason why a request is not valid.

    Attributes:
        detail: What is wrong, never with the value itself.
        pointer: JSON pointer into the body (``#/turns/0/text``, ``#/file``); None where the
            query or the path is at fault.
        parameter: Name of the query or path parameter; None where the body is at fault.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(BaseModel):
    """What went wrong, as RFC 9457 says it.

    Attributes:
        type: URI of the kind of problem.
        title: The kind of problem in words, the same each time.
        status: HTTP status code.
        detail: What happened this time: what was received, what was expected.
        remedy: What the reader can do about it.
        instance: Path of the request or of the conversation that it happened to.
        errors: The single violations, when the request is not valid.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str | None = None
    remedy: str | None = None
    instance: str | None = None
    errors: tuple[Violation, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the members that are set, ready for a JSON encoder."""
        return {"type": self.type} | self.model_dump(mode="json", exclude_defaults=True)


@dataclass(frozen=True)
class Outcome:
    """How an error leaves the program.

    Attributes:
        status: HTTP status code.
        exit_code: Of the command line.
    """

    status: int
    exit_code: int


# The class nearest to the error's own, up the tree, decides.
_OUTCOMES: dict[type[EntenduError], Outcome] = {
    EntenduError: Outcome(500, 70),  # EX_SOFTWARE
    BadInput: Outcome(422, 65),  # EX_DATAERR
    AudioUnreadable: Outcome(415, 65),
    AudioTooLong: Outcome(413, 65),
    DefinitionInvalid: Outcome(422, 78),  # EX_CONFIG
    NotFound: Outcome(404, 66),  # EX_NOINPUT
    Conflict: Outcome(409, 75),  # EX_TEMPFAIL
    ChangedMeanwhile: Outcome(412, 75),
    KeyUsedBefore: Outcome(422, 65),
    Unauthenticated: Outcome(401, 77),  # EX_NOPERM
    Forbidden: Outcome(403, 77),
    TooManyRequests: Outcome(429, 75),
    Unavailable: Outcome(503, 75),
    Overloaded: Outcome(503, 75),
    ModelError: Outcome(503, 69),  # EX_UNAVAILABLE
    DependencyMissing: Outcome(501, 69),
    DeviceUnavailable: Outcome(503, 69),
    ProcessingRefused: Outcome(403, 77),
    AgentSentimentRefused: Outcome(403, 77),
}


def outcome_of(error: type[EntenduError]) -> Outcome:
    """Return the HTTP status and the exit code of a class of errors."""
    return next(_OUTCOMES[kind] for kind in error.__mro__ if kind in _OUTCOMES)


def retry_after(error: EntenduError) -> dict[str, str] | None:
    """Return the header that says when to try again; None where that would change nothing."""
    if isinstance(error, (Overloaded, TooManyRequests)):
        return {"Retry-After": str(math.ceil(error.retry_after_s))}
    return {"Retry-After": _BACK_IN_S} if isinstance(error, Unavailable) else None


def exit_code(error: EntenduError) -> int:
    """Return the exit code with which a command ends on this error."""
    return outcome_of(type(error)).exit_code


def problem_of(error: EntenduError, *, instance: str | None = None) -> Problem:
    """Describe an error of the tree as a problem.

    Args:
        error: What was raised.
        instance: Path of the request or of the conversation that it happened to.
    """
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
    return Problem(
        type=TYPE_PREFIX + name,
        title=error.title,
        status=outcome_of(type(error)).status,
        detail=error.message,
        remedy=error.remedy,
        instance=instance,
    )


def problem_of_status(
    status: int,
    detail: str | None = None,
    *,
    remedy: str | None = None,
    instance: str | None = None,
    errors: tuple[Violation, ...] = (),
) -> Problem:
    """Describe an HTTP status as a problem of type ``about:blank``.

    Args:
        status: HTTP status code, 400 to 599.
        detail: What happened this time; None when the status says it all.
        remedy: What the reader can do about it.
        instance: Path of the request.
        errors: The single violations, when the request is not valid.
    """
    return Problem(
        title=_TITLES.get(status) or http.HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        remedy=remedy,
        instance=instance,
        errors=errors,
    )


def unexpected_problem(*, instance: str | None = None) -> Problem:
    """Describe an error that nobody foresaw, without anything from inside."""
    return problem_of_status(
        500,
        "something went wrong inside Entendu; the log has the details",
        remedy="try again, and report it with the log if it happens again",
        instance=instance,
    )
