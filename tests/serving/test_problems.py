from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from conversation import errors
from serving.problems import (
    Problem,
    Violation,
    exit_code,
    outcome_of,
    problem_of,
    problem_of_status,
    unexpected_problem,
)

TREE = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.EntenduError)
]


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_each_error_of_the_tree_has_a_status_an_exit_code_and_a_type(kind):
    error = kind("got a fish, expected a bird", remedy="send a bird")
    problem = problem_of(error, instance="/v1/birds")
    assert 400 <= problem.status < 600
    assert exit_code(error) not in (0, 1, 2)
    assert problem.type.startswith("urn:entendu:problem:")
    assert problem.title == kind.title
    assert (problem.detail, problem.remedy) == ("got a fish, expected a bird", "send a bird")


def test_types_of_problems_are_all_different():
    types = [problem_of(kind("x")).type for kind in TREE]
    assert len(set(types)) == len(types)
    assert "urn:entendu:problem:audio-too-long" in types


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (errors.BadInput, 422, 65),
        (errors.AudioUnreadable, 415, 65),
        (errors.AudioEmpty, 415, 65),
        (errors.AudioTooLong, 413, 65),
        (errors.NotFound, 404, 66),
        (errors.Conflict, 409, 75),
        (errors.ModelMissing, 503, 69),
        (errors.AgentSentimentRefused, 403, 77),
        (errors.EntenduError, 500, 70),
    ],
)
def test_statuses_and_exit_codes_are_those_documented(kind, status, code):
    assert outcome_of(kind).status == status
    assert outcome_of(kind).exit_code == code


def test_a_class_of_tomorrow_takes_the_outcome_of_its_parent():
    class AudioTooLoud(errors.AudioTooLong):
        pass

    assert outcome_of(AudioTooLoud).status == 413
    assert problem_of(AudioTooLoud("x")).type.endswith(":audio-too-loud")


def test_a_problem_as_json_has_its_type_and_no_empty_members():
    problem = problem_of_status(
        422, "no file", errors=(Violation(detail="missing", pointer="#/file"),)
    )
    assert problem.as_json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "detail": "no file",
        "errors": [{"detail": "missing", "pointer": "#/file"}],
    }
    assert Problem.model_validate(problem.as_json()) == problem


def test_an_unexpected_problem_says_nothing_from_inside():
    assert unexpected_problem().status == 500
    assert "log" in unexpected_problem().detail


def test_a_problem_is_no_success():
    with pytest.raises(ValidationError):
        Problem(title="fine", status=200)
