"""What a live session works with, and how much it may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from serving.live.events import AlertRaised
from serving.live.facts import SessionFacts
from serving.live.insight import Follower
from serving.live.redaction import LiveRedactor
from serving.live.spool import Spool
from speech.live import LiveStream

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from kb_search.assistant import CardEvent
    from serving.live.session import LiveSession


@dataclass(frozen=True)
class Limits:
    """How much one session may take.

    Attributes:
        buffer_s: Sound that may wait for the recogniser before no more is read, seconds.
        idle_s: Without anything from the client for so long, the connection is closed.
        resume_s: How long a session waits for a client that was cut off.
        longest_s: Longest session.
    """

    buffer_s: float
    idle_s: float
    resume_s: float
    longest_s: float


@dataclass(frozen=True)
class Parts:
    """What a session works with.

    Attributes:
        stream: Hears the sound; None where there is none.
        redactor: Takes card data out.
        follower: Concludes while people speak; None: nobody wants that.
        spool: Keeps what must not be lost; None: nothing is kept.
        store: Stores the conversation and returns its id, blocking.
        notify: Tells other systems of an alert, blocking.
        keep_card: Keeps what happened to a card, blocking.
        clock: Seconds that never go back.
        executor: Runs the follower.
    """

    stream: LiveStream | None
    redactor: LiveRedactor
    follower: Follower | None
    spool: Spool | None
    store: Callable[[LiveSession], str | None]
    notify: Callable[[SessionFacts, AlertRaised], None]
    keep_card: Callable[[SessionFacts, CardEvent], None]
    clock: Callable[[], float]
    executor: Executor
