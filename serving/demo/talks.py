"""Weeks of conversations with the assistant: answered, declined, clarified, handed over."""

from __future__ import annotations

import json
import random
import re
from datetime import datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select

from kb_search.bot import Say, Session
from kb_search.bot.events import CustomerLeft, CustomerMessage, Event, HumanJoined, HumanWrote
from kb_search.bot.packet import Customer
from quality.yaml_files import parse_yaml
from serving.access.permissions import PERMISSIONS_OF
from serving.access.principal import Principal, Role
from serving.demo.agreeing import Clock
from serving.demo.analysing import Progress
from serving.demo.calendar import WEEKS
from serving.demo.people import People, principal_of
from serving.dialogues.bot_sessions import BotSessions
from serving.store.tables import DEFAULT_TEAM, BotReplyRow, BotSessionRow

if TYPE_CHECKING:
    from serving.service import Service

_MOMENT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"')
_READS_S = 18.0
_RATES = 0.45


class Talk(BaseModel):
    """A conversation with the assistant, as it is written down.

    Attributes:
        id: Of the talk.
        says: What the customer writes.
        chooses: Which of the choices they press, from 1, where the assistant asks back at last.
        ends: How it ends.
        written: What the person writes who takes it.
        rated: What the customer thinks of it.
        weight: How often it is seen; 0: once, now.
        when: ``rising``: in the last two weeks only.
        in_short: Whether it belongs to a small demonstration, too.
        caller: Key of the customer, where the centre's site knows who writes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    says: tuple[str, ...] = Field(min_length=1)
    chooses: int | None = Field(default=None, ge=1)
    ends: Literal["left", "waits", "person"]
    written: tuple[str, ...] = ()
    rated: int | None = Field(default=None, ge=1, le=5)
    weight: int = Field(default=1, ge=0)
    when: Literal["always", "rising"] = "always"
    in_short: bool = False
    caller: str | None = None


def talks() -> tuple[Talk, ...]:
    """Return all talks."""
    file = resources.files("serving.demo") / "talks.yaml"
    values: Any = parse_yaml(file.read_text("utf-8"), name="talks.yaml")
    return tuple(Talk.model_validate(one) for one in values)


class Talks:
    """Lets customers talk with the assistant, once each, and repeats that on other days.

    Args:
        service: Whose assistant answers.
        people: Who takes what is handed over.
        until: The end of the story.
        seed: Of the choices.
    """

    def __init__(self, service: Service, people: People, until: datetime, seed: int = 8) -> None:
        self._service = service
        self._people = people
        self._until = until
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._clock = Clock(until)
        held = service.resources
        self._bots = BotSessions(
            service.store.database, held.bases, service.settings, held.definitions, held.encoder,
            scorer=lambda: held.scorer, clock=self._clock,
        )  # fmt: skip

    def do(self, progress: Progress, *, short: bool = False) -> None:
        """Fill the weeks with conversations.

        Args:
            progress: Told how far it is.
            short: Only with some of them.
        """
        written = [one for one in talks() if one.in_short or not short]
        for done, talk in enumerate(written):
            progress("sessions", done, len(written))
            waits = self._until - timedelta(minutes=self._chance.uniform(1.5, 4.0))
            begins = waits if talk.ends == "waits" else self._moment(talk)
            session_id = self._held(talk, begins)
            if talk.weight > 1:
                self._repeat(session_id, talk)
        progress("sessions", len(written), len(written))

    def _held(self, talk: Talk, begins: datetime) -> str:
        customer = self._customer()
        self._clock.now = begins
        known = Customer(key=talk.caller)
        stored, _ = self._bots.open(
            customer, Session(id="new", channel="chat", language="fr", customer=known)
        )
        session_id = stored.session.id
        choices: tuple[str, ...] = ()
        for number, text in enumerate(talk.says):
            choices = self._said(customer, session_id, number, text)
        if talk.chooses is not None:
            self._said(customer, session_id, len(talk.says), choices[talk.chooses - 1])
        if talk.ends == "person":
            self._taken(session_id, talk)
        if talk.ends != "waits":
            self._clock.now += timedelta(seconds=25)
            left = CustomerLeft(id="left", at=self._clock.now)
            self._bots.take(customer, session_id, left)
            if talk.rated is not None:
                self._bots.rate(customer, session_id, talk.rated, None)
        return session_id

    def _said(
        self, customer: Principal, session_id: str, number: int, text: str
    ) -> tuple[str, ...]:
        """Let the customer write something; return what the assistant lets them choose from."""
        self._clock.now += timedelta(seconds=_READS_S + self._chance.uniform(0, 20))
        message = CustomerMessage(id=f"said-{number}", at=self._clock.now, text=text)
        reply = self._bots.take(customer, session_id, message)
        return next((one.choices for one in reply.actions if isinstance(one, Say)), ())

    def _taken(self, session_id: str, talk: Talk) -> None:
        agent = self._people.agents["a-0411"]
        principal = principal_of(self._service.keys, agent)
        events: list[Event] = [HumanJoined(id="joined", at=self._clock.now)]
        for number, text in enumerate(talk.written):
            events.append(HumanWrote(id=f"wrote-{number}", at=self._clock.now, text=text))
        for event in events:
            self._clock.now += timedelta(seconds=30 + self._chance.uniform(0, 40))
            self._bots.take(
                principal, session_id, event.model_copy(update={"at": self._clock.now}),
                agent_name=agent.name.split()[0],
            )  # fmt: skip

    def _repeat(self, session_id: str, talk: Talk) -> None:
        """Copy what was said to other days, under other ids."""
        database = self._service.store.database
        with database.writing() as session:
            row = session.get(BotSessionRow, session_id)
            if row is None:
                return
            values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
            replies = [
                {column.key: getattr(one, column.key) for column in one.__table__.columns}
                for one in session.scalars(
                    select(BotReplyRow).where(BotReplyRow.session_id == session_id)
                )
            ]
            for _ in range(talk.weight - 1):
                new_id = f"{self._chance.getrandbits(128):032x}"
                later = self._moment(talk) - values["created_at"]
                copied = _moved(values, session_id, new_id, later)
                copied["owner"] = self._customer().id
                if self._chance.random() > _RATES:
                    copied["satisfaction"] = None
                session.execute(insert(BotSessionRow), [copied])
                if replies:
                    session.execute(
                        insert(BotReplyRow),
                        [_moved(one, session_id, new_id, later) for one in replies],
                    )

    def _moment(self, talk: Talk) -> datetime:
        days = 13.0 if talk.when == "rising" else WEEKS * 7.0
        share = self._chance.random() ** (1.7 if talk.when == "rising" else 1.0)
        at = self._until - timedelta(days=0.2 + days * share)
        return at.replace(hour=self._chance.choice(range(7, 21)), minute=self._chance.randrange(60))

    def _customer(self) -> Principal:
        return Principal(
            id=f"visitor-{self._chance.getrandbits(128):032x}",
            role=Role.CUSTOMER,
            team=DEFAULT_TEAM,
            permissions=PERMISSIONS_OF[Role.CUSTOMER],
        )


def _moved(values: dict[str, Any], old_id: str, new_id: str, later: timedelta) -> dict[str, Any]:
    """Return a row under another id, with all of its moments later."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            found[name] = value + later
        elif isinstance(value, str):
            text = value.replace(old_id, new_id)
            found[name] = _MOMENT.sub(lambda one: json.dumps(_later(one[1], later)), text)
        else:
            found[name] = value
    return found


def _later(written: str, later: timedelta) -> str:
    return (datetime.fromisoformat(written) + later).isoformat()
