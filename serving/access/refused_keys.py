"""Keys that were not good: counted, and written down without what was typed."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from conversation.errors import EntenduError
from serving.operation.metrics import REFUSED_KEYS

if TYPE_CHECKING:
    from serving.access.audit import AuditLog
    from serving.access.rates import Rates

Door = Literal["key", "sign_in"]


def note_refused_key(
    rates: Rates, audit: AuditLog, address: str, door: Door, request_id: str | None
) -> None:
    """Count a key that was not good, and write the first of a minute into the audit log.

    Of each address the first in a minute gets a line, and the one after which guessing has to
    wait; of all addresses together no more than :data:`serving.access.rates.MOST_LINES` a minute.

    Args:
        rates: Count it.
        audit: Has the line: the address and how many there were, never the key.
        address: Where it came from; see :func:`serving.access.rates.network_of`.
        door: Where it was shown: with a request, or to the form.
        request_id: In which request.
    """
    REFUSED_KEYS.labels(door=door).inc()
    wrong = rates.note_wrong_key(address)
    if not rates.is_worth_a_line(wrong):
        return
    with suppress(EntenduError):  # who is refused is refused, whether or not it can be noted
        audit.record(
            None, f"{door}.refused", "address", address, request_id, {"in_this_minute": wrong}
        )
