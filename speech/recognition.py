"""Words of a stretch of speech, by Whisper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardSegment, HeardWord
from speech.segmentation import Block

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

DECODING: dict[str, JsonValue] = {
    "condition_on_previous_text": False,
    "length_penalty": 0.0,
    "temperature": [0.0, 0.4],
    "compression_ratio_threshold": 2.4,
    "log_prob_threshold": -1.0,
    "no_speech_threshold": 0.6,
}
"""Decoding settings besides the beam. Without the previous text as prompt a loop in one window
does not pass on to the next. Hypotheses are ranked by their probability and not by its mean over
their words, which makes a beam prefer a fluent sentence to the one word that was said. A loop, or
words that are hardly probable, are decoded once more by sampling; further rounds only took time.
"""

LEAD_S = 1.0
_TAIL_S = 0.5
_SEED = 0  # the second decoding samples, and results can be repeated
_NOISE_LEVEL = 1e-3  # -60 dBFS, as of a quiet line
_OPENING = ("«", "“", "(", "[", "¿", "¡")


@dataclass(frozen=True)
class _Token:
    text: str
    start_s: float
    end_s: float
    probability: float


def recognise(
    model: WhisperModel,
    block: Block,
    speech: NDArray[np.float32],
    *,
    language: str,
    beam_size: int,
) -> Iterator[tuple[HeardSegment, float]]:
    """Recognise the words of one block.

    Args:
        model: A loaded Whisper.
        block: Where the speech was in the recording.
        speech: The block's joined speech, float32 of shape ``(block.n_samples,)`` at 16 kHz.
        language: Primary tag of the language spoken.
        beam_size: Width of the beam search.

    Yields:
        Each segment with the seconds of the joined speech that are done when it is.
    """
    from ctranslate2 import set_random_seed

    set_random_seed(_SEED)
    segments, _ = model.transcribe(
        _between_quiet(speech),
        language=language,
        beam_size=beam_size,
        word_timestamps=True,
        vad_filter=False,
        **DECODING,
    )
    last_start_s = last_end_s = 0.0
    for segment in segments:
        tokens: list[_Token] = []
        for word in segment.words or ():
            start_s = min(max(float(word.start) - LEAD_S, 0.0), block.length_s)
            end_s = min(max(float(word.end) - LEAD_S, start_s), block.length_s)
            start_s, end_s = block.to_recording(start_s, end_s)
            # the recogniser's times go back now and then by some hundredths
            last_start_s = max(start_s, last_start_s)
            last_end_s = max(end_s, last_end_s, last_start_s)
            probability = min(max(float(word.probability), 0.0), 1.0)
            tokens.append(_Token(word.word, last_start_s, last_end_s, probability))
        words = _join_tokens(tokens)
        if words:
            yield (
                HeardSegment(
                    words=words,
                    mean_log_probability=float(segment.avg_logprob),
                    no_speech_probability=float(segment.no_speech_prob),
                    compression_ratio=float(segment.compression_ratio),
                ),
                min(max(float(segment.end) - LEAD_S, 0.0), block.length_s),
            )


def _between_quiet(speech: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put a quiet line before and after speech.

    Whisper invents less when a recording does not start with its first word. A faint noise does
    better than digital silence, which it hardly saw in training; it is always the same, so that
    results can be repeated.
    """
    noise = np.random.default_rng(0)
    lead, tail = (
        noise.normal(0, _NOISE_LEVEL, round(length_s * SAMPLE_RATE_HZ)).astype(np.float32)
        for length_s in (LEAD_S, _TAIL_S)
    )
    return np.concatenate((lead, speech, tail))


def _join_tokens(tokens: list[_Token]) -> tuple[HeardWord, ...]:
    """Make words of the recogniser's tokens, which split "c'est" and set "?" apart."""
    words: list[HeardWord] = []
    opening = ""
    for token in tokens:
        text = token.text.strip()
        is_apart = token.text[:1].isspace()
        if not any(character.isalnum() for character in text):
            if text in _OPENING:
                opening = f"{text} "
            elif words and text:
                mark = f" {text}" if is_apart else text
                words[-1] = replace(words[-1], text=words[-1].text + mark)
        elif words and not is_apart and not opening:
            words[-1] = HeardWord(
                text=words[-1].text + text,
                start_s=words[-1].start_s,
                end_s=token.end_s,
                probability=min(words[-1].probability, token.probability),
            )
        else:
            words.append(HeardWord(opening + text, token.start_s, token.end_s, token.probability))
            opening = ""
    return tuple(words)
