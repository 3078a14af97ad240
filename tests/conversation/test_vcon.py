"""vCons as they are met: dialects, signed and zipped ones, transcripts, what must be refused."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, parse_conversation, read_conversation
from conversation.errors import ConversationUnreadable, EntenduError, NotFound
from conversation.reading import find_vcon
from conversation.vcon import is_vcon_name, looks_like_vcon, parse_vcon, read_vcon

PARTIES = [
    {"tel": "+33123456789", "name": "Léa", "role": "agent"},
    {"tel": "+33612345678", "name": "Paul Mercier", "role": "customer"},
]
START = "2026-11-12T14:02:10+01:00"


def vcon(**members):
    return {
        "uuid": "019f15a6-a752-826f-b9a2-279e0d16bc46", "created_at": "2026-11-12T13:10:00Z",
        "parties": PARTIES, "dialog": [], "analysis": [], "attachments": [],
    } | members  # fmt: skip


def message(text, *parties, at=START, **more):
    return {
        "type": "text", "start": at, "parties": list(parties), "mediatype": "text/plain",
        "encoding": "none", "body": text,
    } | more  # fmt: skip


def recording(**more):
    return {
        "type": "recording", "start": START, "duration": 33.1, "parties": [0, 1],
        "mediatype": "audio/x-wav", "filename": "appel.wav",
    } | more  # fmt: skip


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_messages_are_a_chat_with_the_parties_as_participants():
    said = parse_conversation(
        vcon(
            subject="Colis",
            dialog=[
                message("Je regarde.", 0, 1, at="2026-11-12T14:02:40+01:00"),
                message("Mon colis n'est pas arrivé.", 1, 0),
            ],
        ),
        name="a.json",
    )
    assert (said.channel, said.id) == ("chat", "019f15a6-a752-826f-b9a2-279e0d16bc46")
    assert [(t.speaker, t.text) for t in said.turns] == [
        ("customer", "Mon colis n'est pas arrivé."), ("agent", "Je regarde."),
    ]  # fmt: skip
    assert said.started_at.isoformat() == "2026-11-12T13:02:10+00:00"
    assert {p.name for p in said.participants} == {"Léa", "Paul Mercier"}
    assert said.metadata["subject"] == "Colis"


def test_an_email_thread_is_read_without_what_it_quotes():
    body = (
        "--b\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nC'est réglé, merci.\r\n\r\n"
        "Le jeu. 12 nov. 2026 à 14:02, Léa <lea@example.com> a écrit :\r\n> Bonjour\r\n--b--\r\n"
    )
    said = parse_conversation(
        vcon(dialog=[
            message(body, 1, 0, mediatype='multipart/alternative;\n\tboundary="b"',
                    message_id="<1@mail.example.com>"),
        ]), name="a",
    )  # fmt: skip
    assert said.channel == "email"
    assert said.turns[0].text == "C'est réglé, merci."


@pytest.mark.parametrize(
    "party",
    [
        {"name": "Léa", "meta": {"role": "agent"}},
        {"name": "Léa", "role": "supervisor"},
        {"name": "Léa", "role": "AGENT"},
    ],
)
def test_roles_stand_where_writers_put_them_and_the_other_side_follows(party):
    found = parse_vcon(vcon(parties=[party, {"email": "p@example.com"}]), name="a")
    assert [p.role for p in found.participants] == ["agent", "customer"]


def test_an_inline_recording_is_decoded_whatever_the_dialect():
    for entry in (
        recording(body=b64(b"RIFF\xff\xfe"), encoding="base64url"),
        recording(body=base64.b64encode(b"RIFF\xff\xfe").decode(), encoding="base64"),
        {k: v for k, v in recording(body=b64(b"RIFF\xff\xfe"), mimetype="audio/wav").items()
         if k not in {"mediatype", "type"}},
    ):  # fmt: skip
        (sound,) = parse_vcon(vcon(dialog=[entry]), name="a").recordings
        assert (sound.sound, sound.name, sound.parties) == (b"RIFF\xff\xfe", "appel.wav", (0, 1))


def test_a_recording_outside_keeps_its_name_and_hash_and_cannot_leave_its_folder():
    digest = hashlib.sha512(b"sound").digest()
    for entry in (
        recording(url="https://example.com/x/appel.wav", content_hash="sha512-" + b64(digest)),
        recording(filename="../../etc/appel.wav", content_hash=["sha512-" + b64(digest)]),
        recording(filename="C:\\calls\\appel.wav", alg="SHA-512", signature=b64(digest)),
        recording(filename="", url="https://example.com/a/appel.wav?x=1",
                  content_hash="sha-512-" + b64(digest)),
    ):  # fmt: skip
        (sound,) = parse_vcon(vcon(dialog=[entry]), name="a").recordings
        assert sound.sound is None
        assert sound.name == "appel.wav"
        assert [(h.algorithm, h.digest) for h in sound.hashes] == [("sha512", digest)]
    odd = recording(alg="LMOTS_SHA256_N32_W8", signature="AAAA")
    assert parse_vcon(vcon(dialog=[odd]), name="a").recordings[0].has_unknown_hash


WTF = {
    "type": "wtf_transcription", "dialog": 0, "vendor": "x", "encoding": "json",
    "body": {
        "transcript": {"text": "Bonjour. Oui.", "language": "fr-FR", "duration": 3},
        "segments": [
            {"id": 1, "start": 2.0, "end": 2.4, "text": "Oui.", "speaker": "customer"},
            {"id": 0, "start": 0.5, "end": 1.5, "text": "Bonjour.", "speaker": "agent",
             "confidence": 0.9,
             "words": [{"text": "Bonjour.", "start": 0.5, "end": 1.4, "confidence": 0.8}]},
        ],
    },
}  # fmt: skip


def test_a_transcript_of_the_wtf_extension_is_read():
    said = parse_conversation(vcon(dialog=[recording()], analysis=[WTF]), name="a")
    assert (said.channel, said.language, said.duration_s) == ("phone", "fr", 33.1)
    assert [(t.speaker, t.text, t.start_s) for t in said.turns] == [
        ("agent", "Bonjour.", 0.5), ("customer", "Oui.", 2.0),
    ]  # fmt: skip
    assert said.turns[0].words[0].probability == 0.8
    assert said.participants[said.turns[1].participant].name == "Paul Mercier"
    assert "n'a pas été lu" in said.metadata["remarks"][0]


def test_a_fragment_with_nothing_but_an_analysis_is_read():
    assert len(parse_conversation({"analysis": [WTF]}, name="a").turns) == 2


def test_deepgram_speakers_are_nobody_until_somebody_says_who_they_are():
    words = [
        {"word": "hello", "punctuated_word": "Hello.", "start": 0.1, "end": 0.5, "speaker": 0},
        {"word": "hi", "punctuated_word": "Hi.", "start": 0.7, "end": 0.9, "speaker": 1},
    ]
    body = {"results": {"channels": [{"alternatives": [{"transcript": "…", "words": words}]}]}}
    analysis = {"type": "transcript", "vendor": "deepgram", "dialog": 0, "body": body}
    said = parse_conversation(vcon(dialog=[recording()], analysis=[analysis]), name="a")
    assert [(t.speaker, t.text) for t in said.turns] == [("unknown", "Hello."), ("unknown", "Hi.")]
    assert [p.name for p in said.participants] == [None, None]
    assert said.metadata["parties"] == ["Léa", "Paul Mercier"]


def test_deepgram_channels_are_the_parties_of_a_multichannel_dialog():
    channels = [
        {"alternatives": [{"words": [{"word": text, "start": at, "end": at + 0.3}]}]}
        for text, at in (("bonjour", 1.0), ("allô", 0.1))
    ]
    analysis = {"type": "transcript", "dialog": 0, "body": {"results": {"channels": channels}}}
    said = parse_conversation(vcon(dialog=[recording()], analysis=[analysis]), name="a")
    assert [(t.speaker, t.text) for t in said.turns] == [("customer", "allô"), ("agent", "bonjour")]


@pytest.mark.parametrize("encoding", ["none", "json"])
def test_lists_of_speaker_and_message_are_read(encoding):
    body = [{"speaker": "Agent", "message": "Bonjour."}, {"speaker": "Customer", "message": "Oui."}]
    given = json.dumps(body) if encoding == "json" else body
    said = parse_conversation(
        vcon(analysis=[{"type": "transcript", "encoding": encoding, "body": given}]), name="a"
    )
    assert [t.speaker for t in said.turns] == ["agent", "customer"]
    assert not said.is_spoken


def test_lists_with_parties_and_times_are_read():
    body = [
        {"parties": 1, "start": "2026-11-12T13:02:12Z", "duration": 0.5, "text": "Allô ?"},
        {"parties": 0, "start": "2026-11-12T13:02:13Z", "duration": 1, "text": "Bonjour."},
    ]
    said = parse_conversation(
        vcon(dialog=[recording()], analysis=[{"type": "transcript", "dialog": 0, "body": body}]),
        name="a",
    )
    assert [(t.speaker, t.start_s, t.end_s) for t in said.turns] == [
        ("customer", 2.0, 2.5), ("agent", 3.0, 4.0),
    ]  # fmt: skip


def test_word_times_that_go_back_are_left_out_and_the_text_stays():
    words = [{"text": "un", "start": 1, "end": 1.2}, {"text": "deux", "start": 0.5, "end": 1}]
    body = {"segments": [{"start": 0, "end": 2, "text": "un deux", "words": words}]}
    said = parse_conversation(vcon(analysis=[{"type": "transcript", "body": body}]), name="a")
    assert (said.turns[0].text, said.turns[0].words) == ("un deux", ())


def test_a_critical_extension_that_is_not_known_is_refused():
    for key in ("critical", "must_support"):
        with pytest.raises(ConversationUnreadable, match="redact-all"):
            parse_vcon(vcon(**{key: ["redact-all"]}), name="a.vcon")
    assert parse_vcon(vcon(critical=["CC", "wtf_transcription"]), name="a.vcon")


def test_a_signed_vcon_is_read_and_said_not_to_be_verified(tmp_path):
    inner = json.dumps(vcon(dialog=[message("Bonjour", 1, 0)])).encode()
    for payload in (inner, gzip.compress(inner)):
        path = tmp_path / "signed.vcon"
        path.write_text(
            json.dumps({"payload": b64(payload), "signatures": [{"signature": "x"}]}), "utf-8"
        )
        assert "signature n'a pas été vérifiée" in read_conversation(path).metadata["remarks"][0]


def test_an_encrypted_vcon_is_refused_with_what_to_do():
    with pytest.raises(ConversationUnreadable, match="encrypted") as caught:
        parse_conversation({"ciphertext": "x", "recipients": []}, name="a.vcon")
    assert "decrypt" in caught.value.remedy


def test_gzip_is_read_and_a_bomb_is_not(tmp_path, monkeypatch):
    path = tmp_path / "call.vcon.gz"
    path.write_bytes(gzip.compress(json.dumps(vcon(dialog=[message("Bonjour", 1)])).encode()))
    assert is_vcon_name(path)
    assert read_conversation(path).turns[0].text == "Bonjour"
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(ConversationUnreadable, match="gzip"):
        read_vcon(path)
    monkeypatch.setattr("conversation.vcon.MAX_VCON_BYTES", 1000)
    path.write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(ConversationUnreadable, match="more than"):
        read_vcon(path)
    with pytest.raises(NotFound):
        read_vcon(tmp_path / "gone.vcon")


def test_a_vcon_with_only_sound_says_that_it_must_be_heard():
    with pytest.raises(ConversationUnreadable, match=r"only sound \(1 recording") as caught:
        parse_conversation(vcon(dialog=[recording()]), name="a.vcon")
    assert "entendu process" in caught.value.remedy


def test_an_empty_vcon_is_told_from_one_with_sound():
    with pytest.raises(ConversationUnreadable, match="no recording"):
        parse_conversation(vcon(), name="a.vcon")


@pytest.mark.parametrize(
    "data",
    [
        {"messages": [{"speaker": "agent", "text": "Bonjour"}], "parties": [], "dialog": []},
        {"turns": [], "channel": "chat"},
        {"body": "Bonjour", "from": "client", "subject": "x"},
        [1, 2],
    ],
)
def test_other_json_is_not_taken_for_a_vcon(data):
    assert not looks_like_vcon(data)


def test_a_json_file_is_found_out_by_its_content(tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(vcon(dialog=[message("Bonjour", 1)])), "utf-8")
    assert find_vcon(path) is not None
    path.write_text('{"messages": []}', "utf-8")
    assert find_vcon(path) is None
    assert find_vcon(tmp_path / "gone.json") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["transcript", "recording", "text", "agent", START, "audio/wav", "AAAA",
                       "multipart/mixed; boundary=b", "sha512-AAAA", "base64url", "[]", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "start", "end", "parties", "body", "encoding", "mediatype", "url",
                         "filename", "content_hash", "text", "message", "speaker", "words",
                         "segments", "results", "channels", "alternatives", "transcript", "name",
                         "role", "meta", "dialog", "duration", "originator", "speakers",
                         "language", "confidence", "word", "message_id", "punctuated_word"]),
        inner, max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {"uuid": JSON,
         "dialog": JSON | st.lists(JSON, max_size=3),
         "analysis": JSON | st.lists(JSON, max_size=3),
         "parties": JSON | st.lists(JSON, max_size=3)},
        optional={"critical": JSON, "subject": JSON, "vcon": JSON, "payload": JSON,
                  "signatures": JSON},
    )
)  # fmt: skip
def test_any_json_gives_a_conversation_or_an_error_of_the_tree(data):
    try:
        said = parse_conversation(data, name="fuzz.vcon")
    except EntenduError:
        return
    assert Conversation.model_validate_json(said.model_dump_json()) == said


@settings(max_examples=100)
@given(st.binary(max_size=200), st.booleans(), st.integers(0, 400), st.integers(0, 255))
def test_any_bytes_give_a_vcon_or_an_error_of_the_tree(tmp_path_factory, junk, whole, at, value):
    path = tmp_path_factory.mktemp("fuzz") / "x.vcon"
    raw = bytearray(gzip.compress(json.dumps(vcon(dialog=[message("Oui", 1)])).encode()))
    raw[at % len(raw)] = value
    path.write_bytes(junk if whole else bytes(raw))
    with contextlib.suppress(EntenduError):
        read_vcon(path)
