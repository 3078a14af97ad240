"""What the OpenAI-compatible routes say of their errors in the API's description."""

from __future__ import annotations

import http
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ErrorBody(BaseModel):
    """What went wrong, as OpenAI's clients read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: str = Field(examples=["the model 'gpt-5' does not exist or does not do this"])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = None
    code: str | None = Field(default=None, examples=["model_not_found"])


class ErrorAnswer(BaseModel):
    """An error of the OpenAI-compatible routes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    error: ErrorBody


def openai_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of a route.

    Args:
        statuses: HTTP statuses.
    """
    return {
        status: {"model": ErrorAnswer, "description": http.HTTPStatus(status).phrase}
        for status in statuses
    }
