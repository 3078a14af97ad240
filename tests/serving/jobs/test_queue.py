from __future__ import annotations

import contextlib
import errno
import logging
import socket
import sqlite3
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import text

from conversation.errors import BadInput, Conflict, DefinitionInvalid, Unavailable
from serving.jobs import MAX_ATTEMPTS, Jobs, Kind, Priority, Stage, task
from serving.jobs.queue import DATABASE_FILE


def only_job(jobs, conversation_id):
    [job] = jobs.ledger.of_conversation(conversation_id)
    return job


def test_what_was_stored_before_a_start_is_analysed(bench, fake_pipeline_class):
    one = bench.add_chat()
    with bench.working(fake_pipeline_class()) as jobs:
        assert bench.wait_for(one, "done").attempts == 1
        job = only_job(jobs, one)
        assert (job.kind, job.state, job.progress, job.stage) == ("process", "done", 1, "index")
        assert jobs.ledger.stages_done(job.id) == {
            "decode", "transcribe", "understand", "score", "index",
        }  # fmt: skip
    assert bench.store.analysis(one)


def test_what_is_submitted_twice_is_analysed_once(sqlite_bench, fake_pipeline_class, tmp_path):
    pipeline = fake_pipeline_class(journal=tmp_path / "journal")
    with sqlite_bench.working(pipeline) as jobs:
        one = sqlite_bench.add_chat()
        for _ in range(5):
            jobs.submit_conversation(one)
        sqlite_bench.wait_for(one, "done")
    assert (tmp_path / "journal").read_text().count("begin chat") == 1


@pytest.mark.parametrize("broken_at", ["transcribe", "index"])
def test_a_job_that_was_taken_up_goes_on_after_the_last_stage_that_was_kept(
    bench, fake_pipeline_class, broken_at, monkeypatch
):
    """A process that dies before a stage, and another one that takes the job up."""
    monkeypatch.setattr("serving.jobs.timing.KEPT_WITHIN_S", 0.0)
    begun = []

    class Recording(fake_pipeline_class):
        def __init__(self, dies_at):
            super().__init__()
            self.dies_at = dies_at

        def __getattribute__(self, name):
            if name in ("decode", "transcribe", "understand", "turn_vectors", "score"):
                stage = "index" if name == "turn_vectors" else name
                begun.append(stage)
                if stage == object.__getattribute__(self, "dies_at"):
                    raise SystemExit  # the thread of the job is gone, and nothing was noted
            return super().__getattribute__(name)

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    one = bench.add_chat()
    with bench.working(Recording(broken_at)):
        deadline = time.monotonic() + 20
        while broken_at not in begun:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    before = list(begun)
    begun.clear()
    with bench.working(Recording(None)):
        assert bench.wait_for(one, "done").attempts == 2
    assert before[-1] == broken_at
    assert begun == [broken_at, *_after(broken_at)]


def test_stages_that_take_no_time_are_kept_together_and_redone_together(
    sqlite_bench, fake_pipeline_class, monkeypatch
):
    """The other side of the test before: what is not worth a transaction of its own."""
    monkeypatch.setattr("serving.jobs.timing.KEPT_WITHIN_S", 1000.0)
    kept = []

    class Counting(fake_pipeline_class):
        def score(self, transcribed, understood):
            kept.append(jobs.ledger.stages_done(only_job(jobs, one).id))
            return super().score(transcribed, understood)

    one = sqlite_bench.add_chat()
    jobs = Jobs(sqlite_bench.store, Counting())
    jobs.start()
    try:
        sqlite_bench.wait_for(one, "done")
        assert len(jobs.ledger.stages_done(only_job(jobs, one).id)) == 5
    finally:
        jobs.stop()
    assert kept == [frozenset()]


def _after(stage):
    stages = ["decode", "transcribe", "understand", "score", "index"]
    return stages[stages.index(stage) + 1 :]


def test_what_cannot_pass_ends_at_once_with_the_reason(bench, fake_pipeline_class):
    broken, bug = bench.add_chat("BROKEN"), bench.add_chat("BUG aubergine")
    with bench.working(fake_pipeline_class()) as jobs:
        stored = bench.wait_for(broken, "failed")
        assert (stored.attempts, stored.problem.status) == (1, 422)
        assert "fake cannot read" in stored.problem.detail
        assert only_job(jobs, broken).state == "failed"
        stored = bench.wait_for(bug, "failed")
        assert (stored.attempts, stored.problem.status) == (1, 500)
        dead = only_job(jobs, bug)
        assert (dead.state, dead.stage) == ("dead", "understand")
        assert "aubergine" not in dead.model_dump_json()


