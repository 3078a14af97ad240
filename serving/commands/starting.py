"""What a service needs from this machine, looked at before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.errors import NotFound

if TYPE_CHECKING:
    from serving.settings import Settings


def refuse_what_is_not_there(settings: Settings) -> None:
    """Say what is missing now, and not to the first who asks for it.

    Args:
        settings: Of the service, or of a worker.

    Raises:
        ModelMissing: A model is not on this machine.
        DeviceUnavailable: There is no such GPU, or it cannot compute as asked.
        NotFound: The folder of knowledge documents is not there.
        EntenduError: The vocabulary cannot be read.
    """
    from models import ModelStore, resolve_compute
    from serving.hearing import transcribe_options

    for name in (settings.transcription_model, settings.embedding_model):
        ModelStore(settings.models_dir).path(name)
    transcribe_options(settings)
    if settings.kb is not None and not settings.kb.is_dir():
        raise NotFound(
            f"{settings.kb} is no folder", remedy="name a folder of knowledge documents with --kb"
        )
    resolve_compute(settings.device, compute_type=settings.compute_type, threads=settings.threads)
