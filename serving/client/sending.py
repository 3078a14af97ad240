"""What both clients share: how a call becomes a request, and an answer a value or an error."""

from __future__ import annotations

import json
import time
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from conversation.errors import BadInput, Conflict, EntenduError, Unavailable
from serving.client.calls import Call, CountedFile
from serving.client.failures import error_of
from serving.client.retrying import RetryPolicy
from serving.client.values import Conversation, Job
from serving.version import entendu_version

T = TypeVar("T")
Waited = TypeVar("Waited", Conversation, Job)

DEFAULT_URL = "http://127.0.0.1:8000"
_FIRST_LOOK_S = 0.1
_LAST_LOOK_S = 2.0


def client_options(url: str, key: str | None, timeout_s: float) -> dict[str, object]:
    """Return what both clients of httpx are made with.

    Args:
        url: Of the service.
        key: Of the caller; None: none.
        timeout_s: Seconds to wait for the service to go on.

    Raises:
        BadInput: The address is none, or the key has characters that no key has.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInput(f"{url[:100]!r} is no address of a service", remedy="give http://host:port")
    headers = {"User-Agent": f"entendu-client/{entendu_version()}"}
    if key is not None:
        if not key.isascii() or not key.isprintable() or " " in key:
            raise BadInput("the key has characters that no key has", remedy="check ENTENDU_KEY")
        headers["Authorization"] = f"Bearer {key}"
    return {
        "base_url": url.rstrip("/"),
        "headers": headers,
        "timeout": httpx.Timeout(timeout_s),
        "follow_redirects": False,
    }


class Attempts:
    """The tries of one call.

    Args:
        call: What is called.
        policy: When it is called again.
    """

    def __init__(self, call: Call[T], policy: RetryPolicy) -> None:
        self._call = call
        self._policy = policy
        self._tried = 0

    def request(
        self, client: httpx.Client | httpx.AsyncClient
    ) -> tuple[httpx.Request, CountedFile | None]:
        """Make the request of the next try, with the file that it sends."""
        self._tried += 1
        call = self._call
        headers = {} if call.key is None else {"Idempotency-Key": f'"{call.key}"'}
        if call.upload is None:
            request = client.build_request(
                call.method, call.path, params=call.params, headers=headers, json=call.body
            )
            return request, None
        file = call.upload.open()
        parts = {"file": (call.upload.path.name, file, call.upload.media_type)}
        request = client.build_request(
            call.method, call.path, params=call.params, headers=headers,
            data=dict(call.upload.fields), files=parts,  # type: ignore[arg-type]
        )  # fmt: skip
        return request, file

    def wait_s(self, outcome: httpx.Response | Exception) -> float | None:
        """Return the seconds before the next try; None: there is none."""
        return self._policy.wait_s(
            self._tried, self._call.method, is_keyed=self._call.key is not None, outcome=outcome
        )


def value_of(call: Call[T], answer: httpx.Response) -> T:
    """Read an answer.

    Raises:
        EntenduError: The service says that something is wrong, or answers something else.
    """
    if not answer.is_success:
        raise error_of(answer.status_code, answer.content)
    try:
        return call.read(answer.content)
    except ValueError as error:
        raise EntenduError(
            f"the answer to {call.method} {call.path} is not as expected",
            remedy="check that the address is that of Entendu, and of this version or a newer one",
        ) from error


def unreachable(error: Exception) -> Unavailable:
    """Return what is raised when the service does not answer."""
    return Unavailable(
        f"the service does not answer ({type(error).__name__})",
        remedy="check its address, and that it runs (entendu serve)",
    )


class Patience:
    """How long to wait between two looks at something that is being worked on.

    Args:
        timeout_s: Seconds after which it is not waited for any longer.
    """

    def __init__(self, timeout_s: float) -> None:
        self._ends = time.monotonic() + timeout_s
        self._timeout_s = timeout_s
        self._next_s = _FIRST_LOOK_S

    def pause_s(self, what: Waited) -> float:
        """Return the seconds until the next look.

        Raises:
            Conflict: The time is over.
        """
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Conflict(
                f"{what.id} is not done after {self._timeout_s:.0f} s",
                remedy="wait longer, or ask again later",
            )
        pause, self._next_s = self._next_s, min(self._next_s * 1.5, _LAST_LOOK_S)
        return min(pause, left)


def check_outcome(what: Waited) -> Waited:
    """Return what is done.

    Raises:
        EntenduError: It failed or was cancelled; the error says why.
    """
    state = what.status if isinstance(what, Conversation) else what.state
    if state == "done":
        return what
    problem = what.error or {}
    raise error_of(int(problem.get("status", 500)), json.dumps(problem).encode())
