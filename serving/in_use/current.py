"""The definitions as they are now: what the settings name, and what was chosen in place of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from conversation.errors import DefinitionInvalid, EntenduError
from quality.card_versions import CardVersions
from quality.scorecard import Scorecard
from serving.definitions import Definitions
from serving.in_use.choices import Choices
from serving.score_run import CARDS_FOLDER

if TYPE_CHECKING:
    from serving.settings import Settings
    from serving.store.database import Database

logger = logging.getLogger("entendu.definitions")

LOOK_EVERY_S = 1.0
"""Seconds between two looks for what another process chose."""


class CurrentDefinitions:
    """Gives the definitions that are in use; each is a value that stays as it is.

    Who chooses in this process finds it chosen at once; what another process chose is found within
    a second or two. While the database does not answer, the last ones stay in use.

    Args:
        settings: What they name is in use where nothing was chosen.
        database: The store's, shared by all processes.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self.choices = Choices(database)
        self._cards = CardVersions(settings.data_dir / CARDS_FOLDER)
        self._clock = clock
        self._lock = threading.Lock()
        self._held: Definitions | None = None
        self._looked_s = float("-inf")
        self._making = False

    def now(self) -> Definitions:
        """Return the definitions in use."""
        held = self._held
        if held is None:
            return self.look()
        if self._clock() - self._looked_s < LOOK_EVERY_S:
            return held
        self._looked_s = self._clock()
        try:
            is_same = self.choices.count() == held.chosen.count
        except EntenduError:
            return held
        if not is_same:
            if held.scorer_is_ready:
                self._look_behind()
                return self._held or held
            return self.look()
        return held

    def look(self) -> Definitions:
        """Read now what is in use, whatever was read a moment ago."""
        with self._lock:
            found = self._read()
            self._held, self._looked_s = found, self._clock()
            return found

    def _read(self) -> Definitions:
        chosen = self.choices.chosen(self._card)
        held = self._held
        if held is not None and held.chosen.count == chosen.count:
            return held
        return Definitions(self._settings, chosen)

    def _card(self, name: str, version: str) -> Scorecard:
        published = self._cards.published(name, version)
        if published is None:
            raise DefinitionInvalid(
                f"the scorecard {name} {version} is in use and its file is gone",
                remedy="restore the folder of scorecards from a copy",
            )
        return Scorecard.model_validate(published.card)

    def _look_behind(self) -> None:
        """Make ready what is needed of new definitions before anybody has to wait for it."""
        held = self._held
        if held is None or self._making:
            return
        self._making = True

        def make() -> None:
            try:
                found = self._read()
                found.make_ready_as(held)
                with self._lock:
                    self._held = found
            except EntenduError as error:
                logger.warning(
                    "definitions that were chosen cannot be used",
                    extra={"facts": {"why": type(error).__name__}},
                )
            finally:
                self._making = False

        threading.Thread(target=make, name="entendu-definitions", daemon=True).start()
