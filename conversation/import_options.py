"""What a centre may say about the files it imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from conversation.centre import Centre
from conversation.conversation import Channel
from conversation.customer_key import CustomerKeys


@dataclass(frozen=True)
class ImportOptions:
    """What a centre may say about the files it imports.

    Attributes:
        centre: Its own addresses, numbers and names, which tell agents from customers.
        zone: Of times that name none; it is stated in the metadata of the conversation.
        keys: Computes the customer's key; None: no keys.
        channel: Of files that do not say theirs; None: found out.
    """

    centre: Centre = field(default_factory=Centre)
    zone: tzinfo = UTC
    keys: CustomerKeys | None = None
    channel: Channel | None = None

    def placed(self, moment: datetime | None) -> datetime | None:
        """Return a moment with the zone assumed where it names none."""
        if moment is None or moment.tzinfo is not None:
            return moment
        return moment.replace(tzinfo=self.zone)


DEFAULT_OPTIONS = ImportOptions()
