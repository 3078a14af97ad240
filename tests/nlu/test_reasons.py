from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, Turn
from nlu.background import load_background
from nlu.reason_scorer import Scores, TaxonomyScorer, scorer_for, sentences_of
from nlu.reason_vectors import VECTORS_PATH, encode_sentences
from nlu.reason_votes import texts_to_encode
from nlu.reasons import MAX_SECONDARY, ReasonResult, ReasonSettings, find_reasons
from nlu.segments import MAX_WORDS, opening_of, segments_of
from nlu.taxonomy import (
    SHIPPED,
    Bilingual,
    BilingualTexts,
    Reason,
    Subreason,
    Taxonomy,
    load_taxonomy,
)

HERE = Path(__file__).parent


def reason(code: str, *examples: str, **fields: object) -> Reason:
    label = Bilingual(fr=code.rsplit(".", 1)[-1].replace("_", " "))
    return Reason(
        code=code, label=label, definition=label, examples=BilingualTexts(fr=examples), **fields
    )


BAKERY = Taxonomy(
    name="boulangerie",
    version="1",
    reasons=(
        reason(
            "pain",
            "je voudrais une baguette bien cuite",
            "avez-vous encore des baguettes",
            subreasons=(
                Subreason(
                    code="pain.sans_gluten",
                    label=Bilingual(fr="Sans gluten"),
                    definition=Bilingual(fr="pain sans gluten"),
                    examples=BilingualTexts(fr=("avez-vous une baguette sans gluten",)),
                ),
                Subreason(
                    code="pain.cuisson",
                    label=Bilingual(fr="Cuisson"),
                    definition=Bilingual(fr="cuisson de la baguette"),
                    examples=BilingualTexts(fr=("je la préfère pas trop cuite",)),
                ),
            ),
        ),
        reason(
            "gateau",
            "je commande un gâteau au chocolat pour un anniversaire",
            "un gâteau pour dix personnes au chocolat",
        ),
        reason("autre", "quels sont vos horaires"),
        reason("hors_perimetre", "je me suis trompé de numéro"),
    ),
)


def found(conversation: Conversation, encoder, taxonomy: Taxonomy = BAKERY) -> ReasonResult:
    texts = texts_to_encode(conversation)
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    scorer = scorer_for(taxonomy, encoder)
    return find_reasons(conversation, scorer=scorer, vectors=vectors)


class SaidScorer:
    """Judges a text by the codes that are written in it; "…" says nothing."""

    name = "said"
    settings = ReasonSettings()

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy

    def score(self, texts: Sequence[str], vectors: np.ndarray) -> Scores:
        codes = [r.code for r in self.taxonomy.reasons]
        hits = np.array([[text.count(code) for code in codes] for text in texts], dtype=np.float32)
        total = np.maximum(hits.sum(axis=1, keepdims=True), 1)
        return Scores(0.9 * hits / total, 1 - 0.9 * hits.sum(axis=1) / total[:, 0])

    def subreasons(self, code: str, vectors: np.ndarray) -> np.ndarray:
        count = len(next(r for r in self.taxonomy.reasons if r.code == code).subreasons)
        return np.full((len(vectors), count), 1 / max(count, 1), dtype=np.float32)


def said(conversation: Conversation, taxonomy: Taxonomy = BAKERY, **settings: float):
    vectors = {text: np.zeros(2, dtype=np.float32) for text in texts_to_encode(conversation)}
    return find_reasons(
        conversation,
        scorer=SaidScorer(taxonomy),
        vectors=vectors,
        settings=ReasonSettings(**settings),
    )


def test_the_reason_is_what_the_customer_says(word_encoder, talk) -> None:
    call = talk(
        ("agent", "Bonjour, que puis-je pour vous ?"),
        ("customer", "Bonjour, je voudrais commander un gâteau au chocolat"),
    )
    result = found(call, word_encoder)
    assert result.primary is not None
    assert result.primary.code == "gateau"
    assert result.primary.label_en == "gateau"
    assert [e.turn_index for e in result.primary.evidence] == [1]
    assert result.primary.probability >= result.threshold
    assert result.candidates[0].code == "gateau"


