"""The alert rules ask for figures that there are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from serving.operation import metrics

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "prometheus"
_ENDS = ("_total", "_bucket", "_count", "_sum", "_created")


def known():
    names = set()
    for family in metrics.REGISTRY.collect():
        names |= {family.name, *(f"{family.name}{end}" for end in _ENDS)}
    return names


def test_every_rule_asks_for_figures_that_there_are():
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    assert len(rules) >= 8
    for rule in rules:
        asked = set(re.findall(r"\b(?:entendu|process)_[a-z_]+", rule["expr"]))
        assert asked <= known(), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_the_example_names_the_rules_and_the_key_is_in_a_file():
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    assert config["rule_files"] == ["alerts.yml"]
    service, workers = config["scrape_configs"]
    assert "credentials_file" in service["authorization"]
    assert "authorization" not in workers
