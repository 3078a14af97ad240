"""Words of many pieces of speech at once, by Whisper: in batches, and as careful as one by one.

Whisper writes up to some pause of a window and closes its last segment there. Read one by one, a
window is followed by the next from that moment on; faster-whisper's batches take it for the end,
and what was said after it is lost. Here each piece goes on from where it was left, again in a
batch with the others, until all its speech was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from speech.decoding import SAMPLE_RATE_HZ
from speech.doubts import (
    IMPROBABLE,
    LOOP_COMPRESSION,
    NO_SPEECH,
    is_better,
    is_doubtful,
    is_loop,
)
from speech.heard import HeardSegment
from speech.piece import Piece
from speech.reading import LEAD_S, Reading, batches_of, share_out
from speech.vocabulary import hotword_prompt
from speech.whisper_pass import (
    FULL_FRAMES,
    MEL_FRAME_S,
    AlignedWord,
    Beginning,
    WhisperPass,
    Written,
)

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

    from models import Transcriber

_LENGTH_PENALTY = 0.0
_DOUBTFUL = -0.5
_LOOP_NGRAM = 4
DECODING: dict[str, JsonValue] = {
    "length_penalty": _LENGTH_PENALTY,
    "compression_ratio_threshold": LOOP_COMPRESSION,
    "log_prob_threshold": IMPROBABLE,
    "doubtful_log_prob": _DOUBTFUL,
    "no_speech_threshold": NO_SPEECH,
    "loop_no_repeat_ngram_size": _LOOP_NGRAM,
}
"""Decoding settings besides the beam. Hypotheses are ranked by probability and not by its mean
over their words, which makes a beam prefer a fluent sentence to the one word that was said. What
is doubtful in a window of the speech's own length is read again in Whisper's full window, and a
loop once more without letting words repeat. Nothing is drawn by chance: the same sound gives the
same words."""

_NOISE_LEVEL = 1e-3  # -60 dBFS, as of a quiet line
_IDENTIFY_S = 10.0
_IDENTIFIED_TOGETHER = 16
_CONTEXT_TOKENS = 100


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
            Reading(piece, piece.language if isinstance(piece.language, str) else None)
            for piece in pieces
        ]
        self._choose_languages([reading for reading in readings if reading.language is None])
        for reading in readings:
            self._give_context(reading)
        groups = share_out(readings, self._n_workers)
        read = partial(self._read_all, beam_size=beam_size or self._beam_size)
        if len(groups) == 1:
            read(groups[0])
        elif groups:
            # small batches side by side use several cores better than one batch on all of them
            with ThreadPoolExecutor(len(groups)) as pool:
                list(pool.map(read, groups))
        return [tuple(reading.segments) for reading in readings]

    def _read_all(self, readings: Sequence[Reading], *, beam_size: int) -> None:
        waiting = [reading for reading in readings if not reading.is_done]
        while waiting:
            going_on: list[Reading] = []
            for batch in batches_of(waiting):
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

    def _give_context(self, reading: Reading) -> None:
        if reading.piece.previous and reading.language is not None:
            tokens = self._tokenizer(reading.language).encode(f" {reading.piece.previous.strip()}")
            reading.context = list(tokens)

    def _context(self, reading: Reading, tokenizer: Tokenizer) -> list[int]:
        prompt = self.prompt(reading.language or "")
        expected = list(tokenizer.encode(f" {prompt}")) if prompt else []
        return expected[:_CONTEXT_TOKENS] + reading.context[-_CONTEXT_TOKENS:]

    def prompt(self, language: str) -> str:
        """Return what the decoder is told to expect, empty where there is nothing."""
        if not self._hotwords and not self._vocabulary:
            return ""
        return hotword_prompt(self._vocabulary, self._hotwords, language=language)

    def _read(self, batch: Sequence[Reading], beam_size: int) -> None:
        """Read one window of each; how far is written down in the readings."""
        n_frames = max(reading.window_frames for reading in batch)
        windows = np.stack([self._spectrogram(reading, n_frames) for reading in batch])
        model_pass = WhisperPass(self._model, windows)
        self._hear_whole(batch, model_pass)
        tokenizers = [self._tokenizer(reading.language or "") for reading in batch]
        beginnings = [_beginning(*pair) for pair in zip(batch, tokenizers, strict=True)]
        everywhere = range(len(batch))
        written = model_pass.write(
            everywhere,
            tokenizers,
            [self._context(reading, one) for reading, one in zip(batch, tokenizers, strict=True)],
            beginnings,
            beam_size=beam_size,
            length_penalty=_LENGTH_PENALTY,
        )
        passes = {place: (model_pass, place) for place in everywhere}
        if beam_size > 1:
            self._read_again(batch, tokenizers, beginnings, written, passes, n_frames, beam_size)
        words = self._align(batch, tokenizers, beginnings, written, passes)
        for place, reading in enumerate(batch):
            reading.take(written[place], words[place])

    def identify(self, pieces: Sequence[Piece]) -> list[Mapping[str, float]]:
        """Return the probability of each language in the first ten seconds of some pieces."""
        found: list[Mapping[str, float]] = []
        n_frames = round(_IDENTIFY_S / MEL_FRAME_S)
        for first in range(0, len(pieces), _IDENTIFIED_TOGETHER):
            some = pieces[first : first + _IDENTIFIED_TOGETHER]
            windows = [self._spectrogram(Reading(piece, None), n_frames) for piece in some]
            found += WhisperPass(self._model, np.stack(windows)).language_probabilities()
        return found

    def _choose_languages(self, readings: Sequence[Reading]) -> None:
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

    def _hear_whole(self, batch: Sequence[Reading], model_pass: WhisperPass) -> None:
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
        batch: Sequence[Reading],
        tokenizers: Sequence[Tokenizer],
        beginnings: Sequence[Beginning | None],
        written: list[Written],
        passes: dict[int, tuple[WhisperPass, int]],
        n_frames: int,
        beam_size: int,
    ) -> None:
        """Replace what is improbable or loops by a better reading, where there is one."""
        if n_frames < FULL_FRAMES:
            places = [
                place
                for place, (reading, one) in enumerate(zip(batch, written, strict=True))
                if is_doubtful(one, _DOUBTFUL) and not reading.piece.is_late()
            ]
            if places:
                windows = [self._spectrogram(batch[place], FULL_FRAMES) for place in places]
                full_pass = WhisperPass(self._model, np.stack(windows))
                again = full_pass.write(
                    range(len(places)),
                    [tokenizers[place] for place in places],
                    [[] for _ in places],
                    [beginnings[place] for place in places],
                    beam_size=beam_size,
                    length_penalty=_LENGTH_PENALTY,
                )
                for at, (place, reading) in enumerate(zip(places, again, strict=True)):
                    if is_better(reading, written[place]):
                        written[place], passes[place] = reading, (full_pass, at)
        for place, one in enumerate(written):
            if is_loop(one):
                model_pass, at = passes[place]
                [reading] = model_pass.write(
                    [at],
                    [tokenizers[place]],
                    [[]],
                    [beginnings[place]],
                    beam_size=beam_size,
                    length_penalty=_LENGTH_PENALTY,
                    no_repeat_ngram_size=_LOOP_NGRAM,
                )
                if is_better(reading, one):
                    written[place] = reading

    def _align(
        self,
        batch: Sequence[Reading],
        tokenizers: Sequence[Tokenizer],
        beginnings: Sequence[Beginning | None],
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
                    [
                        [
                            *(known.tokens if (known := beginnings[place]) else ()),
                            *written[place].tokens,
                        ]
                        for place in places
                    ],
                    [batch[place].n_frames for place in places],
                )
                for place, aligned in zip(places, found, strict=True):
                    words[place] = _after(aligned, beginnings[place])
        return words

    def _spectrogram(self, reading: Reading, n_frames: int) -> NDArray[np.float32]:
        """Make the log-mel spectrogram of what is left of a piece, between quiet.

        Whisper invents less when a recording does not start with its first word. A faint noise
        does better than digital silence, which it hardly saw in training; it is always the
        same, so that results can be repeated.
        """
        noise = np.random.default_rng(0)
        length = round(n_frames * MEL_FRAME_S * SAMPLE_RATE_HZ)
        sound = noise.normal(0, _NOISE_LEVEL, length).astype(np.float32)
        lead = round(LEAD_S * SAMPLE_RATE_HZ)
        heard = reading.left
        if reading.lead_in:
            heard = np.concatenate([reading.lead_in.samples, heard])
        count = min(len(heard), length - lead)
        sound[lead : lead + count] = heard[:count]
        spectrogram: NDArray[np.float32] = self._model.feature_extractor(sound, padding=0)
        return spectrogram[:, :n_frames]


def _beginning(reading: Reading, tokenizer: Tokenizer) -> Beginning | None:
    if reading.lead_in is None:
        return None
    tokens = tokenizer.encode(f" {reading.lead_in.text}")
    return Beginning(tuple(tokens), LEAD_S, reading.before_s)


def _after(words: Sequence[AlignedWord], beginning: Beginning | None) -> tuple[AlignedWord, ...]:
    """Leave out the words that were known."""
    known = len(beginning.tokens) if beginning else 0
    first = 0
    while known > 0 and first < len(words):
        known -= words[first].n_tokens
        first += 1
    return tuple(words[first:])
