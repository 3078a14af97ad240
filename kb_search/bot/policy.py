"""What a centre decides about its bot; what the law or the house decides is not here."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb_search.bot.hours import OpeningHours
from kb_search.bot.texts import Texts, check_slots, shipped_texts
from kb_search.filters import Filters
from kb_search.words import Language

MAX_FAILURES = 2
"""Turns in a row without help, after which a person takes over."""

MAX_UNREADABLE = 3
"""Messages in a row without a word, after which a person takes over."""

MAX_QUESTIONS = 4
"""Questions of one message that are answered; the others are named and asked for again."""

MAX_MESSAGE_CHARACTERS = 4_000
"""Characters of one message that are read and kept."""

CUSTOMERS_MAY_SEE = Filters(audiences=("public",), states=("validated",))
"""Articles that a bot may show: validated ones, written for the public."""


class BotPolicy(BaseModel):
    """What a centre decides about its bot.

    That the bot says what it is, is mute while a person has the conversation, passes on whoever
    asks for a person, and gives dangers to people at once is not for a centre to decide.

    Attributes:
        centre: Name of the company, as the bot says it; None leaves it out.
        delay_minutes: How long customers wait for a person, told to them; None says nothing.
        hours: When people are there; None: always.
        outside_hours: What the bot may offer when nobody is there: to take a ``message``, to
            promise a ``callback``, or ``nothing``.
        abuse: What follows a second insult: ``hand_over`` or ``close``.
        asks_whether_it_helped: Whether the bot asks so after an answer.
        remind_after_s: Seconds of silence after which the bot asks whether the customer is
            still there; -1: never.
        close_after_s: Further seconds of silence after which it closes; -1: never.
        voice_remind_after_s: The same for calls.
        voice_close_after_s: The same for calls.
        hand_over_after_s: Seconds without anybody taking a hand-over, after which the customer is
            told that it takes longer.
        texts: What the bot says otherwise than the shipped texts, by language and name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    centre: str | None = Field(default=None, min_length=1, max_length=80)
    delay_minutes: int | None = Field(default=None, ge=1, le=600)
    hours: OpeningHours | None = None
    outside_hours: Literal["message", "callback", "nothing"] = "nothing"
    abuse: Literal["hand_over", "close"] = "hand_over"
    asks_whether_it_helped: bool = True
    remind_after_s: float = Field(default=180, ge=-1)
    close_after_s: float = Field(default=300, ge=-1)
    voice_remind_after_s: float = Field(default=8, ge=-1)
    voice_close_after_s: float = Field(default=15, ge=-1)
    hand_over_after_s: float = Field(default=300, gt=0)
    texts: dict[Language, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _texts_are_known(self) -> Self:
        for language, lines in self.texts.items():
            for name, text in lines.items():
                if name not in Texts.model_fields:
                    raise ValueError(f"texts.{language}: {name!r} is no text of the bot")
                if not text.strip():
                    raise ValueError(f"texts.{language}.{name} is empty; leave it out to keep ours")
                check_slots(name, text)
        return self

    @cached_property
    def _own(self) -> dict[Language, Texts]:
        languages: tuple[Language, ...] = ("fr", "en")
        return {
            language: Texts.model_validate(
                shipped_texts(language).model_dump() | self.texts.get(language, {})
            )
            for language in languages
        }

    def words(self, language: Language) -> Texts:
        """Return the bot's words in a language."""
        return self._own[language]
