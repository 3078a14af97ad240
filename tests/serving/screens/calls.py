"""A call and a chat that were analysed without a model, and the sound of the call."""

from __future__ import annotations

import io
import math
import runpy
import struct
import wave
from pathlib import Path

from conversation import Conversation, Participant, Turn, Word

ANALYSES = runpy.run_path(str(Path(__file__).parents[1] / "analyses.py"))
RATE_HZ = 8000

CALL = (
    ("agent", "Bonjour et bienvenue chez Télécom Plus, Claire à votre écoute."),
    ("customer", "Bonjour, ma box ne marche plus, c'est inadmissible."),
    ("agent", "Je suis désolée. Quel est votre nom ?"),
    ("customer", "Marc Dubois. Est-ce que je serai remboursé ?"),
    ("agent", "Merci, monsieur Dubois. Pouvez-vous me confirmer votre adresse, s'il vous plaît ?"),
    ("customer", "12 rue des Lilas, 69003 Lyon. Mon numéro est le 06 12 34 56 78."),
    ("agent", "Parfait, j'ai bien votre dossier. Depuis quand la box est-elle en panne ?"),
    ("customer", "Depuis mardi. J'ai déjà appelé trois fois et personne ne m'a rappelé !"),
    ("agent", "Si je comprends bien, votre box est en panne depuis mardi, c'est bien cela ?"),
    ("customer", "Oui, c'est cela. Le voyant reste rouge, et je télétravaille."),
    ("agent", "Je comprends, c'est gênant. Je lance un test de ligne, merci de patienter."),
    ("customer", "D'accord."),
    ("agent", "Merci d'avoir patienté. La ligne est coupée, un technicien passera jeudi."),
    ("customer", "Jeudi ? Bon. Et pour le remboursement des jours sans internet ?"),
    ("agent", "Une remise de 15 euros sera faite sur votre prochaine facture."),
    ("customer", "Très bien, je vous remercie beaucoup."),
    ("agent", "Je récapitule : le technicien passe jeudi et la remise est de 15 euros."),
    ("agent", "Avez-vous une autre question ?"),
    ("customer", "Non, merci. <b>Au revoir</b>."),
    ("agent", "Merci de votre appel, monsieur Dubois, bonne journée."),
)


def talk(lines=CALL) -> Conversation:
    """A call on two channels, with a silence, voices over each other, and unsure words."""
    turns, at_s = [], 0.4
    for index, (speaker, text) in enumerate(lines):
        if "autre question" in text:
            at_s -= 1.2
        start_s = max(at_s, turns[-1].start_s if turns else 0.0)
        words, word_s = [], start_s
        for piece in text.split():
            length_s = 0.12 + 0.03 * len(piece)
            unsure = piece.startswith("télétravaille")
            words.append(
                Word(
                    text=piece, start_s=round(word_s, 3), end_s=round(word_s + length_s, 3),
                    probability=0.3 if unsure else 0.93,
                )
            )  # fmt: skip
            word_s += length_s + 0.06
        turns.append(
            Turn(
                index=index, speaker=speaker, text=text, start_s=words[0].start_s,
                end_s=words[-1].end_s, words=tuple(words), language="fr", confidence=0.9,
                participant=0 if speaker == "agent" else 1,
            )
        )  # fmt: skip
        at_s = words[-1].end_s + (6.5 if "patienter" in text else 0.5)
    return Conversation(
        id="appel", channel="phone", language="fr", duration_s=round(at_s, 3),
        participants=(
            Participant(role="agent", name="Claire", audio_channel=0),
            Participant(role="customer", audio_channel=1),
        ),
        turns=tuple(turns),
    )  # fmt: skip


def sound_of(conversation: Conversation) -> bytes:
    """A stereo recording in which each side hums while it speaks."""
    count = int((conversation.duration_s or 0.0) * RATE_HZ)
    channels = [[0] * count, [0] * count]
    for turn in conversation.turns:
        side = 0 if turn.speaker == "agent" else 1
        for word in turn.words:
            for at in range(int(word.start_s * RATE_HZ), min(count, int(word.end_s * RATE_HZ))):
                place = (at / RATE_HZ - word.start_s) / max(0.01, word.end_s - word.start_s)
                level = 9000 * math.sin(math.pi * place) * (0.6 + 0.4 * math.sin(turn.index))
                tone_hz = 180 + 60 * side
                channels[side][at] = int(level * math.sin(2 * math.pi * tone_hz * at / RATE_HZ))
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(RATE_HZ)
        written.writeframes(
            b"".join(struct.pack("<hh", *pair) for pair in zip(*channels, strict=True))
        )
    return file.getvalue()
