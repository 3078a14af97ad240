"""Signatures of webhooks (Standard Webhooks: ``v1`` is HMAC-SHA256).

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping

from conversation.errors import BadInput

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
SECRET_PREFIX = "whsec_"  # noqa: S105 - how secrets begin
SECRET_BYTES = 32
TOLERANCE_S = 300


def new_secret() -> str:
    """Return a random secret, as receivers expect it: ``whsec_`` and Base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message.

    Args:
        secret: As :func:`new_secret` gave it.
        message_id: What the header ``webhook-id`` says.
        timestamp: Seconds since 1970, as the header ``webhook-timestamp`` says.
        body: The bytes that are sent.

    Returns:
        The value of the header ``webhook-signature``.

    Raises:
        BadInput: The secret is not as expected.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(_bytes_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def verify(
    secret: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now_s: float | None = None,
    tolerance_s: int = TOLERANCE_S,
) -> None:
    """Check that a message comes from who knows the secret, and is not an old one sent again.

    Args:
        secret: As it was shown when the webhook was made.
        headers: Of the request; any spelling of upper and lower case.
        body: Of the request, byte for byte.
        now_s: Seconds since 1970; None: now.
        tolerance_s: How far the clocks may be apart, in seconds.

    Raises:
        BadInput: A header is missing, the time is too far off, or the signature is another.
    """
    given = {name.lower(): value for name, value in headers.items()}
    missing = [
        name for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER) if not given.get(name)
    ]
    if missing:
        raise BadInput(f"the message has no header {missing[0]}", remedy="refuse it")
    try:
        timestamp = int(given[TIMESTAMP_HEADER])
    except ValueError as error:
        raise BadInput(
            f"the header {TIMESTAMP_HEADER} is no number of seconds", remedy="refuse it"
        ) from error
    if abs((time.time() if now_s is None else now_s) - timestamp) > tolerance_s:
        raise BadInput(
            f"the message was signed more than {tolerance_s} s from now",
            remedy="refuse it, and check the clock of this machine",
        )
    expected = sign(secret, message_id=given[ID_HEADER], timestamp=timestamp, body=body).encode()
    # Constant time, and every signature is looked at: senders change secrets by sending two.
    matches = [
        hmac.compare_digest(expected, one.encode()) for one in given[SIGNATURE_HEADER].split(" ")
    ]
    if not any(matches):
        raise BadInput("the signature of the message is not the secret's", remedy="refuse it")


def _bytes_of(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise BadInput(
            "the secret of a webhook is not Base64", remedy="use it as it was shown: whsec_…"
        ) from error
