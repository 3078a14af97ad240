"""The main job: a recording, chat or e-mail in, everything about it out."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from conversation import Conversation, read_conversation
from conversation.errors import EntenduError, NotFound
from conversation.reading import find_vcon
from conversation.vcon import Vcon
from kb_search import KnowledgeBase
from models import (
    Encoder,
    ModelStore,
    load_encoder,
)
from nlu import Understanding, understand
from nlu.personal_data import PersonalData
from nlu.reason_scorer import ReasonScorer
from nlu.redaction import Redacted
from nlu.wrap_up import WrapUpNote, rewrite_note
from quality import Evaluation, Metrics, evaluate, measure, scorecard_for
from quality.agreement import apply_gates
from quality.categories import CategoryReport, match_categories
from quality.helpers import Helpers, QuestionModel
from quality.rescoring import conversation_vectors
from quality.review.event import Gate
from quality.sentence_vectors import SentenceVectors, StoredVectors
from quality.sentences import sentence_texts
from serving.analysis import (
    SCHEMA_VERSION,
    Analysis,
    AnsweredQuestion,
    Source,
    TranscriptionFacts,
)
from serving.asking import answer_questions
from serving.definitions import Definitions
from serving.example_vectors import example_vectors
from serving.hearing import hear, transcribe_options
from serving.inputs import is_text_file
from serving.redacting import redact_text, redact_transcription
from serving.rehearsals import REHEARSALS
from serving.scoring import question_models_of, scoring_helpers
from serving.settings import Settings
from serving.source_files import describe_source, sha256_of_folder
from serving.speech_models import SpeechModels
from serving.stopwatch import Stopwatch
from serving.vcon_calls import ChannelRoles
from serving.version import entendu_version
from speech import RawFormat, TranscribeOptions, Transcription
from speech.conclusion import VERSION as SPEECH_VERSION

if TYPE_CHECKING:
    from serving.rewriting import EndpointRewriter

Progress = Callable[[float], None]


class Analyser(Protocol):
    """What turns a file or a conversation into an analysis; the service needs no more."""

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


@dataclass(frozen=True)
class _Studied:
    """What the rooms say of a redacted conversation."""

    understanding: Understanding
    questions: tuple[AnsweredQuestion, ...]
    metrics: Metrics
    evaluation: Evaluation
    gates: dict[str, Gate] | None
    categories: CategoryReport


class Pipeline:
    """Takes conversations through all rooms with models that are loaded once.

    Models and definitions are loaded when they are first needed. One conversation is computed at
    a time, since the models already use every thread they may.

    Args:
        settings: See :class:`serving.settings.Settings`.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store = ModelStore(settings.models_dir)
        self._hearing = SpeechModels(settings)
        self._definitions = Definitions(settings)
        self._busy = threading.RLock()
        self._last: tuple[Conversation, SentenceVectors] | None = None
        self._preparation: threading.Thread | None = None
        self.preparation_error: EntenduError | None = None

    def analyse(
        self,
        path: Path,
        *,
        second: Path | None = None,
        language: str | None = None,
        channels: ChannelRoles | None = None,
        source: Source | None = None,
        progress: Progress | None = None,
    ) -> Analysis:
        """Analyse a recording, a vCon, a chat or an e-mail.

        Args:
            path: The file; see :mod:`serving.inputs` for what is taken as text.
            second: The other side's file where a call is stored as two recordings.
            language: ``fr``, ``en`` or ``auto``; the setting when None.
            channels: Which channel carries whom; found from what is said when None.
            source: What :func:`describe_source` said of the file; it is hashed when None.
            progress: Called with the share done, 0 to 1.

        Returns:
            The analysis; nothing is stored.

        Raises:
            EntenduError: The file cannot be used, or a model is missing.
        """
        for file in (path, second):
            if file is not None and not file.is_file():
                raise NotFound(f"{file}: no such file", remedy="check the path")
        source = source or describe_source(path, second)
        with self._busy:
            watch = Stopwatch()
            transcription: Transcription | None = None
            with watch.room("speech_s"):
                is_text = second is None and is_text_file(path)
                vcon = find_vcon(path) if is_text else None
                if is_text and vcon is None:
                    conversation = read_conversation(path)
                else:
                    transcription = self._transcribe(
                        path,
                        second,
                        vcon,
                        source,
                        options=self._options(language, channels),
                        progress=progress,
                    )
                    conversation = transcription.conversation
                    if not transcription.account:  # a vCon whose text was taken over
                        transcription = None
            return self._conclude(
                conversation,
                transcription,
                source=source,
                language=language,
                fingerprint=self.fingerprint(source, language=language, channels=channels),
                watch=watch,
                progress=progress,
            )

    def analyse_conversation(
        self, conversation: Conversation, *, language: str | None = None
    ) -> Analysis:
        """Analyse a conversation that is text already (see :meth:`analyse`)."""
        content = conversation.model_dump_json().encode()
        source = Source(
            name=f"{conversation.id}.json",
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
        )
        with self._busy:
            return self._conclude(
                conversation,
                None,
                source=source,
                language=language,
                fingerprint=self.fingerprint(source, language=language),
                watch=Stopwatch(),
                progress=None,
            )

    def fingerprint(
        self,
        source: Source,
        *,
        language: str | None = None,
        channels: ChannelRoles | None = None,
    ) -> str:
        """Hash all that decides the result: input, settings, definitions, models, version."""
        decisive = {
            "schema": SCHEMA_VERSION,
            "version": entendu_version(),
            "source": source.sha256,
            "language": language or self.settings.language,
            "channels": channels,
            "settings": self._decisive_settings,
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _decisive_settings(self) -> dict[str, object]:
        settings = self.settings
        return {
            "speech": SPEECH_VERSION,
            "transcription": self._given_options.model_dump(mode="json"),
            "device": self._hearing.compute.device,
            "compute_type": self._hearing.compute.compute_type,
            "models": [
                reference.model_dump()
                for reference in (
                    *self._hearing.references,
                    self._store.reference(settings.embedding_model),
                )
            ],
            "definitions": self._definitions.decisive,
            "llm": (settings.llm_url, settings.llm_model),
            "knowledge": sha256_of_folder(settings.kb) if settings.kb is not None else None,
        }

    @cached_property
    def _given_options(self) -> TranscribeOptions:
        return transcribe_options(self.settings)

    def _options(self, language: str | None, channels: ChannelRoles | None) -> TranscribeOptions:
        update: dict[str, object] = {"channels": channels}
        if language is not None:
            update["language"] = language
        return self._given_options.model_copy(update=update)

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder, loaded at first use."""
        return load_encoder(
            self.settings.embedding_model, store=self._store, compute=self._hearing.compute
        )

    @cached_property
    def scorer(self) -> ReasonScorer:
        """What judges contact reasons, made ready at first use."""
        return self._definitions.scorer(self.encoder, self._hearing.compute)

    @cached_property
    def _rewriter(self) -> EndpointRewriter | None:
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

    @cached_property
    def _sentences(self) -> SentenceVectors:
        """Vectors of the examples of scorecard and categories; of conversations beside them."""
        card = self._definitions.scorecard
        return example_vectors(
            [*self._definitions.categories.examples, *(card.texts if card else ())],
            encoder=lambda: self.encoder,
            model=self._store.reference(self.settings.embedding_model),
            data_dir=self.settings.data_dir,
        )

    @cached_property
    def _helpers(self) -> Helpers:
        """What scorecards may ask of other rooms."""
        return scoring_helpers(
            knowledge=self.knowledge_base,
            knowledge_name=self.settings.kb.name if self.settings.kb is not None else "",
            endpoint=self._rewriter,
            model=self.settings.llm_model,
            question_models=self._question_models,
        )

    @property
    def _question_models(self) -> dict[str, QuestionModel]:
        card = self._definitions.scorecard
        if card is None:
            return {}
        return question_models_of(card, self.settings.scorecard, self.encoder.reference)

    @cached_property
    def knowledge_base(self) -> KnowledgeBase | None:
        """The knowledge base, read and indexed at first use; None where none is set."""
        if self.settings.kb is None:
            return None
        return KnowledgeBase.open(
            self.settings.kb, self.encoder, cache_dir=self.settings.data_dir / "kb_index"
        )

    @property
    def raw_format(self) -> RawFormat | None:
        """How recordings without a header are read; None: by their name."""
        return self._given_options.raw

    def check_settings(self) -> None:
        """Read the definitions and look for the models, without loading any.

        Raises:
            EntenduError: A definition is wrong, or a model or folder is not there.
        """
        _ = self._decisive_settings, self._rewriter

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
                background is raised by :meth:`analyse` and kept in ``preparation_error``.
        """
        if not for_audio:
            self._prepare_understanding()
            return
        self._hearing.load()
        self._preparation = threading.Thread(target=self._prepare_in_background, daemon=True)
        self._preparation.start()

    def _prepare_in_background(self) -> None:
        try:
            self._prepare_understanding()
            for conversation in REHEARSALS:  # reads the word lists, compiles the patterns
                redact_text(conversation, self._definitions.policy)
                self._study(conversation, None, conversation.language, Stopwatch())
        except EntenduError as error:
            self.preparation_error = error

    def _prepare_understanding(self) -> None:
        _ = self.encoder, self.knowledge_base, self.scorer, self._sentences

    def _wait_until_prepared(self) -> None:
        if self._preparation is not None:
            self._preparation.join()
        if self.preparation_error is not None:
            raise self.preparation_error
        self._prepare_understanding()

    def _transcribe(
        self,
        path: Path,
        second: Path | None,
        vcon: Vcon | None,
        source: Source,
        *,
        options: TranscribeOptions,
        progress: Progress | None,
    ) -> Transcription:
        def share(done_s: float, total_s: float) -> None:
            if progress is not None and total_s > 0:
                progress(min(0.97, 0.97 * done_s / total_s))

        return hear(
            path,
            self._hearing,
            options=options,
            vcon=vcon,
            second=second,
            sha256=source.sha256,
            progress=share,
        )

    def _still_found(
        self, conversation: Conversation, redacted: Redacted
    ) -> tuple[PersonalData, ...] | None:
        """Return the personal data that is kept, where what was found before still holds."""
        same_search = self._definitions.policy.search == self._definitions.centre.personal_data
        same_texts = all(
            old.text == new.text
            for old, new in zip(conversation.turns, redacted.conversation.turns, strict=True)
        )
        return redacted.found if same_search and same_texts else None

    def _understand(
        self,
        conversation: Conversation,
        found: tuple[PersonalData, ...] | None,
        language: str | None,
    ) -> Understanding:
        understanding = understand(
            conversation,
            encoder=self.encoder,
            reasons=self.scorer,
            routing=self._definitions.routing,
            centre=self._definitions.centre,
            language=language,
            personal_data=found,
        )
        note = understanding.note
        if self._rewriter is None or not isinstance(note, WrapUpNote):
            return understanding
        note = rewrite_note(note, conversation, self._rewriter)
        return understanding.model_copy(update={"note": note})

    def _study(
        self,
        conversation: Conversation,
        found: tuple[PersonalData, ...] | None,
        language: str | None,
        watch: Stopwatch,
    ) -> _Studied:
        """Take a redacted conversation through the rooms that follow."""
        with watch.room("nlu_s"):
            understanding = self._understand(conversation, found, language)
        with watch.room("kb_search_s"):
            questions = (
                answer_questions(understanding.questions, self.knowledge_base)
                if self.knowledge_base is not None
                else ()
            )
        with watch.room("quality_s"):
            vectors = self._sentences.for_conversation()
            vectors.of(sentence_texts(conversation))  # in one batch, for every question
            self._last = conversation, vectors
            metrics = measure(conversation, language=understanding.language)
            evaluation = evaluate(
                conversation,
                understanding=understanding,
                metrics=metrics,
                scorecard=self._definitions.scorecard or scorecard_for(conversation),
                vectors=vectors,
                helpers=self._helpers,
            )
            categories = match_categories(
                conversation,
                self._definitions.categories,
                metrics=metrics,
                understanding=understanding,
                vectors=vectors,
            )
            gates = None
            if self._definitions.gates is not None:
                gated = apply_gates(evaluation, self._definitions.gates)
                evaluation, gates = gated.evaluation, gated.gates
        return _Studied(understanding, questions, metrics, evaluation, gates, categories)

    def vectors_of(self, analysis: Analysis) -> StoredVectors:
        """Return the vectors of a conversation's sentences, with which it can be scored again.

        Args:
            analysis: Of this pipeline; the vectors of its last one are at hand.
        """
        with self._busy:
            known = self._last
            if known is None or known[0] != analysis.conversation:
                known = analysis.conversation, self._sentences.for_conversation()
            return conversation_vectors(*known)

    def _conclude(
        self,
        conversation: Conversation,
        transcription: Transcription | None,
        *,
        source: Source,
        language: str | None,
        fingerprint: str,
        watch: Stopwatch,
        progress: Progress | None,
    ) -> Analysis:
        self._wait_until_prepared()  # loading is not the rooms' time
        asked = language or self.settings.language
        spoken = None if asked == "auto" else asked
        with watch.room("nlu_s"):
            if transcription is not None:
                transcription, redacted = redact_transcription(
                    transcription, self._definitions.policy, language=spoken
                )
            else:
                redacted = redact_text(conversation, self._definitions.policy, language=spoken)
            found = self._still_found(conversation, redacted)
        studied = self._study(redacted.conversation, found, spoken, watch)
        if progress is not None:
            progress(1.0)
        return Analysis(
            fingerprint=fingerprint,
            created_at=datetime.now(UTC),
            entendu_version=entendu_version(),
            source=source.model_copy(update={"name": redacted.scrubber.file_name(source.name)}),
            conversation=redacted.conversation,
            transcription=_facts(transcription),
            redaction=redacted.report,
            understanding=studied.understanding,
            questions=studied.questions,
            knowledge_base=self.settings.kb.name if self.settings.kb is not None else None,
            metrics=studied.metrics,
            evaluation=studied.evaluation,
            gates=studied.gates,
            categories=studied.categories,
            timings=watch.timings(),
        )


def _facts(transcription: Transcription | None) -> TranscriptionFacts | None:
    if transcription is None:
        return None
    return TranscriptionFacts(
        account=transcription.account,
        dropped=transcription.dropped,
        warnings=transcription.warnings,
        provenance=transcription.provenance,
    )
