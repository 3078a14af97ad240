"""Words of a task, on the clock of the stream and without those that nobody said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from conversation import Word
from speech.heard import HeardSegment, HeardWord, whole_ms
from speech.line_sounds import LineSoundDetector, mask_line_sounds
from speech.live.options import LiveOptions
from speech.live.utterance import Task
from speech.phantoms import drop_phantoms
from speech.transcript import DroppedText
from speech.vocabulary import correct_names, is_echo
from speech.written_words import write_out


@dataclass(frozen=True)
class Sifted:
    """What is left of what was heard.

    Attributes:
        words: That were said.
        dropped: What was invented.
    """

    words: tuple[Word, ...]
    dropped: tuple[DroppedText, ...]


def sift_words(
    task: Task, segments: Sequence[HeardSegment], *, options: LiveOptions, prompt: str = ""
) -> Sifted:
    """Part what was heard into what was said and what was invented, by the rules for files.

    The words of finals are then written as they are for files: the centre's names where they
    sound like them, numbers, dates and addresses as a reader wants them.

    Args:
        task: The sound that was decoded.
        segments: What was heard in it, in seconds from its start.
        options: The vocabulary, and whether numbers are written out.
        prompt: What the recogniser was told to expect; reading it back is no speech.

    Returns:
        The words and what was dropped, in seconds from the start of the stream.
    """
    lines = LineSoundDetector()
    lines.feed(task.sound)
    sounds = lines.finish()
    kept, dropped = drop_phantoms(
        _within(segments, task.length_s),
        mask_line_sounds(task.probabilities, sounds),
        channel=task.channel.number,
        sounds=sounds,
        is_echo=partial(is_echo, prompt=prompt) if prompt else None,
    )
    if task.kind != "partial":
        kept = _written(kept, task.utterance.language or "", options)
    words = tuple(
        Word(
            text=word.text,
            start_s=whole_ms(task.start_s + word.start_s),
            end_s=whole_ms(task.start_s + word.end_s),
            probability=round(min(max(word.probability, 0.0), 1.0), 4),
            spoken=word.spoken,
        )
        for word in kept
    )
    return Sifted(
        words,
        tuple(
            text.model_copy(
                update={
                    "start_s": whole_ms(task.start_s + text.start_s),
                    "end_s": whole_ms(task.start_s + text.end_s),
                }
            )
            for text in dropped
        ),
    )


def _written(
    words: tuple[HeardWord, ...], language: str, options: LiveOptions
) -> tuple[HeardWord, ...]:
    words = correct_names(words, options.vocabulary, language=language)
    return write_out(words, language=language) if options.written_numbers else words


def _within(segments: Sequence[HeardSegment], length_s: float) -> list[HeardSegment]:
    """Keep the words within the sound, and their times from going back."""
    found: list[HeardSegment] = []
    start_s = end_s = 0.0
    for segment in segments:
        words: list[HeardWord] = []
        for word in segment.words:
            start_s = max(start_s, min(word.start_s, length_s))
            end_s = max(end_s, start_s, min(word.end_s, length_s))
            words.append(replace(word, start_s=start_s, end_s=end_s))
        if words:
            found.append(replace(segment, words=tuple(words)))
    return found
