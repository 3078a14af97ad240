"""The sound that a conversation was read from."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Recording(BaseModel):
    """Facts about an audio file; the sound itself stays where it is.

    Attributes:
        name: File name without folders.
        sha256: Of the file's bytes, in hexadecimal.
        size_bytes: Of the file.
        container: Container format as the decoder names it (``wav``, ``mp3``, ``ogg``).
        codec: Codec as the decoder names it (``pcm_s16le``, ``pcm_mulaw``, ``opus``).
        sample_rate_hz: Of the sound as stored.
        channels: How many channels are stored.
        duration_s: Decoded length in seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size_bytes: int = Field(ge=0)
    container: str
    codec: str
    sample_rate_hz: int = Field(gt=0)
    channels: int = Field(gt=0)
    duration_s: float = Field(ge=0)
