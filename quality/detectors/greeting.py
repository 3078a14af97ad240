"""Does the agent greet, name the brand and give a first name at once?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from conversation import Evidence, Turn
from quality.contact import Contact
from quality.detectors.base import Detector, joined
from quality.findings import Finding, Value, both, scored
from quality.moments import quote
from quality.texts import Token, corrections, fold, tokenize

_JOINS = re.compile(r"[\s'’-]+|\s*&\s*")
_LINKS = frozenset("et and de du des d la le les l of the".split())
_BEFORE_CUSTOMER = frozenset("madame monsieur mademoiselle mr mrs ms miss".split())
_ROLES = frozenset("bank banque broadband energy internet council garage centre service".split())


class Greeting(Detector):
    """Greeting, brand and first name in the opening.

    All three give 1, two of them 0.5, otherwise 0. The brand is what the card lists; otherwise a
    name where a brand is usual ("bienvenue chez …"), or one that is no first name.

    Attributes:
        within_s: Seconds from the agent's first word; on text channels the first messages.
        brands: Names that count as the brand.
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
        found = _named(contact, until)
        greetings = contact.find("greeting", until=until)
        if greetings:
            found["greeting"] = greetings[0].evidence
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
        words = tuple(found.values()) or (contact.first_words(),)
        return scored(value, reason, *words, confidence=0.75)

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


def _named(contact: Contact, until: float) -> dict[str, Evidence]:
    """Tell the agent's first name and the brand apart by their place, whatever the name.

    A name that only its place between two readings leaves open ("you're through to …") is the
    brand where somebody else introduces themselves, and a person where the brand is another name.
    """
    people = _slots(contact, "self_introduction", until)
    brands = _slots(contact, "brand", until)
    groups = [
        (frozenset(token.form for token in group), quote(turn, group[0].start, group[-1].end))
        for turn in contact.turns("agent")[:1]
        for group in _groups(contact, turn, until)
    ]
    for name in people.keys() & brands.keys():
        others = [forms for forms, _ in groups if name not in forms]
        alone = people.keys() == {name}
        is_person = alone and (bool(brands.keys() - {name}) or bool(others) or _listed(name))
        del (brands if is_person else people)[name]
    free = [
        (forms, words)
        for forms, words in groups
        if not forms & people.keys() and not forms & brands.keys()
    ]
    found: dict[str, Evidence] = {}
    if people:
        found["self_introduction"] = next(iter(people.values()))
    if brands:
        found["brand"] = next(iter(brands.values()))
    for forms, words in free:
        may_be_person = len(forms) <= 2 and not forms & _ROLES
        if "self_introduction" not in found and may_be_person:
            if "brand" in found or _listed(*forms):
                found["self_introduction"] = words
                continue
            if len(free) > 1 and forms == free[-1][0]:
                found["self_introduction"] = words
                continue
        found.setdefault("brand", words)
    return found


def _slots(contact: Contact, name: str, until: float) -> dict[str, Evidence]:
    """Map the folded names that a phrase set caught to the words around them."""
    return {
        fold(value): mention.evidence
        for mention in reversed(contact.find(name, until=until))
        for value in mention.names.values()
    }


def _listed(*forms: str) -> bool:
    from nlu.personal_data.name_lists import name_lists  # long lists

    lists = name_lists()
    return any(form in lists.first or form in lists.first_words for form in forms)


def _groups(contact: Contact, turn: Turn, until: float) -> Iterator[list[Token]]:
    """Find runs of words with a capital letter that are no ordinary words."""
    from nlu.personal_data.name_lists import name_lists  # long lists

    common = name_lists().common
    group: list[Token] = []
    before = -1
    last: Token | None = None
    for token in contact.text(turn).tokens:
        if contact.moment(turn, token.start) >= until:
            break
        starts = token.sentence != before
        before = token.sentence
        written = turn.text[token.start : token.end].lower()
        known = written in common or not contact.can_be_a_name(token.form)
        is_name = token.capital and len(token.form) > 1 and not (starts and known)
        is_name = is_name and contact.can_be_a_name(token.form)
        is_name = is_name and not (last is not None and last.form in _BEFORE_CUSTOMER)
        near = (
            last is not None
            and last.sentence == token.sentence
            and _JOINS.fullmatch(turn.text[last.end : token.start]) is not None
        )
        if group and not near:
            yield group
            group = []
        if is_name:
            group.append(token)
        elif group and token.form not in _LINKS:
            yield group
            group = []
        last = token
    if group:
        yield group
