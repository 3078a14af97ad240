"""Saying the same otherwise: words of a region, contractions, forms of address, fillers."""

from __future__ import annotations

import random
import re

from conversation import Conversation
from quality.fairness.people import Role
from quality.fairness.phrases import phrasebook, word_file
from quality.fairness.rewriting import Edit, rewrite

FILLERS_PER_WORD = 0.06
"""Share of words before which a hesitation is put."""

_GAP = re.compile(r"(?<=[\w,])\s+(?=\w)")


def reword(
    conversation: Conversation, role: Role, *, name: str, language: str, variant: str
) -> Conversation:
    """Put phrases of a word list in the place of what one side says.

    Args:
        conversation: The original.
        role: Whose words.
        name: Of the word list: ``regional`` or ``register``.
        language: ``fr`` or ``en``.
        variant: Of the word list.

    Returns:
        The copy; the same words where no phrase of the list was said.
    """
    book = phrasebook(name, language, variant)
    edits = {turn.index: book.edits(turn.text) for turn in conversation.turns_of(role)}
    return rewrite(conversation, {index: own for index, own in edits.items() if own})


def hesitate(
    conversation: Conversation, role: Role, *, language: str, rng: random.Random
) -> Conversation:
    """Put hesitations between one side's words.

    Args:
        conversation: The original.
        role: Whose words.
        language: ``fr`` or ``en``.
        rng: Decides where, for :data:`FILLERS_PER_WORD` of the words.

    Returns:
        The copy.
    """
    fillers: list[str] = word_file("register")[language]["fillers"]  # type: ignore[assignment]
    edits: dict[int, list[Edit]] = {}
    for turn in conversation.turns_of(role):
        own = [
            Edit(match.end(), match.end(), f"{rng.choice(fillers)} ")
            for match in _GAP.finditer(turn.text)
            if rng.random() < FILLERS_PER_WORD
        ]
        if own:
            edits[turn.index] = own
    return rewrite(conversation, edits)
