"""Blind calibration sessions of the demonstration."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from quality.agreement import announce, assess_trust
from quality.review import SessionClosed, SessionReconciled, SessionScored
from serving.demo.agreeing import Answer, Clock, agreed_on, another
from serving.demo.calendar import Replay
from serving.demo.people import People, principal_of
from serving.demo.remarks import READINGS
from serving.reviewing.blind import BlindSessions
from serving.reviewing.samples import mark_drawn
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from serving.reviewing.sql_log import SqlEventLog
    from serving.service import Service

_CALIBRATED = 10
_HELD_DAYS_AGO = (52, 45, 38, 31, 24, 17, 10, 3)
_ANNOUNCED_AFTER = 17
"""The session of so many days ago: later ones changed what nobody has announced yet."""


class Calibrations:
    """Holds sessions.

    Args:
        service: Where they are recorded.
        people: Who scores.
        until: The end of the story.
        chance: Of their answers.
    """

    def __init__(
        self, service: Service, people: People, until: datetime, chance: random.Random
    ) -> None:
        self._service = service
        self._people = people
        self._until = until
        self._chance = chance
        self._clock = Clock(until)

    def hold(self, calls: Sequence[str], replays: Mapping[str, Replay]) -> None:
        """Hold one a week; the last one waits for an analyst.

        Args:
            calls: Contacts that nobody reviews, the oldest first.
            replays: All contacts.
        """
        analysts = [one.id for one in self._people.analysts]
        held: set[str] = set()
        for number, days_ago in enumerate(_HELD_DAYS_AGO):
            began = self._until - timedelta(days=days_ago)
            before = [
                one
                for one in calls
                if began - timedelta(days=8) <= replays[one].at < began and one not in held
            ]
            wanted = min(_CALIBRATED, len(before) // 2)
            if wanted < 2:
                continue
            last = number == len(_HELD_DAYS_AGO) - 1
            raters = analysts if last else [analysts[number % 3], analysts[(number + 1) % 3]]
            ids = self._chance.sample(before, min(wanted, 4) if last else wanted)
            held.update(ids)
            self._session(ids, raters, began, analysts[0] if last else None)
            if days_ago == _ANNOUNCED_AFTER:
                self._announce(began + timedelta(days=1))

    def _session(
        self, ids: list[str], analysts: list[str], began: datetime, waits_for: str | None
    ) -> None:
        resources = self._service.resources
        blind = BlindSessions(
            self._service.store.database, resources.contacts, resources.drafts, clock=self._clock
        )
        log = resources.desk.log(DEFAULT_TEAM)
        self._clock.now = began
        card = resources.cards.get("inbound")
        supervisor = principal_of(self._service.keys, self._people.supervisor)
        session = blind.open(supervisor, log, card, conversation_ids=ids, raters=analysts)
        with self._service.store.database.writing() as database:
            mark_drawn(database, ids)
        machine = {one.conversation_id: one.answers for one in session.opened.contacts}
        for rater in analysts:
            for place, conversation_id in enumerate(ids):
                if rater == waits_for and place:
                    break
                self._clock.now += timedelta(minutes=self._chance.uniform(8, 40))
                answers = {
                    item: self._blind_answer(item, answer)
                    for item, answer in machine[conversation_id].items()
                }
                blind.record(
                    log,
                    SessionScored(
                        at=self._clock.now, author=rater, role="analyst",
                        session=session.opened.session, conversation_id=conversation_id,
                        answers=answers,
                    ),
                )  # fmt: skip
        if waits_for is None:
            self._talk_over(blind, log, session.opened.session)

    def _announce(self, at: datetime) -> None:
        resources = self._service.resources
        log = resources.desk.log(DEFAULT_TEAM)
        announce(log, assess_trust(log, resources.cards.get("inbound"), at=at))

    def _blind_answer(self, item: str, machine: Answer | None) -> Answer:
        agreed = agreed_on(item)
        if machine is not None and self._chance.random() < agreed:
            return machine
        return another(machine, self._chance)

    def _talk_over(self, blind: BlindSessions, log: SqlEventLog, session: str) -> None:
        state = blind.get(log, session)
        by: dict[str, Any] = {
            "author": self._people.supervisor.id, "role": "reviewer", "session": session,
        }  # fmt: skip
        self._clock.now += timedelta(hours=3)
        differs = [one for one in state.comparison() if not one.agreed][:4]
        for one in differs:
            self._clock.now += timedelta(minutes=4)
            usual = Counter(one.raters.values()).most_common(1)[0][0]
            blind.record(
                log,
                SessionReconciled(
                    at=self._clock.now, conversation_id=one.conversation_id, item=one.item,
                    answer=usual, reason=self._chance.choice(READINGS), **by,
                ),
            )  # fmt: skip
        closed = SessionClosed(
            at=self._clock.now,
            note="Critères relus ensemble ; la lecture retenue est notée sous chaque écart.",
            **by,
        )
        blind.record(log, closed)
