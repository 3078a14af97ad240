"""What is decoded next: rounds over all streams, with one recogniser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from speech.heard import HeardSegment
from speech.live.coverage import is_heard, uncovered_s
from speech.live.language import LanguageProbabilities
from speech.live.options import LiveOptions
from speech.live.pace import Pace
from speech.live.sifting import Sifted, sift_words
from speech.live.utterance import Task
from speech.piece import Piece
from speech.reading import room_s

if TYPE_CHECKING:
    from speech.live.channel import LiveChannel
    from speech.live.stream import LiveStream

_LEAST_LEAD_IN_S = 3.5

_READ_AGAIN_WITHIN_S = 0.5

PARTIAL_ROUND_S = 0.4
"""A final that falls due during a round of partials waits for its end: so it is short."""


class PieceRecogniser(Protocol):
    """What recognises, as :class:`speech.recogniser.Recogniser` does."""

    def recognise(
        self, pieces: Sequence[Piece], *, beam_size: int | None = None
    ) -> list[tuple[HeardSegment, ...]]:
        """Return what was heard in each piece, in seconds from its start."""

    def prompt(self, language: str) -> str:
        """Return what the decoder is told to expect in a language, empty for nothing."""


class Scheduler:
    """Decodes what is due, in rounds: finals, then likely finals, then partials, oldest first.

    What is due is looked up at the start of each round, so a partial that was not come to is
    never made up for: the next one hears all the sound until then. Rounds may run side by side,
    in several threads; a stream is in one of them at a time, so that what was said before is known.

    Args:
        recogniser: Shared by all streams.
        language_of: Probabilities of the languages of some speech.
        options: Of the live transcription.
        clock: Of the machine, in seconds.

    Attributes:
        changed: Held around everything that the streams share; notified when something is due
            and after each round.
    """

    def __init__(
        self,
        recogniser: PieceRecogniser,
        language_of: LanguageProbabilities,
        *,
        options: LiveOptions,
        clock: Callable[[], float],
    ) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.clock = clock
        self.options = options
        self.pace = Pace(options.partial_interval_s)
        self.streams: list[LiveStream] = []
        self._in_rounds: list[LiveStream] = []
        self._recogniser = recogniser
        self._language_of = language_of

    def choose(self) -> list[Task]:
        """Return what to decode in the next round, nothing when nothing is due."""
        now_s = self.clock()
        channels = self._free_channels()
        most = self.options.batch_size
        for tasks in (
            [channel.final_task() for channel in channels],
            [channel.early_task() for channel in channels],
        ):
            due = sorted((task for task in tasks if task), key=lambda task: task.due_at_s)
            if due:
                return due[:most]
        interval_s = self.pace.interval_s
        partials = [channel.partial_task(interval_s, now_s) for channel in channels]
        chosen: list[Task] = []
        expected_s = 0.0
        for task in sorted((task for task in partials if task), key=lambda task: task.due_at_s):
            expected_s += self.pace.expected_s(task.length_s)
            if chosen and (expected_s > PARTIAL_ROUND_S or len(chosen) == most):
                break
            chosen.append(task)
        return chosen

    def has_work(self) -> bool:
        """Tell whether something is due; :attr:`changed` is held."""
        interval_s, now_s = self.pace.interval_s, self.clock()
        return any(channel.has_task(interval_s, now_s) for channel in self._free_channels())

    def step(self) -> bool:
        """Do one round; return whether there was something to do."""
        with self.changed:
            tasks = self.choose()
            if not tasks:
                return False
            for task in tasks:
                task.channel.begin(task)
            streams = [stream for task in tasks if (stream := self._stream_of(task)) is not None]
            self._in_rounds += streams
        try:
            self.run(tasks)
        finally:
            with self.changed:
                for stream in streams:
                    self._in_rounds.remove(stream)
                self.changed.notify_all()
        return True

    def run(self, tasks: Sequence[Task]) -> None:
        """Decode tasks and hand what was heard to their channels."""
        began_s = self.clock()
        waited_s = began_s - min(task.due_at_s for task in tasks)
        heard = [
            segments if isinstance(segments, Exception) else self._sift(task, segments)
            for task, segments in zip(tasks, self._decode(tasks, waited_s), strict=True)
        ]
        now_s = self.clock()
        with self.changed:
            for task, sifted in zip(tasks, heard, strict=True):
                stream = self._stream_of(task)
                if stream is None:
                    continue
                if isinstance(sifted, Exception):
                    stream.fail(sifted)
                else:
                    task.channel.finish(task, sifted, now_s)
            if tasks[0].kind == "partial":
                sound_s = sum(task.length_s for task in tasks)
                self.pace.note(waited_s=waited_s, sound_s=sound_s, took_s=now_s - began_s)
            for stream in list(self.streams):
                stream.after_round(now_s)
            self.changed.notify_all()

    def _sift(self, task: Task, segments: Sequence[HeardSegment]) -> Sifted:
        prompt = self._recogniser.prompt(task.utterance.language or "")
        return sift_words(task, segments, options=self.options, prompt=prompt)

    def _decode(
        self, tasks: Sequence[Task], waited_s: float
    ) -> Sequence[tuple[HeardSegment, ...] | Exception]:
        """Decode in one batch; one by one when that fails, so that only one stream breaks."""
        is_careful = tasks[0].kind != "partial" and not self._is_late(tasks, waited_s)
        try:
            pieces = [self._piece(task, is_careful=is_careful) for task in tasks]
            heard = self._recogniser.recognise(pieces, beam_size=None if is_careful else 1)
            return self._decode_again(tasks, pieces, heard) if is_careful else heard
        except Exception as error:  # noqa: BLE001 - it is raised where the stream is read
            if len(tasks) == 1:
                return [error]
        return [self._decode([task], waited_s)[0] for task in tasks]

    def _decode_again(
        self,
        tasks: Sequence[Task],
        pieces: Sequence[Piece],
        heard: list[tuple[HeardSegment, ...]],
    ) -> list[tuple[HeardSegment, ...]]:
        """Decode once more, in another way, where speech was passed over in silence."""
        places = [
            place
            for place, (task, segments) in enumerate(zip(tasks, heard, strict=True))
            if not is_heard(task, segments)
        ]
        if not places:
            return heard
        # context may mislead the recogniser; without it, a narrow beam takes another way
        has_context = any(pieces[place].previous for place in places)
        again = self._recogniser.recognise(
            [replace(pieces[place], previous="", lead_in=None) for place in places],
            beam_size=None if has_context else 1,
        )
        best = list(heard)
        for place, segments in zip(places, again, strict=True):
            task = tasks[place]
            if uncovered_s(task, segments) < uncovered_s(task, heard[place]):
                best[place] = segments
        return best

    def _is_late(self, tasks: Sequence[Task], waited_s: float) -> bool:
        """Tell whether finals are so late that a narrow beam has to do."""
        return waited_s > self.options.lag_s and all(task.channel.is_real_time for task in tasks)

    def _is_awaited(self, task: Task) -> bool:
        """Tell whether words are awaited too long already to read them again when doubtful.

        A second reading takes longer than the first. In one hour, with four streams beside a
        batch on two cores, finals came after 2.1 and 2.3 s (medians of two runs; 95 % within 5.5
        and 6.7 s) with it, after 1.8 s (3.3 s) without. The word error of two calls was .085
        either way, that of short prompts .212 with and .193 without, of names of things said on
        their own .337 and .427.
        """
        return task.channel.is_real_time and self.clock() - task.due_at_s > _READ_AGAIN_WITHIN_S

    def _piece(self, task: Task, *, is_careful: bool) -> Piece:
        channel, utterance = task.channel, task.utterance
        length_s = task.length_s
        if channel.language.wants(length_s, asked_s=utterance.asked_s):
            utterance.language = channel.language.hear(
                self._language_of(task.sound), length_s, asked_s=utterance.asked_s
            )
            utterance.asked_s = length_s
        elif utterance.language is None:
            utterance.language = channel.language.tag
        piece = Piece(
            task.sound,
            utterance.language,
            channel.previous(task),
            speech=task.probabilities,
            is_late=partial(self._is_awaited, task),
        )
        # a final is worth a longer window: word error of eight calls was .117 without what came
        # before, .096 with as much as the window had room for, .090 with 3.5 s or 5 s of it
        room = room_s(piece, least_s=_LEAST_LEAD_IN_S if is_careful else 0.0)
        return replace(piece, lead_in=channel.lead_in(task, room))

    def _free_channels(self) -> list[LiveChannel]:
        return [
            channel
            for stream in self.streams
            if stream not in self._in_rounds
            for channel in stream.channels.values()
        ]

    def _stream_of(self, task: Task) -> LiveStream | None:
        for stream in self.streams:
            if task.channel in stream.channels.values():
                return stream
        return None
