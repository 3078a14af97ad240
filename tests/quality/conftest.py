"""Small conversations with known truth, and the helpers that build them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from conversation import Conversation, Participant, Recording, Turn, Word
from quality import evaluate, measure, scorecard_for

# The two French sample calls of this project (synthetic voices, Apache-2.0).
TELECOM = """
agent 0.0 5.83 Bonjour et bienvenue chez Télécom Plus, je m'appelle Claire, comment puis-je vous aider aujourd'hui ?
customer 6.28 12.72 Bonjour madame, je vous appelle parce que ma connexion internet ne fonctionne plus depuis hier soir.
agent 13.18 19.77 Je suis désolée pour ce désagrément. Pouvez-vous me donner votre nom et votre numéro de client, s'il vous plaît ?
customer 20.23 26.45 Oui, je m'appelle Marc Dubois et mon numéro de client est le quarante-sept, trente-deux, quatre-vingt-onze.
agent 26.9 32.02 Merci monsieur Dubois. Je vérifie votre dossier, cela ne prendra qu'un instant.
customer 32.48 38.9 D'accord, mais je suis vraiment en colère, c'est la troisième panne ce mois-ci et personne ne me rappelle jamais.
agent 39.35 45.42 Je comprends tout à fait votre mécontentement. Est-ce que les voyants de votre box sont allumés ?
customer 45.88 49.77 Le premier voyant est vert et le deuxième clignote en rouge.
agent 50.23 56.2 Très bien. Je vous propose de débrancher la box pendant trente secondes puis de la rebrancher.
customer 56.65 60.6 J'ai déjà essayé deux fois ce matin et cela n'a rien changé.
agent 61.05 66.7 Dans ce cas, je vais faire un test de votre ligne à distance. Restez en ligne, s'il vous plaît.
customer 67.15 69.4 Pas de problème, je patiente.
agent 69.85 77.1 Merci d'avoir patienté. Le test montre un défaut sur la ligne, il faut envoyer un technicien à votre domicile.
customer 77.55 83.0 Et quand est-ce qu'il peut passer ? Je travaille à la maison, j'ai besoin d'internet tous les jours.
agent 83.45 89.7 Je peux vous proposer un rendez-vous mardi prochain entre huit heures et midi, est-ce que cela vous convient ?
customer 90.15 96.1 Oui, mardi matin c'est parfait, mais je voudrais aussi un remboursement pour les jours sans connexion.
agent 96.55 101.8 Bien sûr, je vous accorde une remise de quinze euros sur votre prochaine facture.
customer 102.25 105.53 Je vous remercie, c'est très gentil de votre part.
agent 105.97 113.6 Avec plaisir. Vous allez recevoir un message de confirmation avec la date du rendez-vous. Puis-je faire autre chose pour vous ?
customer 114.05 117.0 Non, c'est tout, merci beaucoup et bonne journée.
agent 117.45 122.85 Merci de votre appel monsieur Dubois, je vous souhaite une excellente journée, au revoir.
"""

BANK = """
agent 0.1 4.47 Service clients de la banque Horizon, bonjour, Claire à votre écoute.
customer 4.92 10.9 Bonjour, j'ai remarqué un paiement de deux cent cinquante euros sur mon compte que je ne reconnais pas.
agent 11.35 18.68 Je comprends votre inquiétude. Pour votre sécurité, pouvez-vous me confirmer votre date de naissance et votre adresse ?
customer 19.12 25.42 Je suis né le douze mars mille neuf cent quatre-vingt-cinq et j'habite au huit rue de la République à Lyon.
agent 25.87 32.08 Merci, c'est bien noté. Le paiement a été effectué samedi dernier sur un site marchand à l'étranger.
customer 32.52 37.92 Ce n'est pas moi, je n'ai jamais acheté sur ce site, je veux bloquer ma carte immédiatement.
agent 38.37 44.23 Votre carte est maintenant bloquée. Une nouvelle carte vous sera envoyée sous cinq jours ouvrés.
customer 44.68 48.7 Et pour les deux cent cinquante euros, est-ce que je serai remboursé ?
agent 49.15 57.35 Vous devez remplir un formulaire de contestation dans votre espace client, et le remboursement intervient en général sous dix jours.
customer 57.8 61.77 C'est un peu long, mais d'accord. Où est-ce que je trouve ce formulaire ?
agent 62.23 68.4 Dans la rubrique mes cartes, puis contester une opération. Je vous envoie aussi le lien par courriel.
customer 68.85 72.62 Parfait, je viens de le recevoir. Merci pour votre aide.
agent 73.08 78.73 Je vous en prie. N'hésitez pas à nous rappeler si vous avez la moindre question. Bonne fin de journée.
customer 79.17 81.3 Bonne journée, au revoir.
"""

# What whisper-base made of the bank call's agent, at its own times (turns cut where it cut them).
BANK_RECOGNISED = """
agent 0.21 4.05 Service client de la banca horizon, bonjour, clair à votre écoute.
customer 4.98 10.46 Bonjour, j'ai remarqué un peu moins de 250 euros sur mon compte que je ne reconnais pas.
agent 11.74 16.5 Je comprends votre inquiétude, pour votre sécurité, pouvez-vous me confirmer votre
agent 16.5 19.0 date de naissance et votre adresse ?
customer 19.4 25.0 Je suis né le 12 mars 1925 et j'habit au 8 rues de la République Allion.
agent 25.9 27.4 Merci, c'est bien noté.
agent 27.82 31.56 Le paiement a été effectué samedi dernier sur un site marchand à l'étranger.
customer 32.83 37.45 Ce n'est pas moi, je n'ai jamais acheté sur ce site, je veux bloquer ma carte immédiatement.
agent 38.74 43.34 Votre carte est maintenant bloquée, une nouvelle carte vous sera envoyée sous cinq jours
agent 43.34 43.76 d'ouvrez.
customer 44.95 48.97 Et pour le 250 euros, est-ce que je serais en boucet ?
agent 49.43 54.93 Vous devez remplir un formulaire de contestation dans votre espace client et le remboursement
agent 54.93 56.89 intervient en général sous 10 jours.
customer 58.12 62.06 C'est un peu long mais d'accord ou est-ce que je trouve ce formulaire ?
agent 62.64 67.88 Dans la rubrique mes cartes, puis contester une opération, je vous envoie aussi le lien par courriel.
customer 69.17 72.11 Parfaits-je viens de le recevoir, merci pour votre aide.
agent 73.4 78.22 Je vous en prie, n'hésitez pas à nous rappeler si vous avez la moindre question, bonne fin de journée.
customer 78.73 80.65 Bonne journée au revoir.
"""  # noqa: E501

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def build_call(script, *, language="fr", duration_s=None, channels=2, words=True):
    """Build a call from lines ``speaker start_s end_s text``, words spread evenly."""
    turns = []
    for line in map(str.strip, script.strip().splitlines()):
        speaker, start, end, text = line.split(" ", 3)
        start_s, end_s = float(start), float(end)
        parts = text.split() if words else []
        step = (end_s - start_s) / max(1, len(parts))
        turns.append(
            Turn(
                index=len(turns),
                speaker=speaker,
                text=text,
                start_s=start_s,
                end_s=end_s,
                words=[
                    Word(
                        text=part,
                        start_s=start_s + i * step,
                        end_s=start_s + (i + 1) * step,
                        probability=0.9,
                    )
                    for i, part in enumerate(parts)
                ],
            )
        )
    duration_s = duration_s or max((turn.end_s for turn in turns), default=0.0)
    recording = Recording(
        name="call.wav",
        sha256="0" * 64,
        size_bytes=1,
        container="wav",
        codec="pcm_s16le",
        sample_rate_hz=8000,
        channels=channels,
        duration_s=duration_s,
    )
    return Conversation(
        id="call",
        channel="phone",
        language=language,
        duration_s=duration_s,
        turns=turns,
        recording=recording,
    )


def build_messages(script, *, channel="chat", language="fr", customer_name=None):
    """Build messages from lines ``speaker [+seconds] text``; ``\\n`` in the text breaks lines."""
    turns = []
    for line in map(str.strip, script.strip().splitlines()):
        speaker, text = line.split(" ", 1)
        at = None
        if text.startswith("+"):
            seconds, text = text[1:].split(" ", 1)
            at = NINE + timedelta(seconds=float(seconds))
        text = text.replace("\\n", "\n")
        turns.append(Turn(index=len(turns), speaker=speaker, text=text, at=at))
    people = [Participant(role="customer", name=customer_name)] if customer_name else []
    return Conversation(
        id="chat", channel=channel, language=language, turns=turns, participants=people
    )


def build_understanding(conversation, *, negative=(), sentiment=True):
    """Stand in for :class:`nlu.Understanding`: what the scorecard reads of it."""
    turns = [
        SimpleNamespace(
            turn_index=turn.index,
            score=-0.8 if turn.index in negative else 0.1,
            label="negative" if turn.index in negative else "neutral",
        )
        for turn in conversation.turns_of("customer")
    ]
    return SimpleNamespace(
        conversation_id=conversation.id,
        language=conversation.language,
        sentiment=SimpleNamespace(turns=turns) if sentiment else None,
        provenance=(),
    )


@pytest.fixture(scope="session")
def call():
    """Build a call from a script."""
    return build_call


@pytest.fixture(scope="session")
def messages():
    """Build messages from a script."""
    return build_messages


@pytest.fixture(scope="session")
def understanding_of():
    """Build what stands in for an understanding."""
    return build_understanding


@pytest.fixture(scope="session")
def telecom_call():
    """A repair call: greeting, identity, anger, hold with thanks, personal goodbye."""
    return build_call(TELECOM, duration_s=123.15)


@pytest.fixture(scope="session")
def bank_call():
    """A fraud call: no name used, no thanks at the end."""
    return build_call(BANK, duration_s=81.5)


@pytest.fixture(scope="session")
def recognised_bank_call():
    """The fraud call with the errors of a small recogniser and its turns."""
    return build_call(BANK_RECOGNISED, duration_s=81.5)


@pytest.fixture(scope="session")
def judge():
    """Evaluate a conversation with the card of its channel; results by question."""

    def run(conversation, *, scorecard=None, negative=(), sentiment=True):
        evaluation = evaluate(
            conversation,
            understanding=build_understanding(
                conversation, negative=negative, sentiment=sentiment
            ),
            metrics=measure(conversation),
            scorecard=scorecard or scorecard_for(conversation),
        )
        return {item.id: item for item in evaluation.items}

    return run
