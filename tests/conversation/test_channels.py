# ruff: noqa: E501 - mails and exports are written as they are
import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation import (
    Centre,
    CustomerKeys,
    ImportOptions,
    link_threads,
    parse_conversation,
    read_conversations,
)
from conversation.customer_key import normalised_identifier, read_mapping, read_secret
from conversation.errors import BadInput, ConversationUnreadable

KEYS = CustomerKeys(b"secret of the centre")
OPTIONS = ImportOptions(keys=KEYS)
PRODUCTS = {
    "zendesk": {"ticket": {"id": 7, "subject": "Colis", "requester_id": 1}, "users": [
        {"id": 1, "role": "end-user", "name": "Ana", "email": "ana@free.fr"},
        {"id": 2, "role": "agent", "name": "Léa"}], "comments": [
        {"author_id": 1, "plain_body": "Où est mon colis ?", "created_at": "2025-03-03T10:12:00Z"},
        {"author_id": 2, "body": "Client pénible", "public": False},
        {"author_id": 2, "html_body": "<p>Il arrive.</p>", "created_at": "2025-03-03T10:20:00Z"}]},
    "intercom": {"type": "conversation", "id": "9", "created_at": 1741000320, "source": {
        "type": "conversation", "body": "<p>Où est mon colis ?</p>",
        "author": {"type": "user", "name": "Ana", "email": "ana@free.fr"}},
        "conversation_parts": {"conversation_parts": [
            {"part_type": "comment", "body": "<p>Il arrive.</p>", "created_at": 1741000400,
             "author": {"type": "admin", "name": "Léa"}}]}},
    "livechat": {"id": "c1", "users": [{"id": "u", "type": "customer", "email": "ana@free.fr"},
        {"id": "a", "type": "agent", "name": "Léa"}], "thread": {"events": [
        {"type": "message", "text": "Où est mon colis ?", "author_id": "u"},
        {"type": "message", "text": "Il arrive.", "author_id": "a"}]}},
    "crisp": {"data": [
        {"session_id": "s", "type": "text", "from": "user", "content": "Où est mon colis ?",
         "timestamp": 1741000320000, "user": {"nickname": "Ana", "email": "ana@free.fr"}},
        {"session_id": "s", "type": "text", "from": "operator", "content": "Il arrive.",
         "timestamp": 1741000400000}]},
    "connect": {"ContactId": "k", "Participants": [], "Transcript": [
        {"ParticipantRole": "CUSTOMER", "ParticipantId": "1", "Content": "Où est mon colis ?"},
        {"ParticipantRole": "AGENT", "ParticipantId": "2", "Content": "Il arrive."}]},
    "genesys": {"conversationId": "g", "transcripts": [{"phrases": [
        {"text": "Où est mon colis ?", "participantPurpose": "external"},
        {"text": "Il arrive.", "participantPurpose": "internal"}]}]},
    "twilio": {"participants": [{"sid": "p", "messaging_binding": {
        "type": "sms", "address": "+33639981234"}}], "messages": [
        {"conversation_sid": "CH1", "participant_sid": "p", "author": "+33639981234",
         "body": "Où est mon colis ?", "date_created": "2025-03-03T10:12:00Z"},
        {"conversation_sid": "CH1", "author": "lea", "body": "Il arrive.",
         "date_created": "2025-03-03T10:13:00Z"}]},
    "messenger": {"messages": [
        {"sender_name": "Agent Boutique", "timestamp_ms": 1741000400000, "content": "Il arrive."},
        {"sender_name": "Ana", "timestamp_ms": 1741000320000,
         "content": "Où est mon colis ?".encode().decode("latin-1")}]},
}  # fmt: skip


@pytest.mark.parametrize("product", PRODUCTS)
def test_exports_of_chat_products_are_read(product):
    conversation = parse_conversation(PRODUCTS[product], name="x.json", options=OPTIONS)
    assert [(turn.speaker, turn.text) for turn in conversation.turns] == [
        ("customer", "Où est mon colis ?"), ("agent", "Il arrive."),
    ]  # fmt: skip


