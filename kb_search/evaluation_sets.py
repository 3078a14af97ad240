"""Evaluation sets for search: a corpus, questions, and the documents that answer them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.errors import DatasetInvalid, NotFound
from kb_search.documents import Passage
from kb_search.passages import cut_passages
from kb_search.reading.text import text_blocks
from kb_search.settings import IngestSettings


class CorpusEntry(BaseModel):
    """One document of an evaluation corpus.

    Attributes:
        id: Which questions name.
        title: Of the document; empty where it has none.
        text: Its words.
        lang: ``fr`` or ``en``; found out when None.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    title: str = ""
    text: str
    lang: str | None = None


class JudgedQuery(BaseModel):
    """One question of an evaluation set.

    Attributes:
        id: Of the question.
        query: As it was asked.
        relevant: Identifiers of the documents that answer it; none where none does.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    query: str = Field(min_length=1)
    relevant: tuple[str, ...]


class UnanswerableQuery(BaseModel):
    """One question that no document of the corpus answers.

    Attributes:
        id: Of the question.
        query: As it was asked.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    query: str = Field(min_length=1)


_Line = TypeVar("_Line", CorpusEntry, JudgedQuery, UnanswerableQuery)


def read_corpus(path: Path) -> list[CorpusEntry]:
    """Read and check a corpus file.

    Raises:
        NotFound: It does not exist.
        DatasetInvalid: A line is not what it should be, or two have the same id.
    """
    entries = _read_lines(path, CorpusEntry)
    for number, entry in enumerate(entries, 1):
        if not (entry.text.strip() or entry.title.strip()):
            raise _invalid(path, number, "text", "is empty", "write the document's text")
    return entries


def read_queries(path: Path) -> list[JudgedQuery]:
    """Read and check a file of questions.

    Raises:
        NotFound: It does not exist.
        DatasetInvalid: A line is not what it should be, or two have the same id.
    """
    return _read_lines(path, JudgedQuery)


def read_unanswerable(path: Path) -> list[UnanswerableQuery]:
    """Read and check a file of questions that no document answers.

    Raises:
        NotFound: It does not exist.
        DatasetInvalid: A line is not what it should be, or two have the same id.
    """
    return _read_lines(path, UnanswerableQuery)


def corpus_passages(
    documents: Sequence[CorpusEntry], settings: IngestSettings | None = None
) -> list[Passage]:
    """Cut the documents of an evaluation corpus into passages."""
    passages: list[Passage] = []
    for entry in documents:
        blocks = text_blocks(entry.text, with_title=False) or text_blocks(
            entry.title, with_title=False
        )
        _, cut = cut_passages(
            blocks,
            document=entry.id,
            title=" ".join(entry.title.split()),
            language=entry.lang if entry.lang in {"fr", "en"} else None,
            settings=settings,
        )
        passages.extend(cut)
    return passages


def _read_lines(path: Path, kind: type[_Line]) -> list[_Line]:
    if not path.is_file():
        raise NotFound(f"the file {path} does not exist", remedy="check the path")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (UnicodeDecodeError, OSError) as problem:
        raise DatasetInvalid(
            f"{path.name} is not UTF-8 text ({problem})", remedy="save it as UTF-8 JSON lines"
        ) from problem
    entries: dict[str, _Line] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as problem:
            raise _invalid(
                path, number, "the line", f"is not JSON ({problem})", "write one object a line"
            ) from problem
        if not isinstance(value, dict):
            found = type(value).__name__
            raise _invalid(path, number, "the line", f"is a {found}", "write one object a line")
        try:
            entry = kind.model_validate(value)
        except ValidationError as problem:
            error = problem.errors()[0]
            field = ".".join(str(part) for part in error["loc"])
            needed = ", ".join(
                name for name, info in kind.model_fields.items() if info.is_required()
            )
            raise _invalid(
                path, number, field, f"({error['msg']})", f"each line needs {needed}"
            ) from problem
        if entry.id in entries:
            raise _invalid(path, number, "id", f"{entry.id!r} comes twice", "give each its own id")
        entries[entry.id] = entry
    if not entries:
        raise DatasetInvalid(f"{path.name} has no lines", remedy="write one JSON object a line")
    return list(entries.values())


def _invalid(path: Path, line: int, field: str, problem: str, remedy: str) -> DatasetInvalid:
    return DatasetInvalid(f"{path.name}, line {line}: {field} {problem}", remedy=remedy)
