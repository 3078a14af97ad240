"""Rich Transcription Time Marked (RTTM) files: who speaks when, one line a stretch.

The format is that of the NIST evaluations
(https://catalog.ldc.upenn.edu/docs/LDC2004T12/RTTM-format-v13.pdf): ten fields separated by
spaces, of which type, recording, channel, start, duration and name matter here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from conversation.errors import DatasetInvalid, NotFound
from speech.diarization import SpeakerSegment

_FEWEST_FIELDS = 8


def write_rttm(segments: Sequence[SpeakerSegment], recording: str) -> str:
    """Write who speaks when as RTTM.

    Args:
        segments: The stretches; they may overlap.
        recording: Name of the recording. White space in it becomes ``_``, because spaces
            separate the fields.

    Returns:
        One line for each stretch in order of time, each ending in a line feed; times in
        milliseconds' precision, speakers named ``speaker0``, ``speaker1``, ….
    """
    name = re.sub(r"\s+", "_", recording.strip()) or "recording"
    lines = []
    for segment in sorted(segments, key=lambda item: (item.start_s, item.end_s, item.speaker)):
        start_s = round(segment.start_s, 3)
        duration_s = max(0.0, round(segment.end_s, 3) - start_s)
        lines.append(
            f"SPEAKER {name} 1 {start_s:.3f} {duration_s:.3f} "
            f"<NA> <NA> speaker{segment.speaker} <NA> <NA>\n"
        )
    return "".join(lines)


def read_rttm(text: str, recording: str | None = None) -> tuple[SpeakerSegment, ...]:
    """Read who speaks when from RTTM.

    Args:
        text: Content of the file. Lines of another type than ``SPEAKER`` and comments
            (``;;``) are passed over.
        recording: Read only the lines of this recording; None reads all, which must then be
            of one recording.

    Returns:
        The stretches in order of time; names become numbers in the order of first speaking.

    Raises:
        DatasetInvalid: A line is not as the format says, or the lines are of several recordings;
            the message names the line.
    """
    found: list[tuple[float, float, str]] = []
    recordings: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split()
        if not fields or fields[0].startswith(";;") or fields[0] != "SPEAKER":
            continue
        if len(fields) < _FEWEST_FIELDS:
            raise DatasetInvalid(
                f"line {number} of the RTTM has {len(fields)} fields, "
                f"expected at least {_FEWEST_FIELDS}",
                remedy="write: SPEAKER recording 1 start duration <NA> <NA> name <NA> <NA>",
            )
        if recording is not None and fields[1] != recording:
            continue
        recordings.add(fields[1])
        start_s, duration_s = (_seconds(fields[place], number) for place in (3, 4))
        found.append((start_s, start_s + duration_s, fields[7]))
    if len(recordings) > 1:
        raise DatasetInvalid(
            f"the RTTM is of {len(recordings)} recordings: {', '.join(sorted(recordings)[:5])}",
            remedy="say which one is meant, or give each its own file",
        )
    found.sort()
    numbers: dict[str, int] = {}
    return tuple(
        SpeakerSegment(start_s=start_s, end_s=end_s, speaker=numbers.setdefault(name, len(numbers)))
        for start_s, end_s, name in found
    )


def read_rttm_file(path: Path, recording: str | None = None) -> tuple[SpeakerSegment, ...]:
    """Read an RTTM file; see :func:`read_rttm`.

    Raises:
        NotFound: The file does not exist.
        DatasetInvalid: It cannot be read, or is not RTTM; the message names file and line.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"there is no RTTM file {path}", remedy="check the path") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} cannot be read as UTF-8 text: {error}") from error
    try:
        return read_rttm(text, recording)
    except DatasetInvalid as error:
        raise DatasetInvalid(f"{path.name}: {error.message}", remedy=error.remedy) from error


def _seconds(text: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise DatasetInvalid(
            f"line {line} of the RTTM has {text!r} as a time, expected seconds from 0 on"
        )
    return value
