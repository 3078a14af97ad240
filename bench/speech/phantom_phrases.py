"""What Whisper writes when it is made to write about sound without speech.

    python bench/speech/phantom_phrases.py [--packages FOLDER] [--model whisper-base]

No voice activity detection before, no thresholds: windows of 5, 10 and 30 s,
beam 5. The lists of speech/phantoms.py are made from this and to be made again for another model.
Writes bench/speech/phantom_phrases_MODEL_LANGUAGE.json: each text with how often it was written,
and what speech/phantoms.py would leave of it all.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from facts import measured, write
from numpy.typing import NDArray
from quiet_sounds import SOURCES, generated, load_generators, recorded

from models import ModelStore, default_models_dir, load_transcriber, resolve_compute
from speech.heard import HeardSegment, HeardWord
from speech.line_sounds import LineSoundDetector, mask_line_sounds
from speech.phantoms import drop_phantoms
from speech.voice_activity import SpeechDetector

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment

RATE_HZ = 16_000
HOPS_S = {5: 15, 10: 20, 30: 30}
"""A window of each length every so many seconds."""

LONGEST_TOKENS = 60
"""A loop is cut here; whole it fills the window."""


def windows(folder: Path | None) -> Iterator[tuple[str, int, NDArray[np.float32]]]:
    sounds = load_generators()
    found = list(generated()) + (list(recorded(folder)) if folder else [])
    for name, samples, rate_hz in found:
        loudest = samples[int(np.argmax(np.abs(samples).sum(axis=1)))]
        wide = loudest if rate_hz == RATE_HZ else sounds.at_16_khz(loudest, rate_hz)
        for length_s, hop_s in HOPS_S.items():
            for start in range(0, max(1, len(wide) - 2 * RATE_HZ), hop_s * RATE_HZ):
                yield name, length_s, wide[start : start + length_s * RATE_HZ]


def survivors(segments: list[Segment], piece: NDArray[np.float32]) -> list[str]:
    """Return what the evidence of speech would leave of forced text."""
    activity, line = SpeechDetector(), LineSoundDetector()
    activity.feed(piece)
    line.feed(piece)
    sounds = line.finish()
    heard = [
        HeardSegment(
            words=tuple(
                HeardWord(word.word.strip(), word.start, word.end, word.probability)
                for word in segment.words or ()
                if count_words(word.word)
            ),
            mean_log_probability=segment.avg_logprob,
            no_speech_probability=segment.no_speech_prob,
            compression_ratio=segment.compression_ratio,
        )
        for segment in segments
    ]
    probabilities = mask_line_sounds(activity.finish(), sounds)
    kept, _ = drop_phantoms(
        [segment for segment in heard if segment.words], probabilities, channel=0, sounds=sounds
    )
    return [word.text for word in kept]


def count_words(text: str) -> int:
    return sum(any(character.isalnum() for character in word) for word in text.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--language", default="fr")
    parser.add_argument("--longest-s", type=float, default=3600.0, help="stop after so long")
    arguments = parser.parse_args()
    model = load_transcriber(
        arguments.model, store=ModelStore(default_models_dir()), compute=resolve_compute("cpu")
    ).model
    started = time.perf_counter()
    texts: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    examples: dict[str, dict[str, object]] = {}
    count = 0
    pieces = list(windows(arguments.packages))
    np.random.default_rng(0).shuffle(pieces)  # a run that is cut short has seen all kinds
    for name, length_s, piece in pieces:
        if time.perf_counter() - started > arguments.longest_s:
            break
        count += 1
        segments, _ = model.transcribe(
            piece, language=arguments.language, beam_size=5, temperature=0.0, vad_filter=False,
            condition_on_previous_text=False, no_speech_threshold=None,
            log_prob_threshold=None, compression_ratio_threshold=None,
            max_new_tokens=LONGEST_TOKENS, word_timestamps=True,
        )  # fmt: skip
        segments = list(segments)
        for text in survivors(segments, piece):
            survived[text] += 1
        for segment in segments:
            text = segment.text.strip()
            texts[text] += 1
            examples.setdefault(text, {
                "sound": name,
                "window_s": length_s,
                "log_probability": round(segment.avg_logprob, 3),
                "no_speech_probability": round(segment.no_speech_prob, 3),
                "compression_ratio": round(segment.compression_ratio, 2),
            })  # fmt: skip
    record = {
        "what": "texts written by force on sound without speech, with the first place of each",
        "model": arguments.model,
        "language": arguments.language,
        **measured(),
        "windows": count,
        "windows_planned": len(pieces),
        "hops_s": HOPS_S,
        "sources": [source.package for source in SOURCES] if arguments.packages else [],
        "words_written": sum(times * count_words(text) for text, times in texts.items()),
        "words_that_the_evidence_leaves": sum(
            times * count_words(text) for text, times in survived.items()
        ),
        "left": dict(survived.most_common()),
        "texts": [
            {"text": text, "count": times, **examples[text]} for text, times in texts.most_common()
        ],
    }
    name = f"phantom_phrases_{arguments.model.replace('/', '_')}_{arguments.language}"
    print(count, "windows", write(name, record))


if __name__ == "__main__":
    main()
