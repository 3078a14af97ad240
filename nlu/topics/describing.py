"""Topics described: their names, growth, trend and typical sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from nlu.taxonomy import Bilingual
from nlu.topics.grouping import Group, Grouping, Said, number_of
from nlu.topics.growth import Growth, count_periods, day_of, decide_growth, measure_growth
from nlu.topics.items import TopicItem
from nlu.topics.labels import capitalised, name_topics
from nlu.topics.report import Topic, TopicQuote, Trend
from nlu.topics.settings import TopicSettings
from nlu.topics.terms import content_words, terms_of
from nlu.topics.vocabulary import News


class Calendar:
    """The days of all conversations, against which topics are counted.

    Args:
        items: All conversations.
        settings: Windows.

    Attributes:
        settings: Those given.
        days: How many conversations each day has.
    """

    def __init__(self, items: Sequence[TopicItem], settings: TopicSettings) -> None:
        self.settings = settings
        self.days = Counter(day_of(item.at) for item in items if item.at is not None)
        self._of_reason: dict[str, Counter[date]] = {}
        for item in items:
            if item.at is not None and item.reason_code is not None:
                self._of_reason.setdefault(item.reason_code, Counter())[day_of(item.at)] += 1

    def growth(self, items: Sequence[TopicItem], reason: str | None = None) -> Growth | None:
        """Compare the last days of some conversations with those before.

        Args:
            items: The topic's conversations.
            reason: The known reason whose conversations they are a share of; all when None.
        """
        return measure_growth(
            [day_of(item.at) for item in items if item.at is not None],
            self.days if reason is None else self._of_reason.get(reason, Counter()),
            windows_days=self.settings.windows_days,
            baseline_days=self.settings.baseline_days,
        )

    def trend(self, items: Sequence[TopicItem], growth: Growth | None) -> Trend:
        """Say in one word how often some conversations come."""
        days = [day_of(item.at) for item in items if item.at is not None]
        if growth is None or not days:
            return "steady"
        recent = max(self.days) - timedelta(days=max(self.settings.windows_days) - 1)
        if min(days) >= recent > min(self.days):
            return "new"
        if growth.growing:
            return "growing"
        return "quiet" if max(days) < recent else "steady"


def grouped_topics(
    everything: Sequence[TopicItem],
    groups: Mapping[str, Group],
    grouping: Grouping,
    calendar: Calendar,
    open_count: int,
) -> tuple[Topic, ...]:
    """Describe the groups that are topics, growing ones first, then new ones, then by size.

    Args:
        everything: All conversations.
        groups: By the topic's identifier.
        grouping: Who says each sentence.
        calendar: Of all conversations.
        open_count: Conversations that no reason fits.
    """
    said = {topic: [s for key in g.keys for s in grouping.said[key]] for topic, g in groups.items()}
    texts: dict[str, dict[str, list[str]]] = {topic: {} for topic in groups}
    for topic, each in said.items():
        for one in each:
            texts[topic].setdefault(one.item.conversation_id, []).append(one.evidence.quote)
    names = name_topics(everything, texts)
    items = {
        topic: sorted({s.item.conversation_id: s.item for s in each}.values(), key=_by_id)
        for topic, each in said.items()
    }
    growths = decide_growth(
        [calendar.growth(items[topic]) for topic in groups], error=calendar.settings.error
    )
    found = [
        _topic(
            topic, None, names[topic], items[topic], said[topic], growth, calendar,
            share=len(items[topic]) / open_count, cohesion=groups[topic].cohesion,
        )
        for topic, growth in zip(groups, growths, strict=True)
    ]  # fmt: skip
    return tuple(sorted(found, key=_most_urgent_first))


def news_topic(
    topic_id: str, news: News, calendar: Calendar, everything: Sequence[TopicItem]
) -> Topic:
    """Describe a piece of news; its quotes hold its terms, the newest first."""
    growth = calendar.growth(news.items, news.reason_code)
    if growth is not None:
        growth = growth.model_copy(update={"growing": True})
    said = []
    for term in news.terms:
        for item in news.items:
            for evidence in item.texts:
                if term in terms_of([evidence.quote], item.language):
                    said.append(Said(item, evidence))
    said.sort(key=lambda s: (s.item.at is None, -s.item.at.timestamp() if s.item.at else 0.0))
    total = sum(item.reason_code == news.reason_code for item in everything)
    label = (news_label(news), news.surfaces)
    return _topic(
        topic_id, news.reason_code, label, news.items, said, growth, calendar,
        share=len(news.items) / total, cohesion=None,
    )  # fmt: skip


def _topic(
    topic_id: str,
    reason: str | None,
    name: tuple[Bilingual, tuple[str, ...]],
    items: Sequence[TopicItem],
    said: Sequence[Said],
    growth: Growth | None,
    calendar: Calendar,
    *,
    share: float,
    cohesion: float | None,
) -> Topic:
    times = sorted(item.at for item in items if item.at is not None)
    languages: dict[str, int] = {}
    for tag in sorted(item.language or "" for item in items):
        languages[tag] = languages.get(tag, 0) + 1
    return Topic(
        id=topic_id,
        reason_code=reason,
        label=name[0],
        terms=name[1],
        size=len(items),
        share=share,
        languages=languages,
        first_at=times[0] if times else None,
        last_at=times[-1] if times else None,
        trend=calendar.trend(items, growth),
        growth=growth,
        periods=count_periods([day_of(at) for at in times], calendar.days),
        cohesion=cohesion,
        quotes=_quotes(said, calendar.settings.quotes),
    )


def _quotes(said: Sequence[Said], most: int) -> tuple[TopicQuote, ...]:
    """Choose sentences, the first ones first: one per conversation, none that repeats another."""
    chosen: list[TopicQuote] = []
    taken: list[frozenset[str]] = []
    conversations: set[str] = set()
    for one in said:
        words = content_words(one.evidence.quote, one.item.language)
        if one.item.conversation_id in conversations or words in taken:
            continue
        conversations.add(one.item.conversation_id)
        taken.append(words)
        chosen.append(
            TopicQuote(
                conversation_id=one.item.conversation_id, at=one.item.at,
                language=one.item.language, evidence=one.evidence,
            )
        )  # fmt: skip
        if len(chosen) == most:
            break
    return tuple(chosen)


def news_label(news: News) -> Bilingual:
    """Name a piece of news by its first terms, in the languages in which it is said."""
    text = capitalised(", ".join(news.surfaces[:2]))
    languages = {item.language for item in news.items}
    if ("fr" in languages and "en" in languages) or not languages & {"fr", "en"}:
        return Bilingual(fr=text, en=text)
    return Bilingual(fr=text if "fr" in languages else None, en=text if "en" in languages else None)


def _by_id(item: TopicItem) -> str:
    return item.conversation_id


def _most_urgent_first(topic: Topic) -> tuple[bool, bool, int, int]:
    growing = topic.growth is not None and topic.growth.growing
    return not growing, topic.trend != "new", -topic.size, number_of(topic.id)
