"""The models and definitions of the main job, loaded when they are first needed, then kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from conversation.errors import EntenduError
from kb_search import KnowledgeBase
from models import Encoder, ModelStore, load_encoder
from nlu.reason_scorer import ReasonScorer
from quality.helpers import Helpers, QuestionModel
from quality.sentence_vectors import SentenceVectors
from serving.definitions import Definitions
from serving.example_vectors import example_vectors
from serving.hearing import transcribe_options
from serving.knowledge_bases import DEFAULT_BASE
from serving.scoring import question_models_of, scoring_helpers
from serving.settings import Settings
from serving.source_files import sha256_of_folder
from serving.speech_models import SpeechModels
from speech import RawFormat, TranscribeOptions

if TYPE_CHECKING:
    from serving.rewriting import EndpointRewriter
    from serving.throughput import ModelPool


class Rooms:
    """Everything that the stages work with.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pool: Models shared with the rest of a service; None: this one loads its own.
    """

    def __init__(self, settings: Settings, *, pool: ModelPool | None = None) -> None:
        self.settings = settings
        self.models = ModelStore(settings.models_dir)
        self.hearing = SpeechModels(settings, pool=pool)
        own = Definitions(settings)
        self._definitions: Callable[[], Definitions] = lambda: own
        self._pool = pool
        self._served: Callable[[], KnowledgeBase | None] | None = None
        self._revision: Callable[[], int] | None = None
        self._preparation: threading.Thread | None = None
        self.preparation_error: EntenduError | None = None

    @property
    def definitions(self) -> Definitions:
        """What the centre defines, as it is now; a stage asks once."""
        return self._definitions()

    def use_definitions(self, current: Callable[[], Definitions]) -> None:
        """Ask for definitions that may be others while the service runs.

        Args:
            current: Returns those in use.
        """
        self._definitions = current

    @cached_property
    def given_options(self) -> TranscribeOptions:
        """What the settings say of transcriptions."""
        return transcribe_options(self.settings)

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder, loaded at first use."""
        if self._pool is not None:
            return self._pool.encoder
        return load_encoder(
            self.settings.embedding_model, store=self.models, compute=self.hearing.compute
        )

    @property
    def scorer(self) -> ReasonScorer:
        """What judges contact reasons, made ready at first use."""
        return self.definitions.scorer(self.encoder, self.hearing.compute)

    @cached_property
    def rewriter(self) -> EndpointRewriter | None:
        """What words notes with a language model; None where none is set."""
        settings = self.settings
        if settings.llm_url is None:
            return None
        from serving.rewriting import EndpointRewriter  # an HTTP client, which few need

        key = settings.llm_api_key
        return EndpointRewriter(
            settings.llm_url,
            model=settings.llm_model,
            api_key=key.get_secret_value() if key else None,
            timeout_s=settings.llm_timeout_s,
        )

    @property
    def sentences(self) -> SentenceVectors:
        """Vectors of the examples of scorecards and categories; of conversations beside them."""
        definitions = self.definitions
        return definitions.once(
            ("sentences", id(self)),
            lambda: example_vectors(
                definitions.examples,
                encoder=lambda: self.encoder,
                model=self.models.reference(self.settings.embedding_model),
                data_dir=self.settings.data_dir,
            ),
        )

    @property
    def helpers(self) -> Helpers:
        """What scorecards may ask of other rooms."""
        return scoring_helpers(
            knowledge=self.knowledge_base,
            knowledge_name=self.knowledge_name or "",
            endpoint=self.rewriter,
            model=self.settings.llm_model,
            question_models=self._question_models,
        )

    @property
    def _question_models(self) -> dict[str, QuestionModel]:
        definitions = self.definitions
        return definitions.once(
            ("question models", id(self)),
            lambda: {
                name: model
                for card in definitions.cards
                for name, model in question_models_of(
                    card, self.settings.scorecard, self.encoder.reference
                ).items()
            },
        )

    def use_knowledge(
        self, served: Callable[[], KnowledgeBase | None], revision: Callable[[], int]
    ) -> None:
        """Ask a base that changes while the service runs, in place of the folder of the settings.

        Args:
            served: Returns it as it is now; None where it holds no document.
            revision: Tells how often it was changed.
        """
        self._served, self._revision = served, revision

    @property
    def knowledge_decisive(self) -> object:
        """What decides the answers of the knowledge base, to be hashed."""
        if self._revision is not None:
            return f"{DEFAULT_BASE} {self._revision()}"
        return None if self.settings.kb is None else sha256_of_folder(self.settings.kb)

    @property
    def knowledge_base(self) -> KnowledgeBase | None:
        """The knowledge base, read and indexed at first use; None where there is none."""
        return self._folder_base if self._served is None else self._served()

    @property
    def knowledge_name(self) -> str | None:
        """Of the base, for readers; None where there is none."""
        if self._served is not None:
            return DEFAULT_BASE if self._served() is not None else None
        return None if self.settings.kb is None else self.settings.kb.name

    @cached_property
    def _folder_base(self) -> KnowledgeBase | None:
        if self.settings.kb is None:
            return None
        return KnowledgeBase.open(
            self.settings.kb, self.encoder, cache_dir=self.settings.data_dir / "kb_index"
        )

    @property
    def raw_format(self) -> RawFormat | None:
        """How recordings without a header are read; None: by their name."""
        return self.given_options.raw

    def prepare(self, *, for_audio: bool) -> None:
        """Load what the first conversation needs.

        With recordings to come, only the models that hear are waited for: the rest (sentence
        encoder, knowledge base, reasons) is made ready while the first one is transcribed, which
        leaves part of the machine idle. It begins when the first are loaded: the two would only
        wait for each other's imports.

        Args:
            for_audio: Whether recordings are to come.

        Raises:
            EntenduError: A model or the knowledge base cannot be used; what fails in the
                background is raised by the stage that needs it and kept in
                ``preparation_error``.
        """
        if not for_audio:
            self._prepare_understanding()
            return
        self.hearing.load()
        self._preparation = threading.Thread(target=self._prepare_in_background, daemon=True)
        self._preparation.start()

    def wait_until_prepared(self) -> None:
        """Wait for what is made ready in the background.

        Raises:
            EntenduError: It failed.
        """
        if self._preparation is not None:
            self._preparation.join()
        if self.preparation_error is not None:
            raise self.preparation_error
        self._prepare_understanding()

    def rehearse(self) -> None:
        """Do something small with what was made ready, so that the first conversation is quick."""

    def _prepare_in_background(self) -> None:
        try:
            self._prepare_understanding()
            self.rehearse()
        except EntenduError as error:
            self.preparation_error = error

    def _prepare_understanding(self) -> None:
        _ = self.encoder, self.knowledge_base, self.scorer, self.sentences
