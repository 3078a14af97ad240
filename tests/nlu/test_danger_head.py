"""The second look for dangers: where it speaks, and where it leaves the word to the patterns."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from models import LinearHead
from nlu.axes.danger import DANGERS, has_words_of
from nlu.axes.danger_head import (
    LATER_MARGIN,
    MARGIN,
    NONE,
    OPENING_PIECES,
    load_danger_head,
    near_dangers,
)
from nlu.axes.nature import nature_texts
from nlu.axes.passages import fold, passages_of
from nlu.axes.urgency import read_urgency


def head_that_scores(score: float) -> LinearHead:
    """A head that gives gas a score for vectors of ones, and nothing to the rest."""
    labels = (*DANGERS, NONE)
    weights = np.zeros((len(labels), 1), dtype=np.float32)
    weights[0] = score / 46.0
    return LinearHead(labels=labels, weights=weights, bias=np.zeros(len(labels), np.float32))


def found(conversation, score: float) -> list[str]:
    vectors = {text: np.ones(1, np.float32) for text in nature_texts(conversation)}
    near = near_dangers(conversation, head=head_that_scores(score), vectors=vectors)
    return [one.danger for one in near]


def test_a_danger_needs_its_margin(talk):
    conversation = talk(("customer", "il se passe quelque chose ici"))
    assert found(conversation, MARGIN + 0.1) == ["gas_smell"]
    assert found(conversation, MARGIN - 0.1) == []


def test_after_the_opening_it_needs_more(talk):
    later = talk(*([("customer", "oui")] * OPENING_PIECES), ("customer", "il se passe une chose"))
    assert found(later, MARGIN + 0.1) == []
    assert found(later, LATER_MARGIN + 0.1) == ["gas_smell"]


@pytest.mark.parametrize(
    "text",
    [
        "je ne sens pas le gaz du tout",
        "si jamais je le sens que dois-je faire",
        "l'année dernière il y a eu une odeur",
        "oui d'accord",
    ],
)
def test_what_is_denied_supposed_past_or_nothing_is_none(talk, text):
    assert found(talk(("customer", text)), 20.0) == []


def test_an_agents_words_tell_no_danger(talk):
    assert found(talk(("agent", "il se passe quelque chose ici")), 20.0) == []


def test_both_looks_make_one_urgency(talk):
    conversation = talk(("customer", "ça brûle et je vois des flammes dans la cuisine"))
    vectors = {text: np.ones(1, np.float32) for text in nature_texts(conversation)}
    near = near_dangers(conversation, head=head_that_scores(9.0), vectors=vectors)
    urgency = read_urgency(passages_of(conversation), near)
    assert [trigger.kind for trigger in urgency.triggers] == ["gas_smell", "fire"]
    assert urgency.always_human
    assert urgency.level == 3


def test_the_training_set_has_every_class_and_none_twice():
    text = files("nlu").joinpath("axes", "danger_train.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    assert len({row["text"] for row in rows}) == len(rows)
    assert {row["danger"] for row in rows} == {*DANGERS, NONE}


def test_patterns_judge_where_they_have_words():
    assert has_words_of("gas_smell", fold("je ne sens pas le gaz")[0])
    assert not has_words_of("gas_smell", fold("je n'ai pas reçu ma facture")[0])


@pytest.mark.model
def test_the_real_head_hears_what_no_pattern_says(encoder, talk):
    head = load_danger_head(encoder)
    for text, danger in (
        ("ma femme vient de s'évanouir et elle ne revient pas à elle", "medical_emergency"),
        ("où en est mon colis s'il vous plaît", None),
    ):
        conversation = talk(("customer", text))
        texts = nature_texts(conversation)
        vectors = dict(zip(texts, encoder.encode(texts), strict=True))
        near = near_dangers(conversation, head=head, vectors=vectors)
        assert [one.danger for one in near] == ([danger] if danger else [])
