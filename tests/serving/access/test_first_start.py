"""The first start of a service, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import httpx

from serving.access.access import open_access
from serving.access.key_text import is_well_formed
from serving.settings import Settings

TIMEOUT_S = 30
SCRIPT = """
import importlib.util, sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("fake_server", sys.argv[1])
fake_server = importlib.util.module_from_spec(spec)
sys.modules["fake_server"] = fake_server
spec.loader.exec_module(fake_server)

from serving.app import create_app
from serving.commands.serve import listen, run
from serving.settings import load_settings

settings = load_settings(data_dir=Path(sys.argv[2]), host=sys.argv[3], port=0)
listening = listen(settings.host, 0)
run(create_app(settings, pipeline=fake_server.FakePipeline()), listening, settings)
"""


def test_the_first_start_makes_an_admin_key_and_shows_it_once(tmp_path, fake_server_script):
    data_dir = tmp_path / "data"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ENTENDU_")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(fake_server_script), str(data_dir), "0.0.0.0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        give_up = threading.Timer(120, process.kill)
        give_up.start()
        try:
            first = process.stdout.readline()
            shown = iter(process.stdout.readline, "")
            line = next(
                (one for one in shown if one.startswith("Admin key, shown this once: ")), ""
            )
            key = line.rpartition(" ")[2].strip()
            assert is_well_formed(key)
            port = first.strip().rpartition(":")[2]
            answer = httpx.get(
                f"http://127.0.0.1:{port}/v1/me",
                headers={"Authorization": f"Bearer {key}"},
                timeout=TIMEOUT_S,
            )
            assert answer.json()["role"] == "admin"
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=60)
        finally:
            give_up.cancel()
            process.kill()
    assert "there is no TLS" in errors
    assert key not in rest + errors
    for file in data_dir.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file
    with open_access(Settings(data_dir=data_dir)) as access:
        assert access.keys.create_first() is None
