"""Sentence encoders: texts in, vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from conversation import ModelReference
from conversation.errors import BadInput
from models.device import Compute, resolve_compute
from models.sentence_folder import read_sentence_folder
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["query", "passage"]
Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = ("float32", "float16", "int8")


class Encoder(Protocol):
    """Turns texts into vectors whose dot product says how close they are in meaning."""

    @property
    def name(self) -> str:
        """Of the model."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def reference(self) -> ModelReference:
        """The model by name and content."""
        ...

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts.

        Args:
            texts: Any number of texts; space around them does not count, and what is beyond the
                model's longest text is not read.
            kind: ``query`` for what is asked or said, ``passage`` for what is searched; the
                model's own prompt is put before each text.

        Returns:
            float32 array of shape (n_texts, dim) in the order of the texts, each row of length 1.

        Raises:
            BadInput: ``texts`` is one string, or ``kind`` is neither of the two.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TokenizedText:
    """A text as an encoder reads it, so that it is tokenized once.

    Attributes:
        text: The text.
        kind: What prompt it gets.
        ids: int32 array of shape (n_tokens,), the prompt and the frame included.
    """

    text: str
    kind: Kind
    ids: NDArray[np.int32]

    def __len__(self) -> int:
        """How many tokens are read."""
        return len(self.ids)


class TokenEncoder(Encoder, Protocol):
    """An encoder that also tells what its tokenizer makes of texts."""

    @property
    def batches_at_once(self) -> int:
        """How many calls of :meth:`encode_together` are computed side by side, each by a thread."""
        ...

    def tokenize(self, texts: Sequence[str], *, kind: Kind = "query") -> list[TokenizedText]:
        """Return what is read of each text; its length is how many tokens that is.

        Args:
            texts: Any number of texts.
            kind: As for :meth:`Encoder.encode`.

        Raises:
            BadInput: As :meth:`Encoder.encode`.
        """
        ...

    def encode_together(self, texts: Sequence[TokenizedText]) -> NDArray[np.float32]:
        """Encode texts in one pass, on one thread where :attr:`batches_at_once` is above 1.

        Args:
            texts: What :meth:`tokenize` of this encoder returned, of one kind; so few that one
                pass has room for them, and about equally long.

        Returns:
            As :meth:`Encoder.encode`.
        """
        ...

    def text_of_tokens(self, tokens: Sequence[int]) -> str:
        """Return the text that tokens stand for, without those of the frame.

        Args:
            tokens: Numbers in the vocabulary of the model's tokenizer.

        Raises:
            BadInput: A number is not in the vocabulary.
        """
        ...


def load_encoder(
    name_or_folder: str | Path = "entendu-encoder-fr-en",
    *,
    store: ModelStore | None = None,
    compute: Compute | None = None,
    precision: Precision | None = None,
) -> TokenEncoder:
    """Load a sentence encoder.

    BERT-like encoders run in CTranslate2, all others in sentence-transformers.

    Args:
        name_or_folder: A name in the catalogue, or any sentence-transformers folder.
        store: Where models are; the default folder when None.
        compute: Device and threads; found out when None.
        precision: Number format of the computation: ``float32``, ``float16`` (GPU) or ``int8``
            (CPU, up to twice as fast; cosine to float32 above 0.99). None: ``float16`` on a GPU;
            on the CPU ``int8`` where the weights are stored so, else ``float32``.

    Raises:
        ModelMissing: It is not on this machine; the message names the command that fetches it.
        ModelCorrupt: Its files are not what they should be.
        DeviceUnavailable: The device of ``compute`` cannot be used.
        NotFound: Neither a model nor a folder has this name.
    """
    store = store or ModelStore()
    compute = compute or resolve_compute()
    if precision is not None and precision not in PRECISIONS:
        raise BadInput(f"precision {precision!r} is not known", remedy=f"use {PRECISIONS}")
    folder = read_sentence_folder(store.path(name_or_folder))
    if precision is None:
        on_cpu: Precision = "int8" if folder.compiled else "float32"
        precision = "float16" if compute.device == "cuda" else on_cpu
    reference = store.reference(name_or_folder)
    if folder.suits_ctranslate2:
        from models.ctranslate2_encoder import CTranslate2Encoder

        return CTranslate2Encoder(
            folder, reference, compute, precision, kept_in=store.conversion_folder(folder.path)
        )
    from models.sentence_transformers_encoder import SentenceTransformersEncoder

    return SentenceTransformersEncoder(folder, reference, compute, precision)


def checked_texts(texts: Sequence[str], kind: str) -> list[str]:
    """Return the texts as a list, without space around them, which moves vectors by 0.02.

    Raises:
        BadInput: ``texts`` is one string, or ``kind`` is not known.
    """
    if isinstance(texts, str):
        raise BadInput(
            f"expected a list of texts, got the text {texts[:40]!r}", remedy="use [text]"
        )
    if kind not in {"query", "passage"}:
        raise BadInput(f"kind {kind!r} is not known", remedy="use 'query' or 'passage'")
    return [text.strip() for text in texts]


def check_tokens(tokens: Sequence[int], n_vocabulary: int) -> list[int]:
    """Return tokens as a list.

    Args:
        tokens: Numbers that somebody gave.
        n_vocabulary: How many the tokenizer knows.

    Raises:
        BadInput: A number is not in the vocabulary.
    """
    wrong = [token for token in tokens if not 0 <= token < n_vocabulary]
    if wrong:
        raise BadInput(
            f"token {wrong[0]} is not in the vocabulary of {n_vocabulary} tokens",
            remedy="send texts, or the tokens of this model's own tokenizer",
        )
    return list(tokens)
