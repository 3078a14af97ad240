"""Conversations and turns as rows, for spreadsheets and warehouses.

The columns follow what contact-centre warehouses hold (Google's export schema of Contact Center AI
Insights is a public list of such columns).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from conversation import Conversation
from conversation.vcon_values import mapping, mappings
from serving.store import StoredConversation

Kind = Literal["text", "enum", "moment", "milliseconds", "number", "count", "flag"]
Cell = str | int | float | bool | datetime | None


@dataclass(frozen=True)
class Exported:
    """One conversation to be exported.

    Attributes:
        stored: Its row in the store.
        conversation: What was said, redacted where that is asked for; None before it is done.
        analysis: What was concluded, as JSON; empty before it is done.
    """

    stored: StoredConversation
    conversation: Conversation | None
    analysis: Mapping[str, Any]

    def figure(self, *path: str) -> Any:  # noqa: ANN401 - whatever JSON holds there
        """Return a value of the analysis by its path; None where there is none."""
        value: Any = self.analysis
        for name in path:
            value = mapping(value).get(name)
        return value


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: With its unit.
        kind: What its cells are; ``enum`` is text with few values, ``milliseconds`` a duration.
        value: Takes a cell out of a row's source.
    """

    name: str
    kind: Kind
    value: Callable[[Any], Cell]


def _milliseconds(seconds: object) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return round(seconds * 1000)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _speaker(exported: Exported, speaker: str) -> Mapping[str, Any]:
    speakers = mappings(exported.figure("metrics", "spoken", "speakers"))
    return next((one for one in speakers if one.get("speaker") == speaker), {})


def _note(exported: Exported) -> str | None:
    sentences = mappings(exported.figure("understanding", "note", "sentences"))
    return " ".join(str(one.get("text", "")) for one in sentences) or None


def _of(name: str) -> Callable[[Exported], Cell]:
    def value(exported: Exported) -> Cell:
        found = getattr(exported.stored, name)
        return found if found is None or isinstance(found, str | int | float | datetime) else None

    return value


CONVERSATION_COLUMNS: tuple[Column, ...] = (
    Column("conversation_id", "text", _of("id")),
    Column("team", "enum", _of("team")),
    Column("status", "enum", _of("status")),
    Column("created_at", "moment", _of("created_at")),
    Column("started_at", "moment", _of("started_at")),
    Column("finished_at", "moment", _of("finished_at")),
    Column("channel", "enum", _of("channel")),
    Column("direction", "enum", _of("direction")),
    Column("language", "enum", _of("spoken_language")),
    Column("queue", "enum", _of("queue")),
    Column("purpose", "enum", _of("purpose")),
    Column("agent_key", "text", _of("agent_key")),
    Column("duration_ms", "milliseconds", lambda one: _milliseconds(one.stored.duration_s)),
    Column(
        "turns",
        "count",
        lambda one: None if one.conversation is None else len(one.conversation.turns),
    ),
    Column("reason", "enum", _of("reason")),
    Column(
        "reason_probability",
        "number",
        lambda one: _number(one.figure("understanding", "reasons", "primary", "probability")),
    ),
    Column(
        "nature",
        "enum",
        lambda one: _text(one.figure("understanding", "axes", "nature", "primary")),
    ),
    Column(
        "urgency_level",
        "number",
        lambda one: _number(one.figure("understanding", "axes", "urgency", "level")),
    ),
    Column(
        "outcome",
        "enum",
        lambda one: _text(one.figure("understanding", "axes", "outcome", "outcome")),
    ),
    Column(
        "customer_sentiment",
        "number",
        lambda one: _number(one.figure("understanding", "sentiment", "overall")),
    ),
    Column(
        "customer_sentiment_start",
        "number",
        lambda one: _number(one.figure("understanding", "sentiment", "start")),
    ),
    Column(
        "customer_sentiment_end",
        "number",
        lambda one: _number(one.figure("understanding", "sentiment", "end")),
    ),
    Column(
        "agent_talk_ms",
        "milliseconds",
        lambda one: _milliseconds(_speaker(one, "agent").get("talk_s")),
    ),
    Column(
        "customer_talk_ms",
        "milliseconds",
        lambda one: _milliseconds(_speaker(one, "customer").get("talk_s")),
    ),
    Column(
        "silence_ms",
        "milliseconds",
        lambda one: _milliseconds(one.figure("metrics", "spoken", "silence_s")),
    ),
    Column("draft_score_100", "number", _of("score_100")),
    Column("scorecard", "enum", lambda one: _text(one.figure("evaluation", "scorecard"))),
    Column(
        "eliminatory_proposed",
        "flag",
        lambda one: (
            None
            if one.figure("evaluation") is None
            else bool(one.figure("evaluation", "eliminatory"))
        ),
    ),
    Column("summary", "text", _note),
    Column("entendu_version", "enum", lambda one: _text(one.figure("entendu_version"))),
)
"""One row for each conversation."""


@dataclass(frozen=True)
class TurnRow:
    """One turn of an exported conversation.

    Attributes:
        exported: The conversation.
        conversation: What was said in it.
        place: Of the turn.
        sentiment: Of the turn, −1 to 1; None where it is not the customer's.
    """

    exported: Exported
    conversation: Conversation
    place: int
    sentiment: float | None


def turns_of(exported: Exported) -> list[TurnRow]:
    """Return the turns of a conversation as rows."""
    if exported.conversation is None:
        return []
    scores = {
        one.get("turn_index"): _number(one.get("score"))
        for one in mappings(exported.figure("understanding", "sentiment", "turns"))
    }
    return [
        TurnRow(exported, exported.conversation, turn.index, scores.get(turn.index))
        for turn in exported.conversation.turns
    ]


def _turn(name: str) -> Callable[[TurnRow], Cell]:
    def value(row: TurnRow) -> Cell:
        found = getattr(row.conversation.turns[row.place], name)
        return found if found is None or isinstance(found, str | int | float | datetime) else None

    return value


TURN_COLUMNS: tuple[Column, ...] = (
    Column("conversation_id", "text", lambda row: row.exported.stored.id),
    Column("turn_index", "count", _turn("index")),
    Column("speaker", "enum", _turn("speaker")),
    Column(
        "start_ms",
        "milliseconds",
        lambda row: _milliseconds(row.conversation.turns[row.place].start_s),
    ),
    Column(
        "end_ms", "milliseconds", lambda row: _milliseconds(row.conversation.turns[row.place].end_s)
    ),
    Column("at", "moment", _turn("at")),
    Column("language", "enum", _turn("language")),
    Column("confidence", "number", _turn("confidence")),
    Column("customer_sentiment", "number", lambda row: row.sentiment),
    Column("words", "count", lambda row: len(row.conversation.turns[row.place].text.split())),
    Column("text", "text", _turn("text")),
)
"""One row for each turn."""
