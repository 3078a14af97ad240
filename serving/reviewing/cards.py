"""The scorecards of a service: shipped, set, and published in versions that stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from conversation import CHANNELS, Channel, Conversation
from conversation.errors import Conflict, DefinitionInvalid, NotFound
from quality.card_versions import CardVersions, PublishedCard, refused
from quality.scorecard import SHIPPED_SCORECARDS, Scorecard, load_scorecard, parse_scorecard
from serving.score_run import CARDS_FOLDER
from serving.settings import Settings

if TYPE_CHECKING:
    from serving.definitions import Definitions

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")  # names and versions become paths

Origin = Literal["shipped", "settings", "published"]


class CardVersion(BaseModel):
    """One version of a card.

    Attributes:
        name: Of the card.
        version: Of the card.
        label_fr: Its title in French.
        label_en: Its title in English.
        channels: For which it is meant; empty: any.
        questions: How many it has.
        sha256: Of what it says.
        origin: ``shipped`` with Entendu, from the ``settings``, or ``published``.
        published_at: When this version was first used; None where it was not yet.
        in_use: Whether conversations are scored with it when they come in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    label_fr: str
    label_en: str
    channels: tuple[Channel, ...]
    questions: int
    sha256: str
    origin: Origin
    published_at: AwareDatetime | None
    in_use: bool


class Cards:
    """Finds and publishes scorecards.

    Args:
        settings: Name the card that is usual and the data folder, where versions are kept.
        definitions: Returns those in use.
    """

    def __init__(self, settings: Settings, definitions: Callable[[], Definitions]) -> None:
        self._settings = settings
        self._definitions = definitions
        self._versions = CardVersions(settings.data_dir / CARDS_FOLDER)

    def all(self) -> tuple[CardVersion, ...]:
        """Return every version that is known, by name; of one name the newest last."""
        published = {(one.name, one.version): one for one in self._versions.all()}
        found = [
            self._described(card, origin, published.pop((card.name, card.version), None))
            for card, origin in self._given()
        ]
        found += [
            self._described(Scorecard.model_validate(one.card), "published", one)
            for one in published.values()
        ]
        return tuple(
            sorted(found, key=lambda one: (one.name, str(one.published_at or ""), one.version))
        )

    def get(self, name: str, version: str | None = None) -> Scorecard:
        """Return a card.

        Args:
            name: Of the card.
            version: Of the card; None: the one in use, else the one published last.

        Raises:
            NotFound: There is none.
        """
        given = {(card.name, card.version): card for card, _ in self._given()}
        if version is not None:
            safe = _SAFE.fullmatch(name) and _SAFE.fullmatch(version)
            known = self._versions.published(name, version) if safe else None
            if known is not None:
                return Scorecard.model_validate(known.card)
            if (name, version) in given:
                return given[name, version]
        else:
            for card in (*self._definitions().chosen.cards.values(), *given.values()):
                if card.name == name:
                    return card
            newest = [one for one in self._versions.all() if one.name == name]
            if newest:
                return Scorecard.model_validate(newest[-1].card)
        shown = f"{name} {version}" if version else name
        raise NotFound(
            f"there is no scorecard {shown[:120]!r}",
            remedy="GET /v1/scorecards lists those that there are",
        )

    def described(self, card: Scorecard) -> CardVersion:
        """Return a version as a list shows it."""
        origins = {(one.name, one.version): origin for one, origin in self._given()}
        published = self._versions.published(card.name, card.version)
        return self._described(card, origins.get((card.name, card.version), "published"), published)

    def check(self, card: Scorecard) -> None:
        """Refuse a card whose version says something else already.

        Raises:
            Conflict: It does.
        """
        self._versions.check(card)
        for given, _ in self._given():
            same = (given.name, given.version) == (card.name, card.version)
            if same and given.sha256 != card.sha256:
                raise refused(card, given.sha256, "by this service")

    def publish(self, card: Scorecard) -> tuple[PublishedCard, bool]:
        """Keep a version for good.

        Args:
            card: The version.

        Returns:
            It as it was first published, and whether that was now.

        Raises:
            Conflict: The version says something else already.
        """
        self.check(card)
        before = self._versions.published(card.name, card.version)
        return self._versions.publish(card), before is None

    def by_channel(self) -> dict[Channel, Scorecard]:
        """Return the card that conversations of each channel are scored with when they come in."""
        definitions = self._definitions()

        def find() -> dict[Channel, Scorecard]:
            usual = {one: Conversation(id="usual", channel=one, turns=()) for one in CHANNELS}
            return {one: definitions.card_for(contact) for one, contact in usual.items()}

        return definitions.once("cards by channel", find)

    def published(self, name: str, version: str) -> Scorecard:
        """Return a card of a version that stays; one that is shipped or set is kept for good now.

        Args:
            name: Of the card.
            version: Of the card.

        Raises:
            NotFound: There is none.
        """
        card = self.get(name, version)
        self._versions.publish(card)
        return card

    def _given(self) -> Iterator[tuple[Scorecard, Origin]]:
        """Yield the card of the settings, then the shipped ones that it does not hide."""
        own = self._own
        if own is not None:
            yield own, "settings"
        for card in _shipped():
            if own is None or card.name != own.name:
                yield card, "shipped"

    @cached_property
    def _own(self) -> Scorecard | None:
        """The card of the settings as it was when the service started."""
        given = self._settings.scorecard
        return None if given is None else load_scorecard(given)

    def _described(
        self, card: Scorecard, origin: Origin, published: PublishedCard | None
    ) -> CardVersion:
        return CardVersion(
            name=card.name,
            version=card.version,
            label_fr=card.label.fr,
            label_en=card.label.en,
            channels=card.channels,
            questions=len(card.items),
            sha256=card.sha256,
            origin=origin,
            published_at=None if published is None else published.published_at,
            in_use=card.sha256 in {one.sha256 for one in self.by_channel().values()},
        )


def read_card(text: str) -> Scorecard:
    """Read a card that somebody sent, as YAML or JSON.

    Raises:
        DefinitionInvalid: It breaks the rules of a scorecard; names the place.
    """
    return parse_scorecard(text, name="the scorecard")


def problems_of(text: str) -> tuple[str, ...]:
    """Say what is wrong with a card; nothing where it can be used."""
    try:
        read_card(text)
    except DefinitionInvalid as error:
        return (error.message,)
    return ()


def conflict_of(cards: Cards, card: Scorecard) -> str | None:
    """Say why a version cannot be published; None where it can."""
    try:
        cards.check(card)
    except Conflict as error:
        return error.message
    return None


@cache
def _shipped() -> tuple[Scorecard, ...]:
    return tuple(load_scorecard(name) for name in SHIPPED_SCORECARDS)
