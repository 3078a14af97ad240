"""What a report tells of the kind of contact."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nlu import find_commitments
from serving.report.contact import contact_facts, promise_line, route_line
from serving.report.words import words_in

_spec = importlib.util.spec_from_file_location("analyses", Path(__file__).with_name("analyses.py"))
analyses = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(analyses)


@pytest.fixture
def understanding():
    return analyses.sample_analysis().understanding


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_known_is_told_with_its_evidence(understanding, language) -> None:
    words = words_in(language)
    facts = {fact.name: fact for fact in contact_facts(understanding, words)}
    assert list(facts) == [words["nature"], words["urgency"], words["repeat"], words["outcome"]]
    nature = facts[words["nature"]]
    assert nature.value == f"{words['nature_incident']}, {words['nature_complaint']}"
    assert nature.evidence.quote == "Bonjour, ma box ne marche plus, c'est inadmissible."
    assert facts[words["repeat"]].value.endswith("(3×)")
    assert facts[words["urgency"]].style == "warn"


def test_nothing_is_told_of_what_is_not_known(understanding) -> None:
    axes = understanding.axes
    calm = axes.model_copy(
        update={
            "nature": axes.nature.model_copy(update={"primary": None}),
            "urgency": axes.urgency.model_copy(update={"level": 0, "triggers": ()}),
            "repeat": axes.repeat.model_copy(update={"stated": False}),
            "outcome": axes.outcome.model_copy(update={"outcome": None}),
        }
    )
    assert contact_facts(understanding.model_copy(update={"axes": calm}), words_in("fr")) == []


def test_a_route_is_told_with_its_reasons_in_the_readers_language(understanding) -> None:
    route = understanding.routing
    to, why = route_line(route, french=True)
    assert to.startswith(route.queue)
    assert to.endswith(f"P{route.priority}")
    assert why == " ; ".join(route.why_fr)
    assert route_line(route, french=False)[1] == "; ".join(route.why_en)
    assert route_line(None, french=True) is None


def test_a_promise_says_when_and_on_what_condition_only_once() -> None:
    conversation = analyses.sample_conversation(
        (("agent", "Je vous rappelle demain matin."),)
    ).model_copy(update={"started_at": datetime(2026, 11, 20, tzinfo=UTC)})
    promise = find_commitments(conversation)[0]
    words = words_in("fr")
    assert promise_line(promise, words).count("demain") == 1
    bound = promise.model_copy(update={"due_text": "jeudi", "condition": "si rien ne change"})
    line = promise_line(bound, words)
    assert line.endswith(f"(jeudi) – {words['condition']} si rien ne change")
