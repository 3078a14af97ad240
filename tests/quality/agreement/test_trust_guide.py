"""What docs/trust.md shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from quality.agreement import CalibrationRule, DriftRule, GateRule, read_labels

GUIDE = (Path(__file__).parents[3] / "docs" / "trust.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, flags=re.DOTALL)


def test_the_python_in_the_guide_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = blocks("python")
    exec(compile(block, "docs/trust.md", "exec"), {})
    assert (tmp_path / "reviews.jsonl").read_text("utf-8").count("\n") == 2


def test_the_labels_in_the_guide_are_read(tmp_path):
    (lines,) = blocks("json")
    (tmp_path / "labels.jsonl").write_text(lines, "utf-8")
    assert len(read_labels(tmp_path / "labels.jsonl").labels) == 2
    (case,) = blocks("yaml")
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "case.yaml").write_text(case, "utf-8")
    assert len(read_labels(folder, part="test").labels) == len(yaml.safe_load(case)["truth"])


def test_the_numbers_in_the_guide_are_the_defaults():
    gate, drift, fit = GateRule(), DriftRule(), CalibrationRule()
    assert (gate.auto_kappa, gate.assist_kappa, gate.human_margin) == (0.61, 0.41, 0.05)
    assert (gate.min_contacts, gate.min_failures) == (50, 10)
    assert (fit.min_contacts, fit.min_failures, fit.folds, fit.rounds) == (50, 10, 5, 3)
    assert (drift.baseline_contacts, drift.weeks_per_false_alarm) == (100, 100)
    for number in (
        "fewer than 50",
        "fewer than 10",
        "first 100 contacts",
        "100 weeks",
        "five parts",
    ):
        assert number in GUIDE
