"""From files to transcriptions: recordings, calls in two files, vCons."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, DefinitionInvalid, EntenduError, NotFound
from conversation.reading import find_vcon
from serving.inputs import Input, is_text_file
from serving.settings import Settings
from serving.vcon_calls import ChannelRoles, transcribe_vcon
from speech import (
    RawFormat,
    Source,
    TranscribeOptions,
    Transcription,
    parse_raw_format,
    parse_vocabulary,
    transcribe,
    transcribe_many,
)
from speech.audio_file import read_header

if TYPE_CHECKING:
    from conversation.vcon import Vcon
    from serving.speech_models import SpeechModels

Progress = Callable[[float, float], None]

TEXT_COST_S = 4.0
"""A text counts as this many seconds of sound in a progress bar."""

MAX_VOCABULARY_BYTES = 1024 * 1024


def hear(
    path: Path,
    models: SpeechModels,
    *,
    options: TranscribeOptions,
    vcon: Vcon | None = None,
    second: Path | None = None,
    sha256: str | None = None,
    progress: Progress | None = None,
) -> Transcription:
    """Transcribe a recording, a call in two files, or a vCon.

    Args:
        path: The file; with ``second``, the agent's side of the call.
        models: Loaded only if there is sound.
        options: Of the transcription.
        vcon: What :func:`conversation.reading.find_vcon` says of the file.
        second: The customer's side of the call.
        sha256: Of the file, where it is known; of a pair, see
            :func:`speech.audio_file.hash_recording`.
        progress: Called with the seconds that are done and with all of them.

    Raises:
        EntenduError: The file cannot be used.
    """
    if vcon is None:
        return transcribe(
            path,
            models.transcriber,
            second=second,
            options=options,
            speaker_encoder=models.speaker_encoder,
            sha256=sha256,
            progress=progress,
        )

    def hear_sound(sound: Path, channels: ChannelRoles | None) -> Transcription:
        return transcribe(
            sound,
            models.transcriber,
            # sound in a vCon is in a file with a header
            options=options.model_copy(update={"channels": channels, "raw": None}),
            speaker_encoder=models.speaker_encoder,
            progress=progress,
        )

    return transcribe_vcon(vcon, beside=path.parent, channels=options.channels, hear=hear_sound)


def hear_all(
    items: Iterable[Input],
    models: SpeechModels,
    *,
    options: TranscribeOptions,
    progress: Callable[[Input, float], None] | None = None,
) -> Iterator[tuple[Input, Transcription | EntenduError]]:
    """Transcribe files, the speech of several recordings recognised together.

    Args:
        items: Recordings, calls in two files, vCons; taken as their results are asked for.
        models: Loaded only if there is sound.
        options: Of all transcriptions.
        progress: Called with a file and the share of it that is done, 0 to 1.

    Yields:
        Each file, in order, with its transcription or the error for which there is none.
    """

    def share(item: Input) -> Progress | None:
        if progress is None:
            return None
        return lambda done_s, all_s: progress(item, done_s / all_s if all_s > 0 else 0.0)

    def one(item: Input, vcon: Vcon | EntenduError) -> Transcription | EntenduError:
        if isinstance(vcon, EntenduError):
            return vcon
        try:
            return hear(item.path, models, options=options, vcon=vcon, progress=share(item))
        except EntenduError as error:
            return error

    looked_at = ((item, _look(item)) for item in items)
    for is_recording, together in groupby(looked_at, key=lambda pair: pair[1] is None):
        if not is_recording:
            yield from ((item, one(item, vcon)) for item, vcon in together if vcon is not None)
            continue
        taken: deque[Input] = deque()
        sources = _sources((item for item, _ in together), taken, options, share)
        results = transcribe_many(
            sources, models.transcriber, speaker_encoder=models.speaker_encoder
        )
        for result in results:
            yield taken.popleft(), result


def _sources(
    items: Iterable[Input],
    taken: deque[Input],
    options: TranscribeOptions,
    share: Callable[[Input], Progress | None],
) -> Iterator[Source]:
    for item in items:
        taken.append(item)
        yield Source(item.path, item.second, options, progress=share(item))


def _look(item: Input) -> Vcon | EntenduError | None:
    """Return what stands in a file that is not simply a recording, or why it cannot be read."""
    try:
        if not item.path.is_file():
            raise NotFound(f"{item.path}: no such file", remedy="check the path")
        return find_vcon(item.path) if item.second is None else None
    except EntenduError as error:
        return error
    except OSError as error:
        return BadInput(
            f"{item.path.name} cannot be read: {error.strerror or error}",
            remedy="check that the file may be read",
        )


def transcribe_options(
    settings: Settings, *, channels: ChannelRoles | None = None
) -> TranscribeOptions:
    """Make the options of a transcription.

    Args:
        settings: Language, beam, limits, names to expect.
        channels: Which channel carries whom; found from what is said when None.

    Raises:
        EntenduError: The vocabulary cannot be read, or the raw format is none.
    """
    return TranscribeOptions(
        language=settings.language,
        channels=channels,
        beam_size=settings.beam_size,
        max_duration_s=settings.max_duration_s,
        raw=None if settings.raw is None else parse_raw_format(settings.raw),
        speakers=settings.speakers,
        vocabulary=() if settings.vocabulary is None else read_vocabulary(settings.vocabulary),
        hotwords=tuple(word.strip() for word in settings.hotwords.split(",") if word.strip()),
        written_numbers=settings.written_numbers,
    )


def read_vocabulary(path: Path) -> tuple[str, ...]:
    """Read the names that calls of a centre hold.

    Args:
        path: A text file, see :func:`speech.parse_vocabulary`.

    Returns:
        Each once, in the order of the file.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: It cannot be read as UTF-8 text, is larger than 1 MB, or a line of it
            is not as expected.
    """
    if not path.is_file():
        raise NotFound(f"there is no vocabulary file {path}", remedy="correct --vocabulary")
    try:
        size_bytes = path.stat().st_size
        text = path.read_text("utf-8-sig") if size_bytes <= MAX_VOCABULARY_BYTES else None
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionInvalid(
            f"{path} cannot be read as UTF-8 text: {error}", remedy="save it as UTF-8 text"
        ) from error
    if text is None:
        raise DefinitionInvalid(
            f"{path} has {size_bytes / 1e6:.1f} MB, expected at most 1 MB of names",
            remedy="keep the names that matter",
        )
    try:
        return parse_vocabulary(text)
    except BadInput as error:
        raise DefinitionInvalid(f"{path.name}: {error.message}", remedy=error.remedy) from error


def expected_work_s(item: Input, raw: RawFormat | None = None) -> float | None:
    """Seconds of sound, for a progress bar; None for a file that will be refused."""
    if item.second is None and is_text_file(item.path):
        return TEXT_COST_S
    try:
        return read_header(item.path, raw).known_s
    except (EntenduError, OSError):
        return None
