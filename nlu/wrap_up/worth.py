"""How much a statement is worth in a note."""

from __future__ import annotations

import re

from conversation import Turn
from nlu.commitments.frames import CONDITION
from nlu.entities.written_text import fold
from nlu.wrap_up import cues
from nlu.wrap_up.facts import stems_in
from nlu.wrap_up.note import NoteSection
from nlu.wrap_up.statement import WORTH, Source

_EARLY = 3.0  # what the customer's first words gain over the last
_FEW_STEMS = 3  # content words; with fewer and no fact, a request says nothing


def worth_of(
    source: Source, turn: Turn, raw: str, section: NoteSection, *, is_question: bool
) -> float:
    """Return the worth of a part of a turn: facts, problems and requests in it, and its place.

    Args:
        source: Of the conversation.
        turn: Of the conversation.
        raw: Its words.
        section: Where it belongs.
        is_question: Whether it asks.

    Returns:
        The worth; 0 for what says nothing.
    """
    language, folded = source.language, fold(raw)
    facts = sum(WORTH[kind] for kind, _ in source.kinds_in(turn, raw))
    facts = facts or 1.0 * bool(re.search(r"\d", folded))
    problem = 1.5 * bool(cues.PROBLEM[language].search(folded))
    history = 1.0 * bool(cues.HISTORY[language].search(folded))
    finding = 1.0 * bool(cues.FINDING[language].search(folded))
    supposed = 1.5 * bool(CONDITION[language].match(folded)) if turn.speaker != "customer" else 0.0
    request = 1.5 * bool(cues.REQUEST[language].search(folded))
    stems = stems_in(raw, language)
    content = min(len(stems), 8) * 0.25
    if section in ("reason", "request"):
        place = turn.text.find(raw[:20]) / max(len(turn.text), 1)
        early = _EARLY - _EARLY * (turn.index + place) / max(len(source.conversation.turns), 1)
        context = 1.0 * bool(cues.CONTEXT[language].search(folded))
        worth = facts + problem * 1.5 + request + history + context + content + early
        is_vague = len(stems) < _FEW_STEMS and not facts and not (request or problem)
        if is_question and not (section == "reason" and request):
            worth *= 0.4 if facts or len(stems) > _FEW_STEMS else 0.2
        elif is_vague:
            worth *= 0.2
        return worth if problem or request or facts or context else worth * 0.3
    if section == "established":
        if not (facts or problem or finding or history) or len(stems) < 2:
            return 0.0
        worth = facts + problem + finding + history + content - supposed
        if turn.speaker == "customer":
            worth = worth * 0.2 if is_question else worth - 0.5
        return worth
    if section == "done":
        return 1.5 + facts + content if len(stems) > 1 or facts else 0.5
    if section == "next":
        return 1.0 + facts + content + bool(cues.MUST[language].search(folded))
    return 3.0 + facts + content
