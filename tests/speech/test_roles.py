from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import ChannelsUnsupported
from speech import TranscribeOptions, parse_channels
from speech.audio_file import AudioHeader
from speech.channels import name_participants, pick_channels
from speech.heard import HeardWord
from speech.roles import find_agent_name, guess_agent, remark_on_swapped_sides

AGENT_FR = (
    "Bonjour et bienvenue chez Télécom Plus, je m'appelle Claire, comment puis-je vous aider ?"
)
CUSTOMER_FR = "Bonjour, je vous appelle parce que ma connexion ne fonctionne plus."
AGENT_EN = "Thank you for calling Auto Repair, this is Karen speaking, how can I help you?"
CUSTOMER_EN = "Hi, I'm calling about my car, I need a new battery."


def said(text: str, start_s: float = 0.0) -> list[HeardWord]:
    return [
        HeardWord(word, start_s + 0.3 * place, start_s + 0.3 * place + 0.2, 0.9)
        for place, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(("agent", "customer"), [(AGENT_FR, CUSTOMER_FR), (AGENT_EN, CUSTOMER_EN)])
def test_the_agent_is_told_by_what_they_say_on_either_channel(agent: str, customer: str):
    straight = guess_agent([said(agent), said(customer, 6)])
    swapped = guess_agent([said(customer, 6), said(agent)])
    assert (straight.side, swapped.side) == (0, 1)
    assert straight.confidence == swapped.confidence > 0.95
    assert "« " in straight.reason


def test_the_customer_alone_tells_who_the_agent_is():
    guess = guess_agent([said("Oui allô", 0), said(CUSTOMER_FR, 2)])
    assert guess.side == 0
    assert "is not the one who says « je vous appelle parce »" in guess.reason


def test_only_one_side_speaking_is_enough():
    assert guess_agent([[], said(AGENT_FR)]).side == 1
    assert guess_agent([[], said(CUSTOMER_FR)]).side == 0


def test_without_any_sign_the_first_to_speak_is_taken_and_it_is_said():
    guess = guess_agent([said("Oui", 3), said("Allô", 1)])
    assert (guess.side, guess.confidence, guess.is_tie) == (1, 0.5, True)
    people, warnings = name_participants(
        [(0, said("Oui", 3)), (1, said("Allô", 1))], TranscribeOptions(), is_mixed=False
    )
    assert [person.role for person in people] == ["customer", "agent"]
    assert "not certain who is the agent" in warnings[0]
    assert "--channels" in warnings[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (AGENT_FR, "Claire"),
        ("Service clients bonjour, Anne-Sophie à votre écoute.", "Anne-Sophie"),
        (AGENT_EN, "Karen"),
        ("My name is Marcus, how may I help you?", "Marcus"),
        ("Thank you for calling. I'm Michelle. How can I help?", "Michelle"),
        ("Bonjour, c'est pour quoi ?", None),
        ("Bonjour, tout à votre service.", None),
    ],
)
def test_the_name_an_agent_gives(text: str, name: str | None):
    assert find_agent_name(said(text)) == name


def test_a_name_given_late_is_not_the_agents_greeting():
    assert find_agent_name([*said("Allô"), *said("je m'appelle Marc", 60)]) is None
    assert find_agent_name([]) is None


def test_given_channels_win_over_what_is_said():
    people, warnings = name_participants(
        [(0, said(AGENT_FR)), (1, said(CUSTOMER_FR))],
        TranscribeOptions(channels=parse_channels("0=customer,1=agent")),
        is_mixed=False,
    )
    assert [(p.role, p.audio_channel, p.decided_by) for p in people] == [
        ("customer", 0, "given with --channels"),
        ("agent", 1, "given with --channels"),
    ]
    assert warnings[0].startswith("The channels look swapped")


def test_one_given_speaker_leaves_the_other_to_the_other():
    options = TranscribeOptions(channels=parse_channels("0=customer,1"))
    people, _ = name_participants([(0, said("a")), (1, said("b"))], options, is_mixed=False)
    assert [person.role for person in people] == ["customer", "agent"]


def test_the_decision_is_a_sentence_with_a_confidence():
    people, warnings = name_participants(
        [(0, said(CUSTOMER_FR, 6)), (1, said(AGENT_FR))], TranscribeOptions(), is_mixed=False
    )
    assert [(p.role, p.audio_channel, p.name) for p in people] == [
        ("customer", 0, None),
        ("agent", 1, "Claire"),
    ]
    assert people[0].decided_by == people[1].decided_by
    assert people[0].decided_by.startswith("channel 1 is taken for the agent, since it says « ")
    assert warnings == ()


