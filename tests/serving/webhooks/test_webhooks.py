"""What happens is told, again and again until it is taken, and to nobody else."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook as Library

from conversation.errors import AddressRefused, BadInput, NotFound
from serving.webhooks.addresses import AddressGuard
from serving.webhooks.dispatcher import Dispatcher
from serving.webhooks.webhooks import RETRY_AFTER_S, Webhooks


def deliver(webhooks):
    taken = webhooks.take_due(100)
    for one in taken:
        webhooks.attempt(one)
    return taken


def log(webhooks, made):
    return webhooks.deliveries(made.id, team=None, limit=50)[0]


def test_an_event_arrives_signed_and_holds_what_happened(webhooks, receiver):
    made, secret = webhooks.create(receiver.url, team="default", by="k")
    webhooks.publish("conversation.done", {"conversation_id": "c1"})
    deliver(webhooks)
    [(headers, body)] = receiver.got
    assert "application/json" in headers["content-type"]
    told = json.loads(body)
    assert told == {
        "type": "conversation.done",
        "timestamp": "2026-11-03T10:00:00.000Z",
        "data": {"conversation_id": "c1"},
    }
    assert Library(secret).verify(body, headers) == told
    [entry] = log(webhooks, made)
    assert (entry.state, entry.attempts, entry.last_status) == ("delivered", 1, 204)
    assert entry.id == headers["webhook-id"]


def test_only_the_kinds_and_the_team_that_were_asked_for_are_told(webhooks, receiver):
    webhooks.create(receiver.url, ("alert.raised",), team="north", by="k")
    webhooks.publish("conversation.done", {}, team="north")
    webhooks.publish("alert.raised", {}, team="south")
    assert deliver(webhooks) == ()
    webhooks.publish("alert.raised", {}, team="north")
    assert len(deliver(webhooks)) == 1


def test_a_message_that_is_not_taken_comes_again_with_the_same_id(webhooks, receiver, clock):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(500, {}), (302, {"location": receiver.url}), (200, {})]
    webhooks.publish("conversation.done", {"conversation_id": "c1"})
    deliver(webhooks)
    assert log(webhooks, made)[0].next_attempt_at == clock() + timedelta(seconds=RETRY_AFTER_S[0])
    assert deliver(webhooks) == ()
    for wait_s in RETRY_AFTER_S[:2]:
        clock.forward(wait_s)
        deliver(webhooks)
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    bodies = {body for _, body in receiver.got}
    assert (len(receiver.got), len(ids), len(bodies)) == (3, 1, 1)
    assert log(webhooks, made)[0].state == "delivered"


def test_retry_after_is_waited_for_when_it_is_longer(webhooks, receiver, clock):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(503, {"retry-after": "120"}), (503, {"retry-after": "1"}), (200, {})]
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    assert log(webhooks, made)[0].next_attempt_at == clock() + timedelta(seconds=120)
    clock.forward(120)
    deliver(webhooks)
    assert log(webhooks, made)[0].next_attempt_at == clock() + timedelta(seconds=RETRY_AFTER_S[1])


def test_after_the_last_attempt_it_is_given_up(webhooks, receiver, clock):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(500, {})] * 20
    webhooks.publish("conversation.done", {})
    for _ in range(len(RETRY_AFTER_S) + 3):
        deliver(webhooks)
        clock.forward(25 * 3600)
    assert len(receiver.got) == len(RETRY_AFTER_S) + 1 == 10
    entry = log(webhooks, made)[0]
    assert (entry.state, entry.next_attempt_at) == ("failed", None)


def test_gone_disables_the_webhook_until_somebody_enables_it(webhooks, receiver, clock):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(410, {})]
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    assert log(webhooks, made)[0].state == "disabled"
    told = webhooks.get(made.id, team=None)
    assert (told.enabled, told.disabled_reason) == (False, "gone")
    webhooks.publish("conversation.done", {})
    assert deliver(webhooks) == ()
    webhooks.change(made.id, team=None, enabled=True)
    webhooks.publish("conversation.done", {})
    assert len(deliver(webhooks)) == 1


def test_a_redirection_is_not_followed(webhooks, receiver):
    webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(307, {"location": f"http://127.0.0.1:{receiver.port}/elsewhere"})]
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    assert len(receiver.got) == 1


def test_the_same_event_told_twice_is_delivered_once(webhooks, receiver):
    webhooks.create(receiver.url, team="default", by="k")
    for _ in range(2):
        webhooks.publish("conversation.done", {"conversation_id": "c1"}, key="c1:1")
    deliver(webhooks)
    assert len(receiver.got) == 1


def test_two_processes_do_not_take_the_same_message(database, webhooks, key, inside, clock):
    webhooks.create("http://127.0.0.1:9/", team="default", by="k")
    for _ in range(20):
        webhooks.publish("conversation.done", {})
    other = Webhooks(database, key, guard=inside, clock=clock)
    taken: list[str] = []

    def take(which):
        while got := which.take_due(3):
            taken.extend(got)

    threads = [threading.Thread(target=take, args=(one,)) for one in (webhooks, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(taken) == len(set(taken)) == 20


def test_what_a_killed_process_had_taken_is_taken_over(webhooks, receiver, clock):
    webhooks.create(receiver.url, team="default", by="k")
    webhooks.publish("conversation.done", {})
    assert len(webhooks.take_due(10)) == 1  # and then the process is gone
    assert webhooks.take_due(10) == ()
    clock.forward(60)
    assert len(deliver(webhooks)) == 1
    assert len(receiver.got) == 1


def test_a_receiver_that_is_away_is_tried_again(webhooks, clock):
    made, _ = webhooks.create("http://127.0.0.1:9/", team="default", by="k")
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    entry = log(webhooks, made)[0]
    assert (entry.state, entry.last_status, entry.last_error) == ("pending", None, "unreachable")


def test_an_address_that_became_private_is_given_up_at_once(database, key, webhooks, clock):
    made, _ = webhooks.create("http://127.0.0.1:9/", team="default", by="k")
    strict = Webhooks(database, key, guard=AddressGuard(), clock=clock)
    strict.publish("conversation.done", {})
    deliver(strict)
    entry = log(strict, made)[0]
    assert (entry.state, entry.last_error) == ("failed", "refused")


def test_the_secret_is_in_the_database_only_encrypted(database, webhooks, receiver):
    from sqlalchemy import select

    from serving.store.tables import WebhookRow

    _, secret = webhooks.create(receiver.url, team="default", by="k")
    with database.reading() as session:
        stored = session.scalars(select(WebhookRow.secret)).one()
    assert secret.removeprefix("whsec_") not in stored


def test_a_new_secret_signs_from_the_next_attempt_on(webhooks, receiver):
    made, old = webhooks.create(receiver.url, team="default", by="k")
    new = webhooks.renew_secret(made.id, team=None)
    webhooks.test(made.id, team=None)
    headers, body = receiver.got[0]
    assert Library(new).verify(body, headers)
    assert new != old


def test_a_try_says_how_it_went_and_is_not_repeated(webhooks, receiver):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    receiver.answers += [(500, {})]
    tried = webhooks.test(made.id, team=None)
    assert (tried.kind, tried.state, tried.last_status) == ("webhook.test", "failed", 500)
    assert webhooks.take_due(10) == ()


def test_what_is_not_allowed_is_not_stored(webhooks, database, key):
    with pytest.raises(BadInput, match="no event"):
        webhooks.create("http://127.0.0.1:9/", ("conversation.gone",), team="default", by="k")
    with pytest.raises(AddressRefused):
        Webhooks(database, key, guard=AddressGuard()).create(
            "https://127.0.0.1/", team="default", by="k"
        )
    assert webhooks.page(team=None, limit=10) == ((), None)


def test_a_webhook_of_another_team_is_not_there(webhooks):
    made, _ = webhooks.create("http://127.0.0.1:9/", team="north", by="k")
    for do in (webhooks.get, webhooks.remove, webhooks.renew_secret, webhooks.test):
        with pytest.raises(NotFound):
            do(made.id, team="south")
    assert webhooks.page(team="south", limit=5)[0] == ()
    assert webhooks.get(made.id, team="north") == made


def test_pages_follow_each_other_without_gap_or_repeat(webhooks, clock):
    made = []
    for _ in range(5):
        made.append(webhooks.create("http://127.0.0.1:9/", team="default", by="k")[0].id)
        clock.forward(1)
    seen, cursor = [], None
    while True:
        found, cursor = webhooks.page(team=None, limit=2, cursor=cursor)
        seen += [one.id for one in found]
        if cursor is None:
            break
    assert seen == made[::-1]


def test_old_entries_of_the_log_go_and_those_that_wait_stay(webhooks, receiver, clock):
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    receiver.answers += [(500, {})]
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    assert webhooks.forget_old(clock() + timedelta(days=1)) == 1
    assert [one.state for one in log(webhooks, made)] == ["pending"]


def test_the_dispatcher_delivers_as_soon_as_something_happens(database, key, inside, receiver):
    webhooks = Webhooks(database, key, guard=inside, timeout_s=5)
    made, _ = webhooks.create(receiver.url, team="default", by="k")
    dispatcher = Dispatcher(webhooks, idle_s=30)
    dispatcher.start()
    began = time.monotonic()
    webhooks.publish("conversation.done", {})
    assert receiver.came.wait(10)
    assert time.monotonic() - began < 5
    deadline = time.monotonic() + 5
    while log(webhooks, made)[0].state != "delivered" and time.monotonic() < deadline:
        time.sleep(0.01)
    dispatcher.stop()
    assert log(webhooks, made)[0].state == "delivered"


def test_moments_are_written_with_their_zone(webhooks, receiver):
    webhooks.create(receiver.url, team="default", by="k")
    webhooks.publish("conversation.done", {})
    deliver(webhooks)
    said = json.loads(receiver.got[0][1])["timestamp"]
    assert datetime.fromisoformat(said).tzinfo is not None
