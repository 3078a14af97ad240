"""The parts of a stored analysis, as routes hand them out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from conversation import Conversation
from conversation.errors import Conflict
from conversation.vcon_values import mapping, moment
from serving.access.visibility import Visibility
from serving.redacting import redact_text

if TYPE_CHECKING:
    from nlu.redaction import Scrubber
    from serving.service import Service
    from serving.store import StoredConversation


@dataclass(frozen=True)
class Document:
    """A conversation that was analysed.

    Attributes:
        stored: Its row in the store.
        analysis: The :class:`serving.analysis.Analysis` as JSON; of an older version as it was.
        conversation: Who said what.
    """

    stored: StoredConversation
    analysis: dict[str, Any]
    conversation: Conversation

    @property
    def created_at(self) -> datetime:
        """When the analysis was made."""
        return moment(self.analysis.get("created_at")) or self.stored.created_at

    @property
    def version(self) -> str:
        """Of the Entendu that made it."""
        return str(self.analysis.get("entendu_version", "unknown"))

    def redacted(self) -> Document:
        """Return a copy without personal data, in what was said and in what was concluded.

        What was concluded is redacted with the placeholders of the turns; lists of personal data
        and of the values in entities are left out.
        """
        redacted = redact_text(self.conversation, language=self.conversation.language)
        scrubber = redacted.scrubber
        analysis = {
            name: _redacted_part(scrubber, value)
            for name, value in self.analysis.items()
            if name not in _LEFT_OUT
        }
        understanding = analysis.get("understanding")
        if isinstance(understanding, dict):
            for name in ("personal_data", "entities"):
                if name in understanding:
                    understanding[name] = []
        analysis["conversation"] = redacted.conversation.model_dump(mode="json")
        return Document(self.stored, analysis, redacted.conversation)


# Hashes and dates, in which a digit run would be taken for a number of somebody.
_KEPT = frozenset(
    (
        "provenance",
        "fingerprint",
        "created_at",
        "sha256",
        "item_sha256",
        "schema_version",
        "timings",
    )
)
_LEFT_OUT = frozenset(("conversation", "transcription", "redaction", "source"))


def _redacted_part(scrubber: Scrubber, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {
            name: item if name in _KEPT else _redacted_part(scrubber, item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_redacted_part(scrubber, item) for item in value]
    return scrubber.text(value) if isinstance(value, str) else value


def document_of(service: Service, conversation_id: str, visibility: Visibility) -> Document:
    """Return an analysed conversation.

    Raises:
        NotFound: There is none with this id that may be seen.
        Conflict: It is not done, or its words were erased.
    """
    stored = service.store.get(conversation_id, visibility=visibility)
    document = service.store.analysis(conversation_id)
    if stored.status != "done" or document is None:
        raise not_done(stored)
    return read_document(stored, document)


def read_document(stored: StoredConversation, document: str) -> Document:
    """Read an analysis of any version as far as routes need it.

    Raises:
        Conflict: It has another shape.
    """
    analysis = json.loads(document)
    try:
        conversation = Conversation.model_validate(mapping(analysis).get("conversation"))
    except ValidationError as error:
        raise Conflict(
            "the analysis was made by another version, which wrote it in another shape",
            remedy="send the conversation again",
        ) from error
    return Document(stored, analysis, conversation)


def not_done(stored: StoredConversation) -> Conflict:
    """Return the error of a conversation that has no analysis to show."""
    if stored.content_erased_at is not None:
        return Conflict(
            "what was said was erased when its time was over", remedy="only its figures are left"
        )
    return Conflict(
        f"the conversation is {stored.status}, expected done",
        remedy="send it again" if stored.status == "failed" else "ask again in a moment",
    )
