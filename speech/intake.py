"""A recording on its way in: looked at as a whole, and its speech made ready to be heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation import ModelReference
from speech.audio_file import AudioHeader, read_header, read_pair
from speech.channels import pick_channels
from speech.decoding import Decoder
from speech.diarization_stream import Diarizer
from speech.hearing import Hearing, SpeechSide
from speech.language import CallLanguage, languages_to_choose_from
from speech.progress import ProgressMeter
from speech.source import Source
from speech.survey import Survey, survey_recording
from speech.voice_activity import find_spans

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from models import SpeakerEncoder

_JOINED_AT_SILENCE_S = 2.0
_PAD_S = 0.4


@dataclass(frozen=True)
class Intake:
    """A recording that was looked at, and is being heard.

    Attributes:
        source: Where it comes from.
        header: What its file says.
        survey: What it holds.
        language: Primary tag that was given, or what finds it out.
        hearing: Its speech, on the way through the recogniser.
        diarizer: Tells the voices of a mono recording apart; None where each has a channel.
        models: Besides the one that hears it, those that it is looked at with.
    """

    source: Source
    header: AudioHeader
    survey: Survey
    language: str | CallLanguage
    hearing: Hearing
    diarizer: Diarizer | None
    models: tuple[ModelReference, ...] = ()

    @property
    def is_mixed(self) -> bool:
        """Whether everybody is on one channel."""
        return self.header.channels == 1 or self.survey.is_doubled


def take_in(source: Source, model: WhisperModel, speaker_encoder: SpeakerEncoder | None) -> Intake:
    """Look at a recording once.

    Args:
        source: The recording.
        model: The Whisper that is going to hear it.
        speaker_encoder: Tells voices apart on a mono recording; None to leave that.

    Returns:
        The recording, ready to be heard.

    Raises:
        EntenduError: It cannot be used; see :func:`speech.transcribe`.
    """
    options = source.options
    if source.second is not None:
        header = read_pair(source.path, source.second, options.raw)
    else:
        header = read_header(source.path, options.raw)
    channels = pick_channels(header, options)
    tags = languages_to_choose_from(model, options.language, options.languages)
    language = tags[0] if len(tags) == 1 else CallLanguage(tags)
    meter = ProgressMeter(source.progress, header.stated_s or header.known_s or 0.0)
    survey = survey_recording(
        header, channels, max_duration_s=options.max_duration_s, progress=meter.surveyed
    )
    sides = survey.sides
    meter.start_recognition(survey.duration_s)
    diarizer = None
    is_mixed = header.channels == 1 or survey.is_doubled
    if speaker_encoder is not None and is_mixed and not options.has_one_voice:
        diarizer = Diarizer(
            speaker_encoder,
            sides[0].probabilities,
            survey.n_samples,
            n_speakers=options.speakers,
        )
    decoder = partial(
        Decoder,
        header,
        channels=[side.channel for side in sides],
        max_duration_s=options.max_duration_s,
        treatments=[side.treatment for side in sides],
    )
    hearing = Hearing(
        sound=partial(_sound, decoder, diarizer),
        sides=[
            SpeechSide(
                find_spans(
                    side.probabilities,
                    survey.n_samples,
                    min_silence_s=_JOINED_AT_SILENCE_S,
                    pad_s=_PAD_S,
                ),
                side.probabilities,
            )
            for side in sides
        ],
        language=language,
        progress=meter.recognised,
    )
    models = (speaker_encoder.reference,) if speaker_encoder is not None and diarizer else ()
    return Intake(source, header, survey, language, hearing, diarizer, models)


def _sound(decoder: partial[Decoder], diarizer: Diarizer | None) -> Iterator[NDArray[np.float32]]:
    """Decode; on its way past, the sound tells the voices apart."""
    for block in decoder().blocks():
        if diarizer is not None:
            diarizer.feed(block[0])
        yield block
