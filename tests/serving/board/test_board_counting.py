"""Facts of analyses: taken once, taken again where they changed, and never words."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, true

from serving.board.counted import Counting
from serving.store.tables import AnalysisRow, BoardFactsRow

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def counting(database):
    """Counting on both databases."""
    return Counting(database, lambda: PARIS)


def test_facts_are_taken_once_and_again_where_an_analysis_is_newer(counting, database, rows):
    rows.store_rows(database, rows.many(30))
    assert counting.pending() == 30
    assert counting.catch_up() == 0
    found = counting.read(true())
    assert (len(found.found), found.pending) == (30, 0)
    with database.writing() as session:
        row = session.get(BoardFactsRow, "m000003")
        row.analysed_at -= timedelta(seconds=1)
    assert counting.pending() == 1
    counting.catch_up()
    assert counting.pending() == 0


def test_an_analysis_of_another_version_is_left_out_by_name(counting, database, rows):
    rows.store_rows(database, [*rows.many(2), rows.row("old", rows.many(1)[0]["started_at"],
                                                       shape="1.0")])  # fmt: skip
    counting.catch_up()
    found = counting.read(true())
    assert (len(found.found), found.other_shape) == (2, ("old",))


def test_facts_hold_no_word_that_was_said(counting, database, rows):
    rows.store_rows(database, rows.many(1))
    counting.catch_up()
    with database.reading() as session:
        said = session.scalar(select(AnalysisRow.document))
        facts = session.scalar(select(BoardFactsRow.document))
    for word in ("Bonjour", "Dubois", "inadmissible", "Claire"):
        assert word in said
        assert word not in facts


def test_contacts_are_those_that_the_kpis_read_themselves(counting, database, rows):
    from quality.kpi import contact_of
    from serving.analysis import Analysis

    described = rows.row("c1", rows.many(1)[0]["started_at"], customer_key="c-9", complaint=True)
    rows.store_rows(database, [described])
    counting.catch_up()
    (one,) = counting.read(true()).found
    analysis = Analysis.model_validate_json(rows.document(described))
    direct = contact_of(
        analysis.conversation, analysis.understanding, analysis.metrics, analysis.evaluation,
        zone=PARIS,
    )  # fmt: skip
    stored = one.facts.contact(one.stored)
    for name in ("channel", "reason", "complaint", "commitments", "speech", "score_100",
                 "outcome", "repeat_stated", "reply", "eliminatory"):  # fmt: skip
        assert getattr(stored, name) == getattr(direct, name), name
    assert stored.customer_key == "c-9"
