"""The bots of the teams: each made when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from kb_search.bot import Bot, BotPolicy, ConversationFacts
from serving.library.bases import TeamKnowledge
from serving.self_care import NluFacts, NluReader, load_bot_policy

if TYPE_CHECKING:
    from conversation import Conversation
    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from serving.definitions import Definitions
    from serving.library.bases import Bases
    from serving.settings import Settings


class TeamBots:
    """Makes bots that answer from the knowledge of a team.

    Args:
        bases: Knowledge of the teams; the bot answers from what is validated and public.
        settings: Name the centre's decisions about its bot.
        definitions: Vocabulary of the centre.
        encoder: Turns texts into vectors.
        scorer: Returns what judges contact reasons.
    """

    def __init__(
        self,
        bases: Bases,
        settings: Settings,
        definitions: Definitions,
        encoder: Encoder,
        *,
        scorer: Callable[[], ReasonScorer],
    ) -> None:
        self._bases = bases
        self._settings = settings
        self._definitions = definitions
        self._encoder = encoder
        self._scorer = scorer
        self._made: dict[str, Bot] = {}
        self._making = threading.Lock()

    def of(self, team: str) -> Bot:
        """Return the bot of a team."""
        with self._making:
            if team not in self._made:
                self._made[team] = Bot(
                    TeamKnowledge(self._bases, team),
                    NluReader(self._encoder),
                    _LaterFacts(self._new_facts),
                    self.policy,
                )
            return self._made[team]

    @cached_property
    def policy(self) -> BotPolicy:
        """What the centre decides about its bot."""
        path = self._settings.bot
        return BotPolicy() if path is None else load_bot_policy(path)

    def _new_facts(self) -> NluFacts:
        return NluFacts(self._encoder, self._scorer(), self._definitions.centre)


class _LaterFacts:
    """Understands conversations; made ready for the first that is handed over.

    Args:
        make: Makes what understands them.
    """

    def __init__(self, make: Callable[[], NluFacts]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: NluFacts | None = None

    def find(self, conversation: Conversation) -> ConversationFacts:
        with self._making:
            if self._made is None:
                self._made = self._make()
        return self._made.find(conversation)