def test_level_2_is_given_where_it_is_clear(word_encoder, talk) -> None:
    result = found(talk(("customer", "avez-vous une baguette sans gluten")), word_encoder)
    assert result.primary is not None
    assert result.primary.code == "pain.sans_gluten"
    assert result.primary.level_1 == result.primary.parent_code == "pain"
    assert result.primary.parent_label_fr == "pain"


def test_greetings_names_and_thanks_give_no_reason(word_encoder, talk) -> None:
    call = talk(
        ("agent", "Bonjour, Claire à votre écoute."),
        ("customer", "Bonjour madame"),
        ("customer", "Je m'appelle Sophie Martin"),
        ("customer", "Merci beaucoup pour votre aide, au revoir"),
    )
    assert found(call, word_encoder).primary is None


@pytest.mark.parametrize("turns", [[], [("agent", "une baguette")], [("customer", "… 12 !")]])
def test_without_a_word_of_the_customer_the_reason_is_unknown(word_encoder, talk, turns) -> None:
    result = found(talk(*turns), word_encoder)
    assert result.primary is None
    assert result.candidates == ()
    assert result.margin == 0


def test_an_agent_alone_makes_no_reason(talk) -> None:
    result = said(talk(("customer", "un pain peut-être"), *[("agent", "gateau")] * 12))
    assert result.primary is not None
    assert result.primary.code == "pain"
    assert result.primary.probability > 0.8


def test_an_agent_who_restates_confirms(talk) -> None:
    doubtful = talk(("customer", "pain ou gateau, je ne sais pas"))
    confirmed = talk(("customer", "pain ou gateau, je ne sais pas"), ("agent", "un gateau alors"))
    assert said(doubtful).primary is None
    primary = said(confirmed).primary
    assert primary is not None
    assert primary.code == "gateau"


def test_what_is_said_first_counts_more(talk) -> None:
    first = talk(("customer", "pain"), ("customer", "gateau"))
    probabilities = {c.code: c.probability for c in said(first).candidates}
    assert probabilities["pain"] > probabilities["gateau"]


def test_a_second_request_is_a_secondary_reason_with_its_own_words(talk) -> None:
    call = talk(
        ("customer", "je viens pour mon pain"),
        ("agent", "très bien"),
        ("customer", "et puis aussi un gateau"),
    )
    result = said(call)
    assert result.primary is not None
    assert result.primary.code == "pain"
    assert [s.code for s in result.secondary] == ["gateau"]
    assert result.secondary[0].evidence[0].turn_index == 2
    assert said(call, secondary_threshold=0.9).secondary == ()


def test_autre_and_out_of_scope_are_never_secondary(talk) -> None:
    call = talk(("customer", "pain"), ("customer", "autre"), ("customer", "hors_perimetre"))
    assert said(call).secondary == ()


def test_a_primary_reason_out_of_scope_has_no_secondary(talk) -> None:
    call = talk(("customer", "hors_perimetre hors_perimetre"), ("customer", "pain"))
    result = said(call)
    assert result.primary is not None
    assert result.primary.code == "hors_perimetre"
    assert result.secondary == ()


def test_two_equal_candidates_are_unknown(talk) -> None:
    result = said(talk(("customer", "pain gateau")))
    assert result.primary is None
    assert result.margin == pytest.approx(0, abs=1e-6)


def test_sectors_of_the_whole_conversation_weigh_on_each_piece(talk) -> None:
    two = Taxonomy(
        name="deux",
        version="1",
        reasons=(reason("tel.facture"), reason("bq.carte"), reason("bq.facture")),
    )
    alone = talk(("customer", "tel.facture bq.facture"))
    heard = talk(("customer", "tel.facture bq.facture"), ("agent", "bq.carte bq.facture"))
    assert said(alone, two).primary is None
    primary = said(heard, two).primary
    assert primary is not None
    assert primary.code == "bq.facture"


