from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import decode, encode

RECORDINGS = Path(__file__).parent / "recordings"
MONO_8K = ("u8.wav", "g723.wav", "g726.wav", "amr", "3gp", "mulaw", "s16le")
STEREO_8K = ("wav", "mulaw.wav", "alaw.wav", "ima.wav", "flac", "au", "aiff", "caf", "w64", "alaw")
WIDE = ("mp3", "ogg", "m4a", "webm", "aac", "ts", "mka", "g722.wav", "g722", "float.wav", "s24.wav")
CASES = 400
AT_MOST_S = 120


@pytest.fixture(scope="module")
def recordings(examples_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of a sample call in every format that can be written here."""
    folder = tmp_path_factory.mktemp("fuzz")
    call = decode(examples_dir / "conversations" / "telecom_panne.wav")[:, 16_000:24_000]
    for kind in MONO_8K:
        encode(folder / f"call.{kind}", call[:1, ::2], 8_000, kind)
    for kind in STEREO_8K:
        encode(folder / f"call.{kind}", call[:, ::2], 8_000, kind)
    for kind in WIDE:
        encode(folder / f"call.{kind}", call[:1], 16_000, kind)
    for path in RECORDINGS.iterdir():
        (folder / path.name).write_bytes(path.read_bytes()[:2_500])
    return folder


def test_damaged_recordings_neither_crash_nor_hang_nor_fill_the_memory(recordings: Path):
    done = subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("fuzzing.py")),
            str(recordings),
            "1",
            str(CASES),
        ],
        capture_output=True,
        text=True,
        timeout=AT_MOST_S,
        check=False,
    )
    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, f"{last}: {done.stderr[-2000:]}"
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    read = [case["outcome"] for case in outcomes if "outcome" in case]
    assert len(read) == CASES
    assert read.count("read") > CASES / 20
    assert outcomes[-1]["peak_mb"] < 600
