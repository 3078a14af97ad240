"""The body of ``POST /v1/conversations`` as OpenAPI says it."""

from __future__ import annotations

from typing import Any

from serving.intake import Intake
from serving.routes.receiving import FORM, JSON, VCON_TYPES

_CHAT: dict[str, Any] = {
    "messages": [
        {
            "speaker": "agent",
            "text": "Bonjour, que puis-je faire pour vous ?",
            "at": "2026-11-03T10:02:00+01:00",
        },
        {
            "speaker": "customer",
            "text": "Ma box ne fonctionne plus depuis hier soir.",
            "at": "2026-11-03T10:02:40+01:00",
        },
    ]
}
_VCON: dict[str, Any] = {
    "uuid": "0190e6b1-7c3e-8f2a-9b1d-3f5a7c9e1b2d",
    "created_at": "2026-11-03T10:02:00+01:00",
    "parties": [{"name": "Claire", "role": "agent"}, {"role": "customer"}],
    "dialog": [
        {
            "type": "text",
            "start": "2026-11-03T10:02:00+01:00",
            "parties": [1, 0],
            "mediatype": "text/plain",
            "encoding": "none",
            "body": "Ma box ne fonctionne plus depuis hier soir.",
        }
    ],
}


def _facts() -> dict[str, Any]:
    """Return the schema of the facts that may come along."""
    properties: dict[str, Any] = Intake.model_json_schema()["properties"]
    return properties


def _body() -> dict[str, Any]:
    facts = _facts()
    about = {"queue": "support-fixe", "agent_key": "agent-17", "direction": "inbound"}
    return {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A recording (wav, mp3, flac, ogg, opus, m4a, …), a "
                            "vCon, or a chat or e-mail as JSON or text.",
                        },
                        "metadata": {
                            "type": "string",
                            "contentMediaType": JSON,
                            "description": "The same facts as one JSON object.",
                        },
                        **facts,
                    },
                }
            },
            JSON: {
                "schema": {
                    "description": "A conversation in the published schema (`turns`), a chat "
                    "(`messages`, or a bare list), an e-mail (`body`, `subject`, `from`), a vCon; "
                    "or `conversation` with one of these and `metadata` with the facts about it.",
                    "type": ["object", "array"],
                },
                "examples": {
                    "chat": {"summary": "A chat", "value": _CHAT},
                    "with metadata": {
                        "summary": "A chat with what is known about it",
                        "value": {"conversation": _CHAT, "metadata": about},
                    },
                },
            },
            VCON_TYPES[1]: {
                "schema": {
                    "type": "object",
                    "description": "A vCon, plain or signed (JWS). `application/vcon` is the same, "
                    "`application/vcon+gzip` the same compressed.",
                },
                "example": _VCON,
            },
        },
    }


SEND_BODY = _body()
