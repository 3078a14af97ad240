from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.heard import HeardSegment, HeardWord
from speech.line_sounds import LineSound
from speech.phantoms import drop_phantoms
from speech.voice_activity import FRAME_S

SPEECH = np.ones(4_000, np.float32)
SILENCE = np.zeros(4_000, np.float32)


ON_CALLS = (
    "Merci.", "Merci beaucoup.", "Au revoir.", "Oui.", "Voilà.", "Bonjour.", "You", "Thank you.",
    "Merci d'avoir regardé mon dossier.", "Le sous-titrage ne marche pas sur ma box.",
    "Je voudrais les sous-titres par défaut.", "N'hésitez pas à nous rappeler.",
    "Je voudrais m'abonner à la fibre.", "J'ai vu votre vidéo.",
)  # fmt: skip


def segment(
    text: str, start_s: float = 0.0, *, probability: float = 0.9, **doubts: float
) -> HeardSegment:
    words = tuple(
        HeardWord(word, start_s + 0.3 * place, start_s + 0.3 * place + 0.3, probability)
        for place, word in enumerate(text.split())
    )
    facts = {"mean_log_probability": -0.2, "no_speech_probability": 0.01, "compression_ratio": 1.3}
    return HeardSegment(words=words, **{**facts, **doubts})


def sift(*segments: HeardSegment, speech: np.ndarray = SPEECH) -> tuple[str, list[tuple[str, str]]]:
    words, dropped = drop_phantoms(segments, speech, channel=0)
    return " ".join(word.text for word in words), [(d.text, d.reason) for d in dropped]


@pytest.mark.parametrize(
    "text",
    [
        "Sous-titres réalisés par la communauté d'Amara.org",
        "Sous-titres réalisés para la communauté d’Amara.org",
        "Sous-titrage ST' 501",
        "Sous-titrage Société Radio-Canada",
        "Sous-titrage FR 2021",
        "Sous-titrage FR ?",
        "❤️ par SousTitreur.com",
        "Sous-titres par Jean Dupont",
        "Sous-titres fait par la Compagnie des Mots",
        "www.tvsubtitles.net",
        "Transcription automatique par whisper",
        "Cliquez-vous sur les sous-titres et abonnez-vous à la chaîne",
        "Subtitles by the Amara.org community",
        "Transcribed by https://otter.ai",
    ],
)
def test_credits_are_dropped_even_where_somebody_speaks(text: str):
    kept, dropped = sift(segment("Bonjour madame."), segment(text, 5), segment("Merci.", 9))
    assert kept == "Bonjour madame. Merci."
    assert dropped == [(text, "subtitle_credit")]


def test_a_credit_within_a_sentence_leaves_the_sentence():
    kept, dropped = sift(segment("Merci beaucoup et au revoir madame Martin. Sous-titrage ST' 501"))
    assert kept == "Merci beaucoup et au revoir madame Martin."
    assert dropped == [("Sous-titrage ST' 501", "subtitle_credit")]


@pytest.mark.parametrize(
    "text",
    [
        "Merci d'avoir regardé cette vidéo !",
        "N'oubliez pas de vous abonner à la chaîne.",
        "À bientôt pour une nouvelle vidéo.",
        "[Musique]",
        "♪♪♪",
        "*upbeat music*",
        "I'll see you in the next video, bye!",
        "Please subscribe to my channel.",
    ],
)
def test_video_phrases_need_weak_evidence_to_be_dropped(text: str):
    assert sift(segment(text)) == (text, [])
    unsure = {"no_speech_probability": 0.9, "mean_log_probability": -1.1}
    assert sift(segment(text, **unsure)) == ("", [(text, "video_phrase")])
    assert sift(segment(text, **unsure), speech=SILENCE) == ("", [(text, "video_phrase")])
    for doubt, value in unsure.items():  # one sign alone is common under true words
        assert sift(segment(text, **{doubt: value})) == (text, [])


def test_long_video_phrases_are_dropped_over_little_speech_however_sure_the_recogniser_is():
    thin = np.zeros(4_000, np.float32)
    thin[::4] = 0.9
    for text in ("Merci d'avoir regardé cette vidéo !", "I'll see you in the next video."):
        assert sift(segment(text), speech=thin) == ("", [(text, "video_phrase")])


@pytest.mark.parametrize(
    "text", ["C'est parti !", "Musique.", "Abonnez-vous !", "Thanks for watching"]
)
def test_short_phrases_that_may_be_answers_need_the_lack_of_any_speech(text: str):
    thin = np.zeros(4_000, np.float32)
    thin[::4] = 0.9
    doubts = {"no_speech_probability": 0.9, "mean_log_probability": -1.1}
    assert sift(segment(text, **doubts), speech=thin) == (text, [])
    assert sift(segment(text, **doubts), speech=thin * 0.65) == ("", [(text, "video_phrase")])
    assert sift(segment(text), speech=thin * 0.65) == (text, [])


@pytest.mark.parametrize("text", ON_CALLS)
def test_what_people_say_is_not_dropped_by_its_text(text: str):
    doubts = {"mean_log_probability": -1.4, "no_speech_probability": 0.9}
    assert sift(segment(text, **doubts)) == (text, [])
    said_softly = np.full(4_000, 0.2, np.float32)
    said_softly[::4] = 0.8
    assert sift(segment(text, **doubts), speech=said_softly) == (text, [])


