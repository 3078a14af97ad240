"""Who is alive: every process gives signs of life, and watches those of the others.

A worker is thought dead when it was seen to give no sign for the time of a lease, or at once when
it ran on this machine and its process is gone. Each process measures silence by its own clock and
only while it looks itself, so that clocks need not agree, and a database that was away, or a
process that was paused, makes nobody dead. Whoever is thought dead wrongly, because it was paused,
loses its jobs: what it writes afterwards is refused (see :class:`serving.jobs.values.Claim`).
"""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select, update

from serving.jobs.timing import BEATS_IN_A_LEASE
from serving.store.database import Database
from serving.store.tables import WorkerRow


@dataclass
class _Watched:
    beats: int
    looked_at_s: float
    silent_s: float = 0.0


class Workers:
    """The signs of life of this process, and those of the others.

    Args:
        database: The store's.
        lease_s: Seconds of silence after which a worker counts as dead.
        clock: Returns the time now, with its zone.
        monotonic_s: Returns seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease_s: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lease_s = lease_s
        self.beat_s = lease_s / BEATS_IN_A_LEASE
        self.me = f"{socket.gethostname()[:64]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._database = database
        self._clock = clock
        self._monotonic_s = monotonic_s
        self._machine = machine()
        self._watched: dict[str, _Watched] = {}

    def beat(self) -> None:
        """Give a sign of life."""
        now = self._clock()
        with self._database.writing() as session:
            known = session.scalar(
                update(WorkerRow)
                .where(WorkerRow.id == self.me)
                .values(beats=WorkerRow.beats + 1, seen_at=now)
                .returning(WorkerRow.beats)
            )
            if known is None:  # at the start, or others thought this one dead
                session.add(
                    WorkerRow(
                        id=self.me, machine=self._machine, pid=os.getpid(), beats=1,
                        started_at=now, seen_at=now,
                    )
                )  # fmt: skip

    def leave(self) -> None:
        """Say good-bye: what this one did not finish is for the others."""
        self.bury((self.me,))

    def bury(self, workers: Iterable[str]) -> None:
        """Forget workers that are dead."""
        with self._database.writing() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.id.in_(list(workers))))

    def look(self) -> tuple[frozenset[str], frozenset[str]]:
        """Look at everybody's signs of life.

        Returns:
            Who is alive, this one included, and who is dead.
        """
        with self._database.reading() as session:
            rows = session.execute(
                select(WorkerRow.id, WorkerRow.machine, WorkerRow.pid, WorkerRow.beats)
            ).all()
        now_s = self._monotonic_s()
        dead = {
            one for one, machine_of_it, pid, beats in rows
            if one != self.me
            and (self._is_silent(one, beats, now_s) or self._is_gone(machine_of_it, pid))
        }  # fmt: skip
        self._watched = {one: self._watched[one] for one, *_ in rows if one in self._watched}
        return frozenset(one for one, *_ in rows if one not in dead), frozenset(dead)

    def _is_silent(self, worker: str, beats: int, now_s: float) -> bool:
        known = self._watched.get(worker)
        if known is None or known.beats != beats:
            self._watched[worker] = _Watched(beats, now_s)
            return False
        # A longer gap says that nobody looked, not that nobody spoke.
        known.silent_s += min(now_s - known.looked_at_s, 2 * self.beat_s)
        known.looked_at_s = now_s
        return known.silent_s >= self.lease_s

    def _is_gone(self, machine_of_it: str, pid: int) -> bool:
        if machine_of_it != self._machine or os.name != "posix":
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return _is_zombie(pid)


def machine() -> str:
    """Name the place within which process numbers mean the same: host, boot, process namespace."""
    parts = [socket.gethostname()]
    boot = Path("/proc/sys/kernel/random/boot_id")
    if boot.is_file():
        parts.append(boot.read_text().strip())
    namespace = Path("/proc/self/ns/pid")
    if namespace.is_symlink():
        parts.append(str(namespace.readlink()))
    return " ".join(parts)[:255]


def _is_zombie(pid: int) -> bool:
    """Tell whether a process ended and only waits for its parent to notice."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return state[:1] == ["Z"]
