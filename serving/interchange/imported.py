"""The vCons that conversations came as.

The privacy copies: the table ``imported_vcons``, by ``conversation_id``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from conversation.vcon_values import mapping
from serving.store.tables import ImportedVconRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.store.database import Database


class ImportedVcons:
    """Keeps what Entendu does not read of a vCon, until the conversation is erased.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, conversation_id: str, document: Mapping[str, Any], session: Session | None = None
    ) -> None:
        """Keep a vCon; one that is there stays.

        Args:
            conversation_id: Of the conversation it became.
            document: The unsigned form, without its sound.
            session: Of the transaction that it belongs to; None: one of its own.
        """
        own = self._database.writing() if session is None else nullcontext(session)
        with own as session:
            if session.get(ImportedVconRow, conversation_id) is None:
                session.add(
                    ImportedVconRow(
                        conversation_id=conversation_id,
                        document=json.dumps(document),
                        created_at=datetime.now(UTC),
                    )
                )

    def find(self, conversation_id: str) -> Mapping[str, Any] | None:
        """Return the vCon of a conversation; None where it came as something else."""
        with self._database.reading() as session:
            row = session.get(ImportedVconRow, conversation_id)
            return None if row is None else mapping(json.loads(row.document))
