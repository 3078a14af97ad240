from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import CHANNELS
from conversation.errors import BadInput, DefinitionInvalid, NotFound
from nlu.axes import NATURES
from nlu.routing import (
    SHIPPED_TABLES,
    ContactFacts,
    load_routing_table,
    recommend_route,
)
from nlu.taxonomy import load_taxonomy

FACTS = st.builds(
    ContactFacts,
    reason=st.sampled_from([None, "tel.facture", "tel.panne_fixe.coupure", "bq.carte", "autre"]),
    language=st.sampled_from([None, "fr", "en", "fr-CA", "EN_us"]),
    urgency=st.integers(0, 3),
    mood=st.none() | st.floats(-1, 1),
    nature=st.sampled_from([None, *NATURES]),
    channel=st.sampled_from([None, *CHANNELS]),
    repeat=st.booleans(),
    always_human=st.booleans(),
)

TABLE = """\
name: essai
version: "1"
default: {queue: accueil, skills: ["langue_{language}"]}
rules:
  - id: premier
    label: {fr: Factures, en: Bills}
    when: {reason: [tel.facture]}
    route: {queue: factures, skills: [facture, "langue_{language}", facture], priority: 2}
  - id: second
    label: {fr: Tout le télécom}
    when: {reason: [tel.*], repeat: yes}
    route: {queue: telecom}
"""


@pytest.fixture
def table_file(tmp_path: Path):
    def write(text: str = TABLE, *, old: str = "", new: str = "") -> Path:
        assert old in text
        path = tmp_path / "table.yaml"
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", SHIPPED_TABLES)
def test_shipped_tables_name_reasons_of_their_taxonomy(name: str) -> None:
    table = load_routing_table(name, taxonomy=load_taxonomy(name))
    assert table.name == name
    assert table.rules


@pytest.mark.parametrize("name", SHIPPED_TABLES)
@given(facts=FACTS)
def test_every_contact_gets_one_explained_route(name: str, facts: ContactFacts) -> None:
    table = load_routing_table(name)
    hint = recommend_route(facts, table)
    assert hint == recommend_route(facts, table)
    assert hint.why_fr
    assert len(hint.why_fr) == len(hint.why_en)
    assert hint.rule in {"default", *(rule.id for rule in table.rules)}
    assert hint.always_human == (facts.always_human or facts.urgency == 3)
    assert not hint.always_human or hint.priority == 1
    assert not any("{" in skill for skill in hint.skills)


def test_the_first_rule_that_fits_decides(table_file) -> None:
    table = load_routing_table(table_file())
    hint = recommend_route(
        ContactFacts(reason="tel.facture.duplicata", language="fr-FR", repeat=True), table
    )
    assert (hint.rule, hint.queue, hint.priority) == ("premier", "factures", 2)
    assert hint.skills == ("facture", "langue_fr")
    assert hint.why_fr == ("règle : Factures", "motif tel.facture.duplicata")
    assert hint.why_en == ("rule: Bills", "reason tel.facture.duplicata")
    assert hint.table == "essai 1"


def test_a_contact_that_no_rule_fits_goes_to_the_default(table_file) -> None:
    table = load_routing_table(table_file())
    hint = recommend_route(ContactFacts(reason="tel.mobile", language="en"), table)
    assert (hint.rule, hint.queue, hint.skills) == ("default", "accueil", ("langue_en",))
    assert hint.why_fr == ("aucune règle ne convient",)


@pytest.mark.parametrize(
    ("wanted", "reason", "fits"),
    [
        ("tel.facture", "tel.facture", True),
        ("tel.facture", "tel.facture.duplicata", True),
        ("tel.facture.duplicata", "tel.facture", False),
        ("tel.facture", "tel.factures", False),
        ("tel.*", "tel.mobile", True),
        ("tel.*", "bq.carte", False),
        ('"*"', "bq.carte", True),
        ('"*"', None, False),
    ],
)
def test_codes_cover_those_below_them(table_file, wanted, reason, fits) -> None:
    table = load_routing_table(table_file(old="[tel.facture]", new=f"[{wanted}]"))
    hint = recommend_route(ContactFacts(reason=reason), table)
    assert (hint.rule == "premier") is fits


