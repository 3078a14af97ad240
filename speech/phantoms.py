"""Words that Whisper writes and nobody said: subtitle credits, phrases of videos, loops.

They come from the captions it was trained on, and appear on silence, music and noise. Three
tiers: credits are dropped wherever they stand; phrases of videos only as a whole segment with
little evidence of speech; whatever people do say on a call ("merci", "au revoir", "oui") never
by its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from speech.heard import HeardSegment, HeardWord
from speech.transcript import DroppedText, DropReason
from speech.voice_activity import FRAME_S

_CREDITS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:sous[- ]titr\S*\s(?:\S+\s){0,8}?)?(?:\S*\s)?\S*amara\s?\.\s?org\S*",
        r"(?:\S+\spar\s)?soustitreur\s?\.\s?com\S*",
        r"sous[- ]titrage\s(?:st\b|fr\b|mfp\b|société\sradio)(?:\S|\s)*?(?=$|[.!?]\s)",
        r"(?:www\.)?(?:tvsubtitles|opensubtitles)\.\S+|www\.mooji\.\S+",
        r"cliquez[- ]vous\ssur\sles\ssous[- ]titres.*",
        r"transcription\sautomatique\spar\swhisper\S*",
        r"(?:subtitles|captions|transcribed|transcription)\sby\s(?:\S+\s){0,4}?\S*(?:otter\.ai|rev\.com|amara)\S*",
    )
)
_CREDIT_LINE = re.compile(
    r"(?i:sous[- ]titres?|sous[- ]titrage|subtitles?|captions?)\s"
    r"(?i:(?:réalisée?s?|faite?s?|fournie?s?|made|provided)\s)?(?i:par|by)"
    r"(?i:\s(?:la|le|les|the))?\s[A-ZÀ-Þ]\S*(?:\s\S+){0,5}"
)
_VIDEO_PHRASES = frozenset({
    "merci d'avoir regardé", "merci d'avoir regardé cette vidéo",
    "merci d'avoir regardé la vidéo", "merci d'avoir visionné cette vidéo",
    "merci à tous d'avoir regardé cette vidéo", "n'oubliez pas de vous abonner",
    "abonnez-vous", "abonnez-vous à la chaîne", "n'hésitez pas à vous abonner",
    "n'hésitez pas à vous abonner à la chaîne", "à la prochaine",
    "à bientôt pour une nouvelle vidéo", "c'est parti", "merci pour votre attention",
    "merci de votre attention", "musique", "musique de générique", "applaudissements",
    "thanks for watching", "thank you for watching", "thank you so much for watching",
    "please subscribe", "please subscribe to my channel", "don't forget to subscribe",
    "see you in the next video", "music", "applause",
})  # fmt: skip

_WEAK_LOG_PROBABILITY = -0.7
_WEAK_NO_SPEECH = 0.5
_WEAK_SPEECH = 0.5
_NO_SPEECH_UNDER = 0.1
_LONGEST_LOOP_WORDS = 20
_LEAST_REPEATS = {1: 6, 2: 4}
_OBVIOUS_REPEATS = 5
_LOOP_COMPRESSION = 2.4


def drop_phantoms(
    segments: Sequence[HeardSegment], probabilities: NDArray[np.float32], *, channel: int
) -> tuple[tuple[HeardWord, ...], tuple[DroppedText, ...]]:
    """Part the words of a channel into those that were said and those that were invented.

    Args:
        segments: All that was recognised on the channel, in order.
        probabilities: Of speech on the channel, of each 32 ms, float32 of shape ``(n,)``.
        channel: Channel of the recording, from 0.

    Returns:
        The words that stay, and what was dropped with the reason, both in order.
    """
    kept: list[tuple[HeardWord, HeardSegment]] = []
    dropped: list[DroppedText] = []

    def drop(words: Sequence[HeardWord], reason: DropReason) -> None:
        text = " ".join(word.text for word in words)
        start_s, end_s = words[0].start_s, words[-1].end_s
        dropped.append(
            DroppedText(channel=channel, text=text, start_s=start_s, end_s=end_s, reason=reason)
        )

    for segment in segments:
        reason = _reason_to_drop(segment, speech_under(segment.words, probabilities))
        if reason is not None:
            drop(segment.words, reason)
            continue
        credit = _credit_words(segment.words)
        for word, is_credit in zip(segment.words, credit, strict=True):
            if not is_credit:
                kept.append((word, segment))
        credited = [
            word for word, is_credit in zip(segment.words, credit, strict=True) if is_credit
        ]
        if credited:
            drop(credited, "subtitle_credit")
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
    frames = [
        probabilities[int(word.start_s / FRAME_S) : int(word.end_s / FRAME_S) + 1] for word in words
    ]
    under = np.concatenate(frames) if frames else probabilities[:0]
    return float(under.mean()) if len(under) else 0.0


def _reason_to_drop(segment: HeardSegment, speech: float) -> DropReason | None:
    if _CREDIT_LINE.fullmatch(segment.text.strip(" .!")):
        return "subtitle_credit"
    is_weak = (
        speech < _WEAK_SPEECH
        or segment.no_speech_probability > _WEAK_NO_SPEECH
        or segment.mean_log_probability < _WEAK_LOG_PROBABILITY
    )
    if is_weak and _bare(segment.text) in _VIDEO_PHRASES:
        return "video_phrase"
    if speech < _NO_SPEECH_UNDER and segment.mean_log_probability < _WEAK_LOG_PROBABILITY:
        return "no_speech"
    return None


def _bare(text: str) -> str:
    text = text.lower().replace("’", "'")
    return re.sub(r"[^\w'\- ]", "", text).strip()


def _credit_words(words: Sequence[HeardWord]) -> list[bool]:
    """Mark the words that a credit touches; all of them when it makes up most of the segment."""
    marked = [False] * len(words)
    text = " ".join(word.text for word in words).lower()
    for pattern in _CREDITS:
        for found in pattern.finditer(text):
            at = 0
            for place, word in enumerate(words):
                end = at + len(word.text)
                marked[place] |= at < found.end() and end > found.start()
                at = end + 1
    return [True] * len(words) if sum(marked) * 2 >= len(words) > 0 and any(marked) else marked


def _repeats(words: Sequence[tuple[HeardWord, HeardSegment]]) -> dict[int, int]:
    """Find loops; return the range of words to drop of each, its first round left out.

    People repeat themselves too ("oui oui oui", "je suis désolé"), and read lists of digits: a
    loop needs many rounds, or the recogniser's own sign of one, the compression ratio.
    """
    bare = [_bare(word.text) for word, _ in words]
    found: dict[int, int] = {}
    at = 0
    while at < len(words):
        end = at + 1
        for length in range(1, min(_LONGEST_LOOP_WORDS, (len(words) - at) // 3) + 1):
            rounds = 1
            while bare[at : at + length] == bare[at + rounds * length : at + (rounds + 1) * length]:
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
