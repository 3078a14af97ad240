"""What the conversations of a known reason have started to say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from nlu.topics.growth import day_of, rate_p_value
from nlu.topics.items import TopicItem
from nlu.topics.settings import TopicSettings
from nlu.topics.terms import terms_of

SAME_CONVERSATIONS = 0.5
"""Terms whose conversations overlap this much (Jaccard) are one piece of news."""


@dataclass(frozen=True)
class News:
    """Terms that came up together in a known reason.

    Attributes:
        reason_code: The reason.
        terms: By their stems, surest first.
        surfaces: The same as they were written.
        items: The reason's conversations that hold one of them, whenever it was.
        z: Of the first term: how much more it is said than before, in standard deviations.
    """

    reason_code: str
    terms: tuple[str, ...]
    surfaces: tuple[str, ...]
    items: tuple[TopicItem, ...]
    z: float


@dataclass(frozen=True)
class _Candidate:
    reason: str
    term: str
    p_value: float
    z: float
    recent: frozenset[str]


def find_news(items: Sequence[TopicItem], settings: TopicSettings) -> list[News]:
    """Find terms that conversations of a known reason hold more often than before.

    A term is news when the exact test of two rates (as for growth) says so after Holm's
    correction over all terms of all reasons. News are ordered by the log-odds with an
    informative Dirichlet prior (Monroe, Colaresi and Quinn 2008), whose normal approximation is
    too rough at a count of 0 before to decide by itself.

    Args:
        items: All conversations, sorted; undated ones are not read.
        settings: Windows, error and least conversations.

    Returns:
        The news, surest first.
    """
    dated = [(item, day_of(item.at)) for item in items if item.at is not None]
    if not dated:
        return []
    end = max(day for _, day in dated)
    oldest = end - timedelta(days=max(settings.windows_days) + settings.baseline_days - 1)
    by_reason: dict[str, list[tuple[TopicItem, date]]] = defaultdict(list)
    for item, day in dated:
        if item.reason_code is not None and not item.is_open and day >= oldest:
            by_reason[item.reason_code].append((item, day))
    terms = {
        item.conversation_id: terms_of((e.quote for e in item.texts), item.language)
        for said in by_reason.values()
        for item, _ in said
    }
    everywhere: Counter[str] = Counter()
    for each in terms.values():
        everywhere.update(each.keys())
    candidates = [
        candidate
        for reason in sorted(by_reason)
        for candidate in _candidates(reason, by_reason[reason], terms, everywhere, end, settings)
    ]
    sure = _holm(candidates, settings.error)
    return sorted(
        _join(sure, by_reason, terms), key=lambda news: (-news.z, news.reason_code, news.terms)
    )


def _candidates(
    reason: str,
    said: Sequence[tuple[TopicItem, date]],
    terms: Mapping[str, Mapping[str, str]],
    everywhere: Counter[str],
    end: date,
    settings: TopicSettings,
) -> list[_Candidate]:
    """Return the terms of a reason that enough recent conversations hold, each in its window."""
    best: dict[str, _Candidate] = {}
    for window in sorted(settings.windows_days):
        start = end - timedelta(days=window - 1)
        oldest = start - timedelta(days=settings.baseline_days)
        recent = [item.conversation_id for item, day in said if day >= start]
        before = [item.conversation_id for item, day in said if oldest <= day < start]
        if not recent or not before:
            continue
        now, then = _count(recent, terms), _count(before, terms)
        scores = _LogOdds(now, then, everywhere)
        for term, count in now.items():
            if count < settings.min_conversations:
                continue
            p_value = rate_p_value(count, len(recent), then[term], len(before))
            p_value = min(1.0, p_value * len(settings.windows_days))
            if term not in best or p_value < best[term].p_value:
                holders = frozenset(c for c in recent if term in terms[c])
                best[term] = _Candidate(reason, term, p_value, scores.z(term), holders)
    return [best[term] for term in sorted(best)]


class _LogOdds:
    """Log-odds of terms in two sets, with a prior from all talk as strong as the smaller set."""

    def __init__(self, now: Counter[str], then: Counter[str], everywhere: Counter[str]) -> None:
        self._now, self._then, self._everywhere = now, then, everywhere
        self._n_now, self._n_then = now.total(), then.total()
        self._strength = float(min(self._n_now, self._n_then)) or 1.0
        self._n_everywhere = everywhere.total()

    def z(self, term: str) -> float:
        prior = self._strength * self._everywhere[term] / self._n_everywhere
        now, then = self._now[term] + prior, self._then[term] + prior
        # Half a count keeps the odds finite where nothing but this term is said.
        odds_now = now / max(self._n_now + self._strength - now, 0.5)
        odds_then = then / max(self._n_then + self._strength - then, 0.5)
        return float(np.log(odds_now / odds_then) / np.sqrt(1 / now + 1 / then))


def _count(conversations: Iterable[str], terms: Mapping[str, Mapping[str, str]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for conversation in conversations:
        counts.update(terms[conversation].keys())
    return counts


def _holm(candidates: Sequence[_Candidate], error: float) -> list[_Candidate]:
    ordered = sorted(candidates, key=lambda c: (c.p_value, c.reason, c.term))
    sure = []
    for rank, candidate in enumerate(ordered):
        if candidate.p_value > error / (len(ordered) - rank):
            break
        sure.append(candidate)
    return sure


def _join(
    sure: Sequence[_Candidate],
    by_reason: Mapping[str, Sequence[tuple[TopicItem, date]]],
    terms: Mapping[str, Mapping[str, str]],
) -> list[News]:
    """Put terms together that the same conversations hold; longer ones stand for their parts."""
    groups: list[list[_Candidate]] = []
    # Longer terms come first among equals, so that "panne nationale" stands before "panne".
    for candidate in sorted(
        sure, key=lambda c: (c.reason, c.p_value, -len(c.term.split()), -c.z, c.term)
    ):
        for group in groups:
            lead = group[0]
            shared = len(lead.recent & candidate.recent) / len(lead.recent | candidate.recent)
            if lead.reason == candidate.reason and shared >= SAME_CONVERSATIONS:
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    found = []
    for group in groups:
        kept = _without_parts([candidate.term for candidate in group])
        reason = group[0].reason
        holding = tuple(
            item
            for item, _ in by_reason[reason]
            if any(term in terms[item.conversation_id] for term in kept)
        )
        found.append(
            News(
                reason_code=reason,
                terms=tuple(kept),
                surfaces=tuple(_surface(term, holding, terms) for term in kept),
                items=holding,
                z=max(candidate.z for candidate in group),
            )
        )
    return found


def _without_parts(terms: Sequence[str]) -> list[str]:
    """Leave out terms that stand within another one or share a word with a better one."""
    kept: list[str] = []
    for term in terms:
        words = set(term.split())
        if not any(words & set(other.split()) for other in kept):
            kept.append(term)
    return kept


def _surface(term: str, items: Sequence[TopicItem], terms: Mapping[str, Mapping[str, str]]) -> str:
    written = Counter(
        terms[item.conversation_id][term] for item in items if term in terms[item.conversation_id]
    )
    return min(written.items(), key=lambda each: (-each[1], each[0]))[0]
