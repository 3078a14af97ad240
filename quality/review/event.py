"""What all events have: who did what, in which role, when; never changed afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Role = Literal["analyst", "reviewer", "agent", "system"]
Gate = Literal["auto", "assist", "off"]
"""How far the machine's answer to a question is trusted: counted; shown but not counted; not
shown."""

Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$")]
"""Pseudonymous id of a person, or the id of a conversation, session or question."""
MOST_SAID = 4000
"""Characters of a remark or a reason."""

Said = Annotated[str, Field(min_length=1, max_length=MOST_SAID, pattern=r"\S")]
FROZEN = ConfigDict(frozen=True, extra="forbid")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
"""With its zone; kept in UTC."""


def new_id() -> str:
    """Make an id that no other event has."""
    return uuid4().hex


class Event(BaseModel):
    """What all events have.

    Attributes:
        id: Unique; an event that is recorded twice counts once.
        at: When, in UTC.
        author: Pseudonymous id of who did it.
        role: In which role.
    """

    model_config = FROZEN

    id: str = Field(default_factory=new_id, min_length=1, max_length=64)
    at: Moment
    author: Key
    role: Role
