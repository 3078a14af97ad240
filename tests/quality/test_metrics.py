from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, Evidence, Participant, Recording, Turn, Word
from quality import measure
from quality.expression_nodes import kind_of
from quality.metric_evidence import metric_evidence
from quality.metric_names import METRIC_KINDS, METRIC_NAMES, metric_values

SWAP = {"agent": "customer", "customer": "agent"}


@st.composite
def spoken_pieces(draw):
    """Speaker, start and end on a coarse grid, so that ties and touching edges happen."""
    pieces = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["agent", "customer"]),
                st.integers(0, 400),
                st.integers(0, 60),
            ),
            max_size=25,
        )
    )
    return sorted((start / 10, (start + length) / 10, who) for who, start, length in pieces)


def build(pieces, *, swapped=False):
    turns = [
        Turn(
            index=i,
            speaker=SWAP[who] if swapped else who,
            text="oui bien sûr",
            start_s=start,
            end_s=end,
        )
        for i, (start, end, who) in enumerate(pieces)
    ]
    return Conversation(id="c", channel="phone", duration_s=30.0, turns=turns)


@given(spoken_pieces())
@settings(max_examples=100, deadline=None)
def test_talk_and_silence_less_overlap_make_the_duration(pieces):
    metrics = measure(build(pieces))
    spoken = metrics.spoken
    together = spoken.talk_s + spoken.silence_s - spoken.overlap_s
    assert together == pytest.approx(metrics.duration_s, abs=1e-6)
    assert sum(o.length_s for o in spoken.overlaps) == pytest.approx(spoken.overlap_s, abs=1e-6)
    assert sum(s.talk_s for s in spoken.speakers) == pytest.approx(spoken.talk_s, abs=1e-6)


@given(spoken_pieces())
@settings(max_examples=100, deadline=None)
def test_shares_lie_between_zero_and_one_and_sum(pieces):
    spoken = measure(build(pieces)).spoken
    total = sum(speaker.talk_share for speaker in spoken.speakers)
    assert total == pytest.approx(1.0 if spoken.talk_s > 0 else 0.0)
    for speaker in spoken.speakers:
        assert 0 <= speaker.talk_share <= 1
        assert 0 <= speaker.duration_share <= 1
        assert speaker.longest_monologue_s >= 0


@given(spoken_pieces())
@settings(max_examples=100, deadline=None)
def test_swapping_the_speakers_swaps_their_figures(pieces):
    one, other = measure(build(pieces)), measure(build(pieces, swapped=True))
    assert one.spoken.silence_s == pytest.approx(other.spoken.silence_s)
    assert one.spoken.overlap_s == pytest.approx(other.spoken.overlap_s)
    for name, swapped in SWAP.items():
        left, right = one.of(name), other.of(swapped)
        assert (left is None) == (right is None)
        if left and right:
            assert left.talk_s == pytest.approx(right.talk_s)
            assert left.interruptions == right.interruptions
            assert left.words == right.words


@given(spoken_pieces())
@settings(max_examples=100, deadline=None)
def test_silences_lie_inside_and_talk_in_none_of_them(pieces):
    conversation = build(pieces)
    metrics = measure(conversation)
    for silence in metrics.spoken.silences:
        assert 0 <= silence.start_s < silence.end_s <= metrics.duration_s
        assert silence.length_s >= 3
        assert silence.is_long == (silence.length_s > 10)
        for turn in conversation.turns:
            if turn.duration_s:
                assert turn.end_s <= silence.start_s or turn.start_s >= silence.end_s


def test_empty_conversation_gives_zeros_and_none():
    metrics = measure(Conversation(id="c", channel="phone"))
    assert metrics.duration_s == 0
    assert metrics.turns == 0
    assert metrics.spoken.talk_s == metrics.spoken.silence_s == 0
    assert metrics.spoken.talk_to_listen_ratio is None
    assert metrics.spoken.agent_response_s is None
    assert metrics.written is None


def test_recording_without_any_turn_is_all_silence(call):
    metrics = measure(call("", duration_s=40.0))
    assert metrics.spoken.silence_s == 40
    assert metrics.spoken.silence_share == 1
    assert [silence.is_long for silence in metrics.spoken.silences] == [True]
    assert metrics.spoken.holds == ()


