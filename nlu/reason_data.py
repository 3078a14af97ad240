"""Texts and conversations with their reasons, as a centre labelled them: CSV or JSONL."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conversation import parse_conversation
from conversation.errors import ConversationUnreadable, DatasetInvalid, NotFound
from nlu.reason_votes import CUSTOMERS
from nlu.segments import opening_of, segments_of

OUT_OF_SCOPE_LABELS = frozenset({"oos", "NO_NODES_DETECTED"})
"""Labels that mean out of scope, besides null, unless others are named."""

_LABEL_KEYS = ("reason", "intent", "label")
_GROUP_KEYS = ("conversation_id", "conversation")
_LANGUAGE_KEYS = ("language", "lang")
_SHAPE = 'write one object a line, such as {"text": "…", "reason": "…"}'
_MOST_NAMED = 5


@dataclass(frozen=True)
class LabelledText:
    """One line of a data set.

    Attributes:
        text: What the customer said.
        label: The reason; None when it is out of scope.
        line: Where the line begins in its file, from 1; 0 when it is from no file.
        language: BCP 47 tag; None when the line does not say.
        group: Identifier of the conversation that the text is from; texts of one conversation
            are never learnt from and tested on at once. None when the line does not say.
    """

    text: str
    label: str | None
    line: int = 0
    language: str | None = None
    group: str | None = None


def read_labelled_texts(
    path: Path, oos_labels: frozenset[str] = OUT_OF_SCOPE_LABELS
) -> list[LabelledText]:
    """Read texts with one reason each.

    Args:
        path: A ``.csv`` file with a header (comma, semicolon or tab; UTF-8, or UTF-16 and
            Windows-1252 as spreadsheets save it), or JSONL. Columns or keys:
            ``text`` (or, in JSONL, ``conversation``: one in a format that
            :func:`conversation.parse_conversation` knows, of which the customer's opening is
            read), ``reason`` (or ``intent``, ``label``; null or empty is out of scope), and if
            known ``language`` and ``conversation_id``. Others are ignored.
        oos_labels: Labels that mean out of scope, besides null.

    Returns:
        The lines, in order; empty lines are skipped.

    Raises:
        NotFound: The file does not exist.
        DatasetInvalid: Lines cannot be used, or there are none; the message names the first few.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}", remedy="check the path")
    rows = _csv_rows if path.suffix.lower() in {".csv", ".tsv"} else _json_rows
    items: list[LabelledText] = []
    bad: list[DatasetInvalid] = []
    try:
        for number, row in rows(path):
            try:
                items.append(_labelled(row, number, f"{path}, line {number}", oos_labels))
            except DatasetInvalid as error:
                bad.append(error)
    except UnicodeDecodeError as error:
        raise DatasetInvalid(
            f"{path} is no text in UTF-8 at byte {error.start}",
            remedy="save it with the encoding UTF-8",
        ) from error
    if bad:
        said = "; ".join(error.message for error in bad[:_MOST_NAMED])
        more = f"; and {len(bad) - _MOST_NAMED} more lines" if len(bad) > _MOST_NAMED else ""
        raise DatasetInvalid(said + more, remedy=bad[0].remedy)
    if not items:
        raise DatasetInvalid(
            f"{path} has no lines, expected one labelled text a line", remedy="check the file"
        )
    return items


def _json_rows(path: Path) -> Iterator[tuple[int, object]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, RecursionError):
                yield number, _NotJson(line.strip()[:60])


@dataclass(frozen=True)
class _NotJson:
    """A line that could not be decoded."""

    start: str


def _csv_rows(path: Path) -> Iterator[tuple[int, object]]:
    csv.field_size_limit(10_000_000)
    file = io.StringIO(_csv_text(path), newline="")
    header = file.readline()
    stated = re.fullmatch(r"(?i)\"?sep=(.)\"?", header.rstrip("\r\n"))
    above = 1 if stated else 0  # Excel's own line, which names the delimiter
    if stated is None:
        file.seek(0)
    delimiter = stated[1] if stated else max(",;\t", key=header.count)
    reader = csv.reader(file, delimiter=delimiter)
    names = [name.strip().lower() for name in next(reader, [])]
    if "text" not in names or not any(key in names for key in _LABEL_KEYS):
        raise DatasetInvalid(
            f"{path}, line {above + 1}: got the columns {', '.join(names) or 'none'}, expected "
            f"text and one of {', '.join(_LABEL_KEYS)}",
            remedy="write a header such as text,reason,language,conversation_id",
        )
    started = above + reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row: dict[str, object] = dict(zip(names, cells, strict=False))
            for key in _LABEL_KEYS:
                if key in row:
                    row[key] = str(row[key]).strip() or None
            yield started, row
        started = above + reader.line_num + 1


def _csv_text(path: Path) -> str:
    """Return the text of a table, in the encodings that spreadsheets save."""
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in raw:
            raise
        return raw.decode("cp1252")


def _labelled(row: object, line: int, where: str, oos_labels: frozenset[str]) -> LabelledText:
    if isinstance(row, _NotJson):
        raise DatasetInvalid(f"{where}: not JSON ({row.start!r})", remedy=_SHAPE)
    if not isinstance(row, Mapping):
        raise DatasetInvalid(
            f"{where}: got {type(row).__name__}, expected an object", remedy=_SHAPE
        )
    key = next((key for key in _LABEL_KEYS if key in row), None)
    if key is None and "intents" in row:
        raise DatasetInvalid(
            f"{where}: got a list under 'intents', expected one label under 'reason'",
            remedy="give texts with one reason each; several at once are not learnt",
        )
    label = row.get(key) if key else None
    text = row.get("text")
    if text is None and isinstance(row.get("conversation"), (Mapping, list)):
        text = _said(row["conversation"], where)
    if not isinstance(text, str) or not text.strip():
        raise DatasetInvalid(
            f"{where}: got text {text!r}, expected a text that is not empty",
            remedy="put what the customer said under 'text'",
        )
    if key is None or not (label is None or (isinstance(label, str) and label)):
        raise DatasetInvalid(
            f"{where}: got {key or 'reason'} {label!r}, expected a label, or null for out of scope",
            remedy="put the label under 'reason'",
        )
    return LabelledText(
        text=text,
        label=None if label in oos_labels else label,
        line=line,
        language=_first(row, _LANGUAGE_KEYS),
        group=_group(row),
    )


def _said(data: object, where: str) -> str:
    """Return the opening of a conversation, as the customer said it."""
    try:
        conversation = parse_conversation(data, name=where)
    except ConversationUnreadable as error:
        raise DatasetInvalid(f"{where}: {error.message}", remedy=error.remedy) from error
    segments = segments_of(conversation)
    own = [segment.text for segment in segments if segment.speaker in CUSTOMERS]
    if not own:
        raise DatasetInvalid(
            f"{where}: no turn of the conversation is the customer's",
            remedy="mark who speaks with agent and customer, or leave the line out",
        )
    return opening_of(segments) or max(own, key=len)


def _group(row: Mapping[object, object]) -> str | None:
    value = _first(row, _GROUP_KEYS)
    conversation = row.get("conversation")
    if value is None and isinstance(conversation, Mapping):
        inner = conversation.get("id")
        return inner if isinstance(inner, str) and inner else None
    return value


def _first(row: Mapping[object, object], keys: Sequence[str]) -> str | None:
    """Return the first of these values that is a text or a number."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None
