"""What reasons are called, and which reason of level 1 one of level 2 belongs to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from conversation.errors import EntenduError
from quality.kpi.definitions import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from nlu.taxonomy import Reason
    from serving.definitions import Definitions


class ReasonNames:
    """The reasons of the centre, read once and without any model.

    Args:
        definitions: Returns what the centre defines.
    """

    def __init__(self, definitions: Callable[[], Definitions]) -> None:
        self._definitions = definitions

    def label(self, code: str | None) -> Words | None:
        """Return the name of a reason; None where it is not known."""
        return None if code is None else self.all.get(code)

    def level_1(self, code: str | None) -> str | None:
        """Return the reason of level 1 that a code stands below; itself where it stands there."""
        return None if code is None else self._parents.get(code, code)

    @cached_property
    def first_level(self) -> dict[str, Words]:
        """The reasons of level 1 by their codes."""
        return {
            one.code: Words(fr=one.label.fr, en=one.label.en)
            for one in self._reasons
            if one.role == "reason"
        }

    @cached_property
    def _reasons(self) -> tuple[Reason, ...]:
        try:
            return self._definitions().taxonomy.reasons
        except (EntenduError, OSError, ValueError):
            return ()  # codes are shown then; what is wrong with them, the analyses say

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {below.code: reason.code for reason in self._reasons for below in reason.subreasons}

    @cached_property
    def all(self) -> dict[str, Words]:
        """Every reason, of both levels, by its code."""
        named = [(one.code, one.label) for one in self._reasons]
        named += [(below.code, below.label) for one in self._reasons for below in one.subreasons]
        return {code: Words(fr=label.fr, en=label.en) for code, label in named}
