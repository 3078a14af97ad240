"""Finishing an analysis the way that jobs do, without a queue."""

from __future__ import annotations

from serving.jobs.claims import DoneStage
from serving.jobs.kinds import Kinds, task
from serving.jobs.ledger import Ledger
from serving.jobs.processing import PROCESS, once_for, show_on_conversation
from serving.jobs.values import Claim
from serving.problems import Problem


def ledger_of(store) -> Ledger:
    kinds = Kinds()
    kinds.register(task(PROCESS, lambda work: None, follow=show_on_conversation))
    return Ledger(store.database, kinds, clock=store._clock)


def begin(store, conversation_id: str) -> Claim:
    """Have somebody work on a conversation."""
    ledger = ledger_of(store)
    job, _ = ledger.add(
        ledger.kinds.get(PROCESS), {}, conversation_id=conversation_id,
        once=once_for(conversation_id),
    )  # fmt: skip
    return ledger.claim(job.id, 1, "worker")


def finish(store, conversation_id: str, outcome, claim: Claim | None = None) -> None:
    """Analyse a conversation: ``outcome`` is its result, or the problem that it ends with."""
    claim = claim or begin(store, conversation_id)
    ledger = ledger_of(store)
    if isinstance(outcome, Problem):
        ledger.end(claim, "failed", outcome)
        return

    def keep(session) -> None:
        store.keep_analysis(session, conversation_id, outcome)

    ledger.keep(claim, [DoneStage("run", None, 0.1, (keep,))], progress=1.0, following=None,
                ends=True)  # fmt: skip
