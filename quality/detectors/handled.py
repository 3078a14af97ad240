"""Are all of the customer's requests dealt with?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored

_STEM_LETTERS = 5
_CONTENT_LETTERS = 5


class RequestsHandled(Detector):
    """Every request of the customer gets an answer or an act.

    A second request that the customer announces and the agent never takes up gives 0.5, and so do
    refusals or a referral elsewhere; where these are all that is said 0; otherwise 1.
    """

    kind: Literal["requests_handled"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        forgotten = self._forgotten(contact)
        if forgotten is not None:
            reason = both(
                "Seconde demande annoncée, jamais reprise par l'agent.",
                "Second request announced, never taken up by the agent.",
            )
            return scored(0.5, reason, forgotten, confidence=0.45)
        refusals = contact.find("refusal") + contact.find("vague_delay")
        refusals.sort(key=lambda mention: mention.moment)
        solved = [m for name in ("solution", "done", "commitment") for m in contact.find(name)]
        if not solved:
            reason = both(
                "Aucune réponse ni action reconnue.", "Neither an answer nor an act recognised."
            )
            words = refusals[0].evidence if refusals else contact.closing_words()
            return scored(0 if refusals else 1, reason, words, confidence=0.35)
        if refusals:
            reason = both(
                "Demande en partie refusée ou renvoyée ailleurs.",
                "Request partly refused or sent elsewhere.",
            )
            return scored(0.5, reason, refusals[0].evidence, solved[-1].evidence, confidence=0.45)
        reason = both(
            "Aucune demande laissée de côté reconnue.", "No request recognised as left aside."
        )
        return scored(1, reason, solved[-1].evidence, confidence=0.5)

    @staticmethod
    def _forgotten(contact: Contact) -> Evidence | None:
        """Find an announced second request none of whose words the agent ever says."""
        by_key = {one.key: one for one in contact.utterances("customer")}
        for mention in contact.find("second_request", "customer"):
            one = by_key[(mention.turn.index, mention.sentence)]
            words = _stems(tuple(t.form for t in one.tokens if t.start >= mention.end))
            said = {
                stem
                for other in contact.utterances()
                if other.moment > mention.moment
                for stem in _stems(other.forms)
            }
            if words and not words & said:
                return mention.evidence
        return None


def _stems(forms: tuple[str, ...]) -> set[str]:
    return {form[:_STEM_LETTERS] for form in forms if len(form) >= _CONTENT_LETTERS}
