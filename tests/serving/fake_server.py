"""A service whose pipeline is a stand-in; run as a script, it is a server that can be killed.

python fake_server.py DATA_DIR PORT SECONDS_PER_CONVERSATION [--worker …]
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel

from conversation import Conversation, identifier_from_name, read_conversation
from conversation.errors import ConversationUnreadable
from serving.settings import Settings

ADMIN_KEY = "the-key-of-the-tests-0123456789"


class Reason(BaseModel):
    code: str


class Reasons(BaseModel):
    primary: Reason | None


class FakeUnderstanding(BaseModel):
    language: str | None
    reasons: Reasons


class FakeEvaluation(BaseModel):
    score_100: float | None


class FakeAnalysis(BaseModel):
    """What the service reads of an analysis."""

    schema_version: str = "0.0"
    conversation: Conversation
    understanding: FakeUnderstanding
    evaluation: FakeEvaluation
    facts: dict[str, object]


class FakeDecoded(BaseModel):
    """What the stand-in knows of an input."""

    name: str
    size: int
    language: str | None
    channels: object
    is_text: bool


class FakeTranscribed(BaseModel):
    """What the stand-in heard: a file is silent, a text is as it is."""

    conversation: Conversation
    language: str
    facts: dict[str, object]


class FakeUnderstood(BaseModel):
    """What the stand-in understood: always the same."""

    reason: str


class FakePipeline:
    """Concludes nothing; fails or waits when the text says so.

    ``WAIT`` waits for ``go_on``, ``BROKEN`` cannot be used, ``BUG`` is an error that nobody
    foresaw, ``FULL`` is a full disk for as often as ``full`` says; all while it understands.

    Args:
        seconds: How long a conversation takes to transcribe.
        journal: Gets a line when a stage begins and when it ends, with the process.
        burn: Compute for that long in place of sleeping.
    """

    handed_on: ClassVar = {
        "decode": FakeDecoded,
        "transcribe": FakeTranscribed,
        "understand": FakeUnderstood,
    }

    def __init__(
        self, *, seconds: float = 0.0, journal: Path | None = None, burn: bool = False
    ) -> None:
        self.seconds = seconds
        self.journal = journal
        self.burn = burn
        self.full = 0
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def analyse(self, path, *, language=None, channels=None, progress=None):
        decoded = self.decode(path, language=language, channels=channels)
        transcribed = self.transcribe(path, decoded, progress=progress)
        return self.score(transcribed, self.understand(transcribed))

    def analyse_conversation(self, conversation, *, language=None):
        transcribed = self.transcribe(conversation, self.decode(conversation, language=language))
        return self.score(transcribed, self.understand(transcribed))

    def decode(self, given, *, language=None, channels=None):
        if isinstance(given, Conversation):
            return FakeDecoded(
                name=given.id, size=0, language=language, channels=channels, is_text=True
            )
        return FakeDecoded(
            name=given.name,
            size=given.stat().st_size,
            language=language,
            channels=channels,
            is_text=given.suffix in (".txt", ".json"),
        )

    def transcribe(self, given, decoded, *, progress=None):
        if isinstance(given, Conversation):
            conversation, facts = given, {}
        elif decoded.is_text:
            conversation, facts = read_conversation(given), {}
        else:
            conversation = Conversation(
                id=identifier_from_name(given.name), channel="phone", duration_s=1.0
            )
            facts = {"name": given.name, "size": decoded.size, "channels": decoded.channels}
        self._write("begin", conversation)
        ends = time.monotonic() + self.seconds
        while self.seconds and (left := ends - time.monotonic()) > 0:
            if not self.burn:
                time.sleep(min(left, 0.02))
            if progress is not None:
                progress(1 - left / self.seconds)
        self._write("end", conversation)
        return FakeTranscribed(
            conversation=conversation, language=decoded.language or "fr", facts=facts
        )

    def understand(self, transcribed):
        conversation = transcribed.conversation
        self._write("begin understand", conversation)
        text = " ".join(turn.text for turn in conversation.turns)
        if "WAIT" in text:
            self.begun.set()
            assert self.go_on.wait(20)
        if "BROKEN" in text:
            raise ConversationUnreadable("the fake cannot read this", remedy="send another")
        if "BUG" in text:
            raise RuntimeError(f"a message that quotes somebody: {text}")
        if "FULL" in text and self.full > 0:
            self.full -= 1
            raise OSError(errno.ENOSPC, "No space left on device", f"/tmp/{text}")
        self._write("end understand", conversation)
        return FakeUnderstood(reason="panne")

    def turn_vectors(self, conversation):
        return None

    def score(self, transcribed, understood):
        return FakeAnalysis(
            conversation=transcribed.conversation,
            understanding=FakeUnderstanding(
                language=transcribed.language,
                reasons=Reasons(primary=Reason(code=understood.reason)),
            ),
            evaluation=FakeEvaluation(score_100=75.0),
            facts=transcribed.facts | {"made_at": time.time()},
        )

    def _write(self, what, conversation):
        if self.journal is not None:
            with self.journal.open("a") as file:
                file.write(f"{what} {conversation.id} {os.getpid()}\n")


def main(arguments: list[str] | None = None) -> None:
    from serving.app import create_app
    from serving.commands.serve import listen, run
    from serving.commands.worker import work
    from serving.jobs import timing
    from serving.logs import configure_logging
    from serving.service import Service

    read = argparse.ArgumentParser()
    read.add_argument("data_dir", type=Path)
    read.add_argument("port", type=int)
    read.add_argument("seconds", type=float)
    read.add_argument("--database-url")
    read.add_argument("--lease", type=float, default=20.0)
    read.add_argument("--no-work", action="store_true")
    read.add_argument("--worker", action="store_true", help="do jobs and answer nobody")
    read.add_argument("--burn", action="store_true", help="compute in place of sleeping")
    given = read.parse_args(arguments)
    timing.POLL_INTERVAL_S = timing.TASKS_INTERVAL_S = timing.LISTEN_INTERVAL_S = 0.05
    settings = Settings(
        data_dir=given.data_dir,
        port=given.port,
        admin_key=ADMIN_KEY,
        database_url=given.database_url,
        worker_lease_s=given.lease,
    )
    configure_logging()
    pipeline = FakePipeline(
        seconds=given.seconds, journal=given.data_dir.with_name("journal"), burn=given.burn
    )
    if given.worker:
        work(Service(settings, pipeline))
        return
    listening = listen("127.0.0.1", given.port)
    run(create_app(settings, pipeline=pipeline, works=not given.no_work), listening, settings)


def fork_servers() -> None:
    """Start a server for each line of standard input, with everything imported already.

    A line is JSON: the arguments of :func:`main`, and the file for what the server writes. The
    answer is the number of the new process. Starting Python and importing takes seconds, which a
    test that kills servers again and again does not have.
    """
    import dbos  # noqa: F401 - what the service imports only when it is opened
    import uvicorn  # noqa: F401

    import serving.app
    import serving.commands.worker
    import serving.stages.rooms  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _die_with_parent()
            log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            for number in (1, 2):
                os.dup2(log, number)
            os.setsid()
            code = 1
            try:
                main(order["arguments"])
                code = 0
            except Exception:  # noqa: BLE001 - whatever it is, the process ends here
                traceback.print_exc()
            finally:
                os._exit(code)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _die_with_parent() -> None:
    """Let no server outlive the tests, however they end."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1:] == ["--fork-servers"]:
        fork_servers()
    else:
        main()
