"""What the bot says, in French and English, and what may not be taken out of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from kb_search.words import Language

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]

_SLOTS: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"quote"}),
    "answer_foreign": frozenset({"quote"}),
    "source": frozenset({"title"}),
    "several": frozenset({"question", "answer"}),
    "disagreement": frozenset({"quote", "title"}),
    "too_many": frozenset({"count"}),
    "emergency": frozenset({"numbers"}),
    "delay": frozenset({"minutes"}),
    "reopens": frozenset({"opening"}),
    "first_asked": frozenset({"question"}),
    "first_complaint": frozenset({"question"}),
    "first_care": frozenset({"question"}),
}
_NEEDED = frozenset({"answer", "answer_foreign", "several", "emergency", "disagreement"})
"""Texts that must hold each of their slots: what they tell stands there."""

_DISCLOSURE: Mapping[Language, tuple[str, str]] = {
    "fr": (
        "Bonjour, je suis un assistant virtuel du service client{centre}, pas une personne.",
        "Je suis un assistant virtuel, pas une personne.",
    ),
    "en": (
        "Hello, I am a virtual assistant of{centre} customer service, not a person.",
        "I am a virtual assistant, not a person.",
    ),
}


def disclosure(language: Language, centre: str | None = None) -> str:
    """Return the bot's first sentence, which says that it is no person.

    People must be told that they talk to a machine (Regulation (EU) 2024/1689, art. 50(1)): the
    sentence is no setting.

    Args:
        language: Of the sentence.
        centre: Name of the company; None leaves it out.
    """
    sentence = _DISCLOSURE[language][0]
    name = f" {centre}" if centre else ""
    if language == "en":
        return sentence.replace("of{centre}", f"of{name}" if name else "of the")
    return sentence.replace("{centre}", name)


def short_disclosure(language: Language) -> str:
    """Return the same in a few words, for a conversation that goes on."""
    return _DISCLOSURE[language][1]


class Texts(BaseModel):
    """The bot's words in one language; ``texts.yaml`` holds those that are shipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: Line
    greeted: Line
    how_are_you: Line
    robot: Line
    abilities: Line
    thanks: Line
    anything_else: Line
    ready: Line
    goodbye: Line
    answer: Line
    answer_foreign: Line
    source: Line
    several: Line
    disagreement: Line
    helped: Line
    own_file: Line
    decline: Line
    decline_part: Line
    too_many: Line
    offer_person: Line
    rephrase: Line
    not_helped: Line
    repeated: Line
    choose: Line
    empty: Line
    no_words: Line
    too_long: Line
    not_mine: Line
    other_person: Line
    abuse: Line
    abuse_close: Line
    hand_over_asked: Line
    hand_over_urgent: Line
    hand_over_care: Line
    hand_over_complaint: Line
    hand_over_advice: Line
    hand_over_account: Line
    hand_over_failed: Line
    hand_over_abuse: Line
    emergency: Line
    delay: Line
    waiting: Line
    longer: Line
    closed: Line
    reopens: Line
    message: Line
    callback: Line
    message_taken: Line
    nobody: Line
    given_back: Line
    still_there: Line
    silence: Line
    button_yes: Line
    button_no: Line
    button_person: Line
    button_rephrase: Line
    first_asked: Line
    first_urgent: Line
    first_complaint: Line
    first_care: Line

    @model_validator(mode="after")
    def _slots_are_known(self) -> Self:
        for name in type(self).model_fields:
            check_slots(name, getattr(self, name))
        return self


def check_slots(name: str, text: str) -> None:
    """Check what stands in braces in a text.

    Raises:
        ValueError: A slot is not known, or one that is needed is missing.
    """
    allowed = _SLOTS.get(name, frozenset())
    wanted = " and ".join(f"{{{slot}}}" for slot in sorted(allowed)) or "no braces"
    try:
        found = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{name}: {error}; expected {wanted}") from None
    slots = {slot for _, slot, _, _ in found if slot is not None}
    formatted = any(spec or conversion for _, _, spec, conversion in found)
    if not slots <= allowed or formatted:
        got = ", ".join(f"{{{slot}}}" for slot in sorted(slots))
        raise ValueError(f"{name}: got {got} in the text, expected {wanted}")
    if name in _NEEDED and slots != allowed:
        raise ValueError(f"{name}: expected {wanted} in the text, it is missing")


@cache
def shipped_texts(language: Language) -> Texts:
    """Return the texts that come with Entendu."""
    content = Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8")
    return Texts.model_validate(yaml.safe_load(content)[language])