@pytest.mark.parametrize(
    ("condition", "facts", "fits"),
    [
        ("language: [en]", {"language": "en-GB"}, True),
        ("language: [en]", {}, False),
        ("urgency_at_least: 2", {"urgency": 2}, True),
        ("urgency_at_least: 2", {"urgency": 1}, False),
        ("mood_at_most: -0.5", {"mood": -0.6}, True),
        ("mood_at_most: -0.5", {"mood": 0.2}, False),
        ("mood_at_most: -0.5", {}, False),
        ("nature: [complaint]", {"nature": "complaint"}, True),
        ("nature: [complaint]", {"nature": "praise"}, False),
        ("channel: [social, sms]", {"channel": "sms"}, True),
        ("channel: [social, sms]", {"channel": "phone"}, False),
        ("repeat: yes", {"repeat": True}, True),
        ("repeat: no", {"repeat": True}, False),
    ],
)
def test_each_condition_holds_only_where_it_is_known(table_file, condition, facts, fits) -> None:
    table = load_routing_table(table_file(old="reason: [tel.facture]", new=condition))
    hint = recommend_route(ContactFacts(**facts), table)
    assert (hint.rule == "premier") is fits
    assert not fits or len(hint.why_fr) == 2


def test_a_danger_comes_first_whatever_the_rule_says(table_file) -> None:
    table = load_routing_table(table_file())
    hint = recommend_route(ContactFacts(reason="tel.facture", urgency=3), table)
    assert hint.always_human
    assert hint.priority == 1
    assert hint.why_fr[-1] == "toujours un humain, tout de suite"
    assert hint.why_en[-1] == "always a person, at once"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('default: {queue: accueil, skills: ["langue_{language}"]}\n', "", 1, "default"),
        ("id: second", "id: premier", 9, "stands twice"),
        ("id: second", "id: default", 9, "reserved"),
        ("{reason: [tel.facture]}", "{}", 7, "no condition"),
        ("{reason: [tel.facture]}", "{raison: [tel.facture]}", 7, "not known"),
        ("[tel.facture]", "[Tel Facture]", 7, "premier"),
        ("repeat: yes", "repeat: souvent", 11, "repeat"),
        ("repeat: yes", "urgency_at_least: 4", 11, "urgency_at_least"),
        ("repeat: yes", "mood_at_most: nan", 11, "mood_at_most"),
        ("repeat: yes", "nature: [colere]", 11, "nature"),
        ("repeat: yes", "channel: [fax]", 11, "channel"),
        ("repeat: yes", "language: [français]", 11, "second"),
        ("priority: 2", "priority: 9", 8, "priority"),
        ("{reason: [tel.*], repeat: yes}", "{reason: [tel.facture]}", 11, "never decides"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_with_its_line(
    table_file, old, new, line, words
) -> None:
    with pytest.raises(DefinitionInvalid) as caught:
        load_routing_table(table_file(old=old, new=new))
    assert f"line {line}" in str(caught.value)
    assert words in str(caught.value)


def test_a_code_that_the_taxonomy_lacks_is_refused(table_file) -> None:
    path = table_file(old="[tel.facture]", new="[tel.fax]")
    assert load_routing_table(path)
    with pytest.raises(DefinitionInvalid, match=r"premier.*no reason 'tel\.fax'"):
        load_routing_table(path, taxonomy=load_taxonomy("telecom"))


def test_a_table_that_is_not_there_is_told() -> None:
    with pytest.raises(NotFound, match="telecom, banque, ecommerce"):
        load_routing_table("assurance")


@pytest.mark.parametrize(
    "facts",
    [
        {"urgency": 4},
        {"urgency": -1},
        {"mood": 1.5},
        {"mood": float("nan")},
        {"nature": "angry"},
        {"channel": "fax"},
    ],
)
def test_facts_outside_their_range_are_refused(table_file, facts) -> None:
    with pytest.raises(BadInput):
        recommend_route(ContactFacts(**facts), load_routing_table(table_file()))
