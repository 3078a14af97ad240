"""Errors on these routes have OpenAI's shape, on all others they are problems."""

from __future__ import annotations

import openai
import pytest

from serving.routes.openai.errors import openai_error, speaks_openai


def test_models_are_listed_with_their_aliases(client):
    names = {model.id for model in client.models.list()}
    assert {"entendu-encoder-fr-en", "entendu-kb"} <= names
    one = client.models.retrieve("entendu-kb")
    assert (one.object, one.owned_by) == ("model", "entendu")
    assert one.created > 1_500_000_000


def test_a_model_that_is_not_there_is_not_found(client):
    for call in (
        lambda: client.models.retrieve("gpt-5"),
        lambda: client.embeddings.create(model="text-embedding-9", input="a"),
        lambda: client.embeddings.create(model="entendu-kb", input="a"),
        lambda: client.chat.completions.create(
            model="entendu-encoder-fr-en", messages=[{"role": "user", "content": "a"}]
        ),
        lambda: client.audio.transcriptions.create(model="entendu-kb", file=("a.wav", b"RIFF")),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            call()
        assert caught.value.code == "model_not_found"
        assert caught.value.type == "invalid_request_error"


def test_a_wrong_key_is_said_so_on_every_route(served):
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="wrong", max_retries=0) as stranger:
        for call in (
            stranger.models.list,
            lambda: stranger.models.retrieve("whisper-1"),
            lambda: stranger.embeddings.create(model="m", input="a"),
            lambda: stranger.chat.completions.create(model="m", messages=[]),
            lambda: stranger.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF")),
            lambda: stranger.post("/audio/translations", body={}, cast_to=object),
        ):
            with pytest.raises(openai.AuthenticationError) as caught:
                call()
            assert caught.value.code == "invalid_api_key"
            assert "Bearer" in caught.value.response.headers["www-authenticate"]


def test_a_role_that_may_not_is_forbidden(client_of):
    customer = client_of("customer", customer_key="c-1")
    with pytest.raises(openai.PermissionDeniedError) as caught:
        customer.embeddings.create(model="entendu-encoder-fr-en", input="a")
    assert caught.value.code == "insufficient_permissions"


def test_a_body_that_is_too_large_or_no_json_is_said_so(client, served):
    with pytest.raises(openai.APIStatusError) as caught:
        client.audio.transcriptions.create(model="whisper-1", file=("a.wav", b"0" * 9_000_000))
    assert (caught.value.status_code, caught.value.type) == (413, "invalid_request_error")
    answer = served.client.post(
        "/v1/embeddings", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json()["error"]["type"] == "invalid_request_error"
    answer = served.client.post("/v1/audio/transcriptions", json={"model": "whisper-1"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, None)
    answer = served.client.delete("/v1/embeddings")
    assert (answer.status_code, set(answer.json())) == (405, {"error"})


def test_what_nobody_foresaw_is_a_server_error_without_its_words(client, served, monkeypatch):
    def broken(self, *args, **kwargs):
        raise RuntimeError("the customer's name is Dupont")

    pool = served.app.state.service.pool
    monkeypatch.setattr(type(pool.encoder), "submit", broken)
    with pytest.raises(openai.InternalServerError) as caught:
        client.embeddings.create(model="entendu-encoder-fr-en", input="a")
    assert (caught.value.status_code, caught.value.type) == (500, "server_error")
    assert "Dupont" not in caught.value.message


def test_other_routes_keep_problems(served):
    answer = served.client.get("/v1/conversations/none")
    assert answer.headers["content-type"] == "application/problem+json"
    assert not speaks_openai("/v1/conversations/none")


def test_too_many_requests_and_violations_are_named():
    error = openai_error({"title": "Too many requests", "remedy": "wait"}, 429)["error"]
    assert (error["type"], error["code"]) == ("rate_limit_error", "rate_limit_exceeded")
    problem = {
        "title": "Invalid",
        "detail": "2 violations",
        "remedy": "correct what errors names",
        "errors": [
            {"detail": "input: too short", "pointer": "#/input/0"},
            {"detail": "model: missing", "pointer": "#/model"},
        ],
    }
    error = openai_error(problem, 400)["error"]
    assert error["param"] == "input.0"
    assert error["message"] == "input: too short; model: missing"
