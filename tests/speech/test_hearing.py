from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation.errors import AudioUnreadable
from speech.coverage import account_for_speech
from speech.hearing import BATCH_S, Hearing, SpeechSide, hear
from speech.language import CallLanguage
from speech.recogniser import Recogniser
from speech.segmentation import LONGEST_PIECE_S
from speech.voice_activity import find_spans
from speech.whisper_pass import FULL_FRAMES

from .coded_speech import Reader, Said, Window, say, speech_in

LOST = {22, 23}


def blocks_of(sound: np.ndarray, step: int = 50_000) -> Iterator[np.ndarray]:
    for start in range(0, sound.shape[1], step):
        yield sound[:, start : start + step]


def hearing_of(
    *sides: Sequence[Said], length_s: float = 40.0, language="fr", breaks_at: int | None = None
) -> Hearing:
    """Return the hearing of a recording in code; ``breaks_at`` is a block that has an error."""
    sound = np.stack([say(words, length_s) for words in sides])

    def decode() -> Iterator[np.ndarray]:
        for place, block in enumerate(blocks_of(sound)):
            if place == breaks_at:
                raise AudioUnreadable("broken", remedy="repair it")
            yield block

    channels = []
    for side in sound:
        probabilities = speech_in(side)
        spans = find_spans(probabilities, len(side), min_silence_s=2.0, pad_s=0.4)
        channels.append(SpeechSide(spans, probabilities))
    return Hearing(sound=decode, sides=channels, language=language)


def words_of(hearing: Hearing) -> list[list[Said]]:
    return [
        [
            (int(word.text[1:]), round(word.start_s, 2), round(word.end_s, 2))
            for segment in side
            for word in segment.words
        ]
        for side in hearing.heard
    ]


def listen(reader: Reader, *hearings: Hearing, **settings) -> list[Hearing]:
    return list(hear(hearings, Recogniser(reader.transcriber()), **settings))


def test_recordings_and_channels_of_one_batch_keep_their_own_words(reader):
    calls = [
        ([(20 + n, 1.0 + n, 2.0 + n)], [(40 + n, 5.0, 6.5), (50 + n, 12.0, 13.0)]) for n in range(3)
    ]
    hearings = listen(reader, *(hearing_of(*sides) for sides in calls))
    assert [words_of(hearing) for hearing in hearings] == [[list(s) for s in c] for c in calls]
    assert max(window.in_batch_of for window in reader.windows) >= 3


@st.composite
def recordings(draw) -> list[list[Said]]:
    """Up to two channels of a minute and a half with words and silences on whole 20 ms."""
    sides = []
    for _ in range(draw(st.integers(1, 2))):
        said: list[Said] = []
        clock = draw(st.integers(0, 200))
        while clock < 4300 and len(said) < 40:
            length = draw(st.integers(26, 90))
            said.append((20 + len(said), clock / 50, (clock + length) / 50))
            clock += length + draw(st.sampled_from([0, 10, 40, 150, 600]))
        sides.append(draw(st.sampled_from([said, []])))
    return sides


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(recordings(), max_size=4), st.booleans())
def test_each_recording_is_heard_on_its_own_clock_in_bounded_batches(reader, calls, closes):
    reader.windows.clear()
    reader.answer = Window.write_up_to_first_pause if closes else Window.write
    hearings = [hearing_of(*sides, length_s=90.0) for sides in calls]
    heard = listen(reader, *hearings)
    assert heard == hearings
    for hearing, sides in zip(heard, calls, strict=True):
        assert hearing.is_complete
        for said, expected in zip(words_of(hearing), sides, strict=True):
            # a word in which a block had to end is read in two parts
            assert sorted({number for number, _, _ in said}) == [n for n, _, _ in expected]
            spans = {number: (start_s, end_s) for number, start_s, end_s in expected}
            for number, start_s, end_s in said:
                assert spans[number][0] - 0.02 <= start_s <= end_s <= spans[number][1] + 0.02
            assert said == sorted(said, key=lambda word: word[1])
    for window in reader.windows:
        assert window.in_batch_of * window.n_frames <= 8 * FULL_FRAMES


def test_what_a_side_said_before_is_the_context_of_what_it_says_next(reader):
    agent = [(20 + n, 2.0 * n, 2.0 * n + 1.5) for n in range(20)]
    listen(reader, hearing_of(agent, [(60, 1.0, 2.0)]))
    contexts = {window.words[0][0]: window.context for window in reader.windows}
    assert contexts[20] == contexts[60] == []
    [later] = [context for first, context in contexts.items() if first not in (20, 60)]
    assert later[:2] == [20, 21]


def test_a_doubtful_sentence_is_no_context(reader):
    reader.answer = lambda window: window.write(log_probability=-0.9)
    listen(reader, hearing_of([(20 + n, 2.0 * n, 2.0 * n + 1.5) for n in range(20)]))
    assert {tuple(window.context) for window in reader.windows} == {()}


def test_speech_without_words_is_read_once_more_and_stands_where_it_was_said(reader):
    said: list[Said] = [(21, 1.0, 2.0), (22, 3.0, 5.0), (23, 5.0, 6.0), (24, 7.0, 8.0)]

    def answer(window: Window):
        if window.n_frames == FULL_FRAMES:
            return window.write()
        return window.write([word for word in window.words if word[0] not in LOST])

    reader.answer = answer
    [hearing] = listen(reader, hearing_of(said))
    assert [[number for number, _, _ in window.words] for window in reader.windows] == [
        [21, 22, 23, 24],
        [22, 23],
    ]
    assert words_of(hearing) == [said]


