"""Words that Whisper writes and nobody said, told from true ones by the evidence of speech.

They come from the captions it was trained on, and appear on silence, music and noise. Three
tiers: credits are dropped wherever they stand; phrases of videos only as a whole segment with
little evidence of speech; whatever people do say on a call ("merci", "au revoir", "oui") never
by its text. Where there is no evidence at all, any text is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from speech.heard import HeardSegment, HeardWord
from speech.line_sounds import LineSound
from speech.phantom_phrases import (
    bare,
    find_credits,
    is_caption,
    is_credit_line,
    is_video_phrase,
)
from speech.transcript import DroppedText, DropReason
from speech.voice_activity import FRAME_S

_WEAK_LOG_PROBABILITY = -0.7
_WEAK_NO_SPEECH = 0.5
_WEAK_SPEECH = 0.5
_NO_SPEECH_UNDER = 0.1
# Under 650 words that were said, even one-letter ones, the highest probability of speech was
# 0.7 or more; on recorded music and noise it is below 0.5 all but always.
_NO_PEAK = 0.35
_DOUBTFUL_PEAK = 0.5
_PEAK_OF_SPEECH = 0.65
_NEAR_WORD_S = 0.2
_NO_PEAK_OF_WORD = 0.2
_NEAR_SINGLE_WORD_S = 0.4
_UNSURE_WORD = 0.5
_OVER_SOUND = 0.5
_LONG_PHRASE_WORDS = 4
_LONG_ECHO_WORDS = 8
_LONGEST_LOOP_WORDS = 20
_LEAST_REPEATS = {1: 6, 2: 4}
_OBVIOUS_REPEATS = 5
_LOOP_COMPRESSION = 2.4

_Sifted = tuple[tuple[HeardWord, ...], tuple[DroppedText, ...]]


def drop_phantoms(
    segments: Sequence[HeardSegment],
    probabilities: NDArray[np.float32],
    *,
    channel: int,
    sounds: Sequence[LineSound] = (),
    is_echo: Callable[[str], bool] | None = None,
) -> _Sifted:
    """Part the words of a channel into those that were said and those that were invented.

    Args:
        segments: All that was recognised on the channel, in order.
        probabilities: Of speech on the channel, of each 32 ms, float32 of shape ``(n,)``, lowered
            where the line sounds (:func:`speech.line_sounds.mask_line_sounds`).
        channel: Channel of the recording, from 0.
        sounds: Of the line, found on the channel; only for the reason that is given.
        is_echo: Tells whether a text repeats the prompt that the recogniser was given.

    Returns:
        The words that stay, and what was dropped with the reason, both in order.
    """
    kept: list[tuple[HeardWord, HeardSegment]] = []
    dropped: list[DroppedText] = []

    def drop(words: Sequence[HeardWord], reason: DropReason) -> None:
        if reason == "no_speech" and _share_over(words, sounds) > _OVER_SOUND:
            reason = "line_sound"
        text = " ".join(word.text for word in words)
        start_s, end_s = words[0].start_s, words[-1].end_s
        dropped.append(
            DroppedText(channel=channel, text=text, start_s=start_s, end_s=end_s, reason=reason)
        )

    for segment in segments:
        reason = _reason_to_drop(segment, probabilities, is_echo)
        if reason is not None:
            drop(segment.words, reason)
            continue
        credit = _credit_words(segment.words)
        marked = list(zip(segment.words, credit, strict=True))
        spoken = [word for word, is_credit in marked if not is_credit]
        first, last = _said(spoken, probabilities)
        doubted: tuple[tuple[Sequence[HeardWord], DropReason], ...] = (
            ([word for word, is_credit in marked if is_credit], "subtitle_credit"),
            (spoken[:first], "no_speech"),
            (spoken[last:], "no_speech"),
        )
        for invented, why in doubted:
            if invented:
                drop(invented, why)
        kept += [(word, segment) for word in spoken[first:last]]
    words: list[HeardWord] = []
    looped = _repeats(kept)
    at = 0
    while at < len(kept):
        if at in looped:
            end = looped[at]
            drop([word for word, _ in kept[at:end]], "loop")
            at = end
        else:
            words.append(kept[at][0])
            at += 1
    return tuple(words), tuple(sorted(dropped, key=lambda text: text.start_s))


def speech_under(words: Sequence[HeardWord], probabilities: NDArray[np.float32]) -> float:
    """Return the mean probability of speech under some words, 0 where there is no sound."""
    frames = [_around(word, probabilities, 0.0) for word in words]
    under = np.concatenate(frames) if frames else probabilities[:0]
    return float(under.mean()) if len(under) else 0.0


def speech_peak(
    words: Sequence[HeardWord], probabilities: NDArray[np.float32], *, near_s: float = _NEAR_WORD_S
) -> float:
    """Return the highest probability of speech under some words or near them.

    Args:
        words: On the recording's clock.
        probabilities: Of speech, of each 32 ms, float32 of shape ``(n,)``.
        near_s: Word times are not exact: so many seconds before and after each count as well.

    Returns:
        From 0 to 1; 0 where there is no sound.
    """
    peaks = [float(_around(word, probabilities, near_s).max(initial=0.0)) for word in words]
    return max(peaks, default=0.0)


def _around(
    word: HeardWord, probabilities: NDArray[np.float32], near_s: float
) -> NDArray[np.float32]:
    first = max(0, int((word.start_s - near_s) / FRAME_S))
    return probabilities[first : int((word.end_s + near_s) / FRAME_S) + 1]


def _reason_to_drop(
    segment: HeardSegment,
    probabilities: NDArray[np.float32],
    is_echo: Callable[[str], bool] | None,
) -> DropReason | None:
    if is_credit_line(segment.text):
        return "subtitle_credit"
    speech = speech_under(segment.words, probabilities)
    peak = speech_peak(segment.words, probabilities)
    unsure = segment.mean_log_probability < _WEAK_LOG_PROBABILITY
    is_thin = speech < _WEAK_SPEECH
    is_long = len(segment.words) >= _LONG_PHRASE_WORDS
    is_weak = is_thin + unsure + (segment.no_speech_probability > _WEAK_NO_SPEECH) >= 2
    # single words that were said often look as weak as that, but for their peak
    is_telling = is_long or is_caption(segment.text) or peak < _PEAK_OF_SPEECH
    if is_telling and (is_weak or (is_thin and is_long)) and is_video_phrase(segment.text):
        return "video_phrase"
    # a name of the vocabulary alone may well be what was said
    may_echo = is_weak or is_thin or len(segment.words) >= _LONG_ECHO_WORDS
    if may_echo and is_echo is not None and is_echo(segment.text):
        return "prompt_echo"
    if peak < _NO_PEAK:
        return "no_speech"
    is_loop = segment.compression_ratio > _LOOP_COMPRESSION
    if (peak < _DOUBTFUL_PEAK or speech < _NO_SPEECH_UNDER) and (unsure or is_loop):
        return "no_speech"
    return None


def _said(words: Sequence[HeardWord], probabilities: NDArray[np.float32]) -> tuple[int, int]:
    """Return which words of a segment lie between its first and last with some sign of speech.

    A word that the recogniser is sure of stays, and so do words between others: their times are
    the least exact.
    """
    signs = [
        place
        for place, word in enumerate(words)
        if word.probability >= _UNSURE_WORD
        or speech_peak([word], probabilities, near_s=_NEAR_SINGLE_WORD_S) >= _NO_PEAK_OF_WORD
    ]
    return (signs[0], signs[-1] + 1) if signs else (0, 0)


def _share_over(words: Sequence[HeardWord], sounds: Sequence[LineSound]) -> float:
    """Return how much of the time of some words is taken up by a sound of the line."""
    start_s, end_s = words[0].start_s, words[-1].end_s
    shared_s = [min(end_s, sound.end_s) - max(start_s, sound.start_s) for sound in sounds]
    return max(shared_s, default=0.0) / max(end_s - start_s, FRAME_S)


def _credit_words(words: Sequence[HeardWord]) -> list[bool]:
    """Mark the words that a credit touches; all of them when it makes up most of the segment."""
    marked = [False] * len(words)
    for start, stop in find_credits(" ".join(word.text for word in words)):
        at = 0
        for place, word in enumerate(words):
            end = at + len(word.text)
            marked[place] |= at < stop and end > start
            at = end + 1
    return [True] * len(words) if any(marked) and sum(marked) * 2 >= len(words) else marked


def _repeats(words: Sequence[tuple[HeardWord, HeardSegment]]) -> dict[int, int]:
    """Find loops; return the range of words to drop of each, its first round left out.

    People repeat themselves too ("oui oui oui", "je suis désolé"), and read lists of digits: a
    loop needs many rounds, or the recogniser's own sign of one, the compression ratio.
    """
    plain = [bare(word.text) for word, _ in words]
    found: dict[int, int] = {}
    at = 0
    while at < len(words):
        end = at + 1
        for length in range(1, min(_LONGEST_LOOP_WORDS, (len(words) - at) // 3) + 1):
            rounds = 1
            while (
                plain[at : at + length] == plain[at + rounds * length : at + (rounds + 1) * length]
            ):
                rounds += 1
            is_obvious = rounds >= _OBVIOUS_REPEATS or (
                words[at + length][1].compression_ratio > _LOOP_COMPRESSION
            )
            if rounds >= _LEAST_REPEATS.get(length, 3) and is_obvious:
                end = at + rounds * length
                found[at + length] = end
                break
        at = end
    return found
