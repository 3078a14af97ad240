"""Live transcription of many streams with one model."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from conversation import SPEAKERS, Speaker
from conversation.errors import BadInput, Conflict
from speech.language import languages_to_choose_from
from speech.live.encoding import Encoding
from speech.live.language import StreamLanguage, whisper_probabilities
from speech.live.options import LiveOptions
from speech.live.scheduler import Scheduler
from speech.live.stream import LiveStream
from speech.live.worker import Worker
from speech.recogniser import Recogniser
from speech.voice_activity import SpeechDetector

if TYPE_CHECKING:
    from models import Transcriber

_DEFAULTS = LiveOptions()


class LiveTranscriber:
    """Turns streams of sound into words while they are spoken.

    All streams share one model, and a decoding thread for each batch that the model decodes side
    by side, which gathers what is due in the streams into one batch. Use it as a context manager,
    or close it::

        with LiveTranscriber(load_transcriber()) as live:
            stream = live.open(("customer", "agent"), sample_rate_hz=8000, encoding="mulaw")
            ...  # in one thread or asyncio task: stream.feed(data, channel), stream.close()
            for event in stream:  # in another; or: async for event in stream
                ...

    Args:
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        options: Language, silences, intervals.

    Raises:
        BadInput: The model does not know the language.
    """

    def __init__(self, transcriber: Transcriber, *, options: LiveOptions = _DEFAULTS) -> None:
        self._model = transcriber.model
        self._options = options
        self._languages = languages_to_choose_from(
            self._model, options.language, self._options.languages
        )
        self._numbers = itertools.count(1)
        self._is_closed = False
        self._scheduler = Scheduler(
            Recogniser(
                transcriber,
                beam_size=options.beam_size,
                hotwords=options.hotwords,
                vocabulary=options.vocabulary,
            ),
            whisper_probabilities(transcriber.model),
            options=options,
            clock=time.monotonic,
        )
        self._workers = [Worker(self._scheduler) for _ in range(transcriber.n_workers)]

    def open(
        self,
        channels: Mapping[int, Speaker] | Sequence[Speaker] = ("unknown",),
        *,
        sample_rate_hz: int = 8000,
        encoding: Encoding = "s16le",
        stream_id: str | None = None,
        language: str | None = None,
        is_real_time: bool = True,
    ) -> LiveStream:
        """Open a stream for a call.

        Args:
            channels: Who is on each channel, by number or in order from 0.
            sample_rate_hz: Of what will be fed.
            encoding: ``mulaw``, ``alaw``, ``s16le`` or ``f32le``, of the bytes to be fed.
            stream_id: For the events; numbered when None.
            language: BCP 47 tag or ``auto``; as in the options when None.
            is_real_time: The sound comes as it is spoken. Else (a file as fast as it goes)
                there are no partials, no latencies and no word of lag.

        Returns:
            The stream, to be closed or cancelled.

        Raises:
            BadInput: Channels, rate, encoding or language are none.
            Conflict: The transcriber is closed, or has a stream of this name.
        """
        speakers = _speakers(channels)
        languages = (
            self._languages
            if language is None
            else languages_to_choose_from(self._model, language, self._options.languages)
        )
        with self._scheduler.changed:
            if self._is_closed:
                raise Conflict("the live transcriber is closed", remedy="make another one")
            if stream_id is None:
                stream_id = f"stream-{next(self._numbers)}"
            if any(stream.id == stream_id for stream in self._scheduler.streams):
                raise Conflict(
                    f"a stream {stream_id!r} is open", remedy="close it, or choose another name"
                )
            stream = LiveStream(
                stream_id,
                speakers,
                self._scheduler,
                sample_rate_hz=sample_rate_hz,
                encoding=encoding,
                language=StreamLanguage(languages),
                is_real_time=is_real_time,
                make_detector=SpeechDetector,
            )
            self._scheduler.streams.append(stream)
            return stream

    def close(self) -> None:
        """Cancel the open streams and end the decoding threads."""
        with self._scheduler.changed:
            self._is_closed = True
            for stream in list(self._scheduler.streams):
                stream.cancel()
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _speakers(channels: Mapping[int, Speaker] | Sequence[Speaker]) -> dict[int, Speaker]:
    speakers = dict(channels if isinstance(channels, Mapping) else enumerate(channels))
    if not speakers or min(speakers) < 0:
        raise BadInput(
            f"expected at least one channel, numbered from 0, got {sorted(speakers)}",
            remedy='say who is on each, such as {0: "agent", 1: "customer"}',
        )
    wrong = [speaker for speaker in speakers.values() if speaker not in SPEAKERS]
    if wrong:
        raise BadInput(
            f"expected speakers among {', '.join(SPEAKERS)}, got {wrong[0]!r}",
            remedy='use "unknown" where it is not known',
        )
    return speakers
