"""Contacts and labelled turns with a known truth, and heads trained from them once."""

from __future__ import annotations

import random
import re
import zlib

import numpy as np
import pytest

from conversation import Conversation, ModelReference, Turn
from quality import measure
from quality.question_model import (
    AnalystAnswer,
    AnsweredContact,
    LabelledConversation,
    train_question,
    train_turn_head,
)
from quality.sentence_vectors import SentenceVectors

FILLERS = (
    "Je regarde votre dossier tout de suite.",
    "La facture est bien celle de novembre.",
    "Votre contrat se termine dans six mois.",
    "Le technicien passera dans la matinée.",
    "Je note votre nouvelle adresse.",
)
SUMMARIES = (
    "Pour résumer, je vous envoie le document demain.",
    "Je résume donc ce que nous avons convenu, le document part demain.",
    "Pour résumer nos échanges, vous recevez le document vendredi.",
)
REQUESTS = ("J'ai un souci avec ma facture.", "Je voudrais changer d'adresse, merci.")


class BagEncoder:
    """A bag of words in 64 directions."""

    name = "bag"
    dim = 64

    def __init__(self, sha256: str = "a" * 64) -> None:
        self.reference = ModelReference(name="bag", sha256=sha256)

    def encode(self, texts, *, kind="query"):
        vectors = np.full((len(texts), self.dim), 0.05, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def contact(number: int, *, conforming: bool) -> Conversation:
    draw = random.Random(number)
    said = [
        ("agent", "Bonjour, que puis-je faire pour vous ?"),
        ("customer", draw.choice(REQUESTS)),
        ("agent", " ".join(draw.sample(FILLERS, 3))),
        ("customer", "Très bien, je comprends."),
    ]
    if conforming:
        said.append(("agent", draw.choice(FILLERS) + " " + draw.choice(SUMMARIES)))
    said.append(("agent", "Merci de votre appel, au revoir."))
    turns = tuple(Turn(index=i, speaker=who, text=text) for i, (who, text) in enumerate(said))
    return Conversation(id=f"c{number}", channel="chat", language="fr", turns=turns)


@pytest.fixture(scope="session")
def vectors():
    return SentenceVectors(BagEncoder())


@pytest.fixture(scope="session")
def contacts():
    made = (contact(number, conforming=number % 2 == 0) for number in range(36))
    return [AnsweredContact(one, measure(one)) for one in made]


@pytest.fixture(scope="session")
def answers():
    return [
        AnalystAnswer(f"c{number}", "CON1", 1.0 if number % 2 == 0 else 0.0, "a1")
        for number in range(36)
    ]


@pytest.fixture(scope="session")
def head(answers, contacts, vectors):
    return train_question("CON1", answers, contacts, vectors)


def labelled(number: int) -> LabelledConversation:
    draw = random.Random(number)
    asked = ("Depuis quand ?", "Comment est-ce arrivé ?", "Quel est votre numéro de client ?")
    told = ("Votre ligne est coupée.", "Le dossier est ouvert.", "Le colis part ce soir.")
    turns, labels = [], {}
    for index in range(12):
        if index % 2:
            turns.append(Turn(index=index, speaker="customer", text=draw.choice(REQUESTS)))
            continue
        label = draw.choice(("question", "information"))
        text = draw.choice(asked if label == "question" else told)
        turns.append(Turn(index=index, speaker="agent", text=text))
        labels[index] = label
    conversation = Conversation(id=f"t{number}", channel="chat", language="fr", turns=tuple(turns))
    return LabelledConversation(conversation, labels)


@pytest.fixture(scope="session")
def turn_data():
    return [labelled(number) for number in range(14)]


@pytest.fixture(scope="session")
def turn_head(turn_data, vectors):
    return train_turn_head(turn_data, vectors)
