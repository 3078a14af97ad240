"""How many agents a volume of calls takes: Erlang C, and Erlang A where callers lose patience."""

from __future__ import annotations

import math
from dataclasses import dataclass

from conversation.errors import BadInput

MAX_LOAD = 10_000.0
"""Erlangs; a larger load is a mistake of units."""

_REMEDY = "give calls per second and seconds per call; 100 calls in half an hour are 100 / 1800"


@dataclass(frozen=True)
class QueueFigures:
    """What to expect of a queue.

    Attributes:
        agents: Who answer calls.
        load: Erlangs: calls per second times seconds per call.
        occupancy: Share of their time in which agents handle calls, 0 to 1.
        waits: Share of calls that wait, 0 to 1.
        service_level: Share of calls answered within the target's seconds, 0 to 1.
        wait_s: Mean wait in seconds of all calls (ASA); with patience, of those answered or not.
        abandons: Share of calls that are abandoned; 0 without patience.
    """

    agents: int
    load: float
    occupancy: float
    waits: float
    service_level: float
    wait_s: float
    abandons: float = 0.0


@dataclass(frozen=True)
class ServiceTarget:
    """A service level: 80/20 is 80 % of calls answered within 20 seconds.

    Attributes:
        share: Of calls, above 0 and below 1.
        within_s: Seconds.
    """

    share: float = 0.8
    within_s: float = 20.0

    @classmethod
    def parse(cls, text: str) -> ServiceTarget:
        """Read ``80/20``.

        Raises:
            BadInput: It is not written so.
        """
        first, slash, second = text.partition("/")
        try:
            percent, within_s = float(first.strip(" %")), float(second.strip(" s"))
        except ValueError:
            percent, within_s = 0.0, 0.0
        if not slash or not 0 < percent < 100 or not 0 <= within_s <= 3600:
            raise BadInput(
                f"got the target {text!r}, expected percent/seconds such as 80/20",
                remedy="give a share above 0 and below 100 %, and 0 to 3600 seconds",
            )
        return cls(percent / 100, within_s)