def test_internal_notes_are_kept_but_not_said():
    conversation = parse_conversation(PRODUCTS["zendesk"], name="x.json", options=OPTIONS)
    assert conversation.metadata["internal_notes"][0]["text"] == "Client pénible"


def write(folder, name, content, encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_with_french_headers_gives_its_conversations(tmp_path, encoding):
    table = (
        'sep=;\r\nN° dossier;Auteur;Date;Message\r\nA1;client;03/03/2025 10:12;"Déçu ;\nvraiment"\r\n'
        "B2;client;03/03/2025 10:13;Bonjour\r\nA1;Léa a rejoint;03/03/2025 10:14;"
        "Léa a rejoint la conversation\r\nA1;agent;03/03/2025 10:15;Désolée\r\n"
    ).replace("N° dossier", "Dossier")
    first, second = read_conversations(write(tmp_path, "t.csv", table, encoding))
    assert [turn.speaker for turn in first.turns] == ["customer", "system", "agent"]
    assert first.turns[0].text == "Déçu ;\nvraiment"
    assert first.turns[0].at == datetime(2025, 3, 3, 10, 12, tzinfo=UTC)
    assert (first.id, second.id) == ("A1", "B2")
    assert first.metadata["assumed_zone"] == "UTC"


def test_text_messages_of_a_table_are_parted_by_customer_and_by_silence(tmp_path):
    table = (
        "direction,from,to,message,date\ninbound,+33639981234,38000,Bonjour,2025-03-03T10:00:00Z\n"
        "outbound,38000,06 39 98 12 34,Oui ?,2025-03-03T10:05:00Z\n"
        "inbound,+33639981234,38000,Encore moi,2025-04-03T10:00:00Z\n"
        "inbound,+33639985555,38000,Moi aussi,2025-03-03T11:00:00Z\n"
    )
    found = read_conversations(write(tmp_path, "sms.csv", table), options=OPTIONS)
    assert {one.channel for one in found} == {"sms"}
    assert len({one.metadata["customer_key"] for one in found}) == 2


def test_a_backup_of_text_messages_is_read(tmp_path):
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><smses count="3">'
        '<sms address="+33639981234" date="1741000320000" type="1" body="Panne &#55357;&#56832;"/>'
        '<sms address="06 39 98 12 34" date="1741000400000" type="2" body="On regarde"/>'
        '<sms address="+33639981234" date="1751000400000" type="1" body="Encore"/></smses>'
    )
    first, second = read_conversations(write(tmp_path, "sms.xml", xml), options=OPTIONS)
    assert [turn.text for turn in first.turns] == ["Panne 😀", "On regarde"]
    assert first.metadata["customer_key"] == second.metadata["customer_key"]
    assert "639981234" not in first.model_dump_json()


def test_entity_bombs_are_refused_unread(tmp_path):
    bomb = (
        '<!DOCTYPE smses [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><smses><sms body="&b;"/></smses>'
    )
    with pytest.raises(ConversationUnreadable, match="document type"):
        read_conversations(write(tmp_path, "b.xml", bomb))


@pytest.mark.parametrize(
    "text",
    [
        "12/03/2025, 10:12 - Les messages et les appels sont chiffrés de bout en bout.\n"
        "12/03/2025, 10:12 - Ana : Bonjour\nsuite\n12/03/2025, 10:20 - Boutique : Oui ?\n",
        "[12/03/2025 10:12:00] \u200eLes messages et les appels sont chiffrés de bout en bout.\n"
        "[12/03/2025 10:12:05] Ana : Bonjour\nsuite\n[12/03/2025 10:20:00] Boutique : Oui ?\n",
    ],
)  # fmt: skip
def test_whatsapp_exports_are_read(tmp_path, text):
    (conversation,) = read_conversations(write(tmp_path, "chat.txt", text))
    said = [(turn.speaker, turn.text) for turn in conversation.turns if turn.speaker != "system"]
    assert said == [("customer", "Bonjour\nsuite"), ("agent", "Oui ?")]


