"""The asynchronous client of the service."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

import anyio
import httpx

from serving.client import calls
from serving.client.calls import Call, Sent
from serving.client.retrying import RetryPolicy
from serving.client.sending import (
    DEFAULT_URL,
    Attempts,
    Patience,
    check_outcome,
    client_options,
    unreachable,
    value_of,
)
from serving.client.values import (
    Accepted,
    Answer,
    BotReply,
    BotSession,
    ConsentEntry,
    Conversation,
    Delivery,
    Evaluations,
    FoundConversation,
    FoundPassage,
    Job,
    Page,
    QueuedReview,
    Removal,
    ReviewOutcome,
    Value,
    Webhook,
)

T = TypeVar("T")
V = TypeVar("V", bound=Value)


class AsyncEntenduClient:
    """Talks to a service without blocking; :class:`EntenduClient` for programs that use asyncio.

    What the service refuses is raised as the error that it raised there
    (:mod:`conversation.errors`); what it cannot do just now is asked again after a while.

    Args:
        url: Of the service.
        key: Of the caller; None: none is shown.
        timeout_s: Seconds to wait for the service to go on.
        retries: When a request is sent again.
        transport: Of httpx, in place of the network.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        key: str | None = None,
        *,
        timeout_s: float = 60.0,
        retries: RetryPolicy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        options: Any = client_options(url, key, timeout_s)
        self._client = httpx.AsyncClient(**options, transport=transport)
        self._retries = retries or RetryPolicy()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        """Use it in an ``async with``."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.close()

    # Conversations

    async def send(
        self,
        what: Path | str | Mapping[str, object],
        *,
        progress: Sent | None = None,
        idempotency_key: str | None = None,
        **metadata: object,
    ) -> Accepted:
        """Send a conversation; sent twice because an answer was lost, it is stored once.

        Args:
            what: Path of a recording, vCon, chat or e-mail, which is sent in pieces; or a
                conversation as JSON (``{"messages": […]}``).
            progress: Called with the bytes of the file that were sent and all of them.
            idempotency_key: Names the request; None: a new one.
            metadata: ``customer_key``, ``agent_key``, ``queue``, ``purpose``, …; see the
                service's documentation.
        """
        if isinstance(what, Mapping):
            return await self._do(calls.send_conversation(dict(what), metadata, idempotency_key))
        return await self._do(calls.send_file(Path(what), metadata, idempotency_key, progress))

    async def conversation(self, conversation_id: str, *, redacted: bool = True) -> Conversation:
        """Return a conversation and, once it is done, its analysis.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
        """
        return await self._do(calls.get_conversation(conversation_id, redacted=redacted))

    def conversations(self, **filters: object) -> AsyncIterator[Conversation]:
        """Go through conversations, newest first; pages are fetched as they are needed.

        Args:
            filters: ``status``, ``channel``, ``reason``, ``limit`` (of a page), …
        """
        return self._through(calls.list_conversations, filters)

    def search(
        self, query: str, *, by: str = "both", **filters: object
    ) -> AsyncIterator[FoundConversation]:
        """Go through the conversations in which something was said, the best first.

        Args:
            query: Words, or a sentence.
            by: ``words``, ``meaning`` or ``both``.
            filters: As of :meth:`conversations`.
        """
        return self._through(lambda more: calls.search_conversations(query, by, more), filters)

    async def export(
        self,
        conversation_id: str,
        *,
        format: str = "json",  # noqa: A002
        redacted: bool = True,
    ) -> bytes:
        """Export a conversation.

        Args:
            conversation_id: Which.
            format: ``json``, ``vcon``, ``srt``, ``vtt`` or ``txt``.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
        """
        return await self._do(calls.export_conversation(conversation_id, format, redacted=redacted))

    async def report(
        self, conversation_id: str, *, redacted: bool = True, language: str | None = None
    ) -> str:
        """Return the report that a person reads, as HTML.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
            language: Of the page's own words, ``fr`` or ``en``; None: that of the talk.
        """
        call = calls.report(conversation_id, redacted=redacted, language=language)
        return (await self._do(call)).decode()

    async def erase(self, conversation_id: str) -> None:
        """Erase a conversation."""
        await self._do(calls.erase_conversation(conversation_id))

    async def export_table(
        self,
        target: Path,
        *,
        what: str = "conversations",
        format: str = "csv",  # noqa: A002
        **filters: object,
    ) -> int:
        """Write a table of conversations or turns to a file, as it comes.

        Args:
            target: The file; it takes its name when it is whole.
            what: ``conversations`` or ``turns``.
            format: ``csv`` or ``parquet``.
            filters: As of :meth:`conversations`.

        Returns:
            Its size in bytes.
        """
        return await self._download(calls.export_table(what, format, filters), target)

    @overload
    async def wait_for(
        self, what: Accepted | Conversation | str, *, timeout_s: float = ...
    ) -> Conversation: ...

    @overload
    async def wait_for(self, what: Job, *, timeout_s: float = ...) -> Job: ...

    async def wait_for(
        self, what: Accepted | Conversation | Job | str, *, timeout_s: float = 3600.0
    ) -> Conversation | Job:
        """Wait until a conversation or a job is done.

        Args:
            what: What was sent, or the id of a conversation.
            timeout_s: Seconds to wait at most.

        Returns:
            The conversation with its analysis, or the job.

        Raises:
            EntenduError: It failed; the error says why.
            Conflict: It is not done in time, or was cancelled.
        """
        patience = Patience(timeout_s)
        one = what if isinstance(what, str) else what.id
        if isinstance(what, Job):
            job = await self.job(one)
            while not job.is_final:
                await anyio.sleep(patience.pause_s(job))
                job = await self.job(one)
            return check_outcome(job)
        conversation = await self.conversation(one)
        while not conversation.is_final:
            await anyio.sleep(patience.pause_s(conversation))
            conversation = await self.conversation(one)
        return check_outcome(conversation)

    # Jobs

    async def job(self, job_id: str) -> Job:
        """Return a job."""
        return await self._do(calls.get_job(job_id))

    def jobs(self, **filters: object) -> AsyncIterator[Job]:
        """Go through jobs, newest first.

        Args:
            filters: ``state``, ``conversation_id``, ``limit`` (of a page).
        """
        return self._through(calls.list_jobs, filters)

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job."""
        return await self._do(calls.cancel_job(job_id))

    async def retry(self, job_id: str) -> Job:
        """Try a job again that ended without a result."""
        return await self._do(calls.retry_job(job_id))

    # Knowledge

    async def ask(self, question: str, **options: object) -> Answer:
        """Ask the knowledge base.

        Args:
            question: As a customer would ask it.
            options: ``context``, ``channel``, ``filters``.
        """
        return await self._do(calls.ask(question, options))

    async def search_knowledge(self, query: str, *, limit: int = 10) -> list[FoundPassage]:
        """Return the passages of the knowledge base that fit a query best."""
        return await self._do(calls.search_knowledge(query, limit))

    # Bot

    async def open_bot(self, **options: object) -> BotSession:
        """Open a session with the bot.

        Args:
            options: ``channel``, ``language``, ``customer``.
        """
        return await self._do(calls.open_bot_session(options))

    async def say(self, session_id: str, text: str, *, event_id: str | None = None) -> BotReply:
        """Say something to the bot; under the same event id it is heard once."""
        return await self._do(calls.say_to_bot(session_id, text, event_id or uuid.uuid4().hex))

    async def close_bot(self, session_id: str) -> BotSession:
        """Close a session with the bot."""
        return await self._do(calls.close_bot_session(session_id))

    # Reviews

    def reviews(self, **filters: object) -> AsyncIterator[QueuedReview]:
        """Go through what is to be reviewed, what is due first at the top.

        Args:
            filters: ``whose`` (``mine``, ``free``, ``all``), ``state`` (``open``, ``done``,
                ``any``), ``channel``, ``limit`` (of a page).
        """
        return self._through(calls.list_reviews, filters)

    async def evaluations(self, conversation_id: str, *, redacted: bool = True) -> Evaluations:
        """Return the evaluations of a conversation, with what people decided.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
        """
        return await self._do(calls.evaluations(conversation_id, redacted=redacted))

    async def review(
        self, conversation_id: str, event: Mapping[str, object], **options: object
    ) -> ReviewOutcome:
        """Add an event to a review: confirm, correct, comment, contest, settle.

        Args:
            conversation_id: Of what.
            event: As the service's documentation says.
            options: ``id``, ``scorecard``, ``version``, ``expected_events``.
        """
        return await self._do(calls.review(conversation_id, event, options))

    # Privacy

    async def record_consent(
        self,
        kind: str,
        *,
        customer_key: str | None = None,
        conversation_id: str | None = None,
        reference: str | None = None,
        at: datetime | None = None,
    ) -> ConsentEntry:
        """Record a notice, an objection, a consent, its withdrawal, or a contract."""
        moment = None if at is None else at.isoformat()
        body = {
            "kind": kind, "customer_key": customer_key, "conversation_id": conversation_id,
            "reference": reference, "at": moment,
        }  # fmt: skip
        return await self._do(calls.record_consent(body))

    async def erase_customer(self, customer_key: str, *, team: str | None = None) -> Removal:
        """Erase all that is stored of a customer, and return the receipt."""
        return await self._do(calls.erase_customer(customer_key, team))

    async def export_subject(
        self, customer_key: str, target: Path, *, team: str | None = None
    ) -> int:
        """Write what is stored of a customer to a ZIP; return its size in bytes."""
        return await self._download(calls.export_subject(customer_key, team), target)

    async def purge(self) -> Removal:
        """Remove what is past its time now, and return the proof."""
        return await self._do(calls.purge())

    # Webhooks

    async def create_webhook(self, url: str, *kinds: str) -> Webhook:
        """Make a webhook; its secret is in this answer only."""
        return await self._do(calls.create_webhook(url, kinds))

    def webhooks(self, **filters: object) -> AsyncIterator[Webhook]:
        """Go through webhooks, newest first."""
        return self._through(calls.list_webhooks, filters)

    async def change_webhook(self, webhook_id: str, **change: object) -> Webhook:
        """Change a webhook's ``url``, ``kinds`` or ``enabled``."""
        return await self._do(calls.change_webhook(webhook_id, change))

    async def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook."""
        await self._do(calls.delete_webhook(webhook_id))

    async def test_webhook(self, webhook_id: str) -> Delivery:
        """Send a message of kind ``webhook.test``, and return how it went."""
        return await self._do(calls.test_webhook(webhook_id))

    # Anything else

    async def call(self, method: str, path: str, *, body: object = None, **query: object) -> Any:  # noqa: ANN401 - what a route says of its answer is its own
        """Call a route that has no method here; it answers with JSON."""
        return await self._do(calls.anything(method, path, query, body))

    async def _through(
        self,
        page: Callable[[Mapping[str, object]], Call[Page[V]]],
        filters: Mapping[str, object],
    ) -> AsyncIterator[V]:
        cursor: str | None = None
        while True:
            got = await self._do(page({**filters, "cursor": cursor}))
            for one in got.data:
                yield one
            cursor = got.next_cursor
            if cursor is None:
                return

    async def _do(self, call: Call[T]) -> T:
        attempts = Attempts(call, self._retries)
        while True:
            request, file = attempts.request(self._client)
            outcome: httpx.Response | httpx.TransportError
            try:
                outcome = await self._client.send(request)
            except httpx.TransportError as error:
                outcome = error
            finally:
                if file is not None:
                    file.close()
            if isinstance(outcome, httpx.Response) and outcome.is_success:
                return value_of(call, outcome)
            wait_s = attempts.wait_s(outcome)
            if wait_s is None:
                if isinstance(outcome, httpx.Response):
                    return value_of(call, outcome)
                raise unreachable(outcome) from outcome
            await anyio.sleep(wait_s)

    async def _download(self, call: Call[bytes], target: Path) -> int:
        partial = target.with_name(f".{target.name}.partial")
        try:
            async with self._client.stream(call.method, call.path, params=call.params) as answer:
                if not answer.is_success:
                    await answer.aread()
                    value_of(call, answer)
                with partial.open("wb") as file:
                    async for piece in answer.aiter_bytes():
                        file.write(piece)
            partial.replace(target)
        except httpx.TransportError as error:
            raise unreachable(error) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        return target.stat().st_size
