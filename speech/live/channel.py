"""One channel of a live stream: its sound, its open utterance, and those that wait."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from conversation import Speaker, Word
from speech.decoding import SAMPLE_RATE_HZ
from speech.live.context import Context
from speech.live.endpointing import Boundary, Endpointer, Paused, Resumed, Started, Stopped
from speech.live.events import Final, LiveEvent, Partial, SpeechEnded, SpeechStarted, Withdrawn
from speech.live.language import StreamLanguage
from speech.live.options import LiveOptions
from speech.live.sifting import Sifted
from speech.live.sound_buffer import SoundBuffer
from speech.live.utterance import Task, TaskKind, Utterance, frame_s
from speech.piece import LeadIn
from speech.voice_activity import FRAME_S, FRAME_SAMPLES

PAD_FRAMES = round(0.4 / FRAME_S)
"""Sound before the first speech and after the last that is decoded with it, as for files."""

_LONG_PARTIAL_S = 10.0
_KEPT_PARTIAL_S = 2.0


class Who(TypedDict):
    """Whose words an event is about."""

    stream_id: str
    channel: int
    speaker: Speaker
    utterance: int


class LiveChannel:
    """Turns sound into tasks for the recogniser, and what it heard into events.

    Attributes:
        number: Of the channel, from 0.
        language: Of the stream.
        is_real_time: Whether partials and latencies make sense.

    Not safe to use from several threads; its stream's lock is held around all calls.

    Args:
        stream_id: For the events.
        number: Of the channel, from 0.
        speaker: Who is on it.
        options: Of the live transcription.
        language: Of the stream, shared by its channels.
        is_real_time: Whether partials and latencies make sense.
        emit: Takes the events.
    """

    def __init__(
        self,
        stream_id: str,
        number: int,
        speaker: Speaker,
        *,
        options: LiveOptions,
        language: StreamLanguage,
        is_real_time: bool,
        emit: Callable[[LiveEvent], None],
    ) -> None:
        self._stream_id = stream_id
        self.number = number
        self._speaker: Speaker = speaker
        self._options = options
        self.language = language
        self.is_real_time = is_real_time
        self._emit = emit
        self._endpointer = Endpointer(options)
        self._sound = SoundBuffer()
        self._probabilities: deque[float] = deque()
        self._first_frame = 0
        self._arrivals: deque[tuple[int, float]] = deque()
        self._utterances = 0
        self._open: Utterance | None = None
        self._closed: deque[Task] = deque()
        self._free_frame = 0
        self._paused_frame = self._paused_until = -1
        self._paused_at_s = 0.0
        self._partial_due_at_s: float | None = None
        self._context = Context()

    @property
    def duration_s(self) -> float:
        """Seconds of sound so far."""
        return self._sound.end / SAMPLE_RATE_HZ

    @property
    def samples(self) -> int:
        """Place of the next sample at 16 kHz."""
        return self._sound.end

    @property
    def held_samples(self) -> int:
        """Samples in memory, those of utterances that wait included."""
        return len(self._sound) + sum(len(task.sound) for task in self._closed)

    @property
    def waiting_s(self) -> float:
        """Seconds of utterances that ended and have no final yet."""
        return sum(task.length_s for task in self._closed)

    def take(
        self, sound: NDArray[np.float32], probabilities: Sequence[float], now_s: float
    ) -> None:
        """Take the next sound with the probabilities of the frames that it completes.

        Args:
            sound: float32 of shape ``(n,)`` at 16 kHz.
            probabilities: Of speech.
            now_s: On the machine's clock.
        """
        self._sound.append(sound)
        self._probabilities.extend(probabilities)
        self._arrivals.append((self._sound.end, now_s))
        for boundary in self._endpointer.advance(probabilities):
            self._follow(boundary, now_s)
        self._release()

    def stop(self, now_s: float) -> None:
        """End the open utterance here."""
        for boundary in self._endpointer.stop():
            self._follow(boundary, now_s)
        self._release()

    def skip(self, frames: int) -> None:
        """Leave a hole after :meth:`stop`, at the border of a frame."""
        self._endpointer.skip(frames)
        self._sound.skip(frames * FRAME_SAMPLES)
        self._sound.release(self._sound.end)
        self._probabilities.clear()
        self._first_frame = self._free_frame = self._endpointer.frame

    def cancel(self) -> None:
        """Forget everything that waits."""
        self._closed.clear()
        self._open = None
        self._endpointer.stop()
        self._release()

    def due_at_s(self, interval_s: float, now_s: float) -> float | None:
        """Return since when the oldest text of the channel is due; None when none is."""
        if self._closed:
            return self._closed[0].due_at_s
        self._is_partial_due(interval_s, now_s)
        return self._partial_due_at_s

    def has_task(self, interval_s: float, now_s: float) -> bool:
        """Tell whether something can be decoded, without taking it."""
        return bool(self._closed) or self._is_early_due() or self._is_partial_due(interval_s, now_s)

    def final_task(self) -> Task | None:
        """Return the oldest utterance that waits for its final."""
        return self._closed[0] if self._closed else None

    def early_task(self) -> Task | None:
        """Return the open utterance when a silence makes it likely that it has ended."""
        utterance = self._open
        if utterance is None or not self._is_early_due():
            return None
        quiet_frame = min(self._paused_frame + PAD_FRAMES, self._paused_until)
        return self._task("early", utterance, self._paused_frame, quiet_frame, self._paused_at_s)

    def partial_task(self, interval_s: float, now_s: float) -> Task | None:
        """Return the open utterance when there is enough new sound for a partial."""
        utterance = self._open
        if utterance is None or not self._is_partial_due(interval_s, now_s):
            return None
        frame = self._endpointer.frame
        return self._task("partial", utterance, frame, frame, self._partial_due_at_s or now_s)

    def begin(self, task: Task) -> None:
        """Note that a task is about to be decoded."""
        utterance = task.utterance
        if task.kind == "early":
            utterance.early_frame = task.end_frame
            utterance.early = None
        if task.kind != "final":
            utterance.heard_frame = max(utterance.heard_frame, task.end_frame)
            self._partial_due_at_s = None

    def previous(self, task: Task) -> str:
        """Return what was said before, as context."""
        skipped = task.utterance.skipped_words if task.kind == "partial" else 0
        return self._context.text(task.start_s, " ".join(task.utterance.prefix.stable[:skipped]))

    def lead_in(self, task: Task, room_s: float) -> LeadIn | None:
        """Return speech before that of a task, to be heard with it; None where there is none."""
        if task.sound_frame > task.utterance.sound_frame:
            return None
        return self._context.lead_in(task.start_s, room_s)

    def finish(self, task: Task, sifted: Sifted, now_s: float) -> None:
        """Take what was heard in a task and say it, if it still matters."""
        if task.kind == "final":
            if self._closed and self._closed[0] is task:
                self._closed.popleft()
                self._conclude(task, sifted, now_s)
            return
        if task.kind == "early" and task.utterance.early_frame == task.end_frame:
            task.utterance.early = sifted
        if task.utterance is self._open:
            self._hear(task, sifted)
        elif self._closed and self._closed[0].utterance is task.utterance:
            self._conclude_early(now_s)

    def _follow(self, boundary: Boundary, now_s: float) -> None:
        match boundary:
            case Started(frame):
                self._open = Utterance(
                    self._utterances, frame, max(frame - PAD_FRAMES, self._free_frame)
                )
                self._utterances += 1
                self._paused_frame = -1
                self._partial_due_at_s = None
                self._emit(SpeechStarted(**self._who(self._open), start_s=frame_s(frame)))
            case Paused(frame, heard_frame):
                self._paused_frame, self._paused_at_s = frame, now_s
                self._paused_until = heard_frame
            case Resumed():
                self._paused_frame = -1
            case Stopped(frame, heard_frame, goes_on):
                self._close(frame, heard_frame, goes_on=goes_on, now_s=now_s)

    def _close(self, frame: int, heard_frame: int, *, goes_on: bool, now_s: float) -> None:
        utterance, self._open = self._open, None
        self._paused_frame = -1
        self._partial_due_at_s = None
        if utterance is None:
            return
        task = self._task(
            "final", utterance, frame, min(frame + PAD_FRAMES, heard_frame), now_s, goes_on=goes_on
        )
        self._free_frame = task.sound_frame + -(-len(task.sound) // FRAME_SAMPLES)
        self._emit(
            SpeechEnded(
                **self._who(utterance),
                end_s=min(frame_s(frame), self.duration_s),
                goes_on=goes_on,
            )
        )
        self._closed.append(task)
        self._conclude_early(now_s)

    def _conclude_early(self, now_s: float) -> None:
        """Say the final at once when it was decoded in advance for this very end."""
        task = self._closed[0]
        if task.utterance.early is not None and task.utterance.early_frame == task.end_frame:
            self._closed.popleft()
            self._conclude(task, task.utterance.early, now_s)

    def _conclude(self, task: Task, sifted: Sifted, now_s: float) -> None:
        words = sifted.words
        who = self._who(task.utterance)
        if not words:
            self._emit(
                Withdrawn(
                    **who,
                    start_s=frame_s(task.utterance.start_frame),
                    end_s=min(frame_s(task.end_frame), self.duration_s),
                    dropped=sifted.dropped,
                )
            )
            return
        text = " ".join(word.text for word in words)
        self._context.say(words, task.sound, task.start_s)
        self._emit(
            Final(
                **who,
                text=text,
                words=words,
                start_s=words[0].start_s,
                end_s=words[-1].end_s,
                speech_end_s=min(frame_s(task.end_frame), self.duration_s),
                probability=round(sum(word.probability for word in words) / len(words), 4),
                language=task.utterance.language or "und",
                goes_on=task.goes_on,
                latency_s=max(0.0, now_s - task.heard_at_s) if self.is_real_time else None,
                dropped=sifted.dropped,
            )
        )

    def _hear(self, task: Task, sifted: Sifted) -> None:
        """Take a hypothesis about the open utterance, and say it as a partial."""
        if not self.is_real_time or self._options.partial_interval_s == 0:
            return
        utterance = task.utterance
        words = sifted.words
        prefix = utterance.prefix
        skipped = utterance.skipped_words if task.kind == "partial" else 0
        said = [
            part for word in words for part in (word.spoken.split() if word.spoken else [word.text])
        ]
        prefix.hear(said, skipped=skipped)
        if prefix.words:
            self._emit(
                Partial(
                    **self._who(utterance),
                    text=" ".join(prefix.words),
                    stable_text=" ".join(prefix.stable),
                    start_s=frame_s(utterance.start_frame),
                    end_s=min(frame_s(task.end_frame), self.duration_s),
                    language=utterance.language or "und",
                )
            )
        if task.kind == "partial" and task.length_s > _LONG_PARTIAL_S:
            self._shorten_partials(task, words)

    def _shorten_partials(self, task: Task, words: Sequence[Word]) -> None:
        """Leave the sound of stable words out of later partials, up to the longest pause."""
        utterance = task.utterance
        stable = len(utterance.prefix.stable) - utterance.skipped_words
        latest_s = task.start_s + task.length_s - _KEPT_PARTIAL_S
        places = [
            place
            for place in range(1, min(stable, len(words) - 1) + 1)
            if words[place].start_s <= latest_s
        ]
        if not places:
            return
        best = max(places, key=lambda place: words[place].start_s - words[place - 1].end_s)
        border_s = (words[best - 1].end_s + words[best].start_s) / 2
        utterance.partial_frame = max(utterance.partial_frame, int(border_s / FRAME_S))
        utterance.skipped_words += best

    def _is_early_due(self) -> bool:
        return (
            self._open is not None
            and not self._closed
            and self.is_real_time
            and self._paused_frame >= 0
            and self._open.early_frame != self._paused_frame
        )

    def _is_partial_due(self, interval_s: float, now_s: float) -> bool:
        utterance = self._open
        if utterance is None or not self.is_real_time or interval_s == 0 or self._closed:
            return False
        end = self._endpointer.frame if self._paused_frame < 0 else self._paused_frame
        new_s = (end - utterance.heard_frame) * FRAME_S
        if new_s < interval_s or self._endpointer.may_end:
            return False  # a partial that is begun now would keep a final waiting
        if self._partial_due_at_s is None:
            self._partial_due_at_s = now_s
        return True

    def _task(
        self,
        kind: TaskKind,
        utterance: Utterance,
        end_frame: int,
        quiet_frame: int,
        due_at_s: float,
        *,
        goes_on: bool = False,
    ) -> Task:
        start_frame = utterance.partial_frame if kind == "partial" else utterance.sound_frame
        sound_end = min(quiet_frame * FRAME_SAMPLES, self._sound.end)
        first = max(0, start_frame - self._first_frame)
        last = -(-sound_end // FRAME_SAMPLES) - self._first_frame
        return Task(
            channel=self,
            kind=kind,
            utterance=utterance,
            sound=self._sound.read(start_frame * FRAME_SAMPLES, sound_end),
            probabilities=np.array(list(islice(self._probabilities, first, last)), np.float32),
            sound_frame=start_frame,
            end_frame=end_frame,
            due_at_s=due_at_s,
            heard_at_s=self._arrival_s(end_frame * FRAME_SAMPLES, due_at_s),
            goes_on=goes_on,
        )

    def _arrival_s(self, sample: int, late_s: float) -> float:
        """Return when a sample arrived, on the machine's clock."""
        for end, at_s in self._arrivals:
            if end >= sample:
                return at_s
        return late_s

    def _release(self) -> None:
        """Let go of the sound before the open utterance, or what may become one."""
        if self._open is not None:
            frame = self._open.sound_frame
        else:
            start = self._endpointer.start
            frame = (self._endpointer.frame if start is None else start) - PAD_FRAMES - 1
        frame = max(frame, self._first_frame)
        self._sound.release(frame * FRAME_SAMPLES)
        for _ in range(frame - self._first_frame):
            self._probabilities.popleft()
        self._first_frame = frame
        while self._arrivals and self._arrivals[0][0] <= frame * FRAME_SAMPLES:
            self._arrivals.popleft()

    def _who(self, utterance: Utterance) -> Who:
        return {
            "stream_id": self._stream_id,
            "channel": self.number,
            "speaker": self._speaker,
            "utterance": utterance.number,
        }
