"""What the service needs of what analyses: four stages, and the main job in one piece."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from conversation import Conversation
    from serving.analysis import Analysis
    from serving.vcon_calls import ChannelRoles

Progress = Callable[[float], None]

DecodedT = TypeVar("DecodedT", bound=BaseModel)
TranscribedT = TypeVar("TranscribedT", bound=BaseModel)
UnderstoodT = TypeVar("UnderstoodT", bound=BaseModel)


class Stages(Protocol[DecodedT, TranscribedT, UnderstoodT]):
    """What turns a file or a conversation into an analysis.

    The values that the stages hand on are pydantic models of its own (those of
    :mod:`serving.stages.values` with the real one), which the service stores and reads without
    knowing them.
    """

    @property
    def handed_on(self) -> Mapping[str, type[BaseModel]]:
        """The class of what each of ``decode``, ``transcribe`` and ``understand`` gives."""
        ...

    def analyse(
        self,
        path: Path,
        *,
        language: str | None = None,
        channels: ChannelRoles | None = None,
        progress: Progress | None = None,
    ) -> Analysis:
        """Analyse a file."""
        ...

    def analyse_conversation(
        self, conversation: Conversation, *, language: str | None = None
    ) -> Analysis:
        """Analyse a conversation that is text already."""
        ...

    def decode(
        self,
        given: Path | Conversation,
        *,
        language: str | None = None,
        channels: ChannelRoles | None = None,
    ) -> DecodedT:
        """Look into a file: what it is, and whether it can be used at all."""
        ...

    def transcribe(
        self, given: Path | Conversation, decoded: DecodedT, *, progress: Progress | None = None
    ) -> TranscribedT:
        """Turn it into text, redacted."""
        ...

    def understand(self, transcribed: TranscribedT) -> UnderstoodT:
        """Find reasons, sentiment, questions with their answers."""
        ...

    def turn_vectors(self, conversation: Conversation) -> tuple[NDArray[np.floating], str] | None:
        """Return a vector for each turn, and the SHA-256 of their encoder.

        Of length 1, or 0 for turns that say too little to be near anything.
        None: turns are found by their words only.
        """
        ...

    def score(self, transcribed: TranscribedT, understood: UnderstoodT) -> Analysis:
        """Measure and evaluate it, and put everything together."""
        ...


Analyser: TypeAlias = Stages[Any, Any, Any]
"""An analyser whose values are its own business."""
