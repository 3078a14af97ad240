"""A conversation written as vCon and read back is the conversation that it was."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import (
    CHANNELS,
    SPEAKERS,
    Conversation,
    Participant,
    Turn,
    Word,
    parse_conversation,
)
from conversation.errors import EntenduError
from conversation.vcon import parse_vcon
from conversation.vcon_own import Contact
from nlu.redaction import redact_conversation
from serving.interchange.vcon_analyses import Concluded
from serving.interchange.vcon_writer import Frame, extend_vcon, write_vcon

WRITTEN_AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
CONTACT = Contact(
    language="fr", direction="outbound", queue="support-fixe", agent_key="agent-secret-17",
    customer_key="client-secret-99", started_at=WRITTEN_AT - timedelta(hours=3),
)  # fmt: skip

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.none() | st.sampled_from(["Léa", "Marc Dubois", "Client", "agent 2", "Zoé-Ève"])
KEYS = st.none() | st.sampled_from(["person-secret-1", "person-secret-2"])
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-9.5))])
MOMENTS = st.builds(
    lambda before, zone: (WRITTEN_AT - before).astimezone(zone),
    st.timedeltas(timedelta(0), timedelta(days=2000)),
    ZONES,
)
LANGUAGES = st.none() | st.sampled_from(["fr", "en"])
SECONDS = st.floats(0, 7200)
SHARES = st.integers(0, 10_000).map(lambda share: share / 10_000)


@st.composite
def words(draw, start_s, end_s):
    times = sorted(draw(st.lists(st.floats(start_s, end_s), min_size=4, max_size=4)))
    return tuple(
        Word(
            text=draw(st.sampled_from(["42 €", "oui", "Léa"])), start_s=begin, end_s=end,
            probability=draw(SHARES), spoken=draw(st.none() | st.just("quarante-deux euros")),
        )
        for begin, end in (times[:2], times[2:])
    )  # fmt: skip


@st.composite
def conversations(draw, *, spoken):
    people = draw(
        st.lists(
            st.builds(
                Participant, role=st.sampled_from(SPEAKERS), name=NAMES, key=KEYS,
                audio_channel=st.none() | st.integers(0, 1) if spoken else st.none(),
            ),
            max_size=4,
        )
    )  # fmt: skip
    count = draw(st.integers(1, 6))
    starts = sorted(draw(st.lists(SECONDS, min_size=count, max_size=count)))
    turns = []
    for order, start_s in enumerate(starts):
        places = st.integers(0, len(people) - 1) if people else st.nothing()
        turn = {
            "index": order, "speaker": draw(st.sampled_from(SPEAKERS)), "text": draw(TEXTS),
            "language": draw(LANGUAGES), "participant": draw(st.none() | places),
        }  # fmt: skip
        if spoken:
            end_s = start_s + draw(st.floats(0, 60))
            turn |= {"start_s": start_s, "end_s": end_s, "confidence": draw(st.none() | SHARES)}
            turn["words"] = draw(st.just(()) | words(start_s, end_s))
        else:
            turn["at"] = draw(st.none() | MOMENTS)
        turns.append(Turn(**turn))
    return Conversation(
        id="c",
        channel=draw(st.sampled_from(CHANNELS)),
        direction=draw(st.sampled_from(["inbound", "outbound", "unknown"])),
        language=draw(LANGUAGES),
        started_at=draw(st.none() | MOMENTS),
        duration_s=draw(st.none() | SECONDS),
        participants=tuple(people),
        turns=tuple(turns),
        metadata=draw(st.sampled_from([{}, {"subject": "Panne"}])),
    )


def concluded(conversation: Conversation, contact: Contact = CONTACT) -> Concluded:
    return Concluded(conversation, {}, {}, "1", WRITTEN_AT, contact)


def frame(conversation: Conversation) -> Frame:
    subject = conversation.metadata.get("subject")
    return Frame("c", WRITTEN_AT, WRITTEN_AT, subject=subject, queue="support-fixe")


def sent_on(vcon: dict) -> dict:
    return json.loads(json.dumps(vcon))


def expected(conversation: Conversation, *, with_keys: bool = True) -> dict:
    """Return the conversation as a vCon says it: each speaker is one of the parties."""
    people = [
        person.model_copy(update={} if with_keys else {"key": None})
        for person in conversation.participants
    ]
    turns = []
    for turn in conversation.turns:
        place = turn.participant
        if place is None:
            if all(person.role != turn.speaker for person in people):
                people.append(Participant(role=turn.speaker))
            place = [person.role for person in people].index(turn.speaker)
        turns.append(turn.model_copy(update={"participant": place}))
    said = conversation.model_copy(update={"participants": tuple(people), "turns": tuple(turns)})
    return said.model_dump(mode="json", exclude={"id"})


def read(vcon: dict) -> dict:
    return parse_vcon(vcon, name="a.vcon").conversation.model_dump(mode="json", exclude={"id"})


@settings(max_examples=150, deadline=None)
@given(conversations(spoken=False) | conversations(spoken=True))
def test_what_is_written_as_a_vcon_is_read_as_it_was(conversation):
    vcon = sent_on(write_vcon(concluded(conversation), frame(conversation), redacted=False))
    assert read(vcon) == expected(conversation)
    assert parse_vcon(vcon, name="a.vcon").contact == CONTACT


@settings(max_examples=60, deadline=None)
@given(conversations(spoken=False) | conversations(spoken=True))
def test_what_is_written_redacted_is_read_as_it_was_redacted(conversation):
    redacted = redact_conversation(conversation, (), language="fr").conversation
    contact = Contact(direction="outbound", queue="support-fixe")
    vcon = sent_on(write_vcon(concluded(redacted, contact), frame(redacted), redacted=True))
    assert read(vcon) == expected(redacted, with_keys=False)
    assert "secret" not in json.dumps(vcon)


@settings(max_examples=60, deadline=None)
@given(conversations(spoken=False) | conversations(spoken=True))
def test_going_round_again_changes_nothing(conversation):
    first = sent_on(write_vcon(concluded(conversation), frame(conversation), redacted=False))
    again = parse_vcon(first, name="a.vcon").conversation
    second = sent_on(extend_vcon(first, concluded(again), frame(again)))
    assert read(second) == read(first)
    assert parse_vcon(second, name="a.vcon").contact == CONTACT


CHAT = Conversation(
    id="c",
    channel="social",
    direction="outbound",
    participants=(Participant(role="agent", name="Léa"), Participant(role="customer")),
    turns=(
        Turn(index=0, speaker="agent", text="Bonjour.", at=WRITTEN_AT, participant=0),
        Turn(index=1, speaker="customer", text="Oui ?", at=WRITTEN_AT, participant=1),
    ),
)


def written() -> dict:
    return sent_on(write_vcon(concluded(CHAT), frame(CHAT), redacted=False))


def test_messages_that_others_change_or_add_are_read_and_not_the_transcript_of_before():
    changed, longer = written(), written()
    changed["dialog"][1]["body"] = "Allô ?"
    longer["dialog"].append(longer["dialog"][1] | {"body": "Allô ?"})
    for vcon, texts in (
        (changed, ["Bonjour.", "Allô ?"]),
        (longer, ["Bonjour.", "Oui ?", "Allô ?"]),
    ):
        said = parse_vcon(vcon, name="a.vcon").conversation
        assert [turn.text for turn in said.turns] == texts
        assert (said.channel, said.direction) == ("social", "outbound")
        assert all(turn.at is not None for turn in said.turns)


def test_a_chat_that_an_earlier_version_wrote_is_a_chat():
    vcon = written()
    vcon["extensions"] = ["CC", "wtf_transcription"]
    for name in ("conversation", "contact"):
        del vcon["analysis"][0][name]
    said = parse_vcon(vcon, name="a.vcon").conversation
    assert said.channel == "social"
    assert [(turn.speaker, turn.text, turn.at) for turn in said.turns] == [
        (turn.speaker, turn.text, turn.at) for turn in CHAT.turns
    ]


def test_a_vcon_of_others_says_the_same_once_it_went_through_entendu():
    foreign = written()
    del foreign["analysis"], foreign["extensions"]
    for dialog in foreign["dialog"]:
        for name in ("application", "interaction_type", "interaction_id", "skill"):
            del dialog[name]
    came = parse_vcon(foreign, name="a.vcon").conversation
    extended = sent_on(extend_vcon(copy.deepcopy(foreign), concluded(came), frame(came)))
    assert read(extended) == read(foreign)
    assert parse_vcon(extended, name="a.vcon").contact == CONTACT


SPOKEN = Conversation(
    id="c",
    channel="voicebot",
    participants=(Participant(role="bot"), Participant(role="customer", key="k")),
    turns=(
        Turn(
            index=0, speaker="bot", text="Bonjour.", start_s=0.5, end_s=2.0, participant=0,
            words=(Word(text="Bonjour.", start_s=0.5, end_s=1.5, probability=0.9),),
        ),
    ),
)  # fmt: skip
JUNK = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.just("\ud800") | st.just([]) | st.just({}) | st.just([{}]) | st.just([[], None])
)  # fmt: skip


def places(value, at=()):
    """Return where each value of a JSON document stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in items:
        yield (*at, key)
        if isinstance(one, dict | list):
            yield from places(one, (*at, key))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([CHAT, SPOKEN]))
def test_whatever_becomes_of_a_vcon_it_is_read_or_refused(data, conversation):
    vcon = sent_on(write_vcon(concluded(conversation), frame(conversation), redacted=False))
    *way, last = data.draw(st.sampled_from(list(places(vcon))))
    part = vcon
    for step in way:
        part = part[step]
    part[last] = data.draw(JUNK)
    try:
        said = parse_conversation(vcon, name="a.vcon")
    except EntenduError:
        return
    assert Conversation.model_validate_json(said.model_dump_json()) == said
