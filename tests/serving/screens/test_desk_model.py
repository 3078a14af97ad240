"""A real call at the desk, with the real models: heard, understood and noted."""

from __future__ import annotations

import importlib.util
import os
import struct
import sys
import time
from pathlib import Path

import pytest

from serving.live.hub import hub_of
from serving.settings import Settings

_spec = importlib.util.spec_from_file_location(
    "desk_calls", Path(__file__).with_name("desk_calls.py")
)
calls = importlib.util.module_from_spec(_spec)
sys.modules["desk_calls"] = calls
_spec.loader.exec_module(calls)

FOR_THE_PICTURE_S = 30 if os.environ.get("ENTENDU_PICTURES") else 0  # a fuller page
SECONDS = 15 + FOR_THE_PICTURE_S


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class, examples_dir, models_dir):
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("real-desk") / "data",
        models_dir=models_dir,
        kb=examples_dir / "kb" / "telecom-plus",
        device="cpu",
        threads=1,
        beam_size=1,
        warm_models=True,
    )
    running = calls.live.LiveServer(settings, fake_pipeline_class(), hub=hub_of)
    for _ in range(2000):
        if running.hub._warming.done():
            break
        time.sleep(0.1)
    yield running
    running.stop()


@pytest.fixture
def beginning(examples_dir) -> bytes:
    """The first seconds of a telephone call, µ-law in two channels, as a file of its own."""
    content = (examples_dir / "conversations" / "telecom_panne.wav").read_bytes()
    place = content.index(b"data")
    rate_hz = struct.unpack_from("<I", content, content.index(b"fmt ") + 12)[0]
    sound = content[place + 8 : place + 8 + SECONDS * rate_hz * 2]
    head = bytearray(content[:place])
    struct.pack_into("<I", head, 4, len(head) + len(sound))
    return bytes(head) + b"data" + struct.pack("<I", len(sound)) + sound


@pytest.mark.model
def test_a_real_call_is_followed_from_its_words_to_its_note(server, open_page, beginning, picture):
    page = open_page(f"{server.url}/desk")
    page.set_default_timeout(90_000)
    page.fill("input[name=key]", calls.live.ADMIN_KEY)
    page.keyboard.press("Enter")
    page.locator("#own-file").set_input_files(
        {"name": "panne.wav", "mimeType": "audio/wav", "buffer": beginning}
    )
    page.get_by_label("Langue parlée").last.select_option("fr")
    page.get_by_role("button", name="Rejouer cet appel").click()
    page.locator(".turn.agent:not(.partial)").get_by_text("bienvenue").wait_for()
    page.locator(".turn.customer:not(.partial)").get_by_text("connexion").wait_for()
    page.wait_for_timeout(FOR_THE_PICTURE_S * 1000)
    picture(page, "desk")
    page.get_by_role("heading", name="Note de fin d'appel").wait_for()
    page.get_by_role("button", name="Comparer").wait_for()
    assert "internet" in page.get_by_label("Note", exact=True).input_value().casefold()
    assert page.locator(".checklist li.is-said").count() > 0
    assert page.get_by_role("img", name="Humeur du client").is_visible()
