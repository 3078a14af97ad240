"""docs/bot.md says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from kb_search.bot import BotPolicy, HandOverPacket
from kb_search.bot.packet import TRIGGERS
from kb_search.bot.scripts import Script
from kb_search.bot.session import TRANSITIONS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / "docs" / "bot.md").read_text(encoding="utf-8")


def test_the_drawing_has_the_arrows_of_the_state_machine(page):
    arrows = set(re.findall(r"^\s+(\w+) --> (\w+)$", page, re.MULTILINE))
    assert arrows == {(one, other) for one, others in TRANSITIONS.items() for other in others}


def test_every_field_of_the_packet_and_every_trigger_is_named(page):
    for name in (*HandOverPacket.model_fields, *TRIGGERS):
        assert f"`{name}`" in page, name


def test_the_examples_can_be_read(page):
    policy, scripts = map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", page, re.DOTALL))
    assert set(policy) | {"texts"} == set(BotPolicy.model_fields)
    assert BotPolicy.model_validate(policy).words("fr").goodbye.endswith("Télécom Plus.")
    (script,) = map(Script.model_validate, scripts["scripts"])
    assert script.turns[1].expect[1].clarify
