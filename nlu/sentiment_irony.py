"""Irony and repetition of the trade: praise beside a long wait, and "the third time"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ODDS = (40.0, 1.0, 0.1)
"""What the odds of negative, neutral and positive are multiplied by where a pattern is found."""

_NUMBER = (
    r"(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze|two|three|four|five|six|seven|"
    r"eight|nine|ten)"
)
_UNIT = r"(?:semaines|mois|heures|weeks|months|hours)"
# The duration stands alone after a pause: "merci, ça marche depuis trois semaines" is no irony.
_PRAISE_OF_A_WAIT = re.compile(
    r"\b(?:bravo|chapeau|f[ée]licit\w+|merci|super|g[ée]nial|formidable|magnifique|well done|"
    r"great|brilliant|congratulations|impressive|thanks|thank you)\b[^.!?]{0,60}?[,:;…–-]\s*"
    rf"{_NUMBER}\s+{_UNIT}\s*(?:$|[.!?…]|(?:pour|d['’]attente|de retard|for|to|late)\b)",
    re.IGNORECASE,
)
# The whole sentence: "c'est la troisième fois que je viens et c'est excellent" is no complaint.
_ONCE_MORE = re.compile(
    r"(?:c['’]est|ça fait|this is|that['’]s)\s+(?:déjà\s+|already\s+)?(?:la|the)\s+"
    r"(?:deuxième|troisième|quatrième|cinquième|[ée]nième|second|third|fourth|fifth)\s+"
    r"(?:fois|time)\s*[.!…]*",
    re.IGNORECASE,
)


def with_irony(odds: NDArray[np.float64], texts: Sequence[str]) -> NDArray[np.float64]:
    """Turn the odds of texts in which the trade's irony is found towards negative.

    Args:
        odds: float64 array of shape ``(n_texts, 3)``, in the order of ``LABELS``.
        texts: The same texts, cleaned.

    Returns:
        float64 array of the same shape; rows add up to 1.
    """
    import numpy as np

    turned = odds.copy()
    for row, text in enumerate(texts):
        if _PRAISE_OF_A_WAIT.search(text) or _ONCE_MORE.fullmatch(text):
            turned[row] *= np.asarray(ODDS)
            turned[row] /= turned[row].sum()
    return turned
