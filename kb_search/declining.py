"""Why no answer is given, in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kb_search.words import Language, query_stems

_NAME = re.compile(r"(?<=[\w,;:’'(«“\"] )[A-ZÀ-ÖØ-Þ][\w-]+|\b[A-Z]{2,}\d*\b|\b[A-Z]\w*[A-Z]\w*\b")


def unknown_name(
    question: str, languages: Sequence[Language], frequency: Callable[[tuple[str, ...]], int]
) -> str | None:
    """Return the first name in a question that no passage holds: a product, a place, a brand.

    Args:
        question: As it was asked.
        languages: Of the passages.
        frequency: Gives how many passages hold a word, given as its stems in those languages.
    """
    for match in _NAME.finditer(question):
        stems = query_stems(match[0], languages)
        if stems and not any(frequency(forms) for forms in stems):
            return match[0]
    return None


def reason_to_decline(
    question: str,
    label: str | None,
    level: float,
    threshold: float,
    unknown: str | None,
    language: Language,
) -> str:
    """Say why a question is declined.

    Args:
        question: As it was asked.
        label: Title and headings of the closest passage; None where none was found.
        level: Confidence that it answers.
        threshold: That an answer needs.
        unknown: A name in the question that the knowledge base does not hold.
        language: Of the question.
    """
    if not any(letter.isalnum() for letter in question):
        return (
            "La question ne contient aucun mot."
            if language == "fr"
            else "The question does not hold any word."
        )
    if label is None:
        return (
            "Aucun passage ne peut être consulté pour cette question."
            if language == "fr"
            else "No passage may be looked at for this question."
        )
    if language == "fr":
        named = f" La base ne parle pas de « {unknown} »." if unknown else ""
        return (
            f"Aucun passage ne répond assez sûrement : le plus proche est « {label} », "
            f"confiance {level:.2f} pour un seuil de {threshold:.2f}.{named}"
        )
    named = f" The knowledge base does not mention “{unknown}”." if unknown else ""
    return (
        f"No passage answers this surely enough: the closest is “{label}”, "
        f"confidence {level:.2f} for a threshold of {threshold:.2f}.{named}"
    )


def reason_to_ask_back(language: Language) -> str:
    """Say why a question is asked back."""
    return (
        "Plusieurs articles conviennent aussi bien : une précision est nécessaire."
        if language == "fr"
        else "Several articles fit equally well: the question needs to be more precise."
    )
