"""Figures of the bot: what it contained, and what stayed contained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality.kpi.estimates import share
from quality.kpi.figure import Figure, Note, figure, without
from quality.kpi.small_tables import BotSession

if TYPE_CHECKING:
    from quality.kpi.repeats import Follow

_FROM = "bot_log"
_NET: Note = (
    "sessions dont la suite est connue : clé client, et données au-delà du délai",
    "sessions whose sequel is known: customer key, and data beyond the delay",
)


def is_contained(session: BotSession) -> bool:
    """Whether a session ended without a person and was not abandoned."""
    return session.handed_over is False and not session.abandoned


def bot_figures(
    sessions: Sequence[BotSession], follow: Follow, *, fields: frozenset[str], by_reason: bool
) -> list[Figure]:
    """Compute containment, what of it holds for N days, and hand-overs.

    Args:
        sessions: Of the group.
        follow: Of the same sessions, over the contacts of every channel.
        fields: That the log has.
        by_reason: Whether only contacts for the same reason undo a resolution.
    """
    import numpy as np

    known = [each for each in sessions if each.handed_over is not None]
    if "handed_over" not in fields:
        column = ("colonne handed_over", "a column handed_over")
        return [
            without(name, column, _FROM)
            for name in ("bot_contained", "bot_net", "bot_false", "bot_escalated")
        ]
    contained = np.array([is_contained(each) for each in sessions], dtype=bool)
    counted = follow.counted & np.array([each.handed_over is not None for each in sessions], bool)
    n, inside = int(counted.sum()), int((counted & contained).sum())
    net = int((counted & contained & ~follow.followed).sum())
    notes = [_NET]
    if not by_reason:
        notes.append(("tout nouveau contact compte", "any further contact counts"))
    answered = [each.resolved for each in sessions if each.resolved is not None]
    left = [each.abandoned for each in sessions if each.abandoned is not None]
    return [
        figure("bot_net", share(net, n), _FROM, "calls", "conversations", notes=notes),
        figure("bot_contained", share(sum(map(is_contained, known)), len(known)), _FROM),
        figure("bot_false", share(inside - net, n), _FROM, "calls", "conversations", notes=notes),
        figure("bot_confirmed", share(sum(answered), len(sessions)), _FROM)
        if "resolved" in fields
        else without("bot_confirmed", ("colonne resolved", "a column resolved"), _FROM),
        figure("bot_escalated", share(sum(bool(e.handed_over) for e in known), len(known)), _FROM),
        figure("bot_abandoned", share(sum(left), len(left)), _FROM)
        if "abandoned" in fields
        else without("bot_abandoned", ("colonne abandoned", "a column abandoned"), _FROM),
    ]
