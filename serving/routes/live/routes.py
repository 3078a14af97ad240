"""All routes of live sessions."""

from __future__ import annotations

from fastapi import APIRouter

from serving.routes import listen
from serving.routes.live import (
    announcing,
    audiohook,
    deepgram,
    own,
    realtime,
    twilio,
    watching,
)

router = APIRouter()
for part in (own, watching, twilio, audiohook, deepgram, listen, realtime, announcing):
    router.include_router(part.router)
