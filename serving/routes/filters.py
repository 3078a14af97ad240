"""The filters that lists, searches and exports of conversations share."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import AwareDatetime

from conversation.conversation import Channel
from conversation.errors import BadInput
from serving.store import Filters, Status
from serving.store.values import Mood

_MOST_IDS = 200


def conversation_filters(
    status: Annotated[Status | None, Query(description="How far they are.")] = None,
    channel: Annotated[Channel | None, Query(description="How the contact came.")] = None,
    direction: Annotated[
        Literal["inbound", "outbound", "unknown"] | None, Query(description="Who contacted whom.")
    ] = None,
    language: Annotated[
        str | None, Query(pattern=r"^[a-z]{2,3}$", description="Language of most of the talk.")
    ] = None,
    reason: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9_.-]{1,128}$",
            description="Code of the contact reason, or the beginning of codes below it.",
        ),
    ] = None,
    queue: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Queue or campaign.")
    ] = None,
    team: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=64,
            pattern=r"^[^\x00]+$",
            description="Of this team; who belongs to one sees its conversations only.",
        ),
    ] = None,
    purpose: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Why they are kept.")
    ] = None,
    agent_key: Annotated[
        str | None, Query(min_length=1, max_length=64, description="Of this agent.")
    ] = None,
    customer_key: Annotated[
        str | None, Query(min_length=1, max_length=128, description="With this customer.")
    ] = None,
    started_from: Annotated[
        AwareDatetime | None, Query(description="Started at the earliest; with its zone.")
    ] = None,
    started_before: Annotated[
        AwareDatetime | None, Query(description="Started before; with its zone.")
    ] = None,
    min_score: Annotated[
        float | None, Query(ge=0, le=100, description="Least draft score.")
    ] = None,
    max_score: Annotated[float | None, Query(ge=0, le=100, description="Most draft score.")] = None,
    sampled: Annotated[bool | None, Query(description="Drawn for review, or not.")] = None,
    sentiment: Annotated[
        Mood | None,
        Query(description="How the customer felt over the whole contact, by their words."),
    ] = None,
    category: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9_.-]{1,64}$",
            description="Code of a named event that was found; `GET /v1/categories` has them.",
        ),
    ] = None,
    ids: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9_.,-]+$",
            max_length=_MOST_IDS * 65,
            description=f"Only these, with commas between them; {_MOST_IDS} at most.",
        ),
    ] = None,
    text: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00]+$",
            description='Words that must all have been said; `"…"` around those in a row.',
        ),
    ] = None,
) -> Filters:
    """Return the filters of a query."""
    return Filters(
        status=status,
        channel=channel,
        direction=direction,
        language=language,
        reason=reason,
        queue=queue,
        team=team,
        purpose=purpose,
        agent_key=agent_key,
        customer_key=customer_key,
        started_from=started_from,
        started_before=started_before,
        min_score=min_score,
        max_score=max_score,
        sampled=sampled,
        mood=sentiment,
        category=category,
        ids=None if ids is None else _ids(ids),
        text=text,
    )


def _ids(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(one for one in text.split(",") if one))
    if len(named) > _MOST_IDS:
        raise BadInput(
            f"{len(named)} ids were named, expected at most {_MOST_IDS}",
            remedy="ask for them in several requests",
        )
    return named


AskedFilters = Annotated[Filters, Depends(conversation_filters)]
Limit = Annotated[int, Query(ge=1, le=200, description="Most to return.")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next_cursor` of the page before.")
]
