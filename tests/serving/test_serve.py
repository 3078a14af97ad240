from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from conversation.errors import BadInput, Conflict, DeviceUnavailable, EntenduError, NotFound
from serving.commands.serve import listen
from serving.commands.starting import refuse_what_is_not_there
from serving.routes.answers import ConversationDetail
from serving.service import Service
from serving.settings import Settings


def test_a_port_in_use_is_a_clear_conflict():
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(Conflict, match=rf"127\.0\.0\.1:{port} is in use.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["", "a" * 70, "203.0.113.7"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(BadInput, match="--host"):
        listen(host, 0)


@pytest.mark.model
@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"device": "cuda:99"}, DeviceUnavailable, "cuda:99 was asked for"),
        ({"kb": Path("no-such-folder")}, NotFound, "no-such-folder is no folder"),
        ({"transcription_model": "no-such-model"}, EntenduError, "no-such-model"),
    ],
)
def test_what_is_not_on_this_machine_is_said_before_anything_starts(models_dir, asked, error, said):
    given = {"device": "cpu", "models_dir": models_dir} | asked
    with pytest.raises(error, match=said):
        refuse_what_is_not_there(Settings(**given))


def test_a_file_in_place_of_the_data_folder_is_refused(tmp_path):
    taken = tmp_path / "data"
    taken.write_text("not a folder")
    with pytest.raises(BadInput, match=r"cannot be used.*--data"):
        Service(Settings(data_dir=taken)).open()


@pytest.mark.model
def test_the_command_serves_a_chat_from_upload_to_report(
    tmp_path, models_dir, wait_until_finished, admin_key
):
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    environment |= {"ENTENDU_ADMIN_KEY": admin_key}
    command = [sys.executable, "-m", "serving", "serve", "--port", "0", "--device", "cpu"]
    command += ["--threads", "1"]  # more would only spin on a busy machine
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--data", str(tmp_path / "data"), "--reasons", "telecom"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
    give_up = threading.Timer(260, process.kill)
    give_up.start()
    try:
        said = process.stdout.readline()
        assert "listens on http://127.0.0.1:" in said, (tmp_path / "log").read_text()
        assert "/inbox" in process.stdout.readline()
        assert "/docs" in process.stdout.readline()
        key = {"Authorization": f"Bearer {admin_key}"}
        with httpx.Client(base_url=said.split()[-1], timeout=60, headers=key) as client:
            answer = client.post(
                "/v1/conversations",
                json={
                    "messages": [
                        {"speaker": "agent", "text": "Bonjour, que puis-je faire pour vous ?"},
                        {
                            "speaker": "customer",
                            "text": "Ma box n'a plus internet depuis hier, la connexion est "
                            "coupée et le voyant reste rouge.",
                        },
                    ]
                },
            )
            assert answer.status_code == 202
            done = wait_until_finished(client, answer.json()["id"], seconds=200)
            assert done["status"] == "done", done
            ConversationDetail.model_validate(done)
            assert done["reason"] == done["analysis"]["understanding"]["reasons"]["primary"]["code"]
            assert done["language"] == "fr"
            report = client.get(done["links"]["report"])
            assert report.status_code == 200
            assert "voyant reste rouge" in report.text
            assert client.delete(done["links"]["self"]).status_code == 204
            assert client.get(done["links"]["report"]).status_code == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert "voyant" not in (tmp_path / "log").read_text()
    finally:
        give_up.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def test_small_answers_are_sent_at_once():
    """Without TCP_NODELAY each answer would wait 40 ms for the client's acknowledgement."""
    with listen("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
