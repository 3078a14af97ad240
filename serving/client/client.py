"""The client of the service."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, overload

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


class EntenduClient:
    """Talks to a service.

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
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        options: Any = client_options(url, key, timeout_s)
        self._client = httpx.Client(**options, transport=transport)
        self._retries = retries or RetryPolicy()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Self:
        """Use it in a ``with``."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    # Conversations

    def send(
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
            return self._do(calls.send_conversation(dict(what), metadata, idempotency_key))
        return self._do(calls.send_file(Path(what), metadata, idempotency_key, progress))

    def conversation(self, conversation_id: str, *, redacted: bool = True) -> Conversation:
        """Return a conversation and, once it is done, its analysis.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
        """
        return self._do(calls.get_conversation(conversation_id, redacted=redacted))

    def conversations(self, **filters: object) -> Iterator[Conversation]:
        """Go through conversations, newest first; pages are fetched as they are needed.

        Args:
            filters: ``status``, ``channel``, ``reason``, ``limit`` (of a page), …
        """
        return self._through(calls.list_conversations, filters)

    def search(
        self, query: str, *, by: str = "both", **filters: object
    ) -> Iterator[FoundConversation]:
        """Go through the conversations in which something was said, the best first.

        Args:
            query: Words, or a sentence.
            by: ``words``, ``meaning`` or ``both``.
            filters: As of :meth:`conversations`.
        """
        return self._through(lambda more: calls.search_conversations(query, by, more), filters)

    def export(
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
        return self._do(calls.export_conversation(conversation_id, format, redacted=redacted))

    def report(
        self, conversation_id: str, *, redacted: bool = True, language: str | None = None
    ) -> str:
        """Return the report that a person reads, as HTML.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
            language: Of the page's own words, ``fr`` or ``en``; None: that of the talk.
        """
        call = calls.report(conversation_id, redacted=redacted, language=language)
        return self._do(call).decode()

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation."""
        self._do(calls.erase_conversation(conversation_id))

    def export_table(
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
        return self._download(calls.export_table(what, format, filters), target)

    @overload
    def wait_for(
        self, what: Accepted | Conversation | str, *, timeout_s: float = ...
    ) -> Conversation: ...

    @overload
    def wait_for(self, what: Job, *, timeout_s: float = ...) -> Job: ...

    def wait_for(
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
            job = self.job(one)
            while not job.is_final:
                time.sleep(patience.pause_s(job))
                job = self.job(one)
            return check_outcome(job)
        conversation = self.conversation(one)
        while not conversation.is_final:
            time.sleep(patience.pause_s(conversation))
            conversation = self.conversation(one)
        return check_outcome(conversation)

    # Jobs

    def job(self, job_id: str) -> Job:
        """Return a job."""
        return self._do(calls.get_job(job_id))

    def jobs(self, **filters: object) -> Iterator[Job]:
        """Go through jobs, newest first.

        Args:
            filters: ``state``, ``conversation_id``, ``limit`` (of a page).
        """
        return self._through(calls.list_jobs, filters)

    def cancel(self, job_id: str) -> Job:
        """Cancel a job."""
        return self._do(calls.cancel_job(job_id))

    def retry(self, job_id: str) -> Job:
        """Try a job again that ended without a result."""
        return self._do(calls.retry_job(job_id))

    # Knowledge

    def ask(self, question: str, **options: object) -> Answer:
        """Ask the knowledge base.

        Args:
            question: As a customer would ask it.
            options: ``context``, ``channel``, ``filters``.
        """
        return self._do(calls.ask(question, options))

    def search_knowledge(self, query: str, *, limit: int = 10) -> list[FoundPassage]:
        """Return the passages of the knowledge base that fit a query best."""
        return self._do(calls.search_knowledge(query, limit))

    # Bot

    def open_bot(self, **options: object) -> BotSession:
        """Open a session with the bot.

        Args:
            options: ``channel``, ``language``, ``customer``.
        """
        return self._do(calls.open_bot_session(options))

    def say(self, session_id: str, text: str, *, event_id: str | None = None) -> BotReply:
        """Say something to the bot; under the same event id it is heard once."""
        return self._do(calls.say_to_bot(session_id, text, event_id or uuid.uuid4().hex))

    def close_bot(self, session_id: str) -> BotSession:
        """Close a session with the bot."""
        return self._do(calls.close_bot_session(session_id))

    # Reviews

    def reviews(self, **filters: object) -> Iterator[QueuedReview]:
        """Go through what is to be reviewed, what is due first at the top.

        Args:
            filters: ``whose`` (``mine``, ``free``, ``all``), ``state`` (``open``, ``done``,
                ``any``), ``channel``, ``limit`` (of a page).
        """
        return self._through(calls.list_reviews, filters)

    def evaluations(self, conversation_id: str, *, redacted: bool = True) -> Evaluations:
        """Return the evaluations of a conversation, with what people decided.

        Args:
            conversation_id: Which.
            redacted: Without personal data; False needs ``conversations:unmask``, and is logged.
        """
        return self._do(calls.evaluations(conversation_id, redacted=redacted))

    def review(
        self, conversation_id: str, event: Mapping[str, object], **options: object
    ) -> ReviewOutcome:
        """Add an event to a review: confirm, correct, comment, contest, settle.

        Args:
            conversation_id: Of what.
            event: As the service's documentation says.
            options: ``id``, ``scorecard``, ``version``, ``expected_events``.
        """
        return self._do(calls.review(conversation_id, event, options))

    # Privacy

    def record_consent(
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
        return self._do(calls.record_consent(body))

    def erase_customer(self, customer_key: str, *, team: str | None = None) -> Removal:
        """Erase all that is stored of a customer, and return the receipt."""
        return self._do(calls.erase_customer(customer_key, team))

    def export_subject(self, customer_key: str, target: Path, *, team: str | None = None) -> int:
        """Write what is stored of a customer to a ZIP; return its size in bytes."""
        return self._download(calls.export_subject(customer_key, team), target)

    def purge(self) -> Removal:
        """Remove what is past its time now, and return the proof."""
        return self._do(calls.purge())

    # Webhooks

    def create_webhook(self, url: str, *kinds: str) -> Webhook:
        """Make a webhook; its secret is in this answer only."""
        return self._do(calls.create_webhook(url, kinds))

    def webhooks(self, **filters: object) -> Iterator[Webhook]:
        """Go through webhooks, newest first."""
        return self._through(calls.list_webhooks, filters)

    def change_webhook(self, webhook_id: str, **change: object) -> Webhook:
        """Change a webhook's ``url``, ``kinds`` or ``enabled``."""
        return self._do(calls.change_webhook(webhook_id, change))

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook."""
        self._do(calls.delete_webhook(webhook_id))

    def test_webhook(self, webhook_id: str) -> Delivery:
        """Send a message of kind ``webhook.test``, and return how it went."""
        return self._do(calls.test_webhook(webhook_id))

    # Anything else

    def call(self, method: str, path: str, *, body: object = None, **query: object) -> Any:  # noqa: ANN401 - what a route says of its answer is its own
        """Call a route that has no method here; it answers with JSON."""
        return self._do(calls.anything(method, path, query, body))

    def _through(
        self,
        page: Callable[[Mapping[str, object]], Call[Page[V]]],
        filters: Mapping[str, object],
    ) -> Iterator[V]:
        cursor: str | None = None
        while True:
            got = self._do(page({**filters, "cursor": cursor}))
            yield from got.data
            cursor = got.next_cursor
            if cursor is None:
                return

    def _do(self, call: Call[T]) -> T:
        attempts = Attempts(call, self._retries)
        while True:
            request, file = attempts.request(self._client)
            outcome: httpx.Response | httpx.TransportError
            try:
                outcome = self._client.send(request)
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
            time.sleep(wait_s)

    def _download(self, call: Call[bytes], target: Path) -> int:
        partial = target.with_name(f".{target.name}.partial")
        try:
            with self._client.stream(call.method, call.path, params=call.params) as answer:
                if not answer.is_success:
                    answer.read()
                    value_of(call, answer)
                with partial.open("wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
            partial.replace(target)
        except httpx.TransportError as error:
            raise unreachable(error) from error
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
        return target.stat().st_size
