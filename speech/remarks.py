"""What a reader should know about a transcription, as sentences in the language of the call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

from speech.audio_file import AudioHeader
from speech.language import SpokenLanguage
from speech.survey import ChannelSurvey, Survey
from speech.transcript import ChannelAccount

_UNSURE_LANGUAGE = 0.8
_UNCOVERED_WORTH_SAYING_S = 2.0
_SHORTER_WORTH_SAYING_S = 2.0
_CLIPPED_SHARE = 0.001
_LARGE_OFFSET = 0.03
_VOICES = "entendu models fetch speaker-ge2e"


def remarks_on_sound(
    header: AudioHeader, survey: Survey, *, has_words: bool, french: bool
) -> Iterator[str]:
    """Say what is unusual about the recording.

    Args:
        header: Of the file.
        survey: Of its sound.
        has_words: Whether anything was recognised.
        french: Whether to say it in French; in English otherwise.

    Yields:
        Sentences; none for a recording in order.
    """
    if header.tracks > 1:
        yield (
            f"Le fichier a {header.tracks} pistes audio ; seule la première a été lue."
            if french
            else f"The file has {header.tracks} audio tracks; only the first was read."
        )
    left_out = header.channels - len(survey.channels)
    if left_out:
        yield (
            f"{left_out} canaux sur {header.channels} n'ont pas été lus."
            if french
            else f"{left_out} of {header.channels} channels were not read."
        )
    if survey.repaired_s > 0:
        yield (
            f"{survey.repaired_s:.2f} s n'ont pas pu être décodées et comptent comme du silence."
            if french
            else f"{survey.repaired_s:.2f} s could not be decoded and count as silence."
        )
    if survey.is_doubled:
        yield (
            "Les deux canaux portent le même son : l'enregistrement est lu comme du mono."
            if french
            else "Both channels carry the same sound: the recording is read as mono."
        )
    yield from _remarks_on_files(header, survey, french=french)
    for side in survey.sides:
        yield from _remarks_on_channel(side, french=french)
    yield from _remarks_on_bleed(survey, french=french)
    if not has_words:
        yield (
            "Aucune parole n'a été trouvée dans l'enregistrement."
            if french
            else "No speech was found in the recording."
        )
    elif not survey.is_doubled:
        yield from (
            f"Le canal {side.channel} est muet." if french else f"Channel {side.channel} is silent."
            for side in survey.channels
            if side.is_silent
        )


def _remarks_on_files(header: AudioHeader, survey: Survey, *, french: bool) -> Iterator[str]:
    if header.parts:
        shortest = min(survey.channels, key=lambda side: side.length_s)
        missing_s = survey.duration_s - shortest.length_s
        if missing_s > _SHORTER_WORTH_SAYING_S:
            name = header.parts[shortest.channel].name
            yield (
                f"{name} s'arrête {missing_s:.1f} s avant l'autre fichier ; la suite compte comme "
                "du silence."
                if french
                else f"{name} ends {missing_s:.1f} s before the other file; the rest counts as "
                "silence."
            )
    said: set[tuple[str, int]] = set()
    for side in survey.channels:
        part = header.parts[side.channel] if header.parts else header
        if side.likely_rate_hz is None or (part.name, side.likely_rate_hz) in said:
            continue
        said.add((part.name, side.likely_rate_hz))
        is_fast = side.likely_rate_hz < part.sample_rate_hz
        yield (
            f"{part.name} annonce {part.sample_rate_hz} échantillons par seconde, mais les voix y "
            f"sont trop {'aiguës et rapides' if is_fast else 'graves et lentes'} : la fréquence "
            f"est sans doute de {side.likely_rate_hz} Hz. Les paroles et les temps sont à "
            "vérifier ; corriger l'en-tête et recommencer."
            if french
            else f"{part.name} says {part.sample_rate_hz} samples a second, but its voices are too "
            f"{'high and fast' if is_fast else 'low and slow'}: the rate is likely "
            f"{side.likely_rate_hz} Hz. Words and times are in doubt; correct the header and "
            "transcribe it again."
        )


def _remarks_on_channel(side: ChannelSurvey, *, french: bool) -> Iterator[str]:
    stored, channel = side.stored, side.channel
    if stored.clipped_share > _CLIPPED_SHARE:
        yield (
            f"Le canal {channel} sature ({100 * stored.clipped_share:.1f} % des échantillons) : "
            "des mots peuvent être mal reconnus."
            if french
            else f"Channel {channel} is clipped ({100 * stored.clipped_share:.1f} % of its "
            "samples): words may be misheard."
        )
    if abs(stored.offset) > _LARGE_OFFSET:
        yield (
            f"Le canal {channel} a un décalage continu de {100 * stored.offset:+.0f} % de la "
            "pleine échelle ; il a été retiré."
            if french
            else f"Channel {channel} has a constant offset of {100 * stored.offset:+.0f} % of full "
            "scale; it was removed."
        )
    if stored.unusable_share > 0:
        yield (
            f"Le canal {channel} contient des valeurs qui ne sont pas des nombres "
            f"({100 * stored.unusable_share:.2g} %) ; elles comptent comme du silence."
            if french
            else f"Channel {channel} holds values that are no numbers "
            f"({100 * stored.unusable_share:.2g} %); they count as silence."
        )
    if side.gain > 1:
        gain_db = 20 * log10(side.gain)
        yield (
            f"Le canal {channel} est très faible ; il a été amplifié de {gain_db:.0f} dB pour la "
            "reconnaissance."
            if french
            else f"Channel {channel} is very quiet; it was raised by {gain_db:.0f} dB to be "
            "recognised."
        )


def _remarks_on_bleed(survey: Survey, *, french: bool) -> Iterator[str]:
    for bleed in survey.crosstalk.bleeds:
        source = survey.channels[bleed.source].channel
        target = survey.channels[bleed.target].channel
        yield (
            f"La voix du canal {source} s'entend aussi sur le canal {target} "
            f"({bleed.level_db:.0f} dB, {1000 * bleed.delay_s:.0f} ms plus tard) ; elle n'y a pas "
            "été transcrite une seconde fois."
            if french
            else f"The voice of channel {source} is heard on channel {target} as well "
            f"({bleed.level_db:.0f} dB, {1000 * bleed.delay_s:.0f} ms later); it was not "
            "transcribed there a second time."
        )


def remarks_on_language(language: SpokenLanguage, spoken: Sequence[str]) -> Iterator[str]:
    """Say where the language is in doubt, or where there are several.

    Args:
        language: Of most of the call.
        spoken: Primary tags of all that was said, each once.

    Yields:
        A sentence, or none.
    """
    french = language.tag == "fr"
    if len(spoken) > 1:
        listed = ", ".join(spoken)
        yield (
            f"L'appel est en plusieurs langues ({listed}) ; chaque tour porte la sienne."
            if french
            else f"The call is in several languages ({listed}); each turn carries its own."
        )
    elif language.other is not None:
        yield (
            f"La langue semble être {language.other!r}, qui n'est pas parmi celles à choisir ; "
            f"l'appel a été lu comme {language.tag!r}."
            if french
            else f"The language sounds like {language.other!r}, which is not among those to choose "
            f"from; it was read as {language.tag!r}."
        )
    elif language.probability < _UNSURE_LANGUAGE:
        yield (
            f"La langue n'est pas certaine ({language.tag!r}, probabilité "
            f"{language.probability:.2f}) ; l'indiquer avec --language."
            if french
            else f"The language is not certain ({language.tag!r} with a probability of "
            f"{language.probability:.2f}); give it with --language."
        )


def remarks_on_coverage(account: Sequence[ChannelAccount], *, french: bool) -> Iterator[str]:
    """Say where speech gave no words."""
    for side in account:
        missed_s = sum(gap.end_s - gap.start_s for gap in side.uncovered)
        if missed_s > _UNCOVERED_WORTH_SAYING_S:
            count, first_s = len(side.uncovered), side.uncovered[0].start_s
            yield (
                f"Sur le canal {side.channel}, {missed_s:.1f} s de parole sont restées sans mots "
                f"({count} passage(s), à partir de {first_s:.1f} s)."
                if french
                else f"On channel {side.channel}, {missed_s:.1f} s of speech gave no words "
                f"({count} stretches from {first_s:.1f} s on)."
            )


def remarks_on_voices(
    *, is_mixed: bool, is_told_apart: bool, has_role: bool, french: bool
) -> Iterator[str]:
    """Say how the speakers of a mono recording were told apart, if at all.

    Args:
        is_mixed: Whether there is speech of several people, all of it on one channel.
        is_told_apart: Whether the voices were compared.
        has_role: Whether a role was found or given.
        french: Whether to say it in French; in English otherwise.

    Yields:
        A sentence, or none.
    """
    if not is_mixed:
        return
    if is_told_apart:
        yield (
            "Toutes les voix sont sur un seul canal : les interlocuteurs ont été distingués par "
            "leur voix, ce qui est moins sûr que deux canaux."
            if french
            else "All voices are on one channel: the speakers were told apart by their voices, "
            "which is less certain than two channels."
        )
    elif not has_role:
        yield (
            "Toutes les voix sont sur un seul canal : les interlocuteurs ne sont pas distingués, "
            f"car le modèle de voix n'est pas là. Pour l'avoir : {_VOICES}"
            if french
            else "All voices are on one channel: the speakers are not told apart, since the model "
            f"of voices is not here. To have it: {_VOICES}"
        )
