"""One question back, where several documents come equally close."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb_search.answers import Choice, Citation, Clarification
from kb_search.disagreement import text_stems
from kb_search.words import Language, fold

MOST_CHOICES = 3
_MOST_LABEL_CHARACTERS = 90
_COPY = re.compile(r"\s*\((?:copie|copy)(?: \d+)?\)\s*$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:md|txt|html?|pdf|docx|csv|jsonl)$", re.IGNORECASE)


def clarification(candidates: Sequence[Citation], language: Language) -> Clarification | None:
    """Ask which of several passages is meant.

    Args:
        candidates: Best first, each of another article.
        language: Of the question that was asked.

    Returns:
        The question with two or three choices; None where their names cannot be told apart.
    """
    names: list[str] = []
    choices: list[Choice] = []
    for citation, name in zip(candidates, _names(candidates), strict=True):
        if any(_sounds_like(name, other) for other in names):
            continue
        names.append(name)
        choices.append(Choice(label=name, citation=citation))
        if len(choices) == MOST_CHOICES:
            break
    if len(choices) < 2:
        return None
    quoted = [f"« {name} »" if language == "fr" else f"“{name}”" for name in names]
    *first, last = quoted
    return Clarification(
        question=f"Votre question porte-t-elle sur {', '.join(first)} ou {last} ?"
        if language == "fr"
        else f"Is your question about {', '.join(first)} or {last}?",
        choices=tuple(choices),
    )


def _names(candidates: Sequence[Citation]) -> list[str]:
    """Return what to call each: its title, and what tells it from another of the same title."""
    titles = [_tidy(one.title) for one in candidates]
    names = []
    for citation, title in zip(candidates, titles, strict=True):
        name = title
        if sum(fold(other) == fold(title) for other in titles) > 1:
            heading = _tidy(citation.heading.split(" › ")[-1]) if citation.heading else None
            more = citation.product or heading
            if heading and heading.endswith("?"):
                name = heading
            elif more:
                name = f"{title} : {more}"
        names.append(_short(name or " ".join(citation.quote.split())))
    return names


def _tidy(title: str) -> str:
    title = _FILE.sub("", _COPY.sub("", " ".join(title.split())))
    return title.rstrip(" .:;") or title


def _short(name: str) -> str:
    if len(name) <= _MOST_LABEL_CHARACTERS:
        return name
    return name[:_MOST_LABEL_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _sounds_like(one: str, other: str) -> bool:
    return fold(one) == fold(other) or (
        bool(text_stems(one)) and text_stems(one) == text_stems(other)
    )
