"""A service with whole analyses whose reviews are made over the API, and browsers signed in."""

from __future__ import annotations

import runpy
from pathlib import Path

HERE = Path(__file__).parent
analyses = runpy.run_path(str(HERE.parent / "analyses.py"))

MARKUP = "<script>alert(1)</script>"
PHONE = "06 12 34 56 78"
LINES = (
    ("agent", "Bonjour et bienvenue chez Télécom Plus, Claire à votre écoute."),
    ("customer", "Bonjour, ma box ne marche plus, c'est inadmissible."),
    ("agent", "Je suis désolée. Quel est votre nom ?"),
    ("customer", f"Marc Dubois, mon numéro est le {PHONE}. Est-ce que je serai remboursé ?"),
    ("agent", "Oui, une remise de quinze euros sera sur votre prochaine facture."),
)


def pipeline_class(fake):
    """Return a stand-in that gives the same whole analysis of every conversation.

    Args:
        fake: The class of the stand-in for the pipeline.
    """

    class WholePipeline(fake):
        def score(self, transcribed, understood):
            given = transcribed.conversation
            analysis = analyses["sample_analysis"](LINES)
            update = {"started_at": given.started_at, "metadata": given.metadata}
            conversation = analysis.conversation.model_copy(update=update)
            return analysis.model_copy(update={"conversation": conversation})

    return WholePipeline


class Centre:
    """People of a centre: clients of the API, and what they do in reviews."""

    def __init__(self, running) -> None:
        self.running = running
        self.url = running.url
        self.admin = running.client
        self.clients = {
            "agent": running.client_of("agent", agent_key="a-1"),
            "other": running.client_of("agent", agent_key="a-2"),
            "analyst": running.client_of("analyst"),
            "second": running.client_of("analyst"),
            "supervisor": running.client_of("supervisor"),
        }

    def key(self, who: str) -> str:
        if who == "admin":
            return self.admin.headers["authorization"].removeprefix("Bearer ")
        return self.clients[who].headers["authorization"].removeprefix("Bearer ")

    def id_of(self, who: str) -> str:
        return self.clients[who].get("/v1/me").json()["id"]

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.running.stop()

    def conversation(self, *, agent_key="a-1", at="2026-11-03T10:02:00+01:00", name="appel") -> str:
        """Send a conversation that an analyst is to review."""
        body = {
            "conversation": {
                "id": name,
                "messages": [{"speaker": "agent", "text": "Bonjour.", "at": at}],
            },
            "metadata": {"agent_key": agent_key, "queue": "support"},
        }
        sent = self.admin.post("/v1/conversations", json=body)
        assert sent.status_code == 202, sent.text
        conversation_id = sent.json()["id"]
        assert self.running.wait_for(conversation_id)["status"] == "done"
        given = self.admin.post(
            "/v1/assignments",
            json={
                "conversation_ids": [conversation_id],
                "analysts": [{"key": self.id_of("analyst")}],
            },
        )
        assert given.status_code == 201, given.text
        return conversation_id

    def record(self, who: str, conversation_id: str, kind: str, **event) -> dict:
        answer = self.clients[who].post(
            f"/v1/evaluations/{conversation_id}/events", json={"event": {"kind": kind} | event}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def draft(self, conversation_id: str) -> dict:
        return self.admin.get(f"/v1/evaluations/{conversation_id}").json()["data"][0]["automatic"]

    def shared(self, *, wrong=1, **more) -> tuple[str, str]:
        """Let an analyst answer everything and share it.

        Returns:
            The conversation, and the question that the analyst marked down.
        """
        conversation_id = self.conversation(**more)
        items = [one for one in self.draft(conversation_id)["items"] if one["points"]]
        marked = []
        for item in items:
            machine = "na" if item["status"] == "not_applicable" else item["value"]
            if machine == 1 and len(marked) < wrong:
                marked.append(item["id"])
                quote = item["evidence"][0]
                self.record(
                    "analyst", conversation_id, "corrected", item=item["id"], answer=0.5,
                    reason="Le ton manque de chaleur.",
                    evidence=[{"turn_index": quote["turn_index"], "quote": quote["quote"]}],
                )  # fmt: skip
            elif machine is None:
                self.record(
                    "analyst", conversation_id, "corrected", item=item["id"], answer=1,
                    reason="Entendu à l'écoute.",
                )  # fmt: skip
            else:
                self.record("analyst", conversation_id, "confirmed", item=item["id"])
        self.record("analyst", conversation_id, "commented", text=f"Bien joué {MARKUP} au {PHONE}.")
        self.record("analyst", conversation_id, "shared")
        return conversation_id, marked[0]
