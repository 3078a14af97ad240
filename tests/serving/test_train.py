"""``entendu train``, as it is typed."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import ModelReference
from conversation.errors import BadInput, DatasetInvalid
from serving.command_line import app

THINGS = ("box", "fibre", "ligne", "prise", "lampe", "table", "chaise", "robe", "veste", "montre")


class WordEncoder:
    """A bag of words in 128 directions."""

    name = "words"
    dim = 128
    reference = ModelReference(name="words", sha256=None)

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        vectors = np.full((len(texts), self.dim), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def train(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("models.load_encoder", lambda *_, **__: WordEncoder())
    monkeypatch.setattr("models.ModelStore.path", lambda _, name: Path(name))

    def invoke(*arguments: str):
        return CliRunner().invoke(app, ["train", "reasons", *arguments])

    return invoke


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "motifs.csv"
    rows = ["text;reason;language"]
    for thing in THINGS:
        rows += [f"ma {thing} ne marche plus;panne;fr", f"payer la facture {thing};facture;fr"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_table_says_how_well_it_was_learnt_and_where_it_is(train, data, tmp_path) -> None:
    out = tmp_path / "trained"
    done = train(str(data), "--out", str(out), "--seed", "3", "--error-rate", "0.1")
    assert done.exit_code == 0, done.output
    assert "texts with a reason" in done.stdout
    assert "10.0%" in done.stdout
    assert "threshold of the probability" in done.stdout
    assert (out / "README.md").is_file()
    assert json.loads((out / "reasons.json").read_text("utf-8"))["report"]["seed"] == 3


def test_json_is_the_only_thing_printed(train, data, tmp_path) -> None:
    done = train(str(data), "--out", str(tmp_path / "trained"), "--json", "--licence", "CC0")
    report = json.loads(done.stdout)
    assert (report["n_texts"], report["n_labels"], report["licence"]) == (20, 2, "CC0")
    assert report["error_choice"]["wanted"] == 0.05


def test_bad_lines_and_unknown_codes_are_named(train, data, tmp_path) -> None:
    with data.open("a", encoding="utf-8") as file:
        file.write(";panne;fr\n")
    done = train(str(data), "--out", str(tmp_path / "trained"))
    assert isinstance(done.exception, DatasetInvalid)
    assert "line 22" in done.exception.message
    data.write_text(data.read_text("utf-8").replace(";panne;fr\n", ";panne;fr\n", 1)[:-10], "utf-8")
    done = train(str(data), "--out", str(tmp_path / "trained"), "--taxonomy", "telecom")
    assert isinstance(done.exception, DatasetInvalid)
    assert "expected codes of the taxonomy 'telecom'" in done.exception.message
    assert not (tmp_path / "trained").exists()


def test_help_names_what_it_takes(train) -> None:
    shown = re.sub(r"\s+", " ", train("--help").stdout)
    for word in ("--taxonomy", "--finetune", "--error-rate", "--seed", "conversation_id"):
        assert word in shown


def test_a_place_that_takes_no_file_is_told_before_the_work(train, data, tmp_path) -> None:
    (tmp_path / "file").write_text("x")
    done = train(str(data), "--out", str(tmp_path / "file" / "trained"))
    assert isinstance(done.exception, BadInput)
    assert "nothing can be written" in done.exception.message


def test_one_reason_alone_is_named(train, data, tmp_path) -> None:
    data.write_text("text;reason\nma box ne marche plus;panne\n", encoding="utf-8")
    done = train(str(data), "--out", str(tmp_path / "trained"))
    assert isinstance(done.exception, DatasetInvalid)
    assert "only the reason 'panne'" in done.exception.message
    assert not (tmp_path / "trained").exists()
