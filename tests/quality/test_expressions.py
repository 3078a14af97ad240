"""Expressions: what they give, and that nothing a user writes runs as code."""

from __future__ import annotations

import builtins
import math
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conversation.errors import BadInput, DefinitionInvalid, EntenduError
from quality.expressions import MAX_CHARACTERS, parse_expression

NAMES = {
    "hold_s": "Seconds on hold.",
    "talk_share": "Share of talk.",
    "turns": "Turns.",
    "channel": "How the contact came.",
    "announced": "Whether it was announced.",
    "delay_s": "Seconds until the answer.",
    "android_s": "A name that starts with a word of the grammar.",
}
KINDS = {"hold_s": "number", "turns": "number", "channel": "text", "announced": "truth"}
VALUES = {
    "hold_s": 130.0,
    "talk_share": 0.4,
    "turns": 12,
    "channel": "chat",
    "announced": True,
    "delay_s": None,
    "android_s": 1.0,
}


def value_of(text, values=VALUES):
    return parse_expression(text, NAMES).evaluate(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hold_s > 120", True),
        ("hold_s ≤ 120", False),
        ("talk_share between 35% and 65 %", True),
        ("talk_share between 0.4 and 0.4", True),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("(1 + 2) * 3", 9),
        ("-hold_s + 130", 0),
        ("2 - -2", 4),
        ("hold_s / turns > 10", True),
        ("10 - 3 - 2", 5),
        ("channel == 'chat' and not (turns < 4)", True),
        ('channel = "phone" or channel != "mail"', True),
        ("not announced or hold_s < 10", False),
        ("not turns < 4", True),
        ("announced == true", True),
        ("android_s", 1),
        ("turns", 12),
        ("hold_s > 1 and\n  turns > 1", True),
    ],
)
def test_expressions_give_what_they_say(text, expected):
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("delay_s > 10", None),
        ("delay_s + 1", None),
        ("-delay_s", None),
        ("not (delay_s > 10)", None),
        ("delay_s between 1 and 2", None),
        ("delay_s == 1", None),
        ("hold_s / 0", None),
        ("hold_s / (turns - 12) > 3", None),
        ("delay_s > 10 and hold_s > 1", None),
        ("delay_s > 10 and hold_s < 1", False),
        ("delay_s > 10 or hold_s > 1", True),
        ("delay_s is known", False),
        ("delay_s is unknown", True),
        ("hold_s is known and hold_s > 1", True),
    ],
)
def test_what_is_not_known_stays_so_where_it_matters(text, expected):
    assert value_of(text) is expected


def test_a_name_without_value_and_numbers_that_are_none_are_not_known():
    assert value_of("hold_s > 1", {}) is None
    assert value_of("hold_s > 1", {"hold_s": math.nan}) is None
    assert value_of("hold_s > 1", {"hold_s": 10**400}) is None
    assert value_of("hold_s * hold_s * 2", {"hold_s": 1e300}) is None


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("hold > 3", "character 1", "expected hold_s"),
        ("turns > 3 andd turns < 4", "character 11", "expected 'and' or 'or'"),
        ("turns >", "character 8", "got the end"),
        ("(turns > 3", "character 11", "')'"),
        ("turns > 3)", "character 10", "got ')'"),
        ("1 < turns < 3", "character 11", "'and'"),
        ("turns between 3", "character 16", "'and'"),
        ("turns between 5 and 3", "character 15", "the lower bound first"),
        ("not turns", "character 5", "got a number, expected true or false"),
        ("channel > 3", "character 1", "got a text, expected a number"),
        ("hold_s == 'x'", "character 11", "got a text, expected a number"),
        ("'chat'", "character 1", "got a text"),
        ("turns[0] > 1", "character 6", "got '[0] > 1'"),
        ("9" * 400, "character 1", "too large"),
        ("1" + "-" * 100 + "1", "character", "deep"),
        ("not " * 400 + "announced", "character", "deep"),
    ],
)
def test_mistakes_are_told_with_their_place(text, where, what):
    with pytest.raises(DefinitionInvalid) as caught:
        parse_expression(text, NAMES, kinds=KINDS)
    assert where in str(caught.value)
    assert what in str(caught.value)


def test_empty_and_huge_expressions_are_refused():
    with pytest.raises(DefinitionInvalid, match="empty"):
        parse_expression(" \n ", NAMES)
    with pytest.raises(DefinitionInvalid, match="2001 characters"):
        parse_expression("1" * (MAX_CHARACTERS + 1), NAMES)


def test_the_deepest_and_longest_that_is_allowed_is_computed():
    deep = "(" * 900 + "turns" + ")" * 900
    assert value_of(deep) == 12
    long = " and ".join(["turns > 3"] * 140)
    assert len(long) < MAX_CHARACTERS
    assert value_of(long) is True


