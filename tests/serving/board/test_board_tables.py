"""Tables for spreadsheets: nothing in them is taken for a formula."""

from __future__ import annotations

import csv
import io

import pytest

from quality.kpi.definitions import Words
from serving.board.gaps import Gaps, GapShown
from serving.board.tables import Sheet, Sheets, write_sheet
from serving.board.topics import Topics, TopicShown


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


@pytest.mark.parametrize(
    ("language", "trend", "why", "drafted"),
    [("fr", "Stable", "Article périmé", "oui"), ("en", "Steady", "Outdated article", "yes")],
)
def test_codes_are_written_in_the_readers_words(language, trend, why, drafted):
    topic = TopicShown(
        id="T1", label=Words(fr="Code", en="Code"), reason=None, reason_label=None,
        trend="steady", n=2, recent=None, recent_days=None, ratio=None, terms=(), periods=(),
        quotes=(), conversation_ids=("a",),
    )  # fmt: skip
    topics = Topics(
        conversations=2, open_conversations=2, first_day=None, last_day=None, topics=(topic,)
    )
    gap = GapShown(
        id="0123456789abcdef", title="Q", language="fr", questions=1, n=1, handling_s=1,
        why="outdated", troubles={}, nearest=None, growing=None, wordings=(), contradicted=False,
        statements=(), conversation_ids=("a",), draft="Oui.",
    )  # fmt: skip
    gaps = Gaps(conversations=1, questions=1, open_questions=1, gaps=(gap,))
    sheets = Sheets(language)
    assert sheets.topics(topics).rows[0][1] == trend
    assert sheets.gaps(gaps).rows[0][4] == why
    assert sheets.gaps(gaps).rows[0][6] == drafted
