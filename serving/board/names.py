"""What reasons are called, and which reason of level 1 one of level 2 belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from conversation.errors import EntenduError
from quality.kpi.definitions import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from nlu.taxonomy import Reason
    from serving.definitions import Definitions


Value = TypeVar("Value")


class ReasonNames:
    """The reasons of the centre, those of before among them, read without any model.

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

    @property
    def first_level(self) -> dict[str, Words]:
        """The reasons of level 1 that are in use, by their codes."""
        try:
            reasons = self._definitions().taxonomy.reasons
        except (EntenduError, OSError, ValueError):
            return {}
        return {
            one.code: Words(fr=one.label.fr, en=one.label.en)
            for one in reasons
            if one.role == "reason"
        }

    @property
    def all(self) -> dict[str, Words]:
        """Every reason that conversations may have, of both levels, by its code."""
        return self._once("names", _names)

    @property
    def _parents(self) -> dict[str, str]:
        return self._once("parents", _parents)

    def _once(
        self, what: str, make: Callable[[tuple[Reason, ...]], dict[str, Value]]
    ) -> dict[str, Value]:
        definitions = self._definitions()

        def made() -> dict[str, Value]:
            try:
                return make(definitions.known_reasons)
            except (EntenduError, OSError, ValueError):
                return {}  # codes are shown then; what is wrong with them, the analyses say

        return definitions.once(("reason names", what), made)


def _names(reasons: tuple[Reason, ...]) -> dict[str, Words]:
    named = [(one.code, one.label) for one in reasons]
    named += [(below.code, below.label) for one in reasons for below in one.subreasons]
    found: dict[str, Words] = {}
    for code, label in named:
        found.setdefault(code, Words(fr=label.fr, en=label.en))
    return found


def _parents(reasons: tuple[Reason, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for reason in reasons:
        for below in reason.subreasons:
            found.setdefault(below.code, reason.code)
    return found
