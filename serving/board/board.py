"""The board of a centre: each part counted when it is asked for, and kept for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, select

from conversation.errors import BadInput
from kb_search.bot.session import Session
from quality.kpi import SourceFacts
from quality.kpi.small_tables import BotSession, Table
from serving.access.visibility import EVERYTHING, Visibility, visible
from serving.board.behind import DIMENSIONS, BehindFigure, behind_figure, without_value
from serving.board.cache import Moments
from serving.board.counted import CountedAll, Counting
from serving.board.forecast import ForecastShown, forecast_board
from serving.board.gaps import Gaps, find_board_gaps
from serving.board.health import Health, health_of
from serving.board.kpis import Kpis, kpi_sections
from serving.board.names import ReasonNames
from serving.board.questions import Quality, card_qualities
from serving.board.reports import (
    FACTS,
    Audience,
    Made,
    Maker,
    Reports,
    board_jobs,
)
from serving.board.scope import Narrowing, Scope, Step, scope_of
from serving.board.topics import Topics, find_board_topics
from serving.board.values import Mood, Volumes
from serving.board.volumes import chosen, count_mood, count_volumes
from serving.figures import BOT_FIELDS, kpi_settings
from serving.kpi_sources import bot_session_of
from serving.reviewing.sql_log import SqlEventLog
from serving.store import Filters
from serving.store.tables import BotSessionRow, ConversationRow, ReviewEventRow
from serving.store.visible import matching, seen_by

if TYPE_CHECKING:
    from quality.kpi import KpiSettings
    from quality.review.events import AnyEvent
    from serving.access.principal import Principal
    from serving.jobs.kinds import Kind
    from serving.service import Service
    from serving.store.database import Database

CATCH_UP_S = 0.15
"""How long a page waits for facts of conversations that were analysed a moment ago."""

Value = TypeVar("Value")


class Missing(BaseModel):
    """What a job that takes facts left.

    Attributes:
        pending: Analyses without facts.
    """

    pending: int = Field(ge=0)


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a board.

    Attributes:
        scope: Which conversations.
        visibility: What they may see.
    """

    scope: Scope
    visibility: Visibility


