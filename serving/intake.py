"""What a sender says about a conversation besides what was said in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from conversation.errors import BadInput
from conversation.vcon_own import Contact
from speech import parse_channels

AskedLanguage = Literal["fr", "en", "auto"]
Direction = Literal["inbound", "outbound", "unknown"]
Priority = Literal["live", "normal", "batch"]
Purpose = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""As the rules of retention name it."""

# Keys and names of other systems: no control characters, which no such system writes.
_KEY_PATTERN = r"^[^\x00-\x1f\x7f]+$"
_Key = Annotated[str, StringConstraints(pattern=_KEY_PATTERN, min_length=1, max_length=128)]
_ShortKey = Annotated[str, StringConstraints(pattern=_KEY_PATTERN, min_length=1, max_length=64)]
_MAX_CHANNELS_LENGTH = 64


class Intake(BaseModel):
    """The facts that come with an upload; all may be left out.

    Attributes:
        language: ``fr``, ``en`` or ``auto``; None: the setting.
        channels: Who is on which channel of the recording (``0=agent,1=customer``); None: found
            from what is said.
        direction: Who contacted whom.
        queue: Queue or campaign of the centre.
        agent_key: Pseudonymous id of the agent; an agent sees the conversations with their own.
        customer_key: Pseudonymous id of the customer; what erasure and export go by.
        purpose: Why the centre keeps it, as the rules of retention name it; None: ``quality``.
        priority: ``live`` before ``normal`` before ``batch``.
        started_at: When the contact started, with its zone; None: as the file says.
        consent_ref: The consent or notice under which it was recorded, as the ledger names it.
        objection: Whether the customer objected to it; it is refused then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: AskedLanguage | None = Field(
        default=None,
        description="`auto`: found from what is said. The service's setting if left.",
    )
    channels: Annotated[str, StringConstraints(max_length=_MAX_CHANNELS_LENGTH)] | None = Field(
        default=None,
        description="Who is on which channel of the recording; found from what is said if left.",
        examples=["0=agent,1=customer"],
    )
    direction: Direction | None = Field(default=None, description="Who contacted whom.")
    queue: _ShortKey | None = Field(
        default=None, description="Queue or campaign.", examples=["support-fixe"]
    )
    agent_key: _ShortKey | None = Field(
        default=None, description="Pseudonymous id of the agent.", examples=["agent-17"]
    )
    customer_key: _Key | None = Field(
        default=None, description="Pseudonymous id of the customer.", examples=["c-4f1e88"]
    )
    purpose: Purpose | None = Field(
        default=None,
        description="Why it is kept, which decides for how long; `quality` if left.",
        examples=["quality"],
    )
    priority: Priority = Field(
        default="normal", description="`live` is analysed before `normal`, and that before `batch`."
    )
    started_at: AwareDatetime | None = Field(
        default=None,
        description="When the contact started, with its zone; as the file says if left.",
        examples=["2026-11-03T10:02:00+01:00"],
    )
    consent_ref: _Key | None = Field(
        default=None,
        description="The consent or notice under which it was recorded.",
        examples=["consent-2026-000123"],
    )
    objection: bool = Field(
        default=False,
        description="Whether the customer objected to being recorded or analysed: then nothing is "
        "stored, and the ledger notes that.",
    )

    @field_validator("channels")
    @classmethod
    def _channels_can_be_read(cls, given: str | None) -> str | None:
        if given is not None:
            try:
                parse_channels(given)
            except BadInput as error:
                raise ValueError(str(error)) from error
        return given

    def completed(self, contact: Contact) -> Intake:
        """Return these facts with what a vCon says of the contact and its sender did not say.

        Args:
            contact: Of the vCon; what cannot stand in an intake is left out.
        """
        said = self.model_dump(exclude_unset=True)
        found = self
        for name, value in asdict(contact).items():
            if value is None or name in said:
                continue
            try:
                found = Intake.model_validate(found.model_dump(exclude_unset=True) | {name: value})
            except ValidationError:
                continue
        return found


NOTHING_SAID = Intake()
"""Of an upload that comes with nothing."""
