"""Words of many pieces of speech at once, by Whisper: in batches, and as careful as one by one.

Whisper writes up to some pause of a window and closes its last segment there. Read one by one, a
window is followed by the next from that moment on; faster-whisper's batches take it for the end,
and what was said after it is lost. Here each piece goes on from where it was left, again in a
batch with the others, until all its speech was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardSegment
from speech.joining import join_words
from speech.vocabulary import hotword_prompt
from speech.voice_activity import FRAME_S, FRAME_SAMPLES
from speech.whisper_pass import FULL_FRAMES, MEL_FRAME_S, AlignedWord, WhisperPass, Written

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

    from models import Transcriber

_LENGTH_PENALTY = 0.0
_LOOP_COMPRESSION = 2.4
_IMPROBABLE = -1.0
_DOUBTFUL = -0.5
_NO_SPEECH = 0.6
_LOOP_NGRAM = 4
DECODING: dict[str, JsonValue] = {
    "length_penalty": _LENGTH_PENALTY,
    "compression_ratio_threshold": _LOOP_COMPRESSION,
    "log_prob_threshold": _IMPROBABLE,
    "doubtful_log_prob": _DOUBTFUL,
    "no_speech_threshold": _NO_SPEECH,
    "loop_no_repeat_ngram_size": _LOOP_NGRAM,
}
"""Decoding settings besides the beam. Hypotheses are ranked by probability and not by its mean
over their words, which makes a beam prefer a fluent sentence to the one word that was said. What
is doubtful in a window of the speech's own length is read again in Whisper's full window, and a
loop once more without letting words repeat. Nothing is drawn by chance: the same sound gives the
same words."""

_MOST_AFTER_CLOSE_S = 0.5  # a segment is closed now and then before its last word is over
_REPEATED_TOKENS = 8
_LEAD_S = 0.5
_TAIL_S = 1.0
_NOISE_LEVEL = 1e-3  # -60 dBFS, as of a quiet line
_LEAST_WINDOW_S = 10.0
_IDENTIFY_S = 10.0
_IDENTIFIED_TOGETHER = 16
_FRAMES_STEP = 500  # windows of one batch are equally long, and few lengths make few batches
_BATCH_FRAMES = 8 * FULL_FRAMES
_LEAST_STEP_S = 0.5
_LEAST_LEFT_S = 0.4
_MOST_ROUNDS = 12
_CONTEXT_TOKENS = 100


class LanguageChoice(Protocol):
    """Chooses the language of pieces that belong together, from what is heard in them."""

    def hear(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take the probabilities of one piece into account."""

    def choose(self, probabilities: Mapping[str, float], length_s: float) -> str:
        """Return the primary tag of a piece that was heard."""

    def hear_whole(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take note of what the whole of a piece sounds like."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Speech handed to the recogniser.

    Attributes:
        samples: float32 of shape ``(n,)`` at 16 kHz, at most :data:`LONGEST_PIECE_S`.
        language: Primary tag, or what chooses it.
        previous: Text said just before, as context.
        speech: Probability of speech of each 32 ms, float32 of shape ``(n / 512,)``; None where
            it is not known, then all of it may be speech.
        in_full_window: Whether to read it in Whisper's window of 30 s from the start; otherwise
            in one of its own length, which takes less time.
    """

    samples: NDArray[np.float32]
    language: str | LanguageChoice
    previous: str = ""
    speech: NDArray[np.float32] | None = None
    in_full_window: bool = False

    @property
    def length_s(self) -> float:
        """Seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ


@dataclass
class _Reading:
    """How far a piece has been read."""

    piece: Piece
    language: str | None
    context: list[int] = field(default_factory=list)
    segments: list[HeardSegment] = field(default_factory=list)
    at: int = 0
    rounds: int = 0

    @property
    def left(self) -> NDArray[np.float32]:
        return self.piece.samples[self.at :]

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.piece.samples)

    @property
    def left_s(self) -> float:
        return len(self.left) / SAMPLE_RATE_HZ

    @property
    def n_frames(self) -> int:
        """Columns that hold the rest of the piece with the quiet around it."""
        return min(FULL_FRAMES, round((_LEAD_S + self.left_s + _TAIL_S) / MEL_FRAME_S))

    @property
    def window_frames(self) -> int:
        """Columns of the window in which the rest is read."""
        if self.piece.in_full_window:
            return FULL_FRAMES
        fitted = -(-self.n_frames // _FRAMES_STEP) * _FRAMES_STEP
        return min(FULL_FRAMES, max(fitted, round(_LEAST_WINDOW_S / MEL_FRAME_S)))

    def speech_after_s(self, at: int) -> float:
        """Seconds of speech from a sample of the piece on."""
        if self.piece.speech is None:
            return max(0, len(self.piece.samples) - at) / SAMPLE_RATE_HZ
        return float((self.piece.speech[at // FRAME_SAMPLES :] >= 0.5).sum()) * FRAME_S


class Recogniser:
    """Reads pieces of speech with one Whisper.

    Args:
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        beam_size: Width of the beam search.
        hotwords: Words to expect. They are given to the decoder as if they had been said before.
        vocabulary: Names to expect, likewise.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        *,
        beam_size: int = 5,
        hotwords: Sequence[str] = (),
        vocabulary: Sequence[str] = (),
    ) -> None:
        self._model = transcriber.model
        self._n_workers = transcriber.n_workers
        self._beam_size = beam_size
        self._hotwords = tuple(hotwords)
        self._vocabulary = tuple(vocabulary)
        self._tokenizers: dict[str, Tokenizer] = {}

    def recognise(
        self, pieces: Sequence[Piece], *, beam_size: int | None = None
    ) -> list[tuple[HeardSegment, ...]]:
        """Recognise the words of some pieces together.

        Args:
            pieces: In any order, of any calls.
            beam_size: Width of the beam search; the recogniser's own when None.

        Returns:
            The segments of each piece, times in seconds from the start of the piece.
        """
        readings = [
            _Reading(piece, piece.language if isinstance(piece.language, str) else None)
            for piece in pieces
        ]
        self._choose_languages([reading for reading in readings if reading.language is None])
        for reading in readings:
            self._give_context(reading)
        groups = _share_out(readings, self._n_workers)
        read = partial(self._read_all, beam_size=beam_size or self._beam_size)
        if len(groups) == 1:
            read(groups[0])
        elif groups:
            # small batches side by side use several cores better than one batch on all of them
            with ThreadPoolExecutor(len(groups)) as pool:
                list(pool.map(read, groups))
        return [tuple(reading.segments) for reading in readings]

    def _read_all(self, readings: Sequence[_Reading], *, beam_size: int) -> None:
        waiting = [reading for reading in readings if not reading.is_done]
        while waiting:
            going_on: list[_Reading] = []
            for batch in _batches(waiting):
                self._read(batch, beam_size)
                going_on += [reading for reading in batch if not reading.is_done]
            waiting = going_on

    def _tokenizer(self, language: str) -> Tokenizer:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer,
                self._model.model.is_multilingual,
                task="transcribe",
                language=language,
            )
        return self._tokenizers[language]

    def _give_context(self, reading: _Reading) -> None:
        if reading.piece.previous and reading.language is not None:
            tokens = self._tokenizer(reading.language).encode(f" {reading.piece.previous.strip()}")
            reading.context = list(tokens)

    def _context(self, reading: _Reading, tokenizer: Tokenizer) -> list[int]:
        prompt = self.prompt(reading.language or "")
        expected = list(tokenizer.encode(f" {prompt}")) if prompt else []
        return expected[:_CONTEXT_TOKENS] + reading.context[-_CONTEXT_TOKENS:]

    def prompt(self, language: str) -> str:
        """Return what the decoder is told to expect, empty where there is nothing."""
        if not self._hotwords and not self._vocabulary:
            return ""
        return hotword_prompt(self._vocabulary, self._hotwords, language=language)

    def _read(self, batch: Sequence[_Reading], beam_size: int) -> None:
        """Read one window of each; how far is written down in the readings."""
        n_frames = max(reading.window_frames for reading in batch)
        windows = np.stack([self._spectrogram(reading, n_frames) for reading in batch])
        model_pass = WhisperPass(self._model, windows)
        self._hear_whole(batch, model_pass)
        tokenizers = [self._tokenizer(reading.language or "") for reading in batch]
        everywhere = range(len(batch))
        written = model_pass.write(
            everywhere,
            tokenizers,
            [self._context(reading, one) for reading, one in zip(batch, tokenizers, strict=True)],
            beam_size=beam_size,
            length_penalty=_LENGTH_PENALTY,
        )
        passes = {place: (model_pass, place) for place in everywhere}
        if beam_size > 1:
            self._read_again(batch, tokenizers, written, passes, n_frames, beam_size)
        words = self._align(batch, tokenizers, written, passes)
        for place, reading in enumerate(batch):
            _take(reading, written[place], words[place])

    def identify(self, pieces: Sequence[Piece]) -> list[Mapping[str, float]]:
        """Return the probability of each language in the first ten seconds of some pieces."""
        found: list[Mapping[str, float]] = []
        n_frames = round(_IDENTIFY_S / MEL_FRAME_S)
        for first in range(0, len(pieces), _IDENTIFIED_TOGETHER):
            some = pieces[first : first + _IDENTIFIED_TOGETHER]
            windows = [self._spectrogram(_Reading(piece, None), n_frames) for piece in some]
            found += WhisperPass(self._model, np.stack(windows)).language_probabilities()
        return found

    def _choose_languages(self, readings: Sequence[_Reading]) -> None:
        """Choose the language of pieces by their first seconds, all heard before any is chosen."""
        found = self.identify([reading.piece for reading in readings])
        pairs = list(zip(readings, found, strict=True))
        for reading, probabilities in pairs:
            if not isinstance(reading.piece.language, str):
                reading.piece.language.hear(probabilities, min(reading.left_s, _IDENTIFY_S))
        for reading, probabilities in pairs:
            if not isinstance(reading.piece.language, str):
                length_s = min(reading.left_s, _IDENTIFY_S)
                reading.language = reading.piece.language.choose(probabilities, length_s)

    def _hear_whole(self, batch: Sequence[_Reading], model_pass: WhisperPass) -> None:
        chosen = [
            place
            for place, reading in enumerate(batch)
            if reading.rounds == 0 and not isinstance(reading.piece.language, str)
        ]
        if not chosen:
            return
        found = model_pass.language_probabilities()
        for place in chosen:
            language = batch[place].piece.language
            if not isinstance(language, str):
                language.hear_whole(found[place], batch[place].left_s)

    def _read_again(
        self,
        batch: Sequence[_Reading],
        tokenizers: Sequence[Tokenizer],
        written: list[Written],
        passes: dict[int, tuple[WhisperPass, int]],
        n_frames: int,
        beam_size: int,
    ) -> None:
        """Replace what is improbable or loops by a better reading, where there is one."""
        if n_frames < FULL_FRAMES:
            places = [
                place
                for place, one in enumerate(written)
                if _is_doubtful(one, _DOUBTFUL) or _repeats(one)
            ]
            if places:
                windows = [self._spectrogram(batch[place], FULL_FRAMES) for place in places]
                full_pass = WhisperPass(self._model, np.stack(windows))
                again = full_pass.write(
                    range(len(places)),
                    [tokenizers[place] for place in places],
                    [[] for _ in places],
                    beam_size=beam_size,
                    length_penalty=_LENGTH_PENALTY,
                )
                for at, (place, reading) in enumerate(zip(places, again, strict=True)):
                    if _is_better(reading, written[place]):
                        written[place], passes[place] = reading, (full_pass, at)
        for place, one in enumerate(written):
            if one.compression_ratio > _LOOP_COMPRESSION:
                model_pass, at = passes[place]
                [reading] = model_pass.write(
                    [at],
                    [tokenizers[place]],
                    [[]],
                    beam_size=beam_size,
                    length_penalty=_LENGTH_PENALTY,
                    no_repeat_ngram_size=_LOOP_NGRAM,
                )
                if _is_better(reading, one):
                    written[place] = reading

    def _align(
        self,
        batch: Sequence[_Reading],
        tokenizers: Sequence[Tokenizer],
        written: Sequence[Written],
        passes: Mapping[int, tuple[WhisperPass, int]],
    ) -> list[tuple[AlignedWord, ...]]:
        words: list[tuple[AlignedWord, ...]] = [() for _ in batch]
        for model_pass in {model_pass for model_pass, _ in passes.values()}:
            places = [
                place
                for place, one in enumerate(written)
                if one.segments and passes[place][0] is model_pass
            ]
            if places:
                found = model_pass.align(
                    [passes[place][1] for place in places],
                    [tokenizers[place] for place in places],
                    [written[place].tokens for place in places],
                    [batch[place].n_frames for place in places],
                )
                for place, aligned in zip(places, found, strict=True):
                    words[place] = aligned
        return words

    def _spectrogram(self, reading: _Reading, n_frames: int) -> NDArray[np.float32]:
        """Make the log-mel spectrogram of what is left of a piece, between quiet.

        Whisper invents less when a recording does not start with its first word. A faint noise
        does better than digital silence, which it hardly saw in training; it is always the
        same, so that results can be repeated.
        """
        noise = np.random.default_rng(0)
        length = round(n_frames * MEL_FRAME_S * SAMPLE_RATE_HZ)
        sound = noise.normal(0, _NOISE_LEVEL, length).astype(np.float32)
        lead = round(_LEAD_S * SAMPLE_RATE_HZ)
        count = min(len(reading.left), length - lead)
        sound[lead : lead + count] = reading.left[:count]
        spectrogram: NDArray[np.float32] = self._model.feature_extractor(sound, padding=0)
        return spectrogram[:, :n_frames]


def _share_out(readings: Sequence[_Reading], n_workers: int) -> list[list[_Reading]]:
    """Give each worker about as much speech; the same pieces are always shared out alike."""
    groups: list[list[_Reading]] = [[] for _ in range(min(n_workers, len(readings)))]
    loads_s = [0.0] * len(groups)
    for reading in sorted(readings, key=lambda reading: -reading.left_s):
        least = loads_s.index(min(loads_s))
        groups[least].append(reading)
        loads_s[least] += reading.left_s
    return groups


def _batches(readings: Sequence[_Reading]) -> list[list[_Reading]]:
    """Put windows of like lengths together, as many as the memory for a batch allows."""
    batches: list[list[_Reading]] = []
    for reading in sorted(readings, key=lambda reading: -reading.window_frames):
        n_frames = reading.window_frames
        if (
            not batches
            or n_frames != batches[-1][-1].window_frames
            or n_frames * (len(batches[-1]) + 1) > _BATCH_FRAMES
        ):
            batches.append([])
        batches[-1].append(reading)
    return batches


def _is_doubtful(written: Written, least_log_probability: float) -> bool:
    if written.compression_ratio > _LOOP_COMPRESSION:
        return True
    return (
        written.log_probability < least_log_probability
        and written.no_speech_probability <= _NO_SPEECH
    )


def _is_better(new: Written, old: Written) -> bool:
    if new.compression_ratio > _LOOP_COMPRESSION:
        return False
    if old.compression_ratio > _LOOP_COMPRESSION or (_repeats(old) and not _repeats(new)):
        return True
    return new.log_probability > old.log_probability


def _repeats(written: Written) -> bool:
    """Return whether a sentence is written twice, as happens in the quiet at a window's end."""
    starts = [tokens[:_REPEATED_TOKENS] for tokens in written.segments]
    long = [start for start in starts if len(start) == _REPEATED_TOKENS]
    return len(set(long)) < len(long)


def _take(reading: _Reading, written: Written, words: Sequence[AlignedWord]) -> None:
    """Write down what was read of a piece, and from where it goes on."""
    reading.rounds += 1
    began_s = reading.at / SAMPLE_RATE_HZ
    is_silence = (
        written.no_speech_probability > _NO_SPEECH and written.log_probability < _IMPROBABLE
    )
    if not is_silence:
        first = 0
        for tokens in written.segments:
            end, n_tokens = first, 0
            while end < len(words) and n_tokens < len(tokens):
                n_tokens += words[end].n_tokens
                end += 1
            joined = join_words(
                words[first:end],
                shift_s=began_s - _LEAD_S,
                length_s=reading.piece.length_s,
                language=reading.language or "",
            )
            first = end
            if joined:
                reading.segments.append(
                    HeardSegment(
                        words=joined,
                        mean_log_probability=written.log_probability,
                        no_speech_probability=written.no_speech_probability,
                        compression_ratio=written.compression_ratio,
                    )
                )
    is_loop = written.compression_ratio > _LOOP_COMPRESSION
    reading.context = [] if is_loop else [*reading.context, *written.tokens]
    reading.at = _next(reading, written)


def _next(reading: _Reading, written: Written) -> int:
    """Return the sample from which a piece goes on, its end when all its speech was read."""
    end = len(reading.piece.samples)
    if written.end_s is None or reading.rounds >= _MOST_ROUNDS:
        return end
    step_s = max(written.end_s - _LEAD_S, _LEAST_STEP_S)
    if reading.segments:
        # a segment is closed now and then before its last word is over
        said_s = reading.segments[-1].words[-1].end_s - reading.at / SAMPLE_RATE_HZ
        step_s = max(step_s, min(said_s, step_s + _MOST_AFTER_CLOSE_S))
    at = reading.at + round(step_s * SAMPLE_RATE_HZ)
    return at if reading.speech_after_s(at) >= _LEAST_LEFT_S else end
