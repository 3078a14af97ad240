"""A routing hint in words, for the people who follow it or not."""

from __future__ import annotations

from typing import Literal, Protocol

_LEVELS = {
    "fr": ("rien ne presse", "à traiter bientôt", "urgence élevée", "urgence immédiate"),
    "en": ("nothing presses", "to be handled soon", "high urgency", "immediate urgency"),
}
_NATURES = {
    "information": ("demande d'information", "request for information"),
    "request": ("demande d'acte", "request for an act"),
    "incident": ("incident", "incident"),
    "complaint": ("réclamation", "complaint"),
    "cancellation": ("résiliation", "cancellation"),
    "follow_up": ("relance", "follow-up"),
    "praise": ("compliment", "praise"),
}
_CHANNELS = {
    "phone": ("téléphone", "phone"),
    "email": ("e-mail", "e-mail"),
    "chat": ("tchat", "chat"),
    "sms": ("SMS", "text message"),
    "social": ("réseaux sociaux", "social media"),
    "letter": ("courrier", "letter"),
    "voicebot": ("robot vocal", "voice bot"),
}


class Facts(Protocol):
    """What is known of a contact; see :class:`nlu.routing.ContactFacts`."""

    @property
    def reason(self) -> str | None: ...  # noqa: D102
    @property
    def language(self) -> str | None: ...  # noqa: D102
    @property
    def urgency(self) -> int: ...  # noqa: D102
    @property
    def mood(self) -> float | None: ...  # noqa: D102
    @property
    def nature(self) -> str | None: ...  # noqa: D102
    @property
    def channel(self) -> str | None: ...  # noqa: D102
    @property
    def repeat(self) -> bool: ...  # noqa: D102


def explain(
    facts: Facts,
    *,
    given: frozenset[str],
    label: str | None,
    always_human: bool,
    language: Literal["fr", "en"],
) -> tuple[str, ...]:
    """Say why a contact is routed as it is.

    Args:
        facts: What is known of the contact.
        given: Names of the conditions of the rule that fits.
        label: What the rule is for; None when none fits.
        always_human: Whether a person must take over at once.
        language: Of the words.

    Returns:
        One short text for each thing that counted, the rule first.
    """
    french = language == "fr"
    column = 0 if french else 1
    said: list[str] = []
    if label is None:
        said.append("aucune règle ne convient" if french else "no rule fits")
    else:
        said.append(f"règle : {label}" if french else f"rule: {label}")
    if "reason" in given:
        said.append(f"motif {facts.reason}" if french else f"reason {facts.reason}")
    if "language" in given:
        said.append(f"langue {facts.language}" if french else f"language {facts.language}")
    if "urgency_at_least" in given:
        said.append(_urgency(facts.urgency, language))
    if "mood_at_most" in given and facts.mood is not None:
        mood = f"{facts.mood:+.2f}".replace("-", "−")
        said.append(
            f"humeur du client {mood.replace('.', ',')}" if french else f"customer's mood {mood}"
        )
    if "nature" in given and facts.nature is not None:
        said.append(_NATURES[facts.nature][column])
    if "channel" in given and facts.channel is not None:
        name = _CHANNELS[facts.channel][column]
        said.append(f"canal {name}" if french else f"channel {name}")
    if "repeat" in given:
        said.append(_repeat(facts.repeat, language))
    if always_human:
        said.append("toujours un humain, tout de suite" if french else "always a person, at once")
    return tuple(said)


def _urgency(level: int, language: Literal["fr", "en"]) -> str:
    words = _LEVELS[language][level]
    return f"urgence {level} ({words})" if language == "fr" else f"urgency {level} ({words})"


def _repeat(repeat: bool, language: Literal["fr", "en"]) -> str:
    if language == "fr":
        return (
            "le client dit avoir déjà contacté" if repeat else "premier contact déclaré ou supposé"
        )
    return "the customer says to have contacted before" if repeat else "no earlier contact stated"
