"""One attempt to deliver a message: sign it, send it to a checked address, read the answer."""

from __future__ import annotations

import email.utils
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit

import httpcore

from conversation.errors import AddressRefused, BadInput
from serving.version import entendu_version
from serving.webhooks.addresses import AddressGuard, GuardedBackend
from serving.webhooks.signing import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

MAX_URL_LENGTH = 2000
_MAX_ANSWER_BYTES = 64 * 1024  # read so that the receiver sees its answer taken, and thrown away
_GONE = 410


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended.

    Attributes:
        status: HTTP status; None: there was no answer.
        error: In a word what went wrong instead (``timeout``, ``refused``, ``tls``, …).
        retry_after_s: Seconds that the receiver asks us to wait; None: it does not say.
    """

    status: int | None
    error: str | None = None
    retry_after_s: float | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it; a redirection is none."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more."""
        return self.status == _GONE

    @property
    def is_refused(self) -> bool:
        """Whether the service itself does not call the address."""
        return self.error == "refused"


def check_url(url: str, guard: AddressGuard) -> None:
    """Check that an address can be a webhook's, before it is stored.

    Args:
        url: The address.
        guard: Says which addresses may be called.

    Raises:
        BadInput: It is no address, or holds a password.
        AddressRefused: It is not public, or not https.
    """
    parts = _parts(url)
    try:
        _guard_for(parts, guard).checked(parts.host, parts.port)
    except OSError as error:
        raise BadInput(
            f"the name {parts.host[:80]!r} cannot be resolved", remedy="correct the url"
        ) from error


def send(
    url: str, *, secret: str, message_id: str, body: bytes, guard: AddressGuard, timeout_s: float
) -> Attempt:
    """Deliver a message once. Nothing here raises: whatever goes wrong is an attempt, too.

    Args:
        url: Where to; redirections are not followed.
        secret: Signs the message.
        message_id: The same at each attempt.
        body: JSON.
        guard: Says which addresses may be called.
        timeout_s: After how many seconds in all the answer is not waited for.
    """
    timestamp = int(time.time())
    parts = _parts(url)
    headers = [
        (b"Host", parts.authority.encode()),
        (b"Content-Type", b"application/json"),
        (b"Content-Length", str(len(body)).encode()),
        (b"User-Agent", f"entendu/{entendu_version()}".encode()),
        (ID_HEADER.encode(), message_id.encode()),
        (TIMESTAMP_HEADER.encode(), str(timestamp).encode()),
        (
            SIGNATURE_HEADER.encode(),
            sign(secret, message_id=message_id, timestamp=timestamp, body=body).encode(),
        ),
    ]
    backend = GuardedBackend(_guard_for(parts, guard), time.monotonic() + timeout_s)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=_tls(), network_backend=backend, http2=False
            ) as pool,
            pool.stream(
                "POST", url, headers=headers, content=body, extensions={"timeout": timeouts}
            ) as answer,
        ):
            retry_after_s = _retry_after_s(answer.headers)
            _read_and_forget(answer)
            return Attempt(answer.status, retry_after_s=retry_after_s)
    except AddressRefused:
        return Attempt(None, "refused")
    except httpcore.TimeoutException:
        return Attempt(None, "timeout")
    except ssl.SSLError:
        return Attempt(None, "tls")
    except httpcore.ConnectError as error:
        return Attempt(None, "tls" if "CERTIFICATE" in str(error).upper() else "unreachable")
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Attempt(None, "broken")


@dataclass(frozen=True)
class _Parts:
    scheme: str
    host: str
    port: int
    authority: str


def _parts(url: str) -> _Parts:
    if len(url) > MAX_URL_LENGTH:
        raise BadInput(
            f"the url has {len(url)} characters, expected at most {MAX_URL_LENGTH}",
            remedy="use a shorter one",
        )
    if not url.isascii() or any(not char.isprintable() or char == " " for char in url):
        raise BadInput("the url has characters that no url has", remedy="encode them (%C3%A9)")
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError as error:
        raise BadInput("the url cannot be read", remedy="expected https://host/path") from error
    if split.scheme not in ("http", "https") or not split.hostname:
        raise BadInput("the url is none of a web service", remedy="expected https://host/path")
    if split.username is not None or split.password is not None:
        raise BadInput(
            "the url holds a name or a password", remedy="leave them out: messages are signed"
        )
    return _Parts(
        split.scheme,
        split.hostname,
        port or (443 if split.scheme == "https" else 80),
        split.netloc,
    )


def _guard_for(parts: _Parts, guard: AddressGuard) -> AddressGuard:
    return guard if parts.scheme == "https" else guard.inside_only()


@cache
def _tls() -> ssl.SSLContext:
    import certifi

    context = ssl.create_default_context()  # the system's authorities, and SSL_CERT_FILE
    context.load_verify_locations(certifi.where())
    return context


def _retry_after_s(headers: list[tuple[bytes, bytes]]) -> float | None:
    given = next((value for name, value in headers if name.lower() == b"retry-after"), None)
    if given is None:
        return None
    text = given.decode("ascii", "replace").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _read_and_forget(answer: httpcore.Response) -> None:
    left = _MAX_ANSWER_BYTES
    for chunk in answer.iter_stream():
        left -= len(chunk)
        if left <= 0:
            return
