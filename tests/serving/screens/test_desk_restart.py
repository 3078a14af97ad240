"""A call at the desk whose service goes away and comes back."""

from __future__ import annotations

import importlib.util
import io
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from serving.settings import Settings

_spec = importlib.util.spec_from_file_location(
    "desk_calls", Path(__file__).with_name("desk_calls.py")
)
calls = importlib.util.module_from_spec(_spec)
sys.modules["desk_calls"] = calls
_spec.loader.exec_module(calls)


@pytest.fixture
def start(tmp_path, fake_pipeline_class, monkeypatch):
    """Return a function that starts the service, on the same port each time."""
    running, port = [], 0
    listen = calls.live.listen

    def begin():
        nonlocal port
        monkeypatch.setattr(calls.live, "listen", lambda host, _: listen(host, port))
        settings = Settings(data_dir=tmp_path / "data", rate_per_address=100_000)
        running.append(calls.DeskServer(settings, fake_pipeline_class()))
        port = running[-1].port
        return running[-1]

    yield begin
    for server in running:
        if server.thread.is_alive():
            server.stop()


def test_a_call_goes_on_over_a_restart_and_its_recording_has_no_hole(start, browser):
    server = start()
    context = browser.new_context(locale="fr-FR", permissions=["microphone"])
    page = context.new_page()  # what cannot be reached meanwhile is in its console
    page.add_init_script(calls.TAB_WITH_A_TONE)
    page.goto(f"{server.url}/desk")
    page.fill("input[name=key]", calls.live.ADMIN_KEY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Commencer l'appel").click()
    page.get_by_role("log").locator(".turn.customer:not(.partial)").nth(1).wait_for()
    server.stop()
    page.get_by_text("Connexion coupée.").wait_for()
    server = start()
    page.get_by_text("Connexion rétablie. Rien n'a été perdu.").wait_for()
    before = page.locator(".turn.customer:not(.partial)").count()
    page.locator(".turn.customer:not(.partial)").nth(before + 2).wait_for()
    page.get_by_role("button", name="Raccrocher").click()
    page.get_by_role("button", name="Envoyer la note").click()
    page.get_by_text("Note envoyée", exact=True).wait_for()
    context.close()
    [note] = server.client.get("/v1/notes").json()["data"]
    sound = server.client.get(f"/v1/conversations/{note['conversation_id']}/audio").content
    with wave.open(io.BytesIO(sound)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")[1::2]
        rate = file.getframerate()
    loud = np.abs(samples.astype(int)) > 2000
    seconds = [loud[at : at + rate].any() for at in range(0, len(loud) - rate, rate)]
    assert len(seconds) >= 3
    assert all(seconds), "a second of the call without the tone of each second"
