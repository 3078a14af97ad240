"""What reasons and named events are called, for screens; no model is loaded for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.errors import EntenduError

if TYPE_CHECKING:
    from serving.definitions import Definitions
    from serving.sign_in_page.words import PageLanguage


def reason_labels(definitions: Definitions, language: PageLanguage) -> dict[str, str]:
    """Return the names of all contact reasons by code, also of those that were in use before.

    None where the taxonomy cannot be read.

    Args:
        definitions: Of the service.
        language: Of the names.
    """
    try:
        reasons = definitions.known_reasons
    except EntenduError:
        return {}
    labels: dict[str, str] = {}
    for reason in reversed(reasons):  # those in use have the last word
        labels[reason.code] = reason.label.text(language)
        labels |= {sub.code: sub.label.text(language) for sub in reason.subreasons}
    return labels


def category_labels(definitions: Definitions, language: PageLanguage) -> dict[str, str]:
    """Return the names of all named events by code; none where they cannot be read.

    Args:
        definitions: Of the service.
        language: Of the names.
    """
    try:
        categories = definitions.categories.categories
    except EntenduError:
        return {}
    return {one.id: one.label.text(language) for one in categories}
