"""The board's tables as spreadsheets get them: the same rows and columns as on the screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, get_args

from quality.kpi.definitions import Language, Words
from serving.board.sheet_words import HEADS, cell_words
from serving.interchange.csv_table import safe_cell

if TYPE_CHECKING:
    from serving.board.forecast import ForecastShown
    from serving.board.gaps import Gaps
    from serving.board.health import Health
    from serving.board.kpis import Kpis
    from serving.board.questions import Quality
    from serving.board.topics import Topics
    from serving.board.values import Mood, ReasonMood, Slice, Volumes

TableName = Literal[
    "volumes", "channels", "queues", "reasons", "reasons_over_time", "mood", "kpis", "questions",
    "topics", "gaps", "forecast", "health",
]  # fmt: skip
TABLE_NAMES: tuple[TableName, ...] = get_args(TableName)

Kind = Literal["channel", "queue", "reason"]
Cell = str | int | float | date | datetime | None
_BOM = "\ufeff"  # by which Excel knows UTF-8
_DECIMALS = 4


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        head: Names of the columns.
        rows: Their cells.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_sheet(sheet: Sheet, language: Language) -> str:
    """Write a table as CSV that the spreadsheet of a reader opens as it is.

    French spreadsheets take semicolons and decimal commas, English ones commas and points; a mark
    at the beginning says UTF-8. What would be taken for a formula is written as text.

    Args:
        sheet: The table.
        language: Of the reader.
    """
    buffer = io.StringIO(newline="")
    buffer.write(_BOM)
    french = language == "fr"
    writer = csv.writer(buffer, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in sheet.head])
    for row in sheet.rows:
        writer.writerow([_written(cell, comma=french) for cell in row])
    return buffer.getvalue()


def _written(cell: Cell, *, comma: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = f"{cell:.{_DECIMALS}f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if comma else text
    if isinstance(cell, date):  # a moment, too
        return cell.isoformat()
    return safe_cell(cell) if isinstance(cell, str) else str(cell)


class Sheets:
    """Makes tables of what a board shows.

    Args:
        language: Of the names.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._words = cell_words(language)

    def _text(self, words: Words | None, other: str | None = None) -> str:
        return (other or "") if words is None else words.text(self._language)

    def _head(self, *names: str) -> tuple[str, ...]:
        place = 0 if self._language == "fr" else 1
        return tuple(HEADS[name][place] for name in names)

    def volumes(self, found: Volumes) -> Sheet:
        """Days or weeks with their conversations and those of the period before."""
        before = [*found.previous_counts, *([None] * len(found.buckets))]
        return Sheet(
            self._head("first", "last", "n", "previous"),
            tuple(
                (bucket.first, bucket.last, n, before[place])
                for place, (bucket, n) in enumerate(
                    zip(found.buckets, found.counts, strict=True)
                )
            ),
        )  # fmt: skip

    def slices(self, found: Sequence[Slice], kind: Kind) -> Sheet:
        """Channels, queues or reasons with their share."""
        return Sheet(
            self._head("code", "name", "n", "share", "low", "high", "previous"),
            tuple(
                (one.key, self._name(one, kind), one.n, one.share, one.low, one.high, one.previous)
                for one in found
            ),
        )

    def over_time(self, found: Volumes) -> Sheet:
        """Reasons, day by day or week by week."""
        return Sheet(
            (*self._head("code", "name"), *(one.first.isoformat() for one in found.buckets)),
            tuple((one.key, self._name(one, "reason"), *one.counts) for one in found.reasons),
        )

    def mood(self, found: Mood) -> Sheet:
        """Mood by reason."""
        names = ("code", "name", "n", "mean", "low", "high", "negative", "neutral", "positive",
                 "previous_mean")  # fmt: skip
        return Sheet(
            self._head(*names),
            tuple(
                (one.key, self._name(one, "reason"), one.n, one.mean, one.low, one.high,
                 one.negative, one.neutral, one.positive, one.previous_mean)
                for one in found.reasons
            ),
        )  # fmt: skip

    def kpis(self, found: Kpis) -> Sheet:
        """KPIs with their formulas; what is missing stands where there is no value."""
        names = ("section", "name", "value", "unit", "low", "high", "n", "previous_value",
                 "formula", "missing")  # fmt: skip
        return Sheet(
            self._head(*names),
            tuple(
                (self._text(section.label), self._text(one.label), one.now.value,
                 self._words[f"unit_{one.unit}"],
                 one.now.low, one.now.high, one.now.n, one.before.value, self._text(one.formula),
                 one.now.missing(self._language))
                for section in found.sections
                for one in section.kpis
            ),
        )  # fmt: skip

    def questions(self, found: Quality) -> Sheet:
        """Questions of all cards: the machine's drafts beside what people confirmed."""
        names = ("scorecard", "question", "draft", "low", "high", "draft_n", "confirmed",
                 "confirmed_low", "confirmed_high", "confirmed_n", "gate", "kappa", "kappa_low",
                 "kappa_high", "kappa_n")  # fmt: skip
        rows: list[tuple[Cell, ...]] = []
        for card in found.cards:
            for one in card.questions:
                agreed = one.agreement
                rows.append(
                    (
                        f"{card.scorecard} {card.version}", self._text(one.label),
                        one.draft.value, one.draft.low, one.draft.high, one.draft.n,
                        one.confirmed.value, one.confirmed.low, one.confirmed.high,
                        one.confirmed.n, self._words[f"gate_{one.gate}"],
                        None if agreed is None else agreed.kappa,
                        None if agreed is None else agreed.low,
                        None if agreed is None else agreed.high,
                        None if agreed is None else agreed.n,
                    )
                )  # fmt: skip
        return Sheet(self._head(*names), tuple(rows))

    def topics(self, found: Topics | None) -> Sheet:
        """Topics with one quote each."""
        return Sheet(
            self._head("name", "trend", "n", "ratio", "reason", "quote", "conversation"),
            tuple(
                (self._text(one.label), self._words[f"trend_{one.trend}"], one.n, one.ratio,
                 self._text(one.reason_label, one.reason),
                 one.quotes[0].text if one.quotes else None,
                 one.quotes[0].conversation_id if one.quotes else None)
                for one in (() if found is None else found.topics)
            ),
        )  # fmt: skip

    def gaps(self, found: Gaps | None) -> Sheet:
        """Gaps with what they took."""
        return Sheet(
            self._head("name", "n", "questions", "handling_s", "why", "nearest", "has_draft"),
            tuple(
                (one.title, one.n, one.questions, one.handling_s,
                 self._words[f"why_{one.why}"], one.nearest,
                 self._words["yes" if one.draft else "no"])
                for one in (() if found is None else found.gaps)
            ),
        )  # fmt: skip

    def forecast(self, found: ForecastShown | None) -> Sheet:
        """Half-hours to come with the agents they take."""
        names = ("start", "expected", "low", "high", "agents", "agents_low", "agents_high",
                 "service_level", "occupancy")  # fmt: skip
        return Sheet(
            self._head(*names),
            tuple(
                (one.start, one.expected, one.low, one.high, one.agents, one.agents_low,
                 one.agents_high, one.service_level, one.occupancy)
                for day in (() if found is None else found.days)
                for one in day.half_hours
            ),
        )  # fmt: skip

    def health(self, found: Health) -> Sheet:
        """Jobs by state, and the figures of queue and transcription."""
        figures: list[tuple[Cell, ...]] = [
            (f"{self._words['jobs']}{self._words['colon']}{self._words[f'state_{state}']}", n)
            for state, n in sorted(found.jobs.items())
        ]
        figures += [(self._words[f"health_{name}"], value) for name, value in self._health(found)]
        return Sheet(self._head("name", "value"), tuple(figures))

    @staticmethod
    def _health(found: Health) -> tuple[tuple[str, Cell], ...]:
        return (
            ("failed_7_days", found.failed), ("delay_median_s", found.delay.median_s),
            ("delay_p90_s", found.delay.p90_s), ("waiting_since", found.delay.waiting_since),
            ("recordings", found.coverage.recordings), ("speech_s", found.coverage.speech_s),
            ("covered_s", found.coverage.covered_s), ("short", found.coverage.short),
            ("warned", found.coverage.warned), ("counted", found.counted),
            ("pending", found.pending), ("left_out", found.left_out),
        )  # fmt: skip

    def _name(self, one: Slice | ReasonMood, kind: Kind) -> str:
        if one.key is None:
            return self._words["no_reason" if kind == "reason" else "unknown"]
        named = self._words.get(one.key) if kind == "channel" else None
        return named or self._text(one.label, one.key)
