"""Which knowledge base is meant: a folder of documents as it stands, or one that Entendu keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import ModelReference
from conversation.errors import BadInput, NotFound
from kb_search import Answer, Document, KnowledgeBase, Problem, read_folder
from kb_search.channels import AnswerChannel, ChannelAnswer, channel_answer
from kb_search.store import KnowledgeStore
from models import Encoder, ModelStore
from serving.encoders import encoder_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.encoder import Kind
    from serving.settings import Settings

DEFAULT_BASE = "main"
Progress = Callable[[str, int, int], None]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class LazyEncoder:
    """The sentence encoder of the settings, loaded when the first text is encoded.

    Args:
        settings: Name the model and the device.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = ModelStore(settings.models_dir)
        self._loaded: Encoder | None = None

    @property
    def name(self) -> str:
        """Of the model."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._encoder.dim

    @property
    def reference(self) -> ModelReference:
        """The model by name and content; it need not be loaded for that."""
        if self._loaded is not None:
            return self._loaded.reference
        return self._store.reference(self._settings.embedding_model)

    def encode(self, texts: Sequence[str], *, kind: Kind = "query") -> NDArray[np.float32]:
        """Encode texts (see :class:`models.Encoder`)."""
        return self._encoder.encode(texts, kind=kind)

    @property
    def _encoder(self) -> Encoder:
        if self._loaded is None:
            self._loaded = encoder_of(self._settings)
        return self._loaded


@dataclass(frozen=True)
class ChosenBase:
    """A knowledge base that somebody asked for.

    Attributes:
        settings: Of the program.
        encoder: Makes the vectors.
        folder: Of documents, read as it stands; None for a base that Entendu keeps.
        name: Of the base that Entendu keeps.
    """

    settings: Settings
    encoder: Encoder
    folder: Path | None
    name: str

    @property
    def label(self) -> str:
        """The base as a reader knows it."""
        return f"base {self.name}" if self.folder is None else str(self.folder)

    @property
    def exists(self) -> bool:
        """Whether there is something to search."""
        return self._place.exists()

    def store(self, *, make: bool = False) -> KnowledgeStore:
        """Open the base that Entendu keeps.

        Args:
            make: Make it where it is not there.

        Raises:
            BadInput: A folder of documents was chosen, which Entendu does not change.
            NotFound: It is not there.
        """
        if self.folder is not None:
            raise BadInput(
                f"{self.folder} is read as it stands: nothing is added to it or removed from it",
                remedy="copy documents into that folder or delete them there; or leave --kb out "
                "to use the base that Entendu keeps (--base NAME where kb is set in entendu.toml)",
            )
        if not make:
            self._check_exists()
        return KnowledgeStore.open(self._place, self.encoder)

    def open(self, *, today: date | None = None, progress: Progress | None = None) -> KnowledgeBase:
        """Open the base to search and ask it.

        Args:
            today: Day on which documents must be in force; the current day when None.
            progress: Called with (``"read"`` or ``"encode"``, done, in all).

        Raises:
            NotFound: It is not there.
            DocumentUnreadable: It holds no document that can be read and is in force.
        """
        if self.folder is None:
            opened = self.store().knowledge_base(today=today, progress=progress)
            if not opened.passages:
                raise NotFound(
                    f"the knowledge base {self.name!r} holds no document that is in force",
                    remedy="look at entendu kb list, or add documents: entendu kb add FOLDER",
                )
            return opened
        return KnowledgeBase.open(
            self.folder, self.encoder, cache_dir=self.settings.data_dir / "kb_index", today=today,
            progress=progress,
        )  # fmt: skip

    def documents(self) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
        """Return all documents, also those not in force, and what of them cannot be used."""
        if self.folder is None:
            kept = self.store().documents()
            return kept, tuple(problem for one in kept for problem in one.problems)
        found = read_folder(self.folder)
        return found.documents, found.problems

    @property
    def _place(self) -> Path:
        return self.folder or knowledge_dir(self.settings) / self.name

    def _check_exists(self) -> None:
        if self._place.exists():
            return
        others = base_names(self.settings)
        if others:
            remedy = f"name one of {', '.join(others)} with --base, or add documents to it"
        else:
            remedy = "add documents: entendu kb add FOLDER; or read a folder as it is: --kb FOLDER"
        raise NotFound(f"there is no knowledge base {self.name!r} yet", remedy=remedy)


def choose_base(settings: Settings, *, kb: Path | None, base: str | None) -> ChosenBase:
    """Return the base that is meant: ``--base``, else ``--kb``, else the setting, else ``main``.

    Args:
        settings: With the folder of the file or the environment, where one is set.
        kb: What ``--kb`` says.
        base: What ``--base`` says.

    Raises:
        BadInput: Both were given, or the name cannot be a folder's.
    """
    if kb is not None and base is not None:
        raise BadInput(
            "--kb and --base were both given",
            remedy="--kb reads a folder as it stands, --base one that Entendu keeps: give one",
        )
    if base is not None and not _NAME.fullmatch(base):
        raise BadInput(
            f"got --base {base!r}, expected letters, digits, - and _ (64 at most)",
            remedy="give another name",
        )
    folder = None if base is not None else kb or settings.kb
    return ChosenBase(settings, LazyEncoder(settings), folder, base or DEFAULT_BASE)


def write_answer(
    answer: Answer, channel: AnswerChannel, settings: Settings, *, encoder: Encoder
) -> ChannelAnswer:
    """Put an answer in the form of a channel, worded by the language model where one is set.

    Args:
        answer: One that was answered.
        channel: What it is for.
        settings: Name the endpoint of the language model, if any.
        encoder: Checks what it wrote.
    """
    if settings.llm_url is None:
        return channel_answer(answer, channel)
    from kb_search.rewriting import rewrite_answer
    from nlu.wrap_up.facts import unsupported_facts
    from serving.rewriting import EndpointRewriter  # an HTTP client, which few need

    key = settings.llm_api_key
    with EndpointRewriter(
        settings.llm_url,
        model=settings.llm_model,
        api_key=key.get_secret_value() if key else None,
        timeout_s=settings.llm_timeout_s,
    ) as rewriter:
        return rewrite_answer(answer, channel, rewriter, check=unsupported_facts, encoder=encoder)


def knowledge_dir(settings: Settings) -> Path:
    """Return the folder of the bases that Entendu keeps."""
    return settings.data_dir / "knowledge"


def base_names(settings: Settings) -> list[str]:
    """Return the names of the bases that Entendu keeps, in order."""
    folder = knowledge_dir(settings)
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