def test_a_value_of_the_wrong_sort_is_told_when_it_is_met():
    with pytest.raises(BadInput, match="character 1: got a text, expected a number"):
        value_of("hold_s > 3", {"hold_s": "long"})
    with pytest.raises(BadInput, match="got true or false, expected a number"):
        value_of("hold_s > 3", {"hold_s": True})
    with pytest.raises(BadInput, match="gives the text"):
        value_of("channel")


def test_an_expression_tells_which_names_it_uses_and_what_it_gives():
    read = parse_expression("turns > 3 and (hold_s > 1 or turns < 9)", NAMES, kinds=KINDS)
    assert read.names == ("turns", "hold_s")
    assert read.kind == "truth"
    assert parse_expression("turns + 1", NAMES, kinds=KINDS).kind == "number"


CODE = st.sampled_from(
    [
        "__import__('os').system('true')",
        "turns.__class__",
        "().__class__.__bases__[0].__subclasses__()",
        "exec('1')",
        "open('x', 'w')",
        "lambda: 1",
        "[x for x in (1, 2)]",
        "{turns}",
        "turns if turns else 1",
        "turns := 3",
        "f'{turns}'",
        "turns ** 999999",
        "'%s' % turns",
        "turns // 2",
        "import os",
        "turns; hold_s",
        "turns\nimport os",
        "print(1)",
    ]
)
WORDS = st.sampled_from(
    "hold_s turns channel announced delay_s and or not between is known unknown true false "
    "( ) + - * / < <= > >= == != = 1 0 2.5 30% 'chat' . , [ ] { } : ; __class__ eval exec".split()
)


@given(st.one_of(st.text(max_size=200), CODE, st.lists(WORDS, max_size=40).map(" ".join)))
@example("a" * MAX_CHARACTERS)
@example("(" * MAX_CHARACTERS)
@example("-" * MAX_CHARACTERS)
@example("'" * MAX_CHARACTERS)
def test_no_text_whatever_runs_code_or_ends_in_another_error(text):
    """Only values come out; builtins and imports are booby-trapped meanwhile."""
    parse_expression("turns > 3", NAMES)  # what reading itself imports is there before the traps

    real_import = builtins.__import__

    def trapped(*args, **kwargs):
        if args and str(args[0]).startswith("lark"):  # the parser's own modules
            return real_import(*args, **kwargs)
        raise AssertionError("code ran")

    traps = ("eval", "exec", "open", "__import__", "compile")
    kept = {name: getattr(builtins, name) for name in traps}
    modules = set(sys.modules)
    for name in traps:
        setattr(builtins, name, trapped)
    try:
        value = parse_expression(text, NAMES).evaluate(VALUES)
    except EntenduError:
        value = None
    finally:
        for name, real in kept.items():
            setattr(builtins, name, real)
    assert value is None or isinstance(value, bool | float | int)
    assert set(sys.modules) == modules


class Treacherous(float):
    """A number whose attributes must never be touched by the words of an expression."""

    def __getattribute__(self, name):
        if name in ("secret", "__class__", "__dict__"):
            raise AssertionError(f"attribute {name} was read")
        return super().__getattribute__(name)


@given(st.sampled_from(["turns.secret", "turns.__class__", "turns.__dict__ == 1"]))
def test_a_dot_never_reads_an_attribute(text):
    with pytest.raises(DefinitionInvalid, match="nothing is called"):
        parse_expression(text, NAMES).evaluate({"turns": Treacherous(3)})


NUMBERS = st.floats(min_value=-1e6, max_value=1e6).map(lambda x: round(x, 3))


@given(NUMBERS, NUMBERS, NUMBERS)
def test_arithmetic_and_comparisons_agree_with_python(a, b, c):
    values = {"hold_s": a, "turns": b, "talk_share": c}
    assert value_of("hold_s + turns * talk_share - turns", values) == a + b * c - b
    assert value_of("hold_s < turns or talk_share >= turns", values) == (a < b or c >= b)
    assert value_of("hold_s between turns and talk_share", values) == (b <= a <= c)
    assert value_of("not hold_s == turns", values) == (a != b)


TRUTHS = st.sampled_from([True, False, None])


@given(TRUTHS, TRUTHS)
def test_learning_a_value_never_turns_an_answer_over(a, b):
    """What and/or conclude without a value holds whatever the value turns out to be."""
    names = {"a": "", "b": ""}
    for text in ("a and b", "a or b", "not a or b", "a and not b"):
        read = parse_expression(text, names)
        before = read.evaluate({"a": a, "b": b})
        if before is None:
            continue
        for later_a in (a,) if a is not None else (True, False):
            for later_b in (b,) if b is not None else (True, False):
                assert read.evaluate({"a": later_a, "b": later_b}) == before