def test_a_taxonomy_of_labels_alone_can_be_used(word_encoder, talk) -> None:
    bare = Taxonomy(name="nue", version="1", reasons=(reason("baguette"), reason("croissant")))
    result = found(talk(("customer", "un croissant")), word_encoder, bare)
    assert result.candidates[0].code == "croissant"


def test_probabilities_of_a_scorer_add_up_to_one(word_encoder) -> None:
    texts = ["une baguette", "bonjour", "quel temps fait-il", ""]
    for taxonomy in (BAKERY, load_taxonomy("banque")):
        scores = TaxonomyScorer(taxonomy, word_encoder).score(texts, word_encoder.encode(texts))
        assert scores.reasons.shape == (4, len(taxonomy.reasons))
        total = scores.reasons.sum(axis=1) + scores.service
        assert total == pytest.approx(np.ones(4), abs=1e-4)
        empty = word_encoder.encode([])
        assert TaxonomyScorer(taxonomy, word_encoder).score([], empty).service.shape == (0,)


def test_background_that_resembles_a_reason_does_not_speak_against_it(word_encoder) -> None:
    stray = load_background().out_of_scope.fr[2]
    garage = Taxonomy(
        name="garage",
        version="1",
        reasons=(reason("reparation", stray), reason("hors_perimetre", "quel temps fait-il")),
    )
    scores = TaxonomyScorer(garage, word_encoder).score([stray], word_encoder.encode([stray]))
    assert scores.reasons[0, 0] > 0.5


def test_a_scorer_is_built_once(word_encoder) -> None:
    first = scorer_for(BAKERY, word_encoder)
    count = len(word_encoder.encoded)
    assert scorer_for(BAKERY, word_encoder) is first
    assert len(word_encoder.encoded) == count


words = st.lists(st.sampled_from(["oui", "ma", "box", "rame.", "M.", "3,5", "?", "\n", "…"]))


@given(st.lists(st.tuples(st.sampled_from(["customer", "agent", "unknown"]), words), max_size=6))
@settings(max_examples=60, deadline=None)
def test_segments_are_verbatim_in_order_and_short(turns: list[tuple[str, list[str]]]) -> None:
    conversation = Conversation(
        id="x",
        channel="chat",
        turns=tuple(
            Turn(index=i, speaker=speaker, text=" ".join(said * 9))
            for i, (speaker, said) in enumerate(turns)
        ),
    )
    cursors = [0] * len(turns)
    for segment in segments_of(conversation):
        text = conversation.turns[segment.turn_index].text
        at = text.find(segment.text, cursors[segment.turn_index])
        assert at >= 0
        cursors[segment.turn_index] = at + len(segment.text)
        assert len(segment.text.split()) <= MAX_WORDS


def test_a_long_email_is_cut_at_its_sentences(talk) -> None:
    mail = talk(
        (
            "customer",
            "Bonjour,\nJe vous écris au sujet de la commande 88213. J'ai renvoyé les deux "
            "chaises le 4 octobre et vous avez confirmé la réception le 9. À ce jour je n'ai "
            "toujours rien reçu sur mon compte, malgré deux appels à votre service.\nCordialement",
        )
    )
    texts = [segment.text for segment in segments_of(mail)]
    assert len(texts) >= 3
    assert texts[1].startswith("J'ai renvoyé les deux chaises")


def test_the_opening_joins_the_first_pieces_and_leaves_out_short_answers(talk) -> None:
    call = talk(
        ("customer", "Oui bonjour"),
        ("agent", "Je vous écoute depuis le début de la journée"),
        ("customer", "J'ai commandé une lampe la semaine dernière"),
        ("customer", "elle est arrivée complètement cassée ce matin"),
    )
    opening = opening_of(segments_of(call))
    assert opening.startswith("J'ai commandé")
    assert opening.endswith("ce matin")
    assert "écoute" not in opening
    assert opening_of(segments_of(talk(("customer", "ma box ne marche plus du tout")))) == ""


