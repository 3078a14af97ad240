"""Topics across many conversations: what customers say that the taxonomy does not."""

from nlu.topics.discovery import FoundTopics, find_topics
from nlu.topics.items import TopicItem, topic_item
from nlu.topics.report import Topic, TopicChange, TopicQuote, TopicReport
from nlu.topics.settings import TopicSettings
from nlu.topics.state import TopicState

__all__ = [
    "FoundTopics",
    "Topic",
    "TopicChange",
    "TopicItem",
    "TopicQuote",
    "TopicReport",
    "TopicSettings",
    "TopicState",
    "find_topics",
    "topic_item",
]
