"""Words that announce what a number is, and the last of them before a place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from conversation import Turn

_CUES: dict[str, str] = {
    "last_digits": r"(?:quatre|4|trois|3|deux|2) derniers? chiffres|last (?:four|4|three|3|two|2)"
    r"(?: digits)?|finit par|se termine par|ending (?:in|with)",
    "expiry": r"expir\w*|validité|valable jusqu|valid (?:until|thru|through|to)|fin de validité",
    "cvv": r"cryptogramme\w*|\bcv[vc]2?\b|code de (?:sécurité|vérification)|code de votre carte|"
    r"(?:trois|3|quatre|4) (?:derniers )?chiffres (?:qui (?:sont|se trouvent) )?"
    r"(?:au|du|derrière|à l'arrière|inscrits au)(?: dos)?|security code|"
    r"(?:three|3|four|4)[- ](?:digit|digits|number|numbers)(?: \w+){0,3} (?:on the )?back|"
    r"(?:three|3) digits on the back|card verification",
    "not_a_card": r"carte(?:s)? (?:de )?(?:fidélité|cadeau|sim|grise|réseau|mémoire|avantage\w*|"
    r"jeune|navigo|graphique|kdo|prépayée|membre)|(?:gift|loyalty|sim|reward|rewards|membership|"
    r"clubcard|travel|memory|id|business) card",
    "identity_card": r"carte (?:nationale )?d'identité|\bcni\b|passeport|passport|"
    r"titre de séjour|permis de conduire|driv\w+ licen[cs]e",
    "nir": r"sécurité sociale|\bsécu\b|\bnir\b|numéro d'assurée?(?: sociale?)?|carte vitale|"
    r"numéro insee|social security|\bssn\b|national insurance|\bni number\b|"
    r"immatriculation (?:à la )?(?:sécu|cpam)\w*",
    "card": r"\bcarte\b|\bcartes\b|\bcb\b|\bvisa\b|mastercard|\bamex\b|american express|"
    r"\bmaestro\b|\bcard\b|\bcards\b|\bpan\b|cartebleue",
    "iban": r"\biban\b|\brib\b|relevé d'identité|coordonnées bancaires|compte bancaire|"
    r"numéro de compte|bank (?:account|details)|account number|direct debit|prélèvement|virement",
    "bic": r"\bbic\b|\bswift\b",
    "siret": r"\bsirets?\b",
    "siren": r"\bsirens?\b|\brcs\b|registre du commerce|numéro d'entreprise",
    "vat": r"\btva\b|\bvat\b|intracommunautaire",
    "plate": r"immatricul\w+|\bplaques?\b|\bplates?\b|number plate|licen[cs]e plate|"
    r"registration(?: number| plate)?|\bvrm\b|\breg\b|carte grise",
    "birth": r"\bné(?:e|es|s)?\b(?: le| en)?|naissance|anniversaire|date of birth|birth ?date|"
    r"birthday|\bdob\b|\bborn\b",
    "phone": r"téléphon\w*|\btél\b|\bportables?\b|\bmobiles?\b|\bfixe\b|joindre|rappel\w*|"
    r"appel(?:er|ez|le|é)\b|\bphones?\b|telephone|\bcall(?:ed|ing)?\b|\breach\b|\bcell\b|"
    r"\bdial\b|\btext me\b|whatsapp|\bsms\b|contact(?:er|ez)?\b|numéro du domicile|\bring\b|"
    r"\bfax\b|\bgsm\b|\btel\b",
    "address": r"\badresse\b|habite\w*|domicil\w*|\baddress\b|\blive at\b|livr\w+ (?:au|à)",
    "passcode": r"code (?:confidentiel|secret|pin|à usage unique|reçu)|\bpin\b",
    "other": r"commandes?|référence\w*|\bréf\b|dossiers?|\bcolis\b|suivi|factur\w+|tickets?|"
    r"contrats?|réservation\w*|\bdevis\b|sinistres?|intervention|série|\bimei\b|\bean\b|"
    r"code[- ]barres?|numéro (?:de )?client|numéro d'abonné\w*|identifiant\w*|adhérents?|"
    r"compteur\w*|\bpdl\b|\bprm\b|\bpce\b|point de livraison|quantité|stock|\bpolice\b|"
    r"(?<!in )\border(?:s|ed)?\b|reference\w*|\bref\b|\bcase\b|\btrack\w*|parcel|shipment|"
    r"invoices?|booking|reservation|policy|claim|customer (?:number|id)|serial|barcode|"
    r"\bsku\b|quantity|transaction|confirmation (?:number|code)|bon de livraison|numéro de lot|"
    r"\bmeter\b|article\w*|produit|product|item number|montant|amount|\btotal\b|indice",
}
_CUE = re.compile(
    "|".join(f"(?P<{name}>{pattern})" for name, pattern in _CUES.items()), re.IGNORECASE
)
_OTHERS = ("other", "not_a_card", "passcode")
_INTRODUCES = re.compile(
    r"[\s:=(#]*(?:(?:numéros?|num|numbers?|no|est|is|c'est|it's|le|la|the|client)\b[\s:.(#]*"
    r"|n?[°º]\s*)*",
    re.IGNORECASE,
)
_NEAR = 90  # characters before, in the same turn
_QUESTION_WITHIN = 4  # turns back, for an answer that says nothing but the number
_AFTER = 45


@dataclass(frozen=True)
class Cue:
    """A word that announces.

    Attributes:
        name: Of its family.
        distance: Characters between it and the place, counted over turns.
        same_turn: Whether it is in the same turn.
        text: As it stands.
    """

    name: str
    distance: int
    same_turn: bool
    text: str


class Cues:
    """Finds what announces a place of a conversation.

    Args:
        turns: All of it.
    """

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = turns
        self._found = [list(_CUE.finditer(turn.text.replace("’", "'"))) for turn in turns]
        self._starts = [[match.start() for match in found] for found in self._found]
        self._ends = [[match.end() for match in found] for found in self._found]

    def before(self, turn: int, start: int) -> list[Cue]:
        """Return the cues before a place, the nearest first.

        Args:
            turn: Index of the turn.
            start: Index of the character.

        Returns:
            Those within reach in the same turn; where there is none and little was said before
            the place, those of the few turns before it.
        """
        ends = self._ends[turn]
        near = slice(bisect_left(ends, start - _NEAR), bisect_right(ends, start))
        cues = [
            Cue(match.lastgroup or "", start - match.end(), True, match[0])
            for match in reversed(self._found[turn][near])
        ]
        if cues or start > _NEAR:
            return cues
        distance = start
        for back in range(turn - 1, max(-1, turn - 1 - _QUESTION_WITHIN), -1):
            length = len(self._turns[back].text)
            for match in reversed(self._found[back]):
                cues.append(
                    Cue(match.lastgroup or "", distance + length - match.end(), False, match[0])
                )
            distance += length
            if cues:
                break
        return cues

    def after(self, turn: int, end: int) -> list[Cue]:
        """Return the cues that follow a place closely in the same turn, the nearest first."""
        starts = self._starts[turn]
        near = slice(bisect_left(starts, end), bisect_right(starts, end + _AFTER))
        return [
            Cue(match.lastgroup or "", match.start() - end, True, match[0])
            for match in self._found[turn][near]
        ]

    def announces(self, names: Sequence[str], turn: int, start: int, end: int) -> bool:
        """Say whether one of some families announces a place.

        In the same turn the last word before the place decides; of an earlier turn any word
        counts, as a question may ask for several things at once.
        """
        before = self.before(turn, start)
        if before and before[0].same_turn:
            return before[0].name in names
        if any(cue.name in names for cue in before):
            return True
        return any(cue.name in names for cue in self.after(turn, end)[:1])

    def is_something_else(self, turn: int, start: int, end: int) -> bool:
        """Say whether the place is announced as a number of another kind: an order, a parcel.

        Args:
            turn: Index of the turn.
            start: Index of the first character.
            end: Index after the last.
        """
        before = self.before(turn, start)
        if before and before[0].same_turn:
            return before[0].name in _OTHERS
        if before:
            return all(cue.name in _OTHERS for cue in before)
        return any(cue.name in _OTHERS for cue in self.after(turn, end)[:1])

    def is_introduced_as_something_else(self, turn: int, start: int) -> bool:
        """Say whether the words right before the place make it a number of another kind.

        "numéro de contrat 06…", "facture n° 01…": nothing but "numéro", "est le" may stand
        between; in "mon contrat, 06…" the sentence went on to another matter.

        Args:
            turn: Index of the turn.
            start: Index of the first character.
        """
        nearest = next(iter(self.before(turn, start)), None)
        if nearest is None or not nearest.same_turn or nearest.name not in _OTHERS:
            return False
        between = self._turns[turn].text[start - nearest.distance : start].replace("’", "'")
        return _INTRODUCES.fullmatch(between.rstrip("+")) is not None