@pytest.mark.parametrize("text", ON_CALLS)
def test_what_people_say_is_dropped_where_nobody_speaks(text: str):
    assert sift(segment(text), speech=SILENCE) == ("", [(text, "no_speech")])


def test_the_sound_of_the_line_is_named_as_the_reason():
    music = LineSound("music", 0.0, 20.0, ((0.0, 20.0),))
    words, dropped = drop_phantoms(
        [segment("Merci."), segment("Merci.", 60.0)], SILENCE, channel=0, sounds=[music]
    )
    assert not words
    assert [text.reason for text in dropped] == ["line_sound", "no_speech"]


def test_faint_signs_of_speech_need_a_recogniser_that_is_sure():
    faint = np.full(4_000, 0.45, np.float32)
    assert sift(segment("Ah bon alors"), speech=faint)[0] == "Ah bon alors"
    doubtful = segment("Ah bon alors", mean_log_probability=-0.9)
    assert sift(doubtful, speech=faint) == ("", [("Ah bon alors", "no_speech")])
    assert sift(doubtful)[0] == "Ah bon alors"
    looped = segment("que j'ai dit " * 5, compression_ratio=3.1)
    assert sift(looped, speech=faint)[0] == ""


def test_words_after_the_last_sign_of_speech_are_dropped():
    speech = SILENCE.copy()
    speech[: round(1.2 / FRAME_S)] = 0.9
    said = segment("Je vous écoute madame", probability=0.9)
    tail = segment("merci à tous", 9.0, probability=0.3)
    joined = HeardSegment((*said.words, *tail.words), -0.3, 0.1, 1.3)
    assert sift(joined, speech=speech) == ("Je vous écoute madame", [("merci à tous", "no_speech")])


def test_a_word_between_others_stays_wherever_its_time_was_put():
    speech = SILENCE.copy()
    speech[: round(0.5 / FRAME_S)] = speech[round(20 / FRAME_S) :] = 0.9
    parts = segment("Bonjour", probability=0.2), segment("je", 9.0, probability=0.2)
    words = tuple(word for part in (*parts, segment("suis", 21.0)) for word in part.words)
    assert sift(HeardSegment(words, -0.3, 0.1, 1.0), speech=speech) == ("Bonjour je suis", [])


def test_an_echo_of_the_prompt_is_dropped():
    names = "Télécom Plus, Livebox, Banque Horizon, Hervé Le Goff"

    def is_echo(text: str) -> bool:
        return text in (names, "Livebox")

    def heard(text: str, **doubts: float) -> str:
        words, dropped = drop_phantoms(
            [segment(text, **doubts)], SPEECH, channel=0, is_echo=is_echo
        )
        assert {part.reason for part in dropped} <= {"prompt_echo"}
        return " ".join(word.text for word in words)

    assert heard(names) == ""
    assert heard("Livebox") == "Livebox"
    doubts = {"no_speech_probability": 0.8, "mean_log_probability": -0.9}
    assert heard("Livebox", **doubts) == ""
    assert heard("Ma Livebox ne marche plus", **doubts) != ""


def test_a_loop_is_said_once():
    looped = " ".join(["je vais vérifier ça"] * 8)
    kept, dropped = sift(segment(f"Bonjour {looped} d'accord", compression_ratio=4.0))
    assert kept == "Bonjour je vais vérifier ça d'accord"
    assert dropped == [(" ".join(["je vais vérifier ça"] * 7), "loop")]


def test_a_loop_over_several_segments_is_said_once():
    rounds = [segment("Merci de votre appel.", 2.0 * n) for n in range(6)]
    assert sift(*rounds)[0] == "Merci de votre appel."


@pytest.mark.parametrize(
    "text",
    ["oui oui oui", "non non non non non", "zéro zéro zéro un", "deux fois deux fois",
     "je suis là je suis là je suis là", "allô allô allô"],
)  # fmt: skip
def test_people_may_repeat_themselves(text: str):
    assert sift(segment(text)) == (text, [])


words = st.lists(
    st.sampled_from("oui merci Sous-titrage ST' 501 [Musique] encore que euh".split()),
    min_size=1,
    max_size=12,
)


@given(
    texts=st.lists(words, max_size=5),
    speech=st.lists(st.floats(0, 1, width=32), max_size=400),
    log_probability=st.floats(-2, 0),
    compression=st.floats(0, 4),
)
def test_every_word_is_kept_or_dropped_once_and_in_order(
    texts, speech, log_probability, compression
):
    segments = [
        segment(
            " ".join(text), 4.0 * place,
            mean_log_probability=log_probability, compression_ratio=compression,
        )
        for place, text in enumerate(texts)
    ]  # fmt: skip
    kept, dropped = drop_phantoms(segments, np.array(speech, np.float32), channel=0)
    heard = [word for part in segments for word in part.words]
    assert list(kept) == [word for word in heard if word in set(kept)]
    counted = len(kept) + sum(len(part.text.split()) for part in dropped)
    assert counted == len(heard)


def test_nothing_is_lost_between_kept_and_dropped():
    said = [
        segment("Bonjour."),
        segment("Sous-titrage ST' 501", 2),
        segment("encore " * 9 + "fin", 4),
    ]
    words, dropped = drop_phantoms(said, SPEECH, channel=1)
    counted = len(words) + sum(len(text.text.split()) for text in dropped)
    assert counted == sum(len(part.words) for part in said)
    assert all(text.channel == 1 for text in dropped)
    assert all(a.start_s <= b.start_s for a, b in pairwise(words))
