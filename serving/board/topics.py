"""Emerging topics of stored conversations, with verbatim quotes without personal data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import ColumnElement, select

from conversation import Conversation
from nlu.reasons import ReasonResult
from nlu.topics import TopicSettings, find_topics, topic_item
from nlu.topics.terms import terms_of
from quality.kpi.definitions import Words
from serving.board.newest import newest_analysed
from serving.board.values import FROZEN
from serving.redacting import redact_text
from serving.store.tables import AnalysisRow

if TYPE_CHECKING:
    from nlu.topics import Topic, TopicItem, TopicState
    from serving.resources import Resources

MAX_CONVERSATIONS = 5_000
"""Of one search, the newest ones."""

MAX_TOPICS = 12
_MAX_IDS = 200  # what a list of conversations takes in one address


class TopicWords(BaseModel):
    """What a customer said.

    Attributes:
        conversation_id: Where.
        at: When that conversation started; None when not known.
        turn_index: Place in the conversation.
        text: Verbatim in its turn, without personal data.
    """

    model_config = FROZEN

    conversation_id: str
    at: datetime | None
    turn_index: int = Field(ge=0)
    text: str


class TopicCount(BaseModel):
    """A topic's conversations in a day or week, and all that were looked at.

    Attributes:
        start: First day.
        n: Of the topic.
        total: All.
    """

    model_config = FROZEN

    start: date
    n: int = Field(ge=0)
    total: int = Field(ge=0)


class TopicShown(BaseModel):
    """Something that several customers say.

    Attributes:
        id: Of the topic, within the report.
        label: Proposed name, in the customers' words.
        reason: Code of the known reason in which it is new; None for what no reason fits.
        reason_label: Its name.
        trend: ``new``, ``growing``, ``steady`` or ``quiet``.
        n: Conversations.
        recent: Of them, in the recent window; None where growth was not measured.
        recent_days: Length of the window.
        ratio: Recent share divided by the share before; None where there was none before.
        terms: What tells it from other talk.
        periods: Over time.
        quotes: Typical sentences, one a conversation.
        conversation_ids: Of the topic, newest first, at most 200.
    """

    model_config = FROZEN

    id: str
    label: Words
    reason: str | None
    reason_label: Words | None
    trend: Literal["new", "growing", "steady", "quiet"]
    n: int = Field(ge=1)
    recent: int | None
    recent_days: int | None
    ratio: float | None
    terms: tuple[str, ...]
    periods: tuple[TopicCount, ...]
    quotes: tuple[TopicWords, ...]
    conversation_ids: tuple[str, ...]


class Topics(BaseModel):
    """Topics of a period.

    Attributes:
        conversations: That were read.
        left_out: Older ones of the period that were not: one search takes 5,000.
        open_conversations: Those that no reason fits.
        first_day: Of the conversations.
        last_day: Of the conversations.
        topics: Growing ones first.
    """

    model_config = FROZEN

    conversations: int = Field(ge=0)
    left_out: int = Field(default=0, ge=0)
    open_conversations: int = Field(ge=0)
    first_day: date | None
    last_day: date | None
    topics: tuple[TopicShown, ...]


def find_board_topics(
    resources: Resources,
    condition: ColumnElement[bool],
    progress: Callable[[float], None],
    *,
    label: Callable[[str | None], Words | None],
) -> Topics:
    """Look for topics in conversations.

    Args:
        resources: Of the service.
        condition: On the rows of conversations.
        progress: Called with the share that is done.
        label: Names a reason.
    """
    ids, total = newest_analysed(resources.database, condition, MAX_CONVERSATIONS)
    items = list(_items(resources, ids, lambda share: progress(0.5 * share)))
    if not items:
        return Topics(
            conversations=0, open_conversations=0, first_day=None, last_day=None, topics=()
        )
    found = find_topics(
        items,
        encoder=resources.encoder,
        settings=TopicSettings(),
        progress=lambda done, of: progress(0.5 + 0.5 * done / max(of, 1)),
    )
    members = _members(found.state)
    report = found.report
    ranked = sorted(
        (*report.topics, *report.vocabulary),
        key=lambda one: ({"growing": 0, "new": 1}.get(one.trend, 2), -one.size),
    )
    return Topics(
        conversations=report.conversations,
        left_out=total - len(ids),
        open_conversations=report.open_conversations,
        first_day=report.first_day,
        last_day=report.last_day,
        topics=tuple(_shown(one, members, label) for one in ranked[:MAX_TOPICS]),
    )


def _items(
    resources: Resources, ids: Sequence[str], progress: Callable[[float], None]
) -> Iterator[TopicItem]:
    policy = resources.definitions.redaction("default")
    for number, conversation_id in enumerate(ids, start=1):
        with resources.database.reading() as session:
            document = session.scalar(
                select(AnalysisRow.document).where(AnalysisRow.conversation_id == conversation_id)
            )
        progress(number / len(ids))
        if document is None:  # erased meanwhile
            continue
        values = json.loads(document)
        try:
            said = Conversation.model_validate(values["conversation"])
            understanding = values["understanding"]
            reasons = ReasonResult.model_validate(understanding["reasons"])
        except (ValidationError, KeyError, TypeError):
            continue  # another version made it
        language = understanding.get("language")
        safe = redact_text(said, policy, language=language).conversation
        yield topic_item(
            safe.model_copy(update={"id": conversation_id}), reasons, language=language
        )


def _members(state: TopicState) -> dict[str, list[TopicItem]]:
    """Return the conversations of each topic, newest first."""
    topic_of = {
        key: state.group_topics[int(group)]
        for key, group in zip(state.keys, state.groups, strict=True)
        if int(group) in state.group_topics
    }
    found: dict[str, dict[str, TopicItem]] = {}
    news = [one for one in state.topics if one.reason_code is not None]
    for item in state.items:
        for known in news:
            if item.reason_code == known.reason_code:
                quotes = [text.quote for text in item.texts]
                if not set(known.terms).isdisjoint(terms_of(quotes, item.language)):
                    found.setdefault(known.id, {})[item.conversation_id] = item
        for text in item.texts if item.is_open else ():
            topic = topic_of.get((item.language or "", " ".join(text.quote.split())))
            if topic is not None:
                found.setdefault(topic, {})[item.conversation_id] = item
    return {
        topic: sorted(
            items.values(), key=lambda one: (one.at is not None, str(one.at)), reverse=True
        )
        for topic, items in found.items()
    }


def _shown(
    topic: Topic,
    members: dict[str, list[TopicItem]],
    label: Callable[[str | None], Words | None],
) -> TopicShown:
    growth = topic.growth
    ids = [one.conversation_id for one in members.get(topic.id, ())] or [
        one.conversation_id for one in topic.quotes
    ]
    return TopicShown(
        id=topic.id,
        label=Words(fr=topic.label.text("fr"), en=topic.label.text("en")),
        reason=topic.reason_code,
        reason_label=label(topic.reason_code),
        trend=topic.trend,
        n=len(ids),
        recent=None if growth is None else growth.recent,
        recent_days=None if growth is None else growth.window_days,
        ratio=None if growth is None else growth.ratio,
        terms=topic.terms[:6],
        periods=tuple(
            TopicCount(start=one.start, n=one.count, total=one.total) for one in topic.periods
        ),
        quotes=tuple(
            TopicWords(
                conversation_id=one.conversation_id, at=one.at,
                turn_index=one.evidence.turn_index, text=one.evidence.quote,
            )
            for one in topic.quotes
        ),
        conversation_ids=tuple(ids[:_MAX_IDS]),
    )  # fmt: skip
