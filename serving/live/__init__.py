"""Conversations followed while people speak: sessions, their hub, what they keep."""

from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub, hub_of

__all__ = ["LiveHub", "SessionFacts", "SoundFormat", "hub_of"]
