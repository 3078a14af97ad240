"""Titles and questions of scorecards, looked up once for all that a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from conversation.errors import NotFound
from serving.typesetting import typeset

if TYPE_CHECKING:
    from quality.findings import Bilingual
    from quality.scorecard import Scorecard
    from serving.reviewing.cards import Cards


class Title(BaseModel):
    """A title or question in both languages.

    Attributes:
        fr: In French.
        en: In English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str
    en: str


class CardTexts:
    """The texts of cards; where a card is gone its ids stand for them.

    Args:
        cards: All cards.
    """

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._known: dict[tuple[str, str], Scorecard | None] = {}

    def title(self, name: str, version: str) -> Title:
        """Return the title of a card."""
        card = self.card(name, version)
        return Title(fr=name, en=name) if card is None else _title(card.label)

    def question(self, name: str, version: str, item: str) -> Title:
        """Return a question of a card."""
        card = self.card(name, version)
        found = () if card is None else card.items
        return next((_title(one.label) for one in found if one.id == item), Title(fr=item, en=item))

    def card(self, name: str, version: str) -> Scorecard | None:
        """Return a card; None where it is gone."""
        key = (name, version)
        if key not in self._known:
            try:
                self._known[key] = self._cards.get(name, version)
            except NotFound:
                self._known[key] = None
        return self._known[key]


def _title(label: Bilingual) -> Title:
    return Title(fr=typeset(label.fr), en=label.en)