def test_what_may_pass_is_tried_again_later_from_the_stage_that_failed(
    bench, fake_pipeline_class, monkeypatch, tmp_path
):
    monkeypatch.setattr("serving.jobs.retrying.FIRST_DELAY_S", 0.05)
    one = bench.add_chat("FULL")
    pipeline = fake_pipeline_class(journal=tmp_path / "journal")
    pipeline.full = 2
    with bench.working(pipeline):
        assert bench.wait_for(one, "done").attempts == 3
    lines = (tmp_path / "journal").read_text()
    assert (lines.count("begin chat"), lines.count("begin understand")) == (1, 3)


def test_what_never_passes_is_given_up_with_the_reason_and_a_person_can_try_again(
    sqlite_bench, fake_pipeline_class, monkeypatch, wait_for_job
):
    monkeypatch.setattr("serving.jobs.retrying.FIRST_DELAY_S", 0.01)
    monkeypatch.setattr("serving.jobs.retrying.LONGEST_DELAY_S", 0.01)
    pipeline = fake_pipeline_class()
    pipeline.full = MAX_ATTEMPTS
    one = sqlite_bench.add_chat("FULL of somebody's words")
    with sqlite_bench.working(pipeline) as jobs:
        stored = sqlite_bench.wait_for(one, "failed")
        assert (stored.attempts, stored.problem.status) == (MAX_ATTEMPTS, 503)
        job = only_job(jobs, one)
        assert job.state == "dead"
        assert "somebody" not in job.model_dump_json()
        jobs.retry(job.id)
        assert sqlite_bench.wait_for(one, "done").attempts == 1
        assert wait_for_job(jobs, job.id, "done").problem is None


def test_a_process_that_dies_again_and_again_on_a_job_gives_it_up(
    sqlite_bench, fake_pipeline_class
):
    one = sqlite_bench.add_chat()
    jobs = Jobs(sqlite_bench.store, fake_pipeline_class())
    job = jobs.submit_conversation(one)
    for _ in range(MAX_ATTEMPTS):
        jobs.ledger.claim(job.id, 1, "gone")  # and the process is gone
    with sqlite_bench.working(fake_pipeline_class()):
        stored = sqlite_bench.wait_for(one, "failed")
    assert stored.problem.status == 500
    assert f"{MAX_ATTEMPTS} times" in stored.problem.detail


def test_stopping_interrupts_a_job_and_the_next_start_finishes_it(
    bench, fake_pipeline_class, wav_bytes
):
    one = bench.add_sound(wav_bytes())
    jobs = Jobs(bench.store, fake_pipeline_class(seconds=30), database_url=bench.database_url)
    jobs.start()
    bench.wait_for(one, "running")
    assert jobs.stop(grace_s=10)
    stored = bench.store.get(one)
    assert (stored.status, stored.attempts) == ("queued", 0)
    assert not any(bench.store.files.work.iterdir())
    with bench.working(fake_pipeline_class()):
        assert bench.wait_for(one, "done").attempts == 1


def test_progress_is_seen_while_it_runs(sqlite_bench, fake_pipeline_class, wav_bytes, monkeypatch):
    monkeypatch.setattr("serving.jobs.timing.PROGRESS_INTERVAL_S", 0.0)
    shares = [0.1, 0.3, 0.5, 0.7, 0.9]
    looked = threading.Semaphore(0)

    class InStep(fake_pipeline_class):
        """Goes on when somebody has looked."""

        def transcribe(self, given, decoded, *, progress=None):
            for share in shares:
                progress(share)
                assert looked.acquire(timeout=20)
            return super().transcribe(given, decoded)

    one = sqlite_bench.add_sound(wav_bytes())
    seen = []
    with sqlite_bench.working(InStep()) as jobs:
        for share in shares:
            deadline = time.monotonic() + 20
            while (job := only_job(jobs, one)).stage_progress != pytest.approx(share):
                assert time.monotonic() < deadline, job
                time.sleep(0.01)
            assert job.stage == "transcribe"
            seen.append(job.progress)
            looked.release()
        sqlite_bench.wait_for(one, "done")
    assert seen[0] > 0
    assert all(before < after for before, after in pairwise(seen))
    assert seen[-1] < 1
    assert sqlite_bench.store.get(one).progress == 1


