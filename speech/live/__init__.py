"""Live speech: streams of sound into partial words and final turns."""

from speech.live.encoding import Encoding
from speech.live.events import (
    Ended,
    Final,
    Lag,
    LiveEvent,
    Partial,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Withdrawn,
)
from speech.live.options import LiveOptions
from speech.live.stream import LiveStream
from speech.live.transcriber import LiveTranscriber

__all__ = [
    "Encoding",
    "Ended",
    "Final",
    "Lag",
    "LiveEvent",
    "LiveOptions",
    "LiveStream",
    "LiveTranscriber",
    "Partial",
    "Recovered",
    "SpeechEnded",
    "SpeechStarted",
    "Withdrawn",
]
