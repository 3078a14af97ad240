from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conversation.errors import BadInput
from speech import TranscribeOptions, parse_channels
from speech.raw_audio import parse_raw_format


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0=agent,1=customer", ((0, "agent"), (1, "customer"))),
        (" 1 = customer , 0 = Agent ", ((1, "customer"), (0, "agent"))),
        ("agent,customer", ((0, "agent"), (1, "customer"))),
        ("client,conseiller", ((0, "customer"), (1, "agent"))),
        ("0=agent,3=customer", ((0, "agent"), (3, "customer"))),
        ("0,3", ((0, "unknown"), (3, "unknown"))),
        ("2=bot", ((2, "bot"),)),
    ],
)
def test_channels_are_read(text, expected):
    assert parse_channels(text) == expected
    assert TranscribeOptions(channels=parse_channels(text)).channels == expected


@pytest.mark.parametrize(
    "text",
    ["", ",", "0=", "=agent", "x=agent", "-1=agent", "0=boss", "0=agent,0=customer",
     "0=agent,1=agent", "agent,agent", "0,1,2", "0=agent;1=customer", "٣=agent"],
)  # fmt: skip
def test_nonsense_is_refused_with_the_forms_that_do(text):
    with pytest.raises(BadInput) as caught:
        parse_channels(text)
    assert "0=agent,1=customer" in str(caught.value)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    with suppress(BadInput):
        assert parse_channels(text)


def test_options_refuse_a_channel_twice():
    with pytest.raises(ValidationError, match="expected different channels"):
        TranscribeOptions(channels=((1, "agent"), (1, "customer")))


@pytest.mark.parametrize(
    "setting",
    [{"speakers": 0}, {"speakers": 7}, {"beam_size": 0}, {"languages": ()}, {"language": "f"},
     {"turn_pause_s": 0}, {"channels": ()}, {"max_duration_s": -1}, {"pace": 1}],
)  # fmt: skip
def test_settings_out_of_bounds_are_refused(setting):
    with pytest.raises(ValidationError):
        TranscribeOptions(**setting)


def test_settings_can_be_written_down_and_read_again():
    options = TranscribeOptions(
        language="fr",
        channels=parse_channels("0=agent,1=customer"),
        raw=parse_raw_format("mulaw:8000"),
        speakers=3,
        vocabulary=("Télécom Plus",),
        hotwords=("facture",),
        written_numbers=False,
    )
    assert TranscribeOptions.model_validate_json(options.model_dump_json()) == options


@pytest.mark.parametrize(
    ("settings", "one"),
    [({}, False), ({"speakers": 1}, True), ({"channels": ((0, "agent"),)}, True),
     ({"channels": ((0, "unknown"),)}, False),
     ({"channels": ((0, "agent"),), "speakers": 2}, False),
     ({"channels": ((0, "agent"), (1, "customer"))}, False)],
)  # fmt: skip
def test_a_mono_recording_of_somebody_named_has_one_voice(settings, one):
    assert TranscribeOptions(**settings).has_one_voice is one
