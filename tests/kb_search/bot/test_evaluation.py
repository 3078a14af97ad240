"""Judging a bot by scripts: counts, intervals, and what went wrong."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kb_search.bot import Bot
from kb_search.bot.evaluation import Share, evaluate_bot
from kb_search.bot.scripts import Expectation, Script


def script(name, *turns):
    return Script.model_validate({"id": name, "turns": turns})


def ask(text, **expect):
    return {"customer": text, "expect": expect}


@pytest.fixture
def bot(helpers):
    return Bot(helpers.FakeKnowledge(), helpers.FakeReader(), helpers.FakeFacts())


def test_a_bot_that_does_as_expected_has_no_failing_turn(bot):
    result = evaluate_bot(
        bot,
        [
            script(
                "one",
                ask("Bonjour", talk=True),
                ask("Comment activer l'eSIM ?", answer="esim.md", says="qr"),
                ask("au revoir", close=True),
            ),
            script("two", ask("Vendez-vous des drones ?", decline=True)),
            script(
                "three",
                ask("un conseiller", hand_over="asked"),
                {"human": "Bonjour", "expect": {"mute": True}},
                ask("Comment activer l'eSIM ?", mute=True),
                {"given_back": True, "expect": {"talk": True}},
            ),
            script("four", ask("Résilier ? La box ?", answers=["resiliation.md", "box.md"])),
        ],
    )  # fmt: skip
    assert result.failing == ()
    assert result.turns == 9
    assert {name: share.count for name, share in result.by_language.items()} == {"fr": 9}
    assert (result.resolution.count, result.resolution.total) == (2, 2)
    assert (result.containment.count, result.containment.total) == (3, 4)
    assert (result.hand_overs.count, result.hand_overs.total) == (1, 1)
    assert result.false_answers.total == 1
    assert result.turns_per_dialogue == 1.75


def test_each_kind_of_fault_is_counted_where_it_belongs(bot):
    result = evaluate_bot(
        bot,
        [
            script("wrong", ask("Comment activer l'eSIM ?", answer="box.md")),
            script("false", ask("Comment activer l'eSIM ?", decline=True)),
            script("missed", ask("Comment activer l'eSIM ?", hand_over="complaint")),
            script("needless", ask("un conseiller", answer="box.md"), ask("merci", talk=True)),
            script("other", ask("un conseiller", hand_over="complaint")),
            script("silent", ask("Comment activer l'eSIM ?", answer="esim.md", not_says="QR")),
        ],
    )
    assert result.as_expected.count == 0
    assert result.resolution.count == 0
    assert [turn.script for turn in result.failing] == [
        "wrong", "false", "missed", "needless", "other", "silent",
    ]  # fmt: skip
    assert (result.wrong_answers.count, result.wrong_answers.total) == (4, 4)
    assert result.false_answers.share == 1.0
    assert (result.missed_hand_overs.count, result.missed_hand_overs.total) == (1, 2)
    assert (result.hand_overs.count, result.needless_hand_overs.count) == (0, 1)


def test_an_expected_article_behind_a_question_back_is_chosen(bot):
    result = evaluate_bot(bot, [script("a", ask("J'ai un souci de carte", answer="puk.md"))])
    assert result.failing == ()
    assert result.clarified.count == 1
    assert result.turns_per_dialogue == 2


def test_a_question_back_may_be_what_is_expected(bot):
    turns = (
        ask("J'ai un souci de carte", clarify=True),
        {"press": 1, "expect": {"answer": "opposition.md"}},
    )
    assert evaluate_bot(bot, [script("a", *turns)]).failing == ()


def test_any_of_several_expectations_will_do(bot):
    turn = {"customer": "un conseiller", "expect": [{"decline": True}, {"hand_over": "asked"}]}
    assert evaluate_bot(bot, [script("a", turn)]).failing == ()


def test_the_interval_is_wilsons():
    assert Share(count=8, total=10).interval == (0.4902, 0.9433)
    assert Share(count=0, total=0).interval is None


@pytest.mark.parametrize(
    "wrong",
    [{}, {"answer": "a.md", "decline": True}, {"says": "x"}, {"hand_over": "because"}],
)
def test_an_expectation_is_one_thing(wrong):
    with pytest.raises(ValidationError):
        Expectation.model_validate(wrong)


@pytest.mark.parametrize(
    "turns", [[], [{}], [{"customer": "a", "human": "b"}], [{"customer": "a", "expected": {}}]]
)
def test_a_turn_is_one_thing(turns):
    with pytest.raises(ValidationError):
        Script.model_validate({"id": "a", "turns": turns})