def test_speech_at_the_end_without_words_is_read_once_more(reader):
    said: list[Said] = [(21, 1.0, 2.0), (22, 3.0, 5.0), (23, 5.0, 6.0)]

    def answer(window: Window):
        if window.n_frames == FULL_FRAMES:
            return window.write()
        return window.write(window.words[:1])

    reader.answer = answer
    [hearing] = listen(reader, hearing_of(said))
    assert words_of(hearing) == [said]


def test_a_second_reading_adds_nothing_where_there_were_words_or_where_it_is_improbable(reader):
    said: list[Said] = [(21, 1.0, 2.0), (22, 2.4, 5.0), (24, 5.4, 8.0)]
    for log_probability, expected in ((-0.2, [21, 22, 24]), (-1.5, [21, 24])):

        def answer(window: Window, log_probability=log_probability):
            if window.n_frames == FULL_FRAMES:
                return window.write(log_probability=log_probability)
            return window.write([word for word in window.words if word[0] != 22])

        reader.answer = answer
        [hearing] = listen(reader, hearing_of(said))
        assert sorted(number for number, _, _ in words_of(hearing)[0]) == expected


def test_what_stays_without_words_is_in_the_account(reader):
    reader.answer = lambda window: window.write([w for w in window.words if w[0] not in LOST])
    [hearing] = listen(reader, hearing_of([(21, 1.0, 2.0), (22, 3.0, 5.0), (24, 6.0, 8.0)]))
    [side] = hearing.sides
    spans = find_spans(side.probabilities, 40 * 16_000, min_silence_s=0.3)
    words = [word for segment in hearing.heard[0] for word in segment.words]
    account = account_for_speech(spans, words, 40 * 16_000, channel=0, speaker="unknown")
    assert account.speech_s == pytest.approx(5.0, abs=0.15)
    assert account.covered_s == pytest.approx(3.0, abs=0.15)
    assert [(gap.start_s, gap.end_s) for gap in account.uncovered] == [
        (pytest.approx(3.0, abs=0.05), pytest.approx(5.0, abs=0.05))
    ]


def test_an_error_in_one_recording_leaves_the_others_whole_and_in_order(reader):
    said: list[Said] = [(21, 1.0, 2.0), (22, 8.0, 9.0), (23, 35.0, 36.0)]
    broken = hearing_of(said, breaks_at=2)
    nothing = Hearing.failed(AudioUnreadable("no sound", remedy="send another"))
    hearings = [hearing_of(said), broken, hearing_of(said), nothing, hearing_of(said)]
    heard = listen(reader, *hearings)
    assert heard == hearings
    assert [str(hearing.error) for hearing in (broken, nothing)] == [
        "broken; repair it",
        "no sound; send another",
    ]
    for hearing in (hearings[0], hearings[2], hearings[4]):
        assert hearing.error is None
        assert words_of(hearing) == [said]


def test_a_recording_without_speech_costs_nothing_and_waits_for_nobody(reader):
    silent = hearing_of([])
    found = hear([silent, hearing_of([(21, 1.0, 2.0)])], Recogniser(reader.transcriber()))
    assert next(found) is silent
    assert reader.windows == []
    assert len(list(found)) == 1


def test_recordings_are_taken_only_as_fast_as_they_are_heard(reader):
    taken = []

    def calls() -> Iterator[Hearing]:
        for number in range(40):
            taken.append(number)
            yield hearing_of([(20 + n, n * 1.0, n * 1.0 + 1.0) for n in range(25)], length_s=30.0)

    next(hear(calls(), Recogniser(reader.transcriber())))
    assert len(taken) <= 2 + 2 * BATCH_S / 25  # two pieces each, the second one short


def test_long_calls_are_heard_side_by_side_each_in_its_order(reader):
    said = [(20 + n, n * 4.0, n * 4.0 + 3.0) for n in range(20)]
    calls = [hearing_of(said, length_s=80.0) for _ in range(3)]
    assert listen(reader, *calls) == calls
    assert max(window.in_batch_of for window in reader.windows) == 3
    assert all(words_of(call) == [said] for call in calls)


def test_progress_runs_to_the_end(reader):
    seen: list[float] = []
    hearing = hearing_of([(20 + n, 2.0 * n, 2.0 * n + 1.5) for n in range(40)], length_s=90.0)
    hearing.progress = seen.append
    listen(reader, hearing)
    assert seen == sorted(seen)
    assert len(seen) >= 80 / LONGEST_PIECE_S
    assert seen[-1] == 1.0


def test_each_piece_of_a_call_is_heard_in_its_language(reader):
    french = [(20 + n, 1.0 * n, 1.0 * n + 1.0) for n in range(24)]
    english = [(500 + n, 30.0 + n, 31.0 + n) for n in range(20)]
    [hearing] = listen(
        reader,
        hearing_of([*french, *english], length_s=55.0, language=CallLanguage(["fr", "en"])),
    )
    found = {int(w.text[1:]): w.language for s in hearing.heard[0] for w in s.words}
    assert {found[number] for number, _, _ in french} == {"fr"}
    assert {found[number] for number, _, _ in english} == {"en"}


def test_two_languages_in_one_piece_are_told_apart_at_a_pause(reader):
    said = [(20 + n, 1.0 * n, 1.0 * n + 1.0) for n in range(8)]
    said += [(500 + n, 9.0 + n, 10.0 + n) for n in range(8)]
    [hearing] = listen(reader, hearing_of(said, language=CallLanguage(["fr", "en"])))
    assert words_of(hearing) == [said]
    found = [(int(w.text[1:]) >= 500, w.language) for s in hearing.heard[0] for w in s.words]
    assert set(found) == {(False, "fr"), (True, "en")}