def test_an_erased_conversation_stops_its_job_and_leaves_nothing(
    bench, fake_pipeline_class, wav_bytes
):
    one = bench.add_sound(wav_bytes())
    with bench.working(fake_pipeline_class(seconds=30)) as jobs:
        bench.wait_for(one, "running")
        job = only_job(jobs, one)
        bench.store.erase(one)
        assert jobs.ledger.of_conversation(one) == ()
        deadline = time.monotonic() + 10
        while any(bench.store.files.work.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with bench.store.database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM job_stages")) == 0
        jobs.forget([job.id])


def test_a_cancelled_job_stops_while_it_runs_and_can_be_taken_up_again(
    bench, fake_pipeline_class, wav_bytes, wait_for_job
):
    one = bench.add_sound(wav_bytes())
    pipeline = fake_pipeline_class(seconds=30)
    with bench.working(pipeline) as jobs:
        bench.wait_for(one, "running")
        job = only_job(jobs, one)
        assert jobs.cancel(job.id).state == "cancelled"
        assert bench.store.get(one).status == "cancelled"
        with pytest.raises(Conflict, match="already"):
            jobs.cancel(job.id)
        pipeline.seconds = 0  # the one that runs has its own
        other = bench.add_chat()
        jobs.submit_conversation(other)
        bench.wait_for(other, "done")  # the worker is free again
        assert jobs.ledger.get(job.id).state == "cancelled"
        jobs.retry(job.id)
        wait_for_job(jobs, job.id, "done")
        assert bench.store.get(one).status == "done"


def test_a_job_that_waits_is_cancelled_before_it_begins(
    sqlite_bench, fake_pipeline_class, tmp_path
):
    pipeline = fake_pipeline_class(journal=tmp_path / "journal")
    first = sqlite_bench.add_chat("WAIT")
    with sqlite_bench.working(pipeline) as jobs:
        assert pipeline.begun.wait(20)
        second = sqlite_bench.add_chat()
        jobs.cancel(jobs.submit_conversation(second).id)
        pipeline.go_on.set()
        sqlite_bench.wait_for(first, "done")
    assert sqlite_bench.store.get(second).attempts == 0


def test_the_urgent_goes_before_the_rest(sqlite_bench, wait_for_job, fake_pipeline_class):
    order, go_on = [], threading.Event()

    def note(work):
        go_on.wait(20)
        order.append(work.job.payload["number"])

    with sqlite_bench.working(fake_pipeline_class(), register=[task("note", note)]) as jobs:
        asked = [
            jobs.submit("note", {"number": f"{priority.name} {number}"}, priority)
            for number in range(2)
            for priority in (Priority.BATCH, Priority.NORMAL, Priority.LIVE)
        ]
        deadline = time.monotonic() + 10
        while jobs.ledger.undispatched(10):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        go_on.set()
        for job in asked:
            wait_for_job(jobs, job.id, "done")
    # One may have been begun before the urgent ones were there.
    assert max(order.index("LIVE 0"), order.index("LIVE 1")) <= 2
    assert "BATCH 1" in order[-2:]


def test_kinds_of_one_s_own_keep_their_stages_and_write_together(
    bench, wait_for_job, fake_pipeline_class
):
    written = []

    def first(work):
        work.progress(0.5)
        return '{"rows": 3}'

    def second(work):
        assert work.result("first") == '{"rows": 3}'
        work.together(lambda session: written.append(session.scalar(text("SELECT 7"))))

    kind = Kind("export", (Stage("first", first), Stage("second", second, weight=3.0)))
    with bench.working(fake_pipeline_class(), register=[kind]) as jobs:
        job = jobs.submit("export", {"of": "x"}, once="export x")
        assert jobs.submit("export", {"of": "x"}, once="export x").id == job.id
        done = wait_for_job(jobs, job.id, "done")
        assert jobs.ledger.stages_done(done.id) == {"first", "second"}
    assert written == [7]


def test_a_refused_task_fails_and_one_that_waits_for_something_is_tried_again(
    sqlite_bench, wait_for_job, fake_pipeline_class, monkeypatch
):
    monkeypatch.setattr("serving.jobs.retrying.FIRST_DELAY_S", 0.02)
    left = [Unavailable("the model is busy"), OSError(errno.ENOSPC, "full"), MemoryError()]

    def busy(work):
        if left:
            raise left.pop()

    def refuse(work):
        raise BadInput("no such column", remedy="name another")

    kinds = [task("busy", busy), task("refuse", refuse)]
    with sqlite_bench.working(fake_pipeline_class(), register=kinds) as jobs:
        assert wait_for_job(jobs, jobs.submit("busy").id, "done").attempts == 4
        failed = wait_for_job(jobs, jobs.submit("refuse").id, "failed", "dead")
        assert (failed.state, failed.problem.detail) == ("failed", "no such column")
        assert failed.problem.instance == f"/v1/jobs/{failed.id}"


def test_who_waits_for_jobs_is_told_of_their_end_and_cannot_break_it(
    sqlite_bench, fake_pipeline_class
):
    told = []

    def tell(job):
        told.append((job.state, job.conversation_id))
        raise RuntimeError("nobody listens")

    good, bad = sqlite_bench.add_chat(), sqlite_bench.add_chat("BROKEN")
    with sqlite_bench.working(fake_pipeline_class(), finished=tell):
        sqlite_bench.wait_for(good, "done")
        sqlite_bench.wait_for(bad, "failed")
        deadline = time.monotonic() + 10
        while len(told) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    with sqlite_bench.working(fake_pipeline_class(), finished=tell):
        pass
    assert sorted(told) == [("done", good), ("failed", bad)]


# What comes back


def test_what_is_due_is_done_once_whoever_looks(bench, fake_pipeline_class):
    done = []
    now = [datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)]

    def start():
        jobs = Jobs(
            bench.store, fake_pipeline_class(), database_url=bench.database_url,
            clock=lambda: now[0], lease_s=0.5,
        )  # fmt: skip
        jobs.schedule("purge", "*/10 * * * *", lambda work: done.append(work.job.created_at))
        jobs.start()
        return jobs

    def wait_for(count):
        deadline = time.monotonic() + 10
        while len(done) < count:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)  # several more looks
        assert len(done) == count

    jobs = start()
    wait_for(1)
    now[0] = now[0].replace(minute=10)
    wait_for(2)
    jobs.stop()
    now[0] = now[0].replace(hour=23)  # 78 times were missed
    jobs = start()
    wait_for(3)
    jobs.stop()


