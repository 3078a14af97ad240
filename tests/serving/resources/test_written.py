"""Chats and e-mails that people answer: who has which, what customers get, what is kept."""

from __future__ import annotations

import email
import json

import pytest

BOT, WRITTEN = "/v1/bot/sessions", "/v1/written"
MAIL = """From: marc@example.org
Subject: Retour de ma box <script>alert(1)</script>
Date: Tue, 03 Nov 2026 10:02:00 +0100

Bonjour,
Comment rendre ma box après la résiliation ?
Merci.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk, small_kb):
    desk = start_desk(
        tmp_path_factory.mktemp("written") / "data", kb=small_kb,
        chat_agent_name="{name}, Télécom Plus", webhook_networks=("127.0.0.0/8",),
    )  # fmt: skip
    yield desk
    desk.close()
    desk.running.stop()


def handed_over(desk, **more):
    """Return a customer who asked for a person, and the id of the chat."""
    customer = desk.client("customer", **{"customer_key": "c-1", **more})
    chat = customer.post(BOT, json={}).json()["id"]
    say(customer, chat, "Comment rendre ma box ?")
    say(customer, chat, "Je veux parler à un conseiller")
    return customer, chat


def say(customer, chat, text):
    answer = customer.post(f"{BOT}/{chat}/messages", json={"text": text})
    assert answer.status_code == 200, answer.text
    return answer.json()


def take(agent, chat, **body):
    return agent.post(f"{WRITTEN}/chats/{chat}/take", json=body)


def waiting(agent):
    return [one["id"] for one in agent.get(f"{WRITTEN}/queue").json()["waiting"]]


def events_of(client, path, count):
    """Return the first events of a stream."""
    found, lines = [], []
    with client.stream("GET", path) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if line:
                lines.append(line)
                continue
            fields = dict(one.split(": ", 1) for one in lines)
            if "event" in fields:
                found.append((fields["event"], json.loads(fields["data"])))
            lines = []
            if len(found) == count:
                return found
    return found


def test_a_chat_waits_with_its_packet_until_somebody_takes_it(desk):
    _, chat = handed_over(desk)
    agent = desk.client("agent", agent_key="a-1")
    queue = agent.get(f"{WRITTEN}/queue").json()
    listed = next(one for one in queue["waiting"] if one["id"] == chat)
    assert (listed["trigger"], listed["mode"], listed["customer_key"]) == ("asked", "live", "c-1")
    detail = agent.get(f"{WRITTEN}/chats/{chat}").json()
    assert detail["standing"] == "waiting"
    assert detail["packet"]["articles"]
    assert any(one["sources"] for one in detail["talk"]["messages"])
    taken = take(agent, chat, name="  Nadia ")
    assert taken.json()["standing"] == "mine"
    assert taken.json()["agent_name"] == "Nadia, Télécom Plus"
    assert (
        take(agent, chat, name="Nadia").json()["talk"]["version"] == taken.json()["talk"]["version"]
    )
    assert chat not in waiting(agent)
    assert chat in [one["id"] for one in agent.get(f"{WRITTEN}/queue").json()["mine"]]


def test_the_person_and_the_customer_read_each_other_and_the_bot_is_silent(desk):
    customer, chat = handed_over(desk)
    agent = desk.client("agent", agent_key="a-1")
    take(agent, chat, name="Nadia")
    sent = {"id": "m-1", "text": "Carte 4970 1012 3456 7893 ? Non merci."}
    for _ in range(2):
        answer = agent.post(f"{WRITTEN}/chats/{chat}/messages", json=sent)
        assert answer.status_code == 200, answer.text
    said = [one for one in answer.json()["talk"]["messages"] if one["speaker"] == "agent"]
    assert len(said) == 1
    assert said[0]["name"] == "Nadia, Télécom Plus"
    assert "4970" not in said[0]["text"]
    assert say(customer, chat, "Comment rendre ma box ?")["actions"] == []
    events = dict(events_of(agent, f"{WRITTEN}/events?chat={chat}", 2))
    assert events["chat"]["chat"]["unread"]
    assert events["queue"]["mine"][0]["id"] == chat
    joined = [one for one in events["chat"]["talk"]["messages"] if one["happened"] == "joined"]
    assert joined[0]["name"] == "Nadia, Télécom Plus"


def test_a_chat_that_is_given_back_is_the_bots_again_and_may_be_taken_later(desk):
    customer, chat = handed_over(desk)
    first, second = (desk.client("agent", agent_key=f"a-{n}") for n in (1, 2))
    take(first, chat)
    back = first.post(f"{WRITTEN}/chats/{chat}/give-back")
    assert back.json()["standing"] == "over"
    assert take(second, chat).status_code == 409
    assert say(customer, chat, "Comment rendre ma box ?")["actions"]
    say(customer, chat, "Je veux parler à un conseiller")
    assert take(second, chat).status_code == 200


def test_a_draft_is_the_articles_own_words_with_their_source(desk):
    customer, chat = handed_over(desk)
    agent = desk.client("agent", agent_key="a-1")
    take(agent, chat)
    say(customer, chat, "Comment rendre ma box ?")
    draft = agent.get(f"{WRITTEN}/chats/{chat}/draft").json()
    (part,) = draft["parts"]
    assert part["text"] in draft["text"]
    assert not part["rewritten"]
    squeezed = " ".join(part["source"]["quote"].split())
    assert " ".join(part["text"].split()) in squeezed
    assert part["source"]["href"].startswith("http")
    line = f"Article : {part['source']['title']} <{part['source']['href']}>"
    sent = {"id": "m-1", "text": f"{part['text']}\n{line}"}
    said = agent.post(f"{WRITTEN}/chats/{chat}/messages", json=sent).json()["talk"]["messages"][-1]
    assert said["text"] == part["text"]
    assert said["sources"][0]["href"] == part["source"]["href"]
    assert agent.get(f"{WRITTEN}/chats/{chat}/draft").json()["parts"] == []
    say(customer, chat, "Quelle est la capitale du Pérou ?")
    draft = agent.get(f"{WRITTEN}/chats/{chat}/draft").json()
    assert any("Pérou" in one for one in draft["unanswered"])


def test_a_chat_that_is_over_becomes_a_conversation_with_its_note(desk):
    _, chat = handed_over(desk, customer_key="c-7")
    agent = desk.client("agent", agent_key="a-7")
    take(agent, chat)
    for number, text in enumerate(("Bonjour, je regarde.", "Je vous envoie le bon demain.")):
        agent.post(f"{WRITTEN}/chats/{chat}/messages", json={"id": f"m-{number}", "text": text})
    finish = f"{WRITTEN}/chats/{chat}/wrap-up"
    assert agent.post(finish, json={"text": "Note"}).status_code == 409
    closed = agent.post(f"{WRITTEN}/chats/{chat}/close").json()
    assert closed["talk"]["closed_by"] == "agent"
    assert "box" in agent.get(finish).json()["text"]
    done = agent.post(finish, json={"text": "Bon de retour promis."}).json()
    assert done == {"conversation_id": chat, "why_not": None}
    assert agent.post(finish, json={"text": "Bon de retour promis."}).json() == done
    assert chat not in [one["id"] for one in agent.get(f"{WRITTEN}/queue").json()["mine"]]
    stored = desk.running.wait_for(chat)
    assert (stored["agent_key"], stored["customer_key"]) == ("a-7", "c-7")
    note = agent.get(f"/v1/conversations/{chat}/note").json()
    assert note["text"] == "Bon de retour promis."
    contacts = agent.get("/v1/customers/c-7/timeline").json()["data"]
    assert [one["id"] for one in contacts] == [chat]


def test_a_customer_who_objects_is_answered_and_nothing_becomes_a_conversation(desk):
    customer, chat = handed_over(desk, customer_key="c-8")
    say(customer, chat, "Je refuse que cette conversation soit enregistrée")
    agent = desk.client("agent", agent_key="a-8")
    take(agent, chat)
    agent.post(f"{WRITTEN}/chats/{chat}/messages", json={"id": "m-1", "text": "C'est noté."})
    agent.post(f"{WRITTEN}/chats/{chat}/close")
    done = agent.post(f"{WRITTEN}/chats/{chat}/wrap-up", json={}).json()
    assert done == {"conversation_id": None, "why_not": "refused"}
    assert agent.get(f"/v1/conversations/{chat}").status_code == 404


@pytest.fixture(scope="module", autouse=True)
def _an_email_is_analysed_as_it_came(desk):
    pipeline, score = desk.running.pipeline, desk.running.pipeline.score

    def as_it_came(transcribed, understood):
        analysis = score(transcribed, understood)
        given = transcribed.conversation
        return (
            analysis
            if given.channel != "email"
            else analysis.model_copy(update={"conversation": given})
        )

    pipeline.score = as_it_came


def send_mail(desk, text=MAIL, **more):
    """Upload an e-mail as a file, and wait until it is analysed."""
    answer = desk.admin.post(
        "/v1/conversations",
        files={"file": ("retour.eml", text.encode(), "message/rfc822")},
        data=more,
    )
    assert answer.status_code == 202, answer.text
    conversation_id = answer.json()["id"]
    assert desk.running.wait_for(conversation_id)["status"] == "done"
    return conversation_id


def test_an_email_is_taken_answered_and_marked_as_sent(desk):
    mail = send_mail(desk, customer_key="c-9")
    agent = desk.client("agent", agent_key="a-1")
    listed = agent.get(f"{WRITTEN}/queue").json()["emails"]
    assert mail in [one["id"] for one in listed]
    path = f"{WRITTEN}/emails/{mail}"
    assert agent.post(f"{path}/take").json()["email"]["mine"]
    draft = agent.get(f"{path}/draft").json()
    assert draft["text"].startswith("Bonjour,")
    assert "Source : " in draft["text"]
    sources = [part["source"] for part in draft["parts"]]
    kept = {"subject": "Re: Retour\r\nBcc: x@y.z", "text": draft["text"], "sources": sources}
    reply = agent.put(f"{path}/reply", json=kept | {"version": 0}).json()
    assert (reply["version"], reply["sent_at"]) == (1, None)
    assert agent.put(f"{path}/reply", json=kept | {"version": 0}).status_code == 412
    file = email.message_from_bytes(agent.get(f"{path}/reply.eml").content)
    assert file["Bcc"] is None
    assert file["X-Unsent"] == "1"
    assert "Bonjour" in file.get_payload(decode=True).decode()
    sent = agent.put(f"{path}/reply", json=kept | {"version": 1, "sent": True}).json()
    assert sent["sent_at"]
    assert agent.put(f"{path}/reply", json=kept | {"version": 2}).status_code == 409
    assert mail not in [one["id"] for one in agent.get(f"{WRITTEN}/queue").json()["emails"]]


def test_who_may_not_answer_gets_nothing(desk):
    _, chat = handed_over(desk)
    mail = send_mail(desk)
    for who in (desk.client("analyst"), desk.client("customer", customer_key="c-1")):
        for path in ("queue", "events", f"chats/{chat}", f"emails/{mail}"):
            assert who.get(f"{WRITTEN}/{path}").status_code == 403
        assert take(who, chat).status_code == 403
    joined = {"kind": "human_joined"}
    analyst = desk.client("analyst")
    assert analyst.post(f"{BOT}/{chat}/events", json=joined).status_code == 403
    stranger = desk.client("agent", agent_key="b-1", team="lyon")
    assert waiting(stranger) == []
    for path in (f"chats/{chat}", f"emails/{mail}", f"events?chat={chat}"):
        assert stranger.get(f"{WRITTEN}/{path}").status_code == 404
    assert take(stranger, chat).status_code == 404


def test_other_systems_are_told_that_a_person_is_asked_for_once_and_without_words(desk):
    made = desk.admin.post(
        "/v1/webhooks", json={"url": "http://127.0.0.1:9/hook", "kinds": ["handover.requested"]}
    )
    assert made.status_code == 201, made.text
    customer = desk.client("customer", customer_key="c-hook")
    chat = customer.post(BOT, json={}).json()["id"]
    for _ in range(2):
        asked = {"id": "m-1", "text": "Je veux parler à un conseiller"}
        customer.post(f"{BOT}/{chat}/messages", json=asked)
    from sqlalchemy import select

    from serving.store.tables import WebhookDeliveryRow

    with desk.service.store.database.reading() as session:
        (body,) = session.scalars(select(WebhookDeliveryRow.body)).all()
    desk.admin.delete(f"/v1/webhooks/{made.json()['id']}")
    message = json.loads(body)
    assert message["type"] == "handover.requested"
    assert message["data"] == {
        "session_id": chat, "channel": "chat", "mode": "live", "trigger": "asked", "urgency": 0,
    }  # fmt: skip


def test_what_agents_do_is_in_the_audit_log(desk):
    _, chat = handed_over(desk)
    agent = desk.client("agent", agent_key="a-1")
    take(agent, chat)
    agent.post(f"{WRITTEN}/chats/{chat}/messages", json={"id": "m-1", "text": "Secret dit"})
    lines = desk.admin.get("/v1/audit", params={"limit": 20}).json()["data"]
    actions = {one["action"] for one in lines if one["object_id"] == chat}
    assert {"written.take", "written.reply"} <= actions
    assert "Secret dit" not in str(lines)


def test_erasing_a_customer_takes_the_replies_along(desk):
    mail = send_mail(desk, customer_key="c-gone")
    agent = desk.client("agent", agent_key="a-1")
    agent.post(f"{WRITTEN}/emails/{mail}/take")
    kept = {"subject": "Re", "text": "Réponse très particulière", "version": 0}
    agent.put(f"{WRITTEN}/emails/{mail}/reply", json=kept)
    erased = desk.admin.delete(f"/v1/conversations/{mail}")
    assert erased.status_code == 204
    assert agent.get(f"{WRITTEN}/emails/{mail}").status_code == 404
    files = [one for one in desk.running.settings.data_dir.rglob("*") if one.is_file()]
    assert not [one for one in files if "très particulière".encode() in one.read_bytes()]
