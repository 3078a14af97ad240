"""Which processor, number format and how many threads models run with."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from conversation.errors import BadInput, DeviceUnavailable

Device = Literal["cpu", "cuda"]

COMPUTE_TYPES = (
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)
_DEVICE = re.compile(r"auto|cpu|(?P<kind>cuda)(?::(?P<index>\d{1,2}))?")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True)
class Compute:
    """What models run on.

    Attributes:
        device: ``cpu`` or ``cuda``.
        compute_type: Number format of the recogniser, as CTranslate2 names it.
        threads: CPU threads of one model, at least 1.
        device_index: Which GPU, from 0; 0 on the CPU.
    """

    device: Device
    compute_type: str
    threads: int
    device_index: int = 0

    @property
    def torch_device(self) -> str:
        """The device as PyTorch names it."""
        return f"cuda:{self.device_index}" if self.device == "cuda" else "cpu"


def resolve_compute(
    device: str = "auto", *, compute_type: str = "auto", threads: int = 0
) -> Compute:
    """Settle what models run on from what was asked and what this machine has.

    Args:
        device: ``cpu``, ``cuda``, ``cuda:1`` for the second GPU, or ``auto``: the first GPU where
            there is one.
        compute_type: Number format of the recogniser, as CTranslate2 names it; ``auto``:
            ``int8`` on the CPU (``float32`` on one that cannot), ``float16`` on a GPU.
        threads: CPU threads of one model; 0: as many as this process may use.

    Raises:
        BadInput: A device, a compute type or a number of threads that does not exist.
        DeviceUnavailable: The GPU was asked for and there is none, or the device cannot compute
            in the format that was asked for.
    """
    match = _DEVICE.fullmatch(device)
    if match is None:
        raise BadInput(f"device {device!r} is not known", remedy="use cpu, cuda, cuda:1 or auto")
    asked, index = match["kind"] or device, int(match["index"] or 0)
    if threads < 0:
        raise BadInput(
            f"expected 0 or more threads, got {threads}", remedy="use 0 for all that may be used"
        )
    n_gpus = _cuda_devices() if asked != "cpu" else 0
    if asked == "cuda" and n_gpus <= index:
        seen = f"{n_gpus} CUDA device(s) are" if n_gpus else "no CUDA device is"
        raise DeviceUnavailable(
            f"device {device} was asked for, but {seen} visible to this process"
            + (" (they are counted from 0)" if n_gpus else ""),
            remedy="check nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu",
        )
    chosen: Device = "cuda" if n_gpus else "cpu"
    return Compute(
        device=chosen,
        compute_type=_compute_type(compute_type, chosen, index),
        threads=threads or available_cores(),
        device_index=index,
    )


def available_cores() -> int:
    """Return how many cores this process may use, at least 1.

    The affinity of the process and the CPU quota of its container (cgroup v2) count, not what
    the machine has: a pool of 64 threads on a quota of two cores is slower than one of two.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    try:
        quota_us, period_us = _CGROUP_LIMIT.read_text(encoding="ascii").split()
        if quota_us != "max":
            cores = min(cores, round(int(quota_us) / int(period_us)))
    except (OSError, ValueError, ZeroDivisionError):
        pass  # no cgroup v2 here, or one that says nothing
    return max(cores, 1)


def _cuda_devices() -> int:
    import ctranslate2

    try:
        return int(ctranslate2.get_cuda_device_count())
    except RuntimeError:  # a driver that is too old, or a library that is missing
        return 0


def _compute_type(asked: str, device: Device, index: int) -> str:
    import ctranslate2

    if asked != "auto" and asked not in COMPUTE_TYPES:
        raise BadInput(
            f"compute type {asked!r} is not known", remedy=f"use auto, {', '.join(COMPUTE_TYPES)}"
        )
    supported = set(ctranslate2.get_supported_compute_types(device, *([index] if index else [])))
    if asked == "auto":
        wanted = "float16" if device == "cuda" else "int8"
        return wanted if wanted in supported else "float32"
    if asked not in supported:
        raise DeviceUnavailable(
            f"{device} here cannot compute in {asked}",
            remedy=f"use auto, {', '.join(sorted(supported))}",
        )
    return asked
