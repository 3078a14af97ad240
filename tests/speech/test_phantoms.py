from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from speech.heard import HeardSegment, HeardWord
from speech.phantoms import drop_phantoms

SPEECH = np.ones(4_000, np.float32)
SILENCE = np.zeros(4_000, np.float32)


def segment(text: str, start_s: float = 0.0, **doubts: float) -> HeardSegment:
    words = tuple(
        HeardWord(word, start_s + 0.3 * place, start_s + 0.3 * place + 0.3, 0.9)
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
    ["Merci d'avoir regardé cette vidéo !", "Abonnez-vous !", "[Musique]", "Thanks for watching!"],
)
def test_video_phrases_need_weak_evidence_to_be_dropped(text: str):
    assert sift(segment(text)) == (text, [])
    assert sift(segment(text), speech=SILENCE) == ("", [(text, "video_phrase")])
    assert sift(segment(text, no_speech_probability=0.9))[0] == ""
    assert sift(segment(text, mean_log_probability=-1.1))[0] == ""


@pytest.mark.parametrize(
    "text",
    ["Merci.", "Merci beaucoup.", "Au revoir.", "Oui.", "Voilà.", "Bonjour.", "You",
     "Merci d'avoir regardé mon dossier.", "Le sous-titrage ne marche pas sur ma box.",
     "Je voudrais les sous-titres par défaut.", "N'hésitez pas à nous rappeler."],
)  # fmt: skip
def test_what_people_say_is_not_dropped_by_its_text(text: str):
    assert sift(segment(text, mean_log_probability=-0.6), speech=SILENCE)[0] == text


def test_text_without_speech_and_without_confidence_is_dropped():
    doubtful = segment("Ah bon alors", mean_log_probability=-0.9)
    assert sift(doubtful, speech=SILENCE) == ("", [("Ah bon alors", "no_speech")])
    assert sift(doubtful)[0] == "Ah bon alors"


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
