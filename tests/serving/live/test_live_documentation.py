"""What docs/live.md says is what the service does."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import get_args

from serving.live.events import PROTOCOL, SessionEvent
from serving.live.outbox import MOST_EVENTS
from serving.routes.live.own import AudioFormat, Start
from serving.settings import Settings

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "live.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_start_of_the_page_is_understood():
    [block] = blocks("json")
    start = Start.model_validate_json(block)
    assert start.audio.channels == ("agent", "customer")


def test_every_event_and_no_other_is_on_the_page():
    union = get_args(SessionEvent)[0]
    names = {event.model_fields["type"].default for event in get_args(union)}
    table = PAGE.split("### What the service sends")[1].split("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == names


def test_every_member_of_the_start_is_on_the_page():
    table = PAGE.split("### Start")[1].split("###")[0]
    for name in (*Start.model_fields, *AudioFormat.model_fields):
        assert name in table, name


def test_the_limits_of_the_page_are_the_defaults(tmp_path):
    settings = Settings(data_dir=tmp_path)
    rows = re.findall(r"^\| `(live_\w+)` \| (\d+) \|", PAGE, flags=re.MULTILINE)
    assert {name for name, _ in rows} == {
        name for name in Settings.model_fields if name.startswith("live_")
    }
    for name, value in rows:
        assert getattr(settings, name) == float(value)
    assert f"{MOST_EVENTS} events" in PAGE
    assert f"`{PROTOCOL}`" in PAGE


def test_the_code_of_the_page_is_code():
    assert len(blocks("python")) == 2
    for block in blocks("python"):
        ast.parse(block)
    [command] = blocks("sh")
    body = re.search(r"-d '(.*?)'", command, flags=re.DOTALL)[1]
    assert len(json.loads(body)["legs"]) == 2
