from __future__ import annotations

import json
import time
import zlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, ModelReference, Turn
from conversation.errors import AgentSentimentRefused, BadInput, ModelCorrupt, ModelMissing
from models import LinearHead
from nlu import sentiment
from nlu.sentiment import score_sentiment
from nlu.sentiment_head import LABELS, load_sentiment_head, load_training_set, train_sentiment_head
from nlu.sentiment_scorer import SentimentScore, SentimentScorer


class WordsEncoder:
    """A deterministic stand-in: each word has its own direction, so only the lexicon is wise."""

    name = "words"
    dim = 24
    reference = ModelReference(name="words", sha256="0" * 64)

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts, *, kind="query"):
        self.encoded.extend(texts)
        vectors = np.full((len(texts), self.dim), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def words_head() -> LinearHead:
    return train_sentiment_head(WordsEncoder())


@pytest.fixture(scope="module")
def scorer(words_head: LinearHead) -> SentimentScorer:
    return SentimentScorer(WordsEncoder(), head=words_head)


def talk(
    *turns: tuple[str, str], channel: str = "chat", each_s: float | None = None
) -> Conversation:
    return Conversation(
        id="talk",
        channel=channel,
        language="fr",
        turns=tuple(
            Turn(
                index=i,
                speaker=who,
                text=text,
                start_s=None if each_s is None else i * each_s,
                end_s=None if each_s is None else (i + 1) * each_s,
            )
            for i, (who, text) in enumerate(turns)
        ),
    )


RECOVERY = (
    ("agent", "Bonjour, que puis-je faire pour vous ?"),
    ("customer", "Je suis furieux, c'est inadmissible, encore une panne."),
    ("agent", "Je vous envoie un technicien."),
    ("customer", "Personne ne me rappelle jamais, c'est honteux."),
    ("agent", "Je vous fais une remise."),
    ("customer", "Ah, c'est parfait, merci beaucoup."),
    ("agent", "Autre chose ?"),
    ("customer", "Non, merci infiniment, vous êtes formidable."),
)


def score(words_head: LinearHead, conversation: Conversation, **settings):
    return score_sentiment(conversation, encoder=WordsEncoder(), head=words_head, **settings)


# the customer and nobody else


def test_only_customer_turns_are_scored_or_even_encoded(words_head):
    encoder = WordsEncoder()
    result = score_sentiment(talk(*RECOVERY), encoder=encoder, head=words_head)
    assert [turn.turn_index for turn in result.turns] == [1, 3, 5, 7]
    assert not {text for who, text in RECOVERY if who == "agent"} & set(encoder.encoded)


@pytest.mark.parametrize("speaker", ["agent", "bot", "unknown", "system"])
def test_sentiment_of_anybody_else_is_refused_and_the_law_is_named(words_head, speaker):
    with pytest.raises(AgentSentimentRefused, match=r"art\. 5\(1\)\(f\)"):
        score(words_head, talk(*RECOVERY), speaker=speaker)


def test_unknown_speakers_have_no_sentiment(words_head):
    assert score(words_head, talk(("unknown", "c'est inadmissible"), ("agent", "merci"))) is None
    assert score(words_head, talk(("customer", "  "))) is None


# the course of a conversation


@pytest.mark.parametrize("each_s", [None, 5.0])
def test_anger_that_turns_to_thanks_shows_in_start_end_and_quarters(words_head, each_s):
    result = score(words_head, talk(*RECOVERY, each_s=each_s))
    assert result.start < -0.3 < 0.3 < result.end
    first, _, _, last = result.quarters
    assert first < 0 < last
    assert result.start == pytest.approx(first / 5, abs=0.01)
    assert result.end == pytest.approx(last / 5, abs=0.01)


def test_the_turning_point_is_where_the_new_mood_begins(words_head):
    result = score(words_head, talk(*RECOVERY))
    assert result.turning_point.turn_index == 5
    assert result.turning_point.quote == RECOVERY[5][1]


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 30)), min_size=1, max_size=30))
def test_the_turning_point_is_the_split_with_the_strongest_change(said):
    moments = [
        sentiment._Moment(
            Turn(index=i, speaker="customer", text=" ".join([f"m{i}"] * n)),
            " ".join([f"m{i}"] * n),
            score / 100,
            0.0,
        )
        for i, (score, n) in enumerate(said)
    ]

    def strength(split: int) -> tuple[float, float]:
        change = abs(sentiment._mean(moments[split:]) - sentiment._mean(moments[:split]))
        return change, change * (split * (len(moments) - split) / len(moments)) ** 0.5

    found = sentiment._turning_point(moments)
    best = max(
        (strength(n)[1] for n in range(1, len(moments)) if strength(n)[0] >= 0.4 + 1e-9),
        default=None,
    )
    if found is None:
        assert best is None
    else:
        assert strength(found.turn_index)[0] >= 0.4 - 1e-9
        assert best is None or strength(found.turn_index)[1] == pytest.approx(best)


