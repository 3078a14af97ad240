from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speech.language import CallLanguage
from speech.piece import LeadIn, Piece
from speech.reading import Reading, room_s
from speech.recogniser import Recogniser
from speech.whisper_pass import FULL_FRAMES

from .coded_speech import Reader, Said, Window, read_off, say, speech_in

THREE_SENTENCES: list[Said] = [
    (21, 0.5, 1.0), (22, 1.0, 2.0), (23, 4.0, 5.0), (24, 5.0, 6.0), (25, 8.0, 9.0),
]  # fmt: skip
LOOP = 3.0


def piece_of(words: list[Said], length_s: float = 10.0, language="fr", **facts) -> Piece:
    sound = say(words, length_s)
    return Piece(sound, language, speech=speech_in(sound), **facts)


def recognise(reader: Reader, *pieces: Piece, **settings):
    return Recogniser(reader.transcriber(), **settings).recognise(pieces)


def heard(segments) -> list[Said]:
    words = [word for segment in segments for word in segment.words]
    return [(int(word.text[1:]), round(word.start_s, 3), round(word.end_s, 3)) for word in words]


def numbers(segments) -> list[int]:
    return [number for number, _, _ in heard(segments)]


def test_a_piece_goes_on_from_where_the_last_segment_was_closed(reader):
    reader.answer = Window.write_up_to_first_pause
    [segments] = recognise(reader, piece_of(THREE_SENTENCES))
    assert heard(segments) == THREE_SENTENCES
    assert [len(window.words) for window in reader.windows] == [5, 3, 1]
    assert [len(segment.words) for segment in segments] == [2, 2, 1]


def test_a_word_that_lasts_longer_than_its_segment_is_read_once(reader):
    def answer(window: Window):
        return window.write(window.words[:2], end_s=window.words[:2][-1][2] - 0.45)

    reader.answer = answer
    said = [(21, 0.5, 1.0), (22, 1.0, 2.0), (23, 2.0, 3.0), (24, 3.0, 4.0)]
    [segments] = recognise(reader, piece_of(said, 4.2))
    assert heard(segments) == said


def test_what_is_left_is_not_read_when_it_is_silence(reader):
    reader.answer = Window.write_up_to_first_pause
    [segments] = recognise(reader, piece_of([(21, 0.5, 2.0)], 20.0))
    assert heard(segments) == [(21, 0.5, 2.0)]
    reader.answer = lambda window: window.write_until(2.5)
    recognise(reader, piece_of([(21, 0.5, 2.0), (22, 9.0, 9.3)], 20.0))
    assert len(reader.windows) == 2


def test_all_that_is_left_is_read_where_speech_is_not_known(reader):
    reader.answer = lambda window: window.write_until(4.5)
    recognise(reader, Piece(say([(21, 0.5, 2.0)], 10.0), "fr"))
    assert len(reader.windows) == 3


def test_a_recogniser_that_does_not_move_on_is_left_in_the_end(reader):
    reader.answer = lambda window: window.write_until(0.02)
    [segments] = recognise(reader, piece_of([(21, 0.0, 27.0)], 28.0))
    assert segments == ()
    assert 2 < len(reader.windows) <= 12


def test_windows_are_as_long_as_what_is_left_with_quiet_around_it(reader):
    reader.answer = Window.write_up_to_first_pause
    recognise(reader, piece_of(THREE_SENTENCES, 10.0))
    needed = (0.5 + 10 + 1, 0.5 + 8 + 1, 0.5 + 4 + 1)
    for window, needed_s in zip(reader.windows, needed, strict=True):
        assert needed_s <= window.n_frames / 100 < needed_s + 5
    assert [window.words[0][1] for window in reader.windows] == pytest.approx([1.0, 2.5, 2.5])


def test_a_piece_can_be_read_in_the_full_window(reader):
    [segments] = recognise(reader, piece_of(THREE_SENTENCES, in_full_window=True))
    assert heard(segments) == THREE_SENTENCES
    assert [window.n_frames for window in reader.windows] == [FULL_FRAMES]


@pytest.mark.parametrize(
    ("first", "is_read_again"),
    [
        ({"compression_ratio": LOOP}, True),
        ({"log_probability": -0.7}, True),
        ({"log_probability": -0.7, "no_speech_probability": 0.9}, False),
        ({"log_probability": -0.3}, False),
    ],
)
def test_what_loops_or_is_doubtful_is_read_again_in_the_full_window(reader, first, is_read_again):
    def answer(window: Window):
        if window.n_frames < FULL_FRAMES:
            return window.write(window.words[:1], **first)
        return window.write()

    reader.answer = answer
    [segments] = recognise(reader, piece_of(THREE_SENTENCES, previous="w30"))
    assert numbers(segments) == ([21, 22, 23, 24, 25] if is_read_again else [21])
    assert [window.context for window in reader.windows] == [[30], []][: len(reader.windows)]
    assert len(reader.windows) == 1 + is_read_again


