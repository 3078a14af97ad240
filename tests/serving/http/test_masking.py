"""Personal data is left out of every answer, unless somebody asks for it who may see it."""

from __future__ import annotations

import io
import wave

import pytest

from conversation import Conversation, Turn
from nlu import find_personal_data
from nlu.redaction import redact_conversation
from serving.analysis import ShownAnalysis
from serving.masking import Masking, mask_name

PARTS = ("", "/transcript", "/understanding", "/evaluation", "/report")
ROLES = ("agent", "analyst", "supervisor", "admin")


@pytest.fixture(scope="module")
def heard(sampled) -> str:
    """A call that is done; its words hold a name and a telephone number."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 64)
    answer = sampled.client.post(
        "/v1/conversations",
        files={"file": ("appel_0612345678_20261103.wav", buffer.getvalue())},
        data={"agent_key": "a-1"},
    )
    one = answer.json()["id"]
    assert sampled.wait_for(one)["status"] == "done"
    return one


@pytest.fixture(scope="module")
def client_as(sampled, heard):
    """A function that returns a client of a role that may see the call."""
    clients = {role: sampled.client_of(role) for role in ("analyst", "supervisor")}
    clients |= {"agent": sampled.client_of("agent", agent_key="a-1"), "admin": sampled.client}
    identity = clients["analyst"].get("/v1/me").json()["id"]
    body = {"conversation_ids": [heard], "analysts": [{"key": identity}]}
    assert sampled.client.post("/v1/assignments", json=body).status_code == 201
    yield clients.__getitem__
    for role in ("agent", "supervisor", "analyst"):
        clients[role].close()


def unmaskings(sampled, one: str) -> list[dict]:
    asked = {"object_id": one, "action": "conversation.unmask"}
    return sampled.client.get("/v1/audit", params=asked).json()["data"]


@pytest.mark.parametrize("role", ROLES)
def test_what_is_read_is_masked_whoever_reads_it(client_as, heard, sample, role):
    for part in PARTS:
        answer = client_as(role).get(f"/v1/conversations/{heard}{part}")
        if role == "agent" and part == "/evaluation":
            assert answer.status_code == 404  # not shared yet
            continue
        assert answer.status_code == 200, (part, answer.text)
        for personal in (sample.NAME, "Dubois", sample.TELEPHONE):
            assert personal not in answer.text, (role, part, personal)


def test_who_may_see_it_is_shown_it_when_they_ask_and_the_log_says_so(
    sampled, client_as, heard, sample
):
    for role in ("supervisor", "admin"):
        for part in PARTS:
            before = len(unmaskings(sampled, heard))
            answer = client_as(role).get(
                f"/v1/conversations/{heard}{part}", params={"redacted": "false"}
            )
            assert answer.status_code == 200
            assert part == "/evaluation" or sample.NAME in answer.text, part
            assert len(unmaskings(sampled, heard)) == before + 1


@pytest.mark.parametrize("role", ["agent", "analyst"])
@pytest.mark.parametrize("part", [*PARTS, "/note"])
def test_who_may_not_see_it_is_refused_it(client_as, heard, problem, role, part):
    asked = {"redacted": "false"}
    body = problem(client_as(role).get(f"/v1/conversations/{heard}{part}", params=asked), 403)
    assert "conversations:unmask" in body["detail"]


def test_a_masked_analysis_is_whole_and_quotes_its_own_turns(client_as, heard):
    masked = client_as("analyst").get(f"/v1/conversations/{heard}").json()
    analysis = ShownAnalysis.model_validate(masked["analysis"])
    assert analysis.understanding.personal_data == ()
    turns = analysis.conversation.turns
    assert "[NOM_1]" in turns[3].text
    assert analysis.understanding.reasons.primary is not None

    def quotes(value):
        if isinstance(value, dict):
            if isinstance(value.get("turn_index"), int) and "quote" in value:
                yield value["turn_index"], value["quote"]
            for one in value.values():
                yield from quotes(one)
        elif isinstance(value, list):
            for one in value:
                yield from quotes(one)

    found = list(quotes(masked["analysis"]))
    assert len(found) > 5
    assert all(quote in turns[place].text for place, quote in found)


def test_the_name_of_a_file_tells_nobodys_number(client_as, heard):
    for role in ROLES:
        assert "0612345678" not in client_as(role).get(f"/v1/conversations/{heard}").text
        assert "0612345678" not in client_as(role).get("/v1/conversations").text


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("appel du matin.wav", "appel du matin.wav"),
        ("20261103-101530.wav", "20261103-101530.wav"),
        ("06-12-34-56-78.wav", "TELEPHONE-1.wav"),
        ("appel +33612345678.wav", "appel TELEPHONE-1.wav"),
        ("marc.dubois@example.fr.eml", "EMAIL-1"),
    ],
)
def test_names_of_files_keep_dates_and_lose_people(name, masked):
    assert mask_name(name) == masked


def test_the_note_is_whole_for_who_writes_it_and_masked_for_others(
    sampled, client_as, heard, sample
):
    path = f"/v1/conversations/{heard}/note"
    text = f"Rappeler {sample.NAME} au {sample.TELEPHONE} demain."
    assert client_as("agent").put(path, json={"text": text, "version": 0}).status_code == 200
    assert client_as("agent").get(path).json()["text"] == text
    masked = client_as("analyst").get(path).json()["text"]
    assert masked.startswith("Rappeler [NOM_1] au [")
    assert masked.endswith("] demain.")
    listed = client_as("analyst").get("/v1/notes").json()["data"]
    assert [one["text"] for one in listed if one["conversation_id"] == heard] == [masked]
    assert client_as("admin").get(path, params={"redacted": "true"}).json()["text"] == masked
    asked = {"redacted": "false"}
    assert client_as("admin").get(path, params=asked).json()["text"] == text
    assert unmaskings(sampled, heard)[0]["detail"] == {"action": "note.read"}


@pytest.mark.parametrize("query", ["Dubois", "06 12 34 56 78", '"Marc Dubois"', "0612345678"])
def test_masked_data_cannot_be_guessed_by_searching_for_it(client_as, heard, query):
    for role in ROLES:
        for path, asked in (
            ("/v1/conversations/search", {"q": query, "by": "words"}),
            ("/v1/conversations", {"text": query}),
        ):
            found = client_as(role).get(path, params=asked).json()["data"]
            assert heard not in str(found), (role, path)
    beside = client_as("analyst").get(
        "/v1/conversations/search", params={"q": "remboursé", "by": "words"}
    )
    assert heard in beside.text
    assert "Dubois" not in beside.text


def test_evaluations_quote_masked_words(client_as, heard, sample):
    path = f"/v1/evaluations/{heard}"
    assert "Dubois" not in client_as("analyst").get(path).text
    assert client_as("analyst").get(path, params={"redacted": "false"}).status_code == 403
    assert client_as("supervisor").get(path, params={"redacted": "false"}).status_code == 200


def test_what_was_read_masked_or_not_can_be_erased_if_it_is_still_that(sampled, sample):
    for asked in ({}, {"redacted": "false"}):
        one = sampled.send_chat(f"Je suis {sample.NAME}, ma facture est fausse.")
        sampled.wait_for(one)
        seen = sampled.client.get(f"/v1/conversations/{one}", params=asked).headers["ETag"]
        path = f"/v1/conversations/{one}"
        other = sampled.client.delete(path, headers={"If-Match": '"another"'})
        assert other.status_code == 412
        assert sampled.client.delete(path, headers={"If-Match": seen}).status_code == 204


def masking_of_turns(*texts: str) -> Masking:
    turns = tuple(Turn(index=at, speaker="customer", text=text) for at, text in enumerate(texts))
    conversation = Conversation(id="c", channel="chat", language="fr", turns=turns)
    found = find_personal_data(conversation)
    return Masking(conversation, redact_conversation(conversation, found))


def test_a_quote_that_holds_half_a_number_shows_none_of_it():
    masking = masking_of_turns("Mon numéro est le 06 12 34 56 78, merci.")
    masked = masking.quote(0, "est le 06 12")
    assert masked == "est le [TELEPHONE_1]" or masked.startswith("est le [")
    assert "12" not in masked
    assert masked in masking.conversation.turns[0].text


def test_entities_that_are_personal_are_left_out():
    masking = masking_of_turns("Je suis né le 4 mars 1981.", "Cela coûte 15 euros.")
    entities = [
        {"kind": "date", "value": "1981-03-04",
         "evidence": {"turn_index": 0, "quote": "4 mars 1981"}},
        {"kind": "amount", "value": "15.00 EUR",
         "evidence": {"turn_index": 1, "quote": "15 euros"}},
    ]  # fmt: skip
    masked = masking.analysis({"understanding": {"entities": entities, "personal_data": [1]}})
    assert masked["understanding"] == {"entities": entities[1:], "personal_data": []}
