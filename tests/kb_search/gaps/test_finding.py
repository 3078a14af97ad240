"""Which questions are gaps, and in what order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Turn
from kb_search.gaps import GapSettings, find_gaps


@pytest.fixture
def find(hashing_encoder):
    def run(questions, **more):
        return find_gaps(questions, encoder=hashing_encoder, **more)

    return run


def test_what_several_customers_ask_without_an_answer_is_a_gap(find, two_gaps):
    report = find(two_gaps)
    assert sorted(gap.conversations for gap in report.gaps) == [
        ("c00", "c01", "c02"), ("c03", "c04", "c05"),
    ]  # fmt: skip
    assert (report.conversations, report.questions) == (8, 8)
    assert (report.open_questions, report.ungrouped_questions) == (7, 1)
    assert [gap.rank for gap in report.gaps] == [1, 2]


def test_fewer_conversations_than_asked_for_are_no_gap(find, two_gaps):
    assert find(two_gaps, settings=GapSettings(min_conversations=4)).gaps == ()


def test_one_customer_who_asks_three_times_is_no_gap(find, question):
    asked = [
        question(1, "Comment débloquer mon téléphone ?").model_copy(
            update={"turn": Turn(index=n, speaker="customer",
                                 text="Comment débloquer mon téléphone ?")}
        )
        for n in (0, 5, 9)
    ]  # fmt: skip
    assert find(asked).gaps == ()


def test_no_question_gives_no_gap(find):
    report = find([])
    assert report.gaps == ()
    assert report.questions == 0


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_questions_decides_nothing(find, two_gaps, rng):
    mixed = list(two_gaps)
    rng.shuffle(mixed)
    assert find(mixed) == find(two_gaps)


def test_the_gap_that_takes_most_time_comes_first(find, two_gaps):
    slow = [
        q.model_copy(update={"handling_s": 900.0}) if "wifi" in q.quote else q for q in two_gaps
    ]
    first, second = find(slow).gaps
    assert "répéteur" in first.title
    assert (first.handling_s, second.handling_s) == (2700.0, 300.0)


def test_a_question_takes_its_share_of_the_conversation(find, two_gaps, question):
    beside = question(0, "Et quand passe le facteur ?").model_copy(
        update={"turn": Turn(index=8, speaker="customer", text="Et quand passe le facteur ?")}
    )
    gaps = {gap.title: gap.handling_s for gap in find([*two_gaps, beside]).gaps}
    assert sorted(gaps.values()) == [250.0, 300.0]


def test_a_conversation_of_unknown_length_counts_as_the_usual_one(find, two_gaps):
    unknown = [
        q.model_copy(update={"handling_s": None}) if q.conversation_id == "c00" else q
        for q in two_gaps
    ]
    report = find(unknown)
    gap = next(gap for gap in report.gaps if "c00" in gap.conversations)
    assert (gap.handling_s, gap.handling_known, report.handling_unknown) == (300.0, 2, 1)


def test_beyond_the_limit_the_newest_questions_are_kept(find, two_gaps):
    dated = [
        q.model_copy(update={"at": q.at.replace(year=2027)}) if "wifi" in q.quote else q
        for q in two_gaps
    ]
    report = find(dated, settings=GapSettings(max_questions=3))
    assert [gap.conversations for gap in report.gaps] == [("c03", "c04", "c05")]
    assert report.left_out == 4


def test_weeks_and_growth_tell_when_it_was_asked(find, question):
    asked = [question(n, "Comment débloquer mon téléphone ?", day=40 + n) for n in range(6)]
    asked += [question(10 + n, f"Sujet {n} mot{n}", day=n, answer=None) for n in range(40)]
    gap = find(asked).gaps[0]
    assert sum(week.count for week in gap.weeks) == 6
    assert sum(week.total for week in gap.weeks) == 46
    assert (gap.growth.recent, gap.growth.before, gap.growth.ratio) == (6, 0, None)
    assert gap.growth.p_value < 0.001


def test_conversations_without_a_date_have_no_growth(find, two_gaps):
    undated = [q.model_copy(update={"at": None}) for q in two_gaps]
    assert all(gap.growth is None and gap.weeks == () for gap in find(undated).gaps)


def test_progress_tells_every_stage(find, two_gaps):
    seen = []
    find(two_gaps, progress=lambda *step: seen.append(step))
    assert [stage for stage, done, total in seen if done == total] == [
        "questions", "answers", "articles",
    ]  # fmt: skip
