"""Recognisers of speech: Whisper in CTranslate2."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import ModelReference
from conversation.errors import DeviceUnavailable, ModelCorrupt
from models.device import Compute, resolve_compute
from models.own_model import check_whisper_folder
from models.store import ModelStore

if TYPE_CHECKING:
    from faster_whisper import WhisperModel


@dataclass(frozen=True, eq=False)
class Transcriber:
    """A loaded Whisper model.

    Attributes:
        model: As faster-whisper loaded it.
        reference: The model by name and content.
        compute: What it runs on.
    """

    model: WhisperModel
    reference: ModelReference
    compute: Compute


def load_transcriber(
    name_or_folder: str | Path = "whisper-base",
    *,
    store: ModelStore | None = None,
    compute: Compute | None = None,
) -> Transcriber:
    """Load a Whisper model; nothing is downloaded.

    Args:
        name_or_folder: A name in the catalogue, or any folder that faster-whisper can load.
        store: Where models are; the default folder when None.
        compute: Device, compute type and threads; found out when None.

    Raises:
        ModelMissing: It is not on this machine, or the folder holds no such model.
        ModelCorrupt: Its files are not what they should be.
        DeviceUnavailable: The GPU cannot load it.
        NotFound: Neither a model nor a folder has this name.
    """
    store = store or ModelStore()
    compute = compute or resolve_compute()
    folder = store.path(name_or_folder)
    check_whisper_folder(folder)
    from faster_whisper import WhisperModel

    try:
        model = WhisperModel(
            str(folder),
            device=compute.device,
            compute_type=compute.compute_type,
            cpu_threads=compute.threads,
            local_files_only=True,
        )
    except Exception as error:  # CTranslate2 and tokenizers raise RuntimeError and Exception
        if compute.device == "cuda":
            raise DeviceUnavailable(
                f"the GPU cannot load {folder.name}: {error}",
                remedy="free its memory or install its libraries (cuBLAS, cuDNN), "
                "or use --device cpu",
            ) from error
        raise ModelCorrupt(
            f"faster-whisper cannot load {folder}: {error}", remedy="fetch or copy the model again"
        ) from error
    return Transcriber(model=model, reference=store.reference(name_or_folder), compute=compute)
