"""Facts that every result of this folder carries: when, on what machine, with what versions."""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGES = ("entendu", "faster-whisper", "ctranslate2", "onnxruntime", "av", "numpy", "jiwer")


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def measured(packages: tuple[str, ...] = PACKAGES) -> dict[str, object]:
    versions = {}
    for name in packages:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": processor(),
            "cores": len(os.sched_getaffinity(0)),
            "load_before": round(os.getloadavg()[0], 2),
            "system": platform.system(),
        },
        "versions": {"python": platform.python_version(), **versions},
    }


def write(name: str, record: dict[str, object]) -> Path:
    path = HERE / f"{name}.json"
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path
