"""Who reviews what: balanced, drawn with a seed, and never one's own contacts."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conversation.errors import BadInput

RULE = "least loaded, drawn by seed, never one's own contacts"


@dataclass(frozen=True)
class Reviewable:
    """A contact that is to be reviewed.

    Attributes:
        conversation_id: Which.
        agent: Who handled it; None when not known.
        language: Primary tag; None when not known.
    """

    conversation_id: str
    agent: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Analyst:
    """Somebody who reviews.

    Attributes:
        key: Pseudonymous id.
        load: Reviews that they have to do already.
        languages: Which they review in; all when empty.
        not_agents: Agents whose contacts they leave to others (their own team lead, say).
    """

    key: str
    load: int = 0
    languages: frozenset[str] = frozenset()
    not_agents: frozenset[str] = field(default_factory=frozenset)

    def may_review(self, contact: Reviewable) -> bool:
        """Tell whether a contact may be given to them."""
        if contact.agent is not None and contact.agent in self.not_agents | {self.key}:
            return False
        return not self.languages or contact.language is None or contact.language in self.languages


def assign(
    contacts: Sequence[Reviewable],
    analysts: Sequence[Analyst],
    *,
    seed: int,
    raters: int = 1,
) -> dict[str, tuple[str, ...]]:
    """Give every contact to analysts so that their loads are as even as they can be.

    Args:
        contacts: What is to be reviewed.
        analysts: Who may review.
        seed: Of the draw; the same seed gives the same assignment, in whatever order contacts
            and analysts stand.
        raters: How many different people score each contact; 2 for blind double scoring.

    Returns:
        For each conversation, the analysts' ids, sorted. No other assignment has a smaller sum
        of squared loads: chains of moves that lower it are followed until none is left
        (Harvey, Ladner, Lovász, Tamir, "Semi-matchings for bipartite graphs and load
        balancing", Journal of Algorithms 59, 2006).

    Raises:
        BadInput: A contact or an analyst stands twice, or too few may review a contact.
    """
    _check_unique("contact", [one.conversation_id for one in contacts])
    _check_unique("analyst", [one.key for one in analysts])
    draw = random.Random(seed)  # noqa: S311 - a fair draw that can be repeated, no secret
    ordered = sorted(contacts, key=lambda one: one.conversation_id)
    people = sorted(analysts, key=lambda one: one.key)
    draw.shuffle(ordered)
    draw.shuffle(people)
    may = {
        one.conversation_id: [person.key for person in people if person.may_review(one)]
        for one in ordered
    }
    for contact in ordered:
        allowed = may[contact.conversation_id]
        if len(allowed) < raters:
            raise BadInput(
                f"{len(allowed)} of {len(people)} analysts may review contact "
                f"{contact.conversation_id}, expected at least {raters}",
                remedy="add analysts for its language who are not its agent, or leave it out",
            )
    load = {person.key: person.load for person in people}
    held: dict[str, set[str]] = {person.key: set() for person in people}
    for contact in ordered:
        allowed = sorted(may[contact.conversation_id], key=lambda key: load[key])
        for key in allowed[:raters]:
            held[key].add(contact.conversation_id)
            load[key] += 1
    order = {one.conversation_id: place for place, one in enumerate(ordered)}
    while _improve(load, held, may, order):
        pass
    return {
        one.conversation_id: tuple(sorted(k for k in held if one.conversation_id in held[k]))
        for one in contacts
    }


def _improve(
    load: dict[str, int],
    held: dict[str, set[str]],
    may: Mapping[str, Sequence[str]],
    order: Mapping[str, int],
) -> bool:
    """Move contacts along one chain from a fuller to an emptier analyst, if there is one."""
    for start in sorted(load, key=lambda key: -load[key]):
        came_from: dict[str, tuple[str, str]] = {}
        queue, seen = deque([start]), {start}
        while queue:
            giver = queue.popleft()
            for contact in sorted(held[giver], key=order.__getitem__):
                for taker in may[contact]:
                    if taker in seen or contact in held[taker]:
                        continue
                    came_from[taker] = (giver, contact)
                    if load[taker] + 1 < load[start]:
                        _move(taker, came_from, held, start)
                        load[start] -= 1
                        load[taker] += 1
                        return True
                    seen.add(taker)
                    queue.append(taker)
    return False


def _move(
    taker: str, came_from: Mapping[str, tuple[str, str]], held: dict[str, set[str]], start: str
) -> None:
    while taker != start:
        giver, contact = came_from[taker]
        held[giver].discard(contact)
        held[taker].add(contact)
        taker = giver


def _check_unique(what: str, keys: Sequence[str]) -> None:
    doubled = sorted({key for key in keys if keys.count(key) > 1})
    if doubled:
        raise BadInput(f"the {what} {doubled[0]!r} stands twice", remedy="name each once")
