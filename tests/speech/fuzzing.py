"""Reads damaged recordings one after the other, in a process of its own that may be killed.

``python fuzzing.py FOLDER SEED COUNT`` damages files of the folder and reads them. Each case is
announced on standard output before it is tried, so that the last line names the one that
crashed the process or did not end.
"""

from __future__ import annotations

import json
import random
import resource
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from conversation.errors import EntenduError
from speech.audio_file import describe_recording, read_header
from speech.raw_audio import RawFormat
from speech.survey import survey_recording

LONGEST_CASE_S = 20.0


def flip_bits(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    for _ in range(rng.choice((1, 3, 30, 300))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return data


def spoil_header(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    for _ in range(rng.choice((1, 2, 8))):
        data[rng.randrange(min(len(data), 120))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
    return data


def spoil_number(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    at = rng.randrange(max(1, min(len(data), 400) - 4))
    number = rng.choice((0, 1, 2**31 - 1, 2**31, 2**32 - 1, rng.getrandbits(32)))
    data[at : at + 4] = struct.pack(rng.choice("<>") + "I", number)
    return data


def truncate(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    return data[: rng.randrange(len(data) + 1)]


def cut_out(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    start = rng.randrange(len(data))
    del data[start : start + rng.randrange(1, 2000)]
    return data


def repeat_part(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    start = rng.randrange(len(data))
    part = data[start : start + rng.randrange(1, 2000)]
    return data[:start] + part * rng.randrange(2, 6) + data[start:]


def zero_part(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    start = rng.randrange(len(data))
    length = min(rng.randrange(1, 3000), len(data) - start)
    data[start : start + length] = bytes([rng.choice((0, 255))]) * length
    return data


def swap_header(data: bytearray, rng: random.Random, others: list[bytes]) -> bytearray:
    length = rng.choice((4, 12, 44, 100, 512))
    return bytearray(rng.choice(others)[:length]) + data[length:]


def join(data: bytearray, rng: random.Random, others: list[bytes]) -> bytearray:
    return data[: rng.randrange(len(data))] + rng.choice(others)


def random_bytes(data: bytearray, rng: random.Random, _others: list[bytes]) -> bytearray:
    return bytearray(rng.randbytes(rng.randrange(len(data) + 1)))


DAMAGES: tuple[Callable[[bytearray, random.Random, list[bytes]], bytearray], ...] = (
    flip_bits, spoil_header, spoil_number, truncate, cut_out, repeat_part, zero_part,
    swap_header, join, random_bytes,
)  # fmt: skip
RAW = (
    *[None] * 20, RawFormat("mulaw", 8_000), RawFormat("alaw", 8_000, 2),
    RawFormat("s16le", 16_000), RawFormat("g722", 16_000), RawFormat("gsm", 8_000),
)  # fmt: skip


def read(path: Path, raw: RawFormat | None) -> str:
    """Read a file as a transcription does, up to recognition."""
    try:
        header = read_header(path, raw)
        channels = range(min(header.channels, 2))
        survey = survey_recording(header, channels, max_duration_s=600)
        describe_recording(header, survey.duration_s)
    except EntenduError as error:
        return type(error).__name__
    assert survey.n_samples > 0
    for side in survey.channels:
        assert len(side.levels_db) == len(side.probabilities) == -(-survey.n_samples // 512)
        assert np.isfinite(side.levels_db).all()
        assert np.isfinite(side.probabilities).all()
        assert np.isfinite(side.gain)
    return "read"


def _peak_kb() -> int:
    """Return this program's own peak; getrusage tells the parent's where that was larger."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(folder: Path, seed: int, count: int) -> None:
    rng = random.Random(seed)
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("case"))
    contents = [path.read_bytes() for path in files]
    for number in range(count):
        source = rng.randrange(len(files))
        data = bytearray(contents[source])
        names = []
        for damage in rng.sample(DAMAGES, rng.choice((1, 1, 1, 2))):
            if data:
                data = damage(data, rng, contents)
                names.append(damage.__name__)
        path = (
            folder / f"case.{rng.choice(files).name if rng.random() < 0.1 else files[source].name}"
        )
        path.write_bytes(bytes(data))
        raw = rng.choice(RAW)
        print(json.dumps({"case": number, "file": path.name, "damage": names, "raw": str(raw)}))
        sys.stdout.flush()
        start_s = time.monotonic()
        outcome = read(path, raw)
        took_s = time.monotonic() - start_s
        path.unlink()
        assert took_s < LONGEST_CASE_S, f"took {took_s:.1f} s"
        print(json.dumps({"outcome": outcome, "took_s": round(took_s, 3)}))
    peak_mb = _peak_kb() / 1024
    print(json.dumps({"peak_mb": round(peak_mb)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
