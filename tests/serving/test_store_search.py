from __future__ import annotations

import contextlib
import itertools
from datetime import UTC, datetime, timedelta

import finishing
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from conversation import Conversation, Turn
from conversation.errors import BadInput, NotFound
from serving.access.visibility import Visibility
from serving.intake import Intake
from serving.store import Filters, QueryVector, Result, Store
from serving.store.words import snippet_of, terms_of

SHA = "e" * 64
numbers = itertools.count()


def turns(*texts: str) -> tuple[Turn, ...]:
    speakers = ("customer", "agent")
    return tuple(
        Turn(index=index, speaker=speakers[index % 2], text=text)
        for index, text in enumerate(texts)
    )


def said(store, *texts: str, vectors=None, team="default", spoken="fr", **intake) -> str:
    conversation = Conversation(id="chat", channel="chat", turns=turns(*texts))
    one = store.add_conversation(conversation, name="chat", intake=Intake(**intake), team=team).id
    store.index_turns(
        one, conversation.turns, vectors, None if vectors is None else SHA, language=spoken
    )
    return one


def unit(*values: float) -> np.ndarray:
    vector = np.asarray(values, np.float32)
    return vector / np.linalg.norm(vector)


def found(store, query: str, **more) -> list[str]:
    return [hit.conversation.id for hit in store.search(query, limit=20, **more).hits]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def opened(request, tmp_path_factory):
    moments = iter(datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=n) for n in range(10**6))
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("module_postgres_url")
    one = Store(tmp_path_factory.mktemp("store"), database_url=url, clock=lambda: next(moments))
    yield one
    one.close()


@pytest.fixture
def store(opened):
    """An empty store; what the test before left is erased, which tests that, too."""
    opened.erase_all([one.id for one in opened.page(limit=1000).conversations])
    return opened


# By words


@pytest.mark.parametrize(
    "query",
    ["résiliation", "RESILIER", "resiliations", "je veux résilier", '"résilier mon abonnement"'],
)
def test_words_are_found_whatever_their_accents_and_endings(store, query):
    one = said(store, "Bonjour", "Je voudrais résilier mon abonnement internet.")
    said(store, "Ma facture est trop chère.")
    assert found(store, query) == [one]


def test_english_words_are_found_by_their_stems(store):
    one = said(store, "My connection keeps dropping and the invoices are wrong.", spoken="en")
    said(store, "Je suis en panne.")
    assert found(store, "invoice") == [one]
    assert found(store, "drops") == [one]


def test_words_that_belong_together_must_be_said_in_a_row(store):
    one = said(store, "La carte bancaire est bloquée.")
    said(store, "La carte du restaurant", "Un conseiller bancaire")
    assert found(store, '"carte bancaire"') == [one]


def test_the_rarer_word_and_the_more_frequent_talk_come_first(store):
    common = said(store, "Ma facture")
    often = said(store, "Ma facture", "Votre facture", "Oui, la facture")
    rare = said(store, "Ma facture de fibre")
    others = [said(store, f"La facture numéro {n}") for n in range(4)]
    assert found(store, "facture fibre")[:2] == [rare, often]
    assert set(found(store, "facture")) == {common, often, rare, *others}


def test_a_hit_shows_the_turns_and_marks_the_words(store):
    said(store, "Bonjour", "Vous voulez résilier ?", "Oui, la résiliation de l'abonnement.")
    [hit] = store.search("résiliation abonnement", limit=5).hits
    assert [turn.turn_index for turn in hit.turns] == [2, 1]
    shown = hit.turns[0].snippet
    assert [shown.text[left:right] for left, right in shown.marks] == ["résiliation", "abonnement"]
    assert hit.turns[0].speaker == "customer"


@pytest.mark.parametrize("query", ["", "le la de", '""', "?!", " ".join(map(str, range(100, 140)))])
def test_a_query_without_words_or_with_too_many_is_bad_input(store, query):
    with pytest.raises(BadInput):
        store.search(query, limit=5)
    with pytest.raises(BadInput):
        store.page(limit=5, filters=Filters(text=query))


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(max_size=40))
def test_no_query_breaks_the_search(store, query):
    with contextlib.suppress(BadInput):
        store.search(query, limit=5)


