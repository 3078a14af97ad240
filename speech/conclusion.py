"""A recording that was heard, made into a conversation with an account of all its speech."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from conversation import (
    Conversation,
    Participant,
    Provenance,
    Recording,
    Speaker,
    identifier_from_name,
)
from speech.audio_file import describe_recording
from speech.channels import name_participants
from speech.coverage import account_for_speech
from speech.diarization import assign_speakers
from speech.echoes import drop_echoes
from speech.heard import HeardSegment, HeardWord
from speech.intake import Intake
from speech.language import SpokenLanguage
from speech.phantoms import drop_phantoms
from speech.recogniser import DECODING, Recogniser
from speech.remarks import (
    remarks_on_coverage,
    remarks_on_language,
    remarks_on_sound,
    remarks_on_voices,
)
from speech.transcript import ChannelAccount, DroppedText, HeardSound, Transcription
from speech.turns import build_turns
from speech.vocabulary import correct_names, is_echo
from speech.voice_activity import find_spans
from speech.written_words import write_out

if TYPE_CHECKING:
    from models import Transcriber

VERSION = "2"
"""Of the transcription; goes up when its results change."""

_ACCOUNTED_SILENCE_S = 0.3
_ACCOUNTED_SPEECH_S = 0.25

Words = tuple[HeardWord, ...]


def conclude(intake: Intake, recogniser: Recogniser, transcriber: Transcriber) -> Transcription:
    """Make a conversation of what was heard in a recording.

    Args:
        intake: The recording; its hearing is complete and has no error.
        recogniser: That heard it.
        transcriber: The model that it used.

    Returns:
        The transcription.
    """
    options, survey = intake.source.options, intake.survey
    kept, dropped = _sift(intake, recogniser)
    language = _spoken_language(intake) if any(kept) else None
    french = language is not None and language.tag == "fr"
    tag = language.tag if language else "fr"
    kept = [correct_names(words, options.vocabulary, language=tag) for words in kept]
    voices = _voices(intake, kept)
    participants, doubts = name_participants(
        voices, options, is_mixed=intake.is_mixed, french=french
    )
    account = tuple(
        _account(intake, place, words, _speaker_on(place, voices, participants, intake))
        for place, words in enumerate(kept)
    )
    recording = describe_recording(intake.header, survey.duration_s, sha256=intake.source.sha256)
    write = partial(_write, tag=tag) if options.written_numbers else tuple[HeardWord, ...]
    conversation = Conversation(
        id=_conversation_id(recording),
        channel="phone",
        language=language and language.tag,
        duration_s=survey.duration_s,
        participants=participants,
        turns=build_turns(
            [(person.role, words) for person, (_, words) in zip(participants, voices, strict=True)],
            pause_s=options.turn_pause_s,
            write=write,
        ),
        recording=recording,
    )
    return Transcription(
        conversation=conversation,
        language_probability=language and language.probability,
        account=account,
        dropped=tuple(dropped),
        warnings=(
            *remarks_on_sound(intake.header, survey, has_words=any(kept), french=french),
            *(remarks_on_language(language, _tags(kept)) if language else ()),
            *remarks_on_voices(
                is_mixed=intake.is_mixed and any(kept) and not options.has_one_voice,
                is_told_apart=intake.diarizer is not None,
                has_role=any(person.role != "unknown" for person in participants),
                french=french,
            ),
            *doubts,
            *remarks_on_coverage(account, french=french),
        ),
        provenance=_provenance(transcriber, intake),
    )


def _sift(intake: Intake, recogniser: Recogniser) -> tuple[list[Words], list[DroppedText]]:
    """Part what was said from what was invented, and from the other channel's words."""
    sides = intake.survey.sides
    kept: list[Words] = []
    dropped: list[DroppedText] = []
    for side, segments in zip(sides, intake.hearing.heard, strict=True):
        prompts = {recogniser.prompt(tag) for tag in _languages_of(segments)} - {""}
        words, invented = drop_phantoms(
            segments,
            side.probabilities,
            channel=side.channel,
            sounds=side.line_sounds,
            is_echo=partial(_is_any_echo, prompts=prompts) if prompts else None,
        )
        kept.append(words)
        dropped += invented
    split = drop_echoes(kept, [side.levels_db for side in sides])
    dropped += [
        DroppedText(
            channel=side.channel,
            text=word.text,
            start_s=word.start_s,
            end_s=word.end_s,
            reason="crosstalk",
        )
        for side, words in zip(sides, split.dropped, strict=True)
        for word in words
    ]
    return list(split.kept), sorted(dropped, key=lambda text: (text.start_s, text.channel))


