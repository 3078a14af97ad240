"""The language of each utterance of a stream, by Whisper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

LanguageProbabilities = Callable[[NDArray[np.float32]], dict[str, float]]

HEARD_S = 6.0
_LEAST_S = 1.0
_SURE = 0.9
_ENOUGH_S = 2.5
_MEMORY_S = 8.0
_STEP_FRAMES = 100


class StreamLanguage:
    """Tells the language of each utterance of a stream, both channels together.

    One utterance alone is too short to be sure: what was heard before counts as so many
    seconds of evidence, so that a short "ok" does not change the language, and a long sentence
    in another language does.

    Args:
        languages: Primary tags to choose from.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)
        self._before = dict.fromkeys(languages, 1.0 / len(languages))
        self._heard_s = 0.0

    @property
    def tag(self) -> str:
        """The language so far."""
        return max(self._languages, key=lambda tag: self._before[tag])

    def wants(self, length_s: float, *, asked_s: float) -> bool:
        """Tell whether an utterance is worth asking about.

        Args:
            length_s: Of what was heard of it so far, seconds.
            asked_s: How much of it was heard when it was asked about, seconds; 0 for never.
        """
        if len(self._languages) == 1:
            return False
        if asked_s == 0.0:
            return length_s >= _LEAST_S or self._heard_s == 0.0
        return asked_s < _ENOUGH_S and length_s >= _ENOUGH_S

    def hear(self, probabilities: dict[str, float], length_s: float, *, asked_s: float) -> str:
        """Take what an utterance sounds like; return its language.

        Args:
            probabilities: Of each language, 0 to 1; others than those to choose from do not
                count.
            length_s: Of what was heard of the utterance, seconds.
            asked_s: How much of it was heard the last time, seconds.
        """
        here = {tag: max(probabilities.get(tag, 0.0), 1e-6) for tag in self._languages}
        total = sum(here.values())
        here = {tag: value / total for tag, value in here.items()}
        new_s = min(length_s, HEARD_S) - min(asked_s, HEARD_S)
        known_s = min(self._heard_s, _MEMORY_S)
        self._before = {
            tag: (self._before[tag] * known_s + here[tag] * new_s) / max(known_s + new_s, 1e-6)
            for tag in self._languages
        }
        self._heard_s += new_s
        best = max(self._languages, key=lambda tag: here[tag])
        return best if here[best] >= _SURE and length_s >= _ENOUGH_S else self.tag


def whisper_probabilities(model: WhisperModel) -> LanguageProbabilities:
    """Return a function that gives the probability of each language of some speech.

    Only as much sound is encoded as there is, 6 s at most: a tenth of the time of a whole
    window of 30 s.

    Args:
        model: A loaded multilingual Whisper.
    """
    from faster_whisper.transcribe import get_ctranslate2_storage

    def probabilities(samples: NDArray[np.float32]) -> dict[str, float]:
        samples = samples[: round(HEARD_S * SAMPLE_RATE_HZ)]
        frames = -(-len(samples) // 160 // _STEP_FRAMES) * _STEP_FRAMES
        sound = np.zeros(max(frames, _STEP_FRAMES) * 160, np.float32)
        sound[: len(samples)] = samples
        features = model.feature_extractor(sound, padding=0)[:, : len(sound) // 160]
        encoded = model.model.encode(get_ctranslate2_storage(features[None]), to_cpu=False)
        (found,) = model.model.detect_language(encoded)
        return {token[2:-2]: float(probability) for token, probability in found}

    return probabilities
