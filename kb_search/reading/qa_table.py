"""Tables of questions and answers, as CSV or with a JSON object on each line."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conversation.errors import DocumentUnreadable
from kb_search.documents import Metadata, Problem
from kb_search.reading.blocks import Block, Reading, clean
from kb_search.reading.html import html_blocks
from kb_search.reading.metadata import plain_name, read_metadata, strictest
from kb_search.reading.text import decode, text_blocks
from kb_search.settings import IngestSettings

_QUESTION = {"question", "questions", "q", "intitule"}
_ANSWER = {"answer", "answers", "reponse", "reponses", "response", "a", "r"}
_DELIMITERS = (",", ";", "\t", "|")
_EXCEL_DELIMITER = re.compile(r"sep=(.)$")
_MARKUP = re.compile(
    r"</?(?:p|br|ul|ol|li|div|span|strong|em|b|i|a|h[1-6]|table)\b[^>]{0,500}>", re.IGNORECASE
)
_EXPECTED = (
    "columns `question` and `answer` (`réponse`), and if need be title, url, product, audience, "
    "state, valid_from, valid_to, language"
)
_MAX_REPORTED = 20
_MAX_CELL_CHARACTERS = 131_072
"""The limit of Python's csv module, for every cell of either format."""


@dataclass(slots=True)
class _Rows:
    """What a table's rows gave so far."""

    name: str
    settings: IngestSettings
    blocks: list[Block] = field(default_factory=list)
    metadata: list[Metadata] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    characters: int = 0

    def add(self, values: Mapping[str, object], where: str) -> None:
        """Add a row, or the reason why it cannot be one."""
        try:
            self._add(values, where)
        except DocumentUnreadable as problem:
            self.reject(str(problem))

    def reject(self, reason: str) -> None:
        """Note a row that cannot be read.

        Raises:
            DocumentUnreadable: There are too many of them.
        """
        self.bad.append(reason)
        if len(self.bad) > self.settings.max_bad_rows:
            raise DocumentUnreadable(
                f"{self.name} has more than {self.settings.max_bad_rows} rows that cannot be "
                f"read, the first: {self.bad[0]}",
                remedy="correct it, or raise max_bad_rows",
            )

    def _add(self, values: Mapping[str, object], where: str) -> None:
        question = _cell(values, _QUESTION, where)
        answer = _cell(values, _ANSWER, where)
        if not clean(question) or not clean(answer):
            missing = "answer" if clean(question) else "question"
            raise DocumentUnreadable(f"{where} has no {missing}", remedy="fill it in")
        metadata = read_metadata(values, where)
        content = _answer_blocks(answer, where, self.settings)
        if not content:
            raise DocumentUnreadable(f"{where} has an answer without text", remedy="fill it in")
        if metadata.state == "archived":
            return
        self.blocks.append(Block("heading", clean(question), level=1, metadata=metadata))
        self.blocks.extend(content)
        self.metadata.append(metadata)
        self.characters += len(question) + len(answer)
        if self.characters > self.settings.max_characters:
            raise _TooLongError(self.name, self.settings)

    def reading(self) -> Reading:
        """Return the whole table."""
        if not self.blocks:
            first = f", the first: {self.bad[0]}" if self.bad else ""
            raise DocumentUnreadable(
                f"{self.name} has no question with an answer that may be used{first}",
                remedy=f"give it {_EXPECTED}",
            )
        reasons = self.bad[:_MAX_REPORTED]
        if len(self.bad) > _MAX_REPORTED:
            reasons.append(f"{len(self.bad) - _MAX_REPORTED} more rows cannot be read")
        return Reading(
            blocks=tuple(self.blocks),
            metadata=strictest(self.metadata),
            problems=tuple(
                Problem(path=self.name, kind="unreadable", reason=reason) for reason in reasons
            ),
        )


class _TooLongError(Exception):
    """The rows hold more text than a document may."""

    def __init__(self, name: str, settings: IngestSettings) -> None:
        super().__init__(f"{name} holds more than {settings.max_characters} characters")