def test_only_a_better_reading_replaces_the_first(reader):
    def answer(window: Window):
        if window.n_frames < FULL_FRAMES:
            return window.write(log_probability=-0.6)
        return window.write(window.words[:1], log_probability=-0.9)

    reader.answer = answer
    [segments] = recognise(reader, piece_of(THREE_SENTENCES))
    assert heard(segments) == THREE_SENTENCES
    assert [window.n_frames == FULL_FRAMES for window in reader.windows] == [False, True]


def test_what_loops_in_the_full_window_too_is_read_without_letting_words_repeat(reader):
    def answer(window: Window):
        if not window.no_repeat_ngram_size:
            return window.write(window.words[:1], compression_ratio=LOOP)
        return window.write()

    reader.answer = answer
    [segments] = recognise(reader, piece_of(THREE_SENTENCES))
    assert heard(segments) == THREE_SENTENCES
    assert [window.no_repeat_ngram_size > 0 for window in reader.windows] == [False, False, True]


def test_a_narrow_beam_reads_once(reader):
    reader.answer = lambda window: window.write(log_probability=-1.2)
    recognise(reader, piece_of(THREE_SENTENCES), beam_size=1)
    assert [window.beam_size for window in reader.windows] == [1]


def test_doubtful_words_that_are_urgently_awaited_are_not_read_again_and_the_others_are(reader):
    reader.answer = lambda window: window.write(log_probability=-0.6)
    urgent = piece_of(THREE_SENTENCES, is_late=lambda: True)
    found = recognise(reader, urgent, piece_of([(31, 0.5, 1.5)]))
    assert [numbers(segments) for segments in found] == [[21, 22, 23, 24, 25], [31]]
    again = [window for window in reader.windows if window.n_frames == FULL_FRAMES]
    assert [[said[0] for said in window.words] for window in again] == [[31]]


def test_words_that_were_probably_no_speech_are_left_out(reader):
    reader.answer = lambda window: window.write(log_probability=-1.5, no_speech_probability=0.9)
    assert recognise(reader, piece_of(THREE_SENTENCES)) == [()]


def test_what_was_said_before_is_passed_on(reader):
    reader.answer = Window.write_up_to_first_pause
    recognise(reader, piece_of(THREE_SENTENCES, previous="w30 w31"))
    assert [window.context for window in reader.windows] == [
        [30, 31],
        [30, 31, 21, 22],
        [30, 31, 21, 22, 23, 24],
    ]


def test_what_was_said_before_is_forgotten_after_a_loop(reader):
    def answer(window: Window):
        facts = {"compression_ratio": LOOP} if window.words[0][0] == 21 else {}
        return window.write_until(window.words[1][2], **facts)

    reader.answer = answer
    recognise(reader, piece_of(THREE_SENTENCES[:4], previous="w30"))
    assert reader.windows[0].context == [30]
    assert reader.windows[-1].words[0][0] == 23
    assert reader.windows[-1].context == []


def test_speech_just_before_is_heard_with_a_piece_and_not_written_again(reader):
    before = LeadIn(say([(31, 0.2, 1.0), (32, 1.0, 1.5)], 1.7), "w31 w32")
    plain, led = (
        piece_of(THREE_SENTENCES[:2], 2.2),
        piece_of(THREE_SENTENCES[:2], 2.2, lead_in=before),
    )
    [alone], [segments] = recognise(reader, plain), recognise(reader, led)
    assert heard(segments) == heard(alone) == THREE_SENTENCES[:2]
    assert [window.known for window in reader.windows] == [[], [31, 32]]
    assert reader.windows[0].n_frames == reader.windows[1].n_frames


def test_a_lead_in_comes_before_the_first_window_only(reader):
    reader.answer = Window.write_up_to_first_pause
    before = LeadIn(say([(31, 0.2, 1.0)], 1.2), "w31")
    [segments] = recognise(reader, piece_of(THREE_SENTENCES, lead_in=before))
    assert heard(segments) == THREE_SENTENCES
    assert [window.known for window in reader.windows] == [[31], [], []]


def test_a_doubtful_piece_is_read_again_with_what_leads_to_it(reader):
    reader.answer = lambda window: window.write(
        log_probability=-0.9 if window.n_frames < FULL_FRAMES else -0.1
    )
    before = LeadIn(say([(31, 0.2, 1.0)], 1.2), "w31")
    [segments] = recognise(reader, piece_of(THREE_SENTENCES[:2], 2.2, lead_in=before))
    assert heard(segments) == THREE_SENTENCES[:2]
    assert [window.known for window in reader.windows] == [[31], [31]]


