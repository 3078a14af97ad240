"""The main job: a recording, chat or e-mail in, everything about it out."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from conversation import Conversation
from conversation.errors import NotFound
from conversation.reading import find_vcon
from quality.rescoring import conversation_vectors
from quality.sentence_vectors import SentenceVectors, StoredVectors
from serving.analysis import SCHEMA_VERSION, Analysis, Source
from serving.inputs import is_text_file
from serving.redacting import redact_text
from serving.rehearsals import REHEARSALS
from serving.settings import Settings
from serving.source_files import describe_source
from serving.stages.analyser import Analyser, Progress
from serving.stages.rooms import Rooms
from serving.stages.scoring import score_text
from serving.stages.transcribing import transcribe_input
from serving.stages.understanding import understand_text
from serving.stages.values import Decoded, Transcribed, Understood
from serving.vcon_calls import ChannelRoles
from serving.version import entendu_version
from speech.audio_file import read_header, read_pair
from speech.conclusion import VERSION as SPEECH_VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serving.throughput import ModelPool

__all__ = ["Analyser", "Pipeline"]

_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS, _FEWEST_LETTERS = 3, 12
_HEARD = 0.97
"""Share of the whole that is done when a recording is heard; text takes seconds."""


class Pipeline(Rooms):
    """Takes conversations through all stages with models that are loaded once.

    Models and definitions are loaded when they are first needed. One stage is computed at a time,
    since the models already use every thread they may.

    Args:
        settings: See :class:`serving.settings.Settings`.
        pool: Models shared with the rest of a service; None: this one loads its own.

    Attributes:
        handed_on: See :class:`serving.stages.analyser.Stages`.
    """

    handed_on: ClassVar[dict[str, type[BaseModel]]] = {
        "decode": Decoded, "transcribe": Transcribed, "understand": Understood,
    }  # fmt: skip

    def __init__(self, settings: Settings, *, pool: ModelPool | None = None) -> None:
        super().__init__(settings, pool=pool)
        self._busy = threading.RLock()
        self._last: tuple[Conversation, SentenceVectors] | None = None

    # In one piece

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
        with self._busy:
            decoded = self.decode(
                path, second=second, language=language, channels=channels, source=source
            )
            transcribed = self.transcribe(
                path,
                decoded,
                second=second,
                progress=None if progress is None else lambda share: progress(_HEARD * share),
            )
            analysis = self.score(transcribed, self.understand(transcribed))
        if progress is not None:
            progress(1.0)
        return analysis

    def analyse_conversation(
        self, conversation: Conversation, *, language: str | None = None
    ) -> Analysis:
        """Analyse a conversation that is text already (see :meth:`analyse`)."""
        with self._busy:
            decoded = self.decode(conversation, language=language)
            transcribed = self.transcribe(conversation, decoded)
            return self.score(transcribed, self.understand(transcribed))

    # In stages

    def decode(
        self,
        given: Path | Conversation,
        *,
        second: Path | None = None,
        language: str | None = None,
        channels: ChannelRoles | None = None,
        source: Source | None = None,
    ) -> Decoded:
        """Look into an input: what it is, how long, and whether it can be opened at all.

        Args:
            given: A file, or a conversation that is text already.
            second: The other side's file where a call is stored as two recordings.
            language: ``fr``, ``en`` or ``auto``; the setting when None.
            channels: Which channel carries whom; found from what is said when None.
            source: What :func:`describe_source` said of the file; it is hashed when None.

        Raises:
            EntenduError: The file cannot be used.
        """
        duration_s: float | None = None
        if isinstance(given, Conversation):
            form, source = "text", _source_of(given)
        else:
            for file in (given, second):
                if file is not None and not file.is_file():
                    raise NotFound(f"{file}: no such file", remedy="check the path")
            form = "sound"
            if second is None and is_text_file(given):
                form = "text" if find_vcon(given) is None else "vcon"
            if form == "sound":
                duration_s = self._duration_s(given, second)
            source = source or describe_source(given, second)
        return Decoded(
            form=form,
            sha256=source.sha256,
            size_bytes=source.size_bytes,
            language=language,
            channels=channels,
            fingerprint=self.fingerprint(source, language=language, channels=channels),
            duration_s=duration_s,
        )

    def transcribe(
        self,
        given: Path | Conversation,
        decoded: Decoded,
        *,
        second: Path | None = None,
        progress: Progress | None = None,
    ) -> Transcribed:
        """Turn an input into redacted text (see :func:`transcribe_input`)."""
        with self._busy:
            return transcribe_input(self, given, decoded, second=second, progress=progress)

    def understand(self, transcribed: Transcribed) -> Understood:
        """Find what a conversation is about (see :func:`understand_text`)."""
        with self._busy:
            return understand_text(self, transcribed)

    def score(self, transcribed: Transcribed, understood: Understood) -> Analysis:
        """Evaluate a conversation and put everything together (see :func:`score_text`)."""
        with self._busy:
            scored = score_text(self, transcribed, understood)
            self._last = transcribed.conversation, scored.vectors
            return scored.analysis

    def turn_vectors(self, conversation: Conversation) -> tuple[NDArray[np.floating], str] | None:
        """Return a vector for each turn, and the SHA-256 of their encoder.

        Of length 1; of length 0, which is near nothing, for turns that say too little: "Euh," and
        "Hello." would be the nearest to any short query.
        """
        encoder = self.encoder
        sha256 = encoder.reference.sha256
        if sha256 is None:  # of a model that is not known by its content nothing can be compared
            return None
        texts = [turn.text for turn in conversation.turns]
        vectors = encoder.encode(texts, kind="passage").copy()
        vectors[[not _says_something(text) for text in texts]] = 0
        return vectors, sha256

    def _duration_s(self, path: Path, second: Path | None) -> float | None:
        raw = self.raw_format
        header = read_header(path, raw) if second is None else read_pair(path, second, raw)
        return header.known_s

    # What decides the result

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
            "settings": {
                **self._decisive_settings,
                "definitions": self.definitions.decisive,
                "knowledge": self.knowledge_decisive,
            },
        }
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _decisive_settings(self) -> dict[str, object]:
        settings = self.settings
        return {
            "speech": SPEECH_VERSION,
            "transcription": self.given_options.model_dump(mode="json"),
            "device": self.hearing.compute.device,
            "compute_type": self.hearing.compute.compute_type,
            "models": [
                reference.model_dump()
                for reference in (
                    *self.hearing.references,
                    self.models.reference(settings.embedding_model),
                )
            ],
            "llm": (settings.llm_url, settings.llm_model),
        }

    def check_settings(self) -> None:
        """Read the definitions and look for the models, without loading any.

        Raises:
            EntenduError: A definition is wrong, or a model or folder is not there.
        """
        _ = self._decisive_settings, self.definitions.decisive, self.knowledge_decisive
        _ = self.rewriter

    def vectors_of(self, analysis: Analysis) -> StoredVectors:
        """Return the vectors of a conversation's sentences, with which it can be scored again.

        Args:
            analysis: Of this pipeline; the vectors of its last one are at hand.
        """
        with self._busy:
            known = self._last
            if known is None or known[0] != analysis.conversation:
                known = analysis.conversation, self.sentences.for_conversation()
            return conversation_vectors(*known)

    def rehearse(self) -> None:
        """Take a few made-up conversations through the stages."""
        for conversation in REHEARSALS:  # reads the word lists, compiles the patterns
            redacted = redact_text(conversation, self.definitions.policy)
            transcribed = Transcribed(
                source=_source_of(conversation),
                conversation=redacted.conversation,
                facts=None,
                redaction=redacted.report,
                language=conversation.language,
                fingerprint="",
                speech_s=0.0,
                nlu_s=0.0,
            )
            score_text(self, transcribed, understand_text(self, transcribed))


def _source_of(conversation: Conversation) -> Source:
    content = conversation.model_dump_json().encode()
    return Source(
        name=f"{conversation.id}.json",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
    )


def _says_something(text: str) -> bool:
    words = _WORD.findall(text)
    return len(words) >= _FEWEST_WORDS and sum(map(len, words)) >= _FEWEST_LETTERS
