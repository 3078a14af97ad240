"""Which voices of a recording are those of people whose voice was sent along."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import AudioUnreadable, ModelMissing
from serving.routes.openai.segments import letters
from serving.routes.uploads import refusal
from serving.speech_models import SPEAKER_MODEL
from speech.audio_file import read_header
from speech.decoding import SAMPLE_RATE_HZ, Decoder
from speech.formats.labels import speaker_places

if TYPE_CHECKING:
    from conversation import Conversation
    from models import SpeakerEncoder
    from serving.service import Service

SAME_VOICE = 0.8
"""Cosine from which two voices are taken for one. Six seconds of a voice are at .89 to .97 to the
rest of it, and up to .785 to another, in the example calls; of two seconds alone the cosine is
below this now and then, and the voice stays without its name."""

LONGEST_REFERENCE_S = 30.0
_WINDOW_S = 1.6
_MOST_WINDOWS = 40


def speaker_names(
    path: Path,
    conversation: Conversation,
    names: Sequence[str],
    references: Sequence[bytes],
    service: Service,
) -> tuple[str, ...]:
    """Name the speakers of a recording.

    Args:
        path: The recording.
        conversation: What was said in it.
        names: Of the people who may be heard.
        references: A file with the voice of each.
        service: Has the models and the limits.

    Returns:
        In order of the first word of each speaker: the name of whose voice it is, or else A, B, …

    Raises:
        RequestValidationError: A reference cannot be decoded.
        ModelMissing: The encoder of voices is not on this machine.
    """
    encoder = service.pool.speaker_encoder
    if encoder is None:
        raise ModelMissing(
            "voices cannot be compared without their encoder",
            remedy=f"run: entendu models fetch {SPEAKER_MODEL}",
        )
    limit_s = service.settings.max_duration_s
    heard = _voices(path, conversation, encoder, limit_s)
    known = [
        _voice_of_file(path.with_name(f"reference-{number}"), content, encoder, number)
        for number, content in enumerate(references)
    ]
    cosines = np.array([[float(voice @ one) for one in known] for voice in heard])
    found = _matched(cosines.reshape(len(heard), len(known)))
    strangers = map(letters, itertools.count())
    return tuple(
        names[found[place]] if place in found else next(strangers) for place in range(len(heard))
    )


def _matched(cosines: NDArray[np.float64]) -> dict[int, int]:
    """Give each voice that was heard the known one that is nearest, each known one once."""
    left = cosines.copy()
    found: dict[int, int] = {}
    while left.size and left.max() >= SAME_VOICE:
        place, known = np.unravel_index(int(left.argmax()), left.shape)
        found[int(place)] = int(known)
        left[place, :] = -1.0
        left[:, known] = -1.0
    return found


def _voices(
    path: Path, conversation: Conversation, encoder: SpeakerEncoder, limit_s: float
) -> list[NDArray[np.float32]]:
    """Return the voice of each speaker, in order of their first word."""
    places: dict[tuple[str, int], int] = {}
    spans: list[list[tuple[float, float]]] = []
    for turn, who in zip(conversation.turns, speaker_places(conversation), strict=True):
        place = places.setdefault(who, len(places))
        if place == len(spans):
            spans.append([])
        if turn.start_s is not None and turn.end_s is not None:
            spans[place].append((turn.start_s, turn.end_s))
    windows = [_windows(one) for one in spans]
    starts = sorted({start for one in windows for start in one})
    sounds = dict(zip(starts, _cut(path, starts, limit_s), strict=True))
    return [_mean([sounds[start] for start in one], encoder) for one in windows]


def _windows(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return the first samples of windows in which somebody speaks, the longest turns first."""
    length = round(_WINDOW_S * SAMPLE_RATE_HZ)
    found: list[int] = []
    for start_s, end_s in sorted(spans, key=lambda span: span[0] - span[1]):
        start, end = round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ)
        found += range(start, max(end - length, start) + 1, length)
        if len(found) >= _MOST_WINDOWS:
            break
    return found[:_MOST_WINDOWS]


def _cut(path: Path, starts: Sequence[int], limit_s: float) -> list[NDArray[np.float32]]:
    """Return windows of a recording, of the channel that is loudest in each."""
    length = round(_WINDOW_S * SAMPLE_RATE_HZ)
    header = read_header(path)
    decoder = Decoder(header, channels=range(min(header.channels, 2)), max_duration_s=limit_s)
    found: list[NDArray[np.float32]] = []
    waiting = list(starts)
    held = np.zeros((min(header.channels, 2), 0), np.float32)
    at = 0
    for block in decoder.blocks():
        held = np.concatenate([held, block], axis=1)
        while waiting and waiting[0] + length <= at + held.shape[1]:
            found.append(_loudest(held[:, waiting[0] - at : waiting[0] - at + length]))
            waiting.pop(0)
        keep_from = min(waiting[0] if waiting else at + held.shape[1], at + held.shape[1])
        held, at = held[:, max(keep_from - at, 0) :], max(keep_from, at)
    for start in waiting:  # it would reach beyond the end
        rest = held[:, max(start - at, 0) :][:, :length]
        found.append(_loudest(np.pad(rest, ((0, 0), (0, length - rest.shape[1])))))
    return found


def _loudest(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.array(sound[int(np.square(sound).sum(axis=1).argmax())])


def _voice_of_file(
    path: Path, content: bytes, encoder: SpeakerEncoder, number: int
) -> NDArray[np.float32]:
    path.write_bytes(content)
    try:
        header = read_header(path)
        decoder = Decoder(header, channels=[0], max_duration_s=LONGEST_REFERENCE_S)
        sound = np.concatenate([block[0] for block in decoder.blocks()])
    except (AudioUnreadable, ValueError) as error:
        raise refusal(
            "known_speaker_references", f"reference {number + 1} cannot be decoded: {error}"
        ) from error
    finally:
        path.unlink()
    length = round(_WINDOW_S * SAMPLE_RATE_HZ)
    padded = np.pad(sound, (0, max(length - len(sound), 0)))
    starts = range(0, len(padded) - length + 1, length)
    return _mean([padded[start : start + length] for start in starts], encoder)


def _mean(windows: Sequence[NDArray[np.float32]], encoder: SpeakerEncoder) -> NDArray[np.float32]:
    if not windows:
        return np.zeros(encoder.dimension, np.float32)
    mean = encoder.encode(np.stack(windows)).mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)
