"""Speech of several requests, recognised together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from serving.operation.metrics import BATCH_SIZE
from speech.heard import HeardSegment
from speech.piece import Piece
from speech.recogniser import Recogniser

if TYPE_CHECKING:
    from models import Transcriber

Heard = list[tuple[HeardSegment, ...]]
_Settings = tuple[int, tuple[str, ...], tuple[str, ...]]


@dataclass(eq=False)
class _Asked:
    """Pieces that one request waits for."""

    recogniser: SharedRecogniser
    pieces: Sequence[Piece]
    beam_size: int
    heard: Future[Heard] = field(default_factory=Future)

    @property
    def length_s(self) -> float:
        return sum(piece.length_s for piece in self.pieces)

    @property
    def settings(self) -> _Settings:
        return (self.beam_size, self.recogniser.hotwords, self.recogniser.vocabulary)


class RecogniserHub:
    """Gathers what requests of one priority want recognised into batches, oldest first.

    While one batch is recognised, what comes waits and goes into the next together, as far as it
    is to be recognised with the same beam and words.

    Args:
        most_s: Speech in one batch, seconds; what one request asks at once is never parted.
    """

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._changed = threading.Condition()
        self._waiting: deque[_Asked] = deque()
        self._is_busy = False

    def recognise(
        self, recogniser: SharedRecogniser, pieces: Sequence[Piece], beam_size: int
    ) -> Heard:
        """Recognise pieces, with those of others; see :meth:`Recogniser.recognise`.

        The thread of whoever waits longest does the work for the others as well.
        """
        asked = _Asked(recogniser, pieces, beam_size)
        with self._changed:
            self._waiting.append(asked)
            while not asked.heard.done() and (self._is_busy or self._waiting[0] is not asked):
                self._changed.wait()
            if asked.heard.done():
                return asked.heard.result()
            self._is_busy = True
            batch = self._taken(asked)
        try:
            _recognise_batch(batch)
        finally:
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()
        return asked.heard.result()

    def _taken(self, own: _Asked) -> list[_Asked]:
        """Take the own pieces, and others that may go with them."""
        self._waiting.remove(own)
        batch, length_s = [own], own.length_s
        for other in list(self._waiting):
            if other.settings == own.settings and length_s + other.length_s <= self._most_s:
                self._waiting.remove(other)
                batch.append(other)
                length_s += other.length_s
        return batch


class SharedRecogniser(Recogniser):
    """A recogniser whose pieces go through the model with those of others.

    Args:
        transcriber: The recogniser of the pool.
        hub: Of its priority.
        beam_size: Width of the beam search.
        hotwords: Words to expect.
        vocabulary: Names to expect.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        hub: RecogniserHub,
        *,
        beam_size: int = 5,
        hotwords: Sequence[str] = (),
        vocabulary: Sequence[str] = (),
    ) -> None:
        super().__init__(transcriber, beam_size=beam_size, hotwords=hotwords, vocabulary=vocabulary)
        self._hub = hub
        self._own_beam_size = beam_size
        self._name = transcriber.reference.name
        self.hotwords = tuple(hotwords)
        self.vocabulary = tuple(vocabulary)

    def recognise(self, pieces: Sequence[Piece], *, beam_size: int | None = None) -> Heard:
        """Recognise the words of some pieces (see :meth:`Recogniser.recognise`)."""
        if not pieces:
            return []
        return self._hub.recognise(self, pieces, beam_size or self._own_beam_size)

    def recognise_now(self, pieces: Sequence[Piece], beam_size: int) -> Heard:
        """Recognise pieces, those of others among them, in this thread."""
        BATCH_SIZE.labels(model=self._name).observe(len(pieces))
        return super().recognise(pieces, beam_size=beam_size)


def _recognise_batch(batch: Sequence[_Asked]) -> None:
    first = batch[0]
    try:
        heard = first.recogniser.recognise_now(
            [piece for asked in batch for piece in asked.pieces], first.beam_size
        )
    except BaseException as error:  # whoever waits must not wait for ever
        for asked in batch:
            asked.heard.set_exception(error)
        if not isinstance(error, Exception):
            raise
        return
    start = 0
    for asked in batch:
        asked.heard.set_result(heard[start : start + len(asked.pieces)])
        start += len(asked.pieces)
