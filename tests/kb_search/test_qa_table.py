"""Tables of questions and answers: each row a passage, bad rows named by their line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from conversation.errors import DocumentUnreadable
from kb_search import IngestSettings, read_document, read_folder
from kb_search.reading.qa_table import read_csv, read_jsonl

CSV = Path("faq.csv")
FRENCH = """Question;Réponse;Audience;État;Lien;Produit
Comment bloquer ma carte ?;Dans l'application, rubrique « Mes cartes ».;public;validé;https://exemple.fr/carte;Carte
"Puis-je retirer ; à l'étranger ?";"Oui.
Les frais sont de 3 €.";interne;non validé;;
"""


def pairs(reading) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in reading.blocks]


def test_each_row_is_a_passage_under_its_question(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text(FRENCH, encoding="utf-8")
    document = read_document(tmp_path / "faq.csv")
    assert [(p.title, p.heading, p.text) for p in document.passages] == [
        ("Faq", "Comment bloquer ma carte ?", "Dans l'application, rubrique « Mes cartes »."),
        ("Faq", "Puis-je retirer ; à l'étranger ?", "Oui. Les frais sont de 3 €."),
    ]
    first, second = (document.metadata_of(passage) for passage in document.passages)
    assert (first.audience, first.state, first.product) == ("public", "validated", "Carte")
    assert first.url == "https://exemple.fr/carte"
    assert (second.audience, second.state) == ("internal", "not_validated")
    assert (document.metadata.audience, document.metadata.state) == ("internal", "not_validated")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_and_encoding_are_found(encoding: str, delimiter: str) -> None:
    rows = [["question", "réponse"], ["Où ?", "À l'été, 5 % ; c'est tout | fin"]]
    text = "\r\n".join(
        delimiter.join(f'"{cell}"' if n else cell for cell in row) for n, row in enumerate(rows)
    )
    reading = read_csv(text.encode(encoding), CSV)
    assert pairs(reading) == [
        ("heading", "Où ?"),
        ("paragraph", "À l'été, 5 % ; c'est tout | fin"),
    ]


def test_excel_may_state_its_delimiter() -> None:
    reading = read_csv(b"sep=;\nquestion;answer\nWhere?;Here, now", CSV)
    assert pairs(reading) == [("heading", "Where?"), ("paragraph", "Here, now")]


def test_bad_rows_are_named_by_line_and_the_rest_goes_in(tmp_path: Path) -> None:
    lines = [
        "question,answer,state,valid_to",
        "Un ?,Oui.,validated,2026-12-31",
        "Deux ?,,validated,",
        "Trois ?,Oui.,fresh,",
        "Quatre ?,Oui, vraiment.,validated,",
        '"Cinq ?,Oui.,validated,',
        "Six ?,Oui.,,31/12/2026",
        "Sept ?,Oui.,archived,",
        "",
        "Huit ?,Oui.,validated,demain",
    ]
    (tmp_path / "faq.csv").write_text("\n".join(lines), encoding="utf-8")
    found = read_folder(tmp_path)
    document = found.documents[0]
    assert [passage.heading for passage in document.passages] == ["Un ?", "Six ?"]
    assert document.metadata_of(document.passages[1]).valid_to == date(2026, 12, 31)
    reasons = [problem.reason for problem in found.problems]
    assert {problem.path for problem in found.problems} == {"faq.csv"}
    assert [reason.split(" ")[1] for reason in reasons] == ["3", "4", "5", "6", "10"]
    assert "has no answer" in reasons[0]
    assert "'fresh', expected Work in Progress" in reasons[1]
    assert "has 5 cells, the first line names 4" in reasons[2]
    assert "cannot be parsed" in reasons[3]
    assert "'demain'" in reasons[4]


def test_problems_of_rows_stay_when_the_file_is_not_parsed_again(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("question,answer\nUn ?,Oui.\nDeux ?,\n", encoding="utf-8")
    first = read_folder(tmp_path)
    known = {document.path: document for document in first.documents}
    second = read_folder(tmp_path, known=known)
    assert second.documents[0] is first.documents[0]
    assert second.problems == first.problems != ()


def test_json_lines_are_read_like_rows() -> None:
    lines = [
        json.dumps({"question": "Un ?", "réponse": "Oui.", "title": "Carte"}),
        "{",
        "[1]",
        json.dumps({"question": "Deux ?", "answer": ["non"]}),
        "[" * 100_000,
        json.dumps({"question": "Trois ?", "answer": "Non.", "language": "français"}),
    ]
    reading = read_jsonl("\n".join(lines).encode(), Path("faq.jsonl"))
    assert [text for kind, text in pairs(reading) if kind == "heading"] == ["Un ?", "Trois ?"]
    assert [problem.reason.split(" ")[1] for problem in reading.problems] == ["2", "3", "4", "5"]


def test_the_title_of_a_row_is_that_of_its_passage(tmp_path: Path) -> None:
    text = "question,answer,title\nUn ?,Oui.,Carte bancaire\nDeux ?,Non.,\n"
    (tmp_path / "faq.csv").write_text(text, encoding="utf-8")
    titles = [passage.title for passage in read_document(tmp_path / "faq.csv").passages]
    assert titles == ["Carte bancaire", "Faq"]


def test_an_answer_may_be_html_or_have_lines() -> None:
    text = 'question,answer\nUn ?,"<p>Pour <b>cela</b> :</p><ul><li>ouvrez</li></ul>"\n'
    text += 'Deux ?,"Faites ainsi :\n- ouvrez\n- fermez"\n'
    assert pairs(read_csv(text.encode(), CSV)) == [
        ("heading", "Un ?"),
        ("paragraph", "Pour cela :"),
        ("item", "- ouvrez"),
        ("heading", "Deux ?"),
        ("paragraph", "Faites ainsi :"),
        ("item", "- ouvrez"),
        ("item", "- fermez"),
    ]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "question\nUn ?\n", "question,answer\n,\n", "{}\n"])
def test_a_table_without_questions_or_answers_is_refused(text: str) -> None:
    with pytest.raises(DocumentUnreadable, match="`question` and `answer`"):
        read_csv(text.encode(), CSV)


def test_a_line_without_end_or_too_many_bad_rows_stop_at_the_limit() -> None:
    endless = b"question,answer\nUn ?," + b"x" * 3_000_000 + b"\nDeux ?,Oui.\n"
    reading = read_csv(endless, CSV)
    assert pairs(reading) == [("heading", "Deux ?"), ("paragraph", "Oui.")]
    assert reading.problems[0].reason.startswith("line 2 cannot be parsed")
    unclosed = b"question,answer\nUn ?,Oui.\n" + b'"a\n' * 5_000
    with pytest.raises(DocumentUnreadable, match="more than 50 rows that cannot be read"):
        read_csv(unclosed, CSV, IngestSettings(max_bad_rows=50))
    with pytest.raises(DocumentUnreadable, match="more than 10 characters"):
        read_csv(
            b"question,answer\nUn deux trois ?,Oui oui.\n", CSV, IngestSettings(max_characters=10)
        )
    many = read_csv(b"question,answer\nUn ?,Oui.\n" + b"x,\n" * 100, CSV)
    assert len(many.problems) == 21
    assert many.problems[-1].reason == "80 more rows cannot be read"
