"""Messages to webhooks: put down when something happens, tried until they are taken."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, literal, select, true, tuple_

from conversation.errors import NotFound
from serving.access.cursors import cursor_at, position_of
from serving.operation import metrics
from serving.privacy.installation_key import InstallationKey
from serving.store.database import Database
from serving.store.tables import DEFAULT_TEAM, UtcDateTime, WebhookDeliveryRow, WebhookRow
from serving.webhooks.addresses import AddressGuard
from serving.webhooks.registry import WebhookRegistry, existing
from serving.webhooks.sending import Attempt, send
from serving.webhooks.values import Delivery, DeliveryState

# As Standard Webhooks proposes: ten attempts over three days.
RETRY_AFTER_S = (
    5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600,
)  # fmt: skip
MAX_WAIT_S = 24 * 3600.0
LEASE_MARGIN_S = 30.0


class Webhooks(WebhookRegistry):
    """The addresses that are told, and what they were told.

    Args:
        database: The store's.
        key: Encrypts the secrets.
        guard: Says which addresses may be called.
        timeout_s: After how many seconds an answer is not waited for.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        key: InstallationKey,
        *,
        guard: AddressGuard,
        timeout_s: float = 20.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(database, key, guard=guard, clock=clock)
        self._timeout_s = timeout_s
        self._on_queued: Callable[[], None] = lambda: None

    def wake(self, on_queued: Callable[[], None]) -> None:
        """Take what is called when there is something new to deliver."""
        self._on_queued = on_queued

    def publish(
        self,
        kind: str,
        data: dict[str, object],
        *,
        team: str = DEFAULT_TEAM,
        key: str | None = None,
    ) -> None:
        """Tell every webhook of a team that something happened.

        Args:
            kind: One of ``EVENT_KINDS``.
            data: Ids and codes, no personal data: it leaves the house.
            team: Whose event it is.
            key: What makes the event the same when it is told twice; None: each is a new one.
        """
        with self._database.reading() as session:
            asked = select(WebhookRow).where(WebhookRow.team == team, WebhookRow.enabled)
            targets = [
                row.id for row in session.scalars(asked) if not row.kinds or kind in row.kinds
            ]
        for webhook_id in targets:
            self._add(webhook_id, kind, data, key=key)
        if targets:
            self._on_queued()

    def test(self, webhook_id: str, *, team: str | None) -> Delivery:
        """Send a message of kind ``webhook.test`` at once, and tell how it went.

        Raises:
            NotFound: The team has none with this id.
        """
        self.get(webhook_id, team=team)
        delivery_id = self._add(
            webhook_id, "webhook.test", {"webhook_id": webhook_id}, key=None, taken=True
        )
        if delivery_id is None:
            raise NotFound(f"no webhook {webhook_id[:64]!r}", remedy="GET /v1/webhooks lists them")
        self.attempt(delivery_id, last=True)
        with self._database.reading() as session:
            row = session.get(WebhookDeliveryRow, delivery_id)
            if row is None:
                raise NotFound("the webhook was deleted meanwhile", remedy="make it again")
            return _delivery(row)

    def deliveries(
        self, webhook_id: str, *, team: str | None, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Delivery, ...], str | None]:
        """List what a webhook was told, newest first, without the messages.

        Raises:
            NotFound: The team has none with this id.
            BadInput: The cursor is none of ours.
        """
        table = WebhookDeliveryRow
        with self._database.reading() as session:
            existing(session, webhook_id, team)
            asked = (
                select(table)
                .where(table.webhook_id == webhook_id)
                .order_by(table.created_at.desc(), table.id.desc())
            )
            if cursor is not None:
                created_at, last_id = position_of(cursor)
                asked = asked.where(
                    tuple_(table.created_at, table.id)
                    < tuple_(literal(created_at, UtcDateTime), literal(last_id))
                )
            rows = session.scalars(asked.limit(limit + 1)).all()
            found = tuple(_delivery(row) for row in rows[:limit])
        more = len(rows) > limit
        return found, cursor_at(found[-1].created_at, found[-1].id) if more else None

    def take_due(self, limit: int) -> tuple[str, ...]:
        """Take deliveries whose time has come; nobody else gets them for a while.

        Whoever takes one and is killed has it taken over when the while is over: a message may
        then arrive twice, under the same ``webhook-id``.

        Args:
            limit: Most to take.
        """
        now = self._clock()
        table = WebhookDeliveryRow
        with self._database.writing() as session:
            rows = session.scalars(
                select(table)
                .where(table.state == "pending", table.next_attempt_at <= now)
                .order_by(table.next_attempt_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.next_attempt_at = now + timedelta(seconds=self._timeout_s + LEASE_MARGIN_S)
            return tuple(row.id for row in rows)

    def next_due(self) -> datetime | None:
        """Return when the next delivery is to be tried; None where none waits."""
        with self._database.reading() as session:
            return session.scalar(
                select(WebhookDeliveryRow.next_attempt_at)
                .where(WebhookDeliveryRow.state == "pending")
                .order_by(WebhookDeliveryRow.next_attempt_at)
                .limit(1)
            )

    def attempt(self, delivery_id: str, *, last: bool = False) -> None:
        """Try to deliver a message that was taken, and say when to try again if it is not taken.

        Args:
            delivery_id: Which.
            last: Whether this is the only attempt.
        """
        with self._database.reading() as session:
            row = session.get(WebhookDeliveryRow, delivery_id)
            webhook = None if row is None else session.get(WebhookRow, row.webhook_id)
            if row is None or webhook is None or row.state != "pending":
                return
            attempts, body = row.attempts, row.body.encode()
            url, sealed = webhook.url, webhook.secret
            is_wanted = webhook.enabled or last
        if not is_wanted:
            self._note(delivery_id, attempts, Attempt(None, "disabled"), last=True)
            return
        made = send(
            url,
            secret=self._key.unseal(sealed),
            message_id=delivery_id,
            body=body,
            guard=self._guard,
            timeout_s=self._timeout_s,
        )
        self._note(delivery_id, attempts, made, last=last)

    def forget_old(self, before: datetime, *, team: str | None = None) -> int:
        """Delete the log of deliveries that are over and older than a moment; return how many.

        Args:
            before: The moment.
            team: Of whose webhooks; None: of every team's.
        """
        theirs = select(WebhookRow.id).where(WebhookRow.team == team)
        with self._database.writing() as session:
            gone = session.scalars(
                delete(WebhookDeliveryRow)
                .where(
                    WebhookDeliveryRow.state != "pending",
                    WebhookDeliveryRow.created_at < before,
                    true() if team is None else WebhookDeliveryRow.webhook_id.in_(theirs),
                )
                .returning(WebhookDeliveryRow.id)
            ).all()
        return len(gone)

    def _add(
        self,
        webhook_id: str,
        kind: str,
        data: dict[str, object],
        *,
        key: str | None,
        taken: bool = False,
    ) -> str | None:
        now = self._clock()
        free_from = now + timedelta(seconds=self._timeout_s + LEASE_MARGIN_S) if taken else now
        delivery_id = _delivery_id(webhook_id, kind, key)
        message = {
            "type": kind,
            "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "data": data,
        }
        about = data.get("conversation_id")
        with self._database.writing() as session:
            if session.get(WebhookDeliveryRow, delivery_id) is not None:
                return None
            if session.get(WebhookRow, webhook_id) is None:
                return None
            session.add(
                WebhookDeliveryRow(
                    id=delivery_id,
                    webhook_id=webhook_id,
                    kind=kind,
                    conversation_id=about if isinstance(about, str) else None,
                    body=json.dumps(message, separators=(",", ":"), ensure_ascii=False),
                    created_at=now,
                    state="pending",
                    attempts=0,
                    next_attempt_at=free_from,
                )
            )
        return delivery_id

    def _note(self, delivery_id: str, attempts: int, made: Attempt, *, last: bool) -> None:
        now = self._clock()
        with self._database.writing() as session:
            row = session.get(WebhookDeliveryRow, delivery_id, with_for_update=True)
            if row is None or row.state != "pending" or row.attempts != attempts:
                return
            row.attempts = attempts + 1
            row.last_attempt_at = now
            row.last_status, row.last_error = made.status, made.error
            row.next_attempt_at = None
            state = row.state = _state_after(made, attempts, last=last)
            if state == "pending":
                row.next_attempt_at = now + timedelta(seconds=_wait_s(made, attempts))
            webhook = session.get(WebhookRow, row.webhook_id)
            if webhook is not None and made.is_gone:
                webhook.enabled, webhook.disabled_reason = False, "gone"
        outcome = "retried" if state == "pending" else state
        metrics.WEBHOOK_DELIVERIES.labels(outcome=outcome).inc()


def _state_after(made: Attempt, attempts: int, *, last: bool) -> DeliveryState:
    if made.is_delivered:
        return "delivered"
    if made.is_gone or made.error == "disabled":
        return "disabled"
    # An address that the service may not call stays one; any other failure may pass.
    if made.is_refused or last or attempts >= len(RETRY_AFTER_S):
        return "failed"
    return "pending"


def _wait_s(made: Attempt, attempts: int) -> float:
    return min(max(float(RETRY_AFTER_S[attempts]), made.retry_after_s or 0.0), MAX_WAIT_S)


def _delivery_id(webhook_id: str, kind: str, key: str | None) -> str:
    if key is None:
        return f"msg_{uuid.uuid4().hex}"
    digest = hashlib.sha256(f"{webhook_id}\0{kind}\0{key}".encode()).hexdigest()
    return f"msg_{digest[:32]}"


def _delivery(row: WebhookDeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        kind=row.kind,
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        state=row.state,  # type: ignore[arg-type]
        attempts=row.attempts,
        last_attempt_at=row.last_attempt_at,
        last_status=row.last_status,
        last_error=row.last_error,
        next_attempt_at=row.next_attempt_at,
    )
