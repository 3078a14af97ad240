"""One recogniser in a process of its own; jobs come and results go as lines of JSON.

Started by run.py. It imports nothing of this folder, so that it runs in the environment of the
recogniser that it stands for. A job names a file, its language and its channels (none: read as
mono); the answer has the text of each channel and the seconds it took, decoding included. The
empty line ends it, with the highest memory of the process and the versions of its packages.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGES = ("entendu", "faster-whisper", "whisperx", "ctranslate2", "torch", "pyannote-audio", "av")


class Ours:
    def __init__(self, model: str, threads: int) -> None:
        from models import load_transcriber, resolve_compute

        compute = resolve_compute("cpu", compute_type="int8", threads=threads)
        self.transcriber = load_transcriber(Path(model), compute=compute)

    def __call__(self, path: str, language: str, channels: list[int]) -> dict[str, str]:
        from speech import TranscribeOptions, transcribe

        # who is who is given to all alike: the reference is of channels
        roles = dict(zip(channels, ("agent", "customer"), strict=False))
        options = TranscribeOptions(
            language=language,
            channels=tuple(roles.items()) or None,
        )
        result = transcribe(Path(path), self.transcriber, options=options)
        turns = result.conversation.turns
        if not channels:
            return {"": " ".join(turn.text for turn in turns)}
        return {
            str(number): " ".join(turn.text for turn in turns if turn.speaker == role)
            for number, role in roles.items()
        }


class Peer(ABC):
    """Decodes as faster-whisper does and reads channel by channel."""

    def __call__(self, path: str, language: str, channels: list[int]) -> dict[str, str]:
        from faster_whisper import decode_audio

        if not channels:
            return {"": self.read(decode_audio(path), language)}
        if channels == [0]:
            return {"0": self.read(decode_audio(path), language)}
        sides = decode_audio(path, split_stereo=True)
        return {str(number): self.read(sides[number], language) for number in channels}

    @abstractmethod
    def read(self, samples: NDArray[np.float32], language: str) -> str:
        """Return what is said in float32 samples at 16 kHz."""


class Sequential(Peer):
    def __init__(self, model: str, threads: int) -> None:
        from faster_whisper import WhisperModel

        self.model = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)

    def read(self, samples: NDArray[np.float32], language: str) -> str:
        segments, _ = self.model.transcribe(
            samples, language=language, beam_size=5, vad_filter=True, word_timestamps=True
        )
        return " ".join(segment.text for segment in segments)


class Batched(Peer):
    def __init__(self, model: str, threads: int) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        self.model = BatchedInferencePipeline(
            WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
        )

    def read(self, samples: NDArray[np.float32], language: str) -> str:
        segments, _ = self.model.transcribe(
            samples, language=language, beam_size=5, batch_size=8, word_timestamps=True
        )
        return " ".join(segment.text for segment in segments)


class WhisperX(Peer):
    """Its voice activity detection is in the package; its alignment models need the hub."""

    def __init__(self, model: str, threads: int) -> None:
        import whisperx

        self.model = whisperx.load_model(
            model, "cpu", compute_type="int8", threads=threads,
            asr_options={"beam_size": 5}, local_files_only=True,
        )  # fmt: skip

    def read(self, samples: NDArray[np.float32], language: str) -> str:
        result = self.model.transcribe(samples, batch_size=8, language=language, task="transcribe")
        return " ".join(segment["text"] for segment in result["segments"])


SYSTEMS = {
    "ours": Ours,
    "faster_whisper_sequential": Sequential,
    "faster_whisper_batched": Batched,
    "whisperx": WhisperX,
}


def peak_memory_mib() -> float | None:
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    held = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return round(int(held[0]) / 1024, 1) if held else None


def main() -> None:
    system, model, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer

    def say(answer: dict[str, object]) -> None:
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()

    try:
        started = time.perf_counter()
        recogniser = SYSTEMS[system](model, threads)
        say({"loaded_s": round(time.perf_counter() - started, 3), "memory_mib": peak_memory_mib()})
    except Exception as error:  # noqa: BLE001  the reason goes into the result
        say({"error": f"{type(error).__name__}: {error}"})
        return
    for line in sys.stdin:
        if not line.strip():
            break
        job = json.loads(line)
        started = time.perf_counter()
        try:
            texts = recogniser(job["path"], job["language"], job["channels"])
        except Exception as error:  # noqa: BLE001
            say({"error": f"{type(error).__name__}: {error}"})
            continue
        say({"texts": texts, "wall_s": round(time.perf_counter() - started, 4)})
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    say({"peak_memory_mib": peak_memory_mib(), "versions": versions})


if __name__ == "__main__":
    main()
