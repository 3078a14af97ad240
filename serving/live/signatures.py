"""Proofs of identity that telephony brings instead of a key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import WebSocket

from conversation.errors import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from serving.settings import Settings

AUDIOHOOK_AGE_S = 10
"""A signature older than this is refused; Genesys' reference server does the same."""

AUDIOHOOK_SKEW_S = 3
"""How far ahead its clock may be."""

_COVERED = (
    "@request-target", "@authority", "audiohook-organization-id", "audiohook-session-id",
    "audiohook-correlation-id", "x-api-key",
)  # fmt: skip
_INPUT = re.compile(
    r"^\s*(?P<label>[a-z][a-z0-9_-]*)=(?P<params>\((?P<names>[^)]*)\)(?P<rest>.*))$"
)
_PARAMETER = re.compile(r';\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|(-?\d+))')
_LEAST_NONCE = 22


def signed_by_twilio(websocket: WebSocket) -> None:
    """Check Twilio's signature: HMAC-SHA1 over the address, with the account's auth token.

    Raises:
        Unauthenticated: There is none, it is wrong, or no token is set.
    """
    settings: Settings = websocket.app.state.service.settings
    token = settings.twilio_auth_token
    given = websocket.headers.get("x-twilio-signature")
    if token is None or given is None:
        raise Unauthenticated(
            "Twilio's signature is missing" if token else "Twilio is not set up",
            remedy="set twilio_auth_token, and let Twilio connect",
        )
    key = token.get_secret_value().encode()
    for address in _addresses(websocket, settings.public_url):
        mac = hmac.new(key, address.encode(), hashlib.sha1).digest()
        if hmac.compare_digest(base64.b64encode(mac), given.strip().encode("latin-1")):
            return
    raise Unauthenticated(
        "Twilio's signature is wrong",
        remedy="check twilio_auth_token, and public_url where a proxy stands before the service",
    )


def _addresses(websocket: WebSocket, public_url: str | None) -> list[str]:
    """Return how Twilio may have written our address: it signs what the TwiML says."""
    query = f"?{websocket.url.query}" if websocket.url.query else ""
    path = f"{websocket.url.path}{query}"
    if public_url is not None:
        parts = urlsplit(public_url)
        host, secure = parts.netloc, parts.scheme == "https"
    else:
        host, secure = websocket.headers.get("host", ""), websocket.url.scheme == "wss"
    schemes = ("wss", "https") if secure else ("ws", "http")
    return [f"{scheme}://{host}{path}" for scheme in schemes]


class SeenNonces:
    """Nonces of signatures that were used, for as long as they would be good.

    Args:
        clock: Seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def is_new(self, nonce: str) -> bool:
        """Tell whether a nonce was not used before, and note it."""
        now = self._clock()
        self._seen = {one: until for one, until in self._seen.items() if until > now}
        if nonce in self._seen:
            return False
        self._seen[nonce] = now + AUDIOHOOK_AGE_S + 2 * AUDIOHOOK_SKEW_S
        return True


@dataclass(frozen=True)
class SignedRequest:
    """What an AudioHook signature covers.

    Attributes:
        target: Path and query.
        authority: The Host header.
        headers: By their names in small letters.
    """

    target: str
    authority: str
    headers: dict[str, str]


def check_audiohook(
    request: SignedRequest, *, api_key: str, client_secret: str, nonces: SeenNonces, now: float
) -> None:
    """Check the signature of an AudioHook connection.

    Args:
        request: The upgrade request.
        api_key: That Genesys was given.
        client_secret: In Base64.
        nonces: Those that were used.
        now: Seconds since 1970.

    Raises:
        Unauthenticated: It is missing, wrong, too old, or was used before.

    The form is that of draft-ietf-httpbis-message-signatures, as AudioHook uses it.
    """
    if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), api_key.encode()):
        raise _refused("the API key is not the one that was agreed")
    match = _INPUT.match(request.headers.get("signature-input", ""))
    if match is None:
        raise _refused("Signature-Input is missing or cannot be read")
    names = [name.strip('"') for name in match["names"].split()]
    if not set(_COVERED) <= set(names) or len(set(names)) < len(names):
        raise _refused("the signature does not cover what it must")
    parameters = {name: text or number for name, text, number in _PARAMETER.findall(match["rest"])}
    _check_parameters(parameters, api_key, now)
    signature = _signature(request.headers.get("signature", ""), match["label"])
    lines = [f'"{name}": {_value(request, name)}' for name in names]
    base = "\n".join([*lines, f'"@signature-params": {match["params"]}'])
    try:
        key = base64.b64decode(client_secret, validate=True)
    except binascii.Error as error:
        raise _refused("audiohook_client_secret is not Base64") from error
    if not hmac.compare_digest(hmac.new(key, base.encode(), hashlib.sha256).digest(), signature):
        raise _refused("the signature is wrong")
    if not nonces.is_new(parameters["nonce"]):
        raise _refused("the signature was used before")


def _check_parameters(parameters: dict[str, str], api_key: str, now: float) -> None:
    if parameters.get("alg", "hmac-sha256") != "hmac-sha256":
        raise _refused("the algorithm is not hmac-sha256")
    if not hmac.compare_digest(parameters.get("keyid", "").encode(), api_key.encode()):
        raise _refused("keyid is not the API key")
    if len(parameters.get("nonce", "")) < _LEAST_NONCE:
        raise _refused("the nonce is missing or too short")
    try:
        created, expires = int(parameters["created"]), int(parameters.get("expires", "0"))
    except (KeyError, ValueError) as error:
        raise _refused("created or expires is missing") from error
    if created > now + AUDIOHOOK_SKEW_S or now - created > AUDIOHOOK_AGE_S + AUDIOHOOK_SKEW_S:
        raise _refused("the signature is not of now")
    if "expires" in parameters and expires < now - AUDIOHOOK_SKEW_S:
        raise _refused("the signature has run out")


def _value(request: SignedRequest, name: str) -> str:
    if name == "@request-target":
        return request.target
    if name == "@authority":
        return request.authority
    value = request.headers.get(name)
    if value is None:
        raise _refused("a header that the signature covers is missing")
    return value.strip()


def _signature(header: str, label: str) -> bytes:
    match = re.search(rf"(?:^|,)\s*{re.escape(label)}=:([A-Za-z0-9+/=]+):", header)
    if match is None:
        raise _refused("Signature is missing or cannot be read")
    try:
        return base64.b64decode(match[1], validate=True)
    except binascii.Error as error:
        raise _refused("Signature is not Base64") from error


def _refused(why: str) -> Unauthenticated:
    return Unauthenticated(
        f"AudioHook: {why}",
        remedy="compare audiohook_api_key and audiohook_client_secret with Genesys Cloud",
    )
