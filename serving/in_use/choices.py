"""Keeps what a centre publishes and chooses to use; nothing is ever rewritten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from conversation.errors import BadInput, ChangedMeanwhile, Conflict, NotFound
from nlu.taxonomy import SHIPPED, Taxonomy, load_taxonomy
from serving.in_use.values import Chosen, Use
from serving.store.tables import DefinitionUseRow, PublishedReasonsRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from conversation.conversation import Channel
    from quality.scorecard import Scorecard
    from serving.in_use.values import Kind
    from serving.store.database import Database

_MAX_VERSION = 32
_ALL = ""  # of every channel, where a column takes no null


class PublishedReasons(BaseModel):
    """One version of a centre's own reasons.

    Attributes:
        name: Of the taxonomy.
        version: Of the taxonomy.
        sha256: Of what it says.
        published_at: When.
        published_by: Id of the key or account that did it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    sha256: str
    published_at: AwareDatetime
    published_by: str


class Choices:
    """What was published and chosen.

    Args:
        database: The store's.
        clock: Returns the time now.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock

    def count(self) -> tuple[int, int]:
        """Return how many choices and published reasons there are; both only grow."""
        uses = select(func.count()).select_from(DefinitionUseRow).scalar_subquery()
        published = select(func.count()).select_from(PublishedReasonsRow).scalar_subquery()
        with self._database.reading() as session:
            found = session.execute(select(uses, published)).one()
        return int(found[0]), int(found[1])

    def chosen(self, card_of: Callable[[str, str], Scorecard]) -> Chosen:
        """Return what is in use now in place of what is shipped or set.

        Args:
            card_of: Returns a published scorecard by name and version.
        """
        count = self.count()
        taxonomies = {(one.name, one.version): one for one in self._taxonomies()}
        now = self.last_of(self.history())
        reasons = now.get(("reasons", None))
        named = None if reasons is None else (reasons.name, reasons.version)
        return Chosen(
            taxonomy=taxonomies.get(named) if named and named[0] else None,  # type: ignore[arg-type]
            cards={
                use.channel: card_of(use.name, use.version)
                for (kind, _), use in now.items()
                if kind == "scorecard" and use.name is not None and use.version is not None
            },
            earlier=tuple(one for key, one in taxonomies.items() if key != named),
            count=count,
        )

    @staticmethod
    def last_of(history: Sequence[Use]) -> dict[tuple[Kind, Channel | None], Use]:
        """Return the last choice of each kind and channel."""
        found = sorted(history, key=lambda one: one.turn)
        return {(one.kind, one.channel): one for one in found}

    def history(self) -> tuple[Use, ...]:
        """Return all choices, the newest first."""
        query = select(DefinitionUseRow).order_by(
            DefinitionUseRow.chosen_at.desc(), DefinitionUseRow.turn.desc()
        )
        with self._database.reading() as session:
            return tuple(_use(row) for row in session.scalars(query))

    def published(self) -> tuple[PublishedReasons, ...]:
        """Return the own reasons that were published, the newest first."""
        query = select(PublishedReasonsRow).order_by(PublishedReasonsRow.published_at.desc())
        with self._database.reading() as session:
            return tuple(_published(row) for row in session.scalars(query))

    def taxonomy(self, name: str, version: str) -> Taxonomy:
        """Return own reasons that were published.

        Raises:
            NotFound: There are none.
        """
        with self._database.reading() as session:
            row = session.get(PublishedReasonsRow, (name, version))
            document = None if row is None else row.document
        if document is None:
            raise NotFound(
                f"no contact reasons {f'{name} {version}'[:120]!r} were published",
                remedy="GET /v1/definitions lists those that were",
            )
        return Taxonomy.model_validate_json(document)

    def check(self, taxonomy: Taxonomy) -> None:
        """Refuse reasons whose version says something else already.

        Raises:
            BadInput: The version is too long.
            Conflict: It says something else.
        """
        if len(taxonomy.version) > _MAX_VERSION:
            raise BadInput(
                f"got a version of {len(taxonomy.version)} characters, expected at most "
                f"{_MAX_VERSION}",
                remedy="shorten `version`",
            )
        with self._database.reading() as session:
            row = session.get(PublishedReasonsRow, (taxonomy.name, taxonomy.version))
            known = None if row is None else row.sha256
        if known is None and taxonomy.name in SHIPPED:
            shipped = load_taxonomy(taxonomy.name)
            known = shipped.sha256 if shipped.version == taxonomy.version else None
        if known is not None and known != taxonomy.sha256:
            raise Conflict(
                f"version {taxonomy.version!r} of the reasons {taxonomy.name!r} says something "
                "else already: counts of one version would not mean the same",
                remedy="raise `version`, or change `name`",
            )

    def publish(self, taxonomy: Taxonomy, *, by: str) -> tuple[PublishedReasons, bool]:
        """Keep a version of own reasons for good; the same again changes nothing.

        Args:
            taxonomy: The reasons.
            by: Id of who does it.

        Returns:
            It as it was first published, and whether that was now.

        Raises:
            Conflict: The version says something else already.
        """
        self.check(taxonomy)
        key = (taxonomy.name, taxonomy.version)
        try:
            with self._database.writing() as session:
                row = session.get(PublishedReasonsRow, key)
                is_new = row is None
                if row is None:
                    row = PublishedReasonsRow(
                        name=taxonomy.name, version=taxonomy.version, sha256=taxonomy.sha256,
                        document=taxonomy.model_dump_json(), published_at=self._clock(),
                        published_by=by,
                    )  # fmt: skip
                    session.add(row)
                    session.flush()
                return _published(row), is_new
        except IntegrityError:  # somebody was faster
            return self.publish(taxonomy, by=by)

    def use(
        self,
        kind: Kind,
        definition: Taxonomy | Scorecard | None,
        *,
        by: str,
        channel: Channel | None = None,
        after: int | None = None,
    ) -> Use:
        """Choose what is in use from now on.

        Args:
            kind: What is chosen.
            definition: That was published; None: what is shipped or set again.
            by: Id of who chooses.
            channel: Only for its conversations; None: for those of all.
            after: Turn of the choice that the one who chooses saw, 0 for none; None: whichever.

        Raises:
            ChangedMeanwhile: Somebody else chose meanwhile.
        """
        try:
            with self._database.writing() as session:
                turn = _turn(session, kind, channel)
                if after is not None and after != turn:
                    raise _changed()
                row = DefinitionUseRow(
                    kind=kind, channel=channel or _ALL, turn=turn + 1,
                    name=None if definition is None else definition.name,
                    version=None if definition is None else definition.version,
                    sha256=None if definition is None else definition.sha256,
                    chosen_at=self._clock(), chosen_by=by,
                )  # fmt: skip
                session.add(row)
                session.flush()
                return _use(row)
        except IntegrityError:
            raise _changed() from None

    def _taxonomies(self) -> list[Taxonomy]:
        query = select(PublishedReasonsRow.document).order_by(
            PublishedReasonsRow.published_at.desc()
        )
        with self._database.reading() as session:
            return [Taxonomy.model_validate_json(one) for one in session.scalars(query)]


def _turn(session: Session, kind: Kind, channel: Channel | None) -> int:
    query = select(func.max(DefinitionUseRow.turn)).where(
        DefinitionUseRow.kind == kind, DefinitionUseRow.channel == (channel or _ALL)
    )
    return session.scalar(query) or 0


def _changed() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        "somebody else chose what is in use meanwhile",
        remedy="look at what is in use now, and choose again",
    )


def _use(row: DefinitionUseRow) -> Use:
    return Use.model_validate(
        {
            "kind": row.kind, "channel": row.channel or None, "turn": row.turn, "name": row.name,
            "version": row.version, "sha256": row.sha256, "chosen_at": row.chosen_at,
            "chosen_by": row.chosen_by,
        }
    )  # fmt: skip


def _published(row: PublishedReasonsRow) -> PublishedReasons:
    return PublishedReasons(
        name=row.name, version=row.version, sha256=row.sha256, published_at=row.published_at,
        published_by=row.published_by,
    )  # fmt: skip
