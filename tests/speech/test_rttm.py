"""RTTM: what is written reads back, what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import DatasetInvalid, NotFound
from speech.diarization import SpeakerSegment
from speech.rttm import read_rttm, read_rttm_file, write_rttm

LINE = "SPEAKER call 1 0.500 1.250 <NA> <NA> speaker0 <NA> <NA>\n"
SEGMENTS = st.lists(
    st.builds(
        lambda start_ms, length_ms, speaker: SpeakerSegment(
            start_s=start_ms / 1000, end_s=(start_ms + length_ms) / 1000, speaker=speaker
        ),
        st.integers(0, 10_000_000),
        st.integers(0, 100_000),
        st.integers(0, 5),
    ),
    max_size=20,
)


def test_a_stretch_is_a_line_of_ten_fields():
    segment = SpeakerSegment(start_s=0.5, end_s=1.75, speaker=0)
    assert write_rttm([segment], "call") == LINE
    assert len(LINE.split()) == 10


@given(segments=SEGMENTS)
def test_what_is_written_reads_back(segments: list[SpeakerSegment]):
    read = read_rttm(write_rttm(segments, "a call"))
    assert len(read) == len(segments)
    times = sorted((segment.start_s, segment.end_s) for segment in segments)
    back = sorted((segment.start_s, segment.end_s) for segment in read)
    assert all(
        abs(one - other) < 0.0011
        for pair, others in zip(times, back, strict=True)
        for one, other in zip(pair, others, strict=True)
    )
    assert len({s.speaker for s in read}) == len({s.speaker for s in segments})
    assert write_rttm(read, "a call").count("\n") == len(segments)


def test_names_become_numbers_in_the_order_of_speaking():
    text = LINE.replace("speaker0", "Bob").replace("0.500", "9.0") + LINE.replace("speaker0", "Al")
    assert [(s.start_s, s.speaker) for s in read_rttm(text)] == [(0.5, 0), (9.0, 1)]


def test_other_lines_are_passed_over():
    text = f";; a comment\n\nSPKR-INFO call 1 <NA> <NA> <NA> adult Al <NA> <NA>\n{LINE}"
    assert len(read_rttm(text)) == 1
    assert read_rttm("") == ()


def test_one_of_several_recordings_is_picked():
    both = LINE + LINE.replace("call", "other")
    assert len(read_rttm(both, "other")) == 1
    with pytest.raises(DatasetInvalid, match="of 2 recordings: call, other"):
        read_rttm(both)


def test_a_name_with_spaces_stays_one_field():
    assert write_rttm([SpeakerSegment(start_s=0, end_s=1, speaker=0)], " my  call ").split()[1] == (
        "my_call"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("SPEAKER call 1 0.5", "line 1 of the RTTM has 4 fields, expected at least 8"),
        (LINE.replace("1.250", "-1"), "'-1' as a time"),
        (LINE.replace("0.500", "nan"), "'nan' as a time"),
        (LINE.replace("0.500", "soon"), "'soon' as a time"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str):
    path = tmp_path / "call.rttm"
    path.write_text(line, "utf-8")
    with pytest.raises(DatasetInvalid, match=message) as caught:
        read_rttm_file(path)
    assert "call.rttm: " in caught.value.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"no RTTM file .*none\.rttm"):
        read_rttm_file(tmp_path / "none.rttm")
    (tmp_path / "bad.rttm").write_bytes(b"\xff\xfe")
    with pytest.raises(DatasetInvalid, match="cannot be read as UTF-8"):
        read_rttm_file(tmp_path / "bad.rttm")