class Board:
    """Counts what a board shows.

    Args:
        service: The service.
        clock: Returns the time now.
    """

    def __init__(
        self, service: Service, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._service = service
        self._clock = clock
        self._moments = Moments()
        self._making = threading.Lock()
        self._facts: Counting | None = None
        self.names = ReasonNames(lambda: service.resources.definitions)

    @property
    def settings(self) -> KpiSettings:
        """How the centre computes its KPIs."""
        return self._moments.get("settings", lambda: kpi_settings(self._service.resources))

    def today(self) -> date:
        """Return the local day now."""
        return self._clock().astimezone(self.settings.zone).date()

    def asked(
        self,
        principal: Principal,
        *,
        first: date | None = None,
        last: date | None = None,
        step: Step | None = None,
        channel: str | None = None,
        queue: str | None = None,
        reason: str | None = None,
        team: str | None = None,
    ) -> Asked:
        """Return what somebody asks for (see :func:`serving.board.scope.scope_of`).

        Args:
            principal: Who asks.
            first: First local day.
            last: Last local day.
            step: Of series.
            channel: How the contact came.
            queue: Where it came in.
            reason: Code of the contact reason.
            team: Whose conversations, for those who see several.

        Raises:
            BadInput: The period cannot be shown, or the team is not theirs.
        """
        zone = self.settings.zone
        scope = scope_of(
            first=first, last=last, zone=zone, today=self.today(),
            step=step, channel=channel, queue=queue, reason=reason,
        )  # fmt: skip
        seen = visible(principal)
        if team is not None:
            if seen.team not in (None, team):
                raise BadInput(
                    "got a team whose conversations you do not see", remedy="leave `team` out"
                )
            seen = replace(seen, team=team)
        return Asked(scope, seen)

    def teams(self, principal: Principal) -> tuple[str, ...]:
        """Return the teams between which somebody may choose; none where they see only one."""
        if principal.team is not None:
            return ()
        with self._database.reading() as session:
            found = sorted(session.scalars(select(ConversationRow.team).distinct()))
        return tuple(found) if len(found) > 1 else ()

    def volumes(self, asked: Asked) -> Volumes:
        """Count conversations over time, by channel, queue and reason."""
        return self._kept(
            "volumes", asked,
            lambda: count_volumes(
                self._database, asked.scope, asked.visibility, self.names,
                time_zone=self.settings.time_zone,
            ),
        )  # fmt: skip

    def mood(self, asked: Asked) -> Mood:
        """Tell how customers felt, reason by reason."""
        return self._kept(
            "mood", asked,
            lambda: count_mood(
                self._database, asked.scope, asked.visibility, self.names,
                least=self.settings.min_group,
            ),
        )  # fmt: skip

    def kpis(self, asked: Asked) -> Kpis:
        """Compute the KPIs."""
        return self._kept("kpis", asked, lambda: self._kpis(asked))

    def quality(self, asked: Asked) -> Quality:
        """Summarise quality by question."""
        return self._kept("quality", asked, lambda: self._quality(asked))

    def health(self, asked: Asked) -> Health:
        """Look at the service itself."""
        return self._kept(
            "health", asked,
            lambda: health_of(
                self._service, asked.visibility, self._counted(asked), self._clock()
            ),
        )  # fmt: skip

    def behind(self, asked: Asked, figure: str) -> BehindFigure:
        """List the conversations behind a figure.

        Raises:
            NotFound: There is no such figure.
        """
        for one in DIMENSIONS:
            if figure == f"without:{one}":  # also of those that wait for their analysis
                condition = chosen(self._database, asked.scope, asked.visibility)
                return without_value(self._database, condition, one)
        return behind_figure(figure, self._counted(asked), self.settings)

    def topics(self, asked: Asked, *, anew: bool = False) -> Made[Topics]:
        """Return the topics of a period as they were computed last."""
        return self._reports.get("topics", _audience(asked), Topics, anew=anew)

    def gaps(self, asked: Asked, *, anew: bool = False) -> Made[Gaps]:
        """Return the gaps of a period as they were computed last."""
        return self._reports.get("gaps", _audience(asked), Gaps, anew=anew)

    def forecast(self, asked: Asked, *, anew: bool = False) -> Made[ForecastShown]:
        """Return the forecast as it was computed last; it is of the days to come, always."""
        audience = _audience(asked, dated=False)
        return self._reports.get("forecast", audience, ForecastShown, anew=anew)

    def catch_up(self, progress: Callable[[float], None] | None = None) -> None:
        """Take the facts of all conversations that were analysed and are not counted yet.

        A page waits only a moment for them and leaves the rest to a job; who has stored many
        conversations calls this, and the next page shows them all.

        Args:
            progress: Called with the share that is done.
        """
        self._counting.catch_up(progress=progress)
        self.forget()

    def forget(self) -> None:
        """Count everything anew when it is asked for next."""
        self._moments.forget()

    def job_kind(self) -> Kind:
        """Return the kind of job that computes what takes too long for a page."""
        return board_jobs(lambda: self._reports, lambda: self._makers)

    def conversations_of(self, audience: Audience) -> ColumnElement[bool]:
        """Return the condition under which a report of the background is made of a conversation."""
        about = audience.about
        if about.first is not None:
            scope = about.scope(self.settings.zone, self.today())
            return chosen(self._database, scope, audience.visibility)
        filters = Filters(channel=about.channel, queue=about.queue, reason=about.reason)
        return and_(seen_by(audience.visibility), matching(filters, self._database.kind))

    @property
    def _database(self) -> Database:
        return self._service.store.database

    @property
    def _reports(self) -> Reports:
        return Reports(self._database, self._service.jobs, clock=self._clock)

    @property
    def _counting(self) -> Counting:
        with self._making:
            if self._facts is None:
                self._facts = Counting(self._database, lambda: self.settings.zone)
            return self._facts

    @property
    def _makers(self) -> dict[str, Maker]:
        resources = self._service.resources
        return {
            FACTS: lambda _seen, progress: Missing(
                pending=self._counting.catch_up(progress=progress)
            ),
            "topics": lambda who, progress: find_board_topics(
                resources, self.conversations_of(who), progress, label=self.names.label
            ),
            "gaps": lambda who, _progress: find_board_gaps(
                resources, who.visibility, self.conversations_of(who)
            ),
            "forecast": lambda who, progress: forecast_board(
                self._database, self.conversations_of(who), self.settings, self.names, progress
            ),
        }

    def _kept(self, what: str, asked: Asked, compute: Callable[[], Value]) -> Value:
        return self._moments.get((what, asked), compute)

    def _counted(self, asked: Asked) -> CountedAll:
        """Return the conversations with their facts; what is missing is asked for."""

        def read() -> CountedAll:
            if self._counting.catch_up(seconds=CATCH_UP_S):
                self._reports.ask(FACTS, Audience(EVERYTHING))
            return self._counting.read(chosen(self._database, asked.scope, asked.visibility))

        return self._kept("counted", asked, read)

    def _kpis(self, asked: Asked) -> Kpis:
        before = replace(asked, scope=asked.scope.before)
        now, earlier = self._counted(asked), self._counted(before)
        return Kpis(
            sections=kpi_sections(
                now.found, earlier.found, self.settings, self._bots(asked), self._bots(before)
            ),
            counted=len(now.found),
            pending=now.pending,
            left_out=len(now.other_shape),
            currency=self.settings.currency,
        )

    def _bots(self, asked: Asked) -> Table[BotSession] | None:
        """Return the sessions with the bot, where nothing narrows the board that they lack."""
        scope, seen = asked.scope, asked.visibility
        if scope.channel or scope.queue or scope.reason or seen.sampled_only:
            return None
        query = select(BotSessionRow.document).where(
            BotSessionRow.created_at >= scope.since, BotSessionRow.created_at < scope.until
        )
        if seen.team is not None:
            query = query.where(BotSessionRow.team == seen.team)
        with self._database.reading() as session:
            sessions = [Session.model_validate_json(one) for one in session.scalars(query)]
        ended = [found for one in sessions if (found := bot_session_of(one)) is not None]
        if not sessions:
            return None
        facts = SourceFacts(
            kind="bot_log", name="stored bot sessions", rows=len(sessions), used=len(ended),
            columns={name: name for name in BOT_FIELDS},
        )  # fmt: skip
        return Table(tuple(ended), facts)

    def _quality(self, asked: Asked) -> Quality:
        cards = self._service.resources.cards
        events = self._events(asked.visibility.team)
        return Quality(cards=card_qualities(self._counted(asked).found, cards, events))

    def _events(self, team: str | None) -> list[AnyEvent]:
        """Return what people did in reviews, of one team or of all."""

        def read() -> list[AnyEvent]:
            teams = [team]
            if team is None:
                with self._database.reading() as session:
                    teams = list(session.scalars(select(ReviewEventRow.team).distinct()))
            return [
                event
                for one in sorted(name for name in teams if name is not None)
                for event in SqlEventLog(self._database, one).events()
            ]

        return self._moments.get(("events", team), read)


def _audience(asked: Asked, *, dated: bool = True) -> Audience:
    return Audience(asked.visibility, Narrowing.of(asked.scope, dated=dated))
