"""What should have been shown in past conversations, as people wrote it down.

Labels stand in a conversation's metadata under ``needs``, or in a file beside it, one JSON object
a line::

    {"conversation": "call-17", "turn": 3, "documents": ["box/voyants.md"]}
    {"conversation": "call-17", "turn": [7, 9], "documents": ["box/technicien.md#Déplacer"]}
    {"conversation": "call-18"}

A line is one need of the customer: the turns in which it is said (counted from 0; a card after
any of them is in time) and the documents that answer it, as their paths in the knowledge base or
the end of these; ``#`` and a heading asks for that passage. Without documents, the base cannot
answer and any card is wrong. A conversation that is named is labelled completely: a card after a
turn without a label is wrong. In metadata ``conversation`` is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation import Conversation
from conversation.errors import DatasetInvalid, NotFound
from kb_search.answers import Citation
from kb_search.words import split_words

METADATA_KEY = "needs"


class Label(BaseModel):
    """One need of a customer and what answers it.

    Attributes:
        turns: In which it is said, from 0.
        documents: Paths of documents that answer it, or the end of these, each with ``#`` and a
            heading where only that passage does; empty where the base has none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: tuple[int, ...] = Field(min_length=1)
    documents: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, values: Any) -> Any:  # noqa: ANN401, as it was written
        if not isinstance(values, Mapping):
            return values
        values = dict(values)
        for short, name in (("turn", "turns"), ("document", "documents")):
            if short in values and name not in values:
                given = values.pop(short)
                values[name] = given if isinstance(given, list | tuple) else (given,)
        return values

    def answered_by(self, citation: Citation) -> bool:
        """Whether a passage is of one of the documents."""
        return any(
            _same_document(wanted.partition("#")[0], citation.document) for wanted in self.documents
        )

    def names_passage(self, citation: Citation) -> bool:
        """Whether a passage is one that was asked for: document, and heading where one is given."""
        return any(
            _same_document(path, citation.document) and _same_heading(heading, citation)
            for path, _, heading in (wanted.partition("#") for wanted in self.documents)
        )


Labels = Mapping[str, tuple[Label, ...]]
"""The needs of each labelled conversation, by its identifier."""


def labels_of(conversation: Conversation) -> tuple[Label, ...] | None:
    """Return the labels in a conversation's metadata; None where it has none.

    Raises:
        DatasetInvalid: They are not as expected.
    """
    given = conversation.metadata.get(METADATA_KEY)
    if given is None:
        return None
    if not isinstance(given, list):
        raise DatasetInvalid(
            f"{conversation.id}: metadata.{METADATA_KEY} is {type(given).__name__}, expected a "
            "list of needs",
            remedy=_SHAPE,
        )
    return tuple(_label(each, f"{conversation.id}: metadata.{METADATA_KEY}") for each in given)


def read_labels(path: Path) -> dict[str, tuple[Label, ...]]:
    """Read a file of labels.

    Args:
        path: JSON lines; see the top of this module.

    Raises:
        NotFound: There is no such file.
        DatasetInvalid: A line is not as expected; the message names it.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path of --labels")
    found: dict[str, tuple[Label, ...]] = {}
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DatasetInvalid(f"{path.name}: not text in UTF-8", remedy=_SHAPE) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DatasetInvalid(f"{where}: broken JSON: {error}", remedy=_SHAPE) from error
        name = values.pop("conversation", None) if isinstance(values, dict) else None
        if not isinstance(name, str) or not name:
            raise DatasetInvalid(f"{where}: no conversation is named", remedy=_SHAPE)
        needs = (_label(values, where),) if values else ()
        found[name] = (*found.get(name, ()), *needs)
    return found


_SHAPE = 'write {"conversation": "call-17", "turn": 3, "documents": ["folder/article.md"]} a line'


def _label(values: object, where: str) -> Label:
    try:
        return Label.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "label"
        raise DatasetInvalid(f"{where}: {place}: {first['msg']}", remedy=_SHAPE) from error


def _same_document(wanted: str, found: str) -> bool:
    """Whether one path is the end of the other: bases are opened from different folders."""
    one, other = _parts(wanted), _parts(found)
    shorter = min(len(one), len(other))
    return shorter > 0 and one[-shorter:] == other[-shorter:]


def _parts(path: str) -> Sequence[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def _same_heading(wanted: str, citation: Citation) -> bool:
    if not wanted:
        return True
    heading = citation.heading or citation.title
    return split_words(wanted) == split_words(heading.split(" › ")[-1])
