"""How sure an answer is: signals, probabilities, and what becomes of them."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_search.abstention import Judged, abstention_figures, area_under_risk, operating_point
from kb_search.asked_kind import asked_kind, holds_kind
from kb_search.confidence import fitted_confidence
from kb_search.declining import unknown_name
from kb_search.documents import Metadata, Passage
from kb_search.index import Match, Ranking
from kb_search.signals import Signals, read_signals

NAMES = [field.name for field in fields(Signals)]
AGAINST = {"unknown"}


@given(
    st.fixed_dictionaries({name: st.floats(0, 1) for name in NAMES}),
    st.sampled_from(NAMES),
    st.floats(0.01, 0.5),
)
def test_confidence_is_a_probability_that_no_good_sign_lowers(
    values: dict[str, float], name: str, more: float
) -> None:
    fitted = fitted_confidence("entendu-encoder-fr-en")
    signals = Signals(**values)
    before = fitted.of(signals)
    after = fitted.of(replace(signals, **{name: values[name] + more}))
    for sure in (before, after):
        assert 0 < sure.answers < 1
        assert sure.answers <= sure.known + 1e-9
    if name in AGAINST:
        assert after.answers <= before.answers + 1e-9
    else:
        assert after.answers >= before.answers - 1e-9


def test_an_encoder_that_is_not_known_gets_the_numbers_of_the_default() -> None:
    assert fitted_confidence("of my own").threshold > 0


def passage(document: str, text: str, title: str = "Titre") -> Passage:
    return Passage(
        id=f"{document}#1", document=document, title=title, text=text, start=0, end=len(text),
        language="fr",
    )  # fmt: skip


def signals_of(question: str, passages: list[Passage], scores: list[float]) -> Signals:
    ranking = Ranking(
        tuple(
            Match(row=row, score=score, dense=score, words=score, letters=0.1)
            for row, score in enumerate(scores)
        ),
        dense_mean=0.5,
        dense_std=0.1,
    )
    held = " ".join(one.text for one in passages).lower()
    return read_signals(
        question,
        ranking,
        passages,
        passages[0].text,
        languages=("fr",),
        frequency=lambda forms: sum(form in held for form in forms),
    )


def test_a_copy_of_the_best_passage_is_no_rival() -> None:
    text = "Le remboursement de la carte arrive sous dix jours ouvrés."
    other = passage("c", "La box redémarre après trente secondes sans courant.")
    alone = signals_of("remboursement", [passage("a", text), other], [0.9, 0.6])
    copied = signals_of(
        "remboursement", [passage("a", text), passage("b", text), other], [0.9, 0.9, 0.6]
    )
    assert copied.margin == alone.margin == pytest.approx(0.3**0.5)
    assert copied.lead == alone.lead


def test_rows_of_one_table_are_rivals_and_so_are_sections_of_a_single_document() -> None:
    texts = ["Le remboursement arrive sous dix jours.", "La carte est bloquée en agence."]
    sections = [passage("offre", text).model_copy(update={"heading": text[:10]}) for text in texts]
    rows = [one.model_copy(update={"metadata": Metadata()}) for one in sections]
    for passages in (sections, rows):
        assert signals_of("remboursement", passages, [0.9, 0.8]).margin == pytest.approx(0.1**0.5)


def test_signals_see_what_is_asked_for_and_what_no_passage_knows() -> None:
    passages = [passage("a", "Le remboursement arrive sous dix jours.")]
    when = signals_of("Combien de temps pour le remboursement ?", passages, [0.9])
    price = signals_of("Combien coûte le remboursement ?", passages, [0.9])
    assert (when.asked_for, price.asked_for) == (1.0, -1.0)
    assert signals_of("Le remboursement Ficoba", passages, [0.9]).unknown > 0
    assert signals_of("Le remboursement", passages, [0.9]).unknown == 0


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Combien coûte la carte ?", "amount"),
        ("Quel est le tarif de l'option ?", "amount"),
        ("Combien de temps dure le fichage ?", "duration"),
        ("Sous quel délai serai-je remboursé ?", "duration"),
        ("Dans quel délai dois-je répondre ?", "duration"),
        ("Combien de personnes ?", "number"),
        ("Quand arrive le technicien ?", "date"),
        ("Où est le formulaire ?", "place"),
        ("How much is the fee?", "amount"),
        ("How long does it take?", "duration"),
        ("Comment faire ?", None),
    ],
)
def test_the_kind_of_thing_asked_for(question: str, kind: str | None) -> None:
    assert asked_kind(question) == kind


@pytest.mark.parametrize(
    ("text", "kind", "held"),
    [
        ("La carte coûte 8 €.", "amount", True),
        ("Le blocage est gratuit.", "amount", True),
        ("Appelez votre conseiller.", "amount", False),
        ("Sous dix jours ouvrés.", "duration", True),
        ("Appelez votre conseiller.", "duration", False),
        ("Dès le 5 mars.", "date", True),
        ("Dans l'espace client.", "place", True),
    ],
)
def test_whether_a_text_holds_it(text: str, kind: str, held: bool) -> None:
    assert holds_kind(text, kind) is held


def test_a_name_that_no_passage_holds_is_found() -> None:
    known = {"box", "fibr"}
    frequency = lambda forms: int(any(form in known for form in forms))  # noqa: E731
    assert unknown_name("Ma box marche-t-elle avec Netflix ?", ("fr",), frequency) == "Netflix"
    assert unknown_name("Ma BOX est-elle en Fibre ?", ("fr",), frequency) is None
    assert unknown_name("Pourquoi ?", ("fr",), frequency) is None


def judged(*rows: tuple[bool, bool, float]) -> list[Judged]:
    return [
        Judged(able, right, level, "answered" if level >= 0.5 else "declined")
        for able, right, level in rows
    ]


ROWS = judged(
    (True, True, 0.9), (True, True, 0.8), (True, False, 0.7), (False, False, 0.6),
    (True, True, 0.4), (False, False, 0.1),
)  # fmt: skip


def test_figures_are_those_of_the_definitions() -> None:
    found = abstention_figures(ROWS, 0.5)
    assert (found.answerable, found.unanswerable) == (4, 2)
    assert found.answer_rate == pytest.approx(4 / 6, abs=1e-4)
    assert found.precision == 0.5
    assert found.precision_answerable == pytest.approx(2 / 3, abs=1e-4)
    assert found.declined_unanswerable == 0.5
    risks = [0, 0, 1 / 3, 2 / 4, 2 / 5, 3 / 6]
    assert found.aurc == pytest.approx(sum(risks) / 6, abs=1e-4)
    assert found.aurc_least == pytest.approx((1 / 4 + 2 / 5 + 3 / 6) / 6, abs=1e-4)
    assert found.coverage_at["0.80"] == pytest.approx(2 / 6, abs=1e-4)


def test_the_operating_point_answers_the_share_that_is_asked_for() -> None:
    point = operating_point(ROWS, 0.75)
    assert (point.threshold, point.answered_answerable) == (0.7, 0.75)
    assert point.precision == point.precision_answerable == pytest.approx(2 / 3, abs=1e-4)
    assert point.declined_unanswerable == 1.0
    assert operating_point(judged((False, False, 0.4)), 0.8) is None


def test_figures_without_unanswerable_questions_or_answers_say_so() -> None:
    found = abstention_figures(judged((True, False, 0.1)), 0.5)
    assert found.precision is None
    assert found.declined_unanswerable is None
    assert found.at_80_answered.declined_unanswerable is None


LEVELS = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.sampled_from([0.1, 0.3, 0.5, 0.9])),
    min_size=1,
    max_size=30,
).map(lambda rows: judged(*((able, able and right, level) for able, right, level in rows)))


@given(LEVELS, st.randoms())
def test_the_area_lies_between_perfect_and_all_wrong_in_any_order(rows, random) -> None:
    area = area_under_risk(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert area_under_risk(shuffled) == pytest.approx(area)
    found = abstention_figures(rows, 0.5)
    assert found.aurc_least - 1e-4 <= area <= 1


def test_a_question_in_another_language_is_not_judged_by_its_words() -> None:
    fitted = fitted_confidence("entendu-encoder-fr-en")
    strange = Signals(**dict.fromkeys(NAMES, 0.0))
    close = replace(strange, height=0.25, lead=0.4, margin=0.4, unlikeliness=8.0, unknown=1.0)
    shares_words = replace(close, words=1.0, letters=1.0, label_words=1.0, unknown=0.0)
    across = fitted.of(close, across=True)
    assert across == fitted.of(shares_words, across=True)
    assert across.answers > fitted.of(close).answers
    assert fitted.of(strange, across=True).answers < across.threshold < across.answers
