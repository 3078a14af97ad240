"""What the address of the inbox asks for: the filters that every figure of the board links to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError

from conversation import Channel
from serving.store import Filters, Status
from serving.store.values import Mood

_Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00]+$")]
_Score = Annotated[float, Field(ge=0, le=100)]
_Moment = date | AwareDatetime

_READERS: dict[str, TypeAdapter[object]] = {
    "status": TypeAdapter(Status),
    "channel": TypeAdapter(Channel),
    "direction": TypeAdapter(Literal["inbound", "outbound", "unknown"]),
    "language": TypeAdapter(Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]),
    "reason": TypeAdapter(_Code),
    "subreason": TypeAdapter(_Code),
    "queue": TypeAdapter(_Key),
    "team": TypeAdapter(_Key),
    "agent_key": TypeAdapter(_Key),
    "customer_key": TypeAdapter(Annotated[_Key, StringConstraints(max_length=128)]),
    "sentiment": TypeAdapter(Mood),
    "category": TypeAdapter(_Code),
    "from": TypeAdapter(_Moment),
    "to": TypeAdapter(_Moment),
    "min_score": TypeAdapter(_Score),
    "max_score": TypeAdapter(_Score),
    "sampled": TypeAdapter(bool),
    "q": TypeAdapter(Annotated[str, StringConstraints(max_length=200, pattern=r"\w")]),
    "ids": TypeAdapter(
        Annotated[str, StringConstraints(max_length=13_000, pattern=r"^[A-Za-z0-9_.,-]+$")]
    ),
}


@dataclass(frozen=True)
class AskedList:
    """Which conversations an address asks for.

    Attributes:
        given: What was understood, by name, as the address writes it.
        ignored: What was not, in the same way.
        filters: The same for the store; None where a day is named, which begins when the reader's
            own clock says so.
    """

    given: dict[str, str]
    ignored: dict[str, str]
    filters: Filters | None


def read_asked(query: Mapping[str, str]) -> AskedList:
    """Read the query of an address; a link that is half understood still shows something.

    ``from`` and ``to`` are days, both included, or moments with their zone, the second excluded.
    ``subreason`` goes before ``reason``, ``ids`` are separated by commas.

    Args:
        query: Names and values; other names do not count.
    """
    given: dict[str, str] = {}
    values: dict[str, object] = {}
    ignored: dict[str, str] = {}
    for name, reader in _READERS.items():
        text = query.get(name, "").strip()
        if not text:
            continue
        try:
            values[name] = reader.validate_strings(text)
        except ValidationError:
            ignored[name] = text
            continue
        given[name] = text
    days = any(len(given.get(name, "")) == len("2026-11-03") for name in ("from", "to"))
    return AskedList(given, ignored, None if days else _filters(values))


def _filters(values: Mapping[str, object]) -> Filters:
    ids = values.get("ids")
    names = {
        "reason": values.get("subreason") or values.get("reason"),
        "mood": values.get("sentiment"),
        "started_from": values.get("from"),
        "started_before": values.get("to"),
        "text": values.get("q"),
        "ids": None if ids is None else tuple(filter(None, str(ids).split(","))),
    }
    same = ("status", "channel", "direction", "language", "queue", "team", "agent_key",
            "customer_key", "category", "min_score", "max_score", "sampled")  # fmt: skip
    return Filters(**{name: values.get(name) for name in same}, **names)  # type: ignore[arg-type]
