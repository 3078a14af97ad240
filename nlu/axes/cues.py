"""Expressions that tell something, and what takes it back: negation, supposition, the past."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

_CLAUSE_END = re.compile(
    r"[.!?;:,…()]| (?:mais|but|car|because|parce que|et|and|puis|then|donc|so) "
)

# A verb group starts with its subject: "je ne comprends pas | ca sent le gaz" is not negated.
_SUBJECT = re.compile(
    r"(?:ca|cela|je|j'|il|elle|on|ils|elles|nous|vous|y a|c'est|quelqu'un|i\b|i'|it|he|she|we|"
    r"they|"
    r"there|someone|somebody|my|our|mon|ma|mes|notre|un|une|des|le|la|les)\b"
)
_NEGATION_BEFORE = re.compile(
    r"(?:\b(?:pas|plus|jamais|aucune?|sans|ni|non|never|not|no|without|cannot|neither|nor|"
    r"don't|dont|doesn't|didn't|isn't|wasn't|aren't|weren't|haven't|hasn't|can't|couldn't|won't|"
    r"rien|zero))"
    r"(?: (?:du|de|des|d|tout|la|le|les|une?|cette|ce|vraiment|eu|ete|senti|vu|fait|forte?|"
    r"moindre|any|a|an|the|really|actually|even|been|seen|had|of|sign|to|currently))*"
    r" ?(?:d'|l'|qu'|n')?$"
)
_NEGATION_AFTER = re.compile(r" (?:pas|plus|jamais|point|guere)\b")
_NEGATION_INSIDE = re.compile(
    r"\b(?:pas|jamais|aucune?|plus|ni|sans|not|never|no|nobody|don't|dont|doesn't|didn't|isn't|"
    r"wasn't|aren't|haven't|hasn't|can't|cannot|won't|personne n)\b"
)
_SUPPOSED = re.compile(
    r"(?<!savoir )(?<!sais pas )(?<!sais plus )(?<!demande )(?<!sur )(?<!sure )(?<!voir )"
    r"(?<!know )(?<!wonder )(?<!see )(?<!wondering )(?<!meme )(?<!even )(?<!as )"
    r"\b(?:si (?:jamais )?(?:je|j'|on|ca|vous|quelqu'un|une?|la|le|les|ma|mon|mes|y a|l'on)\b|"
    r"s'(?:il|ils|elle)\b(?! (?:vous|te) pl)|if\b|en cas d|au cas ou|dans le cas|imaginons|"
    r"supposons|suppose (?:that|i|we)|in case|in the event|what happens when|quand on|lorsqu'on|"
    r"when (?:you|people))"
)
_GENERAL = re.compile(
    r"\b(?:comment (?:reconnaitre|savoir|eviter|detecter|prevenir|se proteger|signaler)|"
    r"how (?:do i|to|can i|do you) (?:recogni[sz]e|avoid|prevent|detect|spot|tell if|protect)|"
    r"(?:est-ce que|does|do|is|are)\b.{0,40}\b(?:couvre|couvert|covers?|covered|rembourse)\w*|"
    r"(?:couvre|couvrez|couverte?s?|cover(?:s|ed)?|insured against|garantie contre|assuree? "
    r"contre)|"
    r"prevention|en general|sensibilis\w+|par exemple)\b"
)
_LONG_AGO = re.compile(
    r"\b(?:l'annee derniere|l'an dernier|l'an passe|l'annee passee|le mois dernier|"
    r"il y a (?:\w+ |\w+ ou \w+ )?(?:ans?|annees?|mois|semaines?)|"
    r"la semaine derniere|la semaine passee|autrefois|a l'epoque|"
    r"dans le temps|en (?:19|20)\d\d|last (?:year|month|week|summer|winter)|"
    r"(?:years?|months?|weeks?) ago|back in (?:19|20)\d\d|used to|in the past)\b"
)
_STILL = re.compile(
    r"\b(?:encore|de nouveau|a nouveau|toujours|maintenant|ca recommence|recommence|"
    r"aujourd'hui|ce matin|ce soir|cette nuit|again|still|now|right now|today|tonight|this "
    r"morning)\b"
)
_OVER = re.compile(
    r"\b(?:fausse alerte|false alarm|(?:c'est|ca a ete|a ete|ont ete|est|j'ai|on a|tout est) "
    r"(?:\w+ )?(?:regle|reparee?s?|resolue?|bon maintenant|rentre dans l'ordre|colmatee?)|"
    r"(?:est|sont) (?:deja )?(?:passe|passes|venus?) (?:\w+ ){0,3}(?:reparer|regler)|"
    r"va mieux|vont mieux|hors de danger|plus de danger|"
    r"(?:was|were|been|is|got|have|has) (?:\w+ )?(?:fixed|resolved|repaired|sorted)|"
    r"(?:is|are|feels?|feeling|doing) (?:\w+ )?(?:fine|better|ok|okay|safe) (?:again|now)|"
    r"out of danger|recovered)\b"
)


@dataclass(frozen=True)
class Cue:
    """An expression looked for in plain text (see :func:`nlu.axes.passages.fold`).

    Attributes:
        expression: What is said, a regular expression.
        negatable: Whether a "pas" or "not" takes it back; False where it is part of it ("ne
            respire plus").
        supposable: Whether "si", "en cas de" takes it back.
        datable: Whether it counts no more when it was long ago or is over.
    """

    expression: str
    negatable: bool = True
    supposable: bool = True
    datable: bool = True

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression compiled, at first use: there are hundreds."""
        return re.compile(self.expression)


@dataclass(frozen=True)
class CueMatch:
    """Where a cue stands in plain text."""

    start: int
    end: int


def cues(
    *expressions: str, negatable: bool = True, supposable: bool = True, datable: bool = True
) -> tuple[Cue, ...]:
    """Return expressions that share the same conditions.

    Args:
        expressions: Regular expressions over plain text; ``~`` stands for up to five words.
        negatable: As in :class:`Cue`.
        supposable: As in :class:`Cue`.
        datable: As in :class:`Cue`.
    """
    return tuple(
        Cue(
            expression.replace("~", r"(?: [^\s.!?;,]+){0,5}?"),
            negatable=negatable,
            supposable=supposable,
            datable=datable,
        )
        for expression in expressions
    )


def find_cue(
    plain: str, wanted: Iterable[Cue], *, but: re.Pattern[str] | None = None
) -> CueMatch | None:
    """Return the first place where a cue is meant as it stands.

    Args:
        plain: A sentence in plain text.
        wanted: Cues, in order of preference.
        but: What, found anywhere in the sentence, makes it mean something else.

    Returns:
        The place; None when no cue is there, or each is negated, supposed, over or figurative.
    """
    return next(find_cues(plain, wanted, but=but), None)


def find_cues(
    plain: str, wanted: Iterable[Cue], *, but: re.Pattern[str] | None = None
) -> Iterator[CueMatch]:
    """Yield each place where a cue is meant as it stands; see :func:`find_cue`."""
    for cue in wanted:
        for match in cue.pattern.finditer(plain):
            if but is not None and but.search(plain):
                return
            if _is_meant(plain, match, cue):
                yield CueMatch(match.start(), match.end())


def is_over(plain: str) -> bool:
    """Tell whether a sentence says that a trouble is long past or over, and not back again."""
    if _OVER.search(plain):
        return True
    return bool(_LONG_AGO.search(plain)) and not _STILL.search(plain)


def is_meant_now(plain: str) -> bool:
    """Tell whether a sentence tells of something now: not supposed, asked in general or over."""
    return not (_SUPPOSED.search(plain) or _GENERAL.search(plain) or is_over(plain))


def _is_meant(plain: str, match: re.Match[str], cue: Cue) -> bool:
    before = plain[: match.start()]
    ends = [end.end() for end in _CLAUSE_END.finditer(before)]
    clause = before[ends[-1] :] if ends else before
    if cue.negatable:
        if _NEGATION_INSIDE.search(match.group()):
            return False
        if before.endswith(("ne ", "n'")) and _NEGATION_AFTER.match(plain, match.end()):
            return False
        if not _SUBJECT.match(match.group()) and _NEGATION_BEFORE.search(clause.rstrip(" ")):
            return False
    supposed = _SUPPOSED.search(clause + match.group()) or _GENERAL.search(plain)
    if cue.supposable and supposed:
        return False
    return not (cue.datable and is_over(plain))
