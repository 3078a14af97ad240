"""The sentence encoder and the device that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models import Compute, Encoder
    from serving.settings import Settings


def compute_of(settings: Settings) -> Compute:
    """Return the device, number format and threads that the settings ask for.

    Raises:
        DeviceUnavailable: The device is not there.
    """
    from models import resolve_compute

    return resolve_compute(
        settings.device, compute_type=settings.compute_type, threads=settings.threads
    )


def encoder_of(settings: Settings) -> Encoder:
    """Load the sentence encoder that the settings name.

    Raises:
        DeviceUnavailable: The device is not there.
        ModelMissing: The encoder is not on this machine.
    """
    from models import ModelStore, load_encoder

    return load_encoder(
        settings.embedding_model,
        store=ModelStore(settings.models_dir),
        compute=compute_of(settings),
    )
