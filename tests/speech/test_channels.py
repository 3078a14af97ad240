from __future__ import annotations

import pytest

from speech import TranscribeOptions, parse_channels
from speech.audio_file import read_header
from speech.channels import name_participants, pick_channels
from speech.heard import HeardWord

from .conftest import encode, tone

AGENT = "Bonjour et bienvenue chez Télécom Plus, je m'appelle Claire, comment puis-je vous aider ?"
CUSTOMER = "Bonjour, je vous appelle parce que ma box ne marche plus."


def said(text: str) -> list[HeardWord]:
    return [HeardWord(w, n * 0.3, n * 0.3 + 0.25, 0.9) for n, w in enumerate(text.split())]


def name(*texts: str, channels: str | None = None, is_mixed: bool = False, numbers=(0, 1, 2)):
    options = TranscribeOptions(channels=parse_channels(channels) if channels else None)
    sides = [(number, said(text)) for number, text in zip(numbers, texts, strict=False)]
    return name_participants(sides, options, is_mixed=is_mixed)


@pytest.mark.parametrize("texts", [(AGENT, CUSTOMER), (CUSTOMER, AGENT)])
def test_the_participant_of_each_side_stands_in_its_place(texts):
    people, warnings = name(*texts)
    assert {person.audio_channel: person.role for person in people} == {
        texts.index(AGENT): "agent",
        texts.index(CUSTOMER): "customer",
    }
    assert [person.name for person in people if person.role == "agent"] == ["Claire"]
    assert warnings == ()


def test_picked_channels_without_a_name_are_inferred_and_keep_their_number():
    people, _ = name(CUSTOMER, AGENT, channels="0,3", numbers=(0, 3))
    assert [(person.audio_channel, person.role) for person in people] == [
        (0, "customer"),
        (3, "agent"),
    ]


def test_voices_of_a_mono_recording_have_roles_and_no_channel():
    people, _ = name(CUSTOMER, AGENT, "Oui.", is_mixed=True, numbers=(0, 0, 0))
    assert [person.role for person in people] == ["customer", "agent", "customer"]
    assert {person.audio_channel for person in people} == {None}


def test_a_silent_recording_leaves_everybody_unknown():
    people, warnings = name("", "")
    assert [(person.role, person.decided_by) for person in people] == [("unknown", None)] * 2
    assert warnings == ()


def test_one_picked_channel_is_read_alone(tmp_path):
    path = encode(tmp_path / "two.wav", tone(8_000, 0.2)[None].repeat(2, axis=0), 8_000, "wav")
    header = read_header(path)
    assert pick_channels(header, TranscribeOptions()) == (0, 1)
    assert pick_channels(header, TranscribeOptions(channels=parse_channels("1=agent"))) == (1,)
