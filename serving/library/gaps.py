"""What customers asked in stored conversations and the knowledge base does not answer well."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversation.errors import BadInput
from kb_search.gaps import GapSettings, find_gaps
from serving.knowledge import AskedBase, GatheredQuestions

if TYPE_CHECKING:
    from kb_search import Filters
    from kb_search.gaps import GapReport
    from serving.access.visibility import Visibility
    from serving.resources import Resources

MAX_CONVERSATIONS = 5_000
"""Of one report; their questions are held in memory and compared with each other."""


def gaps_of(
    resources: Resources,
    visibility: Visibility,
    team: str | None,
    *,
    since: datetime.datetime | None,
    until: datetime.datetime | None,
    min_conversations: int,
    filters: Filters,
    today: datetime.date,
) -> GapReport:
    """Ask the base again what customers asked, and group what it does not answer.

    Args:
        resources: Of the service.
        visibility: What may be seen.
        team: Whose base is asked; None: the default one.
        since: Contacts that started then or later; None: from the first on.
        until: Contacts that started before; None: to the last.
        min_conversations: Asked in fewer is no gap.
        filters: What the readers in question may see.
        today: Day on which documents must be in force.

    Raises:
        BadInput: There are too many conversations in the period.
    """
    ids = resources.contacts.ids(visibility, since=since, until=until)
    if len(ids) > MAX_CONVERSATIONS:
        raise BadInput(
            f"{len(ids)} conversations are in this period, expected at most {MAX_CONVERSATIONS}",
            remedy="ask for a shorter one",
        )
    return gaps_in(
        resources, ids, visibility, team,
        min_conversations=min_conversations, filters=filters, today=today,
    )  # fmt: skip


def gaps_in(
    resources: Resources,
    ids: Sequence[str],
    visibility: Visibility,
    team: str | None,
    *,
    min_conversations: int,
    filters: Filters,
    today: datetime.date,
) -> GapReport:
    """Look for gaps in some conversations (see :func:`gaps_of`)."""
    base = resources.bases.of_team(team).base
    read = GatheredQuestions(
        (),
        knowledge=AskedBase(base, filters),
        stored=((one.stored.id, one.values) for one in resources.contacts.each(ids, visibility)),
    )
    return find_gaps(
        read.questions,
        encoder=resources.encoder,
        library=base,
        filters=filters,
        personal=read.personal,
        settings=GapSettings(min_conversations=min_conversations),
        today=today,
    )
