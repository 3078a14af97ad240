"""Rule categories: what a centre may write, what is found, and the same live as at the end."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, Evidence, ModelReference, Turn
from conversation.errors import BadInput, DefinitionInvalid, NotFound
from quality import measure
from quality.categories import CategoryMatcher, CategorySet, load_categories, match_categories
from quality.categories.matching import alerts_of
from quality.expressions import parse_expression
from quality.metric_names import METRIC_LABELS, metric_values
from quality.sentence_vectors import SentenceVectors

DOCS = Path(__file__).parents[2] / "docs" / "categories.md"


class WordEncoder:
    """A tiny encoder: a vector of the words of four letters and more."""

    name = "words"
    dim = 256
    reference = ModelReference(name="words")

    def encode(self, texts, *, kind="query"):
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w{4,}", text.casefold()):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def vectors():
    return SentenceVectors(WordEncoder())


def one(when, **settings):
    """A set of one category with this condition."""
    category = {"id": "it", "label": {"fr": "cela", "en": "it"}, "when": when, **settings}
    return CategorySet.model_validate({"name": "ours", "version": "1", "categories": [category]})


def found(conversation, when, **known):
    report = match_categories(conversation, one(when), **known)
    for match in report.matches:
        for evidence in match.evidence:
            turn = conversation.turns[evidence.turn_index]
            assert evidence == Evidence.from_turn(turn, evidence.quote)
    match = report.match("it")
    return None if match is None else [evidence.quote for evidence in match.evidence]


TALK = """
    agent 0 2 bonjour que puis-je faire
    customer 3 8 je veux résilier mon abonnement
    agent 9 12 je regarde votre dossier
    customer 60 64 merci
    agent 65 70 je vous rappelle demain
    """
CANCEL = {"say": {"fr": "résilier"}}


def test_words_are_found_with_their_sentence(call):
    assert found(call(TALK), {"words": CANCEL}) == ["je veux résilier mon abonnement"]


def test_the_speaker_counts(call):
    assert found(call(TALK), {"words": {**CANCEL, "speaker": "customer"}})
    assert found(call(TALK), {"words": {**CANCEL, "speaker": "agent"}}) is None


def test_unless_takes_a_match_back(call):
    words = {**CANCEL, "unless": {"fr": "ne ... pas résilier"}}
    assert found(call("customer 0 3 je veux résilier"), {"words": words})
    assert found(call("customer 0 3 je ne veux pas résilier"), {"words": words}) is None


def test_misspelt_words_are_found_in_long_phrases(call):
    words = {"say": {"fr": "mettre fin à mon abonnement"}}
    assert found(call("customer 0 3 je veux mettre fin à mon abonnemant"), {"words": words})


@pytest.mark.parametrize(
    ("position", "matches"),
    [
        ({"within_s": 5}, True),
        ({"within_s": 2}, False),
        ({"place": "opening"}, True),
        ({"place": "closing"}, False),
        ({"turns": {"first": 2, "last": 2}}, True),
        ({"turns": {"first": 3}}, False),
        ({"turns": {"first": -4}}, True),
        ({"turns": {"first": -3}}, False),
        ({"turns": {"last": -4}}, True),
        ({"turns": {"last": -5}}, False),
    ],
)
def test_the_place_counts_on_recordings(call, position, matches):
    words = {"say": {"fr": "veux résilier"}, **position}
    assert (found(call(TALK), {"words": words}) is not None) == matches


def test_the_closing_of_a_recording_is_its_last_minute(call):
    words = {"say": {"fr": "je vous rappelle"}, "place": "closing"}
    assert found(call(TALK), {"words": words}) == ["je vous rappelle demain"]


def test_places_of_messages_are_counted_in_turns_and_times(messages):
    conversation = messages(
        """
        customer +0 Bonjour
        agent +20 Bonjour
        customer +30 Je veux résilier
        agent +60 Je regarde
        customer +90 Merci
        """
    )
    assert found(conversation, {"words": {**CANCEL, "place": "opening"}}) is None
    assert found(conversation, {"words": {**CANCEL, "place": "closing"}})
    assert found(conversation, {"words": {**CANCEL, "within_s": 30}})
    assert found(conversation, {"words": {**CANCEL, "within_s": 29}}) is None


def test_seconds_of_messages_without_times_are_not_known(messages):
    conversation = messages("customer Bonjour\ncustomer Je veux résilier")
    report = match_categories(conversation, one({"words": {**CANCEL, "within_s": 30}}))
    assert report.matches == ()
    assert report.undecided == ("it",)


def test_absence_is_shown_where_it_was_looked_for(call):
    absent = {"not": {"words": {"say": {"fr": "bonsoir"}, "speaker": "customer"}}}
    assert found(call(TALK), absent) == ["je veux résilier mon abonnement"]
    assert found(call(TALK), {"not": {"words": CANCEL}}) is None


def test_figures_are_shown_by_the_words_they_come_from(call):
    assert found(call(TALK), {"metric": "longest_silence_s > 40"}) == [
        "je regarde votre dossier",
        "merci",
    ]
    assert found(call(TALK), {"metric": "longest_silence_s > 50"}) is None


def test_conditions_join(call):
    promised = {"words": {"say": {"fr": "je vous rappelle"}, "speaker": "agent"}}
    nothing = {"words": {"say": {"fr": "bonsoir"}}}
    assert found(call(TALK), {"all": [{"words": CANCEL}, promised]}) == [
        "je veux résilier mon abonnement",
        "je vous rappelle demain",
    ]
    assert found(call(TALK), {"all": [{"words": CANCEL}, nothing]}) is None
    assert found(call(TALK), {"any": [nothing, promised]}) == ["je vous rappelle demain"]
    assert found(call(TALK), {"all": [promised, {"not": nothing}]}) == ["je vous rappelle demain"]


MEANING = {
    "meaning": {
        "like": {"fr": ["Je voudrais quitter votre compagnie maintenant"]},
        "unlike": {"fr": ["Je voudrais quitter votre réunion maintenant"]},
        "threshold": 0.6,
        "speaker": "customer",
    }
}


def test_meanings_are_found_near_the_examples_and_not_near_the_counter_examples(messages, vectors):
    near = messages("customer Alors voilà. Je voudrais quitter votre compagnie demain.")
    assert found(near, MEANING, vectors=vectors) == ["Je voudrais quitter votre compagnie demain."]
    far = messages("customer Je voudrais quitter votre réunion demain.")
    assert found(far, MEANING, vectors=vectors) is None


def test_without_an_encoder_meanings_stay_undecided_unless_words_suffice(messages):
    conversation = messages("customer Je veux résilier")
    assert match_categories(conversation, one(MEANING)).undecided == ("it",)
    assert match_categories(conversation, one({"not": MEANING})).undecided == ("it",)
    assert found(conversation, {"any": [MEANING, {"words": CANCEL}]})


def test_provenance_names_the_encoder_and_the_definition(messages, vectors):
    categories = one(MEANING)
    report = match_categories(messages("customer Bonjour à vous"), categories, vectors=vectors)
    assert [model.name for model in report.provenance.models] == ["words"]
    assert report.provenance.settings["categories_sha256"] == categories.sha256


def test_unknown_speakers_leave_open_who_said_it(call):
    conversation = call("unknown 0 4 je veux résilier mon contrat")
    assert found(conversation, {"words": CANCEL})
    for when in ({"words": {**CANCEL, "speaker": "agent"}},):
        assert match_categories(conversation, one(when)).undecided == ("it",)
        assert match_categories(conversation, one({"not": when})).undecided == ("it",)


def test_a_language_without_phrases_leaves_words_open(call):
    conversation = call("customer 0 4 ich möchte kündigen", language="de")
    assert match_categories(conversation, one({"words": CANCEL})).undecided == ("it",)
    assert match_categories(conversation, one({"not": {"words": CANCEL}})).undecided == ("it",)


def test_an_unknown_language_is_looked_at_in_all(messages):
    conversation = messages("customer I want to cancel", language=None)
    words = {"say": {"fr": "résilier", "en": "cancel"}}
    assert found(conversation, {"words": words}) == ["I want to cancel"]


def test_the_system_says_nothing_and_an_empty_contact_matches_nothing(call):
    assert found(call("system 0 4 je veux résilier"), {"words": CANCEL}) is None
    assert found(call("system 0 4 bonjour"), {"metric": "duration_s < 60"}) is None
    empty = Conversation(id="c", channel="phone")
    report = match_categories(empty, load_categories())
    assert report.matches == ()


def test_live_tells_each_category_once_and_as_soon_as_it_is_certain(call):
    conversation = call(TALK)
    greeting = {"not": {"words": {"say": {"fr": "bonsoir"}, "within_s": 20}}}
    categories = CategorySet.model_validate(
        {
            "name": "ours",
            "version": 1,
            "categories": [
                {"id": "cancel", "label": {"fr": "a", "en": "a"}, "when": {"words": CANCEL},
                 "alert": True},
                {"id": "impolite", "label": {"fr": "b", "en": "b"}, "when": greeting},
                {"id": "phone", "label": {"fr": "c", "en": "c"},
                 "when": {"metric": "channel == 'phone'"}},
            ],
        }
    )  # fmt: skip
    matcher = CategoryMatcher(categories, channel="phone", language="fr")
    told = [[match.category for match in matcher.add(turn)] for turn in conversation.turns]
    assert told == [["phone"], ["cancel"], [], ["impolite"], []]
    report = matcher.finish(conversation)
    assert [match.category for match in report.matches] == ["cancel", "impolite", "phone"]
    assert [match.category for match in alerts_of(report.matches)] == ["cancel"]


def test_live_turns_come_in_order_and_are_those_of_the_contact(call):
    conversation = call(TALK)
    matcher = CategoryMatcher(one({"words": CANCEL}), channel="phone", language="fr")
    matcher.add(conversation.turns[0])
    with pytest.raises(BadInput, match="got turn 2, expected turn 1"):
        matcher.add(conversation.turns[2])
    with pytest.raises(BadInput, match="not those that were added"):
        matcher.finish(call("agent 0 2 bonsoir à vous"))


SAID = (
    "bonjour",
    "je veux résilier mon abonnement",
    "je ne veux pas résilier",
    "merci au revoir",
    "Je voudrais quitter votre compagnie demain.",
    "ne quittez pas je vérifie",
    "oui",
    "",
)


@st.composite
def contacts(draw):
    """Contacts of every sort: recordings with overlaps, dated and undated messages, mixed."""
    channel = draw(st.sampled_from(["phone", "chat"]))
    timed = draw(st.sampled_from(["all", "none", "some"]))
    turns, start = [], 0.0
    for index in range(draw(st.integers(0, 8))):
        start += draw(st.sampled_from([0.0, 1.0, 12.0, 35.0, 70.0]))
        has_time = timed == "all" or (timed == "some" and draw(st.booleans()))
        times = {}
        if has_time and channel == "phone":
            times = {"start_s": start, "end_s": start + draw(st.sampled_from([0.0, 2.0, 40.0]))}
        elif has_time:
            times = {"at": f"2026-11-02T09:{int(start) // 60:02}:{int(start) % 60:02}Z"}
        turns.append(
            Turn(
                index=index,
                speaker=draw(st.sampled_from(["agent", "customer", "unknown", "system"])),
                text=draw(st.sampled_from(SAID)),
                language=draw(st.sampled_from(["fr", None, "de"])),
                **times,
            )
        )
    language = draw(st.sampled_from(["fr", None]))
    return Conversation(id="c", channel=channel, language=language, turns=turns)


POSITIONS = st.one_of(
    st.just({}),
    st.sampled_from([5, 30, 80]).map(lambda s: {"within_s": s}),
    st.sampled_from(["opening", "closing"]).map(lambda place: {"place": place}),
    st.sampled_from(
        [{"first": 1, "last": 2}, {"first": 2}, {"first": -2}, {"first": 1, "last": -3}]
    ).map(lambda turns: {"turns": turns}),
)
SPEAKERS = st.sampled_from([{}, {"speaker": "agent"}, {"speaker": "customer"}])
LEAVES = st.one_of(
    st.tuples(st.sampled_from(["résilier", "bonjour", "merci"]), POSITIONS, SPEAKERS).map(
        lambda t: {
            "words": {"say": {"fr": t[0], "en": "x y"}, "unless": {"fr": "pas résilier"}}
            | t[1]
            | t[2]
        }
    ),
    st.tuples(POSITIONS, SPEAKERS).map(
        lambda t: {
            "meaning": {"like": {"fr": ["Je voudrais quitter votre compagnie"]}, "threshold": 0.5}
            | t[0]
            | t[1]
        }
    ),
    st.sampled_from(["turns > 2", "channel == 'chat'", "hold_s > 5", "reason == 'x'"]).map(
        lambda text: {"metric": text}
    ),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda part: {"not": part}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
    ),
    max_leaves=5,
)


def places_of(conversation):
    """Number each turn with words from 1, with its start and end in seconds; None: not known."""
    places, zero, start, end = {}, None, None, None
    for turn in conversation.turns:
        if not turn.text or turn.speaker == "system":
            continue
        here = (turn.start_s, turn.end_s)
        if turn.at is not None:
            here = (turn.at.timestamp(),) * 2
        if here[0] is not None:
            zero = here[0] if zero is None else zero
            start, end = here[0] - zero, max(here[1] - zero, end or 0)
        shown = (start, end if turn.at else None if here[0] is None else here[1] - zero)
        places[turn.index] = (len(places) + 1, shown[0], shown[0] if shown[1] is None else shown[1])
    return places, len(places), end


def is_in_place(position, number, at_s, turns, end_s, *, spoken):
    if "within_s" in position:
        return None if at_s is None else at_s <= position["within_s"]
    if "turns" in position:
        first, last = ({"first": 1, "last": -1} | position["turns"]).values()
        first = first if first > 0 else max(1, turns + 1 + first)
        return first <= number <= (last if last > 0 else turns + 1 + last)
    timed = spoken and at_s is not None
    if position.get("place") == "opening":
        return at_s <= 30 if timed else number <= 2
    if position.get("place") == "closing":
        return at_s >= end_s - 60 if timed else number > turns - 3
    return True


def said_by_hand(when, conversation, *, phrase, readable, least_words=1):
    """Decide a condition on words from the finished contact, without following it."""
    places, turns, end_s = places_of(conversation)
    spoken = conversation.channel == "phone"
    truths = set()
    for turn in conversation.turns:
        if turn.index not in places or len(turn.text.split()) < least_words:
            continue
        number, start, end = places[turn.index]
        wanted = when.get("speaker")
        if wanted not in (None, turn.speaker) and turn.speaker != "unknown":
            continue

        def inside(share, number=number, start=start, end=end):
            at_s = None if start is None else start + share * (end - start)
            return is_in_place(when, number, at_s, turns, end_s, spoken=spoken)

        known = readable(turn) and (wanted is None or turn.speaker != "unknown")
        if not known:
            for share in (0, 1):
                truths |= {None} if inside(share) is not False else set()
        elif (offset := phrase(turn.text)) is not None:
            truths.add(inside(offset / len(turn.text)))
    return True if True in truths else None if None in truths else False


def decide_by_hand(when, conversation, encoded):
    """Decide a condition from the finished contact (Kleene's three values)."""
    ((kind, content),) = when.items()
    if kind == "words":
        word = content["say"]["fr"]

        def phrase(text):
            return None if f"pas {word}" in text or word not in text else text.index(word)

        def in_french(turn):
            return conversation.language == "fr" or turn.language != "de"

        return said_by_hand(content, conversation, phrase=phrase, readable=in_french)
    if kind == "meaning":
        return said_by_hand(
            content,
            conversation,
            phrase=lambda text: 0 if "quitter votre compagnie" in text else None,
            readable=lambda _: encoded,
            least_words=2,
        )
    if kind == "metric":
        values = metric_values(measure(conversation))
        return parse_expression(content, METRIC_LABELS).evaluate(values)
    if kind == "not":
        inner = decide_by_hand(content, conversation, encoded)
        return None if inner is None else not inner
    truths = [decide_by_hand(part, conversation, encoded) for part in content]
    decides = kind == "any"
    return decides if decides in truths else None if None in truths else not decides


@given(contacts(), CONDITIONS, st.booleans())
@settings(max_examples=300)
def test_answers_are_those_decided_from_the_finished_contact(conversation, when, encoded):
    known = SentenceVectors(WordEncoder()) if encoded else None
    report = match_categories(conversation, one(when), vectors=known)
    expected = decide_by_hand(when, conversation, encoded)
    anything_said = any(t.text and t.speaker != "system" for t in conversation.turns)
    assert (report.match("it") is not None) == (expected is True and anything_said)
    assert (report.undecided == ("it",)) == (expected is None)


@given(contacts(), st.lists(CONDITIONS, min_size=1, max_size=3), st.integers(0, 8), st.booleans())
@settings(max_examples=150)
def test_live_ends_with_the_same_answers_as_the_whole(conversation, conditions, cut, encoded):
    categories = CategorySet.model_validate(
        {
            "name": "ours",
            "version": "1",
            "categories": [
                {"id": f"c{i}", "label": {"fr": "a", "en": "a"}, "when": when}
                for i, when in enumerate(conditions)
            ],
        }
    )
    known = SentenceVectors(WordEncoder()) if encoded else None
    whole = match_categories(conversation, categories, vectors=known)
    matcher = CategoryMatcher(
        categories, channel=conversation.channel, language=conversation.language, vectors=known
    )
    told = {}
    for turn in conversation.turns:
        for match in matcher.add(turn):
            assert match.category not in told
            told[match.category] = match
    assert matcher.finish(conversation) == whole
    matched = {match.category for match in whole.matches}
    assert set(told) <= matched, "what was told is never taken back"
    assert not matched & set(whole.undecided)
    for match in (*whole.matches, *told.values()):
        for one_quote in match.evidence:
            turn = conversation.turns[one_quote.turn_index]
            assert one_quote == Evidence.from_turn(turn, one_quote.quote)
    # cut anywhere: the rest may come with finish()
    halfway = CategoryMatcher(
        categories, channel=conversation.channel, language=conversation.language, vectors=known
    )
    for turn in conversation.turns[:cut]:
        halfway.add(turn)
    assert halfway.finish(conversation, metrics=measure(conversation)) == whole


def deep(depth):
    return {"not": deep(depth - 1)} if depth > 1 else {"metric": "turns > 1"}


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({}, "got nothing, expected one of words, meaning"),
        ({"words": CANCEL, "metric": "turns > 1"}, "got words and metric"),
        ({"words": {}}, "neither say nor phrases"),
        ({"words": {"say": {"fr": "(non fermé"}}}, "is not closed"),
        ({"words": {"phrases": ["nothing"]}}, "no phrase set is called 'nothing'"),
        ({"words": {**CANCEL, "place": "opening", "within_s": 3}}, "more than one of place"),
        ({"words": {**CANCEL, "turns": {"first": 0}}}, "counted from 1"),
        ({"words": {**CANCEL, "turns": {"first": 4, "last": 2}}}, "first 4 after last 2"),
        ({"words": {**CANCEL, "speaker": "robot"}}, "'agent', 'customer'"),
        ({"meaning": {"like": {}}}, "got no example"),
        ({"metric": "hold > 3"}, "nothing is called 'hold'"),
        ({"metric": "hold_s"}, "gives a number"),
        ({"metric": "__import__('os')"}, "character 11"),
        (deep(9), "9 deep"),
    ],
)
def test_mistakes_in_a_file_are_told_with_their_line(tmp_path, when, message):
    path = tmp_path / "ours.yaml"
    category = {"id": "it", "label": {"fr": "cela", "en": "it"}, "when": when}
    content = {"name": "ours", "version": "1", "categories": [category]}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DefinitionInvalid) as caught:
        load_categories(path)
    assert message in str(caught.value)
    assert re.search(rf"{re.escape(str(path))}, line \d+", str(caught.value))


