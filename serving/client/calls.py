"""Every request that the client knows, once for the synchronous and the asynchronous client."""

from __future__ import annotations

import json
import mimetypes
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import SEEK_END, SEEK_SET
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar
from urllib.parse import quote

from conversation.errors import BadInput, NotFound
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
    Webhook,
)

T = TypeVar("T")
Sent = Callable[[int, int], None]
"""Called with the bytes that were sent and all of them."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request and how its answer is read.

    Attributes:
        method: Of HTTP.
        path: On the service.
        read: Makes a value of the answer's bytes.
        query: Parameters; those that are None are left out.
        body: Sent as JSON; None: none.
        upload: Sent as a form instead.
        key: Idempotency key; None: none.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = None
    upload: Upload | None = None
    key: str | None = None

    @property
    def params(self) -> dict[str, str]:
        """The query as text."""
        return {name: _text(value) for name, value in self.query.items() if value is not None}


@dataclass(frozen=True)
class Upload:
    """A file to be sent in pieces, and what is said about it.

    Attributes:
        path: The file.
        fields: Parts of the form besides it.
        progress: Called with the bytes that were sent and all of them.
    """

    path: Path
    fields: Mapping[str, str]
    progress: Sent | None = None

    def open(self) -> CountedFile:
        """Open the file.

        Raises:
            NotFound: It is not there.
        """
        try:
            return CountedFile(self.path.open("rb"), self.progress)
        except OSError as error:
            raise NotFound(f"{self.path}: {error.strerror}", remedy="check the path") from error

    @property
    def media_type(self) -> str:
        """Of the file, by its name."""
        return mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"


class CountedFile:
    """A file that tells how much of it was read.

    Args:
        file: Closed with this one.
        progress: Called with the bytes that were read and all of them.
    """

    def __init__(self, file: BinaryIO, progress: Sent | None) -> None:
        self._file = file
        self._progress = progress
        self._size = file.seek(0, SEEK_END)
        file.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Read a piece."""
        piece = self._file.read(size)
        if self._progress is not None:
            self._progress(self._file.tell(), self._size)
        return piece

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Tell the place."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _nothing(_body: bytes) -> None:
    return None


def _bytes(body: bytes) -> bytes:
    return body


def _json(body: bytes) -> Any:  # noqa: ANN401 - what a route says of its answer is its own
    return json.loads(body)


# Conversations


def send_file(
    path: Path, metadata: Mapping[str, object], key: str | None, progress: Sent | None
) -> Call[Accepted]:
    """Send a recording, vCon, chat or e-mail."""
    given = {name: value for name, value in metadata.items() if value is not None}
    fields = {"metadata": json.dumps(given)} if given else {}
    return Call(
        "POST", "/v1/conversations", Accepted.model_validate_json,
        upload=Upload(path, fields, progress), key=key or uuid.uuid4().hex,
    )  # fmt: skip


def send_conversation(
    conversation: object, metadata: Mapping[str, object], key: str | None
) -> Call[Accepted]:
    """Send a conversation as JSON."""
    given = {name: value for name, value in metadata.items() if value is not None}
    return Call(
        "POST", "/v1/conversations", Accepted.model_validate_json,
        body={"conversation": conversation, "metadata": given}, key=key or uuid.uuid4().hex,
    )  # fmt: skip


def get_conversation(conversation_id: str, *, redacted: bool) -> Call[Conversation]:
    """Get a conversation."""
    return Call(
        "GET", _of(conversation_id), Conversation.model_validate_json, query=_unless(redacted)
    )


def list_conversations(filters: Mapping[str, object]) -> Call[Page[Conversation]]:
    """List conversations."""
    return Call("GET", "/v1/conversations", Page[Conversation].model_validate_json, query=filters)


def search_conversations(
    query: str, by: str, filters: Mapping[str, object]
) -> Call[Page[FoundConversation]]:
    """Search what was said."""
    return Call(
        "GET", "/v1/conversations/search", Page[FoundConversation].model_validate_json,
        query={"q": query, "by": by} | dict(filters),
    )  # fmt: skip


def export_conversation(conversation_id: str, format_name: str, *, redacted: bool) -> Call[bytes]:
    """Export a conversation."""
    query = {"format": format_name} | _unless(redacted)
    return Call("GET", f"{_of(conversation_id)}/export", _bytes, query=query)


def report(conversation_id: str, *, redacted: bool, language: str | None) -> Call[bytes]:
    """Get the report as HTML."""
    query = {"lang": language} | _unless(redacted)
    return Call("GET", f"{_of(conversation_id)}/report", _bytes, query=query)


def erase_conversation(conversation_id: str) -> Call[None]:
    """Erase a conversation."""
    return Call("DELETE", _of(conversation_id), _nothing)


def export_table(what: str, format_name: str, filters: Mapping[str, object]) -> Call[bytes]:
    """Export conversations or turns as a table."""
    if what not in ("conversations", "turns") or format_name not in ("csv", "parquet"):
        raise BadInput(
            f"no table {what}.{format_name}",
            remedy="ask for conversations or turns, as csv or parquet",
        )
    return Call("GET", f"/v1/exports/{what}.{format_name}", _bytes, query=filters)


# Jobs


def get_job(job_id: str) -> Call[Job]:
    """Get a job."""
    return Call("GET", f"/v1/jobs/{_part(job_id)}", Job.model_validate_json)


def list_jobs(filters: Mapping[str, object]) -> Call[Page[Job]]:
    """List jobs."""
    return Call("GET", "/v1/jobs", Page[Job].model_validate_json, query=filters)