def test_one_voice_for_all_stays_unknown():
    people, warnings = name_participants([(0, said(AGENT_FR))], TranscribeOptions(), is_mixed=True)
    assert [(p.role, p.audio_channel) for p in people] == [("unknown", None)]
    assert warnings == ()


def header(channels: int) -> AudioHeader:
    return AudioHeader(Path("call.wav"), "wav", "pcm_s16le", 8_000, channels, 1, 1.0, 1.0)


def test_six_channels_ask_for_a_choice():
    with pytest.raises(ChannelsUnsupported) as caught:
        pick_channels(header(6), TranscribeOptions())
    assert str(caught.value) == (
        "expected 1 or 2 channels, got 6 in call.wav; "
        "convert it, or pick two with --channels 0=agent,3=customer"
    )


def test_picked_channels_are_read_in_the_order_of_the_file():
    picked = TranscribeOptions(channels=parse_channels("3=customer,0=agent"))
    assert pick_channels(header(6), picked) == (0, 3)
    with pytest.raises(ChannelsUnsupported, match="expected a channel 3, got 2"):
        pick_channels(header(2), picked)


def test_one_of_three_is_the_agent():
    guess = guess_agent([said(CUSTOMER_EN, 6), said("Hello there", 20), said(AGENT_EN)])
    assert guess.agents == (2,)
    assert guess.confidence > 0.9
    assert "« " in guess.reason


@pytest.mark.parametrize(
    ("first", "customer", "second"),
    [
        (
            AGENT_FR + " Je vous mets en relation avec le service technique.",
            CUSTOMER_FR,
            "Service technique bonjour, je m'appelle Paul, comment puis-je vous aider ?",
        ),
        (AGENT_EN, CUSTOMER_EN, "Thank you for holding, this is Mark, how may I help you?"),
    ],
)
def test_who_takes_the_call_over_is_an_agent_too(first: str, customer: str, second: str):
    guess = guess_agent([said(first), said(customer, 8), said(second, 120)])
    assert sorted(guess.agents) == [0, 2]
    assert guess.confidence > 0.9


def test_somebody_always_stays_a_customer():
    thanks = " Merci de votre appel."
    guess = guess_agent([said(AGENT_FR), said(AGENT_FR + thanks, 10), said(AGENT_FR + thanks, 20)])
    assert guess.agents == (1, 2)
    two = guess_agent([said(AGENT_EN), said(AGENT_EN, 10)])
    assert len(two.agents) == 1


def test_six_speakers_without_a_sign_are_a_tie():
    guess = guess_agent([said("Oui", float(place)) for place in (3, 2, 1, 4, 5, 6)])
    assert (guess.agents, guess.confidence, guess.is_tie) == ((2,), 0.5, True)


def test_a_late_greeting_counts_as_an_opening():
    early = guess_agent([said("Oui"), said(AGENT_EN, 1)])
    late = guess_agent([said("Oui"), said(AGENT_EN, 100)])
    assert early.confidence == late.confidence


def test_swapped_names_are_noticed_in_the_language_of_the_call():
    french = remark_on_swapped_sides(
        [said(AGENT_FR), said(CUSTOMER_FR, 6)], ["customer", "agent"], french=True
    )
    english = remark_on_swapped_sides(
        [said(CUSTOMER_EN, 6), said(AGENT_EN)], ["agent", "customer"], french=False
    )
    assert french is not None
    assert french.startswith("Les canaux semblent inversés")
    assert english is not None
    assert english.startswith("The channels look swapped")


@pytest.mark.parametrize(
    ("sides", "declared"),
    [
        ([AGENT_FR, CUSTOMER_FR], ["agent", "customer"]),
        (["Oui", "Non"], ["customer", "agent"]),
        ([AGENT_FR, CUSTOMER_FR], ["customer", "unknown"]),
        ([AGENT_FR, CUSTOMER_FR], ["agent", "agent"]),
        ([AGENT_FR], ["customer"]),
        (["", ""], ["customer", "agent"]),
    ],
)
def test_names_that_fit_or_cannot_be_judged_are_left_alone(sides: list[str], declared: list[str]):
    assert remark_on_swapped_sides([said(text) for text in sides], declared, french=False) is None
