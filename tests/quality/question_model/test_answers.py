"""What people's answers come to, and when they are enough."""

from __future__ import annotations

import pytest

from conversation.errors import DatasetInvalid
from quality.agreement.ratings import Rated
from quality.question_model import AnalystAnswer, targets_of
from quality.question_model.answers import learnable


def said(contact, answer, rater="a1", item="CON1"):
    return AnalystAnswer(contact, item, answer, rater)


def test_more_than_half_decide_and_the_rest_of_the_questions_is_passed_over():
    given = [said("c", 1.0), said("c", 1.0, "a2"), said("c", 0.0, "a3"), said("c", 0.5, item="X")]
    assert [one.truth for one in targets_of("CON1", given)] == [((1.0, 1.0),)]


def test_people_who_differ_count_with_their_share():
    (target,) = targets_of("CON1", [said("c", 1.0), said("c", 0.0, "a2")])
    assert dict(target.truth) == {1.0: 0.5, 0.0: 0.5}
    assert target.answer == 1.0


def test_the_last_answer_of_a_person_counts():
    (target,) = targets_of("CON1", [said("c", 1.0), said("c", "na")])
    assert target.answer == "na"


def test_a_rating_counts_before_single_answers():
    rated = Rated("c", "CON1", None, (0.0, 0.0))
    (target,) = targets_of("CON1", [rated, said("c", 1.0)])
    assert target.answer == 0.0


def test_too_few_answers_are_refused_with_how_many_of_which_are_missing():
    given = [said(f"c{n}", 1.0 if n < 20 else 0.0) for n in range(23)]
    with pytest.raises(DatasetInvalid) as refused:
        learnable("CON1", targets_of("CON1", given))
    assert "23 answered contacts (20 of 1, 3 of 0)" in refused.value.message
    assert "5 more of 0" in refused.value.remedy
    assert "7 more contacts in all" in refused.value.remedy


def test_a_rare_answer_is_not_learnt():
    given = [said(f"c{n}", (1.0, 0.0)[n % 2]) for n in range(40)] + [said("d", "na")]
    assert learnable("CON1", targets_of("CON1", given)) == (1.0, 0.0)
