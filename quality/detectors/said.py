"""Did the agent, or the customer, say it, or keep from saying it?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from conversation import Channel, Evidence
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.detectors.examples import NO_GUARDS, NONE, Guards, Wordings, confidence_of
from quality.findings import Bilingual, Finding, both, not_applicable, not_assessable, scored
from quality.meaning import DEFAULT_THRESHOLD, Likeness, likeness, ordinary_sentences
from quality.moments import quote
from quality.phrases import LANGUAGES, load_lexicon
from quality.quoted_speech import is_quoted
from quality.sentences import Sentence, sentences_of

Place = Literal["opening", "closing", "anywhere"]
Talker = Literal["agent", "customer", "bot"]

_NO_VECTORS = both(
    "Les vecteurs des phrases manquent : le sens ne peut pas être comparé aux exemples.",
    "The vectors of the sentences are missing: the meaning cannot be compared with the examples.",
)


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


@dataclass(frozen=True)
class _Heard:
    """Something that was said and counts.

    Attributes:
        moment: For ordering.
        evidence: The words.
        confidence: 0 to 1.
    """

    moment: float
    evidence: Evidence
    confidence: float


class _Listening(Detector):
    """What ``said`` and ``not_said`` have in common: where and to whom they listen, and for what.

    Attributes:
        phrases: Phrase sets, found by their words.
        examples: Sentences that mean it, found by meaning.
        unlike: Counter-examples: a sentence nearer to one of them does not count.
        threshold: Likeness to an example from which a sentence counts, 0 to 1.
        guards: Words that a sentence must have or must not have to count.
        speaker: Who is listened to.
        place: Where in the conversation.
        within_s: Length of the opening in seconds.
    """

    phrases: tuple[str, ...] = ()
    examples: Wordings = NONE
    unlike: Wordings = NONE
    threshold: float = Field(default=DEFAULT_THRESHOLD, gt=0, lt=1)
    guards: Guards = NO_GUARDS
    speaker: Talker = "agent"
    place: Place = "anywhere"
    within_s: float = Field(default=15.0, gt=0)

    _phrases_are_known = field_validator("phrases")(known_phrases)

    @model_validator(mode="after")
    def _has_something_to_listen_for(self) -> Self:
        if not self.phrases and not self.examples.all:
            raise ValueError("neither phrases nor examples are given, expected at least one")
        if self.unlike.all and not self.examples.all:
            raise ValueError("unlike is given without examples; it only limits them")
        return self

    def texts(self) -> tuple[str, ...]:
        """Return the examples, and the sentences that they are compared against."""
        if not self.examples.all:
            return ()
        return (*self.examples.all, *self.unlike.all, *ordinary_sentences())

    def _by_words(self, contact: Contact, names: tuple[str, ...], sure: float) -> list[_Heard]:
        since, until = self._window(contact)
        mentions = sorted(
            (m for n in names for m in contact.find(n, self.speaker, since=since, until=until)),
            key=lambda mention: mention.moment,
        )
        return [
            _Heard(mention.moment, mention.evidence, sure)
            for mention in mentions
            if not is_quoted(mention.turn.text, mention.start, mention.end)
            and self.guards.let_pass(mention.evidence.quote, contact.language)
        ]

    def _by_meaning(self, contact: Contact) -> tuple[list[_Heard], _Heard | None]:
        """Find the sentences that mean it, in order; and the nearest that does not."""
        sentences = self._sentences(contact)
        if not self.examples.all or not sentences or contact.vectors is None:
            return [], None
        compared = likeness(
            [one.text for one in sentences],
            self.examples.of(contact.language),
            unlike=self.unlike.all,
            vectors=contact.vectors,
        )
        heard: list[_Heard] = []
        nearest: tuple[float, _Heard] | None = None
        for sentence, like in zip(sentences, compared, strict=True):
            moment = contact.moment(sentence.turn, sentence.start)
            if like.means_it(self.threshold) and self._counts(sentence, contact):
                heard.append(_Heard(moment, _quoted(sentence), confidence_of(like, self.threshold)))
            elif nearest is None or like.value > nearest[0]:
                sure = _sure_of_absence(like, self.threshold)
                nearest = (like.value, _Heard(moment, _quoted(sentence), sure))
        return heard, nearest[1] if nearest else None

    def _counts(self, sentence: Sentence, contact: Contact) -> bool:
        return not is_quoted(
            sentence.turn.text, sentence.start, sentence.end
        ) and self.guards.let_pass(sentence.text, contact.language)

    def _sentences(self, contact: Contact) -> list[Sentence]:
        since, until = self._window(contact)
        return [
            one
            for turn in contact.turns(self.speaker)
            for one in sentences_of(turn)
            if since <= contact.moment(turn, one.start) < until
        ]

    def _lacks_vectors(self, contact: Contact) -> bool:
        if not self.examples.all:
            return False
        if contact.vectors is None:
            return True
        texts = [one.text for one in self._sentences(contact)]
        return not contact.vectors.can_give([*texts, *self.texts()])

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

    def _looked_at(self, contact: Contact) -> Evidence | None:
        if self.speaker == "agent" and self.place == "closing":
            return contact.closing_words()
        return contact.first_words(self.speaker)

    def _what(self, contact: Contact) -> Bilingual:
        if self.phrases:
            return about(self.phrases)
        first = self.examples.of(contact.language)[0]
        return both(f"« {first} »", f"“{first}”")


class Said(_Listening):
    """One of the phrases, or what an example means, is said.

    Saying none gives 0 and proposes the eliminatory condition.

    Attributes:
        partly: Phrase sets that give 0.5 when nothing else was said.
        not_applicable_on: Channels on which nobody expects it.
    """

    kind: Literal["said"]
    partly: tuple[str, ...] = ()
    not_applicable_on: tuple[Channel, ...] = ()

    _partly_is_known = field_validator("partly")(known_phrases)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        if contact.conversation.channel in self.not_applicable_on:
            return not_applicable(
                both("Sans objet sur ce canal.", "Not expected on this channel."), confidence=1.0
            )
        if not contact.turns(self.speaker):
            return _nobody(self.speaker)
        where, what = self._where(contact), self._what(contact)
        found = self._by_words(contact, self.phrases, 0.9)
        nearest = None
        if not found:
            if self._lacks_vectors(contact):
                return not_assessable(_NO_VECTORS)
            found, nearest = self._by_meaning(contact)
        said = both(f"{what.fr} : dit {where.fr}.", f"{what.en}: said {where.en}.")
        if found:
            best = max(found, key=lambda one: one.confidence)
            return scored(1, said, best.evidence, confidence=best.confidence)
        partly = self._by_words(contact, self.partly, 0.7)
        if partly:
            what = about(self.partly)
            reason = both(f"{what.fr} : dit {where.fr}.", f"{what.en}: said {where.en}.")
            return scored(0.5, reason, partly[0].evidence, confidence=0.7)
        reason = both(f"{what.fr} : non trouvé {where.fr}.", f"{what.en}: not found {where.en}.")
        looked = nearest.evidence if nearest else self._looked_at(contact)
        sure = nearest.confidence if nearest else 0.7
        return scored(0, reason, looked, confidence=sure, eliminatory=True)


class NotSaid(_Listening):
    """None of the phrases, and nothing that means an example, is said.

    Saying one gives 0 and proposes the eliminatory condition.

    Attributes:
        when_absent: What saying none gives: ``not_assessable``, as what is not on the list may
            still have been said; or ``conforming`` where the card trusts its examples.
    """

    kind: Literal["not_said"]
    when_absent: Literal["not_assessable", "conforming"] = "not_assessable"

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        if not contact.turns(self.speaker):
            return _nobody(self.speaker)
        what = self._what(contact)
        found = self._by_words(contact, self.phrases, 0.6)
        nearest = None
        if not self._lacks_vectors(contact):
            meant, nearest = self._by_meaning(contact)
            found += meant
        elif not found:
            return not_assessable(_NO_VECTORS)
        if found:
            who = _WHO[self.speaker]
            reason = both(f"{what.fr} : entendu {who.fr}.", f"{what.en}: said by {who.en}.")
            sure = max(one.confidence for one in found)
            evidence = (one.evidence for one in found)
            return scored(0, reason, *evidence, confidence=sure, eliminatory=True)
        if self.when_absent == "conforming":
            where = self._where(contact)
            reason = both(
                f"{what.fr} : non trouvé {where.fr}.", f"{what.en}: not found {where.en}."
            )
            looked = nearest.evidence if nearest else self._looked_at(contact)
            return scored(1, reason, looked, confidence=nearest.confidence if nearest else 0.6)
        return not_assessable(
            both(
                f"{what.fr} : rien de la liste n'a été dit, ce qui ne prouve pas le reste.",
                f"{what.en}: nothing on the list was said, which does not prove the rest.",
            )
        )


class Statements(Detector):
    """The agent makes the statements that are mandatory for this contact.

    All give 1, some 0.5, none 0; a missing one proposes the eliminatory condition. Which are
    mandatory, and when (``when`` of the question), only the centre knows.

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
            return scored(0.5, reason, *evidence, confidence=0.65, eliminatory=True)
        return scored(0, reason, contact.first_words(), confidence=0.65, eliminatory=True)


_WHO: dict[Talker, Bilingual] = {
    "agent": both("chez l'agent", "the agent"),
    "customer": both("chez le client", "the customer"),
    "bot": both("chez l'automate", "the bot"),
}


def _nobody(speaker: Talker) -> Finding:
    who = {"agent": ("L'agent", "The agent"), "customer": ("Le client", "The customer"),
           "bot": ("L'automate", "The bot")}[speaker]  # fmt: skip
    return not_assessable(both(f"{who[0]} ne dit rien.", f"{who[1]} says nothing."))


def _quoted(sentence: Sentence) -> Evidence:
    return quote(sentence.turn, sentence.start, sentence.end)


def _sure_of_absence(like: Likeness, threshold: float) -> float:
    """Tell how sure it is that a sentence does not count: least where it nearly did."""
    if like.value >= threshold:  # refused by a guard, its polarity or a counter-example
        return 0.6
    return min(0.75, confidence_of(like, threshold))
