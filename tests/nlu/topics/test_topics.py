"""Topics: found where there are some, nowhere else, and the same ones next time."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation import ModelReference
from conversation.errors import BadInput, NotFound
from nlu.topics import TopicSettings, TopicState, find_topics
from nlu.topics.state import FILE_NAME

from .conftest import BADGE, CANTEEN, NOISE, item, items_of

ONCE_PER_FUNCTION = [HealthCheck.function_scoped_fixture]


def conversations_of(found, label_word: str) -> set[str]:
    return {
        quote.conversation_id
        for topic in found.report.topics
        for quote in topic.quotes
        if label_word in (topic.label.fr or "").lower()
    }


def test_planted_topics_are_found_and_named(word_encoder, planted):
    report = find_topics(planted, encoder=word_encoder).report
    assert [topic.size for topic in report.topics] == [7, 6]
    badge, canteen = report.topics
    assert {"badge", "barrière", "parking"} & set(badge.label.fr.lower().replace(",", "").split())
    assert "cantine" in canteen.label.fr.lower()
    assert badge.label.en is None
    assert badge.share == pytest.approx(7 / 21)
    assert report.grouped_conversations == 13


def test_quotes_are_verbatim_and_name_their_conversation(word_encoder, planted):
    said = {each.conversation_id: [e.quote for e in each.texts] for each in planted}
    for topic in find_topics(planted, encoder=word_encoder).report.topics:
        assert len({quote.conversation_id for quote in topic.quotes}) == len(topic.quotes) == 4
        for quote in topic.quotes:
            assert quote.evidence.quote in said[quote.conversation_id]


def test_what_is_like_nothing_else_is_no_topic(word_encoder):
    report = find_topics(items_of(NOISE), encoder=word_encoder).report
    assert report.topics == ()
    assert report.open_conversations == len(NOISE)


def test_nothing_gives_nothing(word_encoder):
    report = find_topics([], encoder=word_encoder).report
    assert (report.topics, report.vocabulary, report.conversations) == ((), (), 0)


def test_one_conversation_that_insists_is_no_topic(word_encoder):
    report = find_topics([item(1, *BADGE)], encoder=word_encoder).report
    assert report.topics == ()


def test_what_every_centre_hears_is_no_topic(word_encoder):
    text = "oui bonjour monsieur je vous appelle parce que j'ai un problème"
    texts = [f"{text} {end}" for end in "voilà euh donc là oui ben".split()]
    assert find_topics(items_of(texts), encoder=word_encoder).report.topics == ()


def test_conversations_with_a_known_reason_are_not_grouped(word_encoder, planted):
    known = [each.model_copy(update={"reason_code": "tel.facture"}) for each in planted]
    report = find_topics(known, encoder=word_encoder).report
    assert report.topics == ()
    assert report.open_conversations == 0


@given(shuffle=st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=8, suppress_health_check=ONCE_PER_FUNCTION)
def test_the_order_of_conversations_does_not_count(word_encoder, planted, shuffle):
    expected = find_topics(planted, encoder=word_encoder)
    moved = list(planted)
    shuffle.shuffle(moved)
    found = find_topics(moved, encoder=word_encoder)
    assert found.report.model_dump_json() == expected.report.model_dump_json()
    assert found.state.groups.tolist() == expected.state.groups.tolist()


def test_threads_do_not_count(word_encoder, planted):
    threadpoolctl = pytest.importorskip("threadpoolctl")
    reports = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads):
            reports.append(find_topics(planted, encoder=word_encoder).report)
    assert reports[0] == reports[1]


def test_noise_of_the_encoder_in_the_last_digits_does_not_count(word_encoder, planted):
    expected = find_topics(planted, encoder=word_encoder).report
    plain = word_encoder.encode
    rng = np.random.default_rng(0)

    def shaken(texts, *, kind="query"):
        vectors = plain(texts, kind=kind)
        return vectors + rng.normal(size=vectors.shape).astype(np.float32) * 1e-7

    word_encoder.encode = shaken
    found = find_topics(planted, encoder=word_encoder).report
    assert [(t.id, t.size, t.label) for t in found.topics] == [
        (t.id, t.size, t.label) for t in expected.topics
    ]


def test_each_distinct_sentence_is_encoded_once(word_encoder):
    items = [item(i, BADGE[i % 3]) for i in range(9)]
    find_topics([], encoder=word_encoder)
    before = len(word_encoder.encoded)
    find_topics([], encoder=word_encoder)
    cost_of_the_space = len(word_encoder.encoded) - before
    before = len(word_encoder.encoded)
    find_topics(items, encoder=word_encoder)
    assert len(word_encoder.encoded) - before - cost_of_the_space == 3


def test_sentences_of_the_state_are_not_encoded_again(word_encoder, planted):
    first = find_topics(planted, encoder=word_encoder)
    del word_encoder.encoded[:]
    new = item(900, "badge de parking refusé ce soir")
    find_topics([*planted, new], encoder=word_encoder, previous=first.state)
    assert new.texts[0].quote in word_encoder.encoded
    assert not {each.texts[0].quote for each in planted} & set(word_encoder.encoded)


def test_a_search_with_nothing_new_changes_nothing(word_encoder, planted, tmp_path):
    first = find_topics(planted, encoder=word_encoder)
    first.state.save(tmp_path)
    state = TopicState.load(tmp_path)
    for items in ([], planted, planted[:5]):
        again = find_topics(items, encoder=word_encoder, previous=state)
        assert again.report == first.report
        again.state.save(tmp_path / "again")
        assert (tmp_path / "again" / FILE_NAME).read_bytes() == (tmp_path / FILE_NAME).read_bytes()


@given(
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    shuffle=st.randoms(use_true_random=False),
)
@hypothesis_settings(max_examples=8, suppress_health_check=ONCE_PER_FUNCTION)
def test_topics_keep_their_names_while_conversations_come(word_encoder, planted, sizes, shuffle):
    moved = list(planted)
    shuffle.shuffle(moved)
    state, names = None, {}
    start = 0
    for size in [*sizes, len(moved)]:
        found = find_topics(moved[start : start + size], encoder=word_encoder, previous=state)
        start += size
        state = found.state
        for topic in found.report.topics:
            subject = "badge" if "badge" in topic.quotes[0].evidence.quote else "cantine"
            assert names.setdefault(topic.id, subject) == subject
        assert found.report.changes == ()
        if start >= len(moved):
            break
    assert sorted(names.values()) == ["badge", "cantine"]


def test_a_topic_that_comes_later_gets_the_next_name(word_encoder):
    first = find_topics(items_of(CANTEEN), encoder=word_encoder)
    assert [topic.id for topic in first.report.topics] == ["T1"]
    second = find_topics(
        items_of(BADGE, first=100, day=10), encoder=word_encoder, previous=first.state
    )
    assert {topic.id: topic.size for topic in second.report.topics} == {"T1": 6, "T2": 7}


def test_a_conversation_that_is_read_again_is_replaced(word_encoder, planted):
    first = find_topics(planted, encoder=word_encoder)
    recoded = [each.model_copy(update={"reason_code": "tel.acces"}) for each in planted[:7]]
    second = find_topics(recoded, encoder=word_encoder, previous=first.state)
    assert [topic.id for topic in second.report.topics] == ["T2"]
    assert [(change.id, change.kind) for change in second.report.changes] == [("T1", "vanished")]


def test_forgotten_conversations_leave_report_and_state(word_encoder, planted, tmp_path):
    first = find_topics(planted, encoder=word_encoder)
    gone = {each.conversation_id for each in planted[:4]}
    second = find_topics([], encoder=word_encoder, previous=first.state, forget=gone)
    assert [change.id for change in second.report.changes] == ["T1"]
    second.state.save(tmp_path)
    with np.load(tmp_path / FILE_NAME) as file:
        content = file["values"].tobytes().decode()
    assert not any(each.texts[0].quote in content for each in planted[:4])
    assert not any(conversation in content for conversation in gone)


def test_topics_that_grow_into_each_other_are_merged_into_the_older(word_encoder):
    one = ["rouge carré lourd", "rouge carré grand", "carré rouge fort", "rouge carré vieux",
           "vif rouge carré"]  # fmt: skip
    two = ["bleu rond lourd", "bleu rond grand", "rond bleu fort", "bleu rond vieux",
           "vif bleu rond"]  # fmt: skip
    settings = TopicSettings(least_similarity=0.36)
    first = find_topics(
        [*items_of(one), *items_of(two, first=50)], encoder=word_encoder, settings=settings
    )
    assert len(first.report.topics) == 2
    bridge = [f"bleu rond rouge carré {end}" for end in "a1 b2 c3 d4 e5 f6 g7 h8 i9 j0".split()]
    second = find_topics(
        items_of(bridge, first=100), encoder=word_encoder, settings=settings, previous=first.state
    )
    assert [topic.id for topic in second.report.topics] == ["T1"]
    assert [(c.id, c.kind, c.into) for c in second.report.changes] == [("T2", "merged", "T1")]


def test_old_conversations_leave_the_state(word_encoder):
    first = find_topics(items_of(BADGE), encoder=word_encoder)
    late = items_of(CANTEEN, first=100, day=300)
    second = find_topics(late, encoder=word_encoder, previous=first.state)
    assert second.report.conversations == len(CANTEEN)
    assert [change.kind for change in second.report.changes] == ["vanished"]


def test_the_newest_sentences_are_kept_beyond_the_limit(word_encoder, planted):
    settings = TopicSettings(max_texts=10)
    report = find_topics(planted, encoder=word_encoder, settings=settings).report
    assert report.left_out_texts == len(planted) - 10


def test_a_burst_is_growing_and_new_and_comes_first(word_encoder):
    usual = items_of(CANTEEN * 5, day=0)
    other = [item(500 + i, text, day=i % 30) for i, text in enumerate(NOISE * 10)]
    burst = [item(900 + i, text, day=27 + i % 3) for i, text in enumerate(BADGE)]
    report = find_topics([*usual, *other, *burst], encoder=word_encoder).report
    first = report.topics[0]
    assert "badge" in first.quotes[0].evidence.quote
    assert first.trend == "new"
    assert first.growth.growing
    assert first.growth.before == 0
    canteen = next(t for t in report.topics if "cantine" in t.quotes[0].evidence.quote)
    assert not canteen.growth.growing


def test_without_dates_topics_are_found_and_do_not_grow(word_encoder):
    items = [item(i, text, day=None) for i, text in enumerate(BADGE)]
    report = find_topics(items, encoder=word_encoder).report
    assert [topic.growth for topic in report.topics] == [None]
    assert report.topics[0].periods == ()
    assert report.undated_conversations == len(BADGE)


@pytest.mark.parametrize("damage", ["empty", "not a zip", "version"])
def test_a_damaged_state_is_refused(word_encoder, planted, tmp_path, damage):
    find_topics(planted, encoder=word_encoder).state.save(tmp_path)
    path = tmp_path / FILE_NAME
    if damage == "version":
        with np.load(path) as file:
            values = file["values"].tobytes().replace(b'"version":1', b'"version":9')
            np.savez(
                path, values=np.frombuffer(values, dtype=np.uint8), points=file["points"],
                groups=file["groups"],
            )  # fmt: skip
    else:
        path.write_bytes(b"" if damage == "empty" else b"PK\x03\x04 nothing")
    with pytest.raises(BadInput, match="state") as caught:
        TopicState.load(tmp_path)
    assert "remove it" in caught.value.remedy


def test_no_state_is_said_so(tmp_path):
    with pytest.raises(NotFound):
        TopicState.load(tmp_path)


def test_a_state_of_another_encoder_is_refused(word_encoder, planted):
    state = find_topics(planted, encoder=word_encoder).state
    word_encoder.reference = ModelReference(name="other", sha256=None)
    with pytest.raises(BadInput, match="'words', got 'other'"):
        find_topics([], encoder=word_encoder, previous=state)


def test_one_identifier_for_two_conversations_is_refused(word_encoder):
    with pytest.raises(BadInput, match="twice"):
        find_topics([item(1, BADGE[0]), item(1, BADGE[1])], encoder=word_encoder)


@pytest.mark.model
def test_french_and_english_customers_share_a_topic(encoder):
    french = (
        "Je n'arrive plus à ouvrir la barrière du parking avec mon badge",
        "Le badge du parking est refusé à l'entrée",
        "La barrière du parking reste fermée devant moi",
        "Mon badge de parking n'est plus reconnu",
        "Comment faire réactiver mon badge de parking ?",
    )
    english = (
        "My badge won't open the car park barrier any more",
        "The parking badge is refused at the entrance",
        "The car park barrier stays closed in front of me",
        "My parking badge is no longer recognised",
        "How do I get my parking badge activated again?",
    )
    items = [*items_of(french), *items_of(english, first=50, language="en")]
    items += items_of(NOISE, first=100)
    random.Random(0).shuffle(items)
    (topic,) = find_topics(items, encoder=encoder).report.topics
    assert topic.languages == {"en": 5, "fr": 5}
    assert topic.label.fr is not None
    assert topic.label.en is not None
