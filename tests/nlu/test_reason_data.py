from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import DatasetInvalid, NotFound
from nlu.reason_data import OUT_OF_SCOPE_LABELS, read_labelled_texts
from nlu.reason_labels import check_labels, codes_of_labels, taxonomy_of_labels
from nlu.taxonomy import load_taxonomy

CALL = {
    "id": "appel-7",
    "channel": "phone",
    "turns": [
        {"index": 0, "speaker": "agent", "text": "Service clients bonjour."},
        {"index": 1, "speaker": "customer", "text": "Bonjour madame."},
        {"index": 2, "speaker": "customer", "text": "J'ai été prélevé deux fois ce mois-ci."},
        {"index": 3, "speaker": "customer", "text": "Et je voudrais que vous me remboursiez."},
    ],
}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no lines"),
        ("{\n", "line 1: not JSON"),
        ('{"text": "a", "intent": "x"}\n[1]\n', "line 2: got list"),
        ('{"text": "a", "intents": ["x", "y"]}\n', "line 1: got a list under 'intents'"),
        ('{"text": "", "intent": "x"}\n', "got text ''"),
        ('{"text": 3, "intent": "x"}\n', "got text 3"),
        ('{"intent": "x"}\n', "got text None"),
        ('{"text": "a", "intent": 4}\n', "got intent 4"),
        ('{"text": "a", "motif": "x"}\n', "got reason None"),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=said) as caught:
        read_labelled_texts(path, OUT_OF_SCOPE_LABELS)
    assert "data.jsonl" in caught.value.message
    assert caught.value.remedy


def test_a_file_that_is_gone_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone"):
        read_labelled_texts(tmp_path / "gone.jsonl", OUT_OF_SCOPE_LABELS)
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"text": "\xff", "intent": "x"}\n')
    with pytest.raises(DatasetInvalid, match="UTF-8"):
        read_labelled_texts(path, OUT_OF_SCOPE_LABELS)


def test_csv_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "motifs.csv"
    path.write_text(
        "\ufeffReason;Text;language;conversation_id;ticket\r\n"
        'facture;"deux lignes\nde facture";fr;c1;9\r\n'
        ";quel temps fait-il;;c2;9\r\n\r\noos;une recette;fr;;9\r\n",
        encoding="utf-8",
    )
    first, second, third = read_labelled_texts(path)
    assert (first.text, first.label, first.language, first.group, first.line) == (
        "deux lignes\nde facture", "facture", "fr", "c1", 2,
    )  # fmt: skip
    assert (second.label, second.language, second.line) == (None, None, 4)
    assert (third.label, third.group) == (None, None)


def test_csv_without_the_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "motifs.csv"
    path.write_text("phrase,motif\nbonjour,accueil\n", encoding="utf-8")
    with pytest.raises(DatasetInvalid, match="phrase, motif"):
        read_labelled_texts(path)


def test_of_a_conversation_the_opening_of_the_customer_is_read(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    rows = [
        {"conversation": CALL, "reason": "facture"},
        {"text": "ma box", "label": "panne", "conversation_id": 7, "lang": "fr"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    call, text = read_labelled_texts(path)
    assert (
        call.text
        == "J'ai été prélevé deux fois ce mois-ci. Et je voudrais que vous me remboursiez."
    )
    assert (call.group, call.label) == ("appel-7", "facture")
    assert (text.group, text.language) == ("7", "fr")


def test_a_conversation_without_a_customer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(
        json.dumps({"conversation": CALL | {"turns": CALL["turns"][:1]}, "reason": "x"})
        + "\n"
        + json.dumps({"conversation": {"turns": "no"}, "reason": "x"}),
        encoding="utf-8",
    )
    with pytest.raises(DatasetInvalid, match=r"line 1: no turn.*line 2"):
        read_labelled_texts(path)


def test_all_bad_lines_are_named_up_to_five(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text("[1]\n" * 8, encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=r"line 5: got list.*and 3 more lines"):
        read_labelled_texts(path)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8, unique=True))
def test_any_labels_become_a_taxonomy_with_codes_of_its_own(labels: list[str]) -> None:
    codes = codes_of_labels(labels)
    assert len(set(codes.values())) == len(labels)
    taxonomy = taxonomy_of_labels(labels, "…données du centre.csv")
    assert {reason.code for reason in taxonomy.reasons} >= set(codes.values())


def test_a_label_that_the_taxonomy_does_not_have_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(
        '{"text": "a", "reason": "tel.facture"}\n{"text": "b", "reason": "tel.factur"}\n',
        encoding="utf-8",
    )
    items = read_labelled_texts(path)
    with pytest.raises(DatasetInvalid, match=r"data.jsonl, line 2: got the reason 'tel.factur'"):
        check_labels(items, load_taxonomy("telecom"), path.name)
    check_labels(items[:1], load_taxonomy("telecom"), path.name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("above", ["", "sep=;\r\n"])
def test_the_encodings_and_first_line_of_spreadsheets_are_read(
    tmp_path: Path, encoding: str, above: str
) -> None:
    path = tmp_path / "motifs.csv"
    table = f'{above}Text;Reason\r\n"Carte bloquée ; à Lyon";carte\r\n'
    path.write_bytes(table.encode(encoding))
    (item,) = read_labelled_texts(path)
    assert (item.text, item.label) == ("Carte bloquée ; à Lyon", "carte")
    assert item.line == (3 if above else 2)


def test_a_binary_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "motifs.csv"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(DatasetInvalid, match="UTF-8 at byte 128"):
        read_labelled_texts(path)
