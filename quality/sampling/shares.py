"""Wilson's interval for a share."""

from __future__ import annotations

import math
from statistics import NormalDist

from conversation.errors import BadInput


def wilson_interval(count: float, total: float, *, level: float = 0.95) -> tuple[float, float]:
    """Compute the score interval of a share.

    Args:
        count: How many have the property; may be fractional for an effective sample size.
        total: Of how many.
        level: Confidence, between 0 and 1.

    Returns:
        Lower and upper limit, 0 to 1; (0, 1) without any observation. Wilson, "Probable
        inference, the law of succession, and statistical inference", JASA 22 (1927).

    Raises:
        BadInput: The count is not between 0 and the total, or the level not between 0 and 1.
    """
    if not 0 <= count <= total or not 0 < level < 1:
        raise BadInput(
            f"got {count:g} of {total:g} at level {level:g}, expected 0 ≤ count ≤ total and a "
            "level between 0 and 1"
        )
    if total == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = count / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    low, high = (middle - half) / scale, (middle + half) / scale
    return (0.0 if count == 0 else max(0.0, low)), (1.0 if count == total else min(1.0, high))
