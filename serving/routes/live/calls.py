"""What telephony may say about a call besides its sound."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from conversation.errors import BadInput
from serving.intake import Intake

logger = logging.getLogger("entendu.live")

_DETAILS = (
    "language", "direction", "queue", "purpose", "consent_ref", "agent_key", "customer_key",
)  # fmt: skip


def call_details(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a session that a centre's telephony names.

    Args:
        given: Texts by name; what has another name is left alone.

    Raises:
        BadInput: One of them is not as uploads would take it.
    """
    named = {name: given[name] for name in _DETAILS if given.get(name)}
    try:
        intake = Intake.model_validate(named)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadInput(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            remedy="correct the parameters of the stream",
        ) from error
    return {name: getattr(intake, name) for name in named}


def logged(protocol: str, error: BaseException) -> None:
    """Note that a stream was refused, and nothing of what was in it."""
    facts = {"protocol": protocol, "error": type(error).__name__}
    logger.warning("live stream refused", extra={"facts": facts})
