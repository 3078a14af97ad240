"""The file of events: whole lines or none, survived stops, erasure."""

from __future__ import annotations

import importlib.util
import multiprocessing
from pathlib import Path

import pytest

from conversation.errors import Conflict, DatasetInvalid
from quality.review import (
    Commented,
    Confirmed,
    JsonlLog,
    MachineAnswers,
    Reviews,
    SessionOpened,
    SessionScored,
)

_spec = importlib.util.spec_from_file_location(
    "review_cases", Path(__file__).parent / "conftest.py"
)
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)


def comment(number):
    return cases.event(Commented, text=f"vu\n{number} é", id=f"c{number}")


def filled(path, comments=2):
    reviews = Reviews(JsonlLog(path))
    reviews.record(cases.opening(id="o"))
    for number in range(comments):
        reviews.record(comment(number))
    return reviews


def test_events_come_back_as_they_were_written(tmp_path):
    reviews = filled(tmp_path / "deep" / "reviews.jsonl")
    assert JsonlLog(tmp_path / "deep" / "reviews.jsonl").events() == reviews.log.events()


@pytest.mark.parametrize("cut", [1, 7, 40, 120])
def test_a_torn_last_line_costs_nothing_but_itself(tmp_path, cut):
    path = tmp_path / "reviews.jsonl"
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    again = Reviews(JsonlLog(path))
    assert [one.id for one in again.log.events()] == ["o", "c0"]
    again.record(comment(2))
    ids = [one.id for one in JsonlLog(path).events()]
    assert ids == (["o", "c0", "c1", "c2"] if cut == 1 else ["o", "c0", "c2"])
    assert path.with_name("reviews.jsonl.torn").exists() == (cut > 1)


def test_a_damaged_line_in_the_middle_is_told_with_its_place(tmp_path):
    path = tmp_path / "reviews.jsonl"
    filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b'{"kind": "nonsense"}\n' + lines[2])
    with pytest.raises(DatasetInvalid, match=r"reviews\.jsonl, event 2") as caught:
        JsonlLog(path).events()
    assert caught.value.remedy
    with pytest.raises(DatasetInvalid):
        JsonlLog(path).append(comment(5))
    assert path.read_bytes().count(b"\n") == 3


def test_a_refused_event_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "reviews.jsonl"
    reviews = filled(path)
    before = path.read_bytes()
    with pytest.raises(Conflict):
        reviews.record(cases.event(Confirmed, item="XXX"))
    assert path.read_bytes() == before


def test_two_readers_see_each_others_events(tmp_path):
    one, two = (Reviews(JsonlLog(tmp_path / "reviews.jsonl")) for _ in range(2))
    one.record(cases.opening())
    two.record(cases.event(Confirmed, item="ACC1", id="x"))
    assert one.review(cases.SUBJECT).item("ACC1").human == 1.0
    assert not one.record(cases.event(Confirmed, item="ACC1", id="x"))


def _write(path, name):
    log = JsonlLog(path)
    for number in range(15):
        log.append(comment(number).model_copy(update={"id": f"{name}-{number}"}))


def test_several_processes_write_without_losing_a_line(tmp_path):
    path = tmp_path / "reviews.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(path, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({one.id for one in JsonlLog(path).events()}) == 45


def test_erasure_takes_the_review_and_leaves_nameless_blind_answers(tmp_path):
    path = tmp_path / "reviews.jsonl"
    reviews = filled(path)
    session = {"session": "s1", "role": "analyst", "at": cases.at(3)}
    reviews.record(
        SessionOpened(
            **session, author="rui", scorecard="inbound", version="1.0", raters=("ana", "bob"),
            contacts=(MachineAnswers(conversation_id="call-1", answers={"ACC1": 1.0}),),
        )
    )  # fmt: skip
    for rater in ("ana", "bob"):
        reviews.record(
            SessionScored(**session, author=rater, conversation_id="call-1", answers={"ACC1": 0.0})
        )
    assert reviews.log.forget("call-1") == 6
    assert b"call-1" not in path.read_bytes()
    assert reviews.review(cases.SUBJECT) is None
    state = Reviews(JsonlLog(path)).session("s1")
    assert [one.raters for one in state.comparison()] == [{"ana": 0.0, "bob": 0.0}]
    assert reviews.log.forget("call-1") == 0
