"""How often the queue is looked at, and how long somebody may be silent."""

from __future__ import annotations

POLL_INTERVAL_S = 0.1
"""Seconds between two looks for conversations to analyse; a worker also takes jobs ahead, so that
it seldom waits for a look while there is a backlog."""

TASKS_INTERVAL_S = 0.5
"""Seconds between two looks for the other jobs, which nobody waits for to the second."""

ROUND_INTERVAL_S = 0.05
"""Shortest time between two rounds in which new jobs are handed to the queue and ends are told:
what comes meanwhile shares their transactions."""

KEPT_WITHIN_S = 0.05
"""Stages that took less than this together are kept in one transaction with the stage after them:
it costs more to keep them than to do them again."""

HELD_FOR_S = 0.25
"""Longest time for which they are held, should the stage after them take its time."""

LISTEN_INTERVAL_S = 0.5
"""Seconds between two looks for messages, which nobody sends; stopping waits for this."""

PROGRESS_INTERVAL_S = 0.5
"""Seconds between two notes of progress, at each of which a job also learns that it was cancelled,
erased or taken over."""

BEATS_IN_A_LEASE = 5
"""Signs of life that a worker gives within the time after which its silence counts as death."""

TIDY_INTERVAL_S = 60.0
"""Seconds between two comparisons of the queue with the store."""

KEEP_FINISHED_S = 600.0
"""Seconds for which the queue remembers what is over."""
