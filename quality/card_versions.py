"""Versions of scorecards that were used: what one says is never rewritten.

A folder keeps each version as it was when it was first used::

    DIR/NAME/VERSION.json      the card, its SHA-256, when it was published
    DIR/NAME/VERSION.vectors   vectors of its example phrases, where it has any

A version is published once, and by whoever comes first: another content under the same name and
version is refused.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue, ValidationError

from conversation.errors import BadInput, Conflict
from quality.scorecard import Scorecard
from quality.sentence_vectors import SentenceVectors, StoredVectors

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class PublishedCard(BaseModel):
    """One version of a card as it was first used.

    Attributes:
        name: Of the card.
        version: Of the card.
        sha256: Of what it says.
        published_at: When it was first used.
        card: The card, as its file wrote it then.
    """

    model_config = _FROZEN

    name: str
    version: str
    sha256: str
    published_at: AwareDatetime
    card: dict[str, JsonValue]


class CardVersions:
    """The versions of cards that were used, in a folder.

    Args:
        folder: Made when the first card is published.
        now: The clock; of the machine when None.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] | None = None) -> None:
        self._folder = Path(folder)
        self._now = now or (lambda: datetime.now(UTC))

    def published(self, name: str, version: str) -> PublishedCard | None:
        """Return a version that was used; None where it was not.

        Raises:
            BadInput: Its file is damaged.
        """
        path = self._path(name, version)
        try:
            content = path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _damaged(path, str(error)) from None
        try:
            return PublishedCard.model_validate_json(content)
        except ValidationError as error:
            raise _damaged(path, f"{error.error_count()} fields are not as expected") from None

    def all(self) -> tuple[PublishedCard, ...]:
        """Return every version that was used, by name and then by date.

        Raises:
            BadInput: A file is damaged.
        """
        found = (
            self.published(file.parent.name, file.name.removesuffix(".json"))
            for file in self._folder.glob("*/*.json")
            if not file.name.startswith(".")
        )
        cards = [one for one in found if one is not None]
        return tuple(sorted(cards, key=lambda one: (one.name, one.published_at, one.version)))

    def check(self, card: Scorecard) -> None:
        """Refuse a card whose version was used with other content.

        Raises:
            Conflict: It was.
            BadInput: The file of that version is damaged.
        """
        before = self.published(card.name, card.version)
        if before is not None and before.sha256 != card.sha256:
            raise refused(card, before.sha256, f"on {before.published_at:%Y-%m-%d}")

    def publish(self, card: Scorecard, vectors: SentenceVectors | None = None) -> PublishedCard:
        """Keep a card as the content of its version; the same again changes nothing.

        Args:
            card: To publish.
            vectors: Gives the vectors of the card's examples; only those of examples that no
                version of the card had are encoded. None: none are kept.

        Returns:
            The version as it was first published.

        Raises:
            Conflict: The version was used with other content.
            BadInput: The folder cannot be written, or a file in it is damaged.
        """
        self.check(card)
        path = self._path(card.name, card.version)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if vectors is not None and card.texts and self.vectors(card, vectors) is None:
                _write(_vectors_path(path), vectors.stored(card.texts).to_bytes())
            published = PublishedCard(
                name=card.name,
                version=card.version,
                sha256=card.sha256,
                published_at=self._now(),
                card=card.model_dump(mode="json", exclude_defaults=True),
            )
            content = published.model_dump_json(indent=2) + "\n"
            if not _write(path, content.encode(), replace=False):
                self.check(card)  # somebody was faster
        except OSError as error:
            raise BadInput(
                f"the card cannot be kept in {self._folder}: {error.strerror}",
                remedy="name another data folder with --data",
            ) from None
        return self.published(card.name, card.version) or published

    def stored_vectors(self, name: str) -> tuple[StoredVectors, ...]:
        """Return what all versions of a card keep of vectors, the newest file first.

        A damaged file is passed over: its vectors are made again.
        """
        folder = self._folder / name
        files = sorted(folder.glob("*.vectors"), key=lambda f: f.stat().st_mtime, reverse=True)
        found = []
        for file in files:
            with suppress(BadInput, OSError):
                found.append(StoredVectors.from_bytes(file.read_bytes(), name=str(file)))
        return tuple(found)

    def vectors(self, card: Scorecard, vectors: SentenceVectors) -> StoredVectors | None:
        """Return the vectors kept with a version, where they are whole and of the right model."""
        path = _vectors_path(self._path(card.name, card.version))
        try:
            stored = StoredVectors.from_bytes(path.read_bytes(), name=str(path))
        except (OSError, BadInput):
            return None
        if vectors.model is not None and stored.model != vectors.model:
            return None
        whole = SentenceVectors(None, stored=[stored]).can_give(card.texts)
        return stored if whole else None

    def _path(self, name: str, version: str) -> Path:
        # Names and versions are checked by the card's own patterns: no separators, no dots first.
        return self._folder / name / f"{version}.json"


def refused(card: Scorecard, sha256: str, when: str) -> Conflict:
    """Build the refusal of a card whose version says something else than it once did.

    Args:
        card: That is refused.
        sha256: What the version said.
        when: It was used, for the message.
    """
    return Conflict(
        f"version {card.version!r} of the scorecard {card.name!r} was used {when} with other "
        f"content (SHA-256 {sha256[:12]}…, now {card.sha256[:12]}…): scores of one version would "
        "not mean the same",
        remedy="raise 'version' in the card's file, or give the card back its old content",
    )


def _vectors_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".json") + ".vectors")


def _write(path: Path, content: bytes, *, replace: bool = True) -> bool:
    """Write a file whole; False where it is there already and must stay."""
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".partial"
    )
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        if replace:
            temporary.replace(path)
            return True
        try:
            os.link(temporary, path)  # fails where the file is there: no second content, ever
        except FileExistsError:
            return False
        return True
    finally:
        temporary.unlink(missing_ok=True)


def _damaged(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path} is not a published scorecard: {why}",
        remedy="restore the file from a copy: it says what a version meant when it was used",
    )
