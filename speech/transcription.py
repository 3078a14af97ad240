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
from speech.audio_file import AudioHeader, describe_recording, read_header
from speech.channels import name_participants, pick_channels
from speech.coverage import account_for_speech
from speech.decoding import Decoder
from speech.language import SpokenLanguage, check_language, identify_language, plan_windows
from speech.options import TranscribeOptions
from speech.phantoms import drop_phantoms
from speech.recognition import DECODING, HeardSegment, recognise
from speech.segmentation import collect_blocks, plan_blocks
from speech.survey import Survey, survey_recording
from speech.transcript import ChannelAccount, Transcription
from speech.turns import build_turns
from speech.voice_activity import Span, find_spans

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from models import Transcriber

VERSION = "1"
"""Of the transcription; goes up when its results change."""

_JOINED_AT_SILENCE_S = 2.0
_PAD_S = 0.4
_ACCOUNTED_SILENCE_S = 0.3
_ACCOUNTED_SPEECH_S = 0.25
_UNCOVERED_WORTH_SAYING_S = 2.0
_UNSURE_LANGUAGE = 0.8
_DEFAULTS = TranscribeOptions()


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
    model = transcriber.model
    given = None if options.language == "auto" else check_language(model, options.language)
    candidates = [check_language(model, tag) for tag in options.languages]
    meter = _Meter(progress, header.stated_s or header.known_s or 0.0)

    survey = survey_recording(
        header, channels, max_duration_s=options.max_duration_s, progress=meter.surveyed
    )
    sides = survey.channels[:1] if survey.is_doubled else survey.channels
    read_channels = [side.channel for side in sides]
    meter.start_recognition(survey.duration_s)
    spans = [
        find_spans(
            side.probabilities, survey.n_samples, min_silence_s=_JOINED_AT_SILENCE_S, pad_s=_PAD_S
        )
        for side in sides
    ]

    def sound() -> Iterator[NDArray[np.float32]]:
        decoder = Decoder(header, channels=read_channels, max_duration_s=options.max_duration_s)
        return decoder.blocks()

    language = SpokenLanguage(given, 1.0) if given else None
    if language is None and any(spans):
        windows = collect_blocks(sound(), plan_windows(spans))
        language = identify_language(model, (speech for _, speech in windows), candidates)
    segments: list[list[HeardSegment]] = [[] for _ in sides]
    if language is not None and any(spans):
        segments = _recognise_all(model, sound(), spans, language.tag, options.beam_size, meter)
    meter.finish()

    kept = [
        drop_phantoms(heard, side.probabilities, channel=side.channel)
        for heard, side in zip(segments, sides, strict=True)
    ]
    words = [side_words for side_words, _ in kept]
    participants, role_warnings = name_participants(
        list(zip(read_channels, words, strict=True)),
        options,
        is_mixed=header.channels == 1 or survey.is_doubled,
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
    recording = describe_recording(header, survey.duration_s)
    has_words = any(words)
    tag = language.tag if language is not None and has_words else None
    conversation = Conversation(
        id=_conversation_id(recording),
        channel="phone",
        language=tag,
        duration_s=survey.duration_s,
        participants=participants,
        turns=build_turns(
            [(person.role, side) for person, side in zip(participants, words, strict=True)],
            language=tag or "",
            pause_s=options.turn_pause_s,
        ),
        recording=recording,
    )
    return Transcription(
        conversation=conversation,
        language_probability=language.probability if tag and language else None,
        account=account,
        dropped=tuple(text for _, dropped in kept for text in dropped),
        warnings=(
            *_about_sound(header, survey, has_words=has_words),
            *(_about_language(language) if tag and language else ()),
            *role_warnings,
            *_about_coverage(account),
        ),
        provenance=Provenance(
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
        ),
    )


class _Meter:
    """Reports the seconds of the recording that are done; never goes back."""

    _SURVEY_SHARE = 0.05  # of the time, measured on two cores

    def __init__(self, report: Callable[[float, float], None] | None, expected_s: float) -> None:
        self._report = report
        self._total_s = expected_s
        self._share = 0.0

    def surveyed(self, done_s: float) -> None:
        if self._total_s > 0:
            self._at(self._SURVEY_SHARE * min(done_s / self._total_s, 1.0))

    def start_recognition(self, duration_s: float) -> None:
        self._total_s = duration_s
        self._at(self._SURVEY_SHARE)

    def recognised(self, share: float) -> None:
        self._at(self._SURVEY_SHARE + (1 - self._SURVEY_SHARE) * min(share, 1.0))

    def finish(self) -> None:
        self._at(1.0)

    def _at(self, share: float) -> None:
        self._share = max(self._share, share)
        if self._report is not None:
            self._report(self._share * self._total_s, self._total_s)


def _recognise_all(
    model: WhisperModel,
    sound: Iterator[NDArray[np.float32]],
    spans: Sequence[Sequence[Span]],
    language: str,
    beam_size: int,
    meter: _Meter,
) -> list[list[HeardSegment]]:
    blocks = [block for place, side in enumerate(spans) for block in plan_blocks(place, side)]
    all_s = sum(block.length_s for block in blocks)
    done_s = 0.0
    heard: list[list[HeardSegment]] = [[] for _ in spans]
    for block, speech in collect_blocks(sound, blocks):
        for segment, at_s in recognise(
            model, block, speech, language=language, beam_size=beam_size
        ):
            heard[block.channel].append(segment)
            meter.recognised((done_s + at_s) / all_s)
        done_s += block.length_s
        meter.recognised(done_s / all_s)
    return heard


def _conversation_id(recording: Recording) -> str:
    """Make an identifier that is readable and stays the same for the same file."""
    plain = unicodedata.normalize("NFKD", Path(recording.name).stem).encode("ascii", "ignore")
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", plain.decode()).strip("-._")[:64]
    return f"{slug or 'recording'}-{recording.sha256[:8]}"


def _about_sound(header: AudioHeader, survey: Survey, *, has_words: bool) -> Iterator[str]:
    if header.tracks > 1:
        yield f"The file has {header.tracks} audio tracks; only the first was read."
    left_out = header.channels - len(survey.channels)
    if left_out:
        yield f"{left_out} of {header.channels} channels were not read."
    if survey.repaired_s > 0:
        yield f"{survey.repaired_s:.2f} s could not be decoded and count as silence."
    if survey.is_doubled:
        yield "Both channels carry the same sound: the recording is read as mono."
        return
    if not has_words:
        yield "No speech was found in the recording."
        return
    for side in survey.channels:
        if side.is_silent:
            yield f"Channel {side.channel} is silent."


def _about_language(language: SpokenLanguage) -> Iterator[str]:
    if language.other is not None:
        yield (
            f"The language sounds like {language.other!r}, which is not among those to choose "
            f"from; it was read as {language.tag!r}."
        )
    elif language.probability < _UNSURE_LANGUAGE:
        yield (
            f"The language is not certain ({language.tag!r} with a probability of "
            f"{language.probability:.2f}); give it with --language."
        )


def _about_coverage(account: Sequence[ChannelAccount]) -> Iterator[str]:
    for side in account:
        missed_s = sum(gap.end_s - gap.start_s for gap in side.uncovered)
        if missed_s > _UNCOVERED_WORTH_SAYING_S:
            yield (
                f"On channel {side.channel}, {missed_s:.1f} s of speech gave no words "
                f"({len(side.uncovered)} stretches, first at {side.uncovered[0].start_s:.1f} s)."
            )
