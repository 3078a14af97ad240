"""Sentence encoders that run in CTranslate2."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation import ModelReference
from conversation.errors import DeviceUnavailable, ModelCorrupt
from models.conversion import converted
from models.device import Compute
from models.encoder import Kind, Precision, TokenizedText, check_tokens, checked_texts
from models.sentence_folder import SentenceFolder
from models.token_batches import token_batches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# On a CPU a batch should stay in its caches; a GPU wants to be filled.
_TOKENS_PER_BATCH = {"cpu": 1024, "cuda": 16_384}
_LEAST_TOKENS_PER_BATCH = 64
"""Smaller batches are not shared among threads: it would take longer than it saves."""


class CTranslate2Encoder:
    """A BERT-like encoder with mean or first-token pooling.

    In int8 each batch is computed by one thread and several batches at once: threads that share one
    short text wait for each other longer than they compute (6 ms instead of 12 with two).

    Args:
        folder: The sentence-transformers folder; :attr:`SentenceFolder.suits_ctranslate2`.
        reference: The model by name and content.
        compute: Device and threads.
        precision: Number format of the computation.
        kept_in: Folder of the converted weights.

    Attributes:
        batches_at_once: How many batches are computed side by side.

    Raises:
        ModelCorrupt: The tokenizer or the weights cannot be read.
        DeviceUnavailable: The device cannot compute in this precision.
    """

    def __init__(
        self,
        folder: SentenceFolder,
        reference: ModelReference,
        compute: Compute,
        precision: Precision,
        *,
        kept_in: Path,
    ) -> None:
        self._folder = folder
        self._reference = reference
        self._tokens_per_batch = _TOKENS_PER_BATCH[compute.device]
        self.batches_at_once = _batches_at_once(compute, precision)
        self._dim = int(folder.config["hidden_size"])
        self._tokenizer = _load_tokenizer(folder)
        self._model = _load_model(folder, compute, precision, kept_in)

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

        tokens = [np.asarray(row, dtype=np.int32) for row in self._tokens(texts, kind)]
        vectors = np.empty((len(tokens), self._dim), dtype=np.float32)
        lengths = [len(row) for row in tokens]
        batches = token_batches(lengths, self._budget(sum(lengths)))

        def encode_batch(batch: list[int]) -> None:
            vectors[batch] = self._encode_batch([tokens[position] for position in batch])

        if self.batches_at_once == 1 or len(batches) < 2:
            for batch in batches:
                encode_batch(batch)
        else:
            with ThreadPoolExecutor(self.batches_at_once) as threads:
                for _ in threads.map(encode_batch, batches):
                    pass
        return _of_length_one(vectors)

    def tokenize(self, texts: Sequence[str], *, kind: Kind = "query") -> list[TokenizedText]:
        """Tokenize texts, as :meth:`models.encoder.TokenEncoder.tokenize` says."""
        import numpy as np

        rows = self._tokens(texts, kind)
        return [
            TokenizedText(text, kind, np.asarray(row, dtype=np.int32))
            for text, row in zip(texts, rows, strict=True)
        ]

    def encode_together(self, texts: Sequence[TokenizedText]) -> NDArray[np.float32]:
        """Encode in one pass, as :meth:`models.encoder.TokenEncoder.encode_together` says."""
        import numpy as np

        if not texts:
            return np.empty((0, self._dim), dtype=np.float32)
        return _of_length_one(self._encode_batch([text.ids for text in texts]))

    def text_of_tokens(self, tokens: Sequence[int]) -> str:
        """Return a text, as :meth:`models.encoder.TokenEncoder.text_of_tokens` says."""
        known = check_tokens(tokens, self._tokenizer.get_vocab_size())
        return str(self._tokenizer.decode(known, skip_special_tokens=True))

    def _tokens(self, texts: Sequence[str], kind: Kind) -> list[list[int]]:
        prompt = self._folder.prompts.get(kind, "")
        given = [prompt + text for text in checked_texts(texts, kind)]
        if self._folder.lower_case:
            given = [text.lower() for text in given]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(given)]

    def _budget(self, n_tokens: int) -> int:
        """Return the most tokens of a batch, so that few texts are shared among all threads."""
        share = -(-n_tokens // self.batches_at_once)
        return min(self._tokens_per_batch, max(share, _LEAST_TOKENS_PER_BATCH))

    def _encode_batch(self, tokens: list[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Return one vector for each row of tokens, not yet of length 1."""
        import ctranslate2
        import numpy as np

        lengths = np.array([len(row) for row in tokens], dtype=np.int32)
        padded = np.zeros((len(tokens), lengths.max()), dtype=np.int32)
        real = np.arange(padded.shape[1]) < lengths[:, None]
        padded[real] = np.concatenate(tokens)
        output = self._model.forward_batch(
            ctranslate2.StorageView.from_array(padded),
            ctranslate2.StorageView.from_array(lengths),
        )
        states = _as_array(output.last_hidden_state)
        if self._folder.pooling == "cls":
            return states[:, 0]
        states[~real] = 0
        pooled: NDArray[np.float32] = states.sum(axis=1) / lengths[:, None]
        return pooled


