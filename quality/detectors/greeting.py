"""Does the agent greet, name the brand and give a first name at once?"""

from __future__ import annotations

from typing import Literal

from conversation import Evidence
from quality.contact import Contact
from quality.detectors.base import Detector, joined
from quality.findings import Finding, Value, both, scored
from quality.moments import quote
from quality.texts import corrections, tokenize


class Greeting(Detector):
    """Greeting, brand and first name in the opening.

    All three give 1, two of them 0.5, otherwise 0.

    Attributes:
        within_s: Seconds from the agent's first word; on text channels the first messages.
        brands: Names that count as the brand; when empty, a name where a brand is usual
            ("bienvenue chez …", "service clients de …").
    """

    kind: Literal["greeting"]
    within_s: float = 15.0
    brands: tuple[str, ...] = ()

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        until = contact.opening_end(self.within_s)
        parts = {
            "greeting": both("salutation", "greeting"),
            "brand": both("enseigne", "brand"),
            "self_introduction": both("prénom", "first name"),
        }
        found: dict[str, Evidence] = {}
        for name in parts:
            mentions = contact.find(name, until=until)
            if mentions:
                found[name] = mentions[0].evidence
        if self.brands:
            found.pop("brand", None)
            brand = self._brand(contact, until)
            if brand is not None:
                found["brand"] = brand
        missing = [text for name, text in parts.items() if name not in found]
        where = both(
            f"dans les {self.within_s:g} premières secondes"
            if contact.timed
            else "dans le premier message",
            f"in the first {self.within_s:g} seconds" if contact.timed else "in the first message",
        )
        if not missing:
            reason = both(
                f"Salutation, enseigne et prénom {where.fr}.",
                f"Greeting, brand and first name {where.en}.",
            )
            return scored(1, reason, *found.values(), confidence=0.9)
        lacking = joined(missing)
        value: Value = 0.5 if len(found) == len(parts) - 1 else 0
        reason = both(f"Manque {where.fr} : {lacking.fr}.", f"Missing {where.en}: {lacking.en}.")
        evidence = found.values() or (contact.first_words(),)
        return scored(value, reason, *evidence, confidence=0.75)

    def _brand(self, contact: Contact, until: float) -> Evidence | None:
        """Find one of the card's brands, a misrecognised letter forgiven."""
        for turn in contact.turns("agent"):
            tokens = contact.text(turn).tokens
            for brand in self.brands:
                wanted = [token.form for token in tokenize(brand)]
                fixes = corrections((token.form for token in tokens), wanted)
                forms = [fixes.get(token.form, token.form) for token in tokens]
                for i in range(len(forms) - len(wanted) + 1):
                    inside = contact.moment(turn, tokens[i].start) < until
                    if wanted and forms[i : i + len(wanted)] == wanted and inside:
                        return quote(turn, tokens[i].start, tokens[i + len(wanted) - 1].end)
        return None
