"""All routes of live sessions."""

from __future__ import annotations

from fastapi import APIRouter

from serving.routes.live import announcing, audiohook, deepgram, own, realtime, twilio

router = APIRouter()
for part in (own, twilio, audiohook, deepgram, realtime, announcing):
    router.include_router(part.router)
