"""Is a card number, its security code or a password taken down?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence, Speaker, Turn
from quality.card_numbers import find_card_numbers
from quality.contact import Contact, Mention
from quality.detectors.base import Detector
from quality.findings import Finding, both, scored
from quality.moments import quote, quote_start

_FEWEST_NUMBER_WORDS = 8


class CardData(Detector):
    """A card number is said, or the agent asks for a card number, security code or password.

    A card number is 13 to 19 digits that start as an issuer's and pass the Luhn check
    (ISO/IEC 7812-1, annex B). Evidence never repeats more than its first four digits.
    """

    needs_agent = False

    kind: Literal["card_data"]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        numbers = [
            evidence
            for turn in contact.conversation.turns
            for evidence in self._written_numbers(turn) or self._spoken_numbers(contact, turn)
        ]
        speakers: tuple[Speaker, ...] = ("agent",) if contact.roles_known else ("unknown",)
        asked = [
            quote(mention.turn, mention.start, mention.end)
            for speaker in speakers
            for mention in contact.find("secret_request", speaker)
            if self._is_asked(contact, mention, speaker)
        ]
        if numbers or asked:
            reason = both(
                "Numéro de carte dit dans le contact."
                if numbers
                else "L'agent demande une donnée de carte ou un secret.",
                "Card number said in the contact."
                if numbers
                else "The agent asks for card data or a secret.",
            )
            confidence = 0.85 if numbers else 0.65
            return scored(0, reason, *numbers, *asked, confidence=confidence, eliminatory=True)
        turns = [turn for turn in contact.conversation.turns if turn.text.strip()]
        reason = both(
            f"Ni numéro de carte ni demande de secret dans les {len(turns)} tours.",
            f"Neither a card number nor a request for a secret in the {len(turns)} turns.",
        )
        return scored(1, reason, quote_start(turns[0]), confidence=0.7)

    @staticmethod
    def _written_numbers(turn: Turn) -> list[Evidence]:
        return [quote(turn, start, len(turn.text)) for start in find_card_numbers(turn.text)]

    @staticmethod
    def _spoken_numbers(contact: Contact, turn: Turn) -> list[Evidence]:
        """Find a card number said in words; quote its first two words."""
        words = [t for t in contact.text(turn).tokens if contact.is_number(t.form)]
        if len(words) < _FEWEST_NUMBER_WORDS:
            return []
        from text_to_num import alpha2digit

        if not find_card_numbers(alpha2digit(turn.text, contact.language)):
            return []
        return [quote(turn, words[0].start, words[1].end)]

    @staticmethod
    def _is_asked(contact: Contact, mention: Mention, speaker: Speaker) -> bool:
        """Whether a secret is asked for: a request or question in the sentence, no warning."""

        def same_sentence(other: Mention) -> bool:
            here = (mention.turn.index, mention.sentence)
            return (other.turn.index, other.sentence) == here

        if any(map(same_sentence, contact.find("secret_refused", speaker))):
            return False
        requested = any(map(same_sentence, contact.find("request", speaker)))
        return requested or contact.is_question(mention)