def cancel_job(job_id: str) -> Call[Job]:
    """Cancel a job."""
    return Call("POST", f"/v1/jobs/{_part(job_id)}/cancel", Job.model_validate_json)


def retry_job(job_id: str) -> Call[Job]:
    """Try a job again."""
    return Call("POST", f"/v1/jobs/{_part(job_id)}/retry", Job.model_validate_json)


# Knowledge, bot, reviews


def ask(question: str, options: Mapping[str, object]) -> Call[Answer]:
    """Ask the knowledge base."""
    return Call(
        "POST", "/v1/knowledge/ask", Answer.model_validate_json,
        body={"question": question, **options},
    )  # fmt: skip


def search_knowledge(query: str, limit: int) -> Call[list[FoundPassage]]:
    """Search the knowledge base."""

    def read(body: bytes) -> list[FoundPassage]:
        return [FoundPassage.model_validate(hit) for hit in json.loads(body)["hits"]]

    return Call("POST", "/v1/knowledge/search", read, body={"query": query, "k": limit})


def open_bot_session(options: Mapping[str, object]) -> Call[BotSession]:
    """Open a session with the bot."""
    return Call("POST", "/v1/bot/sessions", BotSession.model_validate_json, body=dict(options))


def say_to_bot(session_id: str, text: str, event_id: str) -> Call[BotReply]:
    """Say something to the bot."""
    return Call(
        "POST", f"/v1/bot/sessions/{_part(session_id)}/messages", BotReply.model_validate_json,
        body={"id": event_id, "text": text},
    )  # fmt: skip


def close_bot_session(session_id: str) -> Call[BotSession]:
    """Close a session with the bot."""
    return Call(
        "POST", f"/v1/bot/sessions/{_part(session_id)}/close", BotSession.model_validate_json
    )


def list_reviews(filters: Mapping[str, object]) -> Call[Page[QueuedReview]]:
    """List what is to be reviewed."""
    return Call("GET", "/v1/reviews", Page[QueuedReview].model_validate_json, query=filters)


def evaluations(conversation_id: str, *, redacted: bool) -> Call[Evaluations]:
    """Get the evaluations of a conversation."""
    return Call(
        "GET", f"/v1/evaluations/{_part(conversation_id)}", Evaluations.model_validate_json,
        query=_unless(redacted),
    )  # fmt: skip


def review(
    conversation_id: str, event: Mapping[str, object], options: Mapping[str, object]
) -> Call[ReviewOutcome]:
    """Add an event to a review."""
    return Call(
        "POST", f"/v1/evaluations/{_part(conversation_id)}/events",
        ReviewOutcome.model_validate_json, body={"event": dict(event), **options},
    )  # fmt: skip


# Privacy


def record_consent(body: Mapping[str, object]) -> Call[ConsentEntry]:
    """Record a notice, objection or consent."""
    given = {name: value for name, value in body.items() if value is not None}
    return Call("POST", "/v1/consents", ConsentEntry.model_validate_json, body=given)


def erase_customer(customer_key: str, team: str | None) -> Call[Removal]:
    """Erase a customer."""
    body = {"customer_key": customer_key} | ({} if team is None else {"team": team})
    return Call("POST", "/v1/privacy/erasures", Removal.model_validate_json, body=body)


def export_subject(customer_key: str, team: str | None) -> Call[bytes]:
    """Export what is stored of a customer."""
    return Call("GET", f"/v1/privacy/subjects/{_part(customer_key)}", _bytes, query={"team": team})


def purge() -> Call[Removal]:
    """Purge now."""
    return Call("POST", "/v1/privacy/purges", Removal.model_validate_json)


# Webhooks


def create_webhook(url: str, kinds: tuple[str, ...]) -> Call[Webhook]:
    """Make a webhook."""
    return Call(
        "POST", "/v1/webhooks", Webhook.model_validate_json, body={"url": url, "kinds": kinds}
    )


def list_webhooks(filters: Mapping[str, object]) -> Call[Page[Webhook]]:
    """List webhooks."""
    return Call("GET", "/v1/webhooks", Page[Webhook].model_validate_json, query=filters)


def change_webhook(webhook_id: str, change: Mapping[str, object]) -> Call[Webhook]:
    """Change a webhook."""
    return Call(
        "PATCH", f"/v1/webhooks/{_part(webhook_id)}", Webhook.model_validate_json,
        body=dict(change),
    )  # fmt: skip


def delete_webhook(webhook_id: str) -> Call[None]:
    """Delete a webhook."""
    return Call("DELETE", f"/v1/webhooks/{_part(webhook_id)}", _nothing)


def test_webhook(webhook_id: str) -> Call[Delivery]:
    """Try a webhook."""
    return Call("POST", f"/v1/webhooks/{_part(webhook_id)}/test", Delivery.model_validate_json)


def anything(method: str, path: str, query: Mapping[str, object], body: object) -> Call[Any]:
    """Call any other route that answers with JSON."""
    return Call(method.upper(), path, _json, query=query, body=body)


def _unless(redacted: bool) -> dict[str, object]:
    """Ask for the original; redacted is what the service gives by itself."""
    return {} if redacted else {"redacted": False}


def _of(conversation_id: str) -> str:
    return f"/v1/conversations/{_part(conversation_id)}"


def _part(text: str) -> str:
    if text in ("", ".", ".."):
        raise BadInput(f"{text!r} is no id", remedy="give the id that the service gave")
    return quote(text, safe="")