def test_figures_of_the_sample_call(telecom_call):
    metrics = measure(telecom_call)
    agent, customer = metrics.of("agent"), metrics.of("customer")
    assert metrics.duration_s == 123.15
    assert metrics.approximate is False
    assert metrics.turns == 21
    assert (agent.turns, customer.turns) == (11, 10)
    spoken_s = sum(turn.duration_s for turn in telecom_call.turns_of("agent"))
    assert agent.talk_s == pytest.approx(spoken_s)
    assert agent.talk_share + customer.talk_share == pytest.approx(1)
    assert metrics.spoken.overlap_s == 0
    assert metrics.spoken.silences == ()
    assert metrics.spoken.agent_response_s == pytest.approx(0.45, abs=0.01)
    assert 130 < agent.speech_rate_wpm < 200


def test_word_times_are_used_and_short_pauses_bridged():
    words = [("a", 0.0, 1.0), ("b", 1.4, 2.0), ("c", 3.0, 4.0)]
    turn = Turn(
        index=0,
        speaker="agent",
        text="a b c",
        start_s=0,
        end_s=4,
        words=[Word(text=t, start_s=s, end_s=e, probability=1) for t, s, e in words],
    )
    spoken = measure(Conversation(id="c", channel="phone", turns=[turn])).spoken
    assert spoken.talk_s == pytest.approx(3.0)  # 0-2 with the pause of 0.4 s, and 3-4
    assert spoken.silence_s == pytest.approx(1.0)


def test_one_who_takes_the_floor_interrupts_and_one_who_agrees_does_not(call):
    conversation = call(
        """
        customer 0 6 je vous appelle parce que ma box ne marche plus depuis lundi et
        agent 2 2.6 d'accord
        agent 4.5 9 oui mais avez-vous bien redémarré la box comme indiqué
        """
    )
    spoken = measure(conversation).spoken
    assert [(cut.by, cut.of) for cut in spoken.interruptions] == [("agent", "customer")]
    cut = spoken.interruptions[0]
    assert cut.at_s == pytest.approx(4.5)
    assert cut.overlap_s == pytest.approx(1.5)
    assert cut.evidence.quote.startswith("oui mais")
    assert [overlap.started_by for overlap in spoken.overlaps] == ["agent", "agent"]
    assert measure(conversation).of("agent").turns == 1


def test_smooth_change_with_a_little_overlap_is_no_interruption(call):
    conversation = call(
        "customer 0 6 ma box ne marche plus\nagent 5.7 9 je regarde cela tout de suite"
    )
    assert measure(conversation).spoken.interruptions == ()


def test_monologue_survives_a_backchannel_and_ends_at_a_long_pause(call):
    conversation = call(
        """
        agent 0 10 alors voici comment cela fonctionne chez nous en ce moment
        customer 5 5.5 oui
        agent 11 20 ensuite vous devez simplement patienter un peu
        agent 24 26 voilà c'est tout
        """
    )
    assert measure(conversation).of("agent").longest_monologue_s == pytest.approx(20)


def test_mono_recordings_are_said_to_be_approximate(call):
    script = "agent 0 2 bonjour à vous\ncustomer 3 4 bonjour"
    assert measure(call(script, channels=1)).approximate is True
    assert measure(call(script, channels=2)).approximate is False


def test_speakers_on_their_own_channels_are_exact_whatever_the_file():
    turns = [
        Turn(index=0, speaker="agent", text="bonjour", start_s=0, end_s=1),
        Turn(index=1, speaker="customer", text="bonjour", start_s=2, end_s=3),
    ]
    people = [
        Participant(role="agent", audio_channel=0),
        Participant(role="customer", audio_channel=1),
    ]
    assert (
        measure(Conversation(id="c", channel="phone", turns=turns, participants=people)).approximate
        is False
    )
    assert measure(Conversation(id="c", channel="phone", turns=turns)).approximate is True


def test_unknown_speakers_of_a_stereo_file_stay_approximate():
    recording = Recording(
        name="a.wav", sha256="0" * 64, size_bytes=1, container="wav", codec="pcm",
        sample_rate_hz=8000, channels=2, duration_s=3,
    )  # fmt: skip
    turns = [Turn(index=0, speaker="unknown", text="bonjour", start_s=0, end_s=1)]
    metrics = measure(Conversation(id="c", channel="phone", turns=turns, recording=recording))
    assert metrics.approximate is True
    assert metrics.of("unknown").talk_share == 1


def test_hold_is_found_without_silence_from_words_alone(telecom_call):
    (hold,) = measure(telecom_call).spoken.holds
    assert hold.announced_by.quote == "Restez en ligne, s'il vous plaît."
    assert hold.reason.quote == "Dans ce cas, je vais faire un test de votre ligne à distance."
    assert hold.thanked_by.quote == "Merci d'avoir patienté."
    assert 61 < hold.start_s < hold.end_s < 71


