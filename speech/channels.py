"""Which channels of a recording are read, and who is on them."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import Participant, Speaker
from conversation.errors import ChannelsUnsupported
from speech.audio_file import AudioHeader
from speech.heard import HeardWord
from speech.options import TranscribeOptions
from speech.roles import find_agent_name, guess_agent

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
    """Decide who is on each channel.

    Args:
        sides: Each channel that was recognised (channel of the recording, its words), in order.
        options: ``channels`` says who is on which; what it leaves open is inferred.
        is_mixed: Whether everybody is on one channel (a mono recording).
        french: Whether to explain in French; in English otherwise.

    Returns:
        One participant for each side, in the same order, and warnings.
    """
    given: dict[int, Speaker] = dict(options.channels or ())
    named = [given.get(channel, "unknown") for channel, _ in sides]
    if len(sides) == 1:
        return _name_one(sides[0], named[0], is_mixed=is_mixed, french=french)
    reason = _GIVEN_FR if french else _GIVEN
    warnings: tuple[str, ...] = ()
    roles = list(named)
    if named == ["unknown", "unknown"]:
        if not any(words for _, words in sides):
            return tuple(Participant(role="unknown", audio_channel=n) for n, _ in sides), ()
        guess = guess_agent([words for _, words in sides], french=french)
        roles = ["agent", "customer"] if guess.side == 0 else ["customer", "agent"]
        channel = sides[guess.side][0]
        reason = (
            f"le canal {channel} est pris pour l'agent, car il {guess.reason} "
            f"(confiance {guess.confidence:.2f})"
            if french
            else f"channel {channel} is taken for the agent, since it {guess.reason} "
            f"(confidence {guess.confidence:.2f})"
        )
        if guess.confidence < _SURE:
            warnings = (
                f"Il n'est pas certain de savoir qui est l'agent : {reason}. Nommez les canaux "
                "avec --channels si c'est faux."
                if french
                else f"It is not certain who is the agent: {reason}. Name the channels with "
                "--channels if that is wrong.",
            )
    elif "unknown" in named:
        known = next(role for role in named if role != "unknown")
        roles = [role if role != "unknown" else _OTHER_SIDE.get(known, role) for role in named]
    people = tuple(
        Participant(
            role=role,
            name=find_agent_name(words) if role == "agent" else None,
            audio_channel=channel,
            decided_by=reason,
        )
        for role, (channel, words) in zip(roles, sides, strict=True)
    )
    return people, warnings


def _name_one(
    side: tuple[int, Sequence[HeardWord]], role: Speaker, *, is_mixed: bool, french: bool
) -> tuple[tuple[Participant, ...], tuple[str, ...]]:
    channel, words = side
    person = Participant(
        role=role,
        name=find_agent_name(words) if role == "agent" else None,
        audio_channel=None if is_mixed else channel,
        decided_by=None if role == "unknown" else (_GIVEN_FR if french else _GIVEN),
    )
    if role != "unknown" or not words:
        return (person,), ()
    return (person,), (
        "Toutes les voix sont sur un seul canal : les interlocuteurs ne sont pas distingués."
        if french
        else "All voices are on one channel: the speakers are not told apart (speaker unknown).",
    )
