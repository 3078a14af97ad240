"""The stage that finds what a conversation is about, and answers the customer's questions."""

from __future__ import annotations

import time

from nlu import understand
from nlu.wrap_up import WrapUpNote, rewrite_note
from serving.asking import answer_questions
from serving.stages.rooms import Rooms
from serving.stages.values import Transcribed, Understood


def understand_text(rooms: Rooms, transcribed: Transcribed) -> Understood:
    """Find reasons, sentiment, questions and commitments, write the note, look up answers.

    Args:
        rooms: Models and definitions.
        transcribed: The redacted conversation.

    Raises:
        EntenduError: A model or a definition cannot be used.
    """
    rooms.wait_until_prepared()
    began_s = time.perf_counter()
    conversation, definitions = transcribed.conversation, rooms.definitions
    understanding = understand(
        conversation,
        encoder=rooms.encoder,
        reasons=definitions.scorer(rooms.encoder, rooms.hearing.compute),
        routing=definitions.routing,
        centre=definitions.centre,
        language=transcribed.language,
        personal_data=transcribed.found,
    )
    note = understanding.note
    if rooms.rewriter is not None and isinstance(note, WrapUpNote):
        note = rewrite_note(note, conversation, rooms.rewriter)
        understanding = understanding.model_copy(update={"note": note})
    understood_s = time.perf_counter()
    knowledge = rooms.knowledge_base
    questions = () if knowledge is None else answer_questions(understanding.questions, knowledge)
    return Understood(
        understanding=understanding,
        questions=questions,
        nlu_s=understood_s - began_s,
        kb_search_s=time.perf_counter() - understood_s,
    )