def test_announced_silence_is_a_hold_and_the_rest_of_the_talk_is_not(call):
    spoken = measure(
        call(
            """
            customer 0 4 où en est mon colis
            agent 5 9 je vais consulter votre commande ne quittez pas
            agent 40 44 merci d'avoir patienté votre colis est parti
            customer 45 46 merci
            """
        )
    ).spoken
    (silence,) = spoken.silences
    assert silence.is_long
    assert silence.ended_by == "agent"
    assert "ne quittez pas" in silence.announced_by.quote
    (hold,) = spoken.holds
    assert hold.silence_s == pytest.approx(31)
    assert hold.thanked_by is not None
    assert spoken.hold_s == pytest.approx(31)


def test_long_silence_of_a_thinking_customer_is_no_hold(call):
    spoken = measure(
        call(
            """
            agent 0 4 pouvez-vous me donner votre numéro de contrat
            customer 17 20 le voici c'est le douze
            """
        )
    ).spoken
    assert [silence.is_long for silence in spoken.silences] == [True]
    assert spoken.holds == ()


def test_the_language_of_the_waiting_words_can_be_told(call):
    script = "agent 0 3 please hold the line\nagent 20 23 thank you for holding"
    conversation = call(script, language=None)
    assert measure(conversation).spoken.holds[0].announced_by is None
    assert measure(conversation, language="en").spoken.holds[0].announced_by is not None


def test_hold_never_announced_is_found(call):
    spoken = measure(
        call(
            """
            customer 0 4 pouvez-vous corriger mon adresse
            agent 5 6 d'accord
            agent 25 28 voilà c'est corrigé
            """
        )
    ).spoken
    (hold,) = spoken.holds
    assert hold.announced_by is None
    assert hold.silence_s == pytest.approx(19)


def test_response_delays_count_from_the_first_unanswered_message(messages):
    written = measure(
        messages(
            """
            customer +0 Bonjour
            customer +20 Mon colis est perdu
            bot +21 Je suis un assistant virtuel
            agent +60 Bonjour, je regarde
            agent +70 Il arrive demain
            customer +100 Merci
            agent +110 Avec plaisir
            """
        )
    ).written
    assert written.response_delays_s == (60, 10)
    assert written.first_response_s == 60
    assert written.median_response_s == 35
    assert written.p90_response_s == pytest.approx(55)
    assert written.span_s == 110
    assert {s.speaker: (s.messages, s.turns) for s in written.senders} == {
        "customer": (3, 2),
        "bot": (1, 1),
        "agent": (3, 2),
    }


def test_text_without_times_has_counts_but_no_delays(messages):
    metrics = measure(messages("customer Bonjour\nagent Bonjour, que puis-je faire ?"))
    assert metrics.spoken is None
    assert metrics.written.first_response_s is None
    assert metrics.duration_s is None
    assert metrics.written.words == 5
    assert metrics.of("agent") is None


def test_times_with_and_without_zone_can_be_mixed(messages):
    from datetime import datetime

    conversation = messages("customer +0 Bonjour\nagent +30 Bonjour")
    turns = list(conversation.turns)
    turns[1] = turns[1].model_copy(update={"at": datetime(2026, 11, 2, 9, 1)})  # noqa: DTZ001
    written = measure(conversation.model_copy(update={"turns": tuple(turns)})).written
    assert written.first_response_s == 60


def test_every_figure_says_its_formula():
    from quality import Metrics, SpeakerMetrics, SpokenMetrics, WrittenMetrics

    for model in (Metrics, SpeakerMetrics, SpokenMetrics, WrittenMetrics):
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"


@st.composite
def grids(draw):
    """Who talks in each tenth of a second, in runs of two and more, five and more apart."""
    rows = {}
    for who in ("agent", "customer"):
        cells, position = [False] * 300, 0
        for gap, length in draw(
            st.lists(st.tuples(st.integers(5, 60), st.integers(2, 60)), max_size=8)
        ):
            start, end = position + gap, position + gap + length
            if end > len(cells):
                break
            cells[start:end] = [True] * length
            position = end
        rows[who] = cells
    return rows


