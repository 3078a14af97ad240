"""Small conversations with known truth, and the helpers that build them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from conversation import (
    Conversation,
    ModelReference,
    Participant,
    Provenance,
    Recording,
    Turn,
    Word,
)
from nlu import (
    ContactAxes,
    NoteRefused,
    ReasonResult,
    SentimentResult,
    TurnSentiment,
    Understanding,
)
from nlu.axes import ContactNature, ContactOutcome, RepeatContact, SalesOpportunity, Urgency
from quality import evaluate, measure, scorecard_for

HERE = Path(__file__).parent
SAMPLES = yaml.safe_load((HERE / "sample_calls.yaml").read_text(encoding="utf-8"))
NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def build_call(script, *, language="fr", duration_s=None, channels=2, words=True):
    """Build a call from lines ``speaker start_s end_s text``, words spread evenly."""
    turns = []
    for line in map(str.strip, script.strip().splitlines()):
        speaker, start, end, text = line.split(" ", 3)
        start_s, end_s = float(start), float(end)
        parts = text.split() if words else []
        step = (end_s - start_s) / max(1, len(parts))
        turns.append(
            Turn(
                index=len(turns),
                speaker=speaker,
                text=text,
                start_s=start_s,
                end_s=end_s,
                words=[
                    Word(
                        text=part,
                        start_s=start_s + i * step,
                        end_s=start_s + (i + 1) * step,
                        probability=0.9,
                    )
                    for i, part in enumerate(parts)
                ],
            )
        )
    duration_s = duration_s or max((turn.end_s for turn in turns), default=0.0)
    recording = Recording(
        name="call.wav",
        sha256="0" * 64,
        size_bytes=1,
        container="wav",
        codec="pcm_s16le",
        sample_rate_hz=8000,
        channels=channels,
        duration_s=duration_s,
    )
    return Conversation(
        id="call",
        channel="phone",
        language=language,
        duration_s=duration_s,
        turns=turns,
        recording=recording,
    )


def build_messages(script, *, channel="chat", language="fr", customer_name=None):
    """Build messages from lines ``speaker [+seconds] text``; ``\\n`` in the text breaks lines."""
    turns = []
    for line in map(str.strip, script.strip().splitlines()):
        speaker, text = line.split(" ", 1)
        at = None
        if text.startswith("+"):
            seconds, text = text[1:].split(" ", 1)
            at = NINE + timedelta(seconds=float(seconds))
        text = text.replace("\\n", "\n")
        turns.append(Turn(index=len(turns), speaker=speaker, text=text, at=at))
    people = [Participant(role="customer", name=customer_name)] if customer_name else []
    return Conversation(
        id="chat", channel=channel, language=language, turns=turns, participants=people
    )


def build_understanding(conversation, *, negative=(), sentiment=True):
    """Build an understanding of which only the customer's negative turns matter."""
    provenance = Provenance(
        component="nlu.sentiment", version="1", models=(ModelReference(name="encoder"),)
    )
    turns = tuple(
        TurnSentiment(
            turn_index=turn.index,
            score=-0.8 if turn.index in negative else 0.1,
            label="negative" if turn.index in negative else "neutral",
        )
        for turn in conversation.turns_of("customer")
    )
    felt = SentimentResult(
        turns=turns,
        overall=0,
        start=0,
        end=0,
        quarters=(None, None, None, None),
        turning_point=None,
        strongest=None,
        provenance=provenance,
    )
    return Understanding(
        conversation_id=conversation.id,
        language=conversation.language,
        reasons=ReasonResult(taxonomy="telecom", primary=None, margin=0, threshold=0.5),
        sentiment=felt if sentiment else None,
        questions=(),
        axes=ContactAxes(
            nature=ContactNature(primary=None, probability=0),
            urgency=Urgency(level=0, triggers=(), always_human=False, emergency_numbers=()),
            repeat=RepeatContact(stated=False),
            outcome=ContactOutcome(outcome=None, confidence=0),
            sales=SalesOpportunity(present=False),
            provenance=provenance,
        ),
        routing=None,
        entities=(),
        commitments=(),
        note=NoteRefused(reason="too_short", message="too little was said"),
        personal_data=(),
        provenance=(provenance,),
    )


@pytest.fixture(scope="session")
def call():
    """Build a call from a script."""
    return build_call


@pytest.fixture(scope="session")
def messages():
    """Build messages from a script."""
    return build_messages


@pytest.fixture(scope="session")
def understanding_of():
    """Build an understanding with given negative turns."""
    return build_understanding


@pytest.fixture(scope="session")
def telecom_call():
    """A repair call: greeting, identity, anger, hold with thanks, personal goodbye."""
    return build_call(SAMPLES["telecom"]["script"], duration_s=123.15)


@pytest.fixture(scope="session")
def bank_call():
    """A fraud call: no name used, no thanks at the end."""
    return build_call(SAMPLES["bank"]["script"], duration_s=81.5)


@pytest.fixture(scope="session")
def recognised_bank_call():
    """The fraud call with the errors of a small recogniser and its turns."""
    return build_call(SAMPLES["bank_recognised"]["script"], duration_s=81.5)


@pytest.fixture(scope="session")
def judge():
    """Evaluate a conversation with the card of its channel; results by question."""

    def run(conversation, *, scorecard=None, negative=(), sentiment=True):
        evaluation = evaluate(
            conversation,
            understanding=build_understanding(conversation, negative=negative, sentiment=sentiment),
            metrics=measure(conversation),
            scorecard=scorecard or scorecard_for(conversation),
        )
        return {item.id: item for item in evaluation.items}

    return run
