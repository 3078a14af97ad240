from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech.decoding import SAMPLE_RATE_HZ
from speech.segmentation import Block, collect_blocks, plan_blocks
from speech.voice_activity import Span


@st.composite
def span_lists(draw) -> tuple[Span, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 40_000), min_size=2, max_size=16)))
    return tuple(Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def blocks_with_times(draw) -> tuple[Block, list[float]]:
    block = Block(0, draw(span_lists()))
    times = st.floats(0, block.length_s, allow_nan=False)
    return block, sorted(draw(st.lists(times, min_size=2, max_size=20)))


@given(blocks_with_times())
def test_mapped_word_times_never_go_back_and_stay_in_speech(drawn):
    block, times_s = drawn
    mapped = [block.to_recording(*pair) for pair in pairwise(times_s)]
    for start_s, end_s in mapped:
        assert start_s <= end_s
        assert any(
            span.start_s - 1e-9 <= start_s and end_s <= span.end_s + 1e-9 for span in block.spans
        )
    for before, after in pairwise(mapped):
        assert before[0] <= after[0]
        assert before[1] <= after[1]


@given(blocks_with_times())
def test_a_moment_of_joined_speech_maps_to_the_sample_it_came_from(drawn):
    block, times_s = drawn
    origin = np.concatenate([np.arange(span.start, span.end) for span in block.spans])
    for time_s in times_s:
        sample = min(round(time_s * SAMPLE_RATE_HZ), block.n_samples - 1)
        exact_s = sample / SAMPLE_RATE_HZ
        start_s, end_s = block.to_recording(exact_s, exact_s)
        assert round(start_s * SAMPLE_RATE_HZ) == round(end_s * SAMPLE_RATE_HZ) == origin[sample]


@given(span_lists(), st.floats(0.2, 3))
def test_blocks_hold_all_speech_once_and_are_bounded(spans, block_speech_s):
    blocks = plan_blocks(1, spans, block_speech_s=block_speech_s)
    held = [sample for block in blocks for span in block.spans for sample in (span.start, span.end)]
    assert held == sorted(held)
    assert sum(block.n_samples for block in blocks) == sum(s.end - s.start for s in spans)
    assert all(block.length_s <= block_speech_s + 0.001 for block in blocks)
    assert all(block.channel == 1 for block in blocks)


@given(span_lists(), st.lists(st.integers(500, 60_000), min_size=1, max_size=10))
def test_blocks_are_cut_out_of_passing_sound_exactly(spans, piece_lengths):
    length = spans[-1].end
    sound = np.arange(2 * length, dtype=np.float32).reshape(2, length)
    blocks = [
        block for channel in (0, 1) for block in plan_blocks(channel, spans, block_speech_s=0.7)
    ]
    pieces, start = [], 0
    while start < length:
        step = piece_lengths[len(pieces) % len(piece_lengths)]
        pieces.append(sound[:, start : start + step])
        start += step
    collected = dict(collect_blocks(pieces, blocks))
    assert set(collected) == set(blocks)
    for block, speech in collected.items():
        expected = [sound[block.channel, span.start : span.end] for span in block.spans]
        np.testing.assert_array_equal(speech, np.concatenate(expected))
