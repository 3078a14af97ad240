"""What is left of evaluations and reviews when the words behind them are gone."""

from __future__ import annotations

import json

REMOVED = "[…]"

# Members that quote what was said, or were written by somebody who had just read it.
_TEXTS = frozenset(
    (
        "quote", "text", "reason", "reason_fr", "reason_en", "explanation_fr", "explanation_en",
        "condition_fr", "condition_en", "comment", "text_fr", "text_en", "acknowledgement",
        "summary", "answer", "title", "note",
    )
)  # fmt: skip


def without_words(document: str) -> str:
    """Empty every member of a JSON document that may hold somebody's words.

    Args:
        document: An evaluation or an event of a review.

    Returns:
        The same shape: scores, answers, ids and moments stay; evidence is left out, texts become
        ``[…]``.
    """
    return json.dumps(_scrubbed(json.loads(document)), ensure_ascii=False, separators=(",", ":"))


def _scrubbed(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: [] if name == "evidence" and isinstance(one, list) else _member(name, one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_scrubbed(one) for one in value]
    return value


def _member(name: str, value: object) -> object:
    if name in _TEXTS and isinstance(value, str) and value:
        return REMOVED
    return _scrubbed(value)
