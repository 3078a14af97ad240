"""How often the queue is looked at, and how long somebody may be silent."""

from __future__ import annotations

POLL_INTERVAL_S = 0.2
"""Seconds between two looks for work; a worker also takes one job ahead, so it never waits for
them while there is a backlog."""

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
