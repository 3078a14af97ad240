"""Sentence encoders of every other architecture, in sentence-transformers."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conversation import ModelReference
from conversation.errors import DeviceUnavailable, ModelCorrupt
from models.device import Compute
from models.encoder import Kind, Precision, TokenizedText, check_tokens, checked_texts
from models.sentence_folder import SentenceFolder
from models.token_batches import token_batches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Counted in bytes, which are some four times as many as the tokens.
_BYTES_PER_BATCH = {"cpu": 16_384, "cuda": 65_536}
_LONGEST_TOKENS = 8192  # of models that do not say


class SentenceTransformersEncoder:
    """Any sentence-transformers folder, on PyTorch.

    Args:
        folder: The folder.
        reference: The model by name and content.
        compute: Device and threads; the threads are PyTorch's, for the whole process.
        precision: ``float16`` halves the memory on a GPU; on a CPU it is always ``float32``.

    Attributes:
        batches_at_once: One: PyTorch shares a batch among its threads.

    Raises:
        ModelCorrupt: The files cannot be loaded.
        DeviceUnavailable: The GPU was asked for, and this PyTorch cannot use it.
    """

    def __init__(
        self,
        folder: SentenceFolder,
        reference: ModelReference,
        compute: Compute,
        precision: Precision,
    ) -> None:
        import torch

        if compute.device == "cuda" and not torch.cuda.is_available():
            raise DeviceUnavailable(
                f"device cuda was asked for, but PyTorch {torch.__version__} cannot use it",
                remedy="install PyTorch for CUDA, or use --device cpu",
            )
        torch.set_num_threads(compute.threads)
        self._folder = folder
        self._reference = reference
        self.batches_at_once = 1
        self._bytes_per_batch = _BYTES_PER_BATCH[compute.device]
        self._model = _load(folder, compute)
        if compute.device == "cuda" and precision == "float16":
            self._model.half()
        self._longest = int(self._model.max_seq_length or _LONGEST_TOKENS)
        self._dim = int(self._model.get_embedding_dimension())
        # a tokenizer of its own: one that encodes must not be used by another thread meanwhile
        # (https://github.com/huggingface/tokenizers/issues/537)
        self._counter = copy.deepcopy(self._model.tokenizer)
        self._counting = threading.Lock()

    @property
    def name(self) -> str:
        """Of the model."""
        return self._reference.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def reference(self) -> ModelReference:
        """The model by name and content."""
        return self._reference

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts, as :meth:`models.encoder.Encoder.encode` says."""
        import numpy as np

        prompt = self._folder.prompts.get(kind, "")
        given = checked_texts(texts, kind)
        vectors = np.empty((len(given), self._dim), dtype=np.float32)
        # A token has at least one byte: this bounds memory without tokenising twice.
        lengths = [min(len((prompt + text).encode()) + 2, self._longest) for text in given]
        for batch in token_batches(lengths, self._bytes_per_batch):
            vectors[batch] = self._model.encode(
                [given[position] for position in batch],
                prompt=prompt,
                batch_size=len(batch),
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return vectors

    def tokenize(self, texts: Sequence[str], *, kind: Kind = "query") -> list[TokenizedText]:
        """Tokenize texts, as :meth:`models.encoder.TokenEncoder.tokenize` says."""
        import numpy as np

        prompt = self._folder.prompts.get(kind, "")
        given = [prompt + text for text in checked_texts(texts, kind)]
        if not given:
            return []
        with self._counting:
            found = self._counter(given, truncation=True, max_length=self._longest)
        return [
            TokenizedText(text, kind, np.asarray(row, dtype=np.int32))
            for text, row in zip(texts, found["input_ids"], strict=True)
        ]

    def encode_together(self, texts: Sequence[TokenizedText]) -> NDArray[np.float32]:
        """Encode in one pass, as :meth:`models.encoder.TokenEncoder.encode_together` says."""
        # the library takes texts: it knows what else its model wants beside the tokens
        kind = texts[0].kind if texts else "query"
        return self.encode([text.text for text in texts], kind=kind)

    def text_of_tokens(self, tokens: Sequence[int]) -> str:
        """Return a text, as :meth:`models.encoder.TokenEncoder.text_of_tokens` says."""
        known = check_tokens(tokens, len(self._counter))
        with self._counting:
            return str(self._counter.decode(known, skip_special_tokens=True))


def _load(folder: SentenceFolder, compute: Compute) -> Any:  # noqa: ANN401
    with _quiet():
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(folder.path), device=compute.torch_device, local_files_only=True
            )
        except Exception as error:
            raise ModelCorrupt(
                f"sentence-transformers cannot load {folder.path}: {error}",
                remedy="copy the model again, or use another one",
            ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep progress bars and reports of loading out of the user's terminal."""
    from transformers.utils import logging

    bars, verbosity = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
