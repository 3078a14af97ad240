"""What the service asks before it takes a conversation in, and whom it asks about the past."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from conversation.errors import ConsentMissing, ObjectionRecorded
from serving.privacy.consents import ConsentLedger
from serving.privacy.installation_key import InstallationKey
from serving.privacy.removal_log import RemovalLog
from serving.privacy.retention import RetentionRules
from serving.settings import Settings
from serving.store.database import Database


class Privacy:
    """The ledgers, the rules of retention, and the checks at the door.

    Attributes:
        key: Fingerprints, signs, encrypts.
        rules: How long what is kept.
        consents: What customers were told and said.
        removals: The proofs of what was removed.

    Args:
        settings: ``privacy_key``, ``retention`` and ``data_dir`` count.
        database: The store's.
        clock: Returns the time now, with its zone.

    Raises:
        DefinitionInvalid: The key or the rules cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.key = InstallationKey.open(settings.data_dir, settings.privacy_key)
        self.rules = RetentionRules.load(settings.retention)
        self.consents = ConsentLedger(database, self.key, clock=clock)
        self.removals = RemovalLog(database, self.key, clock=clock)

    def admit(
        self,
        *,
        team: str,
        purpose: str | None = None,
        direction: str | None = None,
        customer_key: str | None = None,
        consent_ref: str | None = None,
        objection: bool = False,
    ) -> None:
        """Check that a conversation may be taken in; nothing of it is on the disk before.

        Args:
            team: Whose it becomes.
            purpose: Why it is kept; None: ``quality``.
            direction: ``inbound``, ``outbound`` or ``unknown``.
            customer_key: Whose words they are.
            consent_ref: The consent under which the contact was made.
            objection: Whether the customer objected in this very contact; the ledger notes that
                it was not taken in.

        Raises:
            BadInput: The purpose is in no rule.
            ObjectionRecorded: The customer objects.
            ConsentMissing: An outbound sale comes without a consent on record.
        """
        rule = None if purpose is None else self.rules.of(purpose)
        if objection:
            self.consents.record(
                "objection",
                team=team,
                by="intake",
                customer_key=customer_key,
                conversation_id=f"declined-{uuid.uuid4().hex}",  # of no conversation that is stored
            )
            raise ObjectionRecorded(
                "the customer objected in this contact; nothing was stored",
                remedy="delete the recording where it came from, too",
            )
        if customer_key is not None and self.consents.objects(team, customer_key):
            raise ObjectionRecorded(
                "the customer objects to being recorded and analysed; nothing was stored",
                remedy="delete the recording where it came from, too",
            )
        if rule is None or not rule.needs_consent or direction != "outbound":
            return
        if consent_ref is None:
            raise ConsentMissing(
                f"an outbound contact with the purpose {purpose} came without consent_ref",
                remedy="name the consent that the ledger has (POST /v1/consents)",
            )
        if not self.consents.consents(team, consent_ref, customer_key):
            raise ConsentMissing(
                "the ledger has no consent under this consent_ref, or it was withdrawn",
                remedy="record the consent first (POST /v1/consents)",
            )
