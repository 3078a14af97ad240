"""A bot over a small base, with readers that need no model."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb_search.answers import Answer, Choice, Citation, Clarification
from kb_search.bot import (
    Bot,
    BotPolicy,
    ConversationFacts,
    CustomerMessage,
    HandOver,
    MessageReading,
    Say,
    Session,
)
from kb_search.bot.packet import EmergencyNumber, PacketEntity, PacketSentiment
from kb_search.words import fold

MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def citation(name: str, quote: str, **more) -> Citation:
    return Citation(
        document=f"{name}.md",
        title=name.capitalize(),
        passage_id=f"{name}.md#0",
        quote=quote,
        **more,
    )


ARTICLES = {
    "esim": citation("esim", "Un code QR s'affiche dans l'espace client : scannez-le."),
    "coute": citation("prix", "Elle coûte 10 euros et le numéro ne change pas."),
    "resilier": citation("resiliation", "La résiliation se fait en trois clics."),
    "box": citation("box", "Débranchez la box pendant trente secondes."),
    "roaming": citation("etranger", "Les appels sont sans supplément dans l'Union européenne."),
}


class FakeKnowledge:
    """Answers what holds a keyword; "carte" is asked back."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.filters = []

    def answer_many(self, questions, *, contexts=None, filters=None):
        self.asked += questions
        self.filters.append(filters)
        return [self.answer(question) for question in questions]

    def answer(self, question):
        folded = fold(question)
        common = {"question": question, "threshold": 0.5}
        if "carte" in folded:
            choices = tuple(
                Choice(label=label, citation=citation(name, quote))
                for label, name, quote in (
                    ("Carte bancaire perdue", "opposition", "Faites opposition."),
                    ("Carte SIM bloquée", "puk", "Le code PUK est affiché."),
                )
            )
            question = "Which card?" if " my " in folded else "De quelle carte parlez-vous ?"
            return Answer(
                **common,
                outcome="clarify",
                reason="two come close",
                confidence=0.45,
                clarification=Clarification(question=question, choices=choices),
            )
        found = [article for word, article in ARTICLES.items() if word in folded]
        if not found:
            return Answer(**common, outcome="declined", reason="nothing", confidence=0.1)
        disagrees = "desaccord" in folded
        return Answer(
            **common,
            outcome="answered",
            confidence=0.9,
            text=found[-1].quote,
            citation=found[-1],
            other=(ARTICLES["coute"],) if disagrees else (),
            disagreement=disagrees,
        )


class FakeReader:
    def read(self, conversation):
        text = fold(conversation.turns[-1].text)
        return MessageReading(
            danger="gas_smell" if "gaz" in text else None,
            emergency_numbers=(EmergencyNumber(number="18", name="pompiers"),)
            if "gaz" in text
            else (),
            vulnerable="grand-mere" in text,
            complaint="honteux" in text or "disgrace" in text,
            cancellation="resili" in text,
            questions=tuple(
                f"{part.strip()} ?" for part in conversation.turns[-1].text.split("?")[:-1]
            ),
        )


class FakeFacts:
    def __init__(self) -> None:
        self.asked = 0

    def find(self, conversation):
        self.asked += 1
        return ConversationFacts(
            nature="incident",
            urgency=1,
            entities=(PacketEntity(kind="amount", value="10.00 EUR", quote="10 €", turn_index=0),),
            sentiment=PacketSentiment(score=-0.4, trend="worse"),
        )


class Talk:
    """A conversation in tests: each call is an event, and gives the bot's actions."""

    def __init__(self, bot: Bot, session: Session) -> None:
        self.bot, self.session, self.count, self.at = bot, session, 0, MONDAY
        self.actions = ()

    def send(self, event):
        step = self.bot.handle(self.session, event)
        self.session, self.actions = step.session, step.actions
        return self.actions

    def event(self, kind, **fields):
        self.count += 1
        self.at += timedelta(seconds=10)
        return self.send(kind(id=f"e{self.count}", at=self.at, **fields))

    def write(self, text="", **fields) -> str:
        self.event(CustomerMessage, text=text, **fields)
        return self.said

    @property
    def said(self) -> str:
        return "\n".join(action.text for action in self.actions if isinstance(action, Say))

    @property
    def handed(self) -> HandOver | None:
        return next((a for a in self.actions if isinstance(a, HandOver)), None)

    @property
    def documents(self) -> list[str]:
        says = [action for action in self.actions if isinstance(action, Say)]
        return [citation.document for say in says for citation in say.citations]


@pytest.fixture
def knowledge():
    return FakeKnowledge()


@pytest.fixture
def talk(knowledge):
    def start(channel="chat", session=None, **policy) -> Talk:
        bot = Bot(knowledge, FakeReader(), FakeFacts(), BotPolicy(**policy))
        return Talk(bot, session or Session(id="s1", channel=channel))

    return start


@pytest.fixture
def helpers():
    """The fakes, for tests that build many bots."""
    import sys

    return sys.modules[__name__]
