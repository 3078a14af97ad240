"""A service whose recogniser and mind are stand-ins, and telephones that call it."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
import wave
from pathlib import Path

from websockets.sync.client import connect

HERE = Path(__file__).parent
RATE_HZ = 16_000


def _loaded(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


live = _loaded("desk_live_tools", HERE.parent / "live" / "conftest.py")
mind = _loaded("desk_mind", HERE / "desk_mind.py")

SAID = {
    20: "Bonjour,", 22: "que puis-je", 24: "faire pour", 26: "vous ?",
    28: "Ma box ne", 30: "marche plus,", 32: "c'est", 34: "inadmissible.",
    36: "Est-ce que", 38: "je serai", 40: "remboursé ?",
    42: "Je comprends,", 44: "un technicien", 46: "passe jeudi.",
    48: "Merci", 50: "<script>alert(1)</script>", 52: "au revoir.",
}  # fmt: skip
"""What each loudness says."""

AGENT, CUSTOMER = 0, 1
TALK = (
    (AGENT, (20, 22, 24, 26)),
    (CUSTOMER, (28, 30, 32, 34)),
    (AGENT, (42, 44, 46)),
    (CUSTOMER, (36, 38, 40)),
    (CUSTOMER, (48, 50, 52)),
)


TAB_WITH_A_TONE = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const context = new AudioContext();
  const target = context.createMediaStreamDestination();
  const tone = new OscillatorNode(context, {type: "square", frequency: 200});
  const volume = new GainNode(context, {gain: 0});
  for (let s = 0; s < 60; s += 1) {
    volume.gain.setValueAtTime(0.28, context.currentTime + s);
    volume.gain.setValueAtTime(0, context.currentTime + s + 0.3);
  }
  tone.connect(volume).connect(target);
  tone.start();
  return target.stream;
};
"""
"""In place of the dialog that asks which tab to share: one in which somebody speaks."""


def words_of(levels) -> str:
    return " ".join(SAID[level] for level in levels)


def spoken(talk=TALK) -> bytes:
    """Sound of both sides, 16-bit samples by turns."""
    return b"".join(
        live.bursts(levels, rate_hz=RATE_HZ, after_s=0.5, channel=side, channels=2)
        for side, levels in talk
    )


def recording(talk=TALK) -> bytes:
    """The same as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as target:
        target.setnchannels(2)
        target.setsampwidth(2)
        target.setframerate(RATE_HZ)
        target.writeframes(spoken(talk))
    return file.getvalue()


class DeskServer(live.LiveServer):
    """A service with live sessions, with all that a desk can show."""

    def _hub(self, service):
        from serving.live.hub import LiveHub

        live.stand_in.BurstRecogniser.words = SAID
        return LiveHub(service, listener=lambda: self.listener, mind=mind.ScriptedMind())

    def bare_key(self, role: str, **more) -> str:
        return self.key(role, **more)["Authorization"].removeprefix("Bearer ")

    def stored(self) -> set[str]:
        """Ids of the conversations that are stored."""
        listed = self.client.get("/v1/conversations?limit=200").json()["data"]
        return {one["id"] for one in listed}

    def cut(self, of: str = "/v1/live") -> int:
        """Tear down WebSockets, as a network that goes away does; return how many.

        Args:
            of: How their path ends.
        """
        found = [
            one
            for one in list(self.server.server_state.connections)
            if (getattr(one, "scope", None) or {}).get("path", "").endswith(of)
        ]
        for one in found:
            one.loop.call_soon_threadsafe(one.transport.abort)
        return len(found)

    def stop(self) -> None:
        super().stop()
        live.stand_in.BurstRecogniser.words = {}


class Telephone:
    """A call that comes in by another program than the desk."""

    def __init__(self, server: DeskServer, **facts) -> None:
        self._open = contextlib.ExitStack()
        self.socket = self._open.enter_context(
            connect(server.ws + "/v1/live", additional_headers=server.headers)
        )
        audio = {
            "encoding": "pcm_s16le", "sample_rate": RATE_HZ, "channels": ["agent", "customer"],
        }  # fmt: skip
        self.send({"type": "start", "audio": audio, **facts})
        self.session = self.read_until("started")["session"]

    def send(self, message) -> None:
        self.socket.send(json.dumps(message))

    def say(self, *talk) -> None:
        sound = spoken(talk)
        for at in range(0, len(sound), 6400):
            self.socket.send(sound[at : at + 6400])

    def read_until(self, kind: str) -> dict:
        while True:
            event = json.loads(self.socket.recv(timeout=10))
            if event["type"] == kind:
                return event

    def hang_up(self) -> dict:
        self.send({"type": "end"})
        closed = self.read_until("closed")
        self._open.close()
        return closed
