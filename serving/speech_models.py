"""The models that hear: loaded when they are first needed, then kept."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

import models
from conversation.errors import ModelMissing

if TYPE_CHECKING:
    from conversation import ModelReference
    from serving.settings import Settings
    from serving.throughput import ModelPool

SPEAKER_MODEL = "speaker-ge2e"


class SpeechModels:
    """The recogniser, and the encoder that tells the voices of a mono recording apart.

    Args:
        settings: Which recogniser, from where, on what device.
        pool: Models shared with the rest of a service; None: this one loads its own.
    """

    def __init__(self, settings: Settings, *, pool: ModelPool | None = None) -> None:
        self._settings = settings
        self._pool = pool
        self._store = models.ModelStore(settings.models_dir)

    @cached_property
    def compute(self) -> models.Compute:
        """The device, number format and threads that the models use."""
        if self._pool is not None:
            return self._pool.compute
        return models.resolve_compute(
            self._settings.device,
            compute_type=self._settings.compute_type,
            threads=self._settings.threads,
        )

    @cached_property
    def transcriber(self) -> models.Transcriber:
        """The recogniser."""
        if self._pool is not None:
            return self._pool.transcriber()
        return models.load_transcriber(
            self._settings.transcription_model, store=self._store, compute=self.compute
        )

    @cached_property
    def speaker_encoder(self) -> models.SpeakerEncoder | None:
        """The encoder of voices; None where it was not fetched."""
        if self._pool is not None:
            return self._pool.speaker_encoder
        try:
            return models.load_speaker_encoder(
                SPEAKER_MODEL, store=self._store, compute=self.compute
            )
        except ModelMissing:
            return None

    @property
    def references(self) -> tuple[ModelReference, ...]:
        """The models by name and content, without loading them; only those that are there.

        Raises:
            EntenduError: The recogniser is not there.
        """
        names = [self._settings.transcription_model]
        with suppress(ModelMissing):
            self._store.path(SPEAKER_MODEL)
            names.append(SPEAKER_MODEL)
        return tuple(self._store.reference(name) for name in names)

    def check(self) -> None:
        """Find out, without loading anything, that the recogniser and the device are there.

        Raises:
            EntenduError: One of them is not.
        """
        self._store.path(self._settings.transcription_model)
        _ = self.compute

    def load(self) -> None:
        """Load both now."""
        _ = self.transcriber, self.speaker_encoder