def test_a_chat_of_thousands_of_messages_takes_no_square_of_their_number():
    moments = [
        sentiment._Moment(Turn(index=i, speaker="customer", text="non"), "non", i % 3 - 1.0, 0.0)
        for i in range(20_000)
    ]
    started = time.process_time()
    sentiment._turning_point(moments)
    assert time.process_time() - started < 20  # the square of it took minutes


def test_a_steady_mood_has_no_turning_point(words_head):
    same = ("customer", "c'est inadmissible")
    assert score(words_head, talk(same, same, same)).turning_point is None


def test_the_strongest_moment_is_the_anger_rather_than_the_thanks(words_head):
    assert score(words_head, talk(*RECOVERY)).strongest.turn_index in {1, 3}


def test_a_flat_talk_has_no_strongest_moment(words_head):
    result = score(words_head, talk(("customer", "oui"), ("customer", "mon numéro est le douze")))
    assert result.strongest is None


def test_a_quarter_in_which_the_customer_is_silent_has_no_value(words_head):
    agent = ("agent", "Je vérifie votre dossier, un instant.")
    turns = (("customer", "c'est inadmissible"), agent, agent, ("customer", "merci beaucoup"))
    result = score(words_head, talk(*turns, each_s=10.0))
    assert [quarter is None for quarter in result.quarters] == [False, True, True, False]


def test_an_email_has_a_course_inside_its_single_turn(words_head):
    text = (
        "Madame, Monsieur,\n"
        "Le colis est arrivé cassé et personne ne m'a répondu, c'est inadmissible et honteux. "
        "J'étais furieux et très déçu par votre service lamentable.\n"
        "Votre collègue Julie m'a enfin rappelé hier et elle a été formidable. "
        "Tout est réglé, merci infiniment pour votre aide, c'est parfait."
    )
    result = score(words_head, talk(("customer", text), channel="email"))
    assert len(result.turns) == 1
    assert result.start < 0 < result.end
    assert result.turning_point.quote.startswith("Votre collègue Julie")


def test_shared_vectors_are_used_and_give_the_same_result(words_head):
    conversation = talk(*RECOVERY)
    vectors = {i: WordsEncoder().encode([text])[0] for i, (_, text) in enumerate(RECOVERY)}
    encoder = WordsEncoder()
    result = score_sentiment(conversation, encoder=encoder, head=words_head, vectors=vectors)
    assert encoder.encoded == []
    assert result == score(words_head, conversation)


def test_the_result_names_encoder_head_and_settings(words_head):
    provenance = score(words_head, talk(*RECOVERY)).provenance
    assert [model.name for model in provenance.models] == ["words", "sentiment"]
    assert set(provenance.settings) == {"material_change", "material_score"}


