"""Which language a call is in, by Whisper, over the speech of the whole call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput
from speech.segmentation import Block
from speech.voice_activity import Span

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

WINDOW_S = 30.0
_SURE = 0.95
_FOREIGN = 0.8


@dataclass(frozen=True)
class SpokenLanguage:
    """The language of a call.

    Attributes:
        tag: Primary BCP 47 tag.
        probability: Among the languages that were to choose from.
        other: The language it sounds like when that is clearly none of those; else None.
    """

    tag: str
    probability: float
    other: str | None = None


def check_language(model: WhisperModel, language: str) -> str:
    """Make a language tag one that the model knows.

    Args:
        model: A loaded Whisper.
        language: BCP 47 tag, such as ``fr-CA``.

    Returns:
        Its primary part, in lower case.

    Raises:
        BadInput: The model does not know that language.
    """
    primary = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
    known = list(model.supported_languages)
    if primary not in known:
        raise BadInput(
            f"expected a language that the model knows, got {language!r}",
            remedy="use auto, or one of " + ", ".join(sorted(known)),
        )
    return primary


def plan_windows(spans_by_channel: Sequence[Sequence[Span]]) -> list[Block]:
    """Choose the speech by which the language is told.

    Args:
        spans_by_channel: The speech of each channel, in order.

    Returns:
        Up to two windows of at most 30 s of speech for each channel that has some: one from its
        start, and one from the middle of what follows when it is long enough.
    """
    windows: list[Block] = []
    for channel, spans in enumerate(spans_by_channel):
        if not spans:
            continue
        windows.append(Block(channel, _take(spans, 0)))
        used = len(windows[-1].spans)
        if sum(span.length_s for span in spans[used:]) >= WINDOW_S:
            windows.append(Block(channel, _take(spans, used + (len(spans) - used) // 2)))
    return windows


def _take(spans: Sequence[Span], first: int) -> tuple[Span, ...]:
    left = round(WINDOW_S * 16_000)
    taken: list[Span] = []
    for span in spans[first:]:
        if left <= 0:
            break
        taken.append(Span(span.start, min(span.end, span.start + left)))
        left -= taken[-1].end - taken[-1].start
    return tuple(taken)


def identify_language(
    model: WhisperModel,
    windows: Iterable[NDArray[np.float32]],
    languages: Sequence[str],
) -> SpokenLanguage:
    """Tell the language of a call.

    The probabilities of the windows are averaged, each by its length; once two windows agree
    with a probability of 0.95 the others are not looked at.

    Args:
        model: A loaded Whisper.
        windows: Speech of the call, float32 arrays of shape ``(n,)`` at 16 kHz, at least one.
        languages: Primary tags to choose from.

    Returns:
        The language with its probability.
    """
    totals = dict.fromkeys(languages, 0.0)
    foreign: dict[str, float] = {}
    heard = 0.0
    for number, window in enumerate(windows, start=1):
        _, _, probabilities = model.detect_language(audio=window)
        heard += len(window)
        for tag, probability in probabilities:
            table = totals if tag in totals else foreign
            table[tag] = table.get(tag, 0.0) + probability * len(window)
        best = _best(totals)
        if number > 1 and best.probability >= _SURE:
            break
    best = _best(totals)
    strangest = max(foreign, key=lambda tag: foreign[tag], default=None)
    if strangest is not None and foreign[strangest] / heard >= _FOREIGN:
        return SpokenLanguage(best.tag, best.probability, other=strangest)
    return best


def _best(totals: dict[str, float]) -> SpokenLanguage:
    tag = max(totals, key=lambda key: totals[key])
    total = sum(totals.values())
    return SpokenLanguage(tag, totals[tag] / total if total > 0 else 1 / len(totals))
