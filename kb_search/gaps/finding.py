"""From many questions to gaps, most handling time first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from conversation import Provenance
from kb_search.filters import Filters
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.describing import GapWriter
from kb_search.gaps.grouping import group
from kb_search.gaps.items import AskedQuestion
from kb_search.gaps.judging import find_troubles
from kb_search.gaps.nearest import Library, NearestFinder
from kb_search.gaps.replies import PersonalDataFinder, answer_text, replies_to
from kb_search.gaps.report import OPENING_TROUBLES, GapReport
from kb_search.gaps.settings import DEFAULT_SETTINGS, GapSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

VERSION = "1"
"""Of how gaps are found, as provenance names it."""

Progress = Callable[[str, int, int], None]


def find_gaps(
    questions: Sequence[AskedQuestion],
    *,
    encoder: Encoder,
    library: Library | None = None,
    filters: Filters | None = None,
    personal: PersonalDataFinder | None = None,
    settings: GapSettings = DEFAULT_SETTINGS,
    today: date | None = None,
    progress: Progress | None = None,
) -> GapReport:
    """Find what customers ask and the knowledge base does not answer well.

    Open questions are grouped by what they mean, by their words and by what agents answered.
    The same questions give the same gaps, in whatever order they come.

    Args:
        questions: Of all conversations, also those that were answered well.
        encoder: Makes the vectors.
        library: The base, to name the nearest article; None where there is none.
        filters: What the readers in question may see, for articles of the wrong audience.
        personal: Finds what is personal, which is never quoted; None where nothing is.
        settings: When questions are one gap.
        today: Day on which documents must be in force; the current day when None.
        progress: Called with (``"questions"``, ``"answers"`` or ``"articles"``, done, in all).

    Returns:
        The gaps, most handling time first.
    """
    asked = sorted(questions, key=lambda question: question.order)
    texts = sorted({question.text for question in asked})
    closeness = Closeness(
        texts, encoder, words_share=settings.words_share, progress=_stage(progress, "questions")
    )
    replies = [replies_to(question, personal) for question in asked]
    answers = [answer_text(found) for found in replies]
    cards = [question.answer.text for question in asked if question.answer]
    said = Closeness(
        sorted({text for text in (*answers, *cards) if text}),
        encoder,
        words_share=settings.words_share,
        progress=_stage(progress, "answers"),
    )
    troubles = find_troubles(asked, answers, closeness=closeness, said=said, settings=settings)
    opened = [n for n, found in enumerate(troubles) if found & OPENING_TROUBLES]
    kept = sorted(_newest(opened, asked, settings.max_questions))
    similarity = _similarity(
        [asked[number].text for number in kept],
        [answers[number] for number in kept],
        closeness=closeness,
        said=said,
        share=settings.answers_share,
    )
    found = [
        [kept[row] for row in rows]
        for rows in group(similarity, least_similarity=settings.least_similarity)
        if len({asked[kept[row]].conversation_id for row in rows}) >= settings.min_conversations
    ]
    shares, unknown = _handling_shares(asked)
    writer = GapWriter(
        asked, troubles, closeness, replies, found, shares, encoder=encoder, personal=personal,
        settings=settings,
        nearest=None if library is None else NearestFinder(
            library, encoder, filters=filters,
            today=today or date.today(),  # noqa: DTZ011, validity dates are local days
        ),
    )  # fmt: skip
    gaps = []
    for place in range(len(found)):
        gaps.append(writer.write(place))
        if progress is not None:
            progress("articles", place + 1, len(found))
    gaps.sort(key=lambda gap: (-gap.handling_s, -len(gap.conversations), gap.conversations))
    return GapReport(
        conversations=len({question.conversation_id for question in asked}),
        questions=len(asked),
        open_questions=len(opened),
        ungrouped_questions=len(kept) - sum(map(len, found)),
        left_out=len(opened) - len(kept),
        handling_unknown=unknown,
        gaps=tuple(gap.model_copy(update={"rank": rank}) for rank, gap in enumerate(gaps, 1)),
        provenance=Provenance(
            component="kb_search.gaps",
            version=VERSION,
            models=(encoder.reference,),
            settings=asdict(settings),
        ),
    )


def _newest(opened: Sequence[int], asked: Sequence[AskedQuestion], most: int) -> list[int]:
    """Keep the newest of too many open questions; those without a date go first."""

    def age(number: int) -> tuple[float, int]:
        at = asked[number].at
        return (0.0 if at is None else -at.timestamp(), number)

    return list(opened) if len(opened) <= most else sorted(opened, key=age)[:most]


def _similarity(
    texts: Sequence[str],
    answers: Sequence[str],
    *,
    closeness: Closeness,
    said: Closeness,
    share: float,
) -> NDArray[np.float64]:
    """Return how alike open questions are, with what agents answered where both were answered."""
    import numpy as np

    similarity = closeness.between(texts, texts)
    rows = [row for row, answer in enumerate(answers) if answer]
    if share and len(rows) > 1:
        given = [answers[row] for row in rows]
        both = np.ix_(rows, rows)
        similarity[both] = (1 - share) * similarity[both] + share * said.between(given, given)
    return similarity


def _handling_shares(asked: Sequence[AskedQuestion]) -> tuple[list[tuple[float, bool]], int]:
    """Return each question's share of its conversation's time, and whether that is known."""
    in_conversation = Counter(question.conversation_id for question in asked)
    known = [
        None if question.handling_s is None
        else question.handling_s / in_conversation[question.conversation_id]
        for question in asked
    ]  # fmt: skip
    usual = median([share for share in known if share is not None] or [0.0])
    unknown = {q.conversation_id for q in asked if q.handling_s is None}
    shares = [(usual, False) if share is None else (share, True) for share in known]
    return shares, len(unknown)


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)
