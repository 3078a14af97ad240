"""The session of an OpenAI Realtime transcription, as ``session.update`` changes it."""

from __future__ import annotations

import copy
import secrets
import time
from typing import Any, Literal

from conversation.errors import BadInput, Conflict
from serving.live.facts import SoundFormat

_LIVES_S = 1800
_FORMATS: dict[str, tuple[Literal["s16le", "mulaw", "alaw"], int]] = {
    "audio/pcm": ("s16le", 24_000),
    "audio/pcmu": ("mulaw", 8000),
    "audio/pcma": ("alaw", 8000),
}
_BETA_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
_SERVER_VAD: dict[str, Any] = {
    "type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
}  # fmt: skip


class RealtimeSettings:
    """What a client asks for; the default is 24 kHz PCM with turns found by the server.

    Args:
        model: That the address names; None: whatever is there.
    """

    def __init__(self, model: str | None = None) -> None:
        self.id = f"sess_{secrets.token_hex(12)}"
        self._expires_at = int(time.time()) + _LIVES_S
        self._input: dict[str, Any] = {
            "format": {"type": "audio/pcm", "rate": 24_000},
            "transcription": {"model": model or "entendu", "language": None, "prompt": ""},
            "noise_reduction": None,
            "turn_detection": dict(_SERVER_VAD),
        }
        self._include: Any = None

    @property
    def finds_turns(self) -> bool:
        """Whether the server ends turns; else the client commits them."""
        return self._input["turn_detection"] is not None

    @property
    def language(self) -> str | None:
        """Language asked for, as a primary tag; None: the setting."""
        transcription = self._input["transcription"] or {}
        language = transcription.get("language")
        return str(language).split("-")[0].lower() if language else None

    @property
    def sound(self) -> SoundFormat:
        """How the sound comes."""
        encoding, rate_hz = _FORMATS[self._input["format"]["type"]]
        return SoundFormat(encoding=encoding, sample_rate_hz=rate_hz, speakers=("unknown",))

    def as_json(self) -> dict[str, Any]:
        """Return the session as the protocol shows it."""
        return {
            "id": self.id,
            "object": "realtime.transcription_session",
            "type": "transcription",
            "expires_at": self._expires_at,
            "audio": {"input": copy.deepcopy(self._input)},
            "include": self._include,
        }

    def update(self, given: object, *, has_begun: bool) -> None:
        """Take a ``session.update``.

        Args:
            given: Its session.
            has_begun: Whether sound was sent.

        Raises:
            BadInput: It asks for what there is not.
            Conflict: It changes how sound is sent while it is sent.
        """
        session = _object(given, "session")
        if session.get("type", "transcription") != "transcription":
            raise BadInput(
                f"got a session of type {str(session.get('type'))[:40]!r}, expected transcription",
                remedy="ask for intent=transcription",
            )
        audio = _object(session.get("audio", {}), "session.audio")
        asked = _object(audio.get("input", {}), "session.audio.input")
        self._take(asked, has_begun=has_begun)
        self._include = session.get("include", self._include)

    def update_beta(self, given: object, *, has_begun: bool) -> None:
        """Take a ``transcription_session.update`` of the beta; see :meth:`update`."""
        session = _object(given, "session")
        asked: dict[str, Any] = {}
        if "input_audio_format" in session:
            name = str(session["input_audio_format"])
            asked["format"] = {"type": _BETA_FORMATS.get(name, name)}
        if "input_audio_transcription" in session:
            asked["transcription"] = session["input_audio_transcription"]
        if "turn_detection" in session:
            asked["turn_detection"] = session["turn_detection"]
        self._take(asked, has_begun=has_begun)

    def _take(self, asked: dict[str, Any], *, has_begun: bool) -> None:
        changed = copy.deepcopy(self._input)
        if asked.get("format") is not None:
            changed["format"] = _format(asked["format"])
        if asked.get("transcription") is not None:
            changed["transcription"] |= _object(asked["transcription"], "transcription")
        if "turn_detection" in asked:
            detection = asked["turn_detection"]
            changed["turn_detection"] = (
                None if detection is None else _SERVER_VAD | _object(detection, "turn_detection")
            )
        if "noise_reduction" in asked:
            changed["noise_reduction"] = asked["noise_reduction"]
        if has_begun and changed["format"] != self._input["format"]:
            raise Conflict(
                "the format changes while sound is sent", remedy="update the session before"
            )
        self._input = changed


def _format(given: object) -> dict[str, Any]:
    asked = _object(given, "format")
    name = str(asked.get("type"))
    if name not in _FORMATS:
        raise BadInput(
            f"got the format {name[:40]!r}, expected one of {', '.join(_FORMATS)}",
            remedy="audio/pcmu and audio/pcma are for telephony",
        )
    rate_hz = _FORMATS[name][1]
    if asked.get("rate", rate_hz) != rate_hz:
        raise BadInput(f"got the rate {asked.get('rate')!r}, expected {rate_hz} for {name}")
    return {"type": name, "rate": rate_hz} if name == "audio/pcm" else {"type": name}


def _object(given: object, name: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise BadInput(f"{name} is no object", remedy="compare it with OpenAI's reference")
    return given
