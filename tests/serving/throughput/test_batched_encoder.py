"""Texts of many callers, encoded together: right, in turn, bounded, and given up when unwanted."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor

import numpy as np
import pytest

from conversation.errors import BadInput, Conflict, Overloaded
from serving.throughput.work import CallerGone, Priority, Work, working


def interactive(caller="a"):
    return Work(Priority.INTERACTIVE, caller)


def holding(held, encoder):
    """Hold the encoder up with a text of its own; what comes after waits in the queue."""
    held.gate.clear()
    first = encoder.submit(["first"], work=interactive("first"))
    assert held.entered.acquire(timeout=10)
    return first


def test_every_caller_gets_the_vectors_of_its_own_texts_in_order(make_batched, expected_vector):
    encoder = make_batched(batch_tokens=16, cache_bytes=100_000, wait_s=0.001)

    def call(number):
        texts = [f"text {number} {position % 3}" for position in range(5)]
        with working(interactive(str(number))):
            return np.allclose(
                encoder.encode(texts, kind="passage"),
                [expected_vector(text, "passage") for text in texts],
            )

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(call, range(64)))


def test_texts_that_wait_are_encoded_together(held, make_batched):
    encoder = make_batched(batch_tokens=100)
    first = holding(held, encoder)
    others = [encoder.submit([f"text {n}"], work=interactive(str(n))) for n in range(10)]
    held.gate.set()
    for one in (first, *others):
        one.vectors.result(10)
    assert [len(batch) for batch in held.batches] == [1, 10]


def test_batches_are_bounded_by_tokens_and_not_by_texts(held, make_batched):
    encoder = make_batched(batch_tokens=8)
    first = holding(held, encoder)
    waiting = encoder.submit(
        ["a b c", "d e f", "g", "h", "i", "one two three four five six seven eight nine ten"],
        work=interactive(),
    )
    held.gate.set()
    waiting.vectors.result(10)
    first.vectors.result(10)
    for batch in held.batches[1:]:
        padded = len(batch) * max(len(text.split()) for text in batch)
        assert padded <= 8 or len(batch) == 1
    assert held.batches[1:] == [
        ["a b c", "d e f"], ["g", "h", "i"],
        ["one two three four five six seven eight nine ten"],
    ]  # fmt: skip


def test_a_caller_with_few_texts_does_not_wait_for_one_with_many(held, make_batched):
    encoder = make_batched(batch_tokens=4)
    first = holding(held, encoder)
    many = encoder.submit([f"many{n}" for n in range(50)], work=interactive("many"))
    few = encoder.submit(["few"], work=interactive("few"))
    held.gate.set()
    few.vectors.result(10)
    assert "few" in held.batches[1] + held.batches[2]
    many.vectors.result(10)
    first.vectors.result(10)


def test_what_is_urgent_goes_first(held, make_batched):
    encoder = make_batched(batch_tokens=1)
    first = holding(held, encoder)
    asked = [
        encoder.submit([name], work=Work(priority, name))
        for name, priority in (
            ("batch", Priority.BATCH), ("chat", Priority.INTERACTIVE), ("live", Priority.LIVE),
        )
    ]  # fmt: skip
    held.gate.set()
    for one in (first, *asked):
        one.vectors.result(10)
    assert held.batches[1:] == [["live"], ["chat"], ["batch"]]


def test_the_same_text_in_flight_is_encoded_once(held, make_batched, expected_vector):
    encoder = make_batched(batch_tokens=1)
    first = holding(held, encoder)
    same = [encoder.submit(["first"], work=interactive("b")) for _ in range(3)]
    waiting = [
        encoder.submit(["other", "other"], work=Work(priority, "c"))
        for priority in (Priority.BATCH, Priority.LIVE)
    ]
    held.gate.set()
    for one in (first, *same):
        assert np.allclose(one.vectors.result(10), [expected_vector("first")])
    for one in waiting:
        assert np.allclose(one.vectors.result(10), [expected_vector("other")] * 2)
    assert held.batches == [["first"], ["other"]]


def test_query_and_passage_are_not_mixed_up(make_batched, expected_vector):
    encoder = make_batched(cache_bytes=100_000)
    for kind in ("query", "passage", "query"):
        assert np.allclose(encoder.encode(["text"], kind=kind), [expected_vector("text", kind)])


def test_recent_texts_are_not_encoded_again_and_still_counted(held, make_batched):
    encoder = make_batched(cache_bytes=100_000)
    for _ in range(2):
        submitted = encoder.submit(["three little words", "three little words", "x"])
        submitted.vectors.result(10)
        assert submitted.tokens == 7
    assert held.batches == [["three little words", "x"]]


def test_a_full_queue_refuses_requests_and_says_when_to_come_back(held, make_batched):
    encoder = make_batched(queue_tokens=10)
    first = holding(held, encoder)
    waiting = encoder.submit(["w"] * 1 + [f"w{n}" for n in range(10)], work=interactive("b"))
    with pytest.raises(Overloaded) as caught:
        encoder.submit(["one more"], work=interactive("c"))
    assert caught.value.retry_after_s >= 1
    live = encoder.submit(["live"], work=Work(Priority.LIVE, "d"))  # it goes before what waits
    held.gate.set()
    for one in (first, waiting, live):
        one.vectors.result(10)
    encoder.encode(["there is room again"])


def test_work_of_the_batch_waits_for_room_instead(held, make_batched):
    encoder = make_batched(queue_tokens=1)
    first = holding(held, encoder)
    waiting = encoder.submit(["waiting"], work=Work(Priority.BATCH, "b"))
    done = threading.Event()

    def come_later():
        encoder.encode(["later"])
        done.set()

    later = threading.Thread(target=come_later)
    later.start()
    assert not done.wait(0.05)
    held.gate.set()
    later.join(10)
    assert done.is_set()
    first.vectors.result(10)
    waiting.vectors.result(10)


def test_what_a_caller_who_went_away_waited_for_is_not_computed(held, make_batched):
    encoder = make_batched()
    first = holding(held, encoder)
    leaving, staying = interactive("leaving"), interactive("staying")
    raised = []

    def ask():
        try:
            with working(leaving):
                encoder.encode(["only mine", "ours"])
        except CallerGone as error:
            raised.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while encoder.queued_tokens < 3:
        pass
    ours = encoder.submit(["ours"], work=staying)
    leaving.go()
    asking.join(10)
    assert len(raised) == 1
    assert encoder.queued_tokens == 1
    held.gate.set()
    ours.vectors.result(10)
    first.vectors.result(10)
    assert held.batches == [["first"], ["ours"]]
    with pytest.raises(CallerGone), working(leaving):
        encoder.encode(["more"])


def test_an_error_reaches_everybody_in_the_batch_and_nobody_after_it(held, make_batched):
    encoder = make_batched()
    first = holding(held, encoder)
    others = [encoder.submit([f"t{n}"], work=interactive(str(n))) for n in range(3)]
    held.error = RuntimeError("out of memory")
    held.gate.set()
    for one in (first, *others):
        with pytest.raises(RuntimeError, match="out of memory"):
            one.vectors.result(10)
    held.error = None
    assert encoder.encode(["t0"]).shape == (1, 4)


def test_closing_gives_up_what_waits(held, make_batched):
    encoder = make_batched()
    holding(held, encoder)
    waiting = encoder.submit(["waiting"], work=interactive())
    closing = threading.Thread(target=encoder.close)
    closing.start()
    with pytest.raises((Conflict, CancelledError)):
        waiting.vectors.result(10)
    held.gate.set()
    closing.join(10)
    with pytest.raises(Conflict):
        encoder.encode(["more"])


def test_a_text_in_place_of_a_list_is_refused(make_batched):
    encoder = make_batched()
    for texts, kind in (("text", "query"), (["text"], "other")):
        with pytest.raises(BadInput):
            encoder.encode(texts, kind=kind)


def test_no_texts_give_no_vectors(make_batched):
    assert make_batched().encode([]).shape == (0, 4)
