"""A conversation as OpenAI's segments: sentences with their times and speakers."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from conversation import Conversation, Turn
from conversation.turn import Word
from speech.formats.labels import speaker_places

_SENTENCE_END = (".", "?", "!", "…")
_LONGEST_S = 30.0
_LEAST_PROBABILITY = 1e-6


@dataclass(frozen=True)
class Segment:
    """A sentence, or what somebody said of one before somebody else did.

    Attributes:
        text: What was said.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        speaker: Place of the speaker, in order of the first word of each.
        words: With their times.
    """

    text: str
    start_s: float
    end_s: float
    speaker: int
    words: tuple[Word, ...]

    @property
    def log_probability(self) -> float:
        """Mean of the logarithms of the words' probabilities."""
        if not self.words:
            return 0.0
        return fmean(math.log(max(word.probability, _LEAST_PROBABILITY)) for word in self.words)

    @property
    def compression_ratio(self) -> float:
        """Of the text by zlib, as Whisper computes it."""
        content = self.text.encode()
        return len(content) / len(zlib.compress(content)) if content else 0.0


def segments_of(conversation: Conversation) -> tuple[Segment, ...]:
    """Cut a conversation into segments, in order of their start.

    Args:
        conversation: With times.
    """
    places: dict[tuple[str, int], int] = {}
    found = []
    for turn, who in zip(conversation.turns, speaker_places(conversation), strict=True):
        speaker = places.setdefault(who, len(places))
        found += [_segment(turn, words, speaker) for words in _sentences(turn.words)]
        if not turn.words and turn.text.strip():
            found.append(_segment(turn, (), speaker))
    return tuple(sorted(found, key=lambda segment: segment.start_s))


def letters(place: int) -> str:
    """Name a speaker by place: A, B, …, Z, AA, AB and so on."""
    more, last = divmod(place, 26)
    return (letters(more - 1) if more else "") + chr(ord("A") + last)


def text_of(conversation: Conversation) -> str:
    """Return all that was said, without who said it."""
    return " ".join(turn.text.strip() for turn in conversation.turns if turn.text.strip())


def words_of(segments: Sequence[Segment]) -> Iterator[Word]:
    """Yield the words of segments, in order of their start."""
    return iter(
        sorted((word for one in segments for word in one.words), key=lambda word: word.start_s)
    )


def _segment(turn: Turn, words: tuple[Word, ...], speaker: int) -> Segment:
    if not words:
        return Segment(turn.text.strip(), turn.start_s or 0.0, turn.end_s or 0.0, speaker, ())
    text = " ".join(word.text for word in words)
    return Segment(text, words[0].start_s, words[-1].end_s, speaker, words)


def _sentences(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    sentence: list[Word] = []
    for word in words:
        if sentence and word.end_s - sentence[0].start_s > _LONGEST_S:
            yield tuple(sentence)
            sentence = []
        sentence.append(word)
        if word.text.rstrip("»\"' ").endswith(_SENTENCE_END):
            yield tuple(sentence)
            sentence = []
    if sentence:
        yield tuple(sentence)
