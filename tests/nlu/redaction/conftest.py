"""Conversations with secrets in them, and a finder that knows where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from conversation import Conversation, Turn, Word
from nlu.personal_data import PersonalData

Said = str | tuple[str, str]
"""A word as written, or as written and as spoken."""


def spoken_turn(
    index: int, speaker: str, words: Sequence[Said], *, start_s: float = 0.0, word_s: float = 0.4
) -> Turn:
    """Make a turn of a call: its words follow each other with a little pause."""
    made = []
    for word in words:
        text, spoken = word if isinstance(word, tuple) else (word, None)
        made.append(
            Word(
                text=text, start_s=round(start_s, 3), end_s=round(start_s + 0.75 * word_s, 3),
                probability=0.9, spoken=spoken,
            )
        )  # fmt: skip
        start_s += word_s
    return Turn(
        index=index, speaker=speaker, text=" ".join(word.text for word in made), words=tuple(made),
        start_s=made[0].start_s, end_s=made[-1].end_s,
    )  # fmt: skip


def written_turn(index: int, speaker: str, text: str) -> Turn:
    return Turn(index=index, speaker=speaker, text=text)


def call(*turns: Turn, language: str | None = "fr", **more: object) -> Conversation:
    return Conversation(id="appel", channel="phone", language=language, turns=turns, **more)


def chat(*texts: str, language: str | None = "fr", **more: object) -> Conversation:
    turns = tuple(
        written_turn(index, ("agent", "customer")[index % 2], text)
        for index, text in enumerate(texts)
    )
    return Conversation(id="chat", channel="chat", language=language, turns=turns, **more)


class Finder:
    """Finds given texts, each of a type and perhaps with a canonical form.

    Args:
        secrets: Text, type and value of each; the value names the item.
    """

    def __init__(self, *secrets: tuple[str, str] | tuple[str, str, str]) -> None:
        self.secrets = [(*secret, None)[:3] for secret in secrets]

    def __call__(self, text: str, *, language: str = "fr") -> tuple[PersonalData, ...]:
        return tuple(self._in_text(text, 0))

    def in_turns(self, conversation: Conversation) -> tuple[PersonalData, ...]:
        return tuple(
            data for turn in conversation.turns for data in self._in_text(turn.text, turn.index)
        )

    def _in_text(self, text: str, turn_index: int):
        items = {value or shown: number for number, (shown, _, value) in enumerate(self.secrets)}
        for shown, kind, value in self.secrets:
            for match in re.finditer(re.escape(shown), text):
                yield PersonalData(
                    type=kind, turn_index=turn_index, start=match.start(), end=match.end(),
                    text=shown, value=value, item=items[value or shown], confidence=0.9,
                    checked=kind == "card_number",
                )  # fmt: skip


@pytest.fixture(name="finder_of")
def finder_class():
    """The class of finders."""
    return Finder


@pytest.fixture(name="call")
def make_call():
    """Make a call of turns."""
    return call


@pytest.fixture(name="chat")
def make_chat():
    """Make a chat of texts, the agent first."""
    return chat


@pytest.fixture(name="said")
def make_spoken_turn():
    """Make a turn with words and times."""
    return spoken_turn


@pytest.fixture(autouse=True)
def _no_name_models(monkeypatch):
    """What is installed on the machine changes no test, and spaCy takes seconds to load."""
    monkeypatch.setattr("nlu.personal_data.named_entities._pipeline", lambda language: None)
