"""Settings of live transcription."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LONGEST_UTTERANCE_S = 28.0
"""The recogniser takes at most 30 s, the sound around the utterance included."""


class LiveOptions(BaseModel):
    """What can be set about live transcription.

    Attributes:
        language: BCP 47 tag of the language spoken (``fr``, ``fr-CA``, ``en``), or ``auto``.
        languages: The languages that ``auto`` chooses from, as primary tags; each utterance
            may be in another one.
        beam_size: Width of the beam search for finals; partials are always decoded greedily.
        vocabulary: The centre's own names, as for files: what sounds like one is written as it
            in finals.
        hotwords: Other words to expect.
        written_numbers: Write numbers, amounts, dates and addresses of finals as a reader wants
            them; what was said is kept with each word.
        end_silence_s: Silence that ends an utterance, seconds. After ten seconds of speech
            less and less is asked for, so that a monologue is cut at its pauses.
        likely_silence_s: Silence after which the final is decoded in advance, seconds; what
            was decoded is used when nobody goes on speaking.
        longest_s: An utterance is cut before it gets longer than this, seconds.
        least_speech_s: Shorter sounds are no speech, seconds.
        partial_interval_s: New sound between two partials, seconds; more when the machine is
            busy. 0: no partials.
        lag_s: A stream is told when its text is later than this, seconds.
        waiting_s: ``feed`` waits while more speech than this has no text yet, seconds.
        batch_size: Utterances of several streams decoded at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str = Field(default="auto", min_length=2)
    languages: tuple[str, ...] = Field(default=("fr", "en"), min_length=1)
    beam_size: int = Field(default=5, ge=1)
    vocabulary: tuple[str, ...] = ()
    hotwords: tuple[str, ...] = ()
    written_numbers: bool = True
    end_silence_s: float = Field(default=0.6, ge=0.1, le=5.0)
    likely_silence_s: float = Field(default=0.19, ge=0.05)
    longest_s: float = Field(default=LONGEST_UTTERANCE_S, ge=5.0, le=LONGEST_UTTERANCE_S)
    least_speech_s: float = Field(default=0.1, ge=0.0, le=1.0)
    partial_interval_s: float = Field(default=1.0, ge=0.0)
    lag_s: float = Field(default=2.0, gt=0.0)
    waiting_s: float = Field(default=60.0, gt=0.0)
    batch_size: int = Field(default=4, ge=1)

    @model_validator(mode="after")
    def _likely_is_before_the_end(self) -> Self:
        if self.likely_silence_s > self.end_silence_s:
            raise ValueError(
                f"expected likely_silence_s up to end_silence_s ({self.end_silence_s}), "
                f"got {self.likely_silence_s}"
            )
        return self
