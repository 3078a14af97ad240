"""Evaluation: figures as the literature defines them, and data sets that are checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from conversation.errors import DatasetInvalid, NotFound
from kb_search import SearchResult, evaluate_search
from kb_search.evaluation import ranking_figures
from kb_search.evaluation_sets import read_corpus, read_queries

CORPUS = [
    {"id": "a", "title": "Comment bloquer ma carte perdue ou volée ?", "text": "Appelez-nous."},
    {"id": "b", "title": "Virement", "text": "Le virement prend un jour.", "theme": "compte"},
    {"id": 3, "text": "The transfer is free for customers in the euro area."},
]
QUERIES = [
    {"id": "q1", "query": "bloquer la carte volée", "relevant": ["a"], "lang": "fr"},
    {"id": "q2", "query": "durée du virement", "relevant": ["b"]},
    {"id": 7, "query": "is the transfer free", "relevant": [3]},
]


def jsonl(path: Path, rows: list) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return jsonl(tmp_path / "corpus.jsonl", CORPUS), jsonl(tmp_path / "queries.jsonl", QUERIES)


def test_figures_have_the_names_of_the_field(files, hashing_encoder) -> None:
    seen: list[tuple[str, int, int]] = []
    result = evaluate_search(*files, hashing_encoder, progress=lambda *step: seen.append(step))
    assert isinstance(result, SearchResult)
    dumped = json.loads(result.model_dump_json(by_alias=True))
    assert {"hit@1", "hit@5", "mrr@10", "ndcg@10", "latency_ms"} <= set(dumped)
    assert dumped["hit@1"] == dumped["mrr@10"] == 1.0
    assert (result.queries, result.documents, result.passages) == (3, 3, 3)
    assert 0 < result.latency_ms <= result.latency_p95_ms
    assert result.warnings == ()
    assert seen[-1] == ("search", 3, 3)
    assert {step[0] for step in seen} == {"index", "search"}


def test_figures_are_those_of_the_definitions() -> None:
    figures = ranking_figures([["a", "b"], ["b", "a"], ["c"], []], [["a"], ["a"], ["a"], ["a"]])
    assert figures == {"hit@1": 0.25, "hit@5": 0.5, "mrr@10": 0.375, "ndcg@10": 0.4077}
    two = ranking_figures([["x", "a", "b"]], [["a", "b"]])
    assert two == {"hit@1": 0.0, "hit@5": 1.0, "mrr@10": 0.5, "ndcg@10": 0.6934}
    late = ranking_figures([[*"0123456789", "a"]], [["a"]])
    assert set(late.values()) == {0.0}


def test_the_best_passage_speaks_for_a_long_document(tmp_path: Path, hashing_encoder) -> None:
    filler = "Le client reçoit une réponse rapide de la banque. " * 60
    corpus = [
        {"id": "long", "title": "Guide", "text": f"{filler} Le kangourou est interdit. {filler}"},
        *({"id": str(n), "title": "Guide", "text": filler} for n in range(20)),
    ]
    queries = [{"id": "q", "query": "le kangourou", "relevant": ["long"]}]
    result = evaluate_search(
        jsonl(tmp_path / "c.jsonl", corpus), jsonl(tmp_path / "q.jsonl", queries), hashing_encoder
    )
    assert result.hit_1 == 1
    assert result.passages > result.documents


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{not json", r"corpus\.jsonl, line 4: the line is not JSON"),
        ("[1]", r"line 4: the line is a list"),
        ({"id": "d"}, r"line 4: text \(Field required\); each line needs id, text"),
        ({"id": "d", "text": 3.5, "title": ["t"]}, r"line 4: title"),
        ({"id": "a", "text": "encore"}, r"line 4: id 'a' comes twice"),
        ({"id": "d", "text": " "}, r"line 4: text is empty"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, message: str) -> None:
    with pytest.raises(DatasetInvalid, match=message):
        read_corpus(jsonl(tmp_path / "corpus.jsonl", [*CORPUS, row]))


@pytest.mark.parametrize(
    "row",
    [
        {"id": "q", "query": "x"},
        {"id": "q", "query": "", "relevant": ["a"]},
        {"id": "q", "query": "x", "relevant": "a"},
    ],
)
def test_a_bad_question_is_named(tmp_path: Path, row: dict) -> None:
    with pytest.raises(DatasetInvalid, match=r"queries\.jsonl, line 1: (relevant|query)"):
        read_queries(jsonl(tmp_path / "queries.jsonl", [row]))


def test_files_that_are_missing_empty_or_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.jsonl"):
        read_corpus(tmp_path / "nothing.jsonl")
    with pytest.raises(DatasetInvalid, match="has no lines"):
        read_corpus(jsonl(tmp_path / "empty.jsonl", []))
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(DatasetInvalid, match="not UTF-8"):
        read_corpus(tmp_path / "binary.jsonl")


def test_questions_without_their_document_are_left_out_and_counted(
    tmp_path: Path, files, hashing_encoder
) -> None:
    lost = {"id": "q9", "query": "autre chose", "relevant": ["zzz"]}
    queries = jsonl(tmp_path / "more.jsonl", [*QUERIES, lost])
    result = evaluate_search(files[0], queries, hashing_encoder)
    assert result.queries == 3
    assert "1 of 4 questions" in result.warnings[0]
    assert "q9" in result.warnings[0]
    with pytest.raises(DatasetInvalid, match="none of the 1 questions"):
        evaluate_search(files[0], jsonl(tmp_path / "lost.jsonl", [lost]), hashing_encoder)


NONE = [{"id": "n1", "query": "Quel temps fera-t-il à Nantes ?"}, {"id": 9, "query": "Merci !"}]


def test_questions_without_an_answer_are_counted_beside_the_others(
    tmp_path: Path, files, hashing_encoder
) -> None:
    none = jsonl(tmp_path / "none.jsonl", NONE)
    result = evaluate_search(*files, hashing_encoder, unanswerable=none)
    inside = [*QUERIES, *({**row, "relevant": []} for row in NONE)]
    queries = jsonl(tmp_path / "inside.jsonl", inside)
    same = evaluate_search(files[0], queries, hashing_encoder)
    assert result.abstention == same.abstention
    assert result.hit_1 == same.hit_1 == 1.0
    assert result.queries == same.queries == 3
    found = result.abstention
    assert (found.answerable, found.unanswerable) == (3, 2)
    assert found.declined_unanswerable == 1.0
    assert 0 <= found.aurc_least <= found.aurc <= 1
    assert set(found.coverage_at) == {"0.80", "0.85", "0.90", "0.95"}


def test_without_such_questions_their_shares_are_not_made_up(files, hashing_encoder) -> None:
    found = evaluate_search(*files, hashing_encoder).abstention
    assert found.unanswerable == 0
    assert found.declined_unanswerable is None
    assert found.at_80_answered.declined_unanswerable is None


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, hashing_encoder):
    from serving.commands.evaluate_search import search

    monkeypatch.setattr("models.load_encoder", lambda *_, **__: hashing_encoder)
    app = typer.Typer()
    app.command()(search)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)])


def test_the_command_prints_one_object_or_a_table(tmp_path: Path, files, run) -> None:
    none = jsonl(tmp_path / "none.jsonl", NONE)
    options = ("--corpus", files[0], "--queries", files[1], "--unanswerable", none)
    done = run(*options, "--json")
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed["hit@1"] == 1.0
    assert printed["abstention"]["unanswerable"] == 2
    table = run(*options)
    assert table.exit_code == 0
    assert "risk-coverage" in table.stdout


def test_a_bad_file_of_unanswerable_questions_is_named(tmp_path: Path, files, run) -> None:
    none = jsonl(tmp_path / "none.jsonl", [{"id": "n", "query": ""}])
    done = run("--corpus", files[0], "--queries", files[1], "--unanswerable", none)
    assert isinstance(done.exception, DatasetInvalid)
    assert "none.jsonl, line 1: query" in str(done.exception)