@given(text=st.text(max_size=600), query=st.text(min_size=1, max_size=20))
def test_a_snippet_is_verbatim_and_its_marks_lie_in_it(text, query):
    try:
        terms = terms_of(query)
    except BadInput:
        terms = ()
    snippet = snippet_of(text, terms)
    core = snippet.text.removeprefix("… ").removesuffix(" …")
    assert core in text
    for left, right in snippet.marks:
        assert 0 <= left < right <= len(snippet.text)


# By meaning


def test_the_nearest_turn_decides_and_is_shown(store):
    far = said(store, "a", "b", vectors=np.stack([unit(1, 0, 0), unit(0, 1, 0)]))
    near = said(store, "c", "d", vectors=np.stack([unit(0, 1, 0.2), unit(0, 0.1, 1)]))
    query = QueryVector(unit(0, 0, 1), SHA)
    hits = store.search("", limit=5, by="meaning", vector=query).hits
    assert [hit.conversation.id for hit in hits] == [near, far]
    assert hits[0].turns[0].turn_index == 1
    assert hits[0].turns[0].similarity == pytest.approx(float(unit(0, 0.1, 1)[2]), abs=1e-3)


def test_vectors_of_another_encoder_are_not_compared(store):
    said(store, "a", vectors=unit(1, 0)[None])
    assert (
        store.search("", limit=5, by="meaning", vector=QueryVector(unit(1, 0), "f" * 64)).hits == ()
    )
    with pytest.raises(BadInput, match="3 numbers"):
        store.search("", limit=5, by="meaning", vector=QueryVector(unit(1, 0, 0), SHA))


