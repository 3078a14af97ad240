"""What the bot handed over of a customer who is on the phone now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from kb_search.bot import HandOverPacket
from serving.dialogues.seeing import sessions_seen_by
from serving.redacting import redact_lines
from serving.store.tables import BotSessionRow

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.store.database import Database

RECENT = timedelta(hours=24)
"""What was handed over before that belongs to another story: it stands in the timeline."""

Whereabouts = Literal["waiting", "with_person", "over"]


class HandedOver(BaseModel):
    """What the bot handed over of a customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: str = Field(description="Id of the session with the bot.")
    at: AwareDatetime = Field(description="When a person was asked for.")
    whereabouts: Whereabouts = Field(
        description="`waiting`: the customer still waits in writing; `with_person`: somebody "
        "writes with them; `over`: nobody waits for anything there."
    )
    packet: HandOverPacket = Field(
        description="What was asked and tried, what was noted, mood; personal data removed."
    )


def handed_over(
    database: Database, principal: Principal, customer_key: str, *, now: datetime
) -> HandedOver | None:
    """Return what the bot handed over last of a customer; None where nothing is recent.

    Args:
        database: The store's.
        principal: Who asks; finds what they may see.
        customer_key: The customer.
        now: The moment of the question.
    """
    query = (
        select(BotSessionRow)
        .where(
            BotSessionRow.customer_key == customer_key,
            BotSessionRow.packet.is_not(None),
            BotSessionRow.updated_at >= now - RECENT,
            sessions_seen_by(principal),
        )
        .order_by(BotSessionRow.updated_at.desc(), BotSessionRow.id.desc())
        .limit(1)
    )
    with database.reading() as session:
        row = session.scalar(query)
        if row is None or row.packet is None:
            return None
        document, session_id, where = row.packet, row.id, _whereabouts(row)
    packet = HandOverPacket.model_validate_json(document)
    if packet.created_at < now - RECENT:
        return None
    return HandedOver(
        session=session_id, at=packet.created_at, whereabouts=where, packet=_redacted(packet)
    )


def _whereabouts(row: BotSessionRow) -> Whereabouts:
    if row.done_at is not None:
        return "over"
    if row.agent_id is not None and row.state != "closed":
        return "with_person"
    asked = row.state == "handing_over" or row.hand_over == "message"
    return "waiting" if asked and row.agent_id is None else "over"


def _redacted(packet: HandOverPacket) -> HandOverPacket:
    """Return a packet without personal data in what was said."""
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    _rewritten(packet, note)
    shown = dict(zip(texts, redact_lines(texts, language=packet.language), strict=True))
    return _rewritten(packet, shown.__getitem__)


def _rewritten(packet: HandOverPacket, change: Callable[[str], str]) -> HandOverPacket:
    """Return a packet with each of its free texts changed."""

    def maybe(text: str | None) -> str | None:
        return None if text is None else change(text)

    return packet.model_copy(
        update={
            "summary": change(packet.summary),
            "trigger_quote": maybe(packet.trigger_quote),
            "open_question": maybe(packet.open_question),
            "first_sentence": change(packet.first_sentence),
            "established": tuple(map(change, packet.established)),
            "said": tuple(map(change, packet.said)),
            "customer": packet.customer.model_copy(
                update={"facts": tuple(map(change, packet.customer.facts))}
            ),
            "steps": tuple(
                one.model_copy(update={"question": change(one.question)}) for one in packet.steps
            ),
            "entities": tuple(
                one.model_copy(update={"quote": change(one.quote), "value": maybe(one.value)})
                for one in packet.entities
            ),
            "commitments": tuple(
                one.model_copy(update={"text": change(one.text)}) for one in packet.commitments
            ),
        }
    )
