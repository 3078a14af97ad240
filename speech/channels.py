"""Which channels of a recording are read, and who is on them."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import Participant, Speaker
from conversation.errors import ChannelsUnsupported
from speech.audio_file import AudioHeader
from speech.heard import HeardWord
from speech.options import TranscribeOptions
from speech.roles import find_agent_name, guess_agent, remark_on_swapped_sides

_SURE = 0.75
_GIVEN = "given with --channels"
_GIVEN_FR = "indiqué par --channels"
_OTHER_SIDE: dict[Speaker, Speaker] = {"agent": "customer", "bot": "customer", "customer": "agent"}


def pick_channels(header: AudioHeader, options: TranscribeOptions) -> tuple[int, ...]:
    """Choose the channels to read.

    Args:
        header: Of the file.
        options: ``channels`` picks; otherwise all of one or two are read.

    Returns:
        Channels of the recording, from 0, in their order there.

    Raises:
        ChannelsUnsupported: There are more than two and none were picked, or one was picked
            that is not there.
    """
    name = header.path.name
    if options.channels is None:
        if header.channels > 2:
            raise ChannelsUnsupported(
                f"expected 1 or 2 channels, got {header.channels} in {name}",
                remedy="convert it, or pick two with --channels 0=agent,3=customer",
            )
        return tuple(range(header.channels))
    picked = tuple(sorted(number for number, _ in options.channels))
    if picked[-1] >= header.channels:
        raise ChannelsUnsupported(
            f"expected a channel {picked[-1]}, got {header.channels} in {name} "
            f"(they are counted from 0)",
            remedy=f"pick channels from 0 to {header.channels - 1}",
        )
    return picked


def name_participants(
    sides: Sequence[tuple[int, Sequence[HeardWord]]],
    options: TranscribeOptions,
    *,
    is_mixed: bool,
    french: bool = False,
) -> tuple[tuple[Participant, ...], tuple[str, ...]]:
    """Decide who each speaker is.

    Args:
        sides: Each speaker (channel of the recording, their words), in order.
        options: ``channels`` says who is on which; what it leaves open is inferred.
        is_mixed: Whether everybody is on one channel (a mono recording).
        french: Whether to explain in French; in English otherwise.

    Returns:
        One participant for each side, in the same order, and warnings.
    """
    given: dict[int, Speaker] = dict(options.channels or ())
    named = [
        given.get(channel, "unknown") if len(sides) == 1 or not is_mixed else "unknown"
        for channel, _ in sides
    ]
    given_reason = _GIVEN_FR if french else _GIVEN
    roles, reasons, warnings = list(named), [given_reason] * len(sides), []
    spoken = [words for _, words in sides]
    if len(sides) > 1 and set(named) == {"unknown"} and any(spoken):
        roles, reason, confidence = _infer(sides, is_mixed=is_mixed, french=french)
        reasons = [reason] * len(sides)
        if confidence < _SURE:
            warnings.append(_doubt(reason, is_mixed=is_mixed, french=french))
    elif len(sides) == 2 and "unknown" in named:
        known = next((role for role in named if role != "unknown"), None)
        if known is not None:
            roles = [role if role != "unknown" else _OTHER_SIDE.get(known, role) for role in named]
    elif swapped := remark_on_swapped_sides(spoken, named, french=french):
        warnings.append(swapped)
    people = tuple(
        Participant(
            role=role,
            name=find_agent_name(words) if role == "agent" and words else None,
            audio_channel=None if is_mixed else channel,
            decided_by=None if role == "unknown" else reason,
        )
        for role, reason, (channel, words) in zip(roles, reasons, sides, strict=True)
    )
    return people, tuple(warnings)


def _infer(
    sides: Sequence[tuple[int, Sequence[HeardWord]]], *, is_mixed: bool, french: bool
) -> tuple[list[Speaker], str, float]:
    """Return the roles, why, and how sure that is."""
    guess = guess_agent([words for _, words in sides], french=french)
    roles: list[Speaker] = [
        "agent" if place in guess.agents else "customer" for place in range(len(sides))
    ]
    if is_mixed:
        who = f"la voix {guess.side + 1}" if french else f"voice {guess.side + 1}"
    else:
        channel = sides[guess.side][0]
        who = f"le canal {channel}" if french else f"channel {channel}"
    pronoun = ("elle" if is_mixed else "il") if french else "it"
    reason = (
        f"{who} est pris{'e' if is_mixed else ''} pour l'agent, car {pronoun} {guess.reason} "
        f"(confiance {guess.confidence:.2f})"
        if french
        else f"{who} is taken for the agent, since {pronoun} {guess.reason} "
        f"(confidence {guess.confidence:.2f})"
    )
    return roles, reason, guess.confidence


def _doubt(reason: str, *, is_mixed: bool, french: bool) -> str:
    doubt = (
        f"Il n'est pas certain de savoir qui est l'agent : {reason}."
        if french
        else f"It is not certain who is the agent: {reason}."
    )
    if is_mixed:
        return doubt
    remedy = (
        " Nommez les canaux avec --channels si c'est faux."
        if french
        else " Name the channels with --channels if that is wrong."
    )
    return doubt + remedy