def test_ids_are_unique_and_files_are_there(tmp_path):
    with pytest.raises(NotFound, match="neither a file nor one of default"):
        load_categories(tmp_path / "nothing.yaml")
    category = {"id": "it", "label": {"fr": "a", "en": "a"}, "when": {"words": CANCEL}}
    path = tmp_path / "ours.yaml"
    path.write_text(
        yaml.safe_dump({"name": "ours", "version": "1", "categories": [category, category]}),
        encoding="utf-8",
    )
    with pytest.raises(DefinitionInvalid, match="'it' is used twice"):
        load_categories(path)


def test_the_page_shows_a_file_that_can_be_read(tmp_path):
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.yaml"
        path.write_text(block, encoding="utf-8")
        assert load_categories(path).categories


def test_the_code_of_the_pages_runs():
    for page in (DOCS, DOCS.with_name("metrics.md")):
        blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        assert blocks
        for block in blocks:
            exec(compile(block, page.name, "exec"), {})


def test_the_page_lists_what_is_shipped():
    page = DOCS.read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{one.id}` | {one.label.en} ({one.label.fr}) | "
        f"{one.about.en if one.about else one.label.en} | {'yes' if one.alert else ''} |"
        for one in load_categories().categories
    ]


SHIPPED = {
    "complaint": ("Je veux faire une réclamation.", "I want to make a complaint."),
    "legal_threat": ("Vous aurez affaire à mon avocat.", "I will take you to court."),
    "publicity_threat": ("Je vais mettre un avis négatif.", "I'll leave a bad review."),
    "cancellation": ("Je souhaite résilier mon contrat.", "I want to cancel my contract."),
    "competitor": ("Je vais voir la concurrence.", "I'll go to a competitor."),
    "manager_request": ("Je veux parler à un responsable.", "I want to speak to a manager."),
    "vulnerability": ("Mon mari vient de décéder.", "My husband passed away."),
    "data_protection": ("Supprimez mes données.", "Delete all my data."),
    "recording_refused": ("Je refuse d'être enregistré.", "I do not want to be recorded."),
    "repeat_contact": ("C'est la troisième fois que j'appelle.", "It's the third time I call."),
    "payment_difficulty": ("Je voudrais un échéancier.", "I need a payment plan."),
    "insult": ("Vous êtes des voleurs.", "You are an idiot."),
    "praise": ("Vous avez été très efficace.", "You have been very helpful."),
}


@pytest.mark.parametrize("category", SHIPPED)
def test_shipped_categories_find_plain_words_in_both_languages(messages, category):
    for language, text in zip(("fr", "en"), SHIPPED[category], strict=True):
        conversation = messages(f"customer {text}", language=language)
        report = match_categories(conversation, load_categories())
        assert report.match(category) is not None, text
        by_agent = messages(f"agent {text}", language=language)
        assert match_categories(by_agent, load_categories()).match(category) is None


def test_the_shipped_set_finds_promises_waits_and_missing_greetings(call):
    conversation = call(
        """
        agent 0 3 service client que puis-je faire
        customer 4 8 où en est mon dossier
        agent 9 12 ne quittez pas
        agent 300 304 je vous rappelle demain matin
        """
    )
    report = match_categories(conversation, load_categories())
    assert {"callback_promised", "long_wait", "no_greeting"} <= {m.category for m in report.matches}
    greeted = call("agent 0 3 bonjour que puis-je faire\ncustomer 4 8 bonjour")
    assert match_categories(greeted, load_categories()).match("no_greeting") is None


def test_every_shipped_category_speaks_both_languages():
    for condition in load_categories().conditions:
        if condition.words is not None and not condition.words.phrases:
            assert condition.words.say.fr
            assert condition.words.say.en
        if condition.meaning is not None:
            assert condition.meaning.like.fr
            assert condition.meaning.like.en


@pytest.mark.model
def test_shipped_meanings_are_found_in_words_that_no_phrase_has(messages, encoder):
    known = SentenceVectors(encoder)
    conversation = messages("customer Je veux savoir ce que vous faites de mes données.")
    report = match_categories(conversation, load_categories(), vectors=known)
    assert [match.category for match in report.matches] == ["data_protection"]
    assert match_categories(conversation, load_categories()).matches == ()
