"""A service with a call and a chat to review, and the people who review them."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime
from pathlib import Path

from conversation import Provenance
from quality import load_scorecard
from quality.review import GateChanged
from quality.sampling import example_rule
from serving.access.key_values import KeyRequest
from serving.analysis import TranscriptionFacts
from serving.settings import Settings
from speech import ChannelAccount, DroppedText

CALLS = runpy.run_path(str(Path(__file__).with_name("calls.py")))
CHAT = [
    {"speaker": "customer", "text": "Bonjour, ma facture de novembre est fausse : 89 € ?",
     "at": "2026-11-03T10:02:00+01:00"},
    {"speaker": "agent", "text": "Bonjour, je suis Claire. Je regarde votre dossier.",
     "at": "2026-11-03T10:03:10+01:00"},
    {"speaker": "customer", "text": "Mon nom est Marc Dubois, 06 12 34 56 78.",
     "at": "2026-11-03T10:04:00+01:00"},
    {"speaker": "agent", "text": "C'est un hors forfait de 40 €, rendu sous 8 jours.",
     "at": "2026-11-03T10:06:30+01:00"},
    {"speaker": "customer", "text": "Parfait, merci !", "at": "2026-11-03T10:07:00+01:00"},
]  # fmt: skip


def whole(pipeline_class):
    """A pipeline that gives whole analyses of the call and of chats, without any model."""

    class Whole(pipeline_class):
        def score(self, transcribed, understood):
            given = transcribed.conversation
            sample = CALLS["ANALYSES"]["sample_analysis"]
            if given.channel != "phone":
                return sample(name="client.chat.json", conversation=given)
            talk = CALLS["talk"]()
            analysis = sample(conversation=talk)
            heard = TranscriptionFacts(
                account=(
                    ChannelAccount(channel=0, speaker="agent", speech_s=38, covered_s=37.5),
                    ChannelAccount(channel=1, speaker="customer", speech_s=27, covered_s=25.2),
                ),
                dropped=(
                    DroppedText(
                        channel=1, text="Sous-titres réalisés", start_s=40, end_s=42,
                        reason="subtitle_credit",
                    ),
                ),
                warnings=(),
                provenance=Provenance(component="speech", version="1"),
            )  # fmt: skip
            return analysis.model_copy(update={"transcription": heard})

    return Whole


class ReviewDesk:
    """A running service with conversations to review, and keys by role."""

    def __init__(self, data_dir, running_class, pipeline_class) -> None:
        settings = Settings(data_dir=data_dir, max_upload_mb=8, threads=1, device="cpu")
        self.running = running_class(settings, whole(pipeline_class)())
        self.service = self.running.app.state.service
        self.admin = self.running.client
        self.url = self.running.url
        self.sound = CALLS["sound_of"](CALLS["talk"]())
        self.keys = {
            "analyst": self.key("analyst"),
            "other": self.key("analyst"),
            "supervisor": self.key("supervisor"),
            "agent": self.key("agent", agent_key="a-1"),
            "stranger": self.key("agent", agent_key="a-2"),
            "customer": self.key("customer"),
        }

    def key(self, role: str, **more) -> str:
        _, key = self.service.keys.create(KeyRequest(name=role, role=role, **more))
        return key

    def id_of(self, name: str) -> str:
        """Return the id under which a person is known."""
        bearer = {"Authorization": f"Bearer {self.keys[name]}"}
        return self.admin.get("/v1/me", headers=bearer).json()["id"]

    def as_(self, name: str) -> dict[str, str]:
        """Return the header with somebody's key."""
        return {"Authorization": f"Bearer {self.keys[name]}"}

    def call(self, *, name: str = "appel du 3 novembre.wav", **more) -> str:
        """Send the call and wait until it is analysed."""
        answer = self.admin.post(
            "/v1/conversations",
            files={"file": (name, self.sound, "audio/wav")},
            data={"agent_key": "a-1", "queue": "support-fixe", "direction": "inbound"} | more,
        )
        assert answer.status_code == 202, answer.text
        return self._done(answer.json()["id"])

    def chat(self, **more) -> str:
        """Send the chat and wait until it is analysed."""
        body = {"conversation": {"messages": CHAT}, "metadata": {"agent_key": "a-1", **more}}
        answer = self.admin.post("/v1/conversations", json=body)
        assert answer.status_code == 202, answer.text
        return self._done(answer.json()["id"])

    def _done(self, conversation_id: str) -> str:
        assert self.running.wait_for(conversation_id)["status"] == "done"
        return conversation_id

    def assign(self, *ids: str, to: str = "analyst", **more) -> None:
        """Give conversations to somebody to review."""
        body = {"conversation_ids": ids, "analysts": [{"key": self.id_of(to)}], **more}
        answer = self.admin.post("/v1/assignments", json=body)
        assert answer.status_code == 201, answer.text

    def sample(self) -> dict:
        """Draw a sample by the example rule."""
        answer = self.admin.post("/v1/samples", json={"rule": example_rule()})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def announce(self, **gates: str) -> None:
        """Let questions of the card for calls have gates: ``announce(ACC1="auto")``."""
        asked = {one.id: one.sha256 for one in load_scorecard("inbound").items}
        log = self.service.resources.desk.log("default")
        for item, gate in gates.items():
            kappa = {"auto": 0.78, "assist": 0.52, "off": 0.2}[gate]
            log.append(
                GateChanged(
                    at=datetime.now(UTC), author="entendu", role="system", scorecard="inbound",
                    version=load_scorecard("inbound").version, item=item,
                    question_sha256=asked[item], before=None, after=gate, n=64, failures=14,
                    kappa=kappa, interval=(kappa - 0.1, kappa + 0.09), human_kappa=0.8,
                    reason_fr="Mesuré en aveugle.", reason_en="Measured blind.",
                )
            )  # fmt: skip

    def stop(self) -> None:
        self.running.stop()


def start(data_dir, running_class, pipeline_class) -> ReviewDesk:
    """Start it with three conversations, of which two are assigned; for looking at the pages."""
    desk = ReviewDesk(data_dir, running_class, pipeline_class)
    call, chat = desk.call(), desk.chat()
    others = [desk.call(name=f"appel {n}.wav", agent_key=f"a-{n}") for n in range(2, 6)]
    desk.assign(call, chat, *others[:2])
    desk.sample()
    desk.announce(ACC1="auto", ACC2="assist", IDE1="auto", DEC3="off")
    desk.ids = {"call": call, "chat": chat, **desk.keys}
    return desk
