from __future__ import annotations

from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.decoding import SAMPLE_RATE_HZ
from speech.segmentation import LONGEST_PIECE_S, Block, collect_blocks, plan_blocks
from speech.voice_activity import FRAME_S, FRAME_SAMPLES, Span

NO_PAUSES = np.ones(200, np.float32)


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
        assert block.samples_in_recording(np.asarray([sample]))[0] == origin[sample]
        start_s, end_s = block.to_recording(exact_s, exact_s)
        assert round(start_s * SAMPLE_RATE_HZ) == round(end_s * SAMPLE_RATE_HZ) == origin[sample]


@given(blocks_with_times(), st.integers(0, 5000))
def test_samples_after_the_end_of_a_block_lie_after_its_last_span(drawn, beyond):
    block, _ = drawn
    [sample] = block.samples_in_recording(np.asarray([block.n_samples + beyond]))
    assert sample == block.spans[-1].end + beyond


@st.composite
def probabilities(draw) -> np.ndarray:
    """Speech of some seconds with pauses and doubtful places in it."""
    levels = st.sampled_from([0.0, 0.02, 0.4, 0.9, 1.0])
    runs = draw(st.lists(st.tuples(levels, st.integers(1, 40)), min_size=1, max_size=40))
    return np.concatenate([np.full(length, level, np.float32) for level, length in runs])


@given(span_lists(), probabilities(), st.floats(0.2, 3))
def test_blocks_hold_all_speech_once_and_are_bounded(spans, speech, block_speech_s):
    blocks = plan_blocks(1, spans, speech, block_speech_s=block_speech_s)
    held = [sample for block in blocks for span in block.spans for sample in (span.start, span.end)]
    assert held == sorted(held)
    edges = {sample for span in spans for sample in (span.start, span.end)}
    assert edges <= set(held)
    assert sum(block.n_samples for block in blocks) == sum(s.end - s.start for s in spans)
    assert all(block.length_s <= block_speech_s + 0.001 for block in blocks)
    assert all(span.end > span.start for block in blocks for span in block.spans)
    assert all(block.channel == 1 for block in blocks)


@given(probabilities(), st.floats(2, 8))
def test_long_speech_is_cut_where_it_is_least_probable(speech, longest_s):
    n_samples = len(speech) * FRAME_SAMPLES
    blocks = plan_blocks(0, [Span(0, n_samples)], speech, block_speech_s=longest_s)
    longest = longest_s * SAMPLE_RATE_HZ
    for block in blocks[:-1]:
        start, cut = block.spans[0].start, block.spans[-1].end
        first, last = -(-(start + longest / 2) // FRAME_SAMPLES), (start + longest) // FRAME_SAMPLES
        choice = speech[int(first) + 1 : int(last) - 1]
        assert longest / 2 - 1 <= cut - start <= longest + 1
        at_cut = speech[min(cut // FRAME_SAMPLES, len(speech) - 1)]
        pauses = np.convolve(choice < 0.35, np.ones(7)) == 7
        if pauses.any():  # of 0.2 s
            assert at_cut < 0.35
        if (choice <= 0.4).any():
            assert at_cut < 1


@pytest.mark.parametrize("dip", [500, 563, 700, 800, 870])
def test_a_moment_of_quiet_in_long_speech_is_where_it_is_cut(dip):
    speech = np.ones(1500, np.float32)
    speech[dip] = 0.0
    first, *_ = plan_blocks(0, [Span(0, 1500 * FRAME_SAMPLES)], speech, block_speech_s=28.0)
    assert first.spans[-1].end // FRAME_SAMPLES == dip


def test_a_pause_is_cut_in_its_middle():
    speech = np.ones(1500, np.float32)
    speech[600:620] = 0.01
    first, second = plan_blocks(0, [Span(0, 1200 * FRAME_SAMPLES)], speech, block_speech_s=28.0)
    assert first.spans[-1].end == second.spans[0].start
    assert first.spans[-1].end // FRAME_SAMPLES in (609, 610)


def test_of_two_like_pauses_the_later_one_leaves_fewer_pieces():
    speech = np.ones(1500, np.float32)
    speech[480:500] = speech[840:860] = 0.0
    blocks = plan_blocks(0, [Span(0, 1500 * FRAME_SAMPLES)], speech, block_speech_s=28.0)
    assert blocks[0].spans[-1].end // FRAME_SAMPLES in (849, 850)
    assert len(blocks) == 2


def test_speech_without_any_pause_is_cut_before_it_gets_too_long():
    blocks = plan_blocks(0, [Span(0, 3200 * FRAME_SAMPLES)], np.ones(3200, np.float32))
    assert all(block.length_s <= LONGEST_PIECE_S for block in blocks)
    assert len(blocks) == ceil(3200 * FRAME_S / LONGEST_PIECE_S)


@given(span_lists(), st.lists(st.integers(500, 60_000), min_size=1, max_size=10))
def test_blocks_are_cut_out_of_passing_sound_exactly(spans, piece_lengths):
    length = spans[-1].end
    sound = np.arange(2 * length, dtype=np.float32).reshape(2, length)
    blocks = [
        block
        for channel in (0, 1)
        for block in plan_blocks(channel, spans, NO_PAUSES, block_speech_s=0.7)
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