def _languages_of(segments: Sequence[HeardSegment]) -> set[str]:
    return {word.language or "" for segment in segments for word in segment.words[:1]}


def _is_any_echo(text: str, *, prompts: Collection[str]) -> bool:
    return any(is_echo(text, prompt) for prompt in prompts)


def _spoken_language(intake: Intake) -> SpokenLanguage:
    if isinstance(intake.language, str):
        return SpokenLanguage(intake.language, 1.0)
    return intake.language.spoken


def _voices(intake: Intake, kept: Sequence[Words]) -> list[tuple[int, Words]]:
    """Return the channel and the words of each speaker."""
    channels = [side.channel for side in intake.survey.sides]
    if intake.diarizer is None or not kept[0]:
        return list(zip(channels, kept, strict=True))
    speakers = assign_speakers(kept[0], intake.diarizer.finish())
    words_of: dict[int, list[HeardWord]] = {}
    for word, speaker in zip(kept[0], speakers, strict=True):
        words_of.setdefault(speaker, []).append(word)
    return [(channels[0], tuple(words)) for words in words_of.values()]


def _speaker_on(
    place: int,
    voices: Sequence[tuple[int, Words]],
    participants: Sequence[Participant],
    intake: Intake,
) -> Speaker:
    """Return who is on a channel; unknown where several are."""
    if len(voices) != len(intake.survey.sides):
        return "unknown"
    return participants[place].role


def _tags(kept: Sequence[Words]) -> list[str]:
    return sorted({word.language for words in kept for word in words if word.language})


def _account(intake: Intake, place: int, words: Words, speaker: Speaker) -> ChannelAccount:
    side = intake.survey.sides[place]
    spans = find_spans(
        side.probabilities,
        intake.survey.n_samples,
        min_silence_s=_ACCOUNTED_SILENCE_S,
        min_speech_s=_ACCOUNTED_SPEECH_S,
    )
    account = account_for_speech(
        spans, words, intake.survey.n_samples, channel=side.channel, speaker=speaker
    )
    sounds = tuple(
        HeardSound(
            kind=sound.kind,
            start_s=round(sound.start_s, 3),
            end_s=round(min(sound.end_s, intake.survey.duration_s), 3),
        )
        for sound in side.line_sounds
    )
    return account.model_copy(update={"sounds": sounds})


def _write(words: Sequence[HeardWord], *, tag: str) -> Words:
    return write_out(words, language=words[0].language or tag)


def _conversation_id(recording: Recording) -> str:
    """Make an identifier that is readable and stays the same for the same file."""
    return f"{identifier_from_name(recording.name)[:64]}-{recording.sha256[:8]}"


def _provenance(transcriber: Transcriber, intake: Intake) -> Provenance:
    options = intake.source.options
    return Provenance(
        component="speech.transcription",
        version=VERSION,
        models=(transcriber.reference, *intake.models),
        settings={
            "language": options.language,
            "beam_size": options.beam_size,
            "compute_type": transcriber.compute.compute_type,
            "turn_pause_s": options.turn_pause_s,
            "vocabulary": list(options.vocabulary),
            "hotwords": list(options.hotwords),
            "written_numbers": options.written_numbers,
            **DECODING,
        },
    )
