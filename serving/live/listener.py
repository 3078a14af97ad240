"""What opens the streams of live sessions."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

from speech.live import LiveStream

if TYPE_CHECKING:
    from serving.service import Service


class Listener(Protocol):
    """What opens streams, as :class:`speech.live.LiveTranscriber` does."""

    def open(self, channels: Any, **options: Any) -> LiveStream:  # noqa: ANN401 - its own
        """Open a stream for a call."""
        ...

    def release(self) -> None:
        """Hear that a stream is over."""
        ...

    def close(self) -> None:
        """Cancel the open streams."""
        ...


class PoolListener:
    """The live transcriber on the shared recogniser, before whose passes all others wait.

    Args:
        service: With the models.
    """

    def __init__(self, service: Service) -> None:
        from serving.hearing import transcribe_options
        from serving.throughput.work import Priority
        from speech.live import LiveOptions, LiveTranscriber

        given = transcribe_options(service.settings)
        self._service = service
        self._priority = Priority.LIVE
        self._open = 0
        self._counting = threading.Lock()
        self._busy = ExitStack()
        self._live = LiveTranscriber(
            service.pool.transcriber(Priority.LIVE),
            options=LiveOptions(
                language=given.language,
                beam_size=given.beam_size,
                vocabulary=given.vocabulary,
                hotwords=given.hotwords,
                written_numbers=given.written_numbers,
            ),
        )

    def open(self, channels: Any, **options: Any) -> LiveStream:  # noqa: ANN401 - its own
        """Open a stream for a call."""
        stream = self._live.open(channels, **options)
        with self._counting:
            self._open += 1
            if self._open == 1:
                self._busy.enter_context(self._service.pool.transcribing(self._priority))
        return stream

    def release(self) -> None:
        """Hear that a stream is over."""
        with self._counting:
            self._open -= 1
            if self._open == 0:
                self._busy.close()

    def close(self) -> None:
        """Cancel the open streams."""
        self._live.close()
        self._busy.close()
