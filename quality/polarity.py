"""Whether a sentence denies what it talks about."""

from __future__ import annotations

import re

from quality.texts import fold

_NOT_A_DENIAL = re.compile(
    r"\bn'hesite[zr]?s? (?:pas|surtout pas)\b|\bpas (?:de|d'|du|un|le moindre) ?(?:souci|soucis|"
    r"probleme|problemes|quoi|mal)\b|\bpas de quoi\b|\bne quitte[zs]? pas\b|\bne vous "
    r"inquiete[zs]? pas\b|\bne t'inquiete pas\b|\bpourquoi pas\b|\bpas mal\b|\bn'est[- ]ce pas\b|"
    r"\bne serait[- ]ce\b|\bpas seulement\b|\bnon seulement\b|"
    r"\bn'est[- ]il pas\b|\bsi ce n'est\b|"
    r"\b(?:no|not a) (?:problem|worries|trouble|bother)\b|\bnot only\b|\bwhy not\b|\bdon'?t "
    r"(?:hesitate|worry|hang up)\b|\bno doubt\b|\bisn'?t it\b|"
    r"\bdo not (?:hesitate|worry|hang up)\b"
)
_COURTEOUS = re.compile(
    r"\b(?:ne )?(?:pouvez|pourriez|voulez|voudriez|auriez|avez)[- ]vous pas\b|"
    r"\bn'(?:auriez|avez)[- ]vous pas\b|\b(?:couldn|can|won|wouldn|don|haven)'?t you\b"
)
_DENIAL = re.compile(
    r"\bpas\b|\bjamais\b|\bplus (?=besoin|envie|possible|jamais)|\bne \S+ (?:plus|rien)\b|"
    r"\bn'\S+ (?:plus|rien)\b|\b(?:ne|n'|n’) ?\S+ (?:\S+ )?(?:aucun|aucune|ni)\b|\baucune?\b|"
    r"\bnon\b(?! plus)|\bimpossible\b|"
    r"\bnot\b|\bnever\b|\bno\b(?= \w)|\bcannot\b|\bcan't\b|\bn't\b|\b\w+n't\b|"
    r"\bnobody\b|\bnothing\b|\bunable\b"
)


def denies(text: str) -> bool:
    """Say whether a sentence says that something is not so.

    Fixed phrases that only sound like it ("n'hésitez pas", "pas de souci", "no problem") and
    courteous questions ("ne pouvez-vous pas") are no denials.

    Args:
        text: One sentence, in French or English.
    """
    folded = fold(text).replace("’", "'")
    folded = _NOT_A_DENIAL.sub(" ", _COURTEOUS.sub(" ", folded))
    return _DENIAL.search(folded) is not None
