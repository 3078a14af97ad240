"""What was said so far, told while a recording is recognised."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from speech.conclusion import conclude
from speech.intake import Intake
from speech.recogniser import Recogniser

if TYPE_CHECKING:
    from models import Transcriber

_MOST_SHARE = 0.1
"""Of the time that recognition takes: a long recording is concluded upon less often."""


class Telling:
    """Takes the place of a hearing's ``progress``, and tells its source what was heard as well.

    Args:
        intake: The recording; its source wants to be told.
        recogniser: That hears it.
        transcriber: The model that it uses.
        clock: Seconds.
    """

    def __init__(
        self,
        intake: Intake,
        recogniser: Recogniser,
        transcriber: Transcriber,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._intake = intake
        self._recogniser = recogniser
        self._transcriber = transcriber
        self._clock = clock
        self._progress = intake.hearing.progress
        self._next_s = float("-inf")
        self._until_s = 0.0

    def __call__(self, share: float) -> None:
        """Tell; the share of the speech that is done goes on to ``progress``."""
        if self._progress is not None:
            self._progress(share)
        heard, until_s = self._intake.source.heard, self._intake.hearing.heard_until_s
        now_s = self._clock()
        if heard is None or self._intake.hearing.is_complete:
            return
        if until_s <= self._until_s or now_s < self._next_s:
            return
        so_far = conclude(self._intake, self._recogniser, self._transcriber).conversation
        heard(so_far, until_s)
        done_s = self._clock()
        self._next_s = done_s + (done_s - now_s) / _MOST_SHARE
        self._until_s = until_s
