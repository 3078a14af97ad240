from __future__ import annotations

import pytest
import yaml

from conversation.errors import DefinitionInvalid, NotFound
from quality import SHIPPED_SCORECARDS, load_scorecard, scorecard_for

SECTIONS = {"ACC": 2, "IDE": 2, "DEC": 3, "TRA": 4, "PRO": 2, "OBJ": 1, "CON": 3, "SAV": 2}
INBOUND_IDS = [f"{name}{n + 1}" for name, count in SECTIONS.items() for n in range(count)]
INBOUND_IDS += ["CNF1", "EL1", "EL2", "EL3", "EL4"]
SECTION_POINTS = {
    "ACC": 8, "IDE": 8, "DEC": 15, "TRA": 27, "PRO": 10, "OBJ": 8, "CON": 10, "SAV": 10, "CNF": 4,
    "BLO": 0,
}  # fmt: skip


def small_card(**changes):
    item = {
        "id": "A1",
        "label": {"fr": "Saluer", "en": "Greet"},
        "points": 100,
        "detector": {"kind": "greeting"},
    }
    section = {"id": "A", "label": {"fr": "Accueil", "en": "Opening"}, "items": [item | changes]}
    return {
        "name": "mine",
        "version": "3",
        "label": {"fr": "À moi", "en": "Mine"},
        "sections": [section],
    }


def write(tmp_path, content):
    path = tmp_path / "card.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["inbound", "written"])
def test_the_default_cards_have_24_questions_and_100_points(name):
    card = load_scorecard(name)
    assert [item.id for item in card.items] == INBOUND_IDS
    assert {section.id: section.points for section in card.sections} == SECTION_POINTS
    assert sum(item.points for item in card.items) == 100
    eliminatory = [item.id for item in card.items if item.eliminatory]
    assert eliminatory == ["IDE2", "TRA1", "CNF1", "EL1", "EL2", "EL3", "EL4"]
    for item in card.items:
        assert item.label.fr != item.label.en


@pytest.mark.parametrize("name", SHIPPED_SCORECARDS)
def test_shipped_cards_say_everything_in_both_languages(name):
    card = load_scorecard(name)
    assert card.name == name
    assert sum(item.points for item in card.items) == 100
    for item in card.items:
        for text in (item.label, item.not_applicable, item.eliminatory, item.tip):
            assert text is None or text.fr != text.en


def test_the_sales_card_adds_consent_purpose_and_refusal():
    card = load_scorecard("outbound")
    points = {item.id: item.points for item in card.items}
    inbound = {item.id: item.points for item in load_scorecard("inbound").items}
    assert points["PRO2"] > inbound["PRO2"]
    assert points["OBJ1"] > inbound["OBJ1"]
    conditions = {item.id: item.when for item in card.items if item.when}
    assert conditions == {"REF1": "REF0 == 1", "EL6": "REF0 == 1", "CNF1": "VEN0 == 1"}
    eliminatory = {item.id for item in card.items if item.eliminatory}
    assert {"IDE2", "CNF1", "EL5", "EL6"} <= eliminatory


def test_the_english_card_weighs_as_english_centres_do():
    points = {section.id: section.points for section in load_scorecard("support_en").sections}
    assert points == {
        "GREET": 10, "LISTEN": 20, "RESOLVE": 25, "EMPATHY": 20, "COMPLY": 15, "CLOSE": 10,
        "FAIL": 0,
    }  # fmt: skip


def test_the_written_card_replaces_interruptions_and_holds():
    kinds = {item.id: item.detector.kind for item in load_scorecard("chat").items}
    assert kinds["DEC1"] == "first_response"
    assert kinds["TRA4"] == "written_care"


def test_the_channel_picks_the_card_unless_one_is_given(call, messages):
    assert scorecard_for(call("agent 0 1 bonjour")).name == "inbound"
    assert scorecard_for(messages("agent bonjour")).name == "written"
    assert scorecard_for(messages("agent bonjour", channel="email")).name == "written"
    assert scorecard_for(messages("agent bonjour"), "inbound").name == "inbound"


def test_a_centres_own_card_is_read(tmp_path):
    card = load_scorecard(
        write(tmp_path, small_card(detector={"kind": "greeting", "brands": ["Télécom Plus"]}))
    )
    assert card.version == "3"
    assert card.items[0].detector.brands == ("Télécom Plus",)
    assert card.items[0].detector.within_s == 15


