"""A stand-in for the pipeline whose analyses are whole ones, for tests of what shows them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path

from conversation import Conversation, Participant, Recording
from nlu.redaction import CARDS_ONLY
from nlu.redaction import redact_conversation as redact


def _load(name: str):
    if name not in sys.modules:
        path = Path(__file__).parent.with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


analyses = _load("analyses")
fake_server = _load("fake_server")

NAME = "Marc Dubois"
TELEPHONE = "06 12 34 56 78"
LINES = (
    ("agent", "Bonjour et bienvenue chez Télécom Plus, Claire à votre écoute."),
    ("customer", "Bonjour, ma box ne marche plus, c'est inadmissible."),
    ("agent", "Je suis désolée. Quel est votre nom et votre numéro ?"),
    ("customer", f"{NAME}, mon numéro est le {TELEPHONE}. Est-ce que je serai remboursé ?"),
)


class SamplePipeline(fake_server.FakePipeline):
    """Concludes the same of every recording, with words and times; texts keep their words."""

    def score(self, transcribed, understood):
        given = transcribed.conversation
        sample = analyses.sample_analysis(LINES, name=f"{given.id}.wav")
        if given.turns:
            conversation = given
        else:
            conversation = sample.conversation.model_copy(
                update={
                    "id": given.id,
                    "started_at": datetime(2026, 11, 3, 9, 2, tzinfo=UTC),
                    "recording": _recording(given),
                    "participants": (
                        Participant(role="agent", name="Claire", audio_channel=0),
                        Participant(role="customer", audio_channel=1),
                    ),
                }
            )
        # What it concludes of a text must not point at turns that the text has not.
        understanding = sample.understanding.model_copy(update={"questions": ()})
        none = {"questions": (), "understanding": understanding} if given.turns else {}
        return sample.model_copy(
            update=none
            | {
                "conversation": conversation,
                "redaction": redact(conversation, (), CARDS_ONLY).report,
            }
        )


def _recording(given: Conversation) -> Recording:
    return Recording(
        name=f"{given.id}.wav", sha256="0" * 64, size_bytes=1, container="wav",
        codec="pcm_s16le", sample_rate_hz=8000, channels=2, duration_s=1.0,
    )  # fmt: skip
