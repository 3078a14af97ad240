"""Scoring many conversations with one card: from stored results, or from conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, Conflict, EntenduError, ModelMissing
from models import Encoder, ModelStore
from quality import Evaluation, Scorecard
from quality.agreement import Gates, apply_gates
from quality.card_versions import CardVersions, PublishedCard
from quality.helpers import Helpers, QuestionModel
from quality.rescoring import (
    StoredConversation,
    StoredResult,
    conversation_vectors,
    read_stored,
    score_again,
    vectors_path,
)
from quality.sentence_vectors import SentenceVectors, StoredVectors
from serving.encoders import encoder_of
from serving.inputs import AUDIO_SUFFIXES
from serving.result_files import json_files, write_together
from serving.settings import Settings

if TYPE_CHECKING:
    from kb_search import KnowledgeBase
    from quality.review.event import Gate
    from serving.pipeline import Pipeline
    from serving.rewriting import EndpointRewriter

CARDS_FOLDER = "scorecards"
"""Below the data folder: the versions of cards that were used."""


@dataclass(frozen=True)
class Scored:
    """One conversation with its new evaluation.

    Attributes:
        path: Of the file.
        evaluation: With the card that was given.
        previous: The stored one; None for a conversation that was not scored before.
        gates: How far each question's answer is trusted; None where no gates are set.
    """

    path: Path
    evaluation: Evaluation
    previous: Evaluation | None
    gates: dict[str, Gate] | None = None


@dataclass(frozen=True)
class Failed:
    """A file that could not be scored.

    Attributes:
        path: Of the file.
        message: Why, and what to do.
    """

    path: Path
    message: str


class ScoreRun:
    """Scores files with one card.

    The card is published (:mod:`quality.card_versions`) when the run is built. Vectors of
    sentences that a result lacks are made and kept beside it, so that the next card needs no
    model.

    Args:
        settings: Where models and data are, the knowledge base, the language model's endpoint,
            the gates.
        card: To score with.
        stored_only: Never load a model and never ask anything outside: what is not stored is
            not assessable, and conversations that were not processed cannot be scored.
        ask_again: Ask the knowledge base and the language model again what they answered before.
        publish: Whether the card's version counts as used from now on; False for a preview.
        encoder: Makes vectors; None: the one of the settings, loaded at the first text.
        knowledge: The knowledge base; None: the folder of the settings.

    Raises:
        Conflict: The card's version was used with other content.
        EntenduError: The gates cannot be read, or there is no model.
    """

    def __init__(
        self,
        settings: Settings,
        card: Scorecard,
        *,
        stored_only: bool = False,
        ask_again: bool = False,
        publish: bool = True,
        encoder: Encoder | None = None,
        knowledge: KnowledgeBase | None = None,
    ) -> None:
        self._settings = settings
        self._given_encoder = encoder
        self._given_knowledge = knowledge
        self._card = card
        self._stored_only = stored_only
        self._ask_again = ask_again
        self._gates = Gates.load(settings.gates) if settings.gates is not None else None
        self._store = ModelStore(settings.models_dir)
        versions = CardVersions(settings.data_dir / CARDS_FOLDER)
        versions.check(card)
        self._vectors = self._card_vectors(versions)
        self.published: PublishedCard | None = (
            versions.publish(card, self._publishable()) if publish else None
        )
        self.sentences_encoded = 0
        """How many sentences the encoder was asked for, beside the card's examples."""

    @property
    def phrases_encoded(self) -> int:
        """How many of the card's phrases the encoder was asked for."""
        return self._vectors.encoded if self._vectors is not None else 0

    def score(self, path: Path) -> Scored | Failed:
        """Score one file; what is wrong with it does not stop the others.

        Args:
            path: A result of ``entendu process``, or a conversation.

        Raises:
            Conflict: The card's version scored this conversation with other content.
        """
        try:
            if not is_result(path):
                return self._score_conversation(path)
            stored = read_stored(path)
            vectors = self._of(stored)
            scored = self._scored(stored, vectors)
            self._keep(stored, vectors)
        except Conflict:
            raise
        except EntenduError as error:
            shown = str(error)
            return Failed(path, shown if path.name in shown else f"{path.name}: {shown}")
        return scored

    def score_result(self, result: StoredResult, vectors: StoredVectors | None = None) -> Scored:
        """Score a conversation that is stored elsewhere than in a file.

        Args:
            result: Its analysis.
            vectors: Of its sentences, where any are kept.

        Raises:
            Conflict: The card's version scored this conversation with other content.
            EvidenceMismatch: A stored quote is not in the stored conversation.
        """
        stored = StoredConversation(Path(result.conversation.id), result, vectors)
        return self._scored(stored, self._of(stored))

    def _scored(self, stored: StoredConversation, vectors: SentenceVectors | None) -> Scored:
        evaluation = score_again(
            stored.result,
            self._card,
            vectors=vectors,
            helpers=self._helpers,
            ask_again=self._ask_again,
        )
        return self._gated(stored.path, evaluation, stored.result.evaluation)

    def _gated(self, path: Path, evaluation: Evaluation, previous: Evaluation | None) -> Scored:
        if self._gates is None:
            return Scored(path, evaluation, previous)
        gated = apply_gates(evaluation, self._gates)
        return Scored(path, gated.evaluation, previous, gated.gates)

    def _score_conversation(self, path: Path) -> Scored:
        if self._stored_only:
            raise BadInput(
                f"{path} was not processed, and --stored-only was given",
                remedy="run entendu process first, or leave --stored-only out",
            )
        analysis = self._pipeline.analyse(path)
        result = StoredResult(
            conversation=analysis.conversation,
            understanding=analysis.understanding,
            metrics=analysis.metrics,
        )
        vectors = self._of(StoredConversation(path, result, None))
        evaluation = score_again(result, self._card, vectors=vectors, helpers=self._helpers)
        return self._gated(path, evaluation, None)

    def _of(self, stored: StoredConversation) -> SentenceVectors | None:
        return None if self._vectors is None else self._vectors.for_conversation(stored.vectors)

    def _keep(self, stored: StoredConversation, vectors: SentenceVectors | None) -> None:
        """Keep what was encoded beside the result, whole; a folder that is read-only is none."""
        if vectors is None or not vectors.encoded:
            return
        target = vectors_path(stored.path)
        content = conversation_vectors(stored.result.conversation, vectors).to_bytes()
        self.sentences_encoded += vectors.encoded
        with suppress(OSError):
            write_together([(target, content)])

    def _card_vectors(self, versions: CardVersions) -> SentenceVectors | None:
        if not self._card.texts and not self._asks_heads:
            return None
        kept = versions.stored_vectors(self._card.name)
        try:
            model = self._store.reference(self._settings.embedding_model)
        except ModelMissing:
            if not self._stored_only:
                raise
            model = None
        return SentenceVectors(
            None if self._stored_only else lambda: self.encoder, model=model, stored=kept
        )

    def _publishable(self) -> SentenceVectors | None:
        can = self._vectors is not None and self._vectors.can_give(self._card.texts)
        return self._vectors if can else None

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder, loaded at the first text that is not stored."""
        return self._given_encoder or encoder_of(self._settings)

    @cached_property
    def _pipeline(self) -> Pipeline:
        from serving.pipeline import Pipeline

        return Pipeline(self._settings)

    @property
    def _asks_heads(self) -> bool:
        return any(item.detector.kind == "model" for item in self._card.items)

    def _question_models(self) -> dict[str, QuestionModel]:
        if not self._asks_heads:
            return {}
        from serving.scoring import question_models_of

        model = self._store.reference(self._settings.embedding_model)
        return question_models_of(self._card, self._settings.scorecard, model)

    @cached_property
    def _helpers(self) -> Helpers:
        from serving.scoring import scoring_helpers

        settings = self._settings
        kinds = {item.detector.kind for item in self._card.items}
        if self._stored_only:
            return Helpers(question_models=self._question_models())
        knowledge = self._given_knowledge if "knowledge" in kinds else None
        if knowledge is None and settings.kb is not None and "knowledge" in kinds:
            from kb_search import KnowledgeBase

            knowledge = KnowledgeBase.open(
                settings.kb, self.encoder, cache_dir=settings.data_dir / "kb_index"
            )
        return scoring_helpers(
            knowledge=knowledge,
            knowledge_name=settings.kb.name if settings.kb is not None else "",
            endpoint=self._endpoint() if "llm" in kinds else None,
            model=settings.llm_model,
            question_models=self._question_models(),
        )

    def _endpoint(self) -> EndpointRewriter | None:
        settings = self._settings
        if settings.llm_url is None:
            return None
        from serving.rewriting import EndpointRewriter

        key = settings.llm_api_key
        return EndpointRewriter(
            settings.llm_url,
            model=settings.llm_model,
            api_key=key.get_secret_value() if key else None,
            timeout_s=settings.llm_timeout_s,
        )


def usual_card(files: Sequence[Path]) -> str:
    """Name the shipped card for the channel of conversations: calls or messages.

    Args:
        files: Results or conversations; those that cannot be read do not count.

    Raises:
        BadInput: Calls and messages are among them, or none can be read.
    """
    kinds = {card for card in map(_usual_card_of, files) if card is not None}
    if len(kinds) != 1:
        got = "calls and messages" if kinds else "no conversation that can be read"
        raise BadInput(
            f"got {got} and no scorecard",
            remedy="give --card inbound or --card written, each with its own conversations",
        )
    return kinds.pop()


def _usual_card_of(path: Path) -> str | None:
    from conversation import read_conversation
    from quality.metrics import SPOKEN_CHANNELS

    try:
        conversation = (
            read_stored(path).result.conversation if is_result(path) else read_conversation(path)
        )
    except EntenduError:
        return None
    return "inbound" if conversation.channel in SPOKEN_CHANNELS else "written"


def is_result(path: Path) -> bool:
    """Say whether a file is a result of ``entendu process`` rather than a conversation."""
    if path.suffix.casefold() != ".json":
        return False
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return True  # reading it says what is wrong
    if b'"schema_version"' in head and b'"fingerprint"' in head:
        return True
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(values, dict) and {"conversation", "understanding"} <= values.keys()


def files_to_score(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the results below folders, and the files that were named, each once.

    Args:
        paths: Results, conversations, or folders of results.

    Raises:
        NotFound: A path does not exist.
        BadInput: A recording was named.
    """
    seen: set[Path] = set()
    for path in paths:
        if path.suffix.casefold() in AUDIO_SUFFIXES and path.is_file():
            raise BadInput(
                f"{path} is a recording; scoring reads conversations",
                remedy="run entendu process first, and give the folder of its --out",
            )
        for file, named in json_files([path]):
            if file.resolve() not in seen and (named or is_result(file)):
                seen.add(file.resolve())
                yield file