def _of_length_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring the rows to length 1, in place."""
    import numpy as np

    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(norms, np.finfo(np.float32).tiny)
    return vectors


def _batches_at_once(compute: Compute, precision: Precision) -> int:
    return max(compute.threads, 1) if (compute.device, precision) == ("cpu", "int8") else 1


def _as_array(states: Any) -> NDArray[np.float32]:  # noqa: ANN401
    """Copy CTranslate2's result, whatever its format and device, into a float32 array."""
    import ctranslate2
    import numpy as np

    if states.dtype != ctranslate2.DataType.float32:
        states = states.to(ctranslate2.DataType.float32)
    if states.device != "cpu":
        states = states.to_device(ctranslate2.Device.cpu)
    return np.array(states)


def _load_tokenizer(folder: SentenceFolder) -> Any:  # noqa: ANN401
    from tokenizers import Tokenizer

    path = folder.path / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises this very class
        raise ModelCorrupt(
            f"{path} is not a tokenizer: {error}", remedy="copy or fetch the model again"
        ) from error
    tokenizer.no_padding()
    if folder.max_tokens is not None:
        tokenizer.enable_truncation(folder.max_tokens)
    return tokenizer


def _load_model(
    folder: SentenceFolder, compute: Compute, precision: Precision, kept_in: Path
) -> Any:  # noqa: ANN401
    import ctranslate2

    try:
        supported = ctranslate2.get_supported_compute_types(compute.device)
    except RuntimeError as error:  # there is no such device
        raise DeviceUnavailable(
            f"{compute.device} cannot be used: {error}", remedy="use --device cpu"
        ) from error
    if precision not in supported:
        raise DeviceUnavailable(
            f"{compute.device} here cannot compute in {precision}", remedy="use float32"
        )
    at_once = _batches_at_once(compute, precision)
    with converted(folder, kept_in=kept_in) as converted_folder:
        try:
            return ctranslate2.Encoder(
                str(converted_folder),
                device=compute.device,
                device_index=compute.device_index,
                compute_type=precision,
                inter_threads=at_once,
                intra_threads=max(compute.threads // at_once, 1),
            )
        except RuntimeError as error:
            if compute.device == "cuda":
                raise DeviceUnavailable(
                    f"the GPU cannot load {folder.path.name}: {error}",
                    remedy="free its memory or install its libraries, or use --device cpu",
                ) from error
            raise ModelCorrupt(
                f"{converted_folder} cannot be loaded: {error}",
                remedy="copy or install the model again"
                if folder.compiled
                else f"remove {kept_in}; it is made again from the weights",
            ) from error
