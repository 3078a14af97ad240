"""What is known of a live session before anything is said in it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from conversation import Direction, Speaker

SpoolEncoding = Literal["s16le", "mulaw", "alaw"]
LiveProtocol = Literal["live", "twilio", "audiohook", "audiosocket", "listen", "realtime"]

_BYTES = {"s16le": 2, "mulaw": 1, "alaw": 1}
_SILENCE = {"s16le": b"\x00\x00", "mulaw": b"\xff", "alaw": b"\xd5"}
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class SoundFormat(BaseModel):
    """How the sound of a session is sent, and who is on which channel.

    Attributes:
        encoding: Of the samples.
        sample_rate_hz: Of each channel.
        speakers: Of the channels, which take turns sample by sample.
    """

    model_config = _FROZEN

    encoding: SpoolEncoding
    sample_rate_hz: int = Field(ge=8000, le=48_000)
    speakers: tuple[Speaker, ...] = Field(min_length=1, max_length=2)

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample of one channel."""
        return _BYTES[self.encoding]

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.sample_bytes * len(self.speakers)

    @property
    def silence(self) -> bytes:
        """One sample of silence."""
        return _SILENCE[self.encoding]

    def seconds(self, size_bytes: int) -> float:
        """Return how long some bytes sound."""
        return size_bytes / self.frame_bytes / self.sample_rate_hz

    def size_bytes(self, duration_s: float) -> int:
        """Return how many bytes some seconds are, in whole frames."""
        return max(0, int(duration_s * self.sample_rate_hz)) * self.frame_bytes


class SessionFacts(BaseModel):
    """Who speaks about what with whom, as the client or the telephony says it.

    Attributes:
        id: Of the session, and of the conversation that it becomes.
        protocol: By which it came.
        team: Whose conversation it will be.
        owner: Id of the key that opened it; only the same may resume it.
        sound: How it is sent; None: messages of text.
        channel: How the contact came.
        language: ``fr``, ``en`` or ``auto``; None: the setting.
        started_at: When.
        direction: Who contacted whom.
        queue: Queue or campaign.
        purpose: Why the centre keeps it; None: ``quality``.
        consent_ref: The consent under which the contact was made.
        agent_key: Pseudonymous id of the agent.
        customer_key: Pseudonymous id of the customer.
        external_id: What the telephony calls it; None: nothing.
        is_kept: Whether the conversation is stored and analysed in the end; False: only heard.
        is_practice: An old conversation played again: followed, and nobody else is told of it.
        is_resumable: Whether the client may come back after a cut.
    """

    model_config = _FROZEN

    id: str
    protocol: LiveProtocol
    team: str
    owner: str
    sound: SoundFormat | None
    channel: Literal["phone", "chat"] = "phone"
    language: str | None = None
    started_at: AwareDatetime
    direction: Direction = "unknown"
    queue: str | None = None
    purpose: str | None = None
    consent_ref: str | None = None
    agent_key: str | None = None
    customer_key: str | None = None
    external_id: str | None = None
    is_kept: bool = True
    is_practice: bool = False
    is_resumable: bool = False

    @property
    def is_followed(self) -> bool:
        """Whether cards, alerts and the note are wanted."""
        return self.is_kept or self.is_practice

    @model_validator(mode="after")
    def _a_chat_has_no_sound(self) -> Self:
        if (self.sound is None) != (self.channel == "chat"):
            raise ValueError("a call has sound, a chat has none")
        return self


class RunningSession(BaseModel):
    """A conversation that is going on, as a list shows it.

    Attributes:
        id: Of the session, and of the conversation that it becomes.
        protocol: By which it came.
        channel: How the contact came.
        started_at: When.
        language: That was asked for.
        direction: Who contacted whom.
        queue: Queue or campaign.
        agent_key: Pseudonymous id of the agent.
        customer_key: Pseudonymous id of the customer.
        turns: What was said so far.
        is_cut: Whether its client is gone, and may come back.
    """

    model_config = _FROZEN

    id: str
    protocol: LiveProtocol
    channel: Literal["phone", "chat"]
    started_at: AwareDatetime
    language: str | None
    direction: Direction
    queue: str | None
    agent_key: str | None
    customer_key: str | None
    turns: int
    is_cut: bool
