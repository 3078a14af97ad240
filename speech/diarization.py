"""Who speaks when on a single channel: the values, and which speaker said each word."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from speech.heard import HeardWord

_SENTENCE_PAUSE_S = 0.6
_STRAY_WORDS = 2
_STRAY_S = 0.6
_STRAY_SHARE = 0.34
_SENTENCE_ENDS = (".", "?", "!", "…")


class SpeakerSegment(BaseModel):
    """A stretch in which one person speaks.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        speaker: Number of the speaker, from 0 in the order of first speaking.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    speaker: int = Field(ge=0)


class Diarization(BaseModel):
    """Who speaks when in a recording.

    Attributes:
        segments: In order of time; those of one speaker do not overlap.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    segments: tuple[SpeakerSegment, ...]

    @property
    def n_speakers(self) -> int:
        """How many people speak."""
        return len({segment.speaker for segment in self.segments})


def assign_speakers(words: Sequence[HeardWord], diarization: Diarization) -> list[int]:
    """Say who said each word.

    A word goes to the speaker whose segments it overlaps most, and to the nearest one where it
    overlaps none. One or two words that stray from the rest of their sentence (no pause and no
    full stop around them) go with the rest: word times and speaker changes are each uncertain
    by some tenths of a second.

    Args:
        words: In order of time.
        diarization: Of the channel that the words are from.

    Returns:
        A speaker for every word; 0 for all where the diarization has no segments.
    """
    if not diarization.segments:
        return [0] * len(words)
    by_overlap = _Lookup(diarization.segments)
    speakers = [by_overlap.speaker_of(word.start_s, word.end_s) for word in words]
    first = 0
    for position in range(1, len(words) + 1):
        if position == len(words) or _ends_sentence(words[position - 1], words[position]):
            speakers[first:position] = _without_strays(
                words[first:position], speakers[first:position]
            )
            first = position
    return speakers


class _Lookup:
    """Segments by time."""

    def __init__(self, segments: Sequence[SpeakerSegment]) -> None:
        self._segments = sorted(segments, key=lambda segment: segment.start_s)
        self._starts = [segment.start_s for segment in self._segments]
        self._longest_s = max(segment.end_s - segment.start_s for segment in self._segments)

    def speaker_of(self, start_s: float, end_s: float) -> int:
        first = bisect.bisect_left(self._starts, start_s - self._longest_s)
        last = bisect.bisect_right(self._starts, end_s)
        shared: defaultdict[int, float] = defaultdict(float)
        for segment in self._segments[first:last]:
            overlap_s = min(end_s, segment.end_s) - max(start_s, segment.start_s)
            if overlap_s > 0:
                shared[segment.speaker] += overlap_s
        if shared:
            return max(shared, key=lambda speaker: shared[speaker])
        middle_s = (start_s + end_s) / 2
        return min(
            self._segments, key=lambda item: max(item.start_s - middle_s, middle_s - item.end_s)
        ).speaker


def _ends_sentence(before: HeardWord, after: HeardWord) -> bool:
    return (
        before.text.rstrip('»" ').endswith(_SENTENCE_ENDS)
        or after.start_s - before.end_s >= _SENTENCE_PAUSE_S
    )


def _without_strays(words: Sequence[HeardWord], speakers: Sequence[int]) -> list[int]:
    """Give a sentence's short runs of another speaker to the speaker of most of it."""
    lengths: defaultdict[int, float] = defaultdict(float)
    for word, speaker in zip(words, speakers, strict=True):
        lengths[speaker] += max(word.end_s - word.start_s, 0.01)
    main = max(lengths, key=lambda speaker: lengths[speaker])
    others = [place for place, speaker in enumerate(speakers) if speaker != main]
    if not others or lengths[main] < (1 - _STRAY_SHARE) * sum(lengths.values()):
        return list(speakers)
    mended = list(speakers)
    run = [others[0]]
    for place in [*others[1:], len(speakers) + 1]:
        if place == run[-1] + 1:
            run.append(place)
            continue
        length_s = words[run[-1]].end_s - words[run[0]].start_s
        if len(run) <= _STRAY_WORDS and length_s <= _STRAY_S:
            for stray in run:
                mended[stray] = main
        run = [place]
    return mended
