"""Cards that agents were shown in the calls of the demonstration, and what they did with them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from kb_search.assistant import Card, CardEvent
from serving.demo.calendar import Replay
from serving.demo.people import People
from serving.dialogues.card_log import append
from serving.store.tables import DEFAULT_TEAM, AssistSessionRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as DatabaseSession

    from kb_search.assistant.cards import EventKind
    from serving.service import Service

_DELAY_S = 2.0
_LOOKED_AT_S = 9.0
_USED = 0.4
_LIKED = 0.12
_LEAST_REFUSED, _MOST_REFUSED = 0.04, 0.5


def add_cards(
    service: Service, people: People, replays: Mapping[str, Replay], *, seed: int = 8
) -> None:
    """Let agents be shown what answers the customers' questions in their calls.

    Each article has its own share of cards that agents put away, so that the useless ones can be
    found in the administration.

    Args:
        service: Where the cards are kept.
        people: Who was shown them.
        replays: The conversations.
        seed: Of what agents think.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    with service.store.database.writing() as session:
        for conversation_id, replay in replays.items():
            if replay.script.channel != "phone":
                continue
            analysis = service.store.analysis(conversation_id)
            cards = [] if analysis is None else _cards(conversation_id, json.loads(analysis))
            if cards:
                _keep(session, conversation_id, replay, people, cards, chance)


def _cards(conversation_id: str, analysis: Mapping[str, Any]) -> list[Card]:
    found: list[Card] = []
    shown: set[str] = set()
    for one in analysis["questions"]:
        evidence, answer = one["question"]["evidence"], one["answer"]
        citation = answer["citation"]
        if not answer["answered"] or evidence["end_s"] is None or citation["passage_id"] in shown:
            continue
        shown.add(citation["passage_id"])
        found.append(
            Card(
                id=f"{conversation_id}-{len(found)}",
                citation=citation,
                text=answer["text"],
                question=answer["question"],
                confidence=answer["confidence"],
                asked_turn=evidence["turn_index"],
                shown_at_s=evidence["end_s"] + _DELAY_S,
                delay_s=_DELAY_S,
            )
        )
    return found


def _keep(
    session: DatabaseSession,
    conversation_id: str,
    replay: Replay,
    people: People,
    cards: list[Card],
    chance: random.Random,
) -> None:
    events = []
    for card in cards:
        named = {"conversation": conversation_id, "card_id": card.id}
        events.append(CardEvent(kind="shown", at_s=card.shown_at_s, card=card, **named))
        done = _judged(card.citation.document, chance)
        events += [
            CardEvent(kind=kind, at_s=card.shown_at_s + _LOOKED_AT_S, **named) for kind in done
        ]
    events.sort(key=lambda one: one.at_s)
    session.add(
        AssistSessionRow(
            id=conversation_id,
            team=DEFAULT_TEAM,
            owner=people.agents[replay.agent.key].id,
            conversation_id=conversation_id,
            created_at=replay.at,
        )
    )
    session.flush()
    append(
        session, conversation_id, events, before=(), at=replay.at + timedelta(seconds=_LOOKED_AT_S)
    )


def _judged(article: str, chance: random.Random) -> list[EventKind]:
    taste = random.Random(article).uniform(_LEAST_REFUSED, _MOST_REFUSED)  # noqa: S311
    drawn = chance.random()
    if drawn < taste:
        return ["down", "dismissed"] if drawn < taste / 3 else ["dismissed"]
    if drawn < taste + _USED:
        return ["used", "up"] if chance.random() < _LIKED / _USED else ["used"]
    return []
