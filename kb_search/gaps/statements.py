"""The best of what agents answered: said by several, accepted by customers, general."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kb_search.disagreement import disagree
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.grouping import group
from kb_search.gaps.phrases import ONE_CASE
from kb_search.gaps.replies import Reply
from kb_search.gaps.report import Quoted, Statement
from kb_search.gaps.settings import GapSettings
from kb_search.words import guess_language

MAX_REPLIES = 400
"""Most sentences of one gap that are compared with each other, of its newest conversations."""

_SAID_ELSEWHERE = 0.6
_COMMONPLACE_FROM = 2
_COMPARED = 3  # most central sentences of a side that another is compared with
_ENOUGH = 3
_ONE_CASE_COUNTS = 0.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    replies: tuple[Reply, ...]  # the one to quote first
    others: tuple[Reply, ...]
    score: float
    place: float


def best_statements(
    replies: Sequence[Reply],
    questions: Sequence[str],
    elsewhere: Sequence[Sequence[str]],
    closeness: Closeness,
    settings: GapSettings,
    *,
    language: str,
) -> tuple[Statement, ...]:
    """Choose what an article can be made of.

    Sentences that say the same are one statement; the more conversations it was said in, the
    more customers took it well, and the nearer it is to the questions and to what else agents
    answer, the better. What agents say whatever the question is no answer. Of sentences that
    contradict each other the side that more conversations heard is quoted, and the other is
    shown with it.

    Args:
        replies: To the questions of one gap.
        questions: Their texts.
        elsewhere: For each other gap, the sentences of agents in it.
        closeness: Of all these texts.
        settings: How many, and from where on two sentences say the same.
        language: Of the article; sentences in another are taken where there is little else.

    Returns:
        The best, in the order in which agents say them.
    """
    kept = _without_commonplaces(
        _in_language(replies[:MAX_REPLIES], language), elsewhere, closeness
    )
    if not kept:
        return ()
    texts = [reply.text for reply in kept]
    alike = closeness.between(texts, texts)
    relevance = closeness.between(texts, questions).mean(axis=1)
    candidates: list[_Candidate] = []
    for rows in group(alike, least_similarity=settings.same_statement):
        # The most central first: nearest to all answers of the gap and to its questions.
        central = {
            row: alike[row, rows].mean() + alike[row].mean() + relevance[row] for row in rows
        }
        ordered = sorted(rows, key=lambda row: (-round(central[row], 6), kept[row].question.order))
        sides = _sides([kept[row] for row in ordered])
        quoted = sides[0]
        on_subject = max(float(alike[row].mean() + relevance[row]) for row in rows)
        weight = 1.0 if not ONE_CASE.search(quoted[0].text) else _ONE_CASE_COUNTS
        heard = len({reply.question.conversation_id for reply in quoted})
        liked = len({r.question.conversation_id for r in quoted if r.accepted})
        disliked = len({r.question.conversation_id for r in quoted if r.accepted is False})
        support = heard + 0.5 * (liked - disliked)
        candidates.append(
            _Candidate(
                tuple(quoted),
                tuple(side[0] for side in sides[1:]),
                weight * max(support, 0.25) * max(0.25 + on_subject, 0.05),
                median(reply.place for reply in quoted),
            )
        )
    candidates.sort(key=lambda one: (-one.score, one.replies[0].question.order))
    best = sorted(
        candidates[: settings.statements],
        key=lambda one: (one.place, -one.score, one.replies[0].question.order),
    )
    return tuple(_statement(candidate) for candidate in best)


def _in_language(replies: Sequence[Reply], language: str) -> list[Reply]:
    """Return the sentences in the language of the article, all where it has too few."""
    own = [reply for reply in replies if guess_language(reply.text) == language]
    return own if len(own) >= _ENOUGH else list(replies)


def quoted(reply: Reply) -> Quoted:
    """Return a reply as words of its conversation."""
    question = reply.question
    return Quoted(
        conversation_id=question.conversation_id,
        at=question.at,
        evidence=reply.evidence,
    )


def _without_commonplaces(
    replies: Sequence[Reply], elsewhere: Sequence[Sequence[str]], closeness: Closeness
) -> list[Reply]:
    """Leave out what agents also say in several other gaps."""
    import numpy as np

    others = [said for said in elsewhere if said]
    if not replies or not others:
        return list(replies)
    near = closeness.between(
        [reply.text for reply in replies], [text for said in others for text in said]
    )
    starts = np.cumsum([0, *(len(said) for said in others[:-1])])
    heard = (np.maximum.reduceat(near, starts, axis=1) >= _SAID_ELSEWHERE).sum(axis=1)
    return [
        reply
        for reply, gaps in zip(replies, heard.tolist(), strict=True)
        if gaps < _COMMONPLACE_FROM
    ]


def _sides(replies: Sequence[Reply]) -> list[list[Reply]]:
    """Part sentences that contradict each other; the side heard in most conversations first."""
    sides: list[list[Reply]] = []
    for reply in replies:
        language = guess_language(reply.text)
        for side in sides:
            if not any(disagree(reply.text, other.text, language) for other in side[:_COMPARED]):
                side.append(reply)
                break
        else:
            sides.append([reply])
    order = {id(side): place for place, side in enumerate(sides)}
    return sorted(
        sides,
        key=lambda side: (-len({r.question.conversation_id for r in side}), order[id(side)]),
    )


def _statement(candidate: _Candidate) -> Statement:
    replies = candidate.replies
    return Statement(
        quote=quoted(replies[0]),
        conversations=len({reply.question.conversation_id for reply in replies}),
        agents=len({reply.agent for reply in replies}),
        accepted=len({r.question.conversation_id for r in replies if r.accepted}),
        general=ONE_CASE.search(replies[0].text) is None,
        contradicted_by=tuple(quoted(reply) for reply in candidate.others),
    )
