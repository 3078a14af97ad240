"""``/v1/embeddings`` with the real encoder and OpenAI's own client."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time

import numpy as np
import openai
import pytest

MODEL = "entendu-encoder-fr-en"
TEXTS = ["Ma box est en panne.", "My router is down.", "Je veux un remboursement."]


@pytest.fixture(scope="module")
def pool(served):
    return served.app.state.service.pool


def test_vectors_are_those_of_the_encoder_in_order(client, encoder):
    found = client.embeddings.create(model=MODEL, input=TEXTS)
    vectors = np.array([one.embedding for one in found.data])
    assert [one.index for one in found.data] == [0, 1, 2]
    assert (vectors * encoder.encode(TEXTS)).sum(axis=1).min() > 0.99
    assert found.model == MODEL
    assert found.usage.total_tokens == sum(map(len, encoder.tokenize(TEXTS)))


def test_base64_and_numbers_say_the_same(client, served):
    as_numbers = client.embeddings.create(model=MODEL, input=TEXTS[0], encoding_format="float")
    raw = served.client.post(
        "/v1/embeddings", json={"model": MODEL, "input": TEXTS[0], "encoding_format": "base64"}
    )
    as_base64 = client.embeddings.create(model=MODEL, input=TEXTS[0])
    assert isinstance(raw.json()["data"][0]["embedding"], str)
    assert np.allclose(as_numbers.data[0].embedding, as_base64.data[0].embedding, atol=1e-7)


def test_tokens_of_the_models_own_tokenizer_stand_for_their_text(client, encoder):
    tokens = list(encoder._tokenizer.encode(TEXTS[0]).ids)
    plain = np.array(client.embeddings.create(model=MODEL, input=TEXTS[0]).data[0].embedding)
    one = client.embeddings.create(model=MODEL, input=tokens)
    two = client.embeddings.create(model=MODEL, input=[tokens, tokens])
    assert plain @ np.array(one.data[0].embedding) > 0.999
    assert len(two.data) == 2
    with pytest.raises(openai.BadRequestError, match="not in the vocabulary"):
        client.embeddings.create(model=MODEL, input=[10_000_000])


def test_fewer_dimensions_are_the_first_ones_at_length_one(client):
    whole = np.array(client.embeddings.create(model=MODEL, input=TEXTS[0]).data[0].embedding)
    cut = np.array(
        client.embeddings.create(model=MODEL, input=TEXTS[0], dimensions=96).data[0].embedding
    )
    assert np.allclose(cut, whole[:96] / np.linalg.norm(whole[:96]), atol=1e-6)
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model=MODEL, input=TEXTS[0], dimensions=5000)
    assert caught.value.param == "dimensions"


def test_passages_get_their_own_prompt(client, encoder):
    found = client.embeddings.create(
        model=MODEL, input=TEXTS[0], extra_body={"input_type": "passage"}
    )
    assert np.array(found.data[0].embedding) @ encoder.encode(TEXTS[:1], kind="passage")[0] > 0.99


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": ["a", " "]}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_embedded_is_named(client, given, param):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/embeddings", body={"model": MODEL} | given, cast_to=object)
    assert caught.value.type == "invalid_request_error"
    assert caught.value.param == param
    assert len(caught.value.message) < 300  # not a line for each of the shapes and texts


async def _many(served, admin_key, texts):
    async with openai.AsyncOpenAI(
        base_url=f"{served.url}/v1", api_key=admin_key, max_retries=0
    ) as client:
        asked = (client.embeddings.create(model=MODEL, input=text) for text in texts)
        return [one.data[0].embedding for one in await asyncio.gather(*asked)]


def test_requests_at_the_same_time_get_their_own_vectors(served, admin_key, encoder):
    texts = [f"Commande numéro {number} jamais arrivée" for number in range(40)]
    found = np.array(asyncio.run(_many(served, admin_key, texts)))
    assert (found * encoder.encode(texts)).sum(axis=1).min() > 0.99


def test_who_hangs_up_is_not_computed_for(served, admin_key, pool, monkeypatch):
    """A client that goes away while its texts wait takes them with it."""
    pool.warm(for_audio=False)
    release, entered = threading.Event(), threading.Event()
    encode = type(pool.encoder)._encode_batch

    def held(self, batch):
        entered.set()
        assert release.wait(20)
        encode(self, batch)

    monkeypatch.setattr(type(pool.encoder), "_encode_batch", held)
    blocking = [
        threading.Thread(target=pool.encoder.encode, args=([f"held {number}"],))
        for number in range(pool.budget.threads)
    ]
    for thread in blocking:
        thread.start()
        assert entered.wait(10)
        entered.clear()
    host, port = served.url.removeprefix("http://").split(":")
    body = b'{"model": "%s", "input": "somebody who hangs up"}' % MODEL.encode()
    head = (
        f"POST /v1/embeddings HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: Bearer {admin_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + body)
        _until(lambda: pool.encoder.queued_tokens > 0)
        # reset rather than an orderly end, as when a program is killed
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _until(lambda: pool.encoder.queued_tokens == 0)
    release.set()
    for thread in blocking:
        thread.join(10)


def test_a_full_queue_is_503_with_the_time_to_come_back(served, client, pool, monkeypatch):
    pool.warm(for_audio=False)
    monkeypatch.setattr(pool.encoder, "_queue_tokens", 0)
    with pytest.raises(openai.InternalServerError) as caught:
        client.embeddings.create(model=MODEL, input="nobody knows this text yet")
    assert caught.value.status_code == 503
    assert int(caught.value.response.headers["retry-after"]) >= 1
    assert caught.value.type == "server_error"


def _until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
