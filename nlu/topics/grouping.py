"""From sentences to groups: placed, joined with the groups of the run before, named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation import Evidence
from nlu.topics.items import TopicItem
from nlu.topics.linkage import average_linkage
from nlu.topics.settings import TopicSettings
from nlu.topics.space import GRID, TopicSpace
from nlu.topics.state import Key, TopicState
from nlu.topics.terms import content_words
from nlu.topics.translations import join_translations

if TYPE_CHECKING:
    from models import Encoder

Progress = Callable[[int, int], None]

LEAST_WORDS = 2
"""Sentences with fewer words that say something are not read."""

_PIECE = 512  # sentences encoded between two reports of progress


@dataclass(frozen=True)
class Said:
    """A sentence and one conversation that holds it."""

    item: TopicItem
    evidence: Evidence


@dataclass(frozen=True)
class Group:
    """Sentences that belong together.

    Attributes:
        topic_id: Of the topic that it is; None for one that is not known yet.
        merged_ids: Topics of the run before that are now part of it.
        keys: The distinct sentences, the most central first.
        cohesion: Mean cosine of the sentences to their centre.
    """

    topic_id: str | None
    merged_ids: tuple[str, ...]
    keys: tuple[Key, ...]
    cohesion: float


@dataclass(frozen=True)
class Grouping:
    """All sentences of a search, in groups.

    Attributes:
        said: For each distinct sentence, who says it, sorted.
        groups: Groups of two sentences or more, and those that are topics already.
        keys: The distinct sentences, sorted.
        points: int16 array of shape (n_keys, dim).
        labels: int64 array of shape (n_keys,): the position of the first sentence of its group.
        left_out: Sentences beyond the limit.
    """

    said: dict[Key, list[Said]]
    groups: tuple[Group, ...]
    keys: tuple[Key, ...]
    points: NDArray[np.int16]
    labels: NDArray[np.int64]
    left_out: int


def group_sentences(
    items: Sequence[TopicItem],
    *,
    encoder: Encoder,
    settings: TopicSettings,
    previous: TopicState | None,
    progress: Progress | None,
) -> Grouping:
    """Group what is said in conversations.

    Args:
        items: The conversations, sorted.
        encoder: Encodes each distinct sentence that the state does not hold, once.
        settings: Thresholds and limits.
        previous: Its groups are starting points: they may grow and merge, never come apart.
        progress: Called with the sentences encoded and to be encoded.

    Returns:
        The groups; what is like nothing else is in none.
    """
    said, left_out = _distinct(items, settings.max_texts)
    keys = tuple(sorted(said))
    space = TopicSpace(encoder)
    points = _place(keys, space, previous, progress)
    grouped = space.service_similarity(points) < settings.service_similarity
    starts = np.arange(len(keys), dtype=np.int64)
    topic_of: dict[int, str] = {}
    if previous is not None:
        _resume(starts, topic_of, keys, previous)
    first, start = np.unique(starts, return_inverse=True)
    sums = np.zeros((len(first), points.shape[1]))
    np.add.at(sums, start, points.astype(np.float64))
    counts = np.bincount(start, minlength=len(first)).astype(np.int64)
    linked = np.flatnonzero(grouped[first])
    final = np.arange(len(first), dtype=np.int64)
    if len(linked):
        final[linked] = linked[
            average_linkage(
                sums[linked], counts[linked],
                least_similarity=settings.least_similarity, grid=GRID,
            )
        ]  # fmt: skip
    labels = join_translations(first[final[start]], points, [key[0] for key in keys])
    ids: dict[int, list[str]] = defaultdict(list)
    for position, topic_id in topic_of.items():
        ids[int(labels[position])].append(topic_id)
    members: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels.tolist()):
        members[label].append(row)
    groups = tuple(
        _group(rows, keys, points, sorted(ids.get(label, ()), key=number_of))
        for label, rows in members.items()
        if label in ids or grouped[label]
    )
    return Grouping(said, groups, keys, points, labels, left_out)


def number_of(topic_id: str) -> int:
    """Return the number in a topic's identifier."""
    return int(topic_id[1:])


def _distinct(items: Sequence[TopicItem], most: int) -> tuple[dict[Key, list[Said]], int]:
    said: dict[Key, list[Said]] = {}
    for item in items:
        language = item.language or ""
        for evidence in item.texts:
            text = " ".join(evidence.quote.split())
            if len(content_words(text, item.language)) >= LEAST_WORDS:
                said.setdefault((language, text), []).append(Said(item, evidence))
    if len(said) <= most:
        return said, 0

    def newest_first(key: Key) -> tuple[float, Key]:
        times = [each.item.at.timestamp() for each in said[key] if each.item.at is not None]
        return -max(times, default=0.0), key

    kept = sorted(said, key=newest_first)[:most]
    return {key: said[key] for key in kept}, len(said) - most


def _place(
    keys: Sequence[Key], space: TopicSpace, previous: TopicState | None, progress: Progress | None
) -> NDArray[np.int16]:
    points = np.zeros((len(keys), space.dim), dtype=np.int16)
    known = {} if previous is None else {key: row for row, key in enumerate(previous.keys)}
    missing = []
    for row, key in enumerate(keys):
        if key in known and previous is not None:
            points[row] = previous.points[known[key]]
        else:
            missing.append(row)
    for start in range(0, len(missing), _PIECE):
        rows = missing[start : start + _PIECE]
        points[rows] = space.encode(
            [keys[row][1] for row in rows], [keys[row][0] or None for row in rows]
        )
        if progress is not None:
            progress(start + len(rows), len(missing))
    return points


def _resume(
    starts: NDArray[np.int64], topic_of: dict[int, str], keys: Sequence[Key], previous: TopicState
) -> None:
    """Put sentences that were together in the run before together again."""
    rows = {key: row for row, key in enumerate(keys)}
    first_of: dict[int, int] = {}
    for key, group in zip(previous.keys, previous.groups.tolist(), strict=True):
        row = rows.get(key)
        if row is None:
            continue
        starts[row] = first_of.setdefault(group, row)
        if group in previous.group_topics:
            topic_of[first_of[group]] = previous.group_topics[group]


def _group(
    rows: list[int], keys: Sequence[Key], points: NDArray[np.int16], ids: list[str]
) -> Group:
    members = points[rows].astype(np.float64)
    centre = members.sum(axis=0)
    # Whole numbers, so that equal similarities are equal and the order of texts decides.
    nearness = members @ centre
    order = sorted(range(len(rows)), key=lambda i: (-nearness[i], keys[rows[i]]))
    length = float(np.linalg.norm(centre)) or 1.0
    return Group(
        topic_id=ids[0] if ids else None,
        merged_ids=tuple(ids[1:]),
        keys=tuple(keys[rows[i]] for i in order),
        cohesion=round(min(1.0, max(0.0, float(nearness.mean()) / (length * GRID))), 4),
    )