def test_the_hash_follows_the_content_and_not_the_layout(tmp_path):
    one = load_scorecard(write(tmp_path, small_card()))
    two = load_scorecard(write(tmp_path, "# a comment\n" + yaml.safe_dump(small_card(), indent=8)))
    other = load_scorecard(write(tmp_path, small_card(label={"fr": "Saluer bien", "en": "Greet"})))
    assert one.sha256 == two.sha256 != other.sha256


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (small_card(points=90), r"sum to 90, expected 100 \(A 90\)"),
        (small_card(points=-1), r"sections\.0 \(A\)\.items\.0 \(A1\)\.points"),
        (small_card(points=float("nan")), "points"),
        (small_card(points="many"), "points"),
        (small_card(detector={"kind": "magic"}), "magic"),
        (small_card(detector={"kind": "greeting", "whitin_s": 3}), "whitin_s"),
        (small_card(detector={"kind": "said", "phrases": ["help_ofer"]}), "help_ofer"),
        (small_card(detector={"kind": "said", "phrases": []}), "phrases"),
        (small_card(detector={"kind": "authentication_order", "minimum": 0}), "minimum"),
        (
            small_card(
                detector={"kind": "first_response", "limits": {"chat": {"full_s": 9, "half_s": 3}}}
            ),
            "half_s",
        ),
        (small_card(label={"fr": "Saluer"}), r"label\.en"),
        (small_card(extra=1), "extra"),
        (small_card(id="A"), "'A' is used twice"),
        (small_card() | {"sections": []}, "sections"),
        ("- a\n- b", "expected a mapping"),
        ("", "nothing"),
        ("a: [1", "line 1"),
        ("name: a\nname: b", "'name' is written twice"),
        ("a: &a [*a]", "name"),
    ],
)  # fmt: skip
def test_broken_cards_name_the_file_and_the_place(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(DefinitionInvalid, match=message) as error:
        load_scorecard(path)
    assert "card.yaml" in str(error.value)
    assert error.value.remedy


def two_questions(**second):
    item = small_card()["sections"][0]["items"][0]
    card = small_card(points=60)
    card["sections"][0]["items"].append(item | {"id": "A2", "points": 40} | second)
    return card


@pytest.mark.parametrize(
    "condition",
    [
        "A1 == 1",
        "A1 == 0.5 or A1 == 0",
        "A1 is unknown",
        "nature == 'complaint' and duration_s > 60",
        "channel == 'chat' or language == 'en'",
        "direction == 'outbound'",
    ],
)
def test_a_question_may_depend_on_figures_and_earlier_answers(tmp_path, condition):
    card = load_scorecard(write(tmp_path, two_questions(when=condition)))
    assert card.items[1].when == condition


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("A2 == 1", "A2"),
        ("A3 == 1", "A3"),
        ("A1", "number"),
        ("A1 ==", "A2.when"),
        ("__import__('os').system('true')", "A2.when"),
        ("A1 == 'yes'", "A2.when"),
        ("", "when"),
    ],
)
def test_a_condition_that_cannot_be_read_names_the_question(tmp_path, condition, message):
    path = write(tmp_path, two_questions(when=condition))
    with pytest.raises(DefinitionInvalid, match=message):
        load_scorecard(path)


def test_what_only_a_person_can_decide_is_decided_by_a_person(tmp_path):
    human = {"kind": "human", "because": "meaning"}
    card = load_scorecard(write(tmp_path, two_questions(detector=human)))
    assert [item.decided_by for item in card.items] == ["machine", "person"]
    path = write(tmp_path, two_questions(detector=human, decided_by="machine"))
    with pytest.raises(DefinitionInvalid, match="expected 'person' for the kind human"):
        load_scorecard(path)


def test_defaults_written_out_do_not_change_the_hash(tmp_path):
    short = load_scorecard(write(tmp_path, small_card()))
    detector = {"kind": "greeting", "within_s": 15}
    long = load_scorecard(write(tmp_path, small_card(detector=detector, decided_by="machine")))
    assert long.sha256 == short.sha256
    assert long.items[0].sha256 == short.items[0].sha256


def test_the_hash_of_a_question_follows_what_it_asks_and_not_its_weight(tmp_path):
    one, two = load_scorecard(write(tmp_path, two_questions())).items
    alone = load_scorecard(write(tmp_path, small_card())).items[0]
    assert one.sha256 == alone.sha256
    assert one.sha256 != two.sha256
    reworded = load_scorecard(write(tmp_path, small_card(label={"fr": "Saluer bien", "en": "G"})))
    assert reworded.items[0].sha256 != alone.sha256


@pytest.mark.parametrize("version", ["", "../1", "1/2", ".1", "v 1", "1" * 40])
def test_a_version_is_a_short_name_that_files_may_have(tmp_path, version):
    with pytest.raises(DefinitionInvalid, match="version"):
        load_scorecard(write(tmp_path, small_card() | {"version": version}))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "card.yaml"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(DefinitionInvalid, match="UTF-8"):
        load_scorecard(path)


def test_an_unknown_name_lists_the_shipped_cards():
    with pytest.raises(NotFound, match="inbound, written"):
        load_scorecard("outbuond")
