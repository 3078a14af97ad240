"""All models of a service: each loaded once and shared by everybody who needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel, ConfigDict

import models
from conversation.errors import ModelMissing
from serving.encoders import compute_of
from serving.speech_models import SPEAKER_MODEL
from serving.throughput.batched_encoder import BatchedEncoder
from serving.throughput.freed_memory import keep_for_next_batch
from serving.throughput.lent_recogniser import LentTranscriber
from serving.throughput.model_handle import ModelHandle, ModelMemory, resident_mb
from serving.throughput.seats import Seats
from serving.throughput.shared_recogniser import RecogniserHub, SharedRecogniser
from serving.throughput.thread_budget import ThreadBudget, share_threads
from serving.throughput.translation import TranslatedSpan, translate
from serving.throughput.vector_cache import VectorCache
from serving.throughput.work import Priority
from speech.segmentation import LONGEST_PIECE_S

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serving.settings import Settings

_BATCH_TOKENS = {"cpu": 256, "cuda": 16_384}
"""On a CPU a text of a batch of 8 takes half the time of one alone, and of 32 as long again: what
a pass computes no longer fits into the cache (bench/serving/load.py)."""

_SPEECH_S = {"cpu": 4 * LONGEST_PIECE_S, "cuda": 16 * LONGEST_PIECE_S}
"""Of speech of several requests that goes into one batch: on a CPU it is only taken together so
that nobody waits for all of somebody else's, a GPU wants to be filled."""

_LOOK_EVERY_S = 30.0
_TRANSCRIPTIONS_AT_ONCE = 8
_TRANSCRIPTIONS_WAITING = 32


