from __future__ import annotations

import threading

import pytest

from conversation.errors import Conflict, NotFound
from serving.jobs.claims import DoneStage
from serving.jobs.kinds import Kinds, task
from serving.jobs.ledger import Ledger
from serving.jobs.values import ClaimLost
from serving.problems import problem_of_status

PROBLEM = problem_of_status(503, "the disk is full")


@pytest.fixture
def ledger(database):
    kinds = Kinds()
    kinds.register(task("count", lambda work: None))
    return Ledger(database, kinds)


@pytest.fixture
def add(ledger):
    def make(**more):
        return ledger.add(ledger.kinds.get("count"), {"of": "17"}, **more)[0]

    return make


def keep(ledger, claim, stage="run", document="{}"):
    ledger.keep(claim, [DoneStage(stage, document, 0.1)], progress=1.0, following=None)


def finish(ledger, claim):
    return ledger.keep(claim, [], progress=1.0, following=None, ends=True)


def test_a_purpose_has_one_job_however_many_ask_at_once(ledger):
    found = []

    def ask():
        found.append(ledger.add(ledger.kinds.get("count"), {}, once="count@today"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.id for job, _ in found}) == 1
    assert sum(is_new for _, is_new in found) == 1


def test_a_job_that_was_taken_over_takes_nothing_from_who_had_it_before(ledger, add):
    job = add()
    first = ledger.claim(job.id, 1, "slow")
    second = ledger.claim(job.id, 1, "quick")
    assert second.fence > first.fence
    with pytest.raises(ClaimLost):
        keep(ledger, first, document='{"by": "slow"}')
    keep(ledger, second, document='{"by": "quick"}')
    with pytest.raises(ClaimLost):
        finish(ledger, first)
    with pytest.raises(ClaimLost):
        ledger.end(first, "dead", PROBLEM)
    with pytest.raises(ClaimLost):
        ledger.note(first, "run", share=0.5, progress=0.5)
    assert ledger.document(job.id, "run") == '{"by": "quick"}'
    assert finish(ledger, second).state == "done"


def test_what_goes_with_a_stage_is_written_with_it_or_not_at_all(ledger, add):
    job = add()
    first = ledger.claim(job.id, 1, "slow")
    written = []
    ledger.claim(job.id, 1, "quick")
    stage = DoneStage("run", None, 0.0, (written.append,))
    with pytest.raises(ClaimLost):
        ledger.keep(first, [stage], progress=1.0, following=None)
    assert written == []


def test_a_stage_is_kept_once(ledger, add):
    from sqlalchemy.exc import IntegrityError

    job = add()
    claim = ledger.claim(job.id, 1, "w")
    keep(ledger, claim, document="first")
    with pytest.raises(IntegrityError):
        keep(ledger, claim, document="second")
    assert ledger.document(job.id, "run") == "first"


def test_a_cancelled_job_accepts_nothing_and_can_be_asked_for_again(ledger, add):
    job = add()
    claim = ledger.claim(job.id, 1, "w")
    assert ledger.cancel(job.id).state == "cancelled"
    with pytest.raises(ClaimLost):
        keep(ledger, claim)
    with pytest.raises(Conflict, match="already"):
        ledger.cancel(job.id)
    again = ledger.ask_again(job.id)
    assert (again.state, again.attempts) == ("queued", 0)
    assert ledger.claim(job.id, 1, "w") is None  # the workflow of the first run
    assert ledger.claim(job.id, 2, "w") is not None


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_what_ended_without_a_result_can_be_tried_again(ledger, add, state):
    job = add()
    if state != "queued":
        claim = ledger.claim(job.id, 1, "w")
        if state == "done":
            finish(ledger, claim)
    with pytest.raises(Conflict, match=f"is {state}"):
        ledger.ask_again(job.id)


def test_a_finished_job_keeps_what_it_did_and_drops_what_only_its_stages_needed(ledger, add):
    job = add()
    claim = ledger.claim(job.id, 1, "w")
    keep(ledger, claim, document="somebody's words")
    finish(ledger, claim)
    assert ledger.document(job.id, "run") is None
    assert ledger.stages_done(job.id) == {"run"}


def test_the_last_stage_ends_the_job_in_the_transaction_that_keeps_it(ledger, add):
    job = add()
    claim = ledger.claim(job.id, 1, "w")
    keep(ledger, claim, stage="first", document="somebody's words")
    last = DoneStage("run", "somebody's words", 0.1)
    done = ledger.keep(claim, [last], progress=1.0, following=None, ends=True)
    assert (done.state, done.stage, done.progress) == ("done", "run", 1)
    assert ledger.stages_done(job.id) == {"first", "run"}
    assert ledger.document(job.id, "first") is ledger.document(job.id, "run") is None


def test_whoever_takes_a_job_over_is_told_which_stages_are_done(ledger, add):
    job = add()
    first = ledger.claim(job.id, 1, "slow")
    assert first.done == frozenset()
    keep(ledger, first)
    assert ledger.claim(job.id, 1, "quick").done == {"run"}


def test_a_job_that_is_put_off_waits_under_another_run_with_the_reason(ledger, add):
    job = add()
    ledger.mark_dispatched({job.id: 1})
    assert ledger.undispatched(10) == ()
    ledger.postpone(ledger.claim(job.id, 1, "w"), PROBLEM, delay_s=30)
    [(waiting, run)] = ledger.undispatched(10)
    assert (waiting.state, run) == ("queued", 2)
    assert waiting.problem == PROBLEM
    assert 29 < (waiting.not_before - waiting.created_at).total_seconds() < 40


def test_an_interruption_does_not_count_as_an_attempt(ledger, add):
    job = add()
    claim = ledger.claim(job.id, 1, "w")
    ledger.interrupt(claim)
    with pytest.raises(ClaimLost):
        keep(ledger, claim)
    assert ledger.get(job.id).attempts == 0
    assert ledger.claim(job.id, 1, "w").job.attempts == 1


def test_the_most_urgent_is_handed_out_first(ledger, add):
    later, sooner = add(priority=9), add(priority=1)
    assert [job.id for job, _ in ledger.undispatched(10)] == [sooner.id, later.id]


def test_what_is_not_there_is_said(ledger):
    with pytest.raises(NotFound, match="no job"):
        ledger.get("none")
    with pytest.raises(NotFound, match="no job"):
        ledger.cancel("none")
    with pytest.raises(NotFound, match="no conversation"):
        ledger.add(ledger.kinds.get("count"), {}, conversation_id="gone")
    with pytest.raises(NotFound, match="no kind of job"):
        ledger.kinds.get("fly")
