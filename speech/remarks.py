"""What a reader should know about a transcription, as sentences in the language of the call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speech.audio_file import AudioHeader
from speech.language import SpokenLanguage
from speech.survey import Survey
from speech.transcript import ChannelAccount

_UNSURE_LANGUAGE = 0.8
_UNCOVERED_WORTH_SAYING_S = 2.0


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


def remarks_on_language(language: SpokenLanguage) -> Iterator[str]:
    """Say where the language is in doubt."""
    french = language.tag == "fr"
    if language.other is not None:
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
