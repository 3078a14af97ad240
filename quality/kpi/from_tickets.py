"""Figures of tickets: promises kept, and what was closed in one contact."""

from __future__ import annotations

from collections.abc import Sequence

from quality.kpi.estimates import share
from quality.kpi.figure import Figure, Note, figure, without
from quality.kpi.small_tables import Ticket

_FROM = "tickets"


def ticket_figures(
    tickets: Sequence[Ticket], *, until_s: float, has_contacts: bool, has_due: bool
) -> list[Figure]:
    """Compute commitments kept and tickets closed in one contact.

    Args:
        tickets: Of the group.
        until_s: Latest time in the table: a ticket that is open and due later is not judged.
        has_contacts: Whether the table tells the number of contacts.
        has_due: Whether the table tells when tickets are due.
    """
    promised = [each for each in tickets if each.due_s is not None]
    judged = [
        each
        for each in promised
        if each.closed_s is not None or (each.due_s is not None and each.due_s <= until_s)
    ]
    kept = sum(
        each.closed_s is not None and each.due_s is not None and each.closed_s <= each.due_s
        for each in judged
    )
    closed = [each for each in tickets if each.closed_s is not None and each.contacts is not None]
    once = sum(each.contacts == 1 and not each.reopened for each in closed)
    waiting = len(promised) - len(judged)
    notes: list[Note] = []
    if waiting:
        notes.append(
            (f"{waiting} pas encore échus, hors du calcul", f"{waiting} not due yet, left out")
        )
    return [
        figure("commitments_kept", share(kept, len(judged)), _FROM, notes=notes)
        if has_due
        else without("commitments_kept", ("colonne due (échéance)", "a column due"), _FROM),
        figure("fcr_tickets", share(once, len(closed)), _FROM)
        if has_contacts
        else without("fcr_tickets", ("colonne contacts", "a column contacts"), _FROM),
    ]