def turns_of_grid(rows):
    pieces = []
    for who, cells in rows.items():
        start = None
        for i, cell in enumerate([*cells, False]):
            if cell and start is None:
                start = i
            elif not cell and start is not None:
                pieces.append((start / 10, i / 10, who))
                start = None
    return sorted(pieces)


@given(grids())
@settings(max_examples=100, deadline=None)
def test_talk_listening_silence_and_overlap_are_those_counted_cell_by_cell(rows):
    metrics = measure(build(turns_of_grid(rows)))
    agent, customer = rows["agent"], rows["customer"]
    pairs = list(zip(agent, customer, strict=True))
    values = metric_values(metrics)
    assert metrics.duration_s == 30
    assert values["agent_talk_s"] == pytest.approx(sum(agent) / 10)
    assert values["customer_talk_s"] == pytest.approx(sum(customer) / 10)
    assert metrics.spoken.overlap_s == pytest.approx(sum(a and c for a, c in pairs) / 10)
    assert values["silence_s"] == pytest.approx(sum(not a and not c for a, c in pairs) / 10)
    assert values["agent_listen_s"] == pytest.approx(sum(c and not a for a, c in pairs) / 10)
    assert values["customer_listen_s"] == pytest.approx(sum(a and not c for a, c in pairs) / 10)
    quiet = "".join("t" if a or c else "." for a, c in pairs).split("t")
    assert values["silence_count"] == sum(len(run) >= 30 for run in quiet)
    assert values["long_silence_count"] == sum(len(run) > 100 for run in quiet)
    assert values["longest_silence_s"] == pytest.approx(
        max((len(run) / 10 for run in quiet if len(run) >= 30), default=0)
    )
    for speaker in metrics.spoken.speakers:
        whole = speaker.talk_s + speaker.listen_s + metrics.spoken.silence_s
        assert whole == pytest.approx(metrics.duration_s)
        share = speaker.duration_share + speaker.listen_share + metrics.spoken.silence_share
        assert share == pytest.approx(1)


def test_every_figure_of_a_call_is_that_of_a_computation_by_hand(call):
    """Each number below was worked out on paper from the times of the script."""
    conversation = call(
        """
        agent 1 4 Lunéo bonjour que puis-je faire
        customer 4.5 10.5 bonjour ma box ne marche plus depuis lundi matin
        agent 9.5 13.5 oui mais avez-vous bien redémarré la box
        customer 14 16 oui trois fois déjà
        agent 17 20 je vérifie ne quittez pas
        agent 45 49 merci d'avoir patienté tout est réparé
        customer 49.5 50 ah
        customer 54 56 merci au revoir
        """,
        duration_s=60.0,
    )
    values = metric_values(measure(conversation))
    assert values["agent_talk_s"] == pytest.approx(3 + 4 + 3 + 4)
    assert values["customer_talk_s"] == pytest.approx(6 + 2 + 0.5 + 2)
    assert values["talk_s"] == pytest.approx(24.5)
    assert values["overlap_s"] == pytest.approx(1)  # 9.5 to 10.5
    assert values["silence_s"] == pytest.approx(60 - 23.5)
    assert values["silence_share"] == pytest.approx(36.5 / 60)
    assert values["overlap_share"] == pytest.approx(1 / 24.5)
    assert values["agent_talk_share"] == pytest.approx(14 / 24.5)
    assert values["agent_listen_s"] == pytest.approx(23.5 - 14)
    assert values["agent_listen_share"] == pytest.approx(9.5 / 60)
    assert values["customer_listen_s"] == pytest.approx(23.5 - 10.5)
    assert values["talk_to_listen_ratio"] == pytest.approx(14 / 10.5)
    assert values["silence_count"] == 3  # 20 to 45, 50 to 54, 56 to 60
    assert values["long_silence_count"] == 1
    assert values["unannounced_silence_count"] == 0
    assert values["longest_silence_s"] == pytest.approx(25)
    assert values["hold_count"] == 1
    assert values["hold_s"] == values["longest_hold_s"] == pytest.approx(25)
    assert values["unannounced_hold_count"] == values["unthanked_hold_count"] == 0
    assert values["overlap_count"] == 1
    assert (values["agent_interruptions"], values["customer_interruptions"]) == (1, 0)
    assert values["agent_words"] == 5 + 7 + 5 + 6
    assert values["customer_words"] == 9 + 4 + 1 + 3
    assert values["agent_speech_rate_wpm"] == pytest.approx(60 * 23 / 14)
    assert values["agent_longest_monologue_s"] == pytest.approx(4)
    assert values["customer_longest_monologue_s"] == pytest.approx(6)
    # agent, customer, agent, customer, agent (its two spurts are one turn), customer
    assert values["turns"] == 6
    assert (values["agent_turns"], values["customer_turns"]) == (3, 3)
    # -1 (9.5 after 10.5) and 1 (17 after 16): median 0
    assert values["agent_response_s"] == pytest.approx(0)
    # 0.5, 0.5 and 0.5
    assert values["customer_response_s"] == pytest.approx(0.5)
    assert values["first_response_s"] is None
    assert values["channel"] == "phone"
    assert values["approximate"] is False