def test_a_time_that_is_none_is_refused(sqlite_bench, fake_pipeline_class):
    jobs = Jobs(sqlite_bench.store, fake_pipeline_class())
    with pytest.raises(DefinitionInvalid, match="each day at 02:30"):
        jobs.schedule("purge", "at night", lambda work: None)


# The queue's own database


def test_work_that_the_queue_called_over_is_done_when_the_store_says_otherwise(
    bench, fake_pipeline_class
):
    one = bench.add_chat()
    with bench.working(fake_pipeline_class()):
        bench.wait_for(one, "done")
    with bench.store.database.writing() as session:  # as if a backup had been put back
        session.execute(text("DELETE FROM analyses"))
        session.execute(text("DELETE FROM job_stages"))
        session.execute(text("UPDATE jobs SET state = 'running', finished_at = NULL"))
        session.execute(text("UPDATE conversations SET status = 'running'"))
    with bench.working(fake_pipeline_class()):
        bench.wait_for(one, "done")
    assert bench.store.analysis(one)


def test_the_queue_holds_nothing_but_ids(sqlite_bench, fake_pipeline_class, monkeypatch):
    monkeypatch.setattr("serving.jobs.retrying.FIRST_DELAY_S", 0.01)
    pipeline = fake_pipeline_class()
    pipeline.full = 1
    said = ["mon code est aubergine", "BUG aubergine", "BROKEN aubergine", "FULL aubergine"]
    with sqlite_bench.working(pipeline) as jobs:
        for words in said:
            one = sqlite_bench.add_chat(words)
            jobs.submit_conversation(one)
            sqlite_bench.wait_for(one, "done", "failed")
    for file in sqlite_bench.data_dir.glob("jobs.sqlite*"):
        assert b"aubergine" not in file.read_bytes()


def test_what_is_erased_leaves_the_queue_at_the_latest_at_the_next_start(
    sqlite_bench, fake_pipeline_class
):
    one = sqlite_bench.add_chat()
    with sqlite_bench.working(fake_pipeline_class()):
        sqlite_bench.wait_for(one, "done")
    sqlite_bench.store.erase(one)
    with sqlite_bench.working(fake_pipeline_class()):
        pass
    with contextlib.closing(sqlite3.connect(sqlite_bench.data_dir / DATABASE_FILE)) as raw:
        count = raw.execute("SELECT count(*) FROM workflow_status").fetchone()[0]
    assert count == 0


def test_a_queue_that_cannot_be_read_is_a_clear_conflict_and_can_be_thrown_away(
    sqlite_bench, fake_pipeline_class
):
    one = sqlite_bench.add_chat()
    damaged = sqlite_bench.data_dir / DATABASE_FILE
    damaged.write_bytes(b"no database" * 100)
    with pytest.raises(Conflict, match="move it away"):
        Jobs(sqlite_bench.store, fake_pipeline_class()).start()
    damaged.unlink()
    with sqlite_bench.working(fake_pipeline_class()):
        sqlite_bench.wait_for(one, "done")


def test_only_one_queue_runs_in_a_process(sqlite_bench, fake_pipeline_class):
    with (
        sqlite_bench.working(fake_pipeline_class()),
        pytest.raises(Conflict, match="already runs"),
    ):
        Jobs(sqlite_bench.store, fake_pipeline_class()).start()


def test_the_queue_connects_to_nothing_outside_and_keeps_quiet(
    sqlite_bench, fake_pipeline_class, monkeypatch, caplog, capfd
):
    def refuse(self, address):
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.WARNING)
    with sqlite_bench.working(fake_pipeline_class()) as jobs:
        one = sqlite_bench.add_chat()
        jobs.submit_conversation(one)
        sqlite_bench.wait_for(one, "done")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
