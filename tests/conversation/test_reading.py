import contextlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import identifier_from_name, parse_conversation, read_conversation
from conversation.errors import BadInput, ConversationUnreadable, NotFound

CHAT = """[2026-11-12 14:02:10] Client : Bonjour, mon colis n'est pas là
et je m'inquiète.
[2026-11-12 14:02:48] Léa (conseillère) : Bonjour, je regarde.
"""
EMAIL = """De : Paul Mercier <paul@exemple.fr>
Objet : Frais contestés
Date : 10/11/2026 09:14

Bonjour,

Je conteste ces frais.

Le 3 nov. 2026 à 10:00, Banque Horizon <service@exemple.fr> a écrit :
> Votre relevé est disponible.
"""


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_chat_has_one_turn_a_message_with_its_time(written):
    conversation = read_conversation(written("chat.txt", CHAT))
    assert conversation.channel == "chat"
    assert [turn.speaker for turn in conversation.turns] == ["customer", "agent"]
    assert conversation.turns[0].text == "Bonjour, mon colis n'est pas là\net je m'inquiète."
    assert conversation.turns[1].at - conversation.turns[0].at == timedelta(seconds=38)
    assert conversation.duration_s == 38
    assert [p.name for p in conversation.participants] == [None, "Léa"]


def test_times_without_a_date_still_give_delays(written):
    conversation = read_conversation(written("c.txt", "10:02 Client: allô\n10:05 Agent: oui\n"))
    assert conversation.duration_s == 180


def test_the_one_unnamed_side_is_the_other_role(written):
    text = "Marie Dupont: Bonjour\nConseiller: Bonjour\nMarie Dupont: Merci\n"
    conversation = read_conversation(written("c.txt", text))
    assert [turn.speaker for turn in conversation.turns] == ["customer", "agent", "customer"]
    assert conversation.participants[0].name == "Marie Dupont"


def test_an_email_keeps_its_subject_and_leaves_out_what_it_quotes(written):
    conversation = read_conversation(written("mail.txt", EMAIL))
    assert conversation.channel == "email"
    assert conversation.metadata["subject"] == "Frais contestés"
    assert conversation.metadata["assumed_zone"] == "UTC"
    assert [turn.speaker for turn in conversation.turns] == ["agent", "customer"]
    assert conversation.turns[0].text == "Votre relevé est disponible."
    assert conversation.turns[1].text == "Bonjour,\n\nJe conteste ces frais."
    assert conversation.turns[1].at == datetime(2026, 11, 10, 9, 14, tzinfo=UTC)


def test_a_mime_email_is_decoded(written):
    mime = (
        "From: Anne <anne@exemple.fr>\nSubject: =?utf-8?q?Rappel_urgent_=C3=A0_lire?=\n"
        "Date: Tue, 03 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "D=C3=A9j=C3=A0 appel=C3=A9 deux fois.\n"
    )
    conversation = read_conversation(written("m.eml", mime))
    assert conversation.turns[0].text == "Déjà appelé deux fois."
    assert conversation.metadata["subject"] == "Rappel urgent à lire"


def test_windows_text_is_read(written):
    path = written("c.txt", "Client: déçu\nAgent: désolé\n".encode("cp1252"))
    conversation = read_conversation(path)
    assert conversation.turns[0].text == "déçu"


@pytest.mark.parametrize(
    "data",
    [
        {"messages": [{"from": "client", "text": "Bonjour"}, {"from": "agent", "text": "Oui"}]},
        [{"role": "user", "content": "Bonjour"}, {"role": "assistant", "content": "Oui"}],
        {"channel": "sms", "transcript": [{"speaker": "CUSTOMER", "message": "Bonjour"}]},
    ],
)
def test_chat_exports_of_several_shapes_are_read(data):
    conversation = parse_conversation(data, name="export.json")
    assert conversation.turns[0].speaker == "customer"
    assert conversation.turns[0].text == "Bonjour"


def test_our_own_schema_is_read_back():
    original = parse_conversation([{"from": "client", "text": "Bonjour"}], name="a.json")
    again = parse_conversation(json.loads(original.model_dump_json()), name="b.json")
    assert again == original


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        (b"\x00\x01\x02RIFF", "binary"),
        ('{"messages": [', "broken JSON"),
        ('{"messages": [{"from": "client", "text": "a \\ud83d b"}]}', "half of a character"),
        ('{"foo": 1}', "keys"),
        ('{"messages": [{"text": "a"}]}', "has no speaker"),
        ('{"messages": ["a"]}', "expected an object"),
        ('{"messages": [{"from": "client", "text": ""}]}', "no message with text"),
        ('{"messages": [{"from": "client", "text": "a", "at": "hier"}]}', "no date"),
        ('{"channel": "fax", "messages": [{"from": "client", "text": "a"}]}', "unknown channel"),
        ('{"turns": [{"index": 0, "speaker": "boss", "text": "a"}], "channel": "chat"}', "speaker"),
        ("Ceci est une note sans personne dedans.", "neither a chat nor an e-mail"),
    ],
)
def test_what_is_no_conversation_is_refused_with_what_was_found(written, content, said):
    path = written("bad.json" if str(content).startswith("{") else "bad.txt", content)
    with pytest.raises(ConversationUnreadable, match=said) as caught:
        read_conversation(path)
    assert caught.value.remedy


def test_a_missing_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="gone"):
        read_conversation(tmp_path / "gone.txt")


@given(st.binary(max_size=400))
def test_random_bytes_are_a_conversation_or_a_clear_error(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "x.txt"
    path.write_bytes(content)
    with contextlib.suppress(BadInput):
        read_conversation(path)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["text", "from", "messages", "turns", "at"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_a_conversation_or_a_clear_error(data):
    with contextlib.suppress(BadInput):
        parse_conversation(data, name="x.json")


@given(st.text())
def test_identifiers_are_safe_file_names(name):
    identifier = identifier_from_name(name)
    assert identifier
    assert "/" not in identifier
    assert not identifier.startswith(".")
