"""Did the agent say it, or keep from saying it?"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field, field_validator

from conversation import Channel
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Bilingual, Finding, both, not_applicable, not_assessable, scored
from quality.phrases import LANGUAGES, load_lexicon

Place = Literal["opening", "closing", "anywhere"]


def known_phrases(names: tuple[str, ...]) -> tuple[str, ...]:
    """Check that all shipped languages have the phrase sets.

    Raises:
        ValueError: One of them is not there.
    """
    for lexicon in (load_lexicon(language) for language in LANGUAGES):
        for name in names if lexicon else ():
            if lexicon and name not in lexicon.phrases:
                raise ValueError(
                    f"no phrase set is called {name!r}; expected one of "
                    f"{', '.join(sorted(lexicon.phrases))}"
                )
    return names


def about(names: tuple[str, ...]) -> Bilingual:
    """Say what the phrase sets mean, in both languages."""
    texts = []
    for language in LANGUAGES:
        lexicon = load_lexicon(language)
        phrases = lexicon.phrases if lexicon else {}
        texts.append(", ".join(phrases[name].about for name in names))
    return both(*texts)


class Said(Detector):
    """The agent says one of the phrases.

    Attributes:
        phrases: Phrase sets that give 1.
        partly: Phrase sets that give 0.5 when none of ``phrases`` was said.
        place: Where in the conversation it has to be.
        within_s: Length of the opening in seconds.
        not_applicable_on: Channels on which nobody expects it.
    """

    kind: Literal["said"]
    phrases: tuple[str, ...] = Field(min_length=1)
    partly: tuple[str, ...] = ()
    place: Place = "anywhere"
    within_s: float = 15.0
    not_applicable_on: tuple[Channel, ...] = ()

    _known = field_validator("phrases", "partly")(known_phrases)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        if contact.conversation.channel in self.not_applicable_on:
            return not_applicable(
                both("Sans objet sur ce canal.", "Not expected on this channel."), confidence=1.0
            )
        since, until = self._window(contact)
        where = self._where(contact)
        for names, value in ((self.phrases, 1.0), (self.partly, 0.5)):
            found = [m for name in names for m in contact.find(name, since=since, until=until)]
            if found:
                what = about(names)
                reason = both(f"{what.fr} : dit {where.fr}.", f"{what.en}: said {where.en}.")
                if value == 1:
                    return scored(1, reason, found[0].evidence, confidence=0.9)
                return scored(0.5, reason, found[0].evidence, confidence=0.7)
        what = about(self.phrases)
        reason = both(f"{what.fr} : non trouvé {where.fr}.", f"{what.en}: not found {where.en}.")
        looked = contact.closing_words() if self.place == "closing" else contact.first_words()
        return scored(0, reason, looked, confidence=0.7)

    def _window(self, contact: Contact) -> tuple[float, float]:
        if self.place == "opening":
            return -math.inf, contact.opening_end(self.within_s)
        if self.place == "closing" and contact.timed:
            return max(contact.closing_start(), contact.opening_end(self.within_s)), math.inf
        return (contact.closing_start() if self.place == "closing" else -math.inf), math.inf

    def _where(self, contact: Contact) -> Bilingual:
        if self.place == "anywhere":
            return both("dans le contact", "in the contact")
        if self.place == "closing":
            return both("en fin de contact", "in the closing")
        if contact.timed:
            return both(
                f"dans les {self.within_s:g} premières secondes",
                f"in the first {self.within_s:g} seconds",
            )
        return both("dans le premier message", "in the first message")


class NotSaid(Detector):
    """The agent says none of the phrases.

    Saying one gives 0 and proposes the eliminatory condition. Saying none gives nothing: what is
    not on the list may still have been said.

    Attributes:
        phrases: Phrase sets that must not be said.
    """

    kind: Literal["not_said"]
    phrases: tuple[str, ...] = Field(min_length=1)

    _known = field_validator("phrases")(known_phrases)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        what = about(self.phrases)
        found = [m.evidence for name in self.phrases for m in contact.find(name)]
        if found:
            reason = both(f"{what.fr} : entendu chez l'agent.", f"{what.en}: said by the agent.")
            return scored(0, reason, *found, confidence=0.6, eliminatory=True)
        return not_assessable(
            both(
                f"{what.fr} : rien de la liste n'a été dit, ce qui ne prouve pas le reste.",
                f"{what.en}: nothing on the list was said, which does not prove the rest.",
            )
        )


class Statements(Detector):
    """The agent makes the statements that are mandatory for this contact.

    All give 1, some 0.5, none 0; which are mandatory only the centre knows.

    Attributes:
        required: Phrase sets, each of which must be said; empty when the card does not say.
    """

    kind: Literal["statements"]
    required: tuple[str, ...] = ()

    _known = field_validator("required")(known_phrases)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        if not self.required:
            return not_assessable(
                both(
                    "La grille ne dit pas quelles mentions sont obligatoires (detector.required).",
                    "The card does not say which statements are mandatory (detector.required).",
                )
            )
        found = {name: contact.find(name) for name in self.required}
        missing = tuple(name for name, mentions in found.items() if not mentions)
        evidence = [mentions[0].evidence for mentions in found.values() if mentions]
        if not missing:
            said = about(self.required)
            return scored(
                1, both(f"Dit : {said.fr}.", f"Said: {said.en}."), *evidence, confidence=0.85
            )
        lacking = about(missing)
        reason = both(f"Non trouvé : {lacking.fr}.", f"Not found: {lacking.en}.")
        if evidence:
            return scored(0.5, reason, *evidence, confidence=0.65)
        return scored(0, reason, contact.first_words(), confidence=0.65)