def test_numbers_count_as_they_were_said():
    said = Turn(
        index=0,
        speaker="agent",
        text="42 €",
        start_s=0,
        end_s=2,
        words=[
            Word(text="42", start_s=0, end_s=1, probability=1, spoken="quarante deux"),
            Word(text="€", start_s=1, end_s=2, probability=1, spoken="euros"),
        ],
    )
    figures = measure(Conversation(id="c", channel="phone", turns=[said])).of("agent")
    assert figures.words == 3
    assert figures.speech_rate_wpm == pytest.approx(90)


def test_the_same_sound_on_both_channels_is_approximate(call):
    conversation = call("agent 0 2 bonjour à vous\ncustomer 3 4 bonjour", channels=2)
    people = (Participant(role="agent"), Participant(role="customer"))
    mixed = measure(conversation.model_copy(update={"participants": people}))
    assert mixed.approximate is True
    values = metric_values(mixed)
    assert values["approximate"] is True
    assert values["overlap_s"] is values["agent_interruptions"] is None
    assert values["agent_talk_s"] == pytest.approx(2)


def test_delays_of_messages_have_their_names(messages):
    values = metric_values(
        measure(
            messages(
                """
                customer +0 Bonjour
                agent +60 Bonjour
                customer +100 Et mon colis ?
                agent +400 Il arrive
                """
            )
        )
    )
    assert values["first_response_s"] == 60
    assert values["median_response_s"] == 180
    assert values["longest_response_s"] == 300
    assert values["p90_response_s"] == pytest.approx(60 + 0.9 * 240)
    assert values["agent_messages"] == values["agent_turns"] == 2
    assert values["customer_words"] == 4
    assert values["hold_s"] is values["agent_talk_share"] is None


def test_what_is_understood_has_names_too(messages, understanding_of):
    conversation = messages("customer Je suis furieux\nagent Je comprends")
    metrics = measure(conversation)
    understood = metric_values(metrics, understanding_of(conversation, negative=(0,)))
    assert understood["customer_sentiment"] == 0
    assert understood["urgency"] == 0
    assert understood["repeat_stated"] is False
    assert understood["reason"] is None
    assert metric_values(metrics)["urgency"] is None


def test_every_name_has_a_value_of_its_kind_or_none(telecom_call, messages, understanding_of):
    for conversation in (telecom_call, messages("customer +0 Bonjour\nagent +5 Bonjour")):
        values = metric_values(measure(conversation), understanding_of(conversation))
        assert set(values) == set(METRIC_NAMES)
        for name, value in values.items():
            if value is not None:
                assert kind_of(value) == METRIC_KINDS[name], name


def test_every_figure_is_explained_by_what_was_said(telecom_call, messages, understanding_of):
    written = messages("customer +0 Bonjour\nagent +5 Bonjour, que puis-je faire ?")
    for conversation in (telecom_call, written):
        metrics, understood = measure(conversation), understanding_of(conversation)
        for name in METRIC_NAMES:
            quotes = metric_evidence([name], conversation, metrics, understood)
            assert 0 < len(quotes) <= 4
            for one in quotes:
                turn = conversation.turns[one.turn_index]
                assert one == Evidence.from_turn(turn, one.quote)


def test_a_silence_is_explained_by_the_words_around_it(call):
    conversation = call(
        """
        agent 0 4 bonjour que puis-je faire
        customer 5 9 pouvez-vous corriger mon adresse
        agent 10 11 d'accord
        agent 40 43 voilà c'est corrigé
        """
    )
    quotes = metric_evidence(["longest_silence_s"], conversation, measure(conversation))
    assert [one.quote for one in quotes] == ["d'accord", "voilà c'est corrigé"]


def test_docs_list_every_name():
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{one.name}` | {one.label.en} ({one.label.fr}) | {one.formula} | {one.unit} | "
        f"{one.source} |"
        for one in METRIC_NAMES.values()
    ]
