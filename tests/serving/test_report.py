import importlib.util
import re
from pathlib import Path
from typing import get_args

import pytest
from bs4 import BeautifulSoup

from conversation import Participant, Provenance
from serving.analysis import TranscriptionFacts
from serving.report import render_report
from serving.report.words import WORDS
from speech import ChannelAccount, DroppedText
from speech.line_sounds import LineSoundKind
from speech.transcript import DropReason, HeardSound

_spec = importlib.util.spec_from_file_location("analyses", Path(__file__).with_name("analyses.py"))
analyses = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(analyses)


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(render_report(analyses.sample_analysis()), "lxml")


def test_the_report_asks_for_nothing_outside_itself():
    html = render_report(analyses.sample_analysis())
    assert re.findall(r"""(?:src|href|action)=["'](?!#)""", html) == []
    assert "@import" not in html
    assert "url(" not in html
    assert "<script" not in html


def test_everything_a_reader_looks_for_is_there(page):
    text = page.get_text(" ", strip=True)
    for shown in (
        "Panne internet", "80", "Humeur du client", "Remise après une coupure", "15 euros",
        "ma box ne marche plus", "Claire", "/ 20", "à confirmer par une personne", "Silence",
    ):  # fmt: skip
        assert shown in text, shown


def test_every_turn_is_shown_once_with_its_speaker_and_time(page):
    turns = page.select("li.turn")
    assert [turn["id"] for turn in turns] == ["t0", "t1", "t2", "t3"]
    assert ["customer" in turn["class"] for turn in turns] == [False, True, False, True]
    assert turns[0].select_one(".time").get_text() == "0:00"


def test_every_piece_of_evidence_leads_to_its_turn(page):
    targets = {element["id"] for element in page.select("[id]")}
    links = {link["href"][1:] for link in page.select("a[href^='#']")}
    assert links
    assert links <= targets


def test_drawings_and_tables_can_be_read_without_seeing_them(page):
    assert all(svg.get("aria-label") for svg in page.select("svg[role=group]"))
    assert len(page.select("svg[role=group]")) == 2
    assert all(header.get("scope") for header in page.select("th"))
    assert page.html["lang"] == "fr"
    assert len(page.select("h1")) == 1


def test_text_with_markup_in_it_is_shown_as_text():
    lines = list(analyses.LINES)
    lines[1] = ("customer", "Bonjour <script>alert(1)</script> </svg><b>gras</b> \"'&")
    html = render_report(analyses.sample_analysis(tuple(lines), name="<img src=x>.wav"))
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>gras" not in html
    page = BeautifulSoup(html, "lxml")
    assert "<script>alert(1)</script>" in page.select_one("#t1").get_text()


def test_an_english_conversation_has_an_english_report():
    page = BeautifulSoup(render_report(analyses.sample_analysis(language="en")), "lxml")
    assert page.html["lang"] == "en"
    assert "Contact reason" in page.get_text()
    assert "Fixed fault" in page.get_text()
    assert "Motif" not in page.get_text()


def test_every_word_of_the_report_is_in_both_languages():
    assert all(french and english for french, english in WORDS.values())


def with_facts(*, language: str = "fr", sounds=(), dropped=()):
    """The sample analysis with an account of its first channel."""
    facts = TranscriptionFacts(
        account=(
            ChannelAccount(channel=0, speaker="agent", speech_s=9, covered_s=8, sounds=sounds),
        ),
        dropped=dropped, warnings=(),
        provenance=Provenance(component="speech.transcription", version="2"),
    )  # fmt: skip
    return analyses.sample_analysis(language=language).model_copy(update={"transcription": facts})


@pytest.mark.parametrize(
    ("language", "row", "account"),
    [
        ("fr", "Ligne", "canal 0\u00a0: retour d'appel 0:00–0:08, musique d'attente 1:02–1:45"),
        ("en", "Line", "channel 0: ring-back tone 0:00–0:08, hold music 1:02–1:45"),
    ],
)
def test_sounds_of_the_line_are_beside_the_talk_and_in_the_account(language, row, account):
    sounds = (
        HeardSound(kind="ringback", start_s=0.2, end_s=8.1),
        HeardSound(kind="music", start_s=62, end_s=105),
    )
    page = BeautifulSoup(render_report(with_facts(language=language, sounds=sounds)), "lxml")
    assert len(page.select("svg.talk rect.line")) == 2
    assert row in page.select_one("svg.talk").get_text(" ")
    assert account in page.select_one("footer").get_text(" ", strip=True)
    silent = BeautifulSoup(render_report(with_facts(language=language)), "lxml")
    assert not silent.select("svg.talk rect.line")


def test_text_that_was_left_out_has_its_reason_in_words():
    text = DroppedText(channel=0, text="Merci <b>", start_s=61, end_s=62, reason="line_sound")
    page = BeautifulSoup(render_report(with_facts(dropped=(text,))), "lxml")
    assert "1:01 «\u00a0Merci <b>\u00a0» (son de la ligne" in page.select_one("footer").get_text()


def test_every_sound_and_reason_has_words():
    named = {f"sound_{kind}" for kind in get_args(LineSoundKind)}
    named |= {f"dropped_{reason}" for reason in get_args(DropReason)}
    assert named <= WORDS.keys()


def test_several_customers_are_told_apart():
    analysis = analyses.sample_analysis()
    call = analysis.conversation
    people = (*call.participants, Participant(role="customer", audio_channel=1))
    turns = tuple(
        turn.model_copy(update={"participant": place})
        for turn, place in zip(call.turns, (0, 2, 0, 1), strict=True)
    )
    call = call.model_copy(update={"participants": people, "turns": turns})
    page = BeautifulSoup(render_report(analysis.model_copy(update={"conversation": call})), "lxml")
    names = [who.get_text(strip=True) for who in page.select("li.turn .who")]
    assert names == ["Agent", "Client 1", "Agent", "Client 2"]
    rows = [row.get_text() for row in page.select("svg.talk text.tick")]
    assert rows[:3] == ["Agent", "Client 1", "Client 2"]
    assert [item.b.get_text() for item in page.select(".facts li") if item.b][-3:] == [
        "Agent", "Client 2", "Client 1",
    ]  # fmt: skip


def test_what_was_said_in_words_is_shown_on_hovering_over_figures():
    analysis = analyses.sample_analysis()
    call = analysis.conversation
    words = list(call.turns[1].words)
    words[0] = words[0].model_copy(update={"spoken": "bonjour madame"})
    turn = call.turns[1].model_copy(update={"words": tuple(words)})
    call = call.model_copy(update={"turns": (call.turns[0], turn, *call.turns[2:])})
    page = BeautifulSoup(render_report(analysis.model_copy(update={"conversation": call})), "lxml")
    assert page.select_one("#t1 .said")["title"].startswith("bonjour madame ma box")
    assert not page.select_one("#t0 .said").has_attr("title")
