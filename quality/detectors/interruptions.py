"""Does the agent let the customer speak?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, Value, both, not_assessable, scored
from quality.moments import quote_start

_LEAST_OVERLAP_S = 0.3
_SAME_MOMENT_S = 0.3
_BACKCHANNEL_WORDS = 2


class LetsSpeak(Detector):
    """The agent does not cut in while the customer explains.

    Whoever stops first, an agent's turn of more than two words that starts 0.3 s or more before
    the customer's ends cuts in. No such turn gives 1, one 0.5, more 0. Needs a channel for each
    voice.

    Attributes:
        within_s: Seconds from the customer's first word that count as the explanation.
    """

    needs_words = False

    kind: Literal["lets_speak"]
    within_s: float = Field(default=60.0, gt=0)

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        spoken = contact.metrics.spoken
        turns = contact.turns("customer")
        if spoken is None or contact.metrics.approximate:
            return not_assessable(
                both(
                    "Il faut une voix par canal d'enregistrement pour voir qui coupe la parole.",
                    "It takes a recording channel for each voice to see who interrupts.",
                )
            )
        if not turns:
            return not_assessable(both("Le client ne parle pas.", "The customer says nothing."))
        until = contact.moment(turns[0]) + self.within_s
        cuts = [
            turn
            for overlap in spoken.overlaps
            if overlap.speakers == ("customer", "agent")
            and overlap.started_by == "agent"
            and overlap.start_s <= until
            and overlap.length_s >= _LEAST_OVERLAP_S
            for turn in contact.turns("agent")
            if turn.start_s is not None
            and abs(turn.start_s - overlap.start_s) < _SAME_MOMENT_S
            and len(contact.text(turn).tokens if contact.has_lexicon else turn.text.split())
            > _BACKCHANNEL_WORDS
        ]
        if not cuts:
            reason = both(
                f"Aucune interruption dans les {self.within_s:g} s de l'exposé du client.",
                f"No interruption in the {self.within_s:g} s of the customer's explanation.",
            )
            return scored(1, reason, contact.first_words("customer"), confidence=0.8)
        reason = both(
            f"Interruptions du client par l'agent pendant son exposé : {len(cuts)}.",
            f"Interruptions of the customer's explanation by the agent: {len(cuts)}.",
        )
        value: Value = 0.5 if len(cuts) == 1 else 0
        explanation = contact.first_words("customer")
        evidence = [quote_start(turn) for turn in cuts]
        return scored(value, reason, explanation, *evidence, confidence=0.7)
