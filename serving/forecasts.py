"""From calls or conversations to the volumes of a forecast, and to what it staffs for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversation.errors import BadInput

if TYPE_CHECKING:
    from datetime import tzinfo

    from quality.forecast import StaffingPlan, Volumes
    from quality.kpi import CallTable, Contact


def of_queue(table: CallTable, queue: str) -> CallTable:
    """Return the calls of one queue.

    Raises:
        BadInput: There is no such queue.
    """
    import numpy as np

    names = table.names["queue"]
    if queue not in names:
        raise BadInput(
            f"no call is of the queue {queue!r}; there are {', '.join(names[:12]) or 'no queues'}",
            remedy="name one of them, or map its column: --map queue=COLUMN",
        )
    return table.take(np.flatnonzero(table.codes["queue"] == names.index(queue)))


def mean_handling(table: CallTable) -> tuple[float, int]:
    """Return the mean handling time in seconds and the calls it was computed from.

    Raises:
        BadInput: The calls do not tell.
    """
    import numpy as np

    from quality.kpi.from_calls import handling_s, voice_rows

    seconds = handling_s(table)[voice_rows(table)]
    known = seconds[~np.isnan(seconds)]
    if not len(known) or float(known.mean()) <= 0:
        raise BadInput(
            "the calls do not tell the handling time: it takes answered, ended and acw_s",
            remedy="give it in seconds: --dmt, or handling_s",
        )
    return float(known.mean()), len(known)


def call_volumes(table: CallTable, zone: tzinfo) -> Volumes:
    """Count calls by voice by half-hour and reason.

    Raises:
        BadInput: There is none.
    """
    from quality.forecast import count_half_hours
    from quality.kpi.from_calls import voice_rows

    voice = voice_rows(table)
    start = table.start_s[voice]
    if not len(start):
        raise BadInput("the table has no call by voice", remedy="import calls")
    reasons = table.codes["reason"][voice] if table.has("reason") else None
    return count_half_hours(start, zone, reasons=reasons, names=table.names["reason"])


def contact_volumes(contacts: Sequence[Contact], zone: tzinfo) -> Volumes:
    """Count stored conversations by half-hour and reason.

    Args:
        contacts: Those without a time are left out.
        zone: Of the local time.

    Raises:
        BadInput: None has a time.
    """
    import numpy as np

    from quality.forecast import count_half_hours

    dated = [(one.started_at.timestamp(), one.reason) for one in contacts if one.started_at]
    if not dated:
        raise BadInput("no conversation says when it started", remedy="send calls as CSV")
    names = sorted({reason for _, reason in dated if reason})
    numbers = {name: number for number, name in enumerate(names)}
    return count_half_hours(
        np.array([at for at, _ in dated]),
        zone,
        reasons=np.array([numbers.get(reason or "", -1) for _, reason in dated], np.int32),
        names=names,
    )


def staffing_plan(
    *,
    target: float,
    within_s: float,
    handling_s: float,
    handling_n: int,
    max_occupancy: float,
    shrinkage: float,
    patience_s: float | None,
) -> StaffingPlan:
    """Return what is staffed for (see :class:`quality.forecast.StaffingPlan`).

    Raises:
        BadInput: A value is out of range.
    """
    from pydantic import ValidationError

    from quality.forecast import StaffingPlan
    from quality.yaml_files import describe

    try:
        return StaffingPlan(
            target=target, within_s=within_s, handling_s=handling_s, handling_n=handling_n,
            max_occupancy=max_occupancy, shrinkage=shrinkage, patience_s=patience_s,
        )  # fmt: skip
    except ValidationError as error:
        raise BadInput(describe(error), remedy="85 % is 0.85") from None
