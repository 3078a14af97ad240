"""Heads trained from analysts' answers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from conversation import Evidence, ModelReference
from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, ModelMissing, NotFound
from quality import measure
from quality.contact import Contact
from quality.detectors.model import TrainedModel, models_of
from quality.helpers import Helpers, Opinion
from quality.question_model import (
    AnsweredContact,
    load_question_head,
    load_question_heads,
    train_question,
)
from quality.question_model.contact_features import contact_row
from quality.question_model.question_head import TrainedOpinion
from quality.sentence_vectors import SentenceVectors
from tests.quality.question_model.conftest import BagEncoder, contact, labelled


def read(conversation, vectors, **helpers):
    return Contact(
        conversation,
        metrics=measure(conversation),
        negative_turns=None,
        lexicon=None,
        language="fr",
        vectors=vectors,
        helpers=Helpers(**helpers) if helpers else None,
    )


def test_it_answers_as_analysts_do_on_contacts_it_never_saw(head, vectors):
    for number in range(100, 110):
        conforming = number % 2 == 0
        opinion = head.opinion(read(contact(number, conforming=conforming), vectors))
        best = max(opinion.probabilities, key=opinion.probabilities.get)
        assert best == (1.0 if conforming else 0.0)
        assert sum(opinion.probabilities.values()) == pytest.approx(1)


def test_the_evidence_is_the_sentence_that_made_the_difference(head, vectors):
    conversation = contact(102, conforming=True)
    opinion = head.opinion(read(conversation, vectors))
    first = opinion.evidence[0]
    assert "résum" in first.quote
    assert first == Evidence.from_turn(conversation.turns[first.turn_index], first.quote)


def test_what_sentences_contribute_sums_to_the_score_less_the_figures(head, vectors):
    conversation = contact(104, conforming=True)
    row = contact_row(conversation, measure(conversation), vectors)
    parts = sum(float(part.sum()) for part in head.contributions(row, "1"))
    own = head.stored.head
    words = head.stored.blocks.matrix([row.example]) @ own.word_weights("1")
    centred = (row.example.dense - own.centre) * own.dense_weights_of("1")
    assert parts == pytest.approx(float(words[0]) + float(centred[:-16].sum()), abs=1e-3)


def test_the_report_counts_held_out_agreement_and_a_threshold(head):
    report = head.report
    assert report.n_contacts == 36
    assert report.answers == {"1": 18, "0": 18}
    assert report.kappa.value > 0.8
    assert report.kappa.low <= report.kappa.value <= report.kappa.high
    assert report.choice.error_rate <= report.choice.wanted


def test_the_same_answers_give_the_same_bytes(head, answers, contacts, tmp_path):
    again = train_question("CON1", answers, contacts, SentenceVectors(BagEncoder()))
    for folder, one in (("a", head), ("b", again)):
        one.save(tmp_path / folder)
    for name in ("head.npz", "head.json", "README.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_head_is_the_same_after_saving_and_loading(head, vectors, tmp_path):
    reference = head.save(tmp_path / "con1")
    loaded = load_question_head(tmp_path / "con1", encoder=vectors.model)
    assert loaded.reference == reference
    seen = read(contact(103, conforming=False), vectors)
    assert loaded.opinion(seen) == head.opinion(seen)
    assert loaded.report == head.report
    assert "Cohen's kappa" in (tmp_path / "con1" / "README.md").read_text("utf-8")


def test_a_head_is_not_loaded_for_another_encoder(head, tmp_path):
    head.save(tmp_path / "con1")
    with pytest.raises(BadInput, match="trained with bag"):
        load_question_head(tmp_path / "con1", encoder=ModelReference(name="other", sha256="b" * 64))


def test_vectors_of_another_encoder_give_no_opinion(head):
    other = SentenceVectors(BagEncoder("b" * 64))
    assert head.opinion(read(contact(1, conforming=True), other)) is None
    assert head.opinion(read(contact(1, conforming=True), None)) is None


def test_damaged_folders_are_refused(head, tmp_path):
    head.save(tmp_path / "con1")
    arrays = tmp_path / "con1" / "head.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        load_question_head(tmp_path / "con1")
    arrays.unlink()
    with pytest.raises(ModelMissing):
        load_question_heads(["con1"], base=tmp_path)
    (tmp_path / "con2").mkdir()
    (tmp_path / "con2" / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match="other files"):
        head.save(tmp_path / "con2")
    head.save(tmp_path / "con3")
    facts = tmp_path / "con3" / "head.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text("utf-8")), "head": []}), "utf-8")
    with pytest.raises(ModelCorrupt):
        load_question_head(tmp_path / "con3")


def test_too_few_answers_are_refused(answers, contacts, vectors):
    with pytest.raises(DatasetInvalid, match="a head needs 30"):
        train_question("CON1", answers[:20], contacts, vectors)


def test_answers_need_their_contact_and_an_error_between_0_and_1(answers, contacts, vectors):
    with pytest.raises(NotFound, match="'c35'"):
        train_question("CON1", answers, contacts[:-1], vectors)
    with pytest.raises(BadInput, match="error"):
        train_question("CON1", answers, contacts, vectors, error=1.5)


def test_answers_that_say_nothing_of_the_words_are_left_to_a_person(answers, vectors):
    same = [contact(0, conforming=True).model_copy(update={"id": f"c{n}"}) for n in range(36)]
    head = train_question(
        "CON1", answers, [AnsweredContact(one, measure(one)) for one in same], vectors
    )
    assert not head.report.choice.reached
    assert head.report.kappa.value < 0.3


def test_the_detector_scores_with_the_heads_confidence_and_words(head, vectors):
    detector = TrainedModel(kind="model", model="con1", least_probability=0.5)
    finding = detector.decide(
        read(contact(100, conforming=True), vectors, question_models={"con1": head})
    )
    assert (finding.status, finding.value) == ("scored", 1.0)
    assert finding.confidence >= 0.5
    assert finding.evidence


def test_the_detector_leaves_what_is_not_sure_or_not_loaded_to_a_person(head, vectors):
    detector = TrainedModel(kind="model", model="con1", least_probability=1.0)
    conversation = contact(100, conforming=True)
    unsure = detector.decide(read(conversation, vectors, question_models={"con1": head}))
    assert unsure.status == "not_assessable"
    assert "not sure enough" in unsure.reason.en
    assert "not loaded" in detector.decide(read(conversation, vectors)).reason.en
    blind = detector.decide(read(conversation, None, question_models={"con1": head}))
    assert "cannot read" in blind.reason.en
    assert models_of([detector, detector]) == ("con1",)


class Fixed:
    reference = ModelReference(name="fixed")

    def __init__(self, opinion):
        self._opinion = opinion

    def opinion(self, seen):
        return self._opinion


def test_the_detector_knows_what_is_not_applicable_and_other_heads(vectors):
    conversation = contact(100, conforming=True)
    words = (Evidence.from_turn(conversation.turns[0]),)
    absent = TrainedOpinion({1.0: 0.9, 0.5: 0.0, 0.0: 0.1}, words, not_applicable=0.7)
    plain = Opinion({1.0: 0.1, 0.5: 0.6, 0.0: 0.3}, words)
    found = [
        TrainedModel(kind="model", model="x").decide(
            read(conversation, vectors, question_models={"x": Fixed(one)})
        )
        for one in (absent, plain)
    ]
    assert [one.status for one in found] == ["not_applicable", "scored"]
    assert found[0].confidence == pytest.approx(0.7)
    assert found[1].value == 0.5


@pytest.mark.parametrize("name", ["/etc", "../other", "a\\b"])
def test_a_card_names_no_folder_above_it(name):
    with pytest.raises(ValueError, match="beside the card"):
        TrainedModel(kind="model", model=name)


def test_contacts_of_one_group_are_never_on_both_sides():
    from quality.question_model.cross_validation import group_folds

    groups = [f"g{n % 7}" for n in range(40)]
    part = group_folds(groups, folds=5, seed=3)
    for group in set(groups):
        assert len({int(p) for p, g in zip(part, groups, strict=True) if g == group}) == 1
    assert np.bincount(part).min() > 0


def test_turn_labels_follow_what_was_labelled(turn_head, vectors):
    from quality.question_model import count_labels

    fresh = labelled(99)
    found = turn_head.label_turns(fresh.conversation, vectors)
    assert {one.evidence.turn_index: one.label for one in found} == dict(fresh.labels)
    assert sum(count_labels(found).values()) == len(found)
    assert count_labels(found, least_probability=1.01) == {}
    assert turn_head.report.macro_f1 > 0.9


def test_a_turn_head_is_the_same_after_saving_and_loading(turn_head, vectors, tmp_path):
    from quality.question_model import load_turn_head

    turn_head.save(tmp_path / "turns")
    loaded = load_turn_head(tmp_path / "turns", encoder=vectors.model)
    conversation = labelled(98).conversation
    assert loaded.label_turns(conversation, vectors) == turn_head.label_turns(conversation, vectors)
    with pytest.raises(BadInput, match="holds a head for turns"):
        load_question_head(tmp_path / "turns")
    with pytest.raises(BadInput, match="vectors are of"):
        loaded.label_turns(conversation, SentenceVectors(BagEncoder("b" * 64)))


def test_turns_need_enough_labels_of_the_right_speaker(turn_data, vectors):
    from quality.question_model import LabelledConversation, train_turn_head

    with pytest.raises(DatasetInvalid, match="10 conversations"):
        train_turn_head(turn_data[:3], vectors)
    wrong = LabelledConversation(turn_data[0].conversation, {1: "question"})
    with pytest.raises(DatasetInvalid, match="turn 1"):
        train_turn_head([wrong], vectors)
