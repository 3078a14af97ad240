"""Figures that join calls with what was counted elsewhere: occupation and cost per contact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from quality.kpi.estimates import Estimate
from quality.kpi.figure import Figure, Note, figure, without
from quality.kpi.from_calls import handling_s
from quality.kpi.small_tables import AvailableTime, Cost

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.kpi.calls import CallTable

_EPOCH = date(1970, 1, 1)
_NO_ACW: Note = ("colonne acw_s (post-appel) des appels", "a column acw_s of the calls")
_NO_OVERLAP: Note = (
    "aucun jour commun aux appels et au temps disponible",
    "no day that both calls and available time cover",
)
_WHOLE_MONTHS: Note = (
    "un mois que les appels ne couvrent pas en entier ressort trop cher",
    "a month that the calls cover in part only comes out too dear",
)


def occupancy(
    calls: CallTable, days: NDArray[np.int64], available: Sequence[AvailableTime]
) -> Figure:
    """Compute the occupation on the days that both tables cover.

    Args:
        calls: Of the group.
        days: int64 array of shape (n_calls,): local day of each call since 1970.
        available: Of the group.
    """
    import numpy as np

    if not calls.has("acw_s"):
        return without("occupancy", _NO_ACW, "calls", "agent_time")
    covered = sorted({(each.day - _EPOCH).days for each in available})
    work = handling_s(calls)
    inside = np.isin(days, covered) & ~np.isnan(work)
    worked = set(days[inside].tolist())
    free_s = sum(each.available_s for each in available if (each.day - _EPOCH).days in worked)
    work_s = float(work[inside].sum())
    if work_s + free_s <= 0:
        return without("occupancy", _NO_OVERLAP, "calls", "agent_time")
    unknown = int((np.isin(days, covered) & calls.handled & np.isnan(work)).sum())
    notes: list[Note] = [
        (f"{len(worked)} jours communs", f"{len(worked)} days that both tables cover")
    ]
    if unknown:
        notes.append(
            (
                f"{unknown} appels sans post-appel, hors du calcul",
                f"{unknown} calls without after-call work, left out",
            )
        )
    value = Estimate(work_s / (work_s + free_s), None, None, int(inside.sum()))
    return figure("occupancy", value, "calls", "agent_time", notes=notes)


def cost_per_contact(
    calls: CallTable, days: NDArray[np.int64], costs: Sequence[Cost], *, currency: str
) -> Figure:
    """Compute the cost per handled contact over the months (and channels) that both tables have.

    Args:
        calls: Of the group.
        days: int64 array of shape (n_calls,): local day of each call since 1970.
        costs: By month, and by channel where they are known so.
        currency: For the notes.
    """
    done = calls.handled
    by_channel = any(each.channel for each in costs)
    months = {int(day): _month(int(day)) for day in set(days[done].tolist())}
    names = calls.names["channel"]
    contacts: Counter[tuple[tuple[int, int], str | None]] = Counter()
    for day, code in zip(days[done].tolist(), calls.codes["channel"][done].tolist(), strict=True):
        channel = (names[code] if code >= 0 else "phone") if by_channel else None
        contacts[months[day], channel] += 1
        if by_channel:
            contacts[months[day], None] += 1
    amount, counted, unmatched = 0.0, 0, 0.0
    cells: set[tuple[tuple[int, int], str | None]] = set()
    for cost in costs:
        cell = (cost.month, cost.channel)
        if contacts[cell]:
            amount += cost.amount
            cells.add(cell)
        else:
            unmatched += cost.amount
    whole = {month for month, channel in cells if channel is None}
    for month, channel in cells:
        if channel is None or month not in whole:
            counted += contacts[month, channel]
    if not counted:
        missing = ("aucun mois commun aux appels et aux coûts", "no month that both tables cover")
        return without("cost_per_contact", missing, "calls", "costs")
    notes: list[Note] = [_WHOLE_MONTHS]
    if unmatched:
        notes.append(
            (
                f"{unmatched:.2f} {currency} sans contact du même mois et canal, hors du calcul",
                f"{unmatched:.2f} {currency} without a contact of that month and channel, left out",
            )
        )
    value = Estimate(amount / counted, None, None, counted)
    return figure("cost_per_contact", value, "calls", "costs", notes=notes)


def _month(day: int) -> tuple[int, int]:
    moment = _EPOCH + timedelta(days=day)
    return moment.year, moment.month
