"""Words of a task, on the clock of the stream and without those that nobody said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conversation import Word
from speech.heard import HeardSegment, HeardWord, whole_ms
from speech.line_sounds import LineSoundDetector, mask_line_sounds
from speech.live.utterance import Task
from speech.phantoms import drop_phantoms
from speech.transcript import DroppedText


@dataclass(frozen=True)
class Sifted:
    """What is left of what was heard.

    Attributes:
        words: That were said.
        dropped: What was invented.
    """

    words: tuple[Word, ...]
    dropped: tuple[DroppedText, ...]


def sift_words(task: Task, segments: Sequence[HeardSegment]) -> Sifted:
    """Part what was heard into what was said and what was invented, by the rules for files.

    Args:
        task: The sound that was decoded.
        segments: What was heard in it, in seconds from its start.

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
    )
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
