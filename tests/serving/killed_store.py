"""A process that is killed at each moment of adding and erasing; run as a script.

python killed_store.py DATA_DIR DATABASE_URL|- [KEY]

For each moment a child begins to add or erase something and is killed there. Prints one JSON line
for each: the moment, and the ids that were acknowledged before.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from hashlib import sha256
from pathlib import Path

from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from conversation import Conversation, Turn
from serving.settings import Settings
from serving.store import open_store
from serving.store.recordings import RecordingFiles
from serving.store.store import Store

ADDING = (
    (RecordingFiles, "prepare"), (RecordingFiles, "keep"), (Session, "flush"),
    (DefaultDialect, "do_commit"),
)  # fmt: skip
ERASING = ((DefaultDialect, "do_commit"), (Store, "_forget"), (RecordingFiles, "erase"))


def dies(kind: type, name: str, when: str) -> None:
    """Let the process be killed right before or after it calls something."""
    call = getattr(kind, name)

    def deadly(*given, **named):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(kind, name, deadly)


def add(store, content: bytes) -> str:
    with store.files.receiving() as folder:
        (folder / "a.wav").write_bytes(content)
        return store.add_recording(folder / "a.wav", sha256=sha256(content).hexdigest()).id


def main() -> None:
    data_dir, url, key = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    settings = Settings(
        data_dir=data_dir, database_url=None if url == "-" else url,
        encryption_key=key[0] if key else None,
    )  # fmt: skip
    for doing, moments in (("add", ADDING), ("erase", ERASING)):
        for kind, name in moments:
            for when in ("before", "after"):
                moment = f"{doing}: {when} {kind.__name__}.{name}"
                read, write = os.pipe()
                child = os.fork()
                if child == 0:
                    store = open_store(settings)
                    kept = add(store, f"kept until {moment}".encode())
                    chat = Conversation(
                        id="chat", turns=(Turn(index=0, speaker="customer", text=moment),),
                        channel="chat",
                    )  # fmt: skip
                    other = store.add_conversation(chat, name="chat").id
                    os.write(write, json.dumps([moment, kept, other]).encode())
                    dies(kind, name, when)
                    if doing == "add":
                        add(store, b"never acknowledged " + moment.encode())
                    else:
                        store.erase(kept)
                    os._exit(1)  # it was to be killed
                os.close(write)
                _, status = os.waitpid(child, 0)
                with contextlib.closing(os.fdopen(read, "rb")) as told:
                    line = told.read().decode()
                sys.stdout.write(f"{os.WTERMSIG(status)} {line}\n")


if __name__ == "__main__":
    main()