def erlang_b(load: float, agents: int) -> float:
    """Return the share of calls that find all of ``agents`` lines busy and are lost.

    Args:
        load: Erlangs.
        agents: Lines.

    Returns:
        0 to 1. B(0) = 1, B(n) = A·B(n-1) / (n + A·B(n-1)), which never overflows. Source: A. K.
        Erlang, "Solution of some problems in the theory of probabilities of significance in
        automatic telephone exchanges" (1917).
    """
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Return the share of calls that must wait when nobody leaves the queue.

    Args:
        load: Erlangs.
        agents: Who answer.

    Returns:
        C = N·B / (N - A·(1 - B)), 0 to 1; 1 where the load reaches the agents: the queue grows
        without end. Same source as :func:`erlang_b`.
    """
    if load <= 0:
        return 0.0
    if agents <= load:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def queue_figures(
    calls_per_s: float,
    handling_s: float,
    agents: int,
    *,
    within_s: float = 20.0,
    patience_s: float | None = None,
) -> QueueFigures:
    """Tell what a number of agents achieves.

    Calls are taken to come at random (Poisson) and to last exponentially long, as the formulas
    do; agents all answer all calls.

    Args:
        calls_per_s: Arrival rate.
        handling_s: Mean seconds of talk, hold and after-call work (DMT, AHT).
        agents: Who answer.
        within_s: Seconds of the service level.
        patience_s: Mean seconds after which callers give up (Erlang A); None: nobody does
            (Erlang C).

    Raises:
        BadInput: A number is negative, or the load beyond :data:`MAX_LOAD`.
    """
    load = _load(calls_per_s, handling_s)
    if patience_s is not None:
        if patience_s <= 0:
            raise BadInput(f"got a patience of {patience_s} s, expected more than 0")
        return _with_patience(calls_per_s, handling_s, agents, within_s, patience_s)
    if load == 0:
        return QueueFigures(agents, 0.0, 0.0, 0.0, 1.0, 0.0)
    waits = erlang_c(load, agents)
    if agents <= load:
        return QueueFigures(agents, load, 1.0, 1.0, 0.0, math.inf)
    spare = (agents - load) / handling_s
    return QueueFigures(
        agents=agents,
        load=load,
        occupancy=load / agents,
        waits=waits,
        service_level=1 - waits * math.exp(-spare * within_s),
        wait_s=waits / spare,
    )


def agents_for(
    calls_per_s: float,
    handling_s: float,
    target: ServiceTarget,
    *,
    max_occupancy: float = 1.0,
    patience_s: float | None = None,
) -> QueueFigures:
    """Return what the fewest agents achieve that meet a target.

    Args:
        calls_per_s: Arrival rate.
        handling_s: Mean seconds of talk, hold and after-call work.
        target: Service level; with patience, abandoned calls are failures.
        max_occupancy: Of the agents' time, above 0 to 1.
        patience_s: See :func:`queue_figures`.

    Raises:
        BadInput: See :func:`queue_figures`.
    """
    load = _load(calls_per_s, handling_s)
    if not 0 < max_occupancy <= 1:
        raise BadInput(
            f"got a most occupancy of {max_occupancy}, expected above 0 and at most 1",
            remedy="85 % is 0.85",
        )
    if load == 0:
        return QueueFigures(0, 0.0, 0.0, 0.0, 1.0, 0.0)
    low, high = 0, max(1, math.ceil(load))

    def enough(agents: int) -> QueueFigures | None:
        found = queue_figures(
            calls_per_s, handling_s, agents, within_s=target.within_s, patience_s=patience_s
        )
        met = found.service_level >= target.share and found.occupancy <= max_occupancy + 1e-12
        return found if met else None

    while (best := enough(high)) is None:
        low, high = high, high + max(1, high // 8)
    while high - low > 1:
        middle = (low + high) // 2
        found = enough(middle) if middle else None
        if found is None:
            low = middle
        else:
            high, best = middle, found
    return best


def scheduled(agents: int, shrinkage: float) -> int:
    """Return how many people to schedule so that ``agents`` are at their places at once.

    They are whole people of one interval; the hours of several are :func:`scheduled_hours`.

    Args:
        agents: Needed at once.
        shrinkage: Share of scheduled time away from calls (breaks, training, absence), 0 to
            below 1.

    Raises:
        BadInput: The share is out of range.
    """
    return math.ceil(scheduled_hours(agents, shrinkage) - 1e-9)


def scheduled_hours(hours: float, shrinkage: float) -> float:
    """Return how many hours to schedule so that ``hours`` are worked at the places.

    Nobody is rounded up here: who is planned for a day is away for a share of the whole day.

    Args:
        hours: Of all agents at their places, in all intervals together.
        shrinkage: See :func:`scheduled`.

    Raises:
        BadInput: The share is out of range.
    """
    if not 0 <= shrinkage < 1:
        raise BadInput(
            f"got a shrinkage of {shrinkage}, expected at least 0 and below 1",
            remedy="30 % is 0.3",
        )
    return hours / (1 - shrinkage)


def _load(calls_per_s: float, handling_s: float) -> float:
    load = calls_per_s * handling_s
    if not (calls_per_s >= 0 and handling_s > 0 and load <= MAX_LOAD):
        raise BadInput(
            f"got {calls_per_s:g} calls a second of {handling_s:g} s, expected at least 0 calls, "
            f"more than 0 s and at most {MAX_LOAD:g} Erlangs",
            remedy=_REMEDY,
        )
    return load


def _with_patience(
    rate: float, handling_s: float, agents: int, within_s: float, patience_s: float
) -> QueueFigures:
    """Solve M/M/n+M.

    Source: S. Zeltyn, A. Mandelbaum, "Call centers with impatient customers: many-server
    asymptotics of the M/M/n+G queue", Queueing Systems 51 (2005), section 2: with J the integral
    of exp(λ·H(x) - n·μ·x) over x ≥ 0, H(x) = (1 - exp(-θx))/θ and ε = 1/B(n-1),
    P(V > 0) = λJ/(ε + λJ) and P(Ab) = (1 + (λ - nμ)·J)/(ε + λJ).
    """
    load = rate * handling_s
    if rate == 0:
        return QueueFigures(agents, 0.0, 0.0, 0.0, 1.0, 0.0)
    if agents == 0:
        return QueueFigures(0, load, 0.0, 1.0, 0.0, patience_s, 1.0)
    from scipy.integrate import quad

    give_up, drain = 1 / patience_s, agents / handling_s

    def density(x: float) -> float:
        return math.exp(rate * -math.expm1(-give_up * x) / give_up - drain * x - peak)

    # the integrand is largest where arrivals that stay equal departures
    at = patience_s * math.log(rate / drain) if rate > drain else 0.0
    peak = rate * -math.expm1(-give_up * at) / give_up - drain * at
    # cut where the integrand bends, or the quadrature would step over it
    width = 1 / math.sqrt(give_up * drain)
    scale = width if rate >= drain else min(width, 1 / (drain - rate))
    bends = (at + sign * k * scale for k in (1, 3, 8, 20, 50) for sign in (-1, 1))
    ends = sorted({0.0, within_s, at, *(bend for bend in bends if bend > 0)})

    def integral(start: float, weight: float) -> float:
        pieces = [start, *(end for end in ends if end > start)]
        total = 0.0
        for a, b in zip(pieces, [*pieces[1:], math.inf], strict=True):
            total += quad(lambda x: density(x) * math.exp(-weight * x), a, b, limit=200)[0]
        return total

    whole = integral(0.0, 0.0)
    free = math.exp(-peak) / erlang_b(load, agents - 1) if peak < 700 else 0.0
    total = free + rate * whole
    waits = rate * whole / total
    abandons = min(1.0, max(0.0, (math.exp(-peak) + (rate - drain) * whole) / total))
    # answered within T: nobody waits, or the wait on offer is at most T and is sat through
    stays = integral(0.0, give_up) - integral(within_s, give_up)
    return QueueFigures(
        agents=agents,
        load=load,
        occupancy=min(1.0, load * (1 - abandons) / agents),
        waits=waits,
        service_level=min(1.0, max(0.0, 1 - waits + rate * stays / total)),
        wait_s=abandons * patience_s,
        abandons=abandons,
    )
