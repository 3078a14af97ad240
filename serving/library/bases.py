"""The knowledge bases of the teams, and what each reader may see of them."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb_search import Answer, Filters, Hit
from kb_search.bot.policy import CUSTOMERS_MAY_SEE
from serving.access.principal import Principal, Role
from serving.knowledge_bases import DEFAULT_BASE, knowledge_dir
from serving.library.served_base import ServedBase
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from models import Encoder
    from serving.settings import Settings

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,55}")


class Bases:
    """Opens each team's base once.

    Args:
        settings: Where data are, and the documents to begin with.
        encoder: Makes the vectors.
    """

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self._settings = settings
        self._encoder = encoder
        self._opening = threading.Lock()
        self._open: dict[str, ServedBase] = {}

    def of_team(self, team: str | None) -> ServedBase:
        """Return the base of a team.

        Args:
            team: None: the default one.
        """
        name = base_name(team)
        with self._opening:
            if name not in self._open:
                first = self._settings.kb if name == DEFAULT_BASE else None
                folder = knowledge_dir(self._settings) / name
                self._open[name] = ServedBase(folder, self._encoder, first=first)
            return self._open[name]

    def close(self) -> None:
        """Close all bases."""
        with self._opening:
            for base in self._open.values():
                base.close()
            self._open.clear()


class TeamKnowledge:
    """A team's base as it is at each question: what :class:`kb_search.KnowledgeBase` offers.

    Args:
        bases: Of all teams.
        team: Which.
        filters: What may be found, besides what a question itself asks for; None: everything.
    """

    def __init__(self, bases: Bases, team: str | None, filters: Filters | None = None) -> None:
        self._bases = bases
        self._team = team
        self._filters = filters

    def search_many(
        self, queries: Sequence[str], *, k: int = 5, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Return the passages that fit each query best."""
        base = self._bases.of_team(self._team).base
        return base.search_many(queries, k=k, filters=filters or self._filters)

    def answer_many(
        self,
        questions: Sequence[str],
        *,
        contexts: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> list[Answer]:
        """Answer each question, or decline."""
        base = self._bases.of_team(self._team).base
        return base.answer_many(questions, contexts=contexts, filters=filters or self._filters)


def base_name(team: str | None) -> str:
    """Return the name of a team's base; it is that of a folder."""
    if team is None or team == DEFAULT_TEAM:
        return DEFAULT_BASE
    if _PLAIN.fullmatch(team):
        return f"team-{team}"
    return f"team-{hashlib.sha256(team.encode()).hexdigest()[:32]}"


def seen_by_reader(principal: Principal, wanted: Filters | None = None) -> Filters:
    """Return what somebody may find: customers see validated articles for the public only.

    Args:
        principal: Who asks.
        wanted: What they ask for; it can only narrow that.
    """
    if principal.role is not Role.CUSTOMER:
        return wanted or Filters()
    return seen_by_customers(wanted)


def seen_by_customers(wanted: Filters | None = None) -> Filters:
    """Return what customers may find.

    Args:
        wanted: What they ask for; it can only narrow that.
    """
    wanted = wanted or Filters()
    return CUSTOMERS_MAY_SEE.model_copy(
        update={"products": wanted.products, "languages": wanted.languages}
    )
