"""Whose eyes a draft is kept from: the agent until it is shared, blind raters until the end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conversation.errors import Conflict, Forbidden, NotFound
from serving.access.principal import Principal, Role
from serving.reviewing.blind import open_sessions
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from serving.reviewing.desk import ReviewDesk
    from serving.store import Filters

_DRAFT = ("evaluation", "gates")


class Discretion:
    """Tells which drafts somebody may not see.

    Args:
        desk: Knows what was shared, and who scores blind.
    """

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk

    def scores_kept_from(self, principal: Principal) -> Kept:
        """Return from which conversations of a list somebody may not see the draft score.

        An agent sees the scores that were shared in their evaluations, and none in a list.
        """
        if principal.role is Role.AGENT:
            return Kept(everything=True)
        log = self._desk.log(principal.team or DEFAULT_TEAM)
        return Kept(
            ids=frozenset(
                conversation_id
                for state in open_sessions(log)
                if principal.id in state.opened.raters
                for conversation_id in state.contacts
            )
        )

    def check_filters(self, principal: Principal, filters: Filters) -> None:
        """Refuse a list by draft scores to who may not see them.

        Raises:
            Forbidden: An agent asks by score.
        """
        by_score = filters.min_score is not None or filters.max_score is not None
        if by_score and principal.role is Role.AGENT:
            raise Forbidden(
                "draft scores are not shown to agents, nor are lists by them",
                remedy="leave min_score and max_score out",
            )

    def may_see(
        self, principal: Principal, conversation_id: str, analysis: Mapping[str, Any]
    ) -> bool:
        """Tell whether somebody may see the draft in an analysis.

        Args:
            principal: Who asks.
            conversation_id: Which; they may see it.
            analysis: Of it, as JSON values.
        """
        draft = analysis.get("evaluation")
        if not isinstance(draft, dict):
            return True
        card, version = str(draft.get("scorecard")), draft.get("version")
        try:
            self._desk.check_may_see(
                principal, conversation_id, card, None if version is None else str(version)
            )
        except (Conflict, NotFound):
            return False
        return True

    def shown(self, principal: Principal, conversation_id: str, document: str) -> str:
        """Return an analysis as somebody may see it; without the draft where they may not.

        Args:
            principal: Who asks.
            conversation_id: Which; they may see it.
            document: The analysis as JSON.
        """
        analysis = json.loads(document)
        if not isinstance(analysis, dict) or self.may_see(principal, conversation_id, analysis):
            return document
        return json.dumps(without_draft(analysis), ensure_ascii=False)


def without_draft(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """Return an analysis without the machine's evaluation.

    Args:
        analysis: As JSON values.
    """
    return {name: part for name, part in analysis.items() if name not in _DRAFT}


class Kept:
    """Conversations whose draft score somebody may not see.

    Args:
        everything: All of them.
        ids: Those.
    """

    def __init__(self, *, everything: bool = False, ids: frozenset[str] = frozenset()) -> None:
        self._everything = everything
        self._ids = ids

    @property
    def everything(self) -> bool:
        """Whether they may see none of a list."""
        return self._everything

    def __contains__(self, conversation_id: object) -> bool:
        return self._everything or conversation_id in self._ids
