"""Settings of a transcription, and the reading of ``--channels``."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import SPEAKERS, Speaker
from conversation.errors import BadInput
from speech.raw_audio import RawFormat

MAX_DURATION_S = 6 * 3600.0
MOST_SPEAKERS = 6

_ALIASES: dict[str, Speaker] = {
    "conseiller": "agent",
    "conseillère": "agent",
    "client": "customer",
    "cliente": "customer",
    "caller": "customer",
}
_FORMS = 'write it as "0=agent,1=customer", "agent,customer" or "0,3"'


class TranscribeOptions(BaseModel):
    """What can be set about a transcription.

    Attributes:
        language: BCP 47 tag of the language spoken (``fr``, ``fr-CA``, ``en``), or ``auto``.
        languages: The languages that ``auto`` chooses from, as primary tags.
        channels: Which channels of the recording to read, from 0, with who is on them;
            ``unknown`` leaves the speaker to be inferred. None: all channels of a mono or
            stereo recording, speakers inferred.
        beam_size: Width of the beam search; 1 is greedy, twice as fast and somewhat worse.
        max_duration_s: A recording longer than this is refused, seconds.
        turn_pause_s: A speaker's own silence that ends a turn, seconds.
        raw: How a file without a header is to be read; None: by its name, or refused.
        speakers: How many people speak on a mono recording, 1 to 6; None: found out, or one
            where ``channels`` says who is on its only channel.
        vocabulary: The centre's own names; what sounds like one is written as it, and the
            recogniser is told to expect them.
        hotwords: Other words for the recogniser to expect.
        written_numbers: Write numbers, amounts, dates and addresses as a reader wants them; what
            was said is kept with each word.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str = Field(default="auto", min_length=2)
    languages: tuple[str, ...] = Field(default=("fr", "en"), min_length=1)
    channels: tuple[tuple[int, Speaker], ...] | None = Field(
        default=None, min_length=1, max_length=2
    )
    beam_size: int = Field(default=5, ge=1)
    max_duration_s: float = Field(default=MAX_DURATION_S, gt=0)
    turn_pause_s: float = Field(default=1.2, gt=0)
    raw: RawFormat | None = None
    speakers: int | None = Field(default=None, ge=1, le=MOST_SPEAKERS)
    vocabulary: tuple[str, ...] = ()
    hotwords: tuple[str, ...] = ()
    written_numbers: bool = True

    @property
    def has_one_voice(self) -> bool:
        """Whether a mono recording is known to hold the voice of one person."""
        if self.speakers is not None:
            return self.speakers == 1
        return (
            self.channels is not None
            and len(self.channels) == 1
            and self.channels[0][1] != "unknown"
        )

    @model_validator(mode="after")
    def _channels_differ(self) -> Self:
        numbers = [number for number, _ in self.channels or ()]
        if len(set(numbers)) < len(numbers) or any(number < 0 for number in numbers):
            raise ValueError(f"expected different channels from 0 on, got {numbers}")
        return self


def parse_channels(text: str) -> tuple[tuple[int, Speaker], ...]:
    """Read which channels of a recording carry whom.

    Args:
        text: ``"0=agent,1=customer"``; ``"agent,customer"`` for channels 0 and 1; ``"0,3"`` to
            pick channels and have the speakers inferred. French names (client, conseiller) do
            as well.

    Returns:
        One or two pairs of channel and speaker, as :class:`TranscribeOptions` takes them.

    Raises:
        BadInput: It is none of these, or names a channel or a speaker twice.
    """
    pairs = [_parse_channel(part.strip(), place) for place, part in enumerate(text.split(","))]
    numbers = [number for number, _ in pairs]
    named = [speaker for _, speaker in pairs if speaker != "unknown"]
    if len(pairs) > 2:
        raise BadInput(f"expected one or two channels, got {len(pairs)} in {text!r}", remedy=_FORMS)
    if len(set(numbers)) < len(numbers) or len(set(named)) < len(named):
        raise BadInput(f"a channel or a speaker stands twice in {text!r}", remedy=_FORMS)
    return tuple(pairs)


def _parse_channel(part: str, place: int) -> tuple[int, Speaker]:
    number, has_name, name = (piece.strip() for piece in part.partition("="))
    if number and not has_name and not number.isdecimal():
        number, name = str(place), number
    if not (number.isascii() and number.isdecimal()):
        raise BadInput(f"expected a channel number, got {number!r}", remedy=_FORMS)
    if not has_name and not name:  # a bare number: who is on it is to be found out
        return int(number), "unknown"
    for speaker in SPEAKERS:
        if name.lower() == speaker:
            return int(number), speaker
    if name.lower() in _ALIASES:
        return int(number), _ALIASES[name.lower()]
    raise BadInput(f"expected one of {', '.join(SPEAKERS)}, got {name!r}", remedy=_FORMS)
