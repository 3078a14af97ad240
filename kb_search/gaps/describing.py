"""One gap described: its questions, what it costs, why it is there, and a draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Literal

from conversation import Evidence
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.draft import write_draft
from kb_search.gaps.growth import count_weeks, day_of, measure_growth
from kb_search.gaps.items import AskedQuestion
from kb_search.gaps.nearest import NearestFinder
from kb_search.gaps.replies import PersonalDataFinder, Reply, clean_part
from kb_search.gaps.report import Gap, NearestArticle, Quoted, Trouble, Why
from kb_search.gaps.settings import GapSettings
from kb_search.gaps.statements import best_statements
from kb_search.sentences import word_count
from kb_search.words import guess_language

if TYPE_CHECKING:
    from models import Encoder

_CENTRAL = 5  # questions that the nearest article is looked up with
_LONG_TITLE = 16
_LEAST_WORDING = 3
_WEAK_FROM = 0.8
_NEARLY_AS_CLOSE = 0.9


class GapWriter:
    """Describes groups of open questions.

    Args:
        asked: All questions.
        troubles: What was wrong with the answer to each.
        closeness: Of their texts.
        replies: What agents answered to each.
        found: The groups, as numbers of questions.
        shares: Seconds of handling of each question, and whether they are known.
        encoder: Makes the vectors of agents' sentences.
        personal: Finds what is personal.
        settings: How much is shown.
        nearest: Finds the nearest article.
    """

    def __init__(
        self,
        asked: Sequence[AskedQuestion],
        troubles: Sequence[frozenset[Trouble]],
        closeness: Closeness,
        replies: Sequence[Sequence[Reply]],
        found: Sequence[Sequence[int]],
        shares: Sequence[tuple[float, bool]],
        *,
        encoder: Encoder,
        personal: PersonalDataFinder | None,
        settings: GapSettings,
        nearest: NearestFinder | None,
    ) -> None:
        self._asked = asked
        self._troubles = troubles
        self._closeness = closeness
        self._replies = replies
        self._shares = shares
        self._personal = personal
        self._settings = settings
        self._nearest = nearest
        self._found = found
        self._said = [
            sorted({reply.text for number in numbers for reply in replies[number]})
            for numbers in found
        ]
        wordings = {asked[number].text for numbers in found for number in numbers}
        self._said_closeness = Closeness(
            sorted(wordings.union(*self._said)), encoder, words_share=settings.words_share
        )
        self._well_answered = sorted(
            {q.text for q, trouble in zip(asked, troubles, strict=True) if not trouble}
        )
        self._well_counts = Counter(
            q.text for q, trouble in zip(asked, troubles, strict=True) if not trouble
        )
        first_day: dict[str, date] = {}
        for question in asked:
            if question.at is not None:
                first_day.setdefault(question.conversation_id, day_of(question.at))
        self._day_of = first_day
        self._all_days = Counter(first_day.values())

    def write(self, place: int) -> Gap:
        """Describe one group, by its place among those that were found; its rank comes later."""
        numbers, cohesion = self._by_centrality(self._found[place])
        asked = [self._asked[number] for number in numbers]
        texts = [question.text for question in asked]
        conversations = sorted({question.conversation_id for question in asked})
        language: Literal["fr", "en"] = _language(asked)
        quotes = self._quotes(asked)
        wordings = quotes[: self._settings.wordings]
        title = _title(quotes, language)
        replies = _newest_first([r for number in numbers for r in self._replies[number]])
        elsewhere = [said for other, said in enumerate(self._said) if other != place]
        statements = best_statements(
            replies, texts, elsewhere, self._said_closeness, self._settings, language=language
        )
        troubles = Counter(trouble for n in numbers for trouble in sorted(self._troubles[n]))
        why, nearest = self._why(asked, troubles)
        days = [self._day_of[one] for one in conversations if one in self._day_of]
        return Gap(
            rank=1,
            title=title,
            language=language,
            languages=dict(sorted(Counter(q.language or "" for q in asked).items())),
            questions=len(numbers),
            conversations=tuple(conversations),
            handling_s=round(sum(self._shares[number][0] for number in numbers), 1),
            handling_known=sum(self._shares[number][1] for number in numbers),
            troubles=dict(sorted(troubles.items())),
            answered_alike=self._answered_alike(texts, cohesion),
            cohesion=round(cohesion, 4),
            why=why,
            nearest=nearest,
            weeks=count_weeks(days, self._all_days),
            growth=measure_growth(
                days, self._all_days, recent_days=self._settings.recent_days
            ),
            wordings=tuple(wordings),
            statements=statements,
            draft=write_draft(
                title, statements, wordings, language=language, conversations=len(conversations)
            ) if statements else None,
        )  # fmt: skip

    def _by_centrality(self, numbers: Sequence[int]) -> tuple[list[int], float]:
        """Order questions by how alike they are to all of the group."""
        texts = [self._asked[number].text for number in numbers]
        means = self._closeness.between(texts, texts).mean(axis=1)
        order = sorted(range(len(texts)), key=lambda row: (-round(float(means[row]), 6), row))
        return [numbers[row] for row in order], float(means.mean())

    def _quotes(self, asked: Sequence[AskedQuestion]) -> list[Quoted]:
        """Return the questions that can be shown, distinct, the most typical first."""
        found: dict[str, Quoted] = {}
        for question in asked:
            text = question.turn.text
            start = text.find(question.quote)
            personal = self._personal
            hidden = () if personal is None else personal(question.conversation_id, question.turn)
            clean = clean_part(
                text, (start, start + len(question.quote)), hidden, least_words=_LEAST_WORDING
            )
            if clean is not None:
                evidence = Evidence.from_turn(question.turn, text[slice(*clean)])
                quoted = Quoted(
                    conversation_id=question.conversation_id, at=question.at, evidence=evidence
                )
                found.setdefault(" ".join(evidence.quote.lower().split()), quoted)
        return list(found.values())

    def _why(
        self, asked: Sequence[AskedQuestion], troubles: Counter[Trouble]
    ) -> tuple[Why, NearestArticle | None]:
        contradicted = 2 * troubles["agent_differs"] >= len(asked)
        if self._nearest is not None:
            central = list(dict.fromkeys(question.text for question in asked))[:_CENTRAL]
            return self._nearest.find(central, contradicted=contradicted)
        if contradicted:
            return "outdated", None
        answers = [question.answer for question in asked if question.answer is not None]
        sure = median(
            [answer.confidence / max(answer.threshold, 1e-9) for answer in answers] or [0]
        )
        return ("weak" if sure >= _WEAK_FROM else "missing"), None

    def _answered_alike(self, texts: Sequence[str], cohesion: float) -> int:
        if not self._well_answered:
            return 0
        near = self._closeness.between(self._well_answered, texts).mean(axis=1)
        return sum(
            self._well_counts[text]
            for text, mean in zip(self._well_answered, near, strict=True)
            if mean >= max(cohesion * _NEARLY_AS_CLOSE, self._settings.least_similarity)
        )


def _newest_first(replies: Sequence[Reply]) -> list[Reply]:
    def age(reply: Reply) -> tuple[float, tuple[str, int, str], int]:
        at = reply.question.at
        return (0.0 if at is None else -at.timestamp(), reply.question.order, reply.place)

    return sorted(replies, key=age)


def _language(asked: Sequence[AskedQuestion]) -> Literal["fr", "en"]:
    tags = Counter(question.language or guess_language(question.text) for question in asked)
    return "en" if tags["en"] > tags["fr"] else "fr"


def _title(quotes: Sequence[Quoted], language: Literal["fr", "en"]) -> str:
    """Return the most typical question that is short and reads as one."""

    def unfit(quoted: Quoted) -> tuple[bool, bool]:
        text = quoted.evidence.quote
        return (
            guess_language(text, default=language) != language,
            not text.rstrip().endswith("?") or word_count(text) > _LONG_TITLE,
        )

    best = min(quotes, key=unfit, default=None)
    if best is None:
        return "Sans titre" if language == "fr" else "Untitled"
    text = " ".join(best.evidence.quote.split())
    return text[:1].upper() + text[1:]
