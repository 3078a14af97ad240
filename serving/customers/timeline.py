"""A customer's earlier contacts, newest first: on every channel, in one list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, func, literal, select, true, tuple_

from kb_search.bot import Session
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.dialogues.seeing import sessions_seen_by
from serving.redacting import redact_lines
from serving.store.tables import AnalysisRow, BotSessionRow, ConversationRow, UtcDateTime
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlalchemy.orm import Session as DatabaseSession

    from serving.store.database import Database

_MATERIAL = 0.15
"""Smallest change of the mood from the beginning to the end that is called one."""


class Bilingual(BaseModel):
    """A name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str
    en: str


class Mood(BaseModel):
    """How the customer felt, from their words alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float = Field(ge=-1, le=1, description="−1 to 1.")
    trend: Literal["better", "same", "worse"] = Field(description="From beginning to end.")


class Promise(BaseModel):
    """What somebody promised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str = Field(description="`agent` (the centre) or `customer`.")
    text: str = Field(description="The words, personal data removed.")
    due: str | None = Field(description="By when, ISO 8601; null where nothing was said.")


class Contact(BaseModel):
    """One contact, without what was said in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["conversation", "bot"] = Field(
        description="`bot`: with the assistant, and kept there alone."
    )
    id: str
    at: AwareDatetime = Field(description="When it began; when it was accepted where unknown.")
    channel: str | None
    direction: str | None
    duration_s: float | None
    status: str = Field(description="Of the analysis, or of the session with the assistant.")
    reason: str | None = Field(description="Code of the contact reason.")
    reason_label: Bilingual | None
    mood: Mood | None
    outcome: str | None = Field(
        description="`resolved`, `commitment`, `transferred`, `unresolved`; null where unclear."
    )
    promises: tuple[Promise, ...] = ()
    handed_over: bool = Field(default=False, description="Whether the assistant handed over.")
    satisfaction: int | None = Field(default=None, description="1 to 5, as the customer said.")
    readable: bool = Field(description="Whether who asks may open the conversation.")


@dataclass(frozen=True)
class Timeline:
    """Some contacts, newest first.

    Attributes:
        contacts: The contacts.
        more: Whether there are older ones.
    """

    contacts: tuple[Contact, ...]
    more: bool


class Timelines:
    """Reads what is stored of a customer's contacts.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self,
        principal: Principal,
        customer_key: str,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
        serves: bool = False,
    ) -> Timeline:
        """Return the newest contacts of a customer.

        Args:
            principal: Who asks; sees what they may see.
            customer_key: Whose contacts.
            limit: Most to return.
            before: Moment and id of the contact that the list goes on after.
            serves: Whether the customer is with them right now: then an agent sees the lines of
                the whole team, and still opens only what is their own.
        """
        with self._database.reading() as session:
            found = [
                *self._conversations(session, principal, customer_key, limit + 1, before, serves),
                *self._sessions(session, principal, customer_key, limit + 1, before, serves),
            ]
        found.sort(key=lambda one: (one.at, one.id), reverse=True)
        return Timeline(_redacted(found[:limit]), len(found) > limit)

    def _conversations(
        self,
        session: DatabaseSession,
        principal: Principal,
        customer_key: str,
        limit: int,
        before: tuple[datetime, str] | None,
        serves: bool,
    ) -> Iterator[Contact]:
        row = ConversationRow
        at = func.coalesce(row.started_at, row.created_at, type_=UtcDateTime())
        own = seen_by(visible(principal))
        query = (
            select(row, AnalysisRow.document, own.label("own"))
            .outerjoin(AnalysisRow, AnalysisRow.conversation_id == row.id)
            .where(row.customer_key == customer_key, _whose(row.team, own, principal, serves))
            .order_by(at.desc(), row.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(
                tuple_(at, row.id) < tuple_(literal(before[0], UtcDateTime), literal(before[1]))
            )
        for stored, document, readable in session.execute(query):
            concluded: dict[str, Any] = {} if document is None else json.loads(document)
            yield _contact(stored, concluded, readable=bool(readable))

    def _sessions(
        self,
        session: DatabaseSession,
        principal: Principal,
        customer_key: str,
        limit: int,
        before: tuple[datetime, str] | None,
        serves: bool,
    ) -> Iterator[Contact]:
        row = BotSessionRow
        own = sessions_seen_by(principal)
        kept = select(ConversationRow.id).where(ConversationRow.id == row.id).exists()
        query = (
            select(row)
            .where(
                row.customer_key == customer_key,
                _whose(row.team, own, principal, serves),
                ~kept,
            )
            .order_by(row.created_at.desc(), row.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(
                tuple_(row.created_at, row.id)
                < tuple_(literal(before[0], UtcDateTime), literal(before[1]))
            )
        for stored in session.scalars(query):
            yield _bot_contact(stored)


def _whose(
    team: InstrumentedAttribute[str], own: ColumnElement[bool], principal: Principal, serves: bool
) -> ColumnElement[bool]:
    if principal.role is not Role.AGENT or not serves:
        return own
    everybodys: ColumnElement[bool] = true() if principal.team is None else team == principal.team
    return everybodys


def _contact(stored: ConversationRow, concluded: dict[str, Any], *, readable: bool) -> Contact:
    understood = _within(concluded, "understanding")
    primary = _within(understood, "reasons", "primary")
    feeling = _within(understood, "sentiment")
    names = primary.get("label_fr"), primary.get("label_en")
    promises = understood.get("commitments")
    return Contact(
        kind="conversation",
        id=stored.id,
        at=stored.started_at or stored.created_at,
        channel=stored.channel,
        direction=stored.direction,
        duration_s=stored.duration_s,
        status=stored.status,
        reason=stored.reason,
        reason_label=Bilingual(fr=names[0], en=names[1]) if all(names) else None,
        mood=_mood(feeling),
        outcome=_within(understood, "axes", "outcome").get("outcome"),
        promises=tuple(
            Promise(who=one["who"], text=one["text"], due=one.get("due"))
            for one in (promises if isinstance(promises, list) else ())
        ),
        readable=readable,
    )


def _bot_contact(stored: BotSessionRow) -> Contact:
    session = Session.model_validate_json(stored.document)
    return Contact(
        kind="bot",
        id=stored.id,
        at=stored.created_at,
        channel=session.channel,
        direction="inbound",
        duration_s=None,
        status=session.state,
        reason=None,
        reason_label=None,
        mood=None,
        outcome="resolved" if session.confirmed else None,
        handed_over=session.trigger is not None,
        satisfaction=stored.satisfaction,
        readable=False,
    )


def _mood(feeling: dict[str, Any]) -> Mood | None:
    if "overall" not in feeling:
        return None
    change = feeling["end"] - feeling["start"]
    trend: Literal["better", "same", "worse"] = "same"
    if abs(change) >= _MATERIAL:
        trend = "better" if change > 0 else "worse"
    return Mood(score=feeling["overall"], trend=trend)


def _within(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an object inside another; an empty one where there is none."""
    for name in names:
        inner = values.get(name)
        values = inner if isinstance(inner, dict) else {}
    return values


def _redacted(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Return the contacts without the personal data of what was promised."""
    texts = [promise.text for contact in contacts for promise in contact.promises]
    shown = iter(redact_lines(texts))
    return tuple(
        one.model_copy(
            update={
                "promises": tuple(
                    promise.model_copy(update={"text": next(shown)}) for promise in one.promises
                )
            }
        )
        for one in contacts
    )
