"""How long what is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conversation.errors import BadInput, DefinitionInvalid
from serving.privacy.retention import SHIPPED, RetentionRules, due

RULES = RetentionRules.load()


def after(now, purpose, days, *, contract=None):
    """What has to go so many days after a contact (and so many after a contract)."""
    return due(
        RULES.of(purpose),
        contact_at=now - timedelta(days=days),
        contract_at=None if contract is None else now - timedelta(days=contract),
        now=now,
    )


def test_the_shipped_rules_are_those_of_the_law_as_we_read_it():
    assert (RULES.of("quality").audio_days, RULES.of("quality").transcript_days) == (180, 180)
    assert RULES.of("quality").scorecard_days == 365
    assert RULES.of("assurance_vente").audio_days == 730
    assert RULES.of("mifid").audio_days >= 5 * 365
    assert RULES.shortest_days == 30


@pytest.mark.parametrize(
    ("days", "gone"),
    [
        (179, ()),
        (180, ("audio", "transcript")),
        (364, ("audio", "transcript")),
        (365, ("audio", "transcript", "scorecard")),
    ],
)
def test_sound_and_words_go_after_half_a_year_scores_after_a_year(now, days, gone):
    assert after(now, "quality", days) == gone


def test_insurance_without_a_contract_is_destroyed_after_a_month(now):
    assert after(now, "assurance_vente", 29) == ()
    assert after(now, "assurance_vente", 30) == ("audio", "transcript", "scorecard")


def test_insurance_with_a_contract_is_kept_two_years_from_the_signature(now):
    assert after(now, "assurance_vente", 740, contract=729) == ()
    assert after(now, "assurance_vente", 740, contract=730) == ("audio", "transcript", "scorecard")


def test_investment_services_are_kept_five_years(now):
    assert after(now, "mifid", 5 * 365) == ()
    assert after(now, "mifid", 1826)


def test_a_purpose_that_nobody_defined_is_refused():
    with pytest.raises(BadInput, match="no purpose"):
        RULES.of("curiosity")


@pytest.mark.parametrize(
    "change",
    [
        ("audio_days: 180", "audio_days: 0"),
        ("audio_days: 180", "audio_days: 400"),
        ("    from: contract\n", ""),
        ("version:", "versions:"),
        ("quality:", "Quality!:"),
        ("purposes:", "purposes: ["),
    ],
)
def test_rules_that_contradict_themselves_are_refused(tmp_path, change):
    path = tmp_path / "retention.yaml"
    changed = SHIPPED.read_text("utf-8").replace(*change)
    path.write_text(changed, "utf-8")
    with pytest.raises(DefinitionInvalid):
        RetentionRules.load(path)


def test_rules_that_are_not_there_are_named(tmp_path):
    with pytest.raises(DefinitionInvalid, match=r"none\.yaml"):
        RetentionRules.load(tmp_path / "none.yaml")
