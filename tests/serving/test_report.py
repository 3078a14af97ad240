import importlib.util
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from serving.report import render_report

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
    assert all(svg.get("aria-label") for svg in page.select("svg[role=img]"))
    assert len(page.select("svg[role=img]")) == 2
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
    from serving.report.words import WORDS

    assert all(french and english for french, english in WORDS.values())
