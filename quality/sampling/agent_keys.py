"""Pseudonymous ids of agents: stable, and telling nobody who it is without the centre's secret."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from conversation.errors import BadInput

MIN_SECRET_BYTES = 16
_HEX_DIGITS = 16


class AgentKeys:
    """Computes the pseudonymous id of each agent from one secret of the centre's.

    An id is ``agent-`` and the first 64 bits of HMAC-SHA256 (RFC 2104) of the login or name:
    the same agent always gets the same one, and without the secret no guess can be tested.

    Args:
        secret: At least 16 bytes that only the centre has, such as
            :func:`conversation.customer_key.read_secret` keeps.

    Raises:
        BadInput: The secret is too short.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise BadInput(
                f"the secret of agent ids has {len(secret)} bytes, expected at least "
                f"{MIN_SECRET_BYTES}",
                remedy="name a file that does not exist, and one is made",
            )
        self._secret = secret

    def key_of(self, agent: str) -> str | None:
        """Return the id of an agent.

        Args:
            agent: Login, number or name, as the source writes it; capitals and spaces around do
                not count. An id made here is returned as it is.

        Returns:
            ``agent-`` and 16 hexadecimal digits; None where nothing is given.
        """
        text = " ".join(unicodedata.normalize("NFKC", agent).casefold().split())
        if not text:
            return None
        if is_agent_key(text):
            return text
        # the word before the colon keeps an agent apart from a customer with the same login
        digest = hmac.new(self._secret, f"agent:{text}".encode("utf-8", "replace"), hashlib.sha256)
        return f"agent-{digest.hexdigest()[:_HEX_DIGITS]}"


def is_agent_key(text: str) -> bool:
    """Whether a text is an id that :class:`AgentKeys` made."""
    start, _, digits = text.partition("-")
    return (
        start == "agent"
        and len(digits) == _HEX_DIGITS
        and all(digit in "0123456789abcdef" for digit in digits)
    )
