"""Short conversations that are taken through the rooms so that the first real one need not wait."""

from __future__ import annotations

from conversation import Conversation, Turn
from conversation.turn import Speaker


def _rehearsal(language: str, *said: tuple[Speaker, str]) -> Conversation:
    turns = tuple(
        Turn(index=at, speaker=speaker, text=text, start_s=3.0 * at, end_s=3.0 * at + 2.5)
        for at, (speaker, text) in enumerate(said)
    )
    return Conversation(
        id="rehearsal", channel="phone", language=language, duration_s=3.0 * len(said), turns=turns
    )


REHEARSALS = (
    _rehearsal(
        "fr",
        ("agent", "Bonjour, que puis-je faire pour vous ?"),
        ("customer", "Bonjour, ma box ne marche plus depuis le 3 mai, que dois-je faire ?"),
        ("agent", "Je vous envoie un technicien demain, monsieur Martin."),
        ("customer", "Très bien, merci."),
    ),
    _rehearsal(
        "en",
        ("agent", "Good morning, how may I help you?"),
        ("customer", "Hello, my order of 20 euros has not arrived, what can I do?"),
        ("agent", "I will send you a new one tomorrow, Mr Martin."),
        ("customer", "Great, thank you."),
    ),
)
