"""The addresses that are told of what happens: made, changed, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import delete, literal, select, tuple_
from sqlalchemy.orm import Session

from conversation.errors import BadInput, NotFound
from serving.access.cursors import cursor_at, position_of
from serving.privacy.installation_key import InstallationKey
from serving.store.database import Database
from serving.store.tables import DEFAULT_TEAM, UtcDateTime, WebhookDeliveryRow, WebhookRow
from serving.webhooks.addresses import AddressGuard
from serving.webhooks.sending import check_url
from serving.webhooks.signing import new_secret
from serving.webhooks.values import EVENT_KINDS, Webhook

MAX_WEBHOOKS = 50


class WebhookRegistry:
    """The addresses that are told.

    Args:
        database: The store's.
        key: Encrypts the secrets.
        guard: Says which addresses may be called.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        key: InstallationKey,
        *,
        guard: AddressGuard,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._key = key
        self._guard = guard
        self._clock = clock

    def create(
        self, url: str, kinds: tuple[str, ...] = (), *, team: str = DEFAULT_TEAM, by: str
    ) -> tuple[Webhook, str]:
        """Make a webhook.

        Args:
            url: Where to.
            kinds: Kinds of events; empty: all.
            team: Whose events it is told of.
            by: Id of the key that asks.

        Returns:
            The webhook and its secret, which is not shown again.

        Raises:
            BadInput: The address or a kind is none, or there are too many webhooks.
        """
        _check_kinds(kinds)
        check_url(url, self._guard)
        secret = new_secret()
        row = WebhookRow(
            id=uuid.uuid4().hex,
            team=team,
            url=url,
            kinds=sorted(set(kinds)),
            secret=self._key.seal(secret),
            enabled=True,
            disabled_reason=None,
            created_at=self._clock(),
            created_by=by,
        )
        with self._database.writing() as session:
            there = session.scalars(select(WebhookRow.id).where(WebhookRow.team == team)).all()
            if len(there) >= MAX_WEBHOOKS:
                raise BadInput(
                    f"there are {len(there)} webhooks, which is the most",
                    remedy="delete one that is not needed",
                )
            session.add(row)
            session.flush()
            return _webhook(row), secret

    def page(
        self, *, team: str | None, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Webhook, ...], str | None]:
        """List webhooks, newest first.

        Args:
            team: Whose; None: every team's.
            limit: Most to return.
            cursor: Where to begin; None: with the newest.

        Returns:
            The webhooks, and the cursor of the next page or None.

        Raises:
            BadInput: The cursor is none of ours.
        """
        asked = select(WebhookRow).order_by(WebhookRow.created_at.desc(), WebhookRow.id.desc())
        if team is not None:
            asked = asked.where(WebhookRow.team == team)
        if cursor is not None:
            created_at, last_id = position_of(cursor)
            asked = asked.where(
                tuple_(WebhookRow.created_at, WebhookRow.id)
                < tuple_(literal(created_at, UtcDateTime), literal(last_id))
            )
        with self._database.reading() as session:
            rows = session.scalars(asked.limit(limit + 1)).all()
            found = tuple(_webhook(row) for row in rows[:limit])
        more = len(rows) > limit
        return found, cursor_at(found[-1].created_at, found[-1].id) if more else None

    def get(self, webhook_id: str, *, team: str | None) -> Webhook:
        """Return a webhook.

        Raises:
            NotFound: The team has none with this id.
        """
        with self._database.reading() as session:
            return _webhook(existing(session, webhook_id, team))

    def change(
        self,
        webhook_id: str,
        *,
        team: str | None,
        url: str | None = None,
        kinds: tuple[str, ...] | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change a webhook; what is None stays.

        Raises:
            NotFound: The team has none with this id.
            BadInput: The address or a kind is none.
        """
        if kinds is not None:
            _check_kinds(kinds)
        if url is not None:
            check_url(url, self._guard)
        with self._database.writing() as session:
            row = existing(session, webhook_id, team)
            if url is not None:
                row.url = url
            if kinds is not None:
                row.kinds = sorted(set(kinds))
            if enabled is not None:
                row.enabled = enabled
                row.disabled_reason = None if enabled else "asked"
            session.flush()
            return _webhook(row)

    def renew_secret(self, webhook_id: str, *, team: str | None) -> str:
        """Give a webhook a new secret, which is not shown again.

        Raises:
            NotFound: The team has none with this id.
        """
        secret = new_secret()
        with self._database.writing() as session:
            existing(session, webhook_id, team).secret = self._key.seal(secret)
        return secret

    def remove(self, webhook_id: str, *, team: str | None) -> None:
        """Delete a webhook and the log of its deliveries.

        Raises:
            NotFound: The team has none with this id.
        """
        with self._database.writing() as session:
            row = existing(session, webhook_id, team)
            session.execute(
                delete(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == row.id)
            )
            session.delete(row)


def existing(session: Session, webhook_id: str, team: str | None) -> WebhookRow:
    """Return the row of a webhook.

    Raises:
        NotFound: The team has none with this id.
    """
    row = session.get(WebhookRow, webhook_id)
    if row is None or (team is not None and row.team != team):
        raise NotFound(f"no webhook {webhook_id[:64]!r}", remedy="GET /v1/webhooks lists them")
    return row


def _check_kinds(kinds: tuple[str, ...]) -> None:
    unknown = sorted(set(kinds) - EVENT_KINDS.keys())
    if unknown:
        raise BadInput(
            f"no event of kind {unknown[0][:64]!r}", remedy=f"use {', '.join(EVENT_KINDS)}"
        )


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        team=row.team,
        url=row.url,
        kinds=tuple(row.kinds),
        enabled=row.enabled,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
    )