def read_csv(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read a table of questions and answers, each row a question that heads its answer.

    The first line names the columns, in French or English. The delimiter is the one of comma,
    semicolon, tab and bar that makes a question and an answer column of it.

    Args:
        data: The file's bytes: UTF-8, UTF-16 with its mark, or Windows-1252.
        path: For messages.
        settings: ``max_bad_rows`` and ``max_characters`` apply.

    Returns:
        The rows; those that cannot be read are its problems, by the number of their line.

    Raises:
        DocumentUnreadable: It has no such columns, no row that can be read, or too many that
            cannot.
    """
    settings = settings or IngestSettings()
    lines = decode(data, path.name).split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    stated = _EXCEL_DELIMITER.match(lines[first].strip("\r\n "))
    if stated:
        first += 1
    names, delimiter = _header(
        lines[first] if first < len(lines) else "", stated.group(1) if stated else None, path.name
    )
    rows = _Rows(path.name, settings)
    return _collected(rows, _csv_rows(lines, first + 1, names, delimiter, rows))


def read_jsonl(data: bytes, path: Path, settings: IngestSettings | None = None) -> Reading:
    """Read questions and answers, a JSON object on each line.

    Args:
        data: The file's bytes, as for :func:`read_csv`; the names are those of its columns.
        path: For messages.
        settings: ``max_bad_rows`` and ``max_characters`` apply.

    Returns:
        The rows; those that cannot be read are its problems, by the number of their line.

    Raises:
        DocumentUnreadable: It has no row that can be read, or too many that cannot.
    """
    rows = _Rows(path.name, settings or IngestSettings())
    return _collected(rows, _json_rows(decode(data, path.name).split("\n"), rows))


def _collected(rows: _Rows, found: Iterator[tuple[str, Mapping[str, object]]]) -> Reading:
    try:
        for where, values in found:
            rows.add(values, where)
    except _TooLongError as problem:
        raise DocumentUnreadable(
            str(problem), remedy="split it, or raise max_characters"
        ) from problem
    return rows.reading()


def _header(line: str, stated: str | None, name: str) -> tuple[list[str], str]:
    """Return the names of the columns and the delimiter between them."""
    for delimiter in (stated,) if stated else _DELIMITERS:
        try:
            names = [clean(cell) for cell in next(csv.reader([line], delimiter=delimiter), [])]
        except (csv.Error, TypeError, ValueError):
            continue
        plain = {plain_name(cell) for cell in names}
        if plain & _QUESTION and plain & _ANSWER:
            return names, delimiter
    shown = line if len(line) <= 120 else f"{line[:120]}…"
    raise DocumentUnreadable(
        f"{name} begins with {shown!r}, which does not name a question and an answer column",
        remedy=f"give it {_EXPECTED}",
    )


def _csv_rows(
    lines: Sequence[str], first: int, names: Sequence[str], delimiter: str, rows: _Rows
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield each row with its line; one whose quotation is not closed costs only its line."""
    number = first
    while number < len(lines):
        reader = csv.reader(
            (f"{lines[n]}\n" for n in range(number, len(lines))),
            delimiter=delimiter,
            strict=True,
        )
        start = number
        try:
            for cells in reader:
                where = f"line {start + 1}"
                start = number + reader.line_num
                if len(cells) > len(names):
                    rows.reject(
                        f"{where} has {len(cells)} cells, the first line names {len(names)}; "
                        f"put cells that hold {delimiter!r} in quotation marks"
                    )
                elif any(clean(cell) for cell in cells):
                    yield where, dict(zip(names, cells, strict=False))
        except csv.Error as problem:
            rows.reject(f"line {start + 1} cannot be parsed ({problem}); check its quotation marks")
            number = start + 1
        else:
            return


def _json_rows(lines: Sequence[str], rows: _Rows) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"line {number}"
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as problem:
            detail = " ".join(str(problem).split())[:80]
            rows.reject(f"{where} is no JSON ({detail})")
            continue
        if isinstance(values, dict):
            yield where, values
        else:
            rows.reject(f"{where} is a JSON {type(values).__name__}, expected names and values")


def _cell(values: Mapping[str, object], names: set[str], where: str) -> str:
    """Return the text of a question or answer."""
    for name, value in values.items():
        if plain_name(name) not in names or value is None:
            continue
        if not isinstance(value, str):
            raise DocumentUnreadable(
                f"{where} has {name}: a {type(value).__name__}, expected text",
                remedy="write it as text",
            )
        if len(value) > _MAX_CELL_CHARACTERS:
            raise DocumentUnreadable(
                f"{where} has {len(value)} characters in {name}, the limit is "
                f"{_MAX_CELL_CHARACTERS}",
                remedy="split it into several questions",
            )
        if value.strip():
            return value
    return ""


def _answer_blocks(answer: str, where: str, settings: IngestSettings) -> list[Block]:
    """Return the blocks of an answer, which may be HTML; its headings stand below the question."""
    if not _MARKUP.search(answer):
        return list(text_blocks(answer, with_title=False))
    return [
        Block("heading", block.text, level=block.level + 1) if block.kind == "heading" else block
        for block in html_blocks(answer, f"the answer of {where}", settings)
    ]
