"""Who contacts again: contacts of one customer that follow one another within some days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quality.kpi.estimates import Estimate, share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DAY_S = 86400.0


@dataclass(frozen=True)
class Follow:
    """What is known of each contact's neighbours; every array has the shape (n_contacts,).

    Attributes:
        counted: Whether what follows the contact can be known: customer (and reason) known, and
            the data reach N days beyond it.
        followed: Whether a contact of the same customer and reason came within N days after it.
        starts: Whether it is known to open a request: none came within N days before it, and
            the data reach that far back.
    """

    counted: NDArray[np.bool_]
    followed: NDArray[np.bool_]
    starts: NDArray[np.bool_]

    def at(self, rows: NDArray[np.intp]) -> Follow:
        """Return the same of some of the contacts.

        Args:
            rows: Their places, int array of shape (n,).
        """
        return Follow(self.counted[rows], self.followed[rows], self.starts[rows])

    @property
    def opening(self) -> NDArray[np.bool_]:
        """The contacts that open a request of which it can be known whether another followed."""
        return self.counted & self.starts

    def repeat_rate(self) -> Estimate:
        """Return the share of contacts that are followed by another, with its interval."""
        return share(int((self.counted & self.followed).sum()), int(self.counted.sum()))

    def first_contact_rate(self) -> Estimate:
        """Return the share of requests that one contact was enough for, with its interval."""
        return share(int((self.opening & ~self.followed).sum()), int(self.opening.sum()))


def find_follow(
    start_s: NDArray[np.float64],
    customers: NDArray[np.int32],
    reasons: NDArray[np.int32] | None,
    *,
    days: int,
) -> Follow:
    """Find which contacts are followed by another of the same customer and reason.

    Args:
        start_s: float64 array of shape (n,), seconds since 1970.
        customers: int32 array of shape (n,), -1 for an unknown customer.
        reasons: int32 array of shape (n,), -1 for an unknown reason; None: any reason counts.
        days: N: longer gaps are no repeat.

    Returns:
        For each contact what is known.
    """
    import numpy as np

    n = len(start_s)
    known = customers >= 0
    if reasons is None:
        reasons = np.zeros(n, dtype=np.int32)
    known = known & (reasons >= 0)
    order = np.lexsort((start_s, reasons, customers))
    same = np.zeros(n, dtype=bool)
    if n > 1:
        ahead, behind = order[:-1], order[1:]
        same[:-1] = (
            (customers[ahead] == customers[behind])
            & (reasons[ahead] == reasons[behind])
            & (start_s[behind] - start_s[ahead] <= days * DAY_S)
        )
    followed = np.zeros(n, dtype=bool)
    preceded = np.zeros(n, dtype=bool)
    followed[order[:-1]] = same[:-1]
    preceded[order[1:]] = same[:-1]
    first, last = (float(start_s.min()), float(start_s.max())) if n else (0.0, 0.0)
    return Follow(
        counted=known & (start_s <= last - days * DAY_S),
        followed=followed & known,
        starts=known & ~preceded & (start_s >= first + days * DAY_S),
    )
