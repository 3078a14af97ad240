"""What stands behind the routes for knowledge, dialogues, reviews, reasons and figures."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from conversation.errors import EntenduError
from serving.dialogues.presence import Presence
from serving.in_use.current import CurrentDefinitions
from serving.library.bases import Bases
from serving.redacting import card_free
from serving.reviewing.blind import BlindSessions
from serving.reviewing.cards import Cards
from serving.reviewing.contacts import Contacts
from serving.reviewing.desk import ReviewDesk
from serving.reviewing.discretion import Discretion
from serving.reviewing.drafts import Drafts
from serving.reviewing.people import People
from serving.reviewing.queue import ReviewQueue
from serving.reviewing.samples import Sampling
from serving.reviewing.trust_reports import TrustReports
from serving.sampling import agent_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from serving.definitions import Definitions
    from serving.dialogues.assistants import Assistants
    from serving.dialogues.bot_sessions import BotSessions
    from serving.dialogues.values import HandOverAsked
    from serving.redaction import Redaction
    from serving.settings import Settings
    from serving.store import Store
    from serving.store.database import Database
    from serving.throughput import ModelPool


class Resources:
    """Each part, made when it is first needed.

    Args:
        settings: See :class:`serving.settings.Settings`.
        store: What is stored.
        pool: Returns the models.
        person_asked: Told when a bot asks for a person.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        pool: Callable[[], ModelPool],
        *,
        person_asked: Callable[[HandOverAsked], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.in_use = CurrentDefinitions(settings, store.database)
        self.presence = Presence()
        self._store = store
        self._pool = pool
        self._person_asked = person_asked
        self._making = threading.RLock()

    @property
    def pool(self) -> ModelPool:
        """The models."""
        return self._pool()

    @property
    def database(self) -> Database:
        """The store's database."""
        return self._store.database

    @property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        return self._pool().encoder

    @property
    def bases(self) -> Bases:
        """The knowledge bases."""
        with self._making:
            return self._bases

    @property
    def cards(self) -> Cards:
        """The scorecards."""
        with self._making:
            return self._cards

    @property
    def contacts(self) -> Contacts:
        """The stored conversations with what was concluded about them."""
        with self._making:
            return self._contacts

    @property
    def drafts(self) -> Drafts:
        """The automatic evaluations."""
        with self._making:
            return self._drafts

    @property
    def desk(self) -> ReviewDesk:
        """The reviews."""
        with self._making:
            return self._desk

    @property
    def blind(self) -> BlindSessions:
        """The blind calibration sessions."""
        with self._making:
            return self._blind

    @property
    def trust(self) -> TrustReports:
        """How far machine and people agree."""
        with self._making:
            return self._trust

    @property
    def people(self) -> People:
        """Those who take part in reviews."""
        with self._making:
            return self._people

    @property
    def discretion(self) -> Discretion:
        """Whose eyes drafts are kept from."""
        with self._making:
            return self._discretion

    @property
    def queue(self) -> ReviewQueue:
        """What is to be reviewed."""
        with self._making:
            return self._queue

    @property
    def sampling(self) -> Sampling:
        """The samples and assignments."""
        with self._making:
            return self._sampling

    @property
    def definitions(self) -> Definitions:
        """Reasons, categories, redaction and the rest, as they are in use now."""
        return self.in_use.now()

    @property
    def scorer(self) -> ReasonScorer:
        """What judges contact reasons."""
        return self.definitions.scorer(self.encoder, self._pool().compute)

    @property
    def assistants(self) -> Assistants:
        """The assistants of running conversations."""
        with self._making:
            return self._assistants

    @property
    def bots(self) -> BotSessions:
        """The conversations with the bot."""
        with self._making:
            return self._bots

    @property
    def redaction(self) -> Redaction:
        """What makes copies without personal data."""
        with self._making:
            return self._redaction

    def warm(self) -> None:
        """Load the models that read names, where names are removed from what people write."""
        with suppress(EntenduError):  # who needs the policy is told why it cannot be read
            for text, language in (("Bonjour.", "fr"), ("Hello.", "en")):
                card_free(text, self.definitions.policy, language=language)

    def close(self) -> None:
        """Close what was opened."""
        with self._making:
            if "_bases" in self.__dict__:
                self._bases.close()

    @cached_property
    def _bases(self) -> Bases:
        return Bases(self.settings, self.encoder)

    @cached_property
    def _cards(self) -> Cards:
        return Cards(self.settings, lambda: self.definitions)

    @cached_property
    def _contacts(self) -> Contacts:
        return Contacts(self._store)

    @cached_property
    def _drafts(self) -> Drafts:
        return Drafts(self._store.database)

    @cached_property
    def _desk(self) -> ReviewDesk:
        return ReviewDesk(
            self._store.database, self.contacts, self.drafts, self.cards,
            policy=lambda: self.definitions.policy,
        )  # fmt: skip

    @cached_property
    def _blind(self) -> BlindSessions:
        return BlindSessions(self._store.database, self.contacts, self.drafts)

    @cached_property
    def _trust(self) -> TrustReports:
        return TrustReports(self._store.database)

    @cached_property
    def _people(self) -> People:
        return People(self._store.database)

    @cached_property
    def _discretion(self) -> Discretion:
        return Discretion(self.desk)

    @cached_property
    def _queue(self) -> ReviewQueue:
        return ReviewQueue(self._store.database, self.desk)

    @cached_property
    def _sampling(self) -> Sampling:
        keys = agent_keys(None, self.settings.data_dir)
        return Sampling(self._store.database, self.contacts, self.drafts, self.desk, keys)

    @cached_property
    def _assistants(self) -> Assistants:
        from serving.dialogues.assistants import Assistants

        return Assistants(
            self._store.database, self.bases, self.encoder, policy=self.definitions.policy
        )

    @cached_property
    def _bots(self) -> BotSessions:
        from serving.dialogues.bot_sessions import BotSessions

        return BotSessions(
            self._store.database, self.bases, self.settings, self.definitions, self.encoder,
            scorer=lambda: self.scorer, asked=self._person_asked, presence=self.presence,
        )  # fmt: skip

    @cached_property
    def _redaction(self) -> Redaction:
        from serving.redaction import Redaction

        return Redaction(self.settings, self.definitions, self._pool())
