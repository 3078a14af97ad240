"""When sentences are a topic, and when a topic grows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TopicSettings:
    """Settings of :func:`nlu.topics.find_topics`.

    Attributes:
        least_similarity: Mean cosine over all pairs from which two groups are one, in the space
            of :mod:`nlu.topics.space`. Lower gives fewer and wider topics, and false ones.
        min_conversations: Fewer distinct conversations are no topic.
        service_similarity: Sentences this near to what every centre hears ("bonjour, je voudrais
            parler à quelqu'un") are not grouped.
        windows_days: Lengths of the recent windows in which growth is looked for.
        baseline_days: How far the time before reaches back from a recent window.
        error: Probability of calling any topic growing, or any term new, when nothing changed.
        quotes: Typical sentences shown for each topic.
        keep_days: Conversations this many days older than the newest leave the state; undated
            ones stay.
        max_texts: Distinct sentences grouped in one search; 20,000 take half a minute of one
            core and 500 MB beyond the encoder.
    """

    least_similarity: float = 0.33
    min_conversations: int = 5
    service_similarity: float = 0.6
    windows_days: tuple[int, ...] = (1, 7)
    baseline_days: int = 56
    error: float = 0.01
    quotes: int = 4
    keep_days: int = 180
    max_texts: int = 20_000


DEFAULT_SETTINGS = TopicSettings()