TURNS = st.lists(
    st.tuples(
        st.sampled_from(["agent", "customer"]),
        st.text("abcdé parfait nul merci.!?\n", max_size=120),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(turns=TURNS)
def test_any_talk_gives_bounded_scores_and_verbatim_quotes(words_head, turns):
    conversation = talk(*turns)
    result = score(words_head, conversation)
    if result is None:
        assert not any(text.strip() for who, text in turns if who == "customer")
        return
    assert all(quarter is None or -5 <= quarter <= 5 for quarter in result.quarters)
    for evidence in filter(None, (result.turning_point, result.strongest)):
        turn = conversation.turns[evidence.turn_index]
        assert turn.speaker == "customer"
        assert evidence.quote in turn.text


# texts


def test_texts_are_scored_in_order_and_odds_add_up(scorer):
    scores = scorer.score_texts(["c'est inadmissible", "mon adresse", "c'est parfait, merci !"])
    assert [score.label for score in scores] == ["negative", "neutral", "positive"]
    assert scores[0].score < scores[1].score < scores[2].score
    for score in scores:
        assert score.negative + score.neutral + score.positive == pytest.approx(1, abs=2e-4)


def test_nothing_to_read_is_neutral(scorer):
    assert scorer.score_texts([]) == []
    assert [(s.label, s.score) for s in scorer.score_texts(["", " \n", "@marque"])] == [
        ("neutral", 0.0)
    ] * 3


def test_a_text_scores_the_same_alone_and_among_others(scorer):
    long = "Le cadre est superbe. " * 8 + "Le service est lent."
    alone = scorer.score_texts([long])[0]
    assert scorer.score_texts(["merci", long, "c'est nul"])[1] == alone


def test_vectors_of_another_shape_are_refused(scorer):
    with pytest.raises(BadInput, match=r"\(1, 24\).*\(1, 3\)"):
        scorer.score_texts(["merci"], np.zeros((1, 3), dtype=np.float32))


# the head


def test_the_training_set_is_large_balanced_and_without_repeats():
    examples = load_training_set()
    by_language = Counter(example.lang for example in examples)
    assert by_language["fr"] >= 1800
    assert by_language["en"] >= 900
    assert {example.register for example in examples} == {
        "call", "chat", "email", "review", "social", "news",
    }  # fmt: skip
    for example_set in (
        Counter(example.label for example in examples),
        Counter(example.label for example in examples if example.register == "call"),
    ):
        assert max(example_set.values()) < 1.4 * min(example_set.values())
    assert len({(example.text.lower(), example.lang) for example in examples}) == len(examples)
    assert all(example.label == "neutral" for example in examples if example.mixed)


def test_training_again_gives_the_same_head(words_head):
    again = train_sentiment_head(WordsEncoder())
    assert np.array_equal(again.weights, words_head.weights)
    assert again.metadata == words_head.metadata
    assert again.metadata["held_out_accuracy"] > 0.6


def test_a_head_is_trained_on_the_spot_for_an_encoder_it_was_not_made_for(words_head):
    head = load_sentiment_head(WordsEncoder())
    assert head.metadata["encoder"]["sha256"] == WordsEncoder.reference.sha256
    assert load_sentiment_head(WordsEncoder()) is head
    assert np.array_equal(head.weights, words_head.weights)


def test_a_head_that_was_named_is_never_replaced(words_head, tmp_path):
    other = {"encoder": {"name": "other", "sha256": "f" * 64}}
    replace(words_head, metadata=other).save(tmp_path / "mine")
    with pytest.raises(ModelCorrupt, match="ffff"):
        load_sentiment_head(WordsEncoder(), path=tmp_path / "mine")
    with pytest.raises(ModelMissing):
        load_sentiment_head(WordsEncoder(), path=tmp_path / "absent")
    words_head.save(tmp_path / "right")
    loaded = load_sentiment_head(WordsEncoder(), path=tmp_path / "right")
    assert np.array_equal(loaded.weights, words_head.weights)


# the real encoder


NEGATIVE = (
    "je suis vraiment en colère, c'est la troisième panne et personne ne me rappelle jamais",
    "ça fait cinq semaines que j'attends une réponse de votre part",
    "c'est la quatrième fois que je vous explique mon problème",
    "bravo le service, deux heures pour avoir quelqu'un",
    "merci pour rien",
    "ce n'est pas terrible votre application",
    "je ne suis pas du tout content de cette intervention",
    "ma ligne ne fonctionne plus depuis dimanche",
    "on m'a prélevé deux fois la même facture",
    "I have been waiting for a month and nobody calls me back",
    "thanks for nothing",
    "this is not acceptable",
)
POSITIVE = (
    "rien à redire, tout était parfait",
    "c'est pas mauvais du tout cette offre",
    "oh merci beaucoup, vous êtes vraiment très gentille",
    "ouf, je suis soulagé, merci",
    "I can't complain, the service was excellent",
    "thank you so much, that's very kind of you",
)
NEUTRAL = (
    "oui",
    "d'accord",
    "s'il vous plaît",
    "mon numéro de dossier est le quarante-deux, dix-huit",
    "je m'appelle Nadia Ferrand et j'habite à Brest",
    "à quelle heure ferme l'agence de Nantes ?",
    "je voudrais modifier la date de mon prélèvement",
    "could you tell me your opening hours",
    "le délai est un peu long mais d'accord",
    "bon mais cher, service lent",
)
POLITE, JOYFUL = "merci, bonne journée", "merci mille fois, génial !"


@pytest.fixture(scope="module")
def real_scores(encoder) -> dict[str, SentimentScore]:
    texts = [*NEGATIVE, *POSITIVE, *NEUTRAL, POLITE, JOYFUL]
    return dict(zip(texts, SentimentScorer(encoder).score_texts(texts), strict=True))


@pytest.mark.model
def test_the_shipped_head_goes_with_the_catalogue_encoder(encoder):
    head = load_sentiment_head(encoder)
    assert head.reference is not None
    assert head.metadata["encoder"]["sha256"] == encoder.reference.sha256
    assert set(head.labels) == {*LABELS, "mixed"}
    assert json.dumps(dict(head.metadata))


@pytest.mark.model
@pytest.mark.parametrize("text", NEGATIVE)
def test_anger_irony_and_trouble_are_negative(real_scores, text):
    assert real_scores[text].label == "negative"


@pytest.mark.model
@pytest.mark.parametrize("text", POSITIVE)
def test_thanks_relief_and_turned_negations_are_positive(real_scores, text):
    assert real_scores[text].label == "positive"


@pytest.mark.model
@pytest.mark.parametrize("text", NEUTRAL)
def test_facts_questions_politeness_and_mixed_words_are_neutral(real_scores, text):
    assert real_scores[text].label == "neutral"


@pytest.mark.model
def test_politeness_is_not_joy(real_scores):
    assert real_scores[POLITE].score < 0.5 < real_scores[JOYFUL].score


@pytest.mark.model
def test_the_angry_call_recovers(encoder):
    conversation = talk(
        ("agent", "Télécom Plus bonjour, comment puis-je vous aider ?"),
        ("customer", "Bonjour, ma connexion internet ne fonctionne plus depuis hier soir."),
        ("agent", "Je suis désolée. Votre nom, s'il vous plaît ?"),
        ("customer", "Marc Dubois. Je suis vraiment en colère, personne ne me rappelle jamais."),
        ("agent", "Je vous propose mardi, et une remise de quinze euros."),
        ("customer", "Oui, mardi matin c'est parfait."),
        ("agent", "Autre chose ?"),
        ("customer", "Non, c'est tout, merci beaucoup, c'est très gentil de votre part."),
        channel="phone",
        each_s=6.0,
    )
    result = score_sentiment(conversation, encoder=encoder)
    assert result.turns[1].score < -0.5
    assert result.start < 0 < result.end
    assert result.strongest.turn_index == 3
    assert result.turning_point.turn_index in {5, 7}


@pytest.mark.model
def test_the_disputed_payment_is_the_strongest_moment_of_the_bank_call(encoder):
    dispute = (
        "Ce n'est pas moi, je n'ai jamais acheté sur ce site, "
        "je veux bloquer ma carte immédiatement."
    )
    conversation = talk(
        (
            "customer",
            "Bonjour, j'ai remarqué un paiement de deux cent cinquante euros sur mon compte "
            "que je ne reconnais pas.",
        ),
        ("agent", "Pouvez-vous me confirmer votre date de naissance et votre adresse ?"),
        ("customer", "Je suis né le douze mars et j'habite au huit rue de la République à Lyon."),
        ("agent", "Le paiement a été effectué samedi sur un site marchand à l'étranger."),
        ("customer", dispute),
        ("agent", "Votre carte est maintenant bloquée."),
        ("customer", "C'est un peu long, mais d'accord."),
        ("agent", "Je vous envoie le lien par courriel."),
        ("customer", "Parfait, je viens de le recevoir. Merci pour votre aide."),
        channel="phone",
        each_s=8.0,
    )
    result = score_sentiment(conversation, encoder=encoder)
    assert result.strongest.quote == dispute
    assert result.strongest.start_s == 32.0
    assert result.start < 0 < result.end


TRADE_IRONY = (
    "c'est la troisième fois",
    "c'est la troisième fois que j'appelle",
    "je vous félicite pour votre rapidité, trois semaines",
    "bravo le service",
    "merci pour rien",
    "well done, three weeks for an answer",
    "this is the third time",
)


@pytest.mark.model
def test_irony_and_repetition_of_the_trade_are_negative_in_both_languages(encoder):
    scores = SentimentScorer(encoder).score_texts(TRADE_IRONY)
    labels = {text: score.label for text, score in zip(TRADE_IRONY, scores, strict=True)}
    assert set(labels.values()) == {"negative"}, labels
