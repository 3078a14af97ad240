"""Which dialogue is replayed when, by whom and for whom."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from serving.demo.cast import AGENTS, CALLERS, LEA, Agent, Customer, customers
from serving.demo.scripts import Script
from serving.demo.speaking import CUSTOMER

ZONE = ZoneInfo("Europe/Paris")

WEEKS = 8
_OUTAGE_WEEK = 3  # before the end
_PER_WEEK = 96.0
_OF_WEEKDAY = (1.28, 1.12, 1.0, 0.94, 1.06, 0.48, 0.04)
_OF_HOUR = {
    8: 0.5, 9: 1.1, 10: 1.45, 11: 1.25, 12: 0.7, 13: 0.75, 14: 1.2, 15: 1.15, 16: 1.05,
    17: 1.2, 18: 0.9, 19: 0.45,
}  # fmt: skip
_IN_THE_EVENING = {20: 0.5, 21: 0.4, 7: 0.2}  # chats and e-mails
_TREND = 0.02  # of a week's volume, each week more
_CALLS_AT_MOST = 9
_COMES_BACK = 0.42  # of customers who have called before


@dataclass(frozen=True)
class Replay:
    """A dialogue at a moment, with its people.

    Attributes:
        script: What is said.
        at: When it begins.
        agent: Who takes it.
        customer: Who calls.
    """

    script: Script
    at: datetime
    agent: Agent
    customer: Customer


def plan(
    scripts: Sequence[Script], *, until: datetime, seed: int = 8, size: float = 1.0
) -> list[Replay]:
    """Return what happens in the weeks before a moment, in order; the same seed plans the same.

    Args:
        scripts: The dialogues.
        until: The end.
        seed: Of the choices.
        size: More or fewer contacts than usual.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    people = _People(chance)
    found: list[Replay] = []
    for moment in _moments(until, chance, size):
        script = _script_at(scripts, moment, until, chance, found)
        closed = script.channel == "phone" and not 8 <= moment.astimezone(ZONE).hour < 20
        at = moment - timedelta(hours=9) if closed else moment
        found.append(people.cast(script, at, found))
    return sorted(found, key=lambda one: one.at)


def _moments(until: datetime, chance: random.Random, size: float) -> list[datetime]:
    """Return when contacts begin: by the day of the week, the hour, the trend and the bad week."""
    local = until.astimezone(ZONE)
    found: list[datetime] = []
    total = sum(_OF_WEEKDAY)
    hours = {**_OF_HOUR, **_IN_THE_EVENING}
    for days_ago in range(WEEKS * 7, -1, -1):
        day = (local - timedelta(days=days_ago)).replace(minute=0, second=0, microsecond=0)
        weeks_ago = days_ago / 7
        expected = _PER_WEEK * size * _OF_WEEKDAY[day.weekday()] / total
        expected *= 1 + _TREND * (WEEKS - weeks_ago)
        if in_outage(day, until):
            expected *= 1.9
        if (day.month, day.day) in _HOLIDAYS:
            expected *= 0.08
        for _ in range(round(chance.gauss(expected, expected**0.5 * 0.6))):
            hour = chance.choices(list(hours), list(hours.values()))[0]
            at = day.replace(
                hour=hour, minute=chance.randrange(60), second=chance.randrange(60)
            ).astimezone(UTC)
            if at < until - timedelta(minutes=20):
                found.append(at)
    return sorted(found)


_HOLIDAYS = frozenset(
    {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
)  # those with a fixed day


def in_outage(at: datetime, until: datetime) -> bool:
    """Tell whether a moment is in the days of the great outage.

    Args:
        at: The moment.
        until: The end of the period.
    """
    first = until - timedelta(days=7 * _OUTAGE_WEEK + 2)
    while first.astimezone(ZONE).weekday() != 1:
        first -= timedelta(days=1)
    begins = first.astimezone(ZONE).replace(hour=7, minute=0)
    return begins <= at < begins + timedelta(days=4)


def _script_at(
    scripts: Sequence[Script],
    at: datetime,
    until: datetime,
    chance: random.Random,
    before: Sequence[Replay],
) -> Script:
    recent = {one.script.id for one in before[-60:]}
    weights = []
    for script in scripts:
        weight = script.weight
        if script.follows and not recent & set(script.follows):
            weight = 0.0
        if (script.when == "outage") != in_outage(at, until) and script.when == "outage":
            weight = 0.0
        elif script.when == "outage":
            weight *= 2.6
        elif script.when == "rising":
            days = (until - at).total_seconds() / 86_400
            weight *= 6.0 * max(0.0, 1.0 - days / 15) ** 1.5
        elif script.when == "fading":
            weight *= 1.0 if (until - at).days > WEEKS * 7 / 2 else 0.1
        weights.append(weight)
    return chance.choices(scripts, weights)[0]


class _People:
    """Chooses who takes a contact and who calls."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._customers: dict[tuple[str, str], list[Customer]] = {}
        for one in customers():
            self._customers.setdefault((one.brand, one.gender), []).append(one)
        self._known: dict[tuple[str, str], dict[str, Customer]] = {}
        self._calls: Counter[str] = Counter()

    def cast(self, script: Script, at: datetime, before: Sequence[Replay]) -> Replay:
        customer = next((one for one in CALLERS if one.key == script.caller), None)
        customer = customer or self._follows(script, at, before) or self._anybody(script)
        if _fits(customer):
            known = self._known.setdefault((customer.brand, customer.gender), {})
            known[customer.key] = customer
        self._calls[customer.key] += 1
        return Replay(script, at, self._agent(script), customer)

    def _follows(self, script: Script, at: datetime, before: Sequence[Replay]) -> Customer | None:
        if not script.follows:
            return None
        earlier = [
            one.customer
            for one in before[-90:]
            if one.script.id in script.follows
            and timedelta(hours=18) < at - one.at < timedelta(days=8)
            and one.customer.gender == script.customer
            and _fits(one.customer)
        ]
        return self._chance.choice(earlier) if earlier else None

    def _anybody(self, script: Script) -> Customer:
        group = (script.brand, script.customer)
        known = [
            one
            for one in self._known.get(group, {}).values()
            if self._calls[one.key] < _CALLS_AT_MOST
        ]
        if known and self._chance.random() < _COMES_BACK:
            return self._chance.choices(known, [self._calls[one.key] for one in known])[0]
        return self._chance.choice(self._customers[group])

    def _agent(self, script: Script) -> Agent:
        for one in (*AGENTS, LEA):
            if one.key == script.agent:
                return one
        fits = (
            [one for one in AGENTS if script.queue in one.queues and script.channel in one.channels]
            or [one for one in AGENTS if script.channel in one.channels]
            or list(AGENTS)
        )
        return self._chance.choices(fits, [one.share for one in fits])[0]


def _fits(customer: Customer) -> bool:
    """Say whether a name can stand where another stood; those of the samples may be longer."""
    return len(customer.last_name) == len(CUSTOMER)
