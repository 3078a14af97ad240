"""Speech in code, and a Whisper that reads it: each word is a stretch of one constant value.

The words of a sound can be read off it wherever it was cut, joined or padded, and so can their
exact times. What the stand-in writes of a window can be changed by a test, to shut a segment
early, loop, doubt, or hear nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np

from speech.decoding import SAMPLE_RATE_HZ
from speech.voice_activity import FRAME_SAMPLES
from speech.whisper_pass import AlignedWord, Written

Said = tuple[int, float, float]
"""A word: its number from 20 to 1000, start and end in seconds. From 500 on it is English."""

STEP = 1 / 1024
MEL_SAMPLES = 160
ENGLISH = 500
PLAIN = Written((), None, -0.2, 0.01, 1.2)


def say(words: Sequence[Said], length_s: float) -> np.ndarray:
    """Return the sound of some words, float32 of shape (n,) at 16 kHz."""
    sound = np.zeros(round(length_s * SAMPLE_RATE_HZ), np.float32)
    for number, start_s, end_s in words:
        sound[round(start_s * SAMPLE_RATE_HZ) : round(end_s * SAMPLE_RATE_HZ)] = number * STEP
    return sound


def speech_in(sound: np.ndarray) -> np.ndarray:
    """Return the probability of speech of each 32 ms of such a sound."""
    n_frames = -(-len(sound) // FRAME_SAMPLES)
    padded = np.zeros(n_frames * FRAME_SAMPLES, np.float32)
    padded[: len(sound)] = sound
    frames = padded.reshape(-1, FRAME_SAMPLES)
    return (np.mean(frames >= 20 * STEP, axis=1) >= 0.5).astype(np.float32)


def read_off(sound: np.ndarray) -> list[Said]:
    """Return the words in a sound, with times from its start."""
    numbers = np.round(np.asarray(sound, np.float64) / STEP).astype(int)
    numbers[numbers < 20] = 0
    edges = np.flatnonzero(np.diff(numbers, prepend=0, append=0))
    return [
        (int(numbers[first]), first / SAMPLE_RATE_HZ, last / SAMPLE_RATE_HZ)
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        if numbers[first]
    ]


@dataclass
class Window:
    """A window as it was read once."""

    words: list[Said]
    known: list[int]
    n_frames: int
    in_batch_of: int
    language: str
    context: list[int]
    beam_size: int
    no_repeat_ngram_size: int

    def write(self, words: Sequence[Said] | None = None, **facts: object) -> Written:
        """Write some of its words, or all of them."""
        numbers = tuple(number for number, _, _ in (self.words if words is None else words))
        return replace(PLAIN, segments=(numbers,) if numbers else (), **facts)

    def write_until(self, end_s: float, **facts: object) -> Written:
        """Write what is said before a moment and close the segment there."""
        before = [word for word in self.words if word[2] <= end_s + 0.02]
        return self.write(before, end_s=end_s, **facts)

    def write_up_to_first_pause(self, pause_s: float = 1.0) -> Written:
        """Write up to a pause and close the segment there, as Whisper does."""
        for (_, _, end_s), (_, start_s, _) in zip(self.words, self.words[1:], strict=False):
            if start_s - end_s >= pause_s:
                return self.write_until(end_s)
        return self.write()


@dataclass
class Reader:
    """What the stand-in answers, and what it was asked."""

    answer: Callable[[Window], Written] = Window.write
    windows: list[Window] = field(default_factory=list)

    def transcriber(self, n_workers: int = 1) -> SimpleNamespace:
        """Return what stands for a loaded Whisper."""

        def spectrogram(sound: np.ndarray, padding: int) -> np.ndarray:
            assert padding == 0
            n_frames = len(sound) // MEL_SAMPLES
            return sound[: n_frames * MEL_SAMPLES].reshape(n_frames, MEL_SAMPLES).T

        return SimpleNamespace(
            model=SimpleNamespace(feature_extractor=spectrogram, reader=self), n_workers=n_workers
        )

    def tokenizer(self, language: str) -> SimpleNamespace:
        """Return a tokenizer that makes a word's number of it, and 1 of all that is no word."""

        def encode(text: str) -> list[int]:
            return [int(word[1:]) if word[1:].isdecimal() else 1 for word in text.split()]

        return SimpleNamespace(language=language, encode=encode)


class CodedPass:
    """Stands for :class:`speech.whisper_pass.WhisperPass`."""

    def __init__(self, model: SimpleNamespace, windows: np.ndarray) -> None:
        self._reader: Reader = model.reader
        self._n_frames = windows.shape[2]
        self._words = [read_off(window.T.reshape(-1)) for window in windows]

    def language_probabilities(self) -> list[dict[str, float]]:
        found = []
        for words in self._words:
            length_s = sum(end_s - start_s for _, start_s, end_s in words) or 1.0
            english_s = sum(end_s - start_s for n, start_s, end_s in words if n >= ENGLISH)
            found.append({"en": english_s / length_s, "fr": 1 - english_s / length_s})
        return found

    def write(
        self,
        places,
        tokenizers,
        contexts,
        beginnings,
        *,
        beam_size,
        length_penalty,
        no_repeat_ngram_size=0,
    ) -> list[Written]:
        windows = [
            Window(
                words=[word for word in self._words[place] if not known or word[1] >= known.end_s],
                known=[] if known is None else list(known.tokens),
                n_frames=self._n_frames,
                in_batch_of=len(self._words),
                language=tokenizer.language,
                context=list(context),
                beam_size=beam_size,
                no_repeat_ngram_size=no_repeat_ngram_size,
            )
            for place, tokenizer, context, known in zip(
                places, tokenizers, contexts, beginnings, strict=True
            )
        ]
        self._reader.windows += windows
        return [self._reader.answer(window) for window in windows]

    def align(self, places, tokenizers, tokens, n_frames) -> list[tuple[AlignedWord, ...]]:
        assert len(places) == len(tokenizers) == len(tokens) == len(n_frames)
        assert all(count <= self._n_frames for count in n_frames)
        return [
            tuple(
                AlignedWord(f" w{number}", start_s, end_s, 0.9, 1)
                for number, start_s, end_s in self._words[place]
                if number in set(wanted)
            )
            for place, wanted in zip(places, tokens, strict=True)
        ]
