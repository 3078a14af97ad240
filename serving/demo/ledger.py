"""Consents and notices that customers gave, as the ledger holds them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from serving.demo.calendar import Replay
from serving.demo.people import People
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from serving.service import Service

_NOTICES = 40
_REFUSES = "c-30999"


def add_consents(
    service: Service, people: People, replays: Mapping[str, Replay], until: datetime
) -> None:
    """Write down notices, consents to outbound calls, a withdrawal and an objection.

    Args:
        service: Whose ledger.
        people: Who wrote it down.
        replays: The conversations.
        until: The end of the story.
    """
    chance = random.Random(8)  # noqa: S311 - no secret
    ledger = service.privacy.consents
    by = people.agents["a-0405"].id
    outbound = [one for one in replays.values() if one.script.direction == "outbound"]
    for number, replay in enumerate(outbound):
        ledger.record(
            "consent", team=DEFAULT_TEAM, by=by, customer_key=replay.customer.key,
            reference=f"demande-rappel-2026-{1200 + number}", at=replay.at - timedelta(days=2),
        )  # fmt: skip
    for conversation_id in chance.sample(sorted(replays), min(_NOTICES, len(replays))):
        replay = replays[conversation_id]
        ledger.record(
            "notice", team=DEFAULT_TEAM, by=by, conversation_id=conversation_id, at=replay.at
        )
    if outbound:
        ledger.record(
            "withdrawal", team=DEFAULT_TEAM, by=by, customer_key=outbound[0].customer.key,
            reference="courriel-2026-0417", at=until - timedelta(days=3),
        )  # fmt: skip
    ledger.record(
        "objection", team=DEFAULT_TEAM, by=people.supervisor.id, customer_key=_REFUSES,
        at=until - timedelta(days=6),
    )  # fmt: skip
