"""An encoder that was fine-tuned on a centre's own reasons, with its classifier."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from models import Encoder
    from models.finetuning import FineTuned

Array = NDArray[np.float32]

_REMEMBERED = 2048


@dataclass(frozen=True, eq=False)
class TunedReader:
    """Reads texts with an encoder of its own; each text that was read lately is not read again.

    Attributes:
        encoder: The encoder that was fine-tuned.
        head: The classifier that was trained with it.
    """

    encoder: Encoder
    head: FineTuned
    _known: OrderedDict[str, Array] = field(default_factory=OrderedDict, repr=False)
    _lock: Any = field(default_factory=Lock, repr=False)

    def scores(self, texts: Sequence[str]) -> Array:
        """Return the scores of each label: float32 array of shape (n_texts, n_labels)."""
        if not texts:
            return np.zeros((0, len(self.head.bias)), dtype=np.float32)
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            rows = self.head.logits(self.encoder.encode(missing, kind="query"))
            found.update(zip(missing, rows, strict=True))
            with self._lock:
                self._known.update((text, found[text]) for text in missing)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return np.stack([found[text] for text in texts]).astype(np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the classifier, without the encoder."""
        return {"tuned_weights": self.head.weights, "tuned_bias": self.head.bias}
