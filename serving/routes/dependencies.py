"""What routes are handed by the application."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from serving.service import Service


async def _service(request: Request) -> Service:
    # async, as every dependency that only looks: FastAPI hands others to a thread.
    return cast("Service", request.app.state.service)


ServiceInUse = Annotated[Service, Depends(_service)]
