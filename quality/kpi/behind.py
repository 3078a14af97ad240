"""Which conversations a figure was computed from, and which of them it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from quality.kpi.contacts import Contact
from quality.kpi.repeats import Follow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Test = Callable[[Contact], bool]


class Behind(BaseModel):
    """The conversations behind a figure.

    Attributes:
        computed_from: Ids of all that it was computed from; as many as its ``n``.
        counted: Ids of those that it counts (complaints, transfers …); empty for means.
        counts: Whether it counts some of them, be it none today; false for means.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    computed_from: tuple[str, ...] = Field(default=())
    counted: tuple[str, ...] = Field(default=())
    counts: bool = False


def _any(_contact: Contact) -> bool:
    return True


def _spoken(contact: Contact) -> bool:
    return contact.speech is not None


def _replied(contact: Contact) -> bool:
    return contact.reply is not None and contact.reply.replied_at is not None


_BASES: dict[str, _Test] = {
    **dict.fromkeys(
        ("contacts", "transfer_rate", "repeat_stated", "commitments", "commitment_share",
         "complaint_rate", "other_rate", "no_reason_rate"), _any,
    ),
    **dict.fromkeys(
        ("dmc", "hold", "silence_share", "overlap_share", "agent_talk_share", "agent_rate"),
        _spoken,
    ),
    **dict.fromkeys(("first_reply_mean", "first_reply_median", "first_reply_p90"), _replied),
    "outcome_resolved": lambda one: one.outcome is not None,
    "quality_score": lambda one: one.score_100 is not None,
    "eliminatory_rate": lambda one: one.evaluated,
}  # fmt: skip

_COUNTED: dict[str, _Test] = {
    "transfer_rate": lambda one: one.outcome == "transferred",
    "outcome_resolved": lambda one: one.outcome == "resolved",
    "repeat_stated": lambda one: one.repeat_stated,
    "commitments": lambda one: one.commitments > 0,
    "commitment_share": lambda one: one.commitments > 0,
    "eliminatory_rate": lambda one: one.eliminatory > 0,
    "complaint_rate": lambda one: one.complaint,
    "other_rate": lambda one: one.is_other,
    "no_reason_rate": lambda one: one.reason is None,
}


def behind(kpi: str, contacts: Sequence[Contact], follow: Follow) -> Behind:
    """Return the conversations behind a figure of conversations alone.

    Args:
        kpi: Identifier of the KPI.
        contacts: Of the group that the figure is of.
        follow: Of the same contacts.

    Returns:
        None of either where the figure comes from other data (calls, surveys, the bot).
    """
    if kpi == "repeat_rate":
        return _marked(contacts, follow.counted, follow.followed)
    if kpi == "fcr_proxy":
        return _marked(contacts, follow.opening, ~follow.followed)
    base, counted = _BASES.get(kpi), _COUNTED.get(kpi)
    if base is None:
        return Behind()
    used = [one for one in contacts if base(one)]
    return Behind(
        computed_from=tuple(one.id for one in used),
        counted=tuple(one.id for one in used if counted is not None and counted(one)),
        counts=counted is not None,
    )


def _marked(
    contacts: Sequence[Contact], used: NDArray[np.bool_], counted: NDArray[np.bool_]
) -> Behind:
    return Behind(
        computed_from=tuple(one.id for one, is_used in zip(contacts, used, strict=True) if is_used),
        counted=tuple(one.id for one, is_it in zip(contacts, used & counted, strict=True) if is_it),
        counts=True,
    )
