"""``POST /v1/audiosocket/calls``: tell which calls Asterisk will connect."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from conversation import Speaker
from conversation.errors import BadInput, Conflict
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.intake import Direction
from serving.live.audiosocket import ANNOUNCED_S, AudioSocketServer, Leg
from serving.routes.answers import problems
from serving.routes.live.calls import call_details
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(tags=["live"])


class AnnouncedLeg(BaseModel):
    """One side of the call.

    Attributes:
        uuid: Under which Asterisk connects it.
        speaker: Who is on it; ``unknown`` where both sides are mixed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uuid: uuid.UUID
    speaker: Speaker = "unknown"


class AnnouncedCall(BaseModel):
    """A call that Asterisk will connect.

    Attributes:
        legs: One leg with both sides mixed, or one for each side.
        language: ``fr``, ``en`` or ``auto``.
        direction: Who contacted whom.
        queue: Queue or campaign.
        agent_key: Pseudonymous id of the agent.
        customer_key: Pseudonymous id of the customer.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "legs": [
                        {"uuid": "0193a5f0-7f3e-7c62-9f3d-1c2b3a4d5e6f", "speaker": "customer"},
                        {"uuid": "0193a5f0-8a11-7d05-8a4e-9f8e7d6c5b4a", "speaker": "agent"},
                    ],
                    "queue": "support-fixe",
                    "language": "fr",
                }
            ]
        },
    )

    legs: tuple[AnnouncedLeg, ...] = Field(min_length=1, max_length=2)
    language: str | None = None
    direction: Direction | None = None
    queue: str | None = None
    agent_key: str | None = None
    customer_key: str | None = None


class Waiting(BaseModel):
    """The call is waited for.

    Attributes:
        port: TCP port for AudioSocket.
        wait_s: For so long, seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int
    wait_s: float


@router.post(
    "/v1/audiosocket/calls",
    status_code=201,
    summary="Announce a call",
    responses=problems(401, 403, 409, 422),
)
async def announce_call(
    request: Request,
    call: AnnouncedCall,
    principal: Annotated[Principal, Depends(allowed(Permission.LIVE_USE))],
) -> Waiting:
    """Announce a call of Asterisk's AudioSocket: its UUIDs are taken once, within ten minutes."""
    server: AudioSocketServer | None = request.app.state.audiosocket
    if server is None or server.port is None:
        raise Conflict("the service does not listen for AudioSocket", remedy="set audiosocket_port")
    if len({leg.uuid for leg in call.legs}) < len(call.legs):
        raise BadInput("both legs have the same UUID", remedy="give each its own")
    server.announce(
        tuple(Leg(leg.uuid, leg.speaker) for leg in call.legs),
        owner=principal.id,
        team=principal.team or DEFAULT_TEAM,
        details=call_details(call.model_dump(exclude={"legs"}, exclude_none=True)),
    )
    return Waiting(port=server.port, wait_s=ANNOUNCED_S)
