from datetime import UTC, datetime, timedelta

import pytest

from conversation import Conversation, Turn
from kb_search.assistant import figures, labels_of, replay
from kb_search.assistant.replay import ReplayClock, turn_times

SAID = [
    ("agent", "Bonjour, je vous écoute.", 2.0),
    ("customer", "Comment résilier mon contrat ?", 5.0),
    ("agent", "Je regarde.", 7.0),
    ("customer", "Et ma carte bleue, elle arrive quand ?", 12.0),
    ("agent", "Un instant.", 40.0),
    ("customer", "Comment est-ce que je peux annuler un virement ?", 45.0),
    ("customer", "Comment résilier mon contrat ?", 90.0),
]


def frozen():
    return 0.0


def test_cards_come_when_they_would_have_come(make_call, knowledge, needs):
    knowledge.watch = None
    past = replay(make_call(*SAID), knowledge, needs, stopwatch=frozen)
    assert [(card.citation.document, card.shown_at_s) for card in past.cards] == [
        ("resilier.md", 5.0), ("virement.md", 45.0),
    ]  # fmt: skip
    assert [(need.turn, need.outcome) for need in past.needs] == [
        (1, "shown"), (3, "too_soon"), (5, "shown"), (6, "unsure"),
    ]  # fmt: skip


def test_an_answer_that_waits_is_shown_between_two_turns(make_call, knowledge, needs):
    knowledge.watch = None
    said = [*SAID[:2], ("customer", "Et ma carte bleue, elle arrive quand ?", 30.0)]
    past = replay(make_call(*said), knowledge, needs, stopwatch=frozen)
    assert [card.shown_at_s for card in past.cards] == [5.0, 35.0]
    assert past.cards[1].delay_s == 5.0


def test_computing_time_is_added_to_the_clock_of_the_recording(make_call, knowledge, needs, watch):
    knowledge.takes_s = 1.5
    past = replay(make_call(*SAID), knowledge, needs, stopwatch=watch)
    assert past.cards[0].delay_s == pytest.approx(1.5)
    assert past.computing_s[0] == pytest.approx(1.5)


def test_a_machine_that_is_too_slow_shows_nothing_and_falls_behind(
    make_call, knowledge, needs, watch
):
    knowledge.takes_s = 20.0
    past = replay(make_call(*SAID), knowledge, needs, stopwatch=watch)
    assert past.cards == ()
    assert {need.outcome for need in past.needs} == {"too_late"}


def test_a_turn_waits_for_the_computing_of_the_one_before(watch):
    clock = ReplayClock(watch)
    assert clock.advance(10.0) == 10.0
    watch.now_s += 7.0
    assert clock.advance(12.0) == 17.0
    assert clock() == 17.0


def test_the_same_replay_gives_the_same_cards(make_call, knowledge, needs):
    knowledge.watch = None
    call = make_call(*SAID)
    assert replay(call, knowledge, needs, stopwatch=frozen) == replay(
        call, knowledge, needs, stopwatch=frozen
    )


def test_messages_are_replayed_at_the_times_they_were_sent():
    start = datetime(2026, 11, 12, 14, 2, tzinfo=UTC)
    chat = Conversation(
        id="chat", channel="chat",
        turns=tuple(
            Turn(index=n, speaker="customer", text="Bonjour", at=start + timedelta(seconds=30 * n))
            for n in range(3)
        ),
    )  # fmt: skip
    assert turn_times(chat) == ((0.0, 30.0, 60.0), "messages")


def test_turns_without_times_are_replayed_at_a_usual_pace():
    text = Conversation(
        id="text", channel="phone", turns=(Turn(index=0, speaker="customer", text="un deux " * 5),)
    )
    assert turn_times(text) == ((4.5,), "assumed")


def test_an_empty_conversation_is_replayed_to_nothing(knowledge, needs):
    past = replay(Conversation(id="x", channel="chat"), knowledge, needs)
    assert (past.cards, past.needs, past.duration_s) == ((), (), 0.0)
    assert figures([past]).cards_per_minute is None


def test_figures_count_right_cards_met_needs_and_what_was_held_back(make_call, knowledge, needs):
    knowledge.watch = None
    labels = [
        {"turn": 1, "document": "resilier.md"},
        {"turns": [3], "documents": ["carte.md"]},
        {"turn": 5, "documents": ["autre/virement.md", "box.md"]},
    ]
    call = make_call(*SAID, metadata={"needs": labels})
    past = replay(call, knowledge, needs, labels=labels_of(call), stopwatch=frozen)
    result = figures([past])
    assert (result.cards, result.asked, result.asked_with_card) == (2, 4, 2)
    assert result.suppressed == {"too_soon": 1}
    assert result.cards_per_minute == pytest.approx(2 / 1.5)
    assert result.labels.needs == 3
    assert (result.labels.right, result.labels.met) == (2, 2)
    assert result.labels.precision_at_1 == 1.0
    assert result.labels.recall == pytest.approx(2 / 3)


def test_a_card_where_no_label_is_counts_as_wrong(make_call, knowledge, needs):
    knowledge.watch = None
    call = make_call(*SAID, metadata={"needs": []})
    past = replay(call, knowledge, needs, labels=labels_of(call), stopwatch=frozen)
    assert figures([past]).labels.precision_at_1 == 0.0
    assert figures([past]).labels.recall is None


def test_without_labels_nothing_is_called_right_or_wrong(make_call, knowledge, needs):
    past = replay(make_call(*SAID), knowledge, needs, stopwatch=frozen)
    assert figures([past]).labels is None
    assert past.is_right(past.cards[0]) is None
