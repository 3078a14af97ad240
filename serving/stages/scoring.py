"""The stage that measures and evaluates a conversation, and puts everything together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from quality import evaluate, measure
from quality.agreement import apply_gates
from quality.categories import match_categories
from quality.sentence_vectors import SentenceVectors
from quality.sentences import sentence_texts
from serving.analysis import Analysis, Timings
from serving.stages.rooms import Rooms
from serving.stages.values import Transcribed, Understood
from serving.version import entendu_version


@dataclass(frozen=True)
class Scored:
    """The end of the main job.

    Attributes:
        analysis: Everything about the conversation.
        vectors: Of its sentences, with which it can be scored again.
    """

    analysis: Analysis
    vectors: SentenceVectors


def score_text(rooms: Rooms, transcribed: Transcribed, understood: Understood) -> Scored:
    """Measure a conversation and fill in its scorecard.

    Args:
        rooms: Models and definitions.
        transcribed: The redacted conversation.
        understood: What it is about.

    Raises:
        EntenduError: A model or a definition cannot be used.
    """
    rooms.wait_until_prepared()
    began_s = time.perf_counter()
    conversation, understanding = transcribed.conversation, understood.understanding
    definitions = rooms.definitions
    vectors = rooms.sentences.for_conversation()
    vectors.of(sentence_texts(conversation))  # in one batch, for every question
    metrics = measure(conversation, language=understanding.language)
    evaluation = evaluate(
        conversation,
        understanding=understanding,
        metrics=metrics,
        scorecard=definitions.card_for(conversation),
        vectors=vectors,
        helpers=rooms.helpers,
    )
    categories = match_categories(
        conversation,
        definitions.categories,
        metrics=metrics,
        understanding=understanding,
        vectors=vectors,
    )
    gates = None
    if definitions.gates is not None:
        gated = apply_gates(evaluation, definitions.gates)
        evaluation, gates = gated.evaluation, gated.gates
    return Scored(
        Analysis(
            fingerprint=transcribed.fingerprint,
            created_at=datetime.now(UTC),
            entendu_version=entendu_version(),
            source=transcribed.source,
            conversation=conversation,
            transcription=transcribed.facts,
            redaction=transcribed.redaction,
            understanding=understanding,
            questions=understood.questions,
            knowledge_base=rooms.knowledge_name,
            metrics=metrics,
            evaluation=evaluation,
            gates=gates,
            categories=categories,
            timings=_timings(transcribed, understood, time.perf_counter() - began_s),
        ),
        vectors,
    )


def _timings(transcribed: Transcribed, understood: Understood, quality_s: float) -> Timings:
    speech_s, nlu_s = transcribed.speech_s, transcribed.nlu_s + understood.nlu_s
    return Timings(
        speech_s=round(speech_s, 3),
        nlu_s=round(nlu_s, 3),
        kb_search_s=round(understood.kb_search_s, 3),
        quality_s=round(quality_s, 3),
        total_s=round(speech_s + nlu_s + understood.kb_search_s + quality_s, 3),
    )
