"""An utterance on its way to its final, and the sound of it that is to be decoded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ
from speech.live.stable_prefix import StablePrefix
from speech.voice_activity import FRAME_SAMPLES

if TYPE_CHECKING:
    from speech.live.channel import LiveChannel
    from speech.live.sifting import Sifted

TaskKind = Literal["final", "early", "partial"]


@dataclass
class Utterance:
    """Speech between two silences; frames are of 32 ms from the start of the stream.

    Attributes:
        number: On its channel, from 0.
        start_frame: Where the speech starts.
        sound_frame: Where the sound that is decoded starts, some silence before.
        language: Primary tag, once it was asked for.
        asked_s: How much of it was heard when its language was asked for, seconds.
        prefix: What the partials said.
        partial_frame: Where the sound for the next partial starts.
        skipped_words: Stable words before that.
        heard_frame: Up to where the last partial heard.
        early_frame: For which end the final was decoded in advance.
        early: What that gave.
    """

    number: int
    start_frame: int
    sound_frame: int
    language: str | None = None
    asked_s: float = 0.0
    prefix: StablePrefix = field(default_factory=StablePrefix)
    partial_frame: int = -1
    skipped_words: int = 0
    heard_frame: int = -1
    early_frame: int = -1
    early: Sifted | None = None

    def __post_init__(self) -> None:
        self.partial_frame = self.sound_frame
        self.heard_frame = self.start_frame


@dataclass(frozen=True, eq=False)
class Task:
    """Sound to be decoded.

    Attributes:
        channel: Whose it is.
        kind: ``final``; ``early``, a final that silence makes likely; or ``partial``.
        utterance: Whose sound it is.
        sound: float32 of shape ``(n,)`` at 16 kHz.
        probabilities: Of speech, of each 32 ms of it.
        sound_frame: Where it starts.
        end_frame: The first frame after its speech, or after the sound of a partial.
        due_at_s: Since when it could be decoded, on the machine's clock.
        heard_at_s: When the last speech of it arrived, on the machine's clock.
        goes_on: The speech was cut for its length.
    """

    channel: LiveChannel
    kind: TaskKind
    utterance: Utterance
    sound: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    sound_frame: int
    end_frame: int
    due_at_s: float
    heard_at_s: float = 0.0
    goes_on: bool = False

    @property
    def length_s(self) -> float:
        """Seconds of sound."""
        return len(self.sound) / SAMPLE_RATE_HZ

    @property
    def start_s(self) -> float:
        """Where the sound starts in the stream, seconds."""
        return frame_s(self.sound_frame)


def frame_s(frame: int) -> float:
    """Return where a frame starts, in seconds from the start of the stream."""
    return frame * FRAME_SAMPLES / SAMPLE_RATE_HZ
