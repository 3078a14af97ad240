"""The rule a centre writes: what it must say, and how its mistakes are told."""

from __future__ import annotations

import pytest

from conversation.errors import DefinitionInvalid, NotFound
from quality.sampling import example_rule, load_sampling_rule

PURPOSE = "purposes: [{id: training, rate: 0.05}]"


def load(tmp_path, text):
    path = tmp_path / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    return load_sampling_rule(path)


def test_a_missing_rule_is_refused_with_the_reason_and_the_setting():
    with pytest.raises(DefinitionInvalid, match="CNIL") as raised:
        load_sampling_rule(None)
    assert "ENTENDU_SAMPLING" in raised.value.remedy


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"none\.yaml"):
        load_sampling_rule(tmp_path / "none.yaml")


def test_the_example_loads(tmp_path):
    rule = load(tmp_path, example_rule())
    assert rule.design == "stratified"
    assert not rule.ranking


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("design: random", "name"),
        (f"name: r\nseed: 1\ndesign: random\n{PURPOSE}\nsize: 3", "line 5.*size"),
        (f"name: r\nseed: 1\ndesign: all\n{PURPOSE}", "line 3, design.*'all'"),
        (f"name: r\nseed: 1\ndesign: stratified\n{PURPOSE}", "needs strata"),
        (
            f"name: r\nseed: 1\ndesign: random\n{PURPOSE}\nweights: {{signals: {{long: 2}}}}",
            "does not use weights",
        ),
        (
            f"name: r\nseed: 1\ndesign: random\n{PURPOSE}\nper_agent_month: {{min: 5, max: 4}}",
            "min 5 is above max 4",
        ),
        (
            f"name: r\nseed: 1\ndesign: weighted\n{PURPOSE}\nper_agent_month: {{max: 4}}\n"
            "weights: {method: poisson, signals: {long: 2}}",
            "poisson.*systematic",
        ),
        (
            f"name: r\nseed: 1\ndesign: weighted\n{PURPOSE}\nweights: {{signals: {{angry: 2}}}}",
            "angry",
        ),
        (
            "name: r\nseed: 1\ndesign: random\npurposes: [{id: marketing, rate: 0.1}]",
            "purposes.*marketing",
        ),
        (
            "name: r\nseed: 1\ndesign: random\npurposes: "
            "[{id: training, rate: 0.1}, {id: training, rate: 0.2}]",
            "twice",
        ),
        ("- 1", "expected fields"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, text, told):
    with pytest.raises(DefinitionInvalid, match=f"(?s){told}"):
        load(tmp_path, text)


def test_listening_to_everything_needs_a_written_basis(tmp_path):
    whole = "name: r\nseed: 1\ndesign: random\npurposes: [{id: training, rate: 1}]"
    with pytest.raises(DefinitionInvalid, match="written basis"):
        load(tmp_path, whole)
    with pytest.raises(DefinitionInvalid, match="written basis"):
        load(tmp_path, f"{whole}\nbasis: because")
    one = whole.replace("rate: 1", "rate: 0.1, agents: {agent-1: 1}")
    with pytest.raises(DefinitionInvalid, match="written basis"):
        load(tmp_path, one)
    rule = load(tmp_path, f"{whole}\nbasis: Code monétaire, art. L533-10, décision du 3 mai 2026")
    assert rule.may_take_all


def test_comments_and_layout_do_not_change_the_hash(tmp_path):
    text = example_rule()
    assert load(tmp_path, text).sha256 == load(tmp_path, f"# more\n{text}").sha256
    assert load(tmp_path, text).sha256 != load(tmp_path, text.replace("0.04", "0.05")).sha256
