"""What we sign the library of Standard Webhooks takes, and the other way round."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from conversation.errors import BadInput
from serving.webhooks.signing import new_secret, sign, verify

BODY = b'{"test": 2432232314}'


def headers(secret, body=BODY, *, message_id="msg_1", timestamp=None):
    timestamp = int(time.time()) if timestamp is None else timestamp
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id=message_id, timestamp=timestamp, body=body),
    }


def test_the_vector_of_the_standard_is_signed_as_it_says():
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=BODY,
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_library_verifies_what_we_sign():
    secret = new_secret()
    body = '{"type":"conversation.done","data":{"é":1}}'.encode()
    assert Webhook(secret).verify(body, headers(secret, body)) == json.loads(body)


def test_we_verify_what_the_library_signs():
    secret = new_secret()
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_2", now, BODY.decode())
    given = {
        "Webhook-Id": "msg_2",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": f"v1,{'A' * 43}= {signature}",
    }
    verify(secret, given, BODY)


@pytest.mark.parametrize("change", ["body", "secret", "old", "id", "no signature", "number"])
def test_a_message_that_is_not_as_it_was_signed_is_refused(change):
    secret = new_secret()
    given = headers(secret, timestamp=1 if change == "old" else None)
    if change == "id":
        given["webhook-id"] = "msg_other"
    if change == "no signature":
        del given["webhook-signature"]
    if change == "number":
        given["webhook-timestamp"] = "soon"
    with pytest.raises(BadInput):
        verify(
            new_secret() if change == "secret" else secret,
            given,
            b"{}" if change == "body" else BODY,
        )


def test_secrets_are_as_long_as_the_standard_asks_and_never_the_same():
    import base64

    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(24 <= len(base64.b64decode(s.removeprefix("whsec_"))) <= 64 for s in secrets)
