"""The recogniser lent out: loaded when it is used, and each pass of it waits for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from serving.throughput.model_handle import ModelHandle
from serving.throughput.thread_budget import ThreadBudget
from serving.throughput.work import Priority

if TYPE_CHECKING:
    from conversation import ModelReference
    from models import Compute, Transcriber


class LentTranscriber:
    """A :class:`models.Transcriber` whose passes take turns.

    A turn is one call of CTranslate2 (a batch of windows encoded, written or aligned), so what is
    more urgent waits for the end of a pass and not of a recording.

    Args:
        handle: Of the loaded recogniser.
        reference: The model by name and content.
        compute: What it runs on.
        budget: Gives the turns.
        priority: Of all that is recognised with it.
    """

    def __init__(
        self,
        handle: ModelHandle[Transcriber],
        *,
        reference: ModelReference,
        compute: Compute,
        budget: ThreadBudget,
        priority: Priority,
    ) -> None:
        self.reference = reference
        self.compute = compute
        self._handle = handle
        self.model = _LentWhisper(handle, budget, priority)

    @property
    def n_workers(self) -> int:
        """How many batches it decodes side by side."""
        with self._handle.use() as transcriber:
            return transcriber.n_workers


class _LentWhisper:
    """faster-whisper's model: what is asked of it is asked of the one that is loaded."""

    def __init__(
        self, handle: ModelHandle[Transcriber], budget: ThreadBudget, priority: Priority
    ) -> None:
        self._handle = handle
        self.model = _LentPasses(handle, budget, priority)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the model has
        with self._handle.use() as transcriber:
            return getattr(transcriber.model, name)


class _LentPasses:
    """CTranslate2's Whisper, whose passes wait for their turn."""

    def __init__(
        self, handle: ModelHandle[Transcriber], budget: ThreadBudget, priority: Priority
    ) -> None:
        self._handle = handle
        self._budget = budget
        self._priority = priority

    def encode(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - CTranslate2's own
        """Encode a batch of windows."""
        return self._pass("encode", args, options)

    def generate(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Write down a batch of windows."""
        return self._pass("generate", args, options)

    def align(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Find when the words of a batch were said."""
        return self._pass("align", args, options)

    def detect_language(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Tell the language of a batch."""
        return self._pass("detect_language", args, options)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        with self._handle.use() as transcriber:
            return getattr(transcriber.model.model, name)

    def _pass(self, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:  # noqa: ANN401
        with self._budget.long_lane(self._priority), self._handle.use() as transcriber:
            return getattr(transcriber.model.model, name)(*args, **options)
