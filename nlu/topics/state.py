"""What a search for topics leaves for the next one, so that topics keep their names."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from conversation import ModelReference
from conversation.errors import BadInput, NotFound
from nlu.taxonomy import Bilingual
from nlu.topics.items import TopicItem

FILE_NAME = "topics_state.npz"
VERSION = 1

Key = tuple[str, str]
"""Language ("" where not known) and text of a sentence."""


class KnownTopic(BaseModel):
    """A topic by its name and what it stands on.

    Attributes:
        id: Of the topic.
        label: Its last name.
        reason_code: Of vocabulary: the known reason; None for a group of sentences.
        terms: Of vocabulary: the terms by their stems; empty for a group of sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: Bilingual
    reason_code: str | None = None
    terms: tuple[str, ...] = ()


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    encoder: ModelReference
    items: tuple[TopicItem, ...]
    keys: tuple[Key, ...]
    group_topics: dict[int, str]
    topics: tuple[KnownTopic, ...]
    next_number: int


@dataclass(frozen=True)
class TopicState:
    """What is known after a search.

    Attributes:
        encoder: Whose space the points are in.
        items: The conversations read so far, by identifier.
        keys: The distinct sentences placed so far, sorted.
        points: int16 array of shape (n_keys, dim), their places.
        groups: int64 array of shape (n_keys,): the group of each; a sentence alone is one.
        group_topics: The topic of a group, for groups that are one.
        topics: The topics by name, those of vocabulary included.
        next_number: Of the next topic.
    """

    encoder: ModelReference
    items: tuple[TopicItem, ...] = ()
    keys: tuple[Key, ...] = ()
    points: NDArray[np.int16] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int16))
    groups: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    group_topics: dict[int, str] = field(default_factory=dict)
    topics: tuple[KnownTopic, ...] = ()
    next_number: int = 1

    def save(self, folder: Path) -> None:
        """Write the state whole: one file, written aside and renamed into place.

        Args:
            folder: Made if needed. The file holds what customers said; keep it as long as them.

        Raises:
            OSError: The folder cannot be written; what was there is left as it was.
        """
        folder.mkdir(parents=True, exist_ok=True)
        values = _Values(
            version=VERSION, encoder=self.encoder, items=self.items, keys=self.keys,
            group_topics=self.group_topics, topics=self.topics, next_number=self.next_number,
        )  # fmt: skip
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            values=np.frombuffer(values.model_dump_json().encode(), dtype=np.uint8),
            points=self.points,
            groups=self.groups,
        )
        handle, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE_NAME}.", suffix=".partial")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(buffer.getvalue())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(folder / FILE_NAME)
        finally:
            Path(name).unlink(missing_ok=True)

    @classmethod
    def load(cls, folder: Path) -> TopicState:
        """Read the state of a folder.

        Raises:
            NotFound: There is none.
            BadInput: It is damaged, or of another version.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise NotFound(
                f"there is no {FILE_NAME} in {folder}", remedy="search once without a state"
            )
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                values = _Values.model_validate_json(file["values"].tobytes())
                points, groups = file["points"], file["groups"]
        except (
            OSError, EOFError, KeyError, ValueError, ValidationError, zipfile.BadZipFile,
        ) as error:  # fmt: skip
            raise BadInput(
                f"the state {path} cannot be read: {type(error).__name__}",
                remedy="remove it: the next search starts anew, with new topic names",
            ) from error
        count = len(values.keys)
        if values.version != VERSION or len(points) != count or len(groups) != count:
            raise BadInput(
                f"the state {path} is of version {values.version} with {len(points)} points for "
                f"{count} sentences, expected version {VERSION} and as many of both",
                remedy="remove it: the next search starts anew, with new topic names",
            )
        return cls(
            encoder=values.encoder, items=values.items, keys=values.keys, points=points,
            groups=groups, group_topics=values.group_topics, topics=values.topics,
            next_number=values.next_number,
        )  # fmt: skip
