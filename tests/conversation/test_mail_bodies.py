import importlib.util
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.mail import split_body

_spec = importlib.util.spec_from_file_location(
    "mail_bodies", Path(__file__).with_name("mail_bodies.py")
)
mail_bodies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(mail_bodies)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [case[1:] for case in mail_bodies.CASES],
    ids=[c[0] for c in mail_bodies.CASES],
)
def test_what_the_writer_wrote_is_kept_and_nothing_else(body, wanted):
    kept = [line.strip() for line in split_body(body).kept.split("\n") if line.strip()]
    assert kept == wanted


def test_the_sender_and_the_date_of_what_is_quoted_are_read():
    nearest, older = split_body(mail_bodies.GMAIL_FR).quoted
    assert nearest.header.sender.email == "service@boutique.example"
    assert (nearest.header.at.day, nearest.header.at.hour) == (3, 10)
    assert nearest.parts.kept == "Bonjour,\nVotre commande est partie."
    assert older.header.sender.name == "Anne Roy"
    assert older.parts.kept == "Où est ma commande ?"


@given(st.lists(st.sampled_from(
    [line for _, body, _ in mail_bodies.CASES for line in body.split("\n")]
), max_size=30))  # fmt: skip
def test_every_line_is_kept_or_among_the_cuts(lines):
    parts = split_body("\n".join(lines))
    there = parts.kept + "\n" + "\n".join(cut.text for cut in parts.cuts)
    for line in lines:
        assert line.strip(" >") in there


def test_ten_thousand_levels_and_lines_end_in_time():
    began = time.process_time()
    split_body("\n".join(">" * depth + " Le 3 mars" for depth in range(2000)))
    split_body("Le 3 mars " * 20000 + "\n" + "De : \n" * 20000)
    split_body("Le lun. 3 mars 2025\n" * 20000)
    assert time.process_time() - began < 10


def test_recall_of_kept_lines_is_whole_and_precision_stays_high():
    kept_rightly = kept = wanted = 0
    for _, body, lines in mail_bodies.CASES:
        got = [line.strip() for line in split_body(body).kept.split("\n") if line.strip()]
        kept_rightly += sum(line in lines for line in got)
        kept += len(got)
        wanted += len(lines)
    assert kept_rightly / wanted >= 0.99
    assert kept_rightly / kept >= 0.97