@given(st.floats(0.3, 28.0), st.sampled_from([0.0, 2.5, 5.0]))
def test_a_window_is_no_longer_than_the_lead_in_that_is_wanted_needs(length_s, least_s):
    piece = Piece(np.zeros(round(length_s * 16_000), np.float32), "fr")
    room = room_s(piece, least_s=least_s)
    led = replace(piece, lead_in=LeadIn(np.zeros(int(room * 16_000), np.float32), "w31"))
    frames, alone = Reading(led, "fr").window_frames, Reading(piece, "fr").window_frames
    assert frames == alone or (frames > alone and room < least_s + 5.0)
    assert room >= least_s or frames == FULL_FRAMES


def test_hotwords_and_vocabulary_are_expected_in_every_window_but_the_context_is_bounded(reader):
    reader.answer = Window.write_up_to_first_pause
    previous = " ".join(f"w{number}" for number in range(100, 400))
    pieces = [piece_of(THREE_SENTENCES, previous=previous)]
    recognise(reader, *pieces, hotwords=["w40"], vocabulary=["w41"])
    for window in reader.windows:
        assert window.context[:3] == [40, 1, 1]  # w40 and w41.
        assert len(window.context) <= 200
    assert reader.windows[0].context[-1] == 399
    assert reader.windows[-1].context[-1] == 24


def test_each_piece_is_read_in_its_own_language(reader):
    call = CallLanguage(["fr", "en"])
    french, english = [(21, 0.0, 5.0)], [(600, 0.0, 5.0)]
    pieces = [piece_of(words, 5.0, language=call.of_piece()) for words in (french, english, french)]
    found = recognise(reader, *pieces, piece_of(english, 5.0, language="de"))
    languages = [[word.language for s in segments for word in s.words] for segments in found]
    assert languages == [["fr"], ["en"], ["fr"], ["de"]]
    assert call.spoken.tag == "fr"


def test_a_short_piece_is_read_in_the_language_of_the_others(reader):
    call = CallLanguage(["fr", "en"])
    pieces = [
        piece_of([(600, 0.0, 1.0)], 1.0, language=call.of_piece()),
        piece_of([(21, 0.0, 20.0)], 20.0, language=call.of_piece()),
    ]
    recognise(reader, *pieces)
    assert {window.language for window in reader.windows} == {"fr"}


def test_the_language_of_a_piece_does_not_change_within_it(reader):
    reader.answer = Window.write_up_to_first_pause
    call = CallLanguage(["fr", "en"])
    words = [(21, 0.0, 9.0), (600, 11.0, 14.0)]
    recognise(reader, piece_of(words, 15.0, language=call.of_piece()))
    assert [window.language for window in reader.windows] == ["fr", "fr"]


def test_nothing_to_read_is_nothing_heard(reader):
    assert recognise(reader) == []
    assert recognise(reader, Piece(np.zeros(0, np.float32), "fr")) == [()]
    assert reader.windows == []


@st.composite
def sayings(draw) -> tuple[list[Said], float]:
    """Words with and without pauses between them, on whole 20 ms, and the length of the sound."""
    said: list[Said] = []
    clock = 0
    count = draw(st.integers(0, 12))
    for number in range(count):
        clock += draw(st.sampled_from([0, 10, 60, 120]))
        length = draw(st.integers(26, 60))
        if clock + length > 27 * 50:
            break
        said.append((20 + number, clock / 50, (clock + length) / 50))
        clock += length
    end_s = said[-1][2] if said else 0.0
    return said, min(28.0, end_s + draw(st.sampled_from([0.1, 3.0])))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(sayings(), max_size=24), st.booleans(), st.sampled_from([1, 2]))
def test_every_piece_of_a_batch_gets_its_own_words_and_batches_are_bounded(
    reader, said, closes, n_workers
):
    reader.windows.clear()
    reader.answer = Window.write_up_to_first_pause if closes else Window.write
    pieces = [piece_of(words, length_s) for words, length_s in said]
    found = Recogniser(reader.transcriber(n_workers)).recognise(pieces)
    for piece, segments in zip(pieces, found, strict=True):
        expected = [(n, round(a, 3), round(b, 3)) for n, a, b in read_off(piece.samples)]
        assert heard(segments) == expected
        words = [word for segment in segments for word in segment.words]
        assert all(0 <= word.start_s <= word.end_s <= piece.length_s for word in words)
        assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(words))
    for window in reader.windows:
        assert window.n_frames <= FULL_FRAMES
        assert window.in_batch_of * window.n_frames <= 8 * FULL_FRAMES
