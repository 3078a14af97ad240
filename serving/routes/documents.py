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
from serving.masking import Masking, masking_of
from serving.redacting import redact_text
from serving.reviewing.discretion import without_draft

if TYPE_CHECKING:
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

    def masked(self) -> Document:
        """Return a copy as the screens show it: without what the analysis found to be personal.

        No model is loaded for it.
        """
        return self._without(masking_of(self.conversation, self.analysis))

    def redacted(self) -> Document:
        """Return a copy for other systems: personal data is looked for again, with all models."""
        redacted = redact_text(self.conversation, language=self.conversation.language)
        return self._without(Masking(self.conversation, redacted))

    def without_draft(self) -> Document:
        """Return a copy without the machine's evaluation, for who may not see it (yet)."""
        return Document(self.stored, without_draft(self.analysis), self.conversation)

    def _without(self, masking: Masking) -> Document:
        stored = self.stored.model_copy(update={"name": masking.name(self.stored.name)})
        return Document(stored, masking.analysis(self.analysis), masking.conversation)


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


def read_document(stored: StoredConversation, document: str | dict[str, Any]) -> Document:
    """Read an analysis of any version as far as routes need it.

    Args:
        stored: Its conversation.
        document: The analysis as JSON, as text or as values.

    Raises:
        Conflict: It has another shape.
    """
    analysis = json.loads(document) if isinstance(document, str) else document
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
