"""An analysis built by hand, without any model, for tests of what shows or stores it."""

from __future__ import annotations

from datetime import UTC, datetime

from conversation import Conversation, Evidence, Participant, Provenance, Turn, Word
from kb_search import Answer, Citation
from nlu import (
    ContactAxes,
    CustomerQuestion,
    ReasonResult,
    ReasonScore,
    SentimentResult,
    TurnSentiment,
    Understanding,
    find_commitments,
    find_entities,
    find_personal_data,
    load_routing_table,
    redact_conversation,
    write_note,
)
from nlu.axes import (
    ContactNature,
    ContactOutcome,
    RepeatContact,
    SalesOpportunity,
    Urgency,
    UrgencyTrigger,
)
from nlu.redaction import CARDS_ONLY
from nlu.routing import ContactFacts, recommend_route
from quality import evaluate, load_scorecard, measure
from serving.analysis import Analysis, AnsweredQuestion, Source, Timings

LINES = (
    ("agent", "Bonjour et bienvenue chez Télécom Plus, Claire à votre écoute."),
    ("customer", "Bonjour, ma box ne marche plus, c'est inadmissible."),
    ("agent", "Je suis désolée. Quel est votre nom ?"),
    ("customer", "Marc Dubois. Est-ce que je serai remboursé ?"),
)


def sample_axes(conversation: Conversation) -> ContactAxes:
    """An incident that is urgent and is told again."""
    told = (Evidence.from_turn(conversation.turns[1]),)
    nature = ContactNature(
        primary="incident", probability=0.8, also=("complaint",), scores=(), evidence=told
    )
    trigger = UrgencyTrigger(kind="service_cut", level=2, evidence=told[0])
    return ContactAxes(
        nature=nature,
        urgency=Urgency(level=2, triggers=(trigger,), always_human=False, emergency_numbers=()),
        repeat=RepeatContact(stated=True, count=3, evidence=told),
        outcome=ContactOutcome(outcome="unresolved", confidence=0.6, evidence=told),
        sales=SalesOpportunity(present=False),
        provenance=Provenance(component="nlu.axes", version="1"),
    )


def sample_conversation(lines=LINES) -> Conversation:
    turns, at_s = [], 0.0
    for index, (speaker, text) in enumerate(lines):
        words = []
        for piece in text.split():
            words.append(Word(text=piece, start_s=at_s, end_s=at_s + 0.25, probability=0.9))
            at_s += 0.3
        turns.append(
            Turn(
                index=index, speaker=speaker, text=text, start_s=words[0].start_s,
                end_s=words[-1].end_s, words=tuple(words), language="fr", confidence=0.9,
            )
        )  # fmt: skip
        at_s += 1.0
    return Conversation(
        id="appel", channel="phone", language="fr", duration_s=at_s,
        participants=(
            Participant(role="agent", name="Claire", audio_channel=0),
            Participant(role="customer", audio_channel=1),
        ),
        turns=tuple(turns),
    )  # fmt: skip


def sample_analysis(
    lines=LINES, *, name: str = "appel.wav", language: str = "fr", conversation=None
) -> Analysis:
    conversation = conversation or sample_conversation(lines)
    question = conversation.turns[3]
    reason = ReasonScore(
        code="tel.panne_fixe", label_fr="Panne internet", label_en="Fixed fault", probability=0.8,
        evidence=(Evidence.from_turn(conversation.turns[1]),),
    )  # fmt: skip
    understanding = Understanding(
        conversation_id=conversation.id, language=language,
        reasons=ReasonResult(
            taxonomy="telecom", primary=reason, candidates=(reason,), margin=0.6, threshold=0.4
        ),
        sentiment=SentimentResult(
            turns=(
                TurnSentiment(turn_index=1, score=-0.7, label="negative"),
                TurnSentiment(turn_index=3, score=0.1, label="neutral"),
            ),
            overall=-0.3, start=-0.7, end=0.1, quarters=(None, -3.5, None, 0.5),
            turning_point=None, strongest=Evidence.from_turn(conversation.turns[1]),
            provenance=Provenance(component="nlu.sentiment", version="1"),
        ),
        questions=(
            CustomerQuestion(
                text=question.text, kind="question", evidence=Evidence.from_turn(question)
            ),
        ),
        axes=sample_axes(conversation),
        routing=recommend_route(
            ContactFacts(reason="tel.panne_fixe", urgency=2, nature="incident"),
            load_routing_table("telecom"),
        ),
        entities=find_entities(conversation), commitments=find_commitments(conversation),
        note=write_note(conversation, language=language),
        personal_data=find_personal_data(conversation), provenance=(),
    )  # fmt: skip
    metrics = measure(conversation)
    answer = Answer(
        question=question.text, answered=True, confidence=0.9, threshold=0.5,
        text="Une remise de 15 euros est accordée.",
        citation=Citation(
            document="remise.md", title="Remise après une coupure", passage_id="p1",
            quote="Une remise de 15 euros est accordée.",
        ),
    )  # fmt: skip
    return Analysis(
        fingerprint="f" * 64, created_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        entendu_version="0.1.0", source=Source(name=name), conversation=conversation,
        transcription=None, understanding=understanding,
        redaction=redact_conversation(conversation, (), CARDS_ONLY).report,
        questions=(AnsweredQuestion(question=understanding.questions[0], answer=answer),),
        knowledge_base="kb", metrics=metrics,
        evaluation=evaluate(
            conversation, understanding=understanding, metrics=metrics,
            scorecard=load_scorecard("inbound"),
        ),
        timings=Timings(speech_s=1, nlu_s=0.1, kb_search_s=0.1, quality_s=0.1, total_s=1.3),
    )  # fmt: skip
