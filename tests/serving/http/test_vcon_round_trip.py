"""What is exported as vCon or JSON and sent again is the same contact, scored the same way."""

from __future__ import annotations

import json

import pytest

from serving.pipeline import Pipeline
from serving.settings import Settings

ABOUT = {
    "queue": "support-fixe", "direction": "inbound", "agent_key": "agent-17",
    "customer_key": "c-4f1e88",
}  # fmt: skip
KEYS = ("agent_key", "customer_key")
WRITTEN = (
    ("agent", "Bonjour et bienvenue, je suis à votre écoute. Que puis-je faire pour vous ?"),
    ("customer", "Bonjour, ma box ne marche plus depuis hier soir, c'est inadmissible."),
    ("agent", "Je suis désolée pour cette panne. Je relance votre ligne tout de suite."),
    ("customer", "Merci, internet est revenu."),
    ("agent", "Avez-vous une autre question ? Je vous souhaite une bonne journée."),
)


def chat(channel: str) -> dict:
    messages = [
        {"speaker": who, "text": text, "at": f"2026-11-03T10:0{minute}:15.250+01:00"}
        for minute, (who, text) in enumerate(WRITTEN)
    ]
    return {"channel": channel, "language": "fr", "messages": messages}


def call(channel: str) -> dict:
    turns = [
        {
            "index": order, "speaker": who, "text": text, "start_s": 4.2 * order,
            "end_s": 4.2 * order + 3.7, "participant": int(who == "customer"), "confidence": 0.91,
        }
        for order, (who, text) in enumerate(WRITTEN)
    ]  # fmt: skip
    return {
        "id": "call", "channel": channel, "language": "fr", "duration_s": 21.5, "turns": turns,
        "started_at": "2026-11-03T10:02:00+01:00",
        "participants": [
            {"role": "agent", "audio_channel": 0}, {"role": "customer", "audio_channel": 1},
        ],
    }  # fmt: skip


CONTACTS = {
    "chat": chat("chat"), "email": chat("email"), "sms": chat("sms"), "social": chat("social"),
    "phone": call("phone"), "voicebot": call("voicebot"),
}  # fmt: skip


@pytest.fixture(scope="module")
def analysing(tmp_path_factory, running_service_class):
    """A service whose conversations are understood and scored as everybody's are."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("analysing") / "data")
    running = running_service_class(settings, Pipeline(settings))
    yield running
    running.stop()


def sent(service, body: dict) -> str:
    answer = service.client.post("/v1/conversations", json=body)
    assert answer.status_code == 202, answer.text
    one = answer.json()["id"]
    assert service.wait_for(one, seconds=300)["status"] == "done"
    return one


@pytest.fixture(scope="module")
def first(analysing):
    """The contacts as they first came: their ids by channel."""
    return {
        channel: sent(analysing, {"conversation": said, "metadata": ABOUT})
        for channel, said in CONTACTS.items()
    }


def facts(service, one: str, *, left_out: tuple[str, ...] = ()) -> dict:
    """Return what is to be the same once a contact went out and came back."""
    detail = service.client.get(f"/v1/conversations/{one}", params={"redacted": False}).json()
    listed = {
        name: detail[name]
        for name in ("channel", "direction", "queue", "started_at", "duration_s", *KEYS)
        if name not in left_out
    }
    said = detail["analysis"]["conversation"]
    evaluation = detail["analysis"]["evaluation"]
    return listed | {
        "said_on": (said["channel"], said["direction"], said["language"]),
        "turns": [
            (turn["speaker"], turn["text"], turn["at"], turn["start_s"], turn["end_s"])
            for turn in said["turns"]
        ],
        "card": (evaluation["scorecard"], evaluation["version"], evaluation["score_100"]),
        "items": [(item["id"], item["status"], item["value"]) for item in evaluation["items"]],
    }


def exported(service, one: str, **query) -> dict:
    answer = service.client.get(
        f"/v1/conversations/{one}/export", params={"format": "vcon", "sound": "none"} | query
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("channel", CONTACTS)
def test_a_contact_that_went_out_as_a_vcon_comes_back_the_same(analysing, first, channel):
    vcon = exported(analysing, first[channel], redacted=False)
    again = facts(analysing, sent(analysing, vcon))
    assert again == facts(analysing, first[channel])
    assert again["channel"] == channel
    assert {name: again[name] for name in ABOUT} == ABOUT


@pytest.mark.parametrize("channel", ["chat", "phone"])
def test_a_redacted_contact_comes_back_the_same_without_the_keys_of_people(
    analysing, first, channel
):
    vcon = exported(analysing, first[channel])
    for name in KEYS:
        assert ABOUT[name] not in json.dumps(vcon)
    one = sent(analysing, vcon)
    assert facts(analysing, one, left_out=KEYS) == facts(analysing, first[channel], left_out=KEYS)
    listed = analysing.client.get(f"/v1/conversations/{one}").json()
    assert [listed[name] for name in KEYS] == [None, None]


@pytest.mark.parametrize("channel", ["chat", "phone"])
@pytest.mark.parametrize("redacted", [True, False])
def test_a_contact_that_went_out_as_json_comes_back_the_same_with_what_is_sent_along(
    analysing, first, channel, redacted
):
    said = exported(analysing, first[channel], format="json", redacted=redacted)
    one = sent(analysing, {"conversation": said, "metadata": ABOUT})
    assert facts(analysing, one) == facts(analysing, first[channel])


def test_what_the_sender_says_comes_before_what_the_vcon_says(analysing, first):
    vcon = exported(analysing, first["chat"], redacted=False)
    one = sent(analysing, {"conversation": vcon, "metadata": {"queue": "mobile"}})
    detail = analysing.client.get(f"/v1/conversations/{one}").json()
    assert (detail["queue"], detail["agent_key"]) == ("mobile", ABOUT["agent_key"])


def test_an_agent_cannot_send_a_contact_of_another_agent(analysing, first):
    vcon = exported(analysing, first["chat"], redacted=False)
    with analysing.client_of("agent", agent_key="agent-4") as agent:
        one = agent.post("/v1/conversations", json=vcon).json()["id"]
    assert analysing.client.get(f"/v1/conversations/{one}").json()["agent_key"] == "agent-4"
    analysing.wait_for(one, seconds=300)
