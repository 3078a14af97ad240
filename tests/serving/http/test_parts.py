"""Transcript, understanding, evaluation, sound and exports of a conversation."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pysubs2
import pytest
import webvtt

from conversation import Conversation
from nlu import Understanding
from quality import Evaluation


@pytest.fixture(scope="module")
def heard(sampled, tmp_path_factory) -> str:
    """A recording that is done; its analysis has words, times, a name and a number."""
    content = _wav()
    answer = sampled.client.post(
        "/v1/conversations",
        files={"file": ("appel.wav", content)},
        data={"queue": "support-fixe", "agent_key": "agent-17", "direction": "inbound"},
    )
    assert answer.status_code == 202, answer.text
    one = answer.json()["id"]
    assert sampled.wait_for(one)["status"] == "done"
    return one


def _wav() -> bytes:
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 64)
    return buffer.getvalue()


def get(service, one: str, part: str = "", **more):
    return service.client.get(f"/v1/conversations/{one}{part}", **more)


def actions(service, one: str) -> list[str]:
    listed = service.client.get("/v1/audit", params={"object_id": one, "limit": 100}).json()
    return [line["action"] for line in listed["data"]]


# Parts


def test_each_part_is_there_in_its_published_shape(sampled, heard):
    transcript = Conversation.model_validate_json(get(sampled, heard, "/transcript").content)
    assert transcript.turns[1].text.startswith("Bonjour, ma box")
    understanding = get(sampled, heard, "/understanding")
    assert Understanding.model_validate_json(understanding.content).language == "fr"
    evaluation = Evaluation.model_validate_json(get(sampled, heard, "/evaluation").content)
    assert evaluation.status == "draft"


def test_every_read_is_in_the_audit_log(sampled, heard):
    for part in ("", "/transcript", "/understanding", "/evaluation", "/report", "/audio"):
        assert get(sampled, heard, part).status_code == 200, part
    sampled.client.get(f"/v1/conversations/{heard}/export")
    assert set(actions(sampled, heard)) >= {
        "conversation.create", "conversation.read", "transcript.read", "understanding.read",
        "evaluation.read", "report.read", "audio.read", "conversation.export",
    }  # fmt: skip


@pytest.mark.parametrize("part", ["/transcript", "/understanding", "/evaluation", "/export"])
def test_what_is_not_done_has_no_parts(sampled, problem, part):
    sampled.pipeline.begun.clear()
    sampled.pipeline.go_on.clear()
    one = sampled.send_chat("WAIT")
    assert sampled.pipeline.begun.wait(20)
    problem(get(sampled, one, part), 409)
    sampled.pipeline.go_on.set()
    sampled.wait_for(one)


# Visibility


def test_what_may_not_be_seen_is_not_there(sampled, heard, problem):
    parts = ("", "/transcript", "/understanding", "/evaluation", "/report", "/audio")
    with sampled.client_of("agent", agent_key="agent-18") as other:
        for part in parts:
            problem(other.get(f"/v1/conversations/{heard}{part}"), 404)
        assert heard not in other.get("/v1/conversations").text
    with sampled.client_of("agent", agent_key="agent-17") as own:
        for part in parts:
            expected = 404 if part == "/evaluation" else 200  # a draft is not shared yet
            assert own.get(f"/v1/conversations/{heard}{part}").status_code == expected, part
        problem(own.get(f"/v1/conversations/{heard}/export"), 403)


# Sound


def test_the_recording_comes_back_as_it_was_sent(sampled, heard):
    answer = get(sampled, heard, "/audio", headers={"Accept-Encoding": "gzip"})
    assert answer.content == _wav()
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers
    tag = answer.headers["etag"]
    assert get(sampled, heard, "/audio", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=16000-", 16000, 16427),
        ("bytes=-28", 16400, 16427),
        ("bytes=100-999999", 100, 16427),
        ("bytes=-999999", 0, 16427),
    ],
)
def test_a_player_gets_the_range_it_asks_for(sampled, heard, asked, first, last):
    whole = _wav()
    answer = get(sampled, heard, "/audio", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    assert answer.content == whole[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=5-2", "bytes=-0"])
def test_a_range_outside_is_refused(sampled, heard, problem, asked):
    answer = get(sampled, heard, "/audio", headers={"Range": asked})
    problem(answer, 416)
    assert answer.headers["content-range"] == f"bytes */{len(_wav())}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=0-1", "bytes=-", "nonsense"])
def test_what_is_no_single_range_gets_all(sampled, heard, asked):
    answer = get(sampled, heard, "/audio", headers={"Range": asked})
    assert answer.status_code == 200
    assert answer.content == _wav()


def test_a_range_of_another_content_gets_all(sampled, heard):
    headers = {"Range": "bytes=0-1", "If-Range": '"other"'}
    assert get(sampled, heard, "/audio", headers=headers).status_code == 200
    tag = get(sampled, heard, "/audio").headers["etag"]
    headers["If-Range"] = tag
    assert get(sampled, heard, "/audio", headers=headers).status_code == 206


def test_head_of_a_recording_says_how_long_it_is(sampled, heard):
    head = sampled.client.head(f"/v1/conversations/{heard}/audio")
    assert head.headers["content-length"] == str(len(_wav()))
    assert head.content == b""


def test_a_chat_has_no_recording(sampled, problem):
    one = sampled.send_chat()
    problem(get(sampled, one, "/audio"), 404)


# Exports


def exported(service, one: str, **query):
    answer = service.client.get(f"/v1/conversations/{one}/export", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer


@pytest.mark.parametrize("form", ["vcon", "json", "srt", "vtt", "txt"])
def test_exports_hide_personal_data_unless_told_otherwise(sampled, heard, sample, form):
    text = " ".join(exported(sampled, heard, format=form).text.split())
    assert sample.TELEPHONE not in text
    assert "Dubois" not in text
    assert "ma box ne marche plus" in text
    original = " ".join(exported(sampled, heard, format=form, redacted=False).text.split())
    assert sample.TELEPHONE in original
    assert "Dubois" in original


def test_the_original_needs_a_permission_and_is_in_the_audit_log(sampled, heard, problem):
    scopes = ["conversations:read", "conversations:export"]
    with sampled.client_of("supervisor", scopes=scopes) as narrowed:
        path = f"/v1/conversations/{heard}/export"
        assert narrowed.get(path).status_code == 200
        problem(narrowed.get(path, params={"redacted": False}), 403)
    exported(sampled, heard, redacted=False)
    assert "conversation.unmask" in actions(sampled, heard)


def test_subtitles_are_read_by_other_programs(sampled, heard, tmp_path):
    path = tmp_path / "a.srt"
    path.write_text(exported(sampled, heard, format="srt").text, "utf-8")
    assert len(pysubs2.load(str(path))) >= 4
    path = tmp_path / "a.vtt"
    path.write_text(exported(sampled, heard, format="vtt").text, "utf-8")
    assert any("box" in caption.text for caption in webvtt.read(str(path)))


def test_json_can_be_sent_in_again(sampled, heard):
    body = exported(sampled, heard, format="json").json()
    assert Conversation.model_validate(body).turns
    assert sampled.client.post("/v1/conversations", json=body).status_code == 202


def test_an_unknown_format_is_named(sampled, heard, problem):
    answer = sampled.client.get(f"/v1/conversations/{heard}/export", params={"format": "doc"})
    assert problem(answer, 422)["errors"][0]["parameter"] == "format"


# Tables


def table(service, name: str, **query) -> bytes:
    answer = service.client.get(f"/v1/exports/{name}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


def rows(service, name: str, **query) -> list[dict[str, str]]:
    text = table(service, name, **query).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_for_each_conversation(sampled, heard):
    found = {row["conversation_id"]: row for row in rows(sampled, "conversations.csv")}
    row = found[heard]
    assert row["channel"] == "phone"
    assert row["queue"] == "support-fixe"
    assert row["reason"] == "tel.panne_fixe"
    assert row["started_at"] == "2026-11-03T09:02:00Z"
    assert int(row["duration_ms"]) > 1000
    assert int(row["agent_talk_ms"]) > 0
    assert float(row["customer_sentiment"]) == pytest.approx(-0.3)
    assert row["draft_score_100"] != ""


def test_a_row_for_each_turn(sampled, heard, sample):
    found = [row for row in rows(sampled, "turns.csv") if row["conversation_id"] == heard]
    assert [row["turn_index"] for row in found] == ["0", "1", "2", "3"]
    assert found[1]["speaker"] == "customer"
    assert float(found[1]["customer_sentiment"]) == pytest.approx(-0.7)
    assert "Dubois" not in found[3]["text"]
    originals = rows(sampled, "turns.csv", redacted=False)
    assert any(sample.NAME in row["text"] for row in originals)


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(sampled, text):
    one = sampled.send_chat(f"{text} et ma facture")
    sampled.wait_for(one)
    found = [row for row in rows(sampled, "turns.csv") if row["conversation_id"] == one]
    assert not found[1]["text"].startswith(("=", "+", "-", "@", "\t"))


def test_parquet_has_the_types_of_a_warehouse(sampled, heard):
    read = pq.read_table(io.BytesIO(table(sampled, "conversations.parquet")))
    assert read.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert read.schema.field("duration_ms").type == pa.int64()
    assert read.schema.field("draft_score_100").type == pa.float64()
    assert pa.types.is_dictionary(read.schema.field("channel").type)
    row = next(row for row in read.to_pylist() if row["conversation_id"] == heard)
    assert row["channel"] == "phone"
    assert row["started_at"].isoformat() == "2026-11-03T09:02:00+00:00"
    turns = pq.read_table(io.BytesIO(table(sampled, "turns.parquet")))
    assert [one for one in turns.to_pylist() if one["conversation_id"] == heard][1]["start_ms"] > 0


def test_csv_and_parquet_say_the_same(sampled, heard):
    read = pq.read_table(io.BytesIO(table(sampled, "turns.parquet", queue="support-fixe")))
    texts = [row["text"] for row in rows(sampled, "turns.csv", queue="support-fixe")]
    assert [row["text"] for row in read.to_pylist()] == texts


def test_tables_are_filtered(sampled, heard):
    assert [row["conversation_id"] for row in rows(
        sampled, "conversations.csv", queue="support-fixe"
    )] == [heard]  # fmt: skip
    assert rows(sampled, "conversations.csv", queue="nobody") == []
    empty = pq.read_table(io.BytesIO(table(sampled, "conversations.parquet", queue="nobody")))
    assert empty.num_rows == 0


def test_without_pyarrow_parquet_says_how_to_get_it(sampled, problem, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    body = problem(sampled.client.get("/v1/exports/conversations.parquet"), 501)
    assert "pip install 'entendu[parquet]'" in body["remedy"]


@pytest.mark.parametrize("name", ["conversations.csv", "turns.csv", "turns.parquet"])
def test_a_text_without_a_word_is_refused_before_anything_is_sent_or_logged(sampled, problem, name):
    before = actions(sampled, name)
    body = problem(sampled.client.get(f"/v1/exports/{name}", params={"text": "le ?!"}), 422)
    assert "no word" in body["detail"]
    assert actions(sampled, name) == before


# Search


def test_words_that_were_said_are_found_and_shown(sampled, heard):
    found = sampled.client.get(
        "/v1/conversations/search", params={"q": "inadmissible", "by": "words"}
    ).json()
    hit = next(hit for hit in found["data"] if hit["conversation"]["id"] == heard)
    turn = hit["turns"][0]
    assert turn["turn_index"] == 1
    start, end = turn["marks"][0]
    assert turn["snippet"][start:end] == "inadmissible"
    nothing = sampled.client.get(
        "/v1/conversations/search", params={"q": "zygomatique", "by": "words"}
    ).json()
    assert nothing["data"] == []


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 501}, {"q": "a", "by": "smell"}])
def test_a_bad_search_is_a_problem(sampled, problem, query):
    problem(sampled.client.get("/v1/conversations/search", params=query), 422)


def test_json_answers_hold_no_numbers_that_are_none(sampled, heard):
    json.loads(get(sampled, heard).content, parse_constant=pytest.fail)
