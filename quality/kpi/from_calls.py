"""Figures of calls as a telephone system exports them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from quality.kpi.estimates import Estimate, mean, share
from quality.kpi.figure import Figure, Note, count, figure, without
from quality.kpi.reply_times import ReplyClock
from quality.kpi.settings import KpiSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quality.kpi.calls import CallTable
    from quality.kpi.repeats import Follow

VOICE = frozenset({"phone", "voicebot"})
"""Channels in which calls ring and are abandoned; an unknown one is taken for a call."""

_NO_HOLD: Note = (
    "mise en attente comprise : pas de colonne hold_s",
    "hold included: there is no column hold_s",
)
_ANY_REASON: Note = (
    "sans motif dans les données : tout nouveau contact du même client compte",
    "no reasons in the data: any further contact of the same customer counts",
)
_ABANDONS_DEDUCED: Note = (
    "sans colonne abandoned : tout appel non décroché compte comme abandon",
    "no column abandoned: every call that nobody answered counts as abandoned",
)
_NO_ACW: Note = ("colonne acw_s (post-appel)", "a column acw_s (after-call work)")
_NO_HOLD_COLUMN: Note = ("colonne hold_s (mise en attente)", "a column hold_s")
_NO_ANSWER: Note = ("colonne answered (décroché)", "a column answered")
_NO_END: Note = ("colonne ended (fin)", "a column ended")
_NO_TRANSFER: Note = ("colonne transferred", "a column transferred")
_NO_CUSTOMER: Note = ("colonne customer_key (clé client)", "a column customer_key")


def call_figures(
    calls: CallTable, follow: Follow, *, settings: KpiSettings, by_reason: bool
) -> list[Figure]:
    """Compute what calls alone tell.

    Args:
        calls: Of the group.
        follow: Of the same calls.
        settings: Seconds of the service level and of short abandons.
        by_reason: Whether repeats are of the same reason.

    Returns:
        One figure for each KPI, with what is missing where it cannot be computed.
    """
    return [
        *_access(calls, settings),
        *_written_replies(calls, settings),
        *_times(calls),
        *_transfers(calls),
        *_repeats(calls, follow, by_reason=by_reason),
    ]


def voice_rows(calls: CallTable) -> NDArray[np.bool_]:
    """Return which contacts came by voice; bool array of shape (n_calls,)."""
    import numpy as np

    written = [i for i, name in enumerate(calls.names["channel"]) if name not in VOICE]
    return ~np.isin(calls.codes["channel"], written)


def handling_s(calls: CallTable) -> NDArray[np.float64]:
    """Return talk, hold and after-call work together, NaN where one of them is not known."""
    return calls.ended_s - calls.answered_s + calls.acw_s


def _access(calls: CallTable, settings: KpiSettings) -> list[Figure]:
    import numpy as np

    voice = voice_rows(calls)
    offered = int(voice.sum())
    handled = count("handled", int(calls.handled.sum()), len(calls), "calls")
    if not calls.has("answered"):
        names = (
            "handled", "answer_rate", "abandon_rate", "service_level_failures",
            "service_level_removed", "service_level_short", "wait_mean",
        )  # fmt: skip
        return [
            count("offered", offered, offered, "calls"),
            *(without(name, _NO_ANSWER, "calls") for name in names),
        ]
    answered = voice & ~np.isnan(calls.answered_s)
    waits = (calls.answered_s - calls.start_s)[answered]
    left = voice & (calls.abandoned == 1)
    stayed = calls.ended_s - calls.start_s
    short = left & (stayed < settings.short_abandon_s)  # NaN is no short abandon
    n_answered, n_left, n_short = int(answered.sum()), int(left.sum()), int(short.sum())
    within = int((waits <= settings.answer_within_s).sum())
    notes = [] if calls.has("abandoned") else [_ABANDONS_DEDUCED]
    untimed = int((left & np.isnan(stayed)).sum())
    if untimed:
        notes.append(
            (
                f"{untimed} abandons sans heure de fin : comptés comme longs",
                f"{untimed} abandoned calls without an end: counted as long ones",
            )
        )
    waited = float(np.quantile(waits, 0.9)) if n_answered else None
    return [
        count("offered", offered, offered, "calls"),
        handled if calls.has("ended") else without("handled", _NO_END, "calls"),
        figure("answer_rate", share(n_answered, offered), "calls"),
        figure("abandon_rate", share(n_left - n_short, offered - n_short), "calls", notes=notes),
        count("short_abandons", n_short, offered, "calls"),
        figure("service_level_failures", share(within, offered), "calls"),
        figure("service_level_removed", share(within, n_answered), "calls"),
        figure("service_level_short", share(within + n_short, offered), "calls", notes=notes),
        figure("wait_mean", mean(waits), "calls"),
        figure("wait_p90", Estimate(waited, None, None, n_answered), "calls"),
    ]


def _written_replies(calls: CallTable, settings: KpiSettings) -> list[Figure]:
    import numpy as np

    rows = np.flatnonzero(~voice_rows(calls) & ~np.isnan(calls.answered_s))
    if not len(rows):
        return []
    clock = ReplyClock(settings)
    waits = [
        clock.wait_s(
            datetime.fromtimestamp(calls.start_s[row], UTC),
            datetime.fromtimestamp(calls.answered_s[row], UTC),
        )
        for row in rows
    ]
    return clock.figures(waits, "calls")


def _times(calls: CallTable) -> list[Figure]:
    import numpy as np

    lacking = _NO_ANSWER if not calls.has("answered") else _NO_END
    if not (calls.has("answered") and calls.has("ended")):
        return [without(name, lacking, "calls") for name in ("dmc", "hold", "acw", "dmt")]
    done = calls.handled
    length = (calls.ended_s - calls.answered_s)[done]
    hold, acw = calls.hold_s[done], calls.acw_s[done]
    talk = length - np.nan_to_num(hold)
    dmt = length + acw
    has_hold, has_acw = calls.has("hold_s"), calls.has("acw_s")
    return [
        figure("dmc", mean(talk), "calls", approximate=not has_hold,
               notes=() if has_hold else (_NO_HOLD,)),
        figure("hold", mean(hold[~np.isnan(hold)]), "calls") if has_hold
        else without("hold", _NO_HOLD_COLUMN, "calls"),
        figure("acw", mean(acw[~np.isnan(acw)]), "calls") if has_acw
        else without("acw", _NO_ACW, "calls"),
        figure("dmt", mean(dmt[~np.isnan(dmt)]), "calls") if has_acw
        else without("dmt", _NO_ACW, "calls"),
    ]  # fmt: skip


def _transfers(calls: CallTable) -> list[Figure]:
    if not calls.has("transferred"):
        return [without("transfer_rate", _NO_TRANSFER, "calls")]
    known = calls.handled & (calls.transferred >= 0)
    moved = int((known & (calls.transferred == 1)).sum())
    return [figure("transfer_rate", share(moved, int(known.sum())), "calls")]


def _repeats(calls: CallTable, follow: Follow, *, by_reason: bool) -> list[Figure]:
    if not calls.has("customer_key"):
        return [without(name, _NO_CUSTOMER, "calls") for name in ("fcr_proxy", "repeat_rate")]
    notes = () if by_reason else (_ANY_REASON,)
    return [
        figure("fcr_proxy", follow.first_contact_rate(), "calls", approximate=True, notes=notes),
        figure("repeat_rate", follow.repeat_rate(), "calls", notes=notes),
    ]
