"""A recording in, a conversation out; or many recordings, their speech recognised together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import Conversation
from conversation.errors import AudioUnreadable, EntenduError
from speech.conclusion import conclude
from speech.hearing import Hearing, hear
from speech.intake import Intake, take_in
from speech.options import TranscribeOptions
from speech.recogniser import Recogniser
from speech.source import DEFAULT_OPTIONS, Source
from speech.telling import Telling
from speech.transcript import Transcription

if TYPE_CHECKING:
    from models import SpeakerEncoder, Transcriber


def transcribe(
    path: Path,
    transcriber: Transcriber,
    *,
    second: Path | None = None,
    options: TranscribeOptions = DEFAULT_OPTIONS,
    speaker_encoder: SpeakerEncoder | None = None,
    recogniser: Recogniser | None = None,
    sha256: str | None = None,
    progress: Callable[[float, float], None] | None = None,
    heard: Callable[[Conversation, float], None] | None = None,
) -> Transcription:
    """Transcribe a recording of one or two channels, or a call stored as two files.

    The file is decoded in a stream and never held as a whole: once to find the speech of each
    channel, and again to recognise it, some minutes of speech at a time.

    Args:
        path: An audio file (wav, mp3, flac, ogg/opus, m4a, …) or a video with sound.
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        second: The other side's file where the call is stored as two.
        options: Language, channels, limits.
        speaker_encoder: Tells voices apart on a mono recording; without one its speaker stays
            unknown.
        recogniser: Reads the pieces of speech, with the beam and the words of ``options``; one
            of its own with the transcriber when None.
        sha256: Of the file's bytes, where it is already known.
        progress: Called with the seconds of the recording that are done and with all of them;
            in the last call both are equal.
        heard: Called while it is recognised with the conversation so far, and up to which second
            nothing will be added to it.

    Returns:
        The conversation with its word times, an account of the speech on each channel, what was
        dropped, and warnings. A recording without speech gives no turns and a warning.

    Raises:
        NotFound: There is no such file.
        AudioUnreadable: No sound can be decoded from it to its end: it is empty, not audio,
            truncated, too long, or has channels that cannot be told apart.
        BadInput: The model does not know the language.
    """
    source = Source(Path(path), second and Path(second), options, sha256, progress, heard)
    [result] = transcribe_many(
        [source], transcriber, speaker_encoder=speaker_encoder, recogniser=recogniser
    )
    if isinstance(result, EntenduError):
        raise result
    return result


def transcribe_many(
    sources: Iterable[Source],
    transcriber: Transcriber,
    *,
    speaker_encoder: SpeakerEncoder | None = None,
    recogniser: Recogniser | None = None,
) -> Iterator[Transcription | EntenduError]:
    """Transcribe recordings, the speech of several short ones in one batch.

    Args:
        sources: Taken one after the other, as their results are asked for. Beam, vocabulary and
            hotwords are those of the first.
        transcriber: A loaded Whisper, from :func:`models.load_transcriber`.
        speaker_encoder: Tells voices apart on mono recordings.
        recogniser: As for :func:`transcribe`.

    Yields:
        Of each source, in order: its transcription, or the error for which there is none (see
        :func:`transcribe`).
    """
    waiting = iter(sources)
    first = next(waiting, None)
    if first is None:
        return
    recogniser = recogniser or Recogniser(
        transcriber,
        beam_size=first.options.beam_size,
        hotwords=first.options.hotwords,
        vocabulary=first.options.vocabulary,
    )
    intakes: dict[Hearing, Intake] = {}

    def hearings() -> Iterator[Hearing]:
        for source in chain([first], waiting):
            try:
                intake = take_in(source, transcriber.model, speaker_encoder)
            except EntenduError as error:
                yield Hearing.failed(error)
                continue
            except OSError as error:
                yield Hearing.failed(_unreadable(source, error))
                continue
            intakes[intake.hearing] = intake
            if source.heard is not None:
                intake.hearing.progress = Telling(intake, recogniser, transcriber)
            yield intake.hearing

    for hearing in hear(hearings(), recogniser):
        intake = intakes.pop(hearing, None)
        if hearing.error is not None or intake is None:
            yield hearing.error or EntenduError("nothing was heard")
            continue
        try:
            result = conclude(intake, recogniser, transcriber)
        except OSError as error:  # the file is read once more for its SHA-256
            yield _unreadable(intake.source, error)
            continue
        yield result
        if intake.source.progress is not None:
            duration_s = intake.survey.duration_s
            intake.source.progress(duration_s, duration_s)


def _unreadable(source: Source, error: OSError) -> AudioUnreadable:
    return AudioUnreadable(
        f"{source.path.name} cannot be read: {error.strerror or error}",
        remedy="check that the file is there and may be read",
    )
