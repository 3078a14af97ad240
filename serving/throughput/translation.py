"""Speech of any language into English, by Whisper's own translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import BadInput
from serving.throughput.model_handle import ModelHandle
from serving.throughput.thread_budget import ThreadBudget
from serving.throughput.work import Priority, current_work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Transcriber


@dataclass(frozen=True)
class TranslatedSpan:
    """What was said in a stretch of sound, in English.

    Attributes:
        text: In English.
        start_s: Seconds from the start of the sound.
        end_s: Seconds from the start of the sound.
    """

    text: str
    start_s: float
    end_s: float


def translate(
    handle: ModelHandle[Transcriber],
    budget: ThreadBudget,
    sound: NDArray[np.float32],
    *,
    language: str | None,
    beam_size: int,
    prompt: str,
) -> Iterator[TranslatedSpan]:
    """Translate speech, a window at a time; see :meth:`serving.throughput.ModelPool.translate`."""
    work = current_work()
    with handle.use() as transcriber:
        model = transcriber.model
        if not model.model.is_multilingual:
            raise BadInput(
                f"{transcriber.reference.name} knows English only and translates nothing",
                remedy="use a multilingual model: --model whisper-base",
            )
        spans, _ = model.transcribe(
            sound,
            task="translate",
            language=language,
            beam_size=beam_size,
            initial_prompt=prompt or None,
            condition_on_previous_text=False,
            vad_filter=True,
        )
        while True:
            work.check()
            with budget.long_lane(Priority.INTERACTIVE):
                span = next(iter(spans), None)
            if span is None:
                return
            if span.text.strip():
                yield TranslatedSpan(span.text.strip(), span.start, max(span.end, span.start))