# With the real encoder


def read(name: str) -> list[dict]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.model
def test_shipped_vectors_are_those_of_the_encoder(encoder) -> None:
    taxonomies = [load_taxonomy(), *map(load_taxonomy, SHIPPED)]
    sentences = sorted({sentence for t in taxonomies for sentence in sentences_of(t)})
    with np.load(VECTORS_PATH) as file:
        assert str(file["encoder_sha256"]) == encoder.reference.sha256
        assert len(file["keys"]) == len(sentences), "run python -m nlu.reason_vectors"
    sample = sentences[:: len(sentences) // 40]
    cosines = (encode_sentences(sample, encoder) * encoder.encode(sample)).sum(axis=1)
    # int8 activations are rounded per batch, so a vector moves a little with its neighbours.
    assert cosines.min() > 0.997
    assert np.median(cosines) > 0.9999


@pytest.mark.model
def test_contact_texts_find_their_reason_or_are_declined(encoder) -> None:
    rows = read("contact_texts.jsonl")
    right: dict[bool, list[bool]] = {True: [], False: []}
    taxonomy = load_taxonomy()
    encoded = encoder.encode([row["text"] for row in rows])
    scorer = scorer_for(taxonomy, encoder)
    for row, vector in zip(rows, encoded, strict=True):
        turn = Turn(index=0, speaker="customer", text=row["text"])
        result = find_reasons(
            Conversation(id="x", channel="phone", turns=(turn,)),
            scorer=scorer,
            vectors={row["text"]: vector},
        )
        code = None if result.primary is None else result.primary.level_1
        in_scope = row["intent"] != "oos"
        right[in_scope].append(
            code == row["intent"] if in_scope else code in {None, "hors_perimetre"}
        )
    assert len(right[True]) >= 120
    assert len(right[False]) >= 30
    assert np.mean(right[True]) >= 0.8
    assert np.mean(right[False]) >= 0.9


@pytest.mark.model
def test_conversations_find_their_reason_or_are_declined(encoder) -> None:
    rows = read("reason_conversations.jsonl")
    conversations = [
        Conversation(
            id=f"c{number}",
            channel="phone",
            turns=tuple(Turn(index=i, **turn) for i, turn in enumerate(row["turns"])),
        )
        for number, row in enumerate(rows)
    ]
    texts = list(dict.fromkeys(t for c in conversations for t in texts_to_encode(c)))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    scorer = scorer_for(load_taxonomy(), encoder)
    wrong = []
    for row, conversation in zip(rows, conversations, strict=True):
        turns = conversation.turns
        result = find_reasons(conversation, scorer=scorer, vectors=vectors)
        code = None if result.primary is None else result.primary.level_1
        expected = {None, "hors_perimetre"} if row["reason"] in {"oos", "none"} else {row["reason"]}
        if code not in expected:
            wrong.append((row["reason"], code))
        for score in (result.primary, *result.secondary):
            for evidence in score.evidence if score else ():
                assert evidence.quote in turns[evidence.turn_index].text
        assert len(result.secondary) <= MAX_SECONDARY
    assert len(wrong) <= 4, wrong


@pytest.mark.model
def test_a_call_about_an_outage_names_the_outage_and_quotes_it(encoder) -> None:
    rows = read("reason_conversations.jsonl")
    row = next(r for r in rows if "Télécom Plus, je m'appelle Claire" in r["turns"][0]["text"])
    turns = tuple(Turn(index=i, **turn) for i, turn in enumerate(row["turns"]))
    call = Conversation(id="telecom", channel="phone", turns=turns)
    result = found(call, encoder, load_taxonomy())
    assert result.primary is not None
    assert result.primary.code == "tel.panne_fixe.coupure"
    assert result.primary.evidence[0].turn_index == 1
    assert result.primary.probability > 0.6