class PoolReport(BaseModel):
    """What the models of a process hold and do.

    Attributes:
        device: ``cpu`` or ``cuda:0``.
        threads: That compute at once.
        running: Units of work that run.
        waiting: Units of work that wait for a thread.
        queued_tokens: Tokens of texts that wait to be encoded.
        cached_vectors: Vectors of recent texts.
        cache_mb: Their memory, megabytes.
        process_mb: Memory of the whole process, megabytes.
        models: Each model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str
    threads: int
    running: int
    waiting: int
    queued_tokens: int
    cached_vectors: int
    cache_mb: float
    process_mb: float
    models: tuple[ModelMemory, ...]


class ModelPool:
    """The sentence encoder, the recogniser and the encoder of voices.

    Nothing is loaded before it is needed, unless :meth:`warm` asks for it.

    Args:
        settings: Which models, on what device, with how many threads, and how they are batched.

    Attributes:
        seats: Of requests that wait for a transcription.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = models.ModelStore(settings.models_dir)
        self._made = threading.RLock()
        self._closing = threading.Event()
        self.seats = Seats(_TRANSCRIPTIONS_AT_ONCE, _TRANSCRIPTIONS_WAITING)
        self._hubs: dict[Priority, RecogniserHub] = {}
        self._janitor: threading.Thread | None = None

    @property
    def compute(self) -> models.Compute:
        """The device, number format and threads.

        Raises:
            DeviceUnavailable: The device of the settings is not there.
        """
        with self._made:
            return self._compute

    @property
    def budget(self) -> ThreadBudget:
        """Hands out threads by priority."""
        with self._made:
            return self._budget

    @property
    def encoder(self) -> BatchedEncoder:
        """The sentence encoder; texts of all its callers are encoded together."""
        with self._made:
            return self._encoder

    def transcriber(self, priority: Priority = Priority.BATCH) -> models.Transcriber:
        """Return the recogniser, whose passes take turns with everybody else's.

        Args:
            priority: Of what is recognised with it.

        Returns:
            It is loaded when it is first used; :class:`ModelMissing` is raised then, too.
        """
        with self._made:
            self._watch_idle()
            lent = LentTranscriber(
                self._recogniser,
                reference=self._store.reference(self._settings.transcription_model),
                compute=self.compute,
                budget=self.budget,
                priority=priority,
            )
        return cast("models.Transcriber", lent)

    def translate(
        self, sound: NDArray[np.float32], *, language: str | None, beam_size: int, prompt: str
    ) -> Iterator[TranslatedSpan]:
        """Translate speech into English, which Whisper does by itself.

        Args:
            sound: float32 of shape ``(n,)`` at 16 kHz.
            language: That is spoken, as a primary tag; None: found out.
            beam_size: Width of the beam search.
            prompt: Words to expect, in English.

        Raises:
            BadInput: The model knows no other language than English.
        """
        self.transcriber(Priority.INTERACTIVE)
        return translate(
            self._recogniser,
            self.budget,
            sound,
            language=language,
            beam_size=beam_size,
            prompt=prompt,
        )

    def recogniser(
        self,
        priority: Priority,
        *,
        beam_size: int,
        hotwords: Sequence[str] = (),
        vocabulary: Sequence[str] = (),
    ) -> SharedRecogniser:
        """Return a recogniser whose pieces are batched with those of other requests.

        Args:
            priority: Of the request; pieces of one priority go together.
            beam_size: Width of the beam search.
            hotwords: Words to expect.
            vocabulary: Names to expect.
        """
        transcriber = self.transcriber(priority)
        with self._made:
            hub = self._hubs.setdefault(priority, RecogniserHub(_SPEECH_S[self.compute.device]))
        return SharedRecogniser(
            transcriber, hub, beam_size=beam_size, hotwords=hotwords, vocabulary=vocabulary
        )

    @property
    def speaker_encoder(self) -> models.SpeakerEncoder | None:
        """The encoder of voices; None where it was not fetched."""
        with self._made:
            return self._speaker_encoder

    @contextmanager
    def transcribing(self, priority: Priority) -> Iterator[None]:
        """Tell that something is transcribed in this block; it does not wait.

        While it is live, what is recognised for the batch leaves a thread free.

        Args:
            priority: ``Priority.LIVE`` for a stream that people wait for.
        """
        if priority is not Priority.LIVE:
            yield
            return
        with self.budget.live():
            yield

    def warm(self, *, for_audio: bool = True) -> None:
        """Load the models and use each once, so that the first request is as fast as the next.

        Args:
            for_audio: Whether to load the recogniser, too.

        Raises:
            EntenduError: A model is not there or cannot be loaded.
        """
        self.encoder.encode(["Bonjour, ma box est en panne."], kind="query")
        if for_audio:
            _ = self.transcriber().n_workers, self.speaker_encoder

    def unload_idle(self, idle_s: float) -> list[str]:
        """Let go of models that nobody used for a while.

        Args:
            idle_s: How long.

        Returns:
            Their names.
        """
        return [one.name for one in self._handles() if one.unload_if_idle(idle_s)]

    def forget_vectors(self) -> int:
        """Forget the vectors of recent texts, which may be somebody's who is erased.

        Returns:
            How many there were.
        """
        return self._cache.clear()

    @property
    def report(self) -> PoolReport:
        """What the models hold and do."""
        lanes = self.budget.lanes
        compute = self.compute
        return PoolReport(
            device=compute.torch_device,
            threads=compute.threads,
            running=lanes.short + lanes.long,
            waiting=lanes.waiting,
            queued_tokens=self.encoder.queued_tokens,
            cached_vectors=len(self._cache),
            cache_mb=round(self._cache.size_bytes / 1e6, 3),
            process_mb=round(resident_mb(), 1),
            models=tuple(handle.memory for handle in self._handles()),
        )

    def close(self) -> None:
        """Give up what waits and end the threads."""
        self._closing.set()
        with self._made:
            if "_encoder" in self.__dict__:
                self._encoder.close()
        if self._janitor is not None:
            self._janitor.join()

    def _handles(self) -> list[ModelHandle[models.TokenEncoder] | ModelHandle[models.Transcriber]]:
        return [self._encoder_handle, self._recogniser]

    @cached_property
    def _compute(self) -> models.Compute:
        compute = compute_of(self._settings)
        share_threads(compute.threads)
        keep_for_next_batch()
        return compute

    @cached_property
    def _budget(self) -> ThreadBudget:
        return ThreadBudget(self._compute.threads)

    @cached_property
    def _cache(self) -> VectorCache:
        return VectorCache(self._settings.vector_cache_mb * 1_000_000)

    @cached_property
    def _encoder_handle(self) -> ModelHandle[models.TokenEncoder]:
        name = self._settings.embedding_model
        return ModelHandle(
            str(name),
            lambda: models.load_encoder(name, store=self._store, compute=self.compute),
        )

    @cached_property
    def _recogniser(self) -> ModelHandle[models.Transcriber]:
        name = self._settings.transcription_model
        return ModelHandle(
            str(name),
            lambda: models.load_transcriber(name, store=self._store, compute=self.compute),
        )

    @cached_property
    def _encoder(self) -> BatchedEncoder:
        settings = self._settings
        self._watch_idle()
        return BatchedEncoder(
            self._encoder_handle,
            reference=self._store.reference(settings.embedding_model),
            budget=self.budget,
            cache=self._cache,
            batch_tokens=settings.batch_tokens or _BATCH_TOKENS[self.compute.device],
            batch_wait_s=settings.batch_wait_ms / 1000,
            queue_tokens=settings.queue_tokens,
        )

    @cached_property
    def _speaker_encoder(self) -> models.SpeakerEncoder | None:
        with suppress(ModelMissing):
            return models.load_speaker_encoder(
                SPEAKER_MODEL, store=self._store, compute=self.compute
            )
        return None

    def _watch_idle(self) -> None:
        idle_s = self._settings.model_idle_s
        if idle_s < 0 or self._janitor is not None:
            return

        def look() -> None:
            while not self._closing.wait(min(max(idle_s / 4, 0.05), _LOOK_EVERY_S)):
                self.unload_idle(idle_s)

        self._janitor = threading.Thread(target=look, name="idle-models", daemon=True)
        self._janitor.start()
