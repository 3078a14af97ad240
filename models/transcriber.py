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


_MOST_WORKERS = 4  # each needs memory for its batch


@dataclass(frozen=True, eq=False)
class Transcriber:
    """A loaded Whisper model.

    Attributes:
        model: As faster-whisper loaded it.
        reference: The model by name and content.
        compute: What it runs on.
        n_workers: How many batches it decodes side by side.
    """

    model: WhisperModel
    reference: ModelReference
    compute: Compute
    n_workers: int = 1


def load_transcriber(
    name_or_folder: str | Path = "whisper-base",
    *,
    store: ModelStore | None = None,
    compute: Compute | None = None,
) -> Transcriber:
    """Load a Whisper model; nothing is downloaded.

    Args:
        name_or_folder: A name in the catalogue or on the hub (``large-v3-turbo``,
            ``owner/name``), or any folder that faster-whisper can load.
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

    n_workers = _workers(compute)
    try:
        model = WhisperModel(
            str(folder),
            device=compute.device,
            device_index=compute.device_index,
            compute_type=compute.compute_type,
            cpu_threads=max(1, compute.threads // n_workers),
            num_workers=n_workers,
            local_files_only=True,
        )
    except Exception as error:  # CTranslate2 and tokenizers raise RuntimeError and Exception
        if compute.device == "cuda":
            raise DeviceUnavailable(
                f"{compute.torch_device} cannot load {folder.name} in {compute.compute_type}: "
                f"{error}",
                remedy="free its memory or install its libraries (cuBLAS, cuDNN), "
                "use --compute-type int8_float16, or --device cpu",
            ) from error
        raise ModelCorrupt(
            f"faster-whisper cannot load {folder}: {error}", remedy="fetch or copy the model again"
        ) from error
    _fit_features(model)
    return Transcriber(
        model=model,
        reference=store.reference(name_or_folder),
        compute=compute,
        n_workers=n_workers,
    )


def _workers(compute: Compute) -> int:
    """Return how many batches to decode side by side.

    Decoding goes token by token, which two threads do hardly faster than one: with whisper-base
    on two cores, two batches with a thread each take half the time of one after the other with
    two threads each (bench/speech/README.md). The workers share the weights.
    """
    return 1 if compute.device == "cuda" else min(compute.threads, _MOST_WORKERS)


def _fit_features(model: WhisperModel) -> None:
    """Compute as many mel bins as the model takes.

    faster-whisper reads their number from preprocessor_config.json and takes 80 where there is
    none; large-v3 and what was made of it take 128.
    """
    from faster_whisper.feature_extractor import FeatureExtractor

    n_mels = int(model.model.n_mels)
    if model.feature_extractor.mel_filters.shape[0] != n_mels:
        model.feat_kwargs = {**model.feat_kwargs, "feature_size": n_mels}
        model.feature_extractor = FeatureExtractor(**model.feat_kwargs)
