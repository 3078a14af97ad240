"""A recording in, a conversation out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation import Conversation, Provenance, Recording
from speech.audio_file import describe_recording, read_header
from speech.channels import name_participants, pick_channels
from speech.coverage import account_for_speech
from speech.decoding import Decoder
from speech.heard import HeardSegment
from speech.language import SpokenLanguage, check_language, identify_language, plan_windows
from speech.options import TranscribeOptions
from speech.phantoms import drop_phantoms
from speech.progress import ProgressMeter
from speech.recognition import DECODING, recognise
from speech.remarks import remarks_on_coverage, remarks_on_language, remarks_on_sound
from speech.segmentation import collect_blocks, plan_blocks
from speech.survey import survey_recording
from speech.transcript import Transcription
from speech.turns import build_turns
from speech.voice_activity import Span, find_spans

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from models import Transcriber

VERSION = "1"
"""Of the transcription; goes up when its results change."""

_DEFAULTS = TranscribeOptions()
_JOINED_AT_SILENCE_S = 2.0
_PAD_S = 0.4
_ACCOUNTED_SILENCE_S = 0.3
_ACCOUNTED_SPEECH_S = 0.25


def transcribe(
    path: Path,
    transcriber: Transcriber,
    *,
    options: TranscribeOptions = _DEFAULTS,
    progress: Callable[[float, float], None] | None = None,
) -> Transcription:
    """Transcribe a recording of one or two channels.

    The file is decoded in a stream and never held as a whole: once to find the speech of each
    channel, and again to recognise it, some minutes of speech at a time.

    Args:
        path: An audio file (wav, mp3, flac, ogg/opus, m4a, …) or a video with sound.
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        options: Language, channels, limits.
        progress: Called with the seconds of the recording that are done and with all of them;
            in the last call both are equal.

    Returns:
        The conversation with its word times, an account of the speech on each channel, what was
        dropped, and warnings. A recording without speech gives no turns and a warning.

    Raises:
        NotFound: There is no such file.
        AudioUnreadable: No sound can be decoded from it to its end: it is empty, not audio,
            truncated, too long, or has channels that cannot be told apart.
        BadInput: The model does not know the language.
    """
    header = read_header(Path(path))
    channels = pick_channels(header, options)
    languages = _languages(transcriber.model, options)
    meter = ProgressMeter(progress, header.stated_s or header.known_s or 0.0)

    survey = survey_recording(
        header, channels, max_duration_s=options.max_duration_s, progress=meter.surveyed
    )
    sides = survey.channels[:1] if survey.is_doubled else survey.channels
    meter.start_recognition(survey.duration_s)

    def sound() -> Iterator[NDArray[np.float32]]:
        numbers = [side.channel for side in sides]
        return Decoder(header, channels=numbers, max_duration_s=options.max_duration_s).blocks()

    spans = [
        find_spans(
            side.probabilities, survey.n_samples, min_silence_s=_JOINED_AT_SILENCE_S, pad_s=_PAD_S
        )
        for side in sides
    ]
    language, segments = _hear(transcriber.model, sound, spans, languages, options, meter)
    sifted = [
        drop_phantoms(heard, side.probabilities, channel=side.channel)
        for heard, side in zip(segments, sides, strict=True)
    ]
    words = [side_words for side_words, _ in sifted]
    french = language is not None and language.tag == "fr"
    participants, doubts = name_participants(
        [(side.channel, side_words) for side, side_words in zip(sides, words, strict=True)],
        options,
        is_mixed=header.channels == 1 or survey.is_doubled,
        french=french,
    )
    account = tuple(
        account_for_speech(
            find_spans(
                side.probabilities,
                survey.n_samples,
                min_silence_s=_ACCOUNTED_SILENCE_S,
                min_speech_s=_ACCOUNTED_SPEECH_S,
            ),
            side_words,
            survey.n_samples,
            channel=side.channel,
            speaker=participant.role,
        )
        for side, side_words, participant in zip(sides, words, participants, strict=True)
    )
    if not any(words):
        language = None
    recording = describe_recording(header, survey.duration_s)
    conversation = Conversation(
        id=_conversation_id(recording),
        channel="phone",
        language=language and language.tag,
        duration_s=survey.duration_s,
        participants=participants,
        turns=build_turns(
            [(person.role, side) for person, side in zip(participants, words, strict=True)],
            language=language.tag if language else None,
            pause_s=options.turn_pause_s,
        ),
        recording=recording,
    )
    return Transcription(
        conversation=conversation,
        language_probability=language and language.probability,
        account=account,
        dropped=tuple(text for _, dropped in sifted for text in dropped),
        warnings=(
            *remarks_on_sound(header, survey, has_words=any(words), french=french),
            *(remarks_on_language(language) if language else ()),
            *doubts,
            *remarks_on_coverage(account, french=french),
        ),
        provenance=_provenance(transcriber, options),
    )


def _languages(model: WhisperModel, options: TranscribeOptions) -> tuple[str, ...]:
    """Return the primary tags to choose from; only one where the language is given."""
    if options.language != "auto":
        return (check_language(model, options.language),)
    # an English-only model is not asked for French
    known = [tag for tag in options.languages if tag in model.supported_languages]
    return tuple(known) or (check_language(model, options.languages[0]),)


def _hear(
    model: WhisperModel,
    sound: Callable[[], Iterator[NDArray[np.float32]]],
    spans: Sequence[Sequence[Span]],
    languages: Sequence[str],
    options: TranscribeOptions,
    meter: ProgressMeter,
) -> tuple[SpokenLanguage | None, list[list[HeardSegment]]]:
    """Recognise the speech of each channel; no language where nobody speaks."""
    heard: list[list[HeardSegment]] = [[] for _ in spans]
    if not any(spans):
        meter.finish()
        return None, heard
    if len(languages) == 1:
        language = SpokenLanguage(languages[0], 1.0)
    else:
        windows = collect_blocks(sound(), plan_windows(spans))
        language = identify_language(model, (speech for _, speech in windows), languages)
    blocks = [block for place, side in enumerate(spans) for block in plan_blocks(place, side)]
    all_s = sum(block.length_s for block in blocks)
    done_s = 0.0
    for block, speech in collect_blocks(sound(), blocks):
        for segment, at_s in recognise(
            model, block, speech, language=language.tag, beam_size=options.beam_size
        ):
            heard[block.channel].append(segment)
            meter.recognised((done_s + at_s) / all_s)
        done_s += block.length_s
        meter.recognised(done_s / all_s)
    meter.finish()
    return language, heard


def _conversation_id(recording: Recording) -> str:
    """Make an identifier that is readable and stays the same for the same file."""
    plain = unicodedata.normalize("NFKD", Path(recording.name).stem).encode("ascii", "ignore")
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", plain.decode()).strip("-._")[:64]
    return f"{slug or 'recording'}-{recording.sha256[:8]}"


def _provenance(transcriber: Transcriber, options: TranscribeOptions) -> Provenance:
    return Provenance(
        component="speech.transcription",
        version=VERSION,
        models=(transcriber.reference,),
        settings={
            "language": options.language,
            "beam_size": options.beam_size,
            "compute_type": transcriber.compute.compute_type,
            "turn_pause_s": options.turn_pause_s,
            **DECODING,
        },
    )
