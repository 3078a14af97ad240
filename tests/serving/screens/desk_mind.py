"""A stand-in for what concludes while people speak: everything that a desk can show."""

from __future__ import annotations

import datetime

from conversation import Evidence
from kb_search.answers import Citation
from kb_search.assistant import Card
from serving.live.events import (
    AlertRaised,
    CardShown,
    Checklist,
    ChecklistItem,
    ReasonFound,
    SentimentRead,
    Summary,
)

SENTENCES = (
    ("reason", "Motif : panne de box."),
    ("request", "Demande : être remboursé des jours de coupure."),
    ("next", "Suite : un technicien passe jeudi."),
)
ITEMS = (
    ("greeting", "Formule d'accueil", "Greeting", "bonjour"),
    ("identification", "Identification du client", "Identification of the customer", "adresse"),
    ("restatement", "Reformulation de la demande", "Restatement of the request", "comprends"),
    ("next_steps", "Annonce de la suite", "Next steps announced", "technicien"),
    ("farewell", "Prise de congé", "Farewell", "journée"),
)
PASSAGE = (
    "Une coupure de plus de 48 heures donne droit à un remboursement au prorata des jours sans "
    "service. Il est porté sur la facture suivante, sans démarche du client."
)


def card(number: int, asked: str, turn: int) -> Card:
    return Card(
        id=f"{turn}-{number}",
        citation=Citation(
            document="telecom-plus/coupures.md",
            title="Coupures et remboursements",
            heading="Remboursement d'une coupure",
            passage_id="coupures#2",
            quote=PASSAGE,
            date=datetime.date(2026, 3, 12),
        ),
        text=PASSAGE,
        question=asked,
        confidence=0.83,
        asked_turn=turn,
        shown_at_s=1.0,
        delay_s=0.4,
    )


class ScriptedMind:
    def warm(self):
        pass

    def follow(self, facts, earlier=tuple):
        return ScriptedFollower()


class ScriptedFollower:
    def __init__(self):
        self.judged = []
        self.is_muted = False
        self.found = None

    def hear(self, turn, ended_s):
        text = turn.text.casefold()
        events = []
        if "inadmissible" in text:
            proof = Evidence(turn_index=turn.index, quote=turn.text)
            events.append(
                AlertRaised(
                    category="complaint",
                    label_fr="Réclamation",
                    label_en="Complaint",
                    evidence=(proof,),
                )
            )
        if "rembours" in text and turn.speaker == "customer" and not self.is_muted:
            events.append(CardShown(card=card(1, turn.text, turn.index)))
        return events

    def tick(self):
        return []

    def look(self, turns):
        said = " ".join(one.text for one in turns if one.speaker == "agent").casefold()
        states = tuple("said" if word in said else "open" for *_, word in ITEMS)
        events = []
        customers = [one for one in turns if one.speaker == "customer"]
        if customers:
            newest = customers[-1]
            bad = any(word in newest.text for word in ("inadmissible", "panne", "trois fois"))
            score = -0.7 if bad else 0.1 * min(6, len(customers))
            events.append(
                SentimentRead(
                    turn=newest.index,
                    score=round(score, 2),
                    label="negative" if bad else "positive",
                    overall=round(-0.5 + 0.1 * len(customers), 2),
                )
            )
            events.append(
                ReasonFound(
                    code="internet.panne",
                    label_fr="Panne d'internet <b>fixe</b>",
                    label_en="Internet outage <b>fixed</b>",
                    confidence=0.78,
                    evidence=(),
                )
            )
        if states != self.found:
            self.found = states
            events.append(
                Checklist(
                    scorecard="appels",
                    version="1",
                    items=tuple(
                        ChecklistItem(question=name, label_fr=fr, label_en=en, state=state)
                        for (name, fr, en, _), state in zip(ITEMS, states, strict=True)
                    ),
                )
            )
        return events

    def conclude(self, turns):
        sentences = [{"section": name, "text": text, "evidence": []} for name, text in SENTENCES]
        return Summary(note={"language": "fr", "sentences": sentences, "origin": "extractive"})

    def judge(self, card_id, judgement):
        self.judged.append((card_id, judgement))

    def mute(self, *, is_muted):
        self.is_muted = is_muted