def test_the_search_is_exact_over_many_blocks(store, monkeypatch):
    monkeypatch.setattr("serving.store.by_meaning.BLOCK_TURNS", 7)
    random = np.random.default_rng(1)
    all_vectors = {}
    for _ in range(12):
        vectors = random.normal(size=(random.integers(1, 6), 16)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        all_vectors[said(store, *["mot"] * len(vectors), vectors=vectors)] = vectors
    query = unit(*random.normal(size=16))
    best = sorted(all_vectors, key=lambda one: -float((all_vectors[one] @ query).max()))
    assert found(store, "", by="meaning", vector=QueryVector(query, SHA)) == best


def test_both_orders_are_fused(store):
    both = said(store, "la fibre", vectors=unit(1, 0.1)[None])
    words = said(store, "fibre")
    meaning = said(store, "internet", vectors=unit(1, 0)[None])
    query = QueryVector(unit(1, 0), SHA)
    assert found(store, "fibre", vector=query)[0] == both
    assert set(found(store, "fibre", vector=query)) == {both, words, meaning}
    assert set(found(store, "fibre", vector=query, by="words")) == {both, words}
    assert found(store, "le", vector=query)[0] == meaning


# What may be seen, and which are asked for


def test_nobody_finds_or_lists_or_gets_what_is_not_for_them(store):
    mine = said(store, "la fibre", vectors=unit(1, 0)[None], agent_key="a1", team="north")
    other = said(store, "la fibre", vectors=unit(1, 0)[None], agent_key="a2", team="north")
    south = said(store, "la fibre", vectors=unit(1, 0)[None], agent_key="a1", team="south")
    store.mark_sampled((other,))
    query = QueryVector(unit(1, 0), SHA)
    for visibility, seen in (
        (Visibility(team=None), {mine, other, south}),
        (Visibility(team="north"), {mine, other}),
        (Visibility(team="north", agent_key="a1"), {mine}),
        (Visibility(team="north", sampled_only=True, assigned_to="x"), {other}),
        (Visibility(team="north", customer_key="c", nothing=True), set()),
    ):
        assert set(found(store, "fibre", visibility=visibility)) == seen
        assert set(found(store, "", by="meaning", vector=query, visibility=visibility)) == seen
        page = store.page(limit=9, visibility=visibility, filters=Filters(text="fibre"))
        assert {one.id for one in page.conversations} == seen
        for one in (mine, other, south):
            if one in seen:
                assert store.get(one, visibility=visibility).id == one
            else:
                for ask in (store.get, store.source, store.erase):
                    with pytest.raises(NotFound):
                        ask(one, visibility=visibility)
                assert store.analysis(one, visibility=visibility) is None


def test_filters_take_away_what_does_not_match(store):
    def one(score, reason, **intake):
        made = said(store, "texte", **intake)
        finishing.finish(
            store,
            made,
            Result(
                document="{}", schema_version="2.0", channel="phone", spoken_language="fr",
                started_at=None, duration_s=1.0, reason=reason, score_100=score,
            ),
        )  # fmt: skip
        return made

    first = one(80.0, "bq.carte.opposition", queue="nord", customer_key="c1", agent_key="a")
    second = one(None, "bq.cartes", queue="sud", direction="inbound", purpose="training")
    third = said(store, "texte", started_at=datetime(2026, 1, 1, tzinfo=UTC))
    for filters, expected in (
        (Filters(status="done"), {first, second}),
        (Filters(status="queued"), {third}),
        (Filters(reason="bq.carte"), {first}),
        (Filters(reason="bq.carte.opposition"), {first}),
        (Filters(queue="sud"), {second}),
        (Filters(direction="inbound"), {second}),
        (Filters(purpose="quality"), {first, third}),
        (Filters(channel="phone", language="fr"), {first, second}),
        (Filters(channel="chat"), {third}),
        (Filters(agent_key="a"), {first}),
        (Filters(customer_key="c1"), {first}),
        (Filters(min_score=80), {first}),
        (Filters(max_score=79.9), set()),
        (Filters(sampled=False), {first, second, third}),
        (Filters(started_before=datetime(2026, 2, 1, tzinfo=UTC)), {third}),
        (Filters(started_from=datetime(2026, 2, 1, tzinfo=UTC)), {first, second}),
        (Filters(text="texte", queue="nord"), {first}),
        (Filters(text="texte fibre"), set()),
    ):
        page = store.page(limit=9, filters=filters)
        assert {found.id for found in page.conversations} == expected, filters
    assert store.of_customer("c1") == (first,)


# Pages


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_walking_through_a_search_or_a_list_meets_each_conversation_once(store, sizes):
    wanted = f"mot{next(numbers)}"
    ids = {said(store, f"{wanted} {'encore ' * n}") for n in range(5)}
    for walk in (
        lambda size, cursor: store.search(wanted, limit=size, cursor=cursor),
        lambda size, cursor: store.page(limit=size, cursor=cursor, filters=Filters(text=wanted)),
    ):
        seen, cursor, turn = [], None, 0
        while True:
            page = walk(sizes[turn % len(sizes)], cursor)
            some = getattr(page, "hits", None)
            seen += (
                [one.id for one in page.conversations]
                if some is None
                else [hit.conversation.id for hit in some]
            )
            cursor, turn = page.next_cursor, turn + 1
            if cursor is None:
                break
        assert len(seen) == len(ids)
        assert set(seen) == ids


@given(cursor=st.text(max_size=40))
def test_a_made_up_cursor_of_a_search_is_bad_input(cursor):
    from serving.store.cursors import rank_of

    with contextlib.suppress(BadInput):
        assert 1 <= rank_of(cursor) <= 1_000_000


# Indexing again, erasing


def test_indexing_again_replaces_what_was_there(store):
    one = said(store, "la fibre", "encore", vectors=np.stack([unit(1, 0), unit(1, 0)]))
    store.index_turns(one, turns("la facture"), language="fr")
    assert found(store, "fibre") == []
    assert found(store, "facture") == [one]
    assert found(store, "", by="meaning", vector=QueryVector(unit(1, 0), SHA)) == []


def test_an_erased_conversation_is_not_indexed(store):
    one = said(store, "la fibre", vectors=unit(1, 0)[None])
    store.erase(one)
    assert not store.index_turns(one, turns("la fibre"))
    assert found(store, "fibre") == []


def test_vectors_that_do_not_fit_their_turns_are_refused(store):
    one = said(store, "fibre")
    for vectors, sha in ((np.zeros((2, 3)), SHA), (np.zeros((1, 3)), None)):
        with pytest.raises(ValueError, match="vectors"):
            store.index_turns(one, turns("un"), vectors, sha)
    assert found(store, "fibre") == [one]


def test_nothing_that_was_said_is_left_in_the_files_after_an_erasure(tmp_path):
    store = Store(tmp_path)
    secret = "zanzibar"
    kept = said(store, "la fibre", vectors=unit(1, 0)[None])
    gone = [said(store, f"{secret} numéro {n}", vectors=unit(0, 1)[None]) for n in range(30)]
    for one in gone:
        store.erase(one)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret.encode() not in everything
    assert found(store, "fibre") == [kept]
    store.close()
