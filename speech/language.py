"""Which language a call is in, and each piece of it, by Whisper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import BadInput

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_SURE = 0.9
_ENOUGH_S = 2.5
_UNMIXED = 0.97
_MIXED_FROM_S = 6.0
_FOREIGN = 0.8


@dataclass(frozen=True)
class SpokenLanguage:
    """The language of a call.

    Attributes:
        tag: Primary BCP 47 tag.
        probability: Among the languages that were to choose from.
        other: The language it sounds like when that is clearly none of those; else None.
    """

    tag: str
    probability: float
    other: str | None = None


def check_language(model: WhisperModel, language: str) -> str:
    """Make a language tag one that the model knows.

    Args:
        model: A loaded Whisper.
        language: BCP 47 tag, such as ``fr-CA``.

    Returns:
        Its primary part, in lower case.

    Raises:
        BadInput: The model does not know that language.
    """
    primary = language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0].lower()
    known = list(model.supported_languages)
    if primary not in known:
        raise BadInput(
            f"expected a language that the model knows, got {language!r}",
            remedy="use auto, or one of " + ", ".join(sorted(known)),
        )
    return primary


def languages_to_choose_from(
    model: WhisperModel, language: str, languages: Sequence[str]
) -> tuple[str, ...]:
    """Return the primary tags of the languages that may be spoken; one where it is given.

    Args:
        model: A loaded Whisper; an English-only one is not asked for French.
        language: BCP 47 tag, or ``auto``.
        languages: That ``auto`` chooses from, as primary tags.

    Returns:
        At least one tag.

    Raises:
        BadInput: The model knows none of them.
    """
    if language != "auto":
        return (check_language(model, language),)
    known = tuple(tag for tag in languages if tag in model.supported_languages)
    return known or (check_language(model, languages[0]),)


class CallLanguage:
    """The language of a call and of each of its pieces, from what is heard in them.

    A piece is in the call's language unless it is clearly in another one.

    Args:
        languages: Primary tags to choose from.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        self._totals = dict.fromkeys(languages, 0.0)
        self._foreign: dict[str, float] = {}
        self._heard_s = 0.0

    def of_piece(self) -> PieceLanguage:
        """Return what chooses the language of one piece."""
        return PieceLanguage(self)

    def hear(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take what a piece sounds like, each by its length in seconds."""
        self._heard_s += length_s
        for tag, probability in probabilities.items():
            table = self._totals if tag in self._totals else self._foreign
            table[tag] = table.get(tag, 0.0) + probability * length_s

    def share(self, probabilities: Mapping[str, float]) -> dict[str, float]:
        """Return the probabilities among the languages to choose from."""
        among = {tag: probabilities.get(tag, 0.0) for tag in self._totals}
        total = sum(among.values())
        if total <= 0:
            return dict.fromkeys(among, 1.0 / len(among))
        return {tag: value / total for tag, value in among.items()}

    @property
    def spoken(self) -> SpokenLanguage:
        """The language of the call, from what was heard so far."""
        among = self.share(self._totals)
        tag = max(among, key=lambda key: among[key])
        strangest = max(self._foreign, key=lambda key: self._foreign[key], default=None)
        is_foreign = (
            strangest is not None
            and self._heard_s > 0
            and self._foreign[strangest] / self._heard_s >= _FOREIGN
        )
        return SpokenLanguage(tag, among[tag], other=strangest if is_foreign else None)


class PieceLanguage:
    """Chooses the language of one piece of a call.

    Args:
        call: What is known of the call.

    Attributes:
        is_mixed: Whether the piece as a whole sounds like two of the languages.
    """

    def __init__(self, call: CallLanguage) -> None:
        self.call = call
        self.is_mixed = False

    def tell(self, probabilities: Mapping[str, float]) -> str:
        """Return the likeliest of the languages to choose from."""
        among = self.call.share(probabilities)
        return max(among, key=lambda tag: among[tag])

    def hear_whole(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take what the whole piece sounds like; ``length_s`` in seconds."""
        surest = max(self.call.share(probabilities).values())
        self.is_mixed = length_s >= _MIXED_FROM_S and surest < _UNMIXED

    def hear(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take what the piece sounds like; ``length_s`` in seconds."""
        self.call.hear(probabilities, length_s)

    def choose(self, probabilities: Mapping[str, float], length_s: float) -> str:
        """Return the primary tag of the piece."""
        among = self.call.share(probabilities)
        best = max(among, key=lambda tag: among[tag])
        if among[best] >= _SURE and length_s >= _ENOUGH_S:
            return best
        return self.call.spoken.tag
