"""What an administrator chose to use, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversation.conversation import Channel
from nlu.taxonomy import Taxonomy
from quality.scorecard import Scorecard

Kind = Literal["reasons", "scorecard"]


class Use(BaseModel):
    """That something is in use from a moment on.

    Attributes:
        kind: What.
        channel: For conversations of this channel; None: for all.
        turn: How often this was chosen so far; also the ETag of the choice.
        name: Of the definition; None: what is shipped or set again.
        version: Of the definition.
        sha256: Of what it says.
        chosen_at: Since when.
        chosen_by: Id of the key or account that chose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    channel: Channel | None
    turn: int = Field(ge=1)
    name: str | None
    version: str | None
    sha256: str | None
    chosen_at: AwareDatetime
    chosen_by: str


@dataclass(frozen=True)
class Chosen:
    """What was chosen in place of what is shipped or set.

    Attributes:
        taxonomy: The centre's own reasons; None: none were chosen.
        cards: Scorecards by channel; the one under None is for all other channels.
        earlier: Own reasons that were published and are not in use: their names are still needed
            for the conversations that were analysed with them.
        count: How many choices and publications there were so far.
    """

    taxonomy: Taxonomy | None = None
    cards: dict[Channel | None, Scorecard] = field(default_factory=dict)
    earlier: tuple[Taxonomy, ...] = ()
    count: tuple[int, int] = (0, 0)


NOTHING_CHOSEN = Chosen()
