"""Parting a population into the cells that contacts are drawn from, and how many from each."""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quality.sampling.contacts import UNKNOWN, SamplingContact
from quality.sampling.rule import SampledPurpose, SamplingRule, Strata, Stratum

FEWEST_IN_A_CELL = 2
"""Contacts that a stratum gives at least: with one alone its spread cannot be estimated."""

MOST_WITHOUT_BASIS = 0.95
"""Highest probability of one contact where no written basis allows 1 (weighted designs)."""

JOINED = "*"
"""Key of small strata that were joined."""

Key = tuple[tuple[str, str], ...]
"""Property and value, in the order of the rule."""


@dataclass(frozen=True)
class Cell:
    """Contacts that are drawn from together.

    Attributes:
        key: What they have in common.
        contacts: All of them, ordered by id.
        size: How many are to be drawn; whole numbers but where a cap on the probabilities
            leaves less.
    """

    key: Key
    contacts: tuple[SamplingContact, ...]
    size: int


def part(
    contacts: Iterable[SamplingContact], rule: SamplingRule, purpose: SampledPurpose
) -> list[Cell]:
    """Part the population of one purpose into cells.

    Without limits per agent and month and without rates for single agents everything is one
    group; otherwise each agent (and month) is one. A group gives its rate times its contacts,
    rounded, at least one, within the limits. A stratified design parts each group further and
    shares its number out in proportion.

    Args:
        contacts: The population.
        rule: Which limits and strata.
        purpose: Which rates.

    Returns:
        The cells, ordered by key; every contact is in one of them.
    """
    groups: defaultdict[Key, list[SamplingContact]] = defaultdict(list)
    for contact in sorted(contacts, key=lambda one: one.id):
        groups[_group_key(contact, rule, purpose)].append(contact)
    cells: list[Cell] = []
    for key, members in sorted(groups.items()):
        size = _group_size(members, rule, purpose)
        if rule.strata is None:
            cells.append(Cell(key, tuple(members), size))
        else:
            cells += _strata(key, members, size, rule.strata)
    return cells


def probabilities(cell: Cell, rule: SamplingRule) -> list[float]:
    """Compute the inclusion probability of each contact of a cell, in the order of the cell.

    In proportion to the weights, those above the cap set to it and the rest raised until the sum
    is the cell's size (Särndal, Swensson and Wretman, "Model Assisted Survey Sampling", 1992,
    §3.6.2).

    Args:
        cell: The cell.
        rule: Which weights, and whether 1 may be reached.
    """
    if rule.weights is None:
        return [cell.size / len(cell.contacts)] * len(cell.contacts)
    factors = rule.weights.signals
    weights = [
        math.prod(factors.get(signal, 1.0) for signal in contact.signals)
        for contact in cell.contacts
    ]
    cap = 1.0 if rule.may_take_all else MOST_WITHOUT_BASIS
    capped = [False] * len(weights)
    while True:
        free = sum(w for w, full in zip(weights, capped, strict=True) if not full)
        left = cell.size - cap * sum(capped)
        if free <= 0 or left <= 0:
            break
        above = [
            not full and left * w / free > cap for w, full in zip(weights, capped, strict=True)
        ]
        if not any(above):
            break
        capped = [full or over for full, over in zip(capped, above, strict=True)]
    scale = max(0.0, left) / free if free > 0 else 0.0
    return [cap if full else scale * w for w, full in zip(weights, capped, strict=True)]


def _group_key(contact: SamplingContact, rule: SamplingRule, purpose: SampledPurpose) -> Key:
    if rule.per_agent_month is not None:
        return (("agent", contact.agent or UNKNOWN), ("month", contact.month))
    return (("agent", contact.agent or UNKNOWN),) if purpose.agents else ()


def _group_size(
    members: Sequence[SamplingContact], rule: SamplingRule, purpose: SampledPurpose
) -> int:
    count = len(members)
    wanted = math.floor(purpose.rate_of(members[0].agent) * count + 0.5)
    limits = rule.per_agent_month
    if limits is not None:
        wanted = max(wanted, limits.min)
        wanted = wanted if limits.max is None else min(wanted, limits.max)
    most = count if rule.may_take_all else max(1, count - 1)
    return min(max(1, wanted), most)


def _strata(
    group: Key, members: Sequence[SamplingContact], size: int, strata: Strata
) -> list[Cell]:
    parts: defaultdict[Key, list[SamplingContact]] = defaultdict(list)
    for contact in members:
        parts[tuple((by, _value(contact, by, strata)) for by in strata.by)].append(contact)
    joined = _join_small(parts, FEWEST_IN_A_CELL * len(members) / size)
    sizes = _share_out(size, [len(contacts) for _, contacts in joined])
    return [
        Cell(group + key, tuple(sorted(contacts, key=lambda one: one.id)), count)
        for (key, contacts), count in zip(joined, sizes, strict=True)
    ]


def _join_small(
    parts: dict[Key, list[SamplingContact]], least: float
) -> list[tuple[Key, list[SamplingContact]]]:
    """Join strata below a number of contacts with the small ones beside them."""
    whole = [(key, list(own)) for key, own in sorted(parts.items()) if len(own) >= least]
    small: list[tuple[Key, list[SamplingContact]]] = []
    for key, own in sorted(parts.items()):
        if len(own) >= least:
            continue
        if small and len(small[-1][1]) < least:
            small[-1] = (_common(small[-1][0], key), small[-1][1] + own)
        else:
            small.append((key, list(own)))
    if small and len(small[-1][1]) < least and len(small) + len(whole) > 1:
        key, rest = small.pop()
        target = small or whole
        target[-1] = (_common(target[-1][0], key), target[-1][1] + rest)
    return sorted(whole + small, key=lambda pair: pair[0])


def _common(left: Key, right: Key) -> Key:
    return tuple(
        (by, value if value == other else JOINED)
        for (by, value), (_, other) in zip(left, right, strict=True)
    )


def _share_out(size: int, counts: Sequence[int]) -> list[int]:
    """Share a number out in proportion by the largest remainder, at least one to each."""
    total = sum(counts)
    exact = [size * count / total for count in counts]
    shares = [
        min(count, max(1, math.floor(share))) for share, count in zip(exact, counts, strict=True)
    ]
    order = sorted(range(len(counts)), key=lambda i: (shares[i] - exact[i], i))
    while sum(shares) < size:
        i = next(i for i in order if shares[i] < counts[i])
        shares[i] += 1
        order.sort(key=lambda j: (shares[j] - exact[j], j))
    return shares


def _value(contact: SamplingContact, by: Stratum, strata: Strata) -> str:
    if by == "duration":
        if contact.duration_s is None:
            return UNKNOWN
        limits = ["0", *(f"{limit:g}" for limit in strata.durations_s)]
        place = bisect.bisect_right(strata.durations_s, contact.duration_s)
        above = f"–{limits[place + 1]}" if place + 1 < len(limits) else "+"
        return f"{limits[place]}{above} s"
    if by == "month":
        return contact.month
    value = {"agent": contact.agent, "reason": contact.reason, "channel": contact.channel}[by]
    return value or UNKNOWN
