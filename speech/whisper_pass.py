"""One pass of Whisper over a batch of windows: encoded, decoded and aligned together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import ctranslate2
    from ctranslate2.models import WhisperAlignmentResult, WhisperGenerationResult
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

MEL_FRAME_S = 0.01
"""Seconds from one column of the spectrogram to the next."""

FULL_FRAMES = 3000
"""Columns of the window that Whisper was trained on: 30 s."""

_TIMESTAMP_S = 0.02
_MOST_TOKENS = 448
_MOST_TOKENS_A_S = 11.0  # fast French speech stays under eight, timestamps included
_FIRST_TIMESTAMP = 50  # as in Whisper: the first segment starts within a second
_LAST_TIMESTAMP = 1500
_MEDIAN_FILTER = 7


@dataclass(frozen=True)
class Written:
    """What the decoder wrote for one window.

    Attributes:
        segments: Token identifiers of each segment, timestamps left out.
        end_s: Where the last segment ends, seconds from the start of the window; None when it
            was left open, which means that the window was read to its end.
        log_probability: Mean over the tokens.
        no_speech_probability: That the window holds no speech.
        compression_ratio: Of the text by zlib; repetitions make it high.
    """

    segments: tuple[tuple[int, ...], ...]
    end_s: float | None
    log_probability: float
    no_speech_probability: float
    compression_ratio: float

    @property
    def tokens(self) -> list[int]:
        """All tokens of text."""
        return [token for segment in self.segments for token in segment]


@dataclass(frozen=True)
class Beginning:
    """The start of what a window holds, which is known.

    Attributes:
        tokens: Of its text.
        start_s: Where it starts, seconds from the start of the window.
        end_s: Where it ends.
    """

    tokens: tuple[int, ...]
    start_s: float
    end_s: float


@dataclass(frozen=True)
class AlignedWord:
    """A word as the tokenizer cuts it, with leading space, on the window's clock.

    Attributes:
        text: With its leading space, if it has one.
        start_s: Seconds from the start of the window.
        end_s: Seconds from the start of the window.
        probability: Mean over its tokens.
        n_tokens: How many tokens it has.
    """

    text: str
    start_s: float
    end_s: float
    probability: float
    n_tokens: int


class WhisperPass:
    """A batch of windows in the model.

    Args:
        model: A loaded Whisper.
        windows: Log-mel spectrograms, float32 of shape ``(n_windows, n_mels, n_frames)``, at
            most 3000 frames.
    """

    def __init__(self, model: WhisperModel, windows: NDArray[np.float32]) -> None:
        from faster_whisper.transcribe import get_ctranslate2_storage

        self._model = model
        self._n_windows = len(windows)
        self._n_frames = int(windows.shape[2])
        # kept on the GPU; a batch of which only a part goes on is copied to choose from it
        self._encoded = model.model.encode(get_ctranslate2_storage(windows), to_cpu=False)

    def language_probabilities(self) -> list[dict[str, float]]:
        """Return the probability of each language that the model knows, for each window."""
        return [
            {token[2:-2]: float(probability) for token, probability in found}
            for found in self._model.model.detect_language(self._encoded)
        ]

    def write(
        self,
        places: Sequence[int],
        tokenizers: Sequence[Tokenizer],
        contexts: Sequence[Sequence[int]],
        beginnings: Sequence[Beginning | None],
        *,
        beam_size: int,
        length_penalty: float,
        no_repeat_ngram_size: int = 0,
    ) -> list[Written]:
        """Write down what is said in some windows.

        Args:
            places: Which windows.
            tokenizers: Of each, in its language.
            contexts: Tokens of what was said before each.
            beginnings: What is known of each; it is gone on from there.
            beam_size: Width of the beam search.
            length_penalty: Exponent of the length by which hypotheses are ranked.
            no_repeat_ngram_size: So many tokens may not come a second time; 0 for no limit.

        Returns:
            What was written, in the order of ``places``.
        """
        prompts = [
            [
                *([tokenizer.sot_prev, *context] if context else []),
                *tokenizer.sot_sequence,
                *_begun(beginning, tokenizer),
            ]
            for tokenizer, context, beginning in zip(tokenizers, contexts, beginnings, strict=True)
        ]
        written: dict[int, Written] = {}
        kinds = [
            (len(prompt), beginning is not None)
            for prompt, beginning in zip(prompts, beginnings, strict=True)
        ]
        for length, is_begun in sorted(set(kinds)):  # prompts of one batch are equally long
            chosen = [at for at, kind in enumerate(kinds) if kind == (length, is_begun)]
            results = self._model.model.generate(
                self._pick([places[at] for at in chosen]),
                [prompts[at] for at in chosen],
                max_length=min(_MOST_TOKENS, length + self._most_tokens),
                length_penalty=length_penalty,
                return_scores=True,
                return_no_speech_prob=True,
                suppress_tokens=_suppressed(tokenizers[0]),
                max_initial_timestamp_index=_LAST_TIMESTAMP if is_begun else _FIRST_TIMESTAMP,
                beam_size=beam_size,
                no_repeat_ngram_size=no_repeat_ngram_size,
            )
            for at, result in zip(chosen, results, strict=True):
                begun = _begun(beginnings[at], tokenizers[at])
                tokens = result.sequences_ids[0][len(begun) :]
                written[at] = _read(result, tokens, tokenizers[at], length_penalty)
        return [written[at] for at in range(len(places))]

    def align(
        self,
        places: Sequence[int],
        tokenizers: Sequence[Tokenizer],
        tokens: Sequence[Sequence[int]],
        n_frames: Sequence[int],
    ) -> list[tuple[AlignedWord, ...]]:
        """Find when each word was said, by the attention of the decoder.

        Args:
            places: Which windows.
            tokenizers: Of each, in its language.
            tokens: What was written for each, at least one token.
            n_frames: Columns of each window that hold sound.

        Returns:
            The words of each window, in order.
        """
        aligned: dict[int, tuple[AlignedWord, ...]] = {}
        for start in sorted({tuple(tokenizer.sot_sequence) for tokenizer in tokenizers}):
            chosen = [at for at, one in enumerate(tokenizers) if tuple(one.sot_sequence) == start]
            results = self._model.model.align(
                self._pick([places[at] for at in chosen]),
                list(start),
                [list(tokens[at]) for at in chosen],
                [n_frames[at] for at in chosen],
                median_filter_width=_MEDIAN_FILTER,
            )
            for at, result in zip(chosen, results, strict=True):
                aligned[at] = _align(result, tokens[at], tokenizers[at])
        return [aligned[at] for at in range(len(places))]

    @property
    def _most_tokens(self) -> int:
        return 20 + round(_MOST_TOKENS_A_S * self._n_frames * MEL_FRAME_S)

    def _pick(self, places: Sequence[int]) -> ctranslate2.StorageView:
        if list(places) == list(range(self._n_windows)):
            return self._encoded
        import ctranslate2

        on_cpu = self._encoded.to_device(ctranslate2.Device.cpu)
        chosen = np.ascontiguousarray(np.asarray(on_cpu)[list(places)])
        return ctranslate2.StorageView.from_array(chosen)


def _begun(beginning: Beginning | None, tokenizer: Tokenizer) -> list[int]:
    """Return what the decoder is told to have written of a window."""
    if beginning is None:
        return []
    start, end = (
        tokenizer.timestamp_begin + round(at_s / _TIMESTAMP_S)
        for at_s in (beginning.start_s, beginning.end_s)
    )
    return [start, *beginning.tokens, end]


def _suppressed(tokenizer: Tokenizer) -> list[int]:
    from faster_whisper.transcribe import get_suppressed_tokens

    return list(get_suppressed_tokens(tokenizer, [-1]))


def _read(
    result: WhisperGenerationResult,
    tokens: Sequence[int],
    tokenizer: Tokenizer,
    length_penalty: float,
) -> Written:
    """Cut the tokens at their timestamps."""
    from faster_whisper.transcribe import get_compression_ratio

    segments: list[tuple[int, ...]] = []
    current: list[int] = []
    end_s: float | None = None
    for token in tokens:
        if token >= tokenizer.timestamp_begin:
            if current:
                segments.append(tuple(current))
                current = []
                end_s = (token - tokenizer.timestamp_begin) * _TIMESTAMP_S
        elif token < tokenizer.eot:
            current.append(token)
    if current:
        segments.append(tuple(current))
        end_s = None
    text = tokenizer.decode([token for segment in segments for token in segment]).strip()
    return Written(
        segments=tuple(segments),
        end_s=end_s,
        log_probability=float(result.scores[0]) * len(tokens) ** length_penalty / (len(tokens) + 1),
        no_speech_probability=float(result.no_speech_prob),
        compression_ratio=get_compression_ratio(text) if text else 0.0,
    )


def _align(
    result: WhisperAlignmentResult, tokens: Sequence[int], tokenizer: Tokenizer
) -> tuple[AlignedWord, ...]:
    words, word_tokens = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    if len(word_tokens) <= 1 or not result.alignments:
        return ()
    token_of, frame_of = np.asarray(result.alignments, np.int64).T
    starts = np.concatenate(([True], np.diff(token_of) > 0))
    times_s = frame_of[starts] * _TIMESTAMP_S
    bounds = np.cumsum([0, *(len(part) for part in word_tokens[:-1])])
    probabilities = np.asarray(result.text_token_probs, np.float64)
    return tuple(
        AlignedWord(
            text=word,
            start_s=float(times_s[first]),
            end_s=float(times_s[end]),
            probability=float(probabilities[first:end].mean()),
            n_tokens=int(end - first),
        )
        for word, first, end in zip(words, bounds[:-1], bounds[1:], strict=False)
        if end < len(times_s)
    )
