"""From the words that systems write for who speaks to the five roles of a conversation."""

from __future__ import annotations

import re
import unicodedata

from conversation.turn import Speaker

_ROLE_WORDS: dict[Speaker, tuple[str, ...]] = {
    "agent": (
        "agent agente advisor adviser conseiller conseillere teleconseiller teleconseillere",
        "operator operateur operatrice representative rep employee support vendeur vendeuse",
        "human_agent",
    ),
    "customer": (
        "customer client cliente user visitor visiteur visiteuse caller appelant appelante",
        "consumer usager usagere contact guest",
    ),
    "bot": ("bot chatbot voicebot assistant virtual_agent ivr svi robot",),
    "system": ("system systeme info notification automatic automatique",),
    "unknown": ("unknown inconnu inconnue",),
}
_ROLES: dict[str, Speaker] = {
    word: role for role, lines in _ROLE_WORDS.items() for line in lines for word in line.split()
}


def role_from_label(label: str) -> Speaker | None:
    """Return the role that a label names, or None when it names none.

    Args:
        label: As written by a chat system or a person: ``Client``, ``conseillère``,
            ``Claire (conseillère)``, ``AGENT_2``.
    """
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    whole = plain.strip().replace(" ", "_")
    if whole in _ROLES:
        return _ROLES[whole]
    pieces = re.findall(r"[a-z]+", plain)
    return next((_ROLES[piece] for piece in pieces if piece in _ROLES), None)
