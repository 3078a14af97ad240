"""Reading the messages of a WebSocket."""

from __future__ import annotations

import json
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from conversation.errors import BadInput


async def message_of(websocket: WebSocket) -> bytes | str:
    """Return the next message.

    Raises:
        WebSocketDisconnect: The client is gone.
    """
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1006)
    data = message.get("bytes")
    return data if data is not None else str(message.get("text") or "")


async def text_of(websocket: WebSocket) -> str:
    """Return the next message, which is text.

    Raises:
        BadInput: It is sound.
        WebSocketDisconnect: The client is gone.
    """
    message = await message_of(websocket)
    if isinstance(message, bytes):
        raise BadInput("got a binary message, expected text", remedy="send JSON")
    return message


def as_object(text: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        BadInput: It is none.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("got a text message that is not JSON", remedy="send JSON") from error
    if not isinstance(value, dict):
        raise BadInput("got JSON that is no object", remedy="send an object")
    return value
