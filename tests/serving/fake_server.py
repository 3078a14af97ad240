"""A service whose pipeline is a stand-in; run as a script, it is a server that can be killed.

python fake_server.py DATA_DIR PORT SECONDS_PER_CONVERSATION
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from pydantic import BaseModel

from conversation import Conversation, identifier_from_name, read_conversation
from conversation.errors import ConversationUnreadable
from serving.settings import Settings


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


class FakePipeline:
    """Concludes nothing; fails or waits when the text says so.

    Args:
        seconds: How long a conversation takes.
        journal: Gets a line when an analysis begins and when it ends.
    """

    def __init__(self, *, seconds: float = 0.0, journal: Path | None = None) -> None:
        self.seconds = seconds
        self.journal = journal
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def analyse(self, path, *, language=None, channels=None, progress=None):
        if path.suffix in (".txt", ".json"):
            return self.analyse_conversation(read_conversation(path), language=language)
        conversation = Conversation(
            id=identifier_from_name(path.name), channel="phone", duration_s=1.0
        )
        facts = {"name": path.name, "size": path.stat().st_size, "channels": channels}
        return self._concluded(conversation, language, facts, progress)

    def analyse_conversation(self, conversation, *, language=None):
        text = " ".join(turn.text for turn in conversation.turns)
        if "WAIT" in text:
            self.begun.set()
            assert self.go_on.wait(20)
        if "BROKEN" in text:
            raise ConversationUnreadable("the fake cannot read this", remedy="send another")
        if "BUG" in text:
            raise RuntimeError(f"a message that quotes somebody: {text}")
        return self._concluded(conversation, language, {}, None)

    def _concluded(self, conversation, language, facts, progress):
        self._write("begin", conversation)
        ends = time.monotonic() + self.seconds
        while self.seconds and (left := ends - time.monotonic()) > 0:
            time.sleep(0.02)
            if progress is not None:
                progress(1 - left / self.seconds)
        self._write("end", conversation)
        return FakeAnalysis(
            conversation=conversation,
            understanding=FakeUnderstanding(
                language=language or "fr", reasons=Reasons(primary=Reason(code="panne"))
            ),
            evaluation=FakeEvaluation(score_100=75.0),
            facts=facts | {"made_at": time.time()},
        )

    def _write(self, what, conversation):
        if self.journal is not None:
            with self.journal.open("a") as file:
                file.write(f"{what} {conversation.id}\n")


def main() -> None:
    from serving.app import create_app
    from serving.commands.serve import listen, run
    from serving.logs import configure_logging

    data_dir, port, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    settings = Settings(data_dir=data_dir, port=port)
    listening = listen("127.0.0.1", port)
    configure_logging()
    pipeline = FakePipeline(seconds=seconds, journal=data_dir.with_name("journal"))
    run(create_app(settings, pipeline=pipeline), listening, settings)


if __name__ == "__main__":
    main()
