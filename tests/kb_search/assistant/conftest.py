"""A knowledge base of four passages that knows words by heart, and a clock that is set."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from conversation import Conversation, Evidence, Turn
from kb_search import Passage
from kb_search.answers import Citation, Hit
from kb_search.words import content_words

TEXTS = {
    "box.md": "Débranchez la box pendant trente secondes, puis rebranchez-la.",
    "resilier.md": "La résiliation prend effet dix jours après la demande.",
    "carte.md": "Une nouvelle carte est envoyée sous cinq jours ouvrés.",
    "virement.md": "Le virement instantané ne s'annule pas.",
}
KEYS = {
    "box.md": {"box", "clignote", "rouge", "voyant"},
    "resilier.md": {"resilier", "partir", "contrat"},
    "carte.md": {"carte", "volee", "bleue"},
    "virement.md": {"virement", "iban", "annuler"},
}


def passage_of(document, text):
    return Passage(
        id=f"{document}#0", document=document, title=document, text=text, start=0, end=len(text),
        language="fr",
    )  # fmt: skip


@dataclass
class FakeKnowledge:
    """Scores a passage by the key words in the query; takes as long as it is told to."""

    texts: dict[str, str] = field(default_factory=lambda: dict(TEXTS))
    takes_s: float = 0.0
    watch: Watch | None = None
    asked: list[list[str]] = field(default_factory=list)
    filters: list[object] = field(default_factory=list)

    def search_many(self, queries, *, k, filters=None):
        self.asked.append(list(queries))
        self.filters.append(filters)
        if self.watch is not None:
            self.watch.now_s += self.takes_s
        found = []
        for query in queries:
            words = set(content_words(query, ("fr", "en")))
            scored = sorted(
                ((0.8 + 0.1 * len(words & KEYS[name]), name) for name in self.texts), reverse=True
            )
            found.append(
                [
                    Hit(
                        rank=rank, passage=passage_of(name, self.texts[name]), score=score,
                        dense=score, words=0.0, letters=0.0,
                    )
                    for rank, (score, name) in enumerate(scored[:k], 1)
                ]
            )  # fmt: skip
        return found

    def cite(self, passage, question):
        return Citation(
            document=passage.document, title=passage.title, passage_id=passage.id,
            quote=passage.text,
        )  # fmt: skip


@dataclass
class Watch:
    """A clock that only goes on when it is told to."""

    now_s: float = 0.0

    def __call__(self):
        return self.now_s


@dataclass(frozen=True)
class Need:
    text: str
    evidence: Evidence
    kind: str = "question"
    context: str | None = None


def find_needs(turns):
    """Take every sentence with a question mark for a question."""
    last = turns[-1]
    if last.speaker not in ("customer", "unknown"):
        return []
    parts = [f"{part.lstrip()}?" for part in last.text.split("?")[:-1]]
    return [Need(part, Evidence.from_turn(last, part)) for part in parts]


def call(*said, name="call", metadata=None):
    """Make a call of (speaker, text, end of the turn in seconds)."""
    return Conversation(
        id=name, channel="phone", language="fr",
        turns=tuple(
            Turn(index=number, speaker=speaker, text=text, start_s=max(0.0, end - 2), end_s=end)
            for number, (speaker, text, end) in enumerate(said)
        ),
        metadata=metadata or {},
    )  # fmt: skip


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def knowledge(watch):
    return FakeKnowledge(watch=watch)


@pytest.fixture
def needs():
    return find_needs


@pytest.fixture
def make_call():
    return call
