"""What the live assistant needs of other rooms: the customer's needs, found by ``nlu``."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import Conversation, Evidence, Turn
from nlu import CustomerQuestion, find_questions


def find_needs(turns: Sequence[Turn]) -> tuple[CustomerQuestion, ...]:
    """Find what the customer wants in the last of some turns.

    Args:
        turns: The newest turns of a conversation, in order; those before the last only say what
            it refers to.

    Returns:
        Questions, requests and stated problems of the last turn, also when they were asked
        before; none when somebody else than the customer spoke.
    """
    if not turns or turns[-1].speaker not in ("customer", "unknown"):
        return ()
    # Turns before are nobody's questions here: what is asked again is asked again.
    heard = tuple(
        Turn(index=position, speaker="system", text=turn.text)
        for position, turn in enumerate(turns[:-1])
    )
    last = turns[-1]
    moved = last.model_copy(update={"index": len(heard)})
    window = Conversation(id="window", channel="phone", turns=(*heard, moved))
    return tuple(_placed(question, last) for question in find_questions(window))


def _placed(question: CustomerQuestion, turn: Turn) -> CustomerQuestion:
    return question.model_copy(update={"evidence": Evidence.from_turn(turn, question.text)})