LETTER = """Anne Roy
12 rue des Lilas
69003 Lyon

Lyon, le 3 mars 2025

Objet : résiliation de mon contrat n° 4412

Madame, Monsieur,

Je vous demande de résilier mon contrat.

Veuillez agréer mes salutations distinguées.
Anne Roy
"""


def test_a_letter_is_one_turn_with_its_head_apart(tmp_path):
    (conversation,) = read_conversations(write(tmp_path, "lettre.txt", LETTER))
    assert conversation.channel == "letter"
    assert conversation.metadata["subject"] == "résiliation de mon contrat n° 4412"
    assert conversation.turns[0].text.startswith("Madame, Monsieur,")
    assert conversation.started_at == datetime(2025, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["06 39 98 12 34", "+33 6 39 98 12 34", "0033639981234", "tel:+33639981234",
                "+33 (0)6 39 98 12 34"],
)  # fmt: skip
def test_a_number_has_one_key_however_it_is_written(written):
    assert normalised_identifier(written) == "phone:+33639981234"
    assert KEYS.key_of(written) == KEYS.key_of("0639981234")


@pytest.mark.parametrize("nobody", ["", "anonymous", "Anonyme", "unknown", " "])
def test_who_is_nobody_has_no_key(nobody):
    assert KEYS.key_of(nobody) is None


def test_another_secret_gives_other_keys():
    assert CustomerKeys(b"another secret 16b").key_of("a@b.fr") != KEYS.key_of("a@b.fr")


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "sub" / "customer.key"
    assert read_secret(path) == read_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(BadInput, match="16"):
        read_secret(path)


def test_threads_of_a_customer_go_across_channels_only_by_equal_identifiers_or_mapping(tmp_path):
    mapping = write(tmp_path, "map.csv", "email;client\nana@free.fr;C1\n0639981234;C1\n")

    def linked(keys):
        options = ImportOptions(keys=keys)
        chat = [{"from": "client", "email": "ana@free.fr", "text": "a", "at": "2025-03-05T10:00Z"}]
        sms = {"channel": "sms", "phone": "06 39 98 12 34",
               "messages": [{"from": "client", "text": "b", "at": "2025-03-03T10:00Z"}]}  # fmt: skip
        return link_threads(
            parse_conversation(data, name=name, options=options)
            for name, data in (("chat.json", chat), ("sms.json", sms))
        )

    assert len(linked(CustomerKeys(b"k" * 16))) == 2
    (thread,) = linked(CustomerKeys(b"k" * 16, mapping=read_mapping(mapping)))
    assert thread.channels == ("sms", "chat")


def test_the_centres_names_tell_agents():
    options = ImportOptions(centre=Centre.from_values(["Boutique Lyon", "+33 1 99 00 11 22"]))
    data = [{"sender": "Boutique Lyon", "text": "Bonjour"}, {"sender": "Ana", "text": "Oui"}]
    conversation = parse_conversation(data, name="x", options=options)
    assert [turn.speaker for turn in conversation.turns] == ["agent", "customer"]


@hypothesis_settings(max_examples=150)
@given(st.data())
def test_damaged_exports_are_conversations_or_clear_errors(tmp_path_factory, data):
    table = (
        b"conversation_id;sender;text;date\nA;client;Bonjour;03/03/2025\nA;agent;Oui;04/03/2025\n"
    )
    samples = {
        "a.csv": table, "l.txt": LETTER.encode(),
        "b.xml": b'<smses><sms address="+33639981234" date="1741000320000" type="1" body="a"/></smses>',
        **{f"{name}.json": json.dumps(made).encode() for name, made in PRODUCTS.items()},
    }  # fmt: skip
    name = data.draw(st.sampled_from(sorted(samples)))
    raw = bytearray(samples[name])
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    with contextlib.suppress(BadInput):
        assert read_conversations(path)
