"""French punctuation stays on the line of its word, on every page, and nothing else changes."""

from __future__ import annotations

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.fairness_page.words import words_in as fairness_words
from serving.kpi_page.words import words_in as kpi_words
from serving.replay_page.words import words_in as replay_words
from serving.report.words import words_in as report_words
from serving.screens.admin.words import ADMIN
from serving.screens.agreement.words import AGREEMENT
from serving.screens.board.words import BOARD
from serving.screens.calibration.words import CALIBRATION
from serving.screens.chat.words import words_in as chat_words
from serving.screens.conversation.words import CONVERSATION
from serving.screens.desk.words import DESK
from serving.screens.inbox.words import INBOX
from serving.screens.problem.words import PROBLEM
from serving.screens.review.words import QUEUE, REVIEW
from serving.screens.settle.words import CONTESTS, MINE
from serving.screens.words import words_of
from serving.screens.written.words import WRITTEN
from serving.sign_in_page.words import words_in as sign_in_words
from serving.topic_page.words import words_in as topic_words
from serving.typesetting import typeset

BREAKABLE = re.compile(r" [:;?!»%€]|« ")
SCREENS = {
    "admin": ADMIN, "agreement": AGREEMENT, "board": BOARD, "calibration": CALIBRATION,
    "contests": CONTESTS, "conversation": CONVERSATION, "desk": DESK, "inbox": INBOX,
    "mine": MINE, "problem": PROBLEM, "queue": QUEUE, "review": REVIEW, "written": WRITTEN,
}  # fmt: skip
PAGES = {
    "chat": lambda language: chat_words(language, days=30, person_days=180),
    "fairness": fairness_words, "kpi": kpi_words, "replay": replay_words, "report": report_words,
    "sign-in": sign_in_words, "topics": topic_words,
    **{name: partial(words_of, own) for name, own in SCREENS.items()},
}  # fmt: skip

TEXTS = st.text(st.sampled_from("aé1/.,:;?!%€«» `\n\u00a0\u202f"), max_size=40) | st.text()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_no_line_of_a_french_page_begins_with_its_punctuation(page):
    words = PAGES[page]("fr")
    assert words
    assert {name: text for name, text in words.items() if BREAKABLE.search(text)} == {}
    assert not any("\u202f" in text for text in PAGES[page]("en").values())


@given(TEXTS)
def test_it_is_the_same_done_twice_and_changes_spaces_alone(text):
    once = typeset(text)
    assert typeset(once) == once
    assert re.sub("[\u00a0\u202f]", " ", once) == re.sub("[\u00a0\u202f]", " ", text)


@given(st.from_regex(r"https?://[a-z.]{1,9}/[a-z0-9?&=;:%!]{0,20}", fullmatch=True))
def test_addresses_times_and_code_stay_as_they_are(address):
    for kept in (address, "12:30", "`a ? b : c;`", "{n}", "a::b", "100%"):
        assert kept in typeset(f"Voir {kept} et {kept}.")


def test_each_sign_has_the_space_of_french_printers():
    written = "Il dit : « Quoi ? Non ! 12 % » ; 15 €"
    assert typeset(written) == (
        "Il dit\u00a0: «\u00a0Quoi\u202f? Non\u202f! 12\u202f%\u00a0»\u202f; 15\u202f€"
    )
