"""Topics across conversations: what customers say that the taxonomy does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from conversation import Provenance
from conversation.errors import BadInput
from nlu.topics.describing import Calendar, grouped_topics, news_label, news_topic
from nlu.topics.grouping import Group, Grouping, Progress, group_sentences, number_of
from nlu.topics.items import TopicItem
from nlu.topics.report import TopicChange, TopicReport
from nlu.topics.settings import DEFAULT_SETTINGS, TopicSettings
from nlu.topics.state import KnownTopic, TopicState
from nlu.topics.vocabulary import News, find_news

if TYPE_CHECKING:
    from models import Encoder

VERSION = "1"


@dataclass(frozen=True)
class FoundTopics:
    """A report, and what the next search needs to keep the names of its topics."""

    report: TopicReport
    state: TopicState


def find_topics(
    items: Sequence[TopicItem],
    *,
    encoder: Encoder,
    settings: TopicSettings = DEFAULT_SETTINGS,
    previous: TopicState | None = None,
    forget: Collection[str] = (),
    progress: Progress | None = None,
) -> FoundTopics:
    """Find what many conversations have in common that the taxonomy does not say.

    Groups are looked for among the sentences of conversations that no reason fits; new vocabulary
    among those of known reasons. The same conversations give the same topics, in whatever order
    they come and on however many threads. With ``previous``, the conversations read before are
    kept (one with the same identifier is replaced), topics keep their names, and a search with
    nothing new changes nothing.

    Args:
        items: Conversations, new ones or all of them.
        encoder: Encodes each distinct sentence that ``previous`` does not hold, once.
        settings: Thresholds and limits.
        previous: The state of the search before.
        forget: Identifiers of conversations to remove from the state, as an erasure asks.
        progress: Called with the sentences encoded so far and those to be encoded.

    Returns:
        The report and the state.

    Raises:
        BadInput: An identifier stands twice with different contents, or ``previous`` was made
            with another encoder.
    """
    if previous is not None and previous.encoder != encoder.reference:
        raise BadInput(
            f"the state was made with the encoder {previous.encoder.name!r}, got "
            f"{encoder.reference.name!r}",
            remedy="search with that encoder, or start anew without the state",
        )
    everything = _join(items, previous, forget, settings.keep_days)
    open_items = [item for item in everything if item.is_open]
    grouping = group_sentences(
        open_items, encoder=encoder, settings=settings, previous=previous, progress=progress
    )
    topic_groups, changes, next_number = _identify(grouping, settings, previous)
    news = _identify_news(find_news(everything, settings), previous)
    calendar = Calendar(everything, settings)
    topics = grouped_topics(everything, topic_groups, grouping, calendar, len(open_items))
    vocabulary = tuple(news_topic(topic_id, each, calendar, everything) for topic_id, each in news)
    in_topics = {
        said.item.conversation_id
        for group in topic_groups.values()
        for key in group.keys
        for said in grouping.said[key]
    }
    report = TopicReport(
        topics=topics,
        vocabulary=vocabulary,
        changes=changes,
        conversations=len(everything),
        open_conversations=len(open_items),
        grouped_conversations=len(in_topics),
        undated_conversations=sum(item.at is None for item in everything),
        left_out_texts=grouping.left_out,
        first_day=min(calendar.days, default=None),
        last_day=max(calendar.days, default=None),
        provenance=Provenance(
            component="nlu.topics",
            version=VERSION,
            models=(encoder.reference,),
            settings={**asdict(settings), "windows_days": list(settings.windows_days)},
        ),
    )
    row_of = {key: row for row, key in enumerate(grouping.keys)}
    state = TopicState(
        encoder=encoder.reference,
        items=tuple(everything),
        keys=grouping.keys,
        points=grouping.points,
        groups=grouping.labels,
        group_topics={
            int(grouping.labels[row_of[group.keys[0]]]): topic_id
            for topic_id, group in topic_groups.items()
        },
        topics=(
            *(KnownTopic(id=t.id, label=t.label) for t in sorted(topics, key=lambda t: t.id)),
            *(
                KnownTopic(
                    id=topic_id,
                    label=news_label(each),
                    reason_code=each.reason_code,
                    terms=each.terms,
                )
                for topic_id, each in sorted(news, key=lambda pair: pair[0])
            ),
        ),
        next_number=next_number,
    )
    return FoundTopics(report, state)


def _join(
    items: Sequence[TopicItem],
    previous: TopicState | None,
    forget: Collection[str],
    keep_days: int,
) -> list[TopicItem]:
    given: dict[str, TopicItem] = {}
    for item in items:
        if given.setdefault(item.conversation_id, item) != item:
            raise BadInput(
                f"the conversation {item.conversation_id!r} was given twice with different "
                "contents",
                remedy="give each conversation once",
            )
    known = {item.conversation_id: item for item in previous.items} if previous else {}
    kept = {**known, **given}
    newest = max((item.at for item in kept.values() if item.at is not None), default=None)
    oldest = newest - timedelta(days=keep_days) if newest is not None else None
    return [
        item
        for conversation_id, item in sorted(kept.items())
        if conversation_id not in forget
        and (item.at is None or oldest is None or item.at >= oldest)
    ]


def _identify(
    grouping: Grouping, settings: TopicSettings, previous: TopicState | None
) -> tuple[dict[str, Group], tuple[TopicChange, ...], int]:
    """Name the groups that are topics, and say what became of those of the run before."""
    sizes = [
        len({said.item.conversation_id for key in group.keys for said in grouping.said[key]})
        for group in grouping.groups
    ]
    large = [
        (size, group)
        for size, group in zip(sizes, grouping.groups, strict=True)
        if size >= settings.min_conversations
    ]
    named = {group.topic_id: group for _, group in large if group.topic_id is not None}
    number = previous.next_number if previous else 1
    new = [(size, group) for size, group in large if group.topic_id is None]
    for _, group in sorted(new, key=lambda each: (-each[0], min(each[1].keys))):
        named[f"T{number}"] = group
        number += 1
    merged = {old: topic_id for topic_id, group in named.items() for old in group.merged_ids}
    changes = []
    for topic in previous.topics if previous else ():
        if topic.reason_code is None and topic.id not in named:
            into = merged.get(topic.id)
            changes.append(
                TopicChange(
                    id=topic.id, kind="merged" if into else "vanished", into=into,
                    label=topic.label,
                )
            )  # fmt: skip
    return dict(sorted(named.items(), key=lambda e: number_of(e[0]))), tuple(changes), number


def _identify_news(news: list[News], previous: TopicState | None) -> list[tuple[str, News]]:
    """Give each piece of news the identifier that it had, or one made of its first term."""
    named = []
    used: set[str] = set()
    for each in news:
        known = next(
            (
                topic.id
                for topic in (previous.topics if previous else ())
                if topic.reason_code == each.reason_code
                and topic.id not in used
                and set(topic.terms) & set(each.terms)
            ),
            None,
        )
        topic_id = known or f"{each.reason_code}:{each.terms[0].replace(' ', '-')}"
        used.add(topic_id)
        named.append((topic_id, each))
    return named
