"""Tables for spreadsheets: nothing in them is taken for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from serving.board.tables import Sheet, write_sheet


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+33612345678", "-2", "\tx", "＝1"])
def test_what_a_spreadsheet_would_compute_is_written_as_text(text):
    written = write_sheet(Sheet(("=n", "v"), ((text, 1),)), "fr")
    (head, row) = csv.reader(io.StringIO(written.removeprefix("\ufeff")), delimiter=";")
    assert head[0] == "'=n"
    assert row[0] == f"'{text}"


def test_numbers_keep_their_sign_and_take_the_readers_decimal_mark():
    sheet = Sheet(("v", "w"), ((-0.25, 12), (None, 1234567.5)))
    french = write_sheet(sheet, "fr").removeprefix("\ufeff").split("\r\n")
    assert french[1:3] == ["-0,25;12", ";1234567,5"]
    assert write_sheet(sheet, "en").split("\r\n")[1] == "-0.25,12"


def test_quotes_and_separators_of_a_name_stay_in_their_cell():
    written = write_sheet(Sheet(("n",), (('a;"b"\nc',),)), "fr").removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(written), delimiter=";"))[1] == ['a;"b"\nc']
