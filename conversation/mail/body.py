"""The body of an e-mail taken apart: what its writer wrote, what it quotes, what was cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversation.mail.quote_headers import QuoteHeader, read_quote_header
from conversation.mail.signatures import CutKind, mark_cuts

MAX_QUOTE_DEPTH = 40
# Yahoo on Android writes the quoted message behind its header, on the same line.
_ATTRIBUTION_AND_TEXT = re.compile(
    r"(?im)^[ \t]*((?:Le|On)\s[^<>\n]{8,150}<[^<>\s]{3,200}>\s(?:a écrit|wrote)\s?:)[ \t]{2,}(?=\S)"
)
_QUOTE_MARK = re.compile(r"^\s{0,3}>\s?")


@dataclass(frozen=True)
class Cut:
    """Lines that were left out of a message.

    Attributes:
        kind: ``history`` (quoted), ``signature``, ``notice`` (legal notices), ``banner`` (a
            gateway's warning on top) or ``device`` ("Envoyé de mon iPhone").
        text: The lines.
    """

    kind: CutKind
    text: str

    @property
    def line_count(self) -> int:
        """How many lines are not empty."""
        return sum(bool(line.strip()) for line in self.text.split("\n"))


@dataclass(frozen=True)
class QuotedMessage:
    """An older message inside a newer one.

    Attributes:
        header: Who wrote it and when; None where nothing above it says so.
        parts: It, taken apart in the same way; what it quotes itself is not in there.
        raw: Its lines as quoted, without one level of quote marks.
    """

    header: QuoteHeader | None
    parts: BodyParts
    raw: str


@dataclass(frozen=True)
class BodyParts:
    """A body taken apart; every line that is not empty is in exactly one place.

    Attributes:
        kept: What the writer wrote.
        cuts: What was left out, in order.
        quoted: The messages inside, newest first, each once: what a quoted message quotes
            follows it.
    """

    kept: str
    cuts: tuple[Cut, ...] = ()
    quoted: tuple[QuotedMessage, ...] = ()


def split_body(text: str) -> BodyParts:
    """Take the body of an e-mail apart.

    Replies under and between quoted lines are kept. Where a header such as ``De : … Envoyé :
    … Objet : …`` or "Le … a écrit :" stands above lines without quote marks, all that follows
    is the quoted message.

    Args:
        text: Plain text.

    Returns:
        What was written, what was cut, and the messages quoted.
    """
    text = _ATTRIBUTION_AND_TEXT.sub(r"\1\n", text)
    return _split([line.rstrip() for line in text.split("\n")], depth=0)


def _split(lines: list[str], *, depth: int) -> BodyParts:
    if depth >= MAX_QUOTE_DEPTH:
        return BodyParts(kept="", cuts=_joined([("history", line) for line in lines]))
    written, quotations = _part(lines)
    cuts: list[tuple[CutKind, str]] = []
    kept: list[str] = []
    for segment in written:
        for line, mark in zip(segment, mark_cuts(segment), strict=True):
            if mark is None:
                kept.append(line)
            else:
                cuts.append((mark, line))
        kept.append("")
    quoted: list[QuotedMessage] = []
    for header, header_lines, quoted_lines in quotations:
        cuts.extend(("history", line) for line in (*header_lines, *quoted_lines))
        inner = _split(quoted_lines, depth=depth + 1)
        if inner.kept or header is not None:
            alone = BodyParts(inner.kept, tuple(cut for cut in inner.cuts if cut.kind != "history"))
            quoted.append(QuotedMessage(header, alone, "\n".join(quoted_lines).strip("\n")))
        quoted.extend(inner.quoted)
    return BodyParts(_tidy(kept), _joined(cuts), tuple(quoted))


Quotation = tuple[QuoteHeader | None, list[str], list[str]]


def _part(lines: list[str]) -> tuple[list[list[str]], list[Quotation]]:
    """Part what was written from what is quoted.

    Returns:
        The runs of written lines, and the quotations: header, its lines, the quoted lines
        without their outer mark.
    """
    written: list[list[str]] = [[]]
    quotations: list[Quotation] = []
    at = 0
    while at < len(lines):
        header = None if _is_quoted(lines[at]) else read_quote_header(lines, at)
        if header is not None:
            end = at + header.line_count
            head = lines[at:end]
            first = _next_with_text(lines, end)
            if first is not None and _is_quoted(lines[first]):
                stop = _end_of_quoted(lines, first)
                quotations.append((header, head, _unmarked(lines[first:stop])))
                written.append([])
                at = stop
                continue
            quotations.append((header, head, lines[end:]))
            break
        if _is_quoted(lines[at]):
            stop = _end_of_quoted(lines, at)
            _add_run(quotations, _unmarked(lines[at:stop]))
            written.append([])
            at = stop
            continue
        written[-1].append(lines[at])
        at += 1
    return [run for run in written if any(line.strip() for line in run)], quotations


def _add_run(quotations: list[Quotation], run: list[str]) -> None:
    """Add quoted lines: answers in between part one quotation into several runs."""
    first = next((number for number, line in enumerate(run) if line.strip()), 0)
    starts_anew = run and read_quote_header(run, first) is not None
    if quotations and not starts_anew:
        quotations[-1][2].extend(["", *run])
    else:
        quotations.append((None, [], run))


def _is_quoted(line: str) -> bool:
    return _QUOTE_MARK.match(line) is not None


def _unmarked(lines: Sequence[str]) -> list[str]:
    return [_QUOTE_MARK.sub("", line, count=1) for line in lines]


def _next_with_text(lines: Sequence[str], start: int) -> int | None:
    return next((at for at in range(start, len(lines)) if lines[at].strip()), None)


def _end_of_quoted(lines: Sequence[str], start: int) -> int:
    """Return where a run of quoted lines ends; empty lines inside belong to it."""
    end = at = start
    while at < len(lines):
        if _is_quoted(lines[at]):
            end = at + 1
        elif lines[at].strip():
            break
        at += 1
    return end


def _tidy(lines: Sequence[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")


def _joined(marked: Sequence[tuple[CutKind, str]]) -> tuple[Cut, ...]:
    """Put neighbouring lines of one kind together."""
    cuts: list[tuple[CutKind, list[str]]] = []
    for kind, line in marked:
        if cuts and cuts[-1][0] == kind:
            cuts[-1][1].append(line)
        elif line.strip():
            cuts.append((kind, [line]))
    return tuple(Cut(kind, "\n".join(lines).strip("\n")) for kind, lines in cuts)
