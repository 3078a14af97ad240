"""``entendu train encoder``, as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conversation.errors import BadInput, DatasetInvalid, NotFound
from models.encoder_training import EncoderReport
from models.encoder_training.ranking import RankingFigures
from models.encoder_training.report import Look, PairCount
from models.encoder_training.settings import EncoderTraining
from serving.command_line import app

LINE = {"query": "a", "passage": "b", "lang": "fr", "licence": "CC0-1.0", "source": "mine"}


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    lines = [LINE | {"query": f"q{n}", "passage": f"p{n}"} for n in range(20)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What the command asks the training to do, which here does nothing."""
    calls: list[dict] = []

    def train_encoder(folder, reference, pairs, out, **arguments):
        calls.append({"folder": folder, "reference": reference, "pairs": pairs, "out": out})
        calls[-1] |= arguments
        arguments["progress"]("Training", 1, 2)
        figures = {"mine": RankingFigures(questions=4, hit_at_1=0.5, mrr_at_10=0.625)}
        count = PairCount(source="mine", lang="fr", licence="CC0-1.0", pairs=16)
        return EncoderReport(
            start=reference, settings=arguments["settings"], pairs=(count,), held_out=(count,),
            steps=9, best_step=0, stopped_early=True, before=figures, after=figures,
            looks=(Look(step=0, loss=None, drift=0.0, mrr_at_10=0.625),), kept=False,
            resumed_at=None, train_s=2.0,
        )  # fmt: skip

    monkeypatch.setattr("models.encoder_training.train_encoder", train_encoder)
    return calls


def train(*arguments: str):
    return CliRunner().invoke(app, ["train", "encoder", *arguments])


def test_the_options_reach_the_training(asked, pairs, tmp_path):
    done = train(
        str(pairs), "--out", str(tmp_path / "out"), "--start", "entendu-encoder-fr-en", "--epochs",
        "5", "--batch-size", "16", "--layers", "2", "--blend", "0.5", "--keep", "always",
        "--resume", "--seed", "3", "--device", "cpu", "--threads", "1",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    (call,) = asked
    assert call["settings"] == EncoderTraining(
        epochs=5, batch_size=16, trained_layers=2, blend=0.5, seed=3
    )
    assert (call["keep"], call["resume"], len(call["pairs"])) == ("always", True, 20)
    assert call["reference"].name == "entendu-encoder-fr-en"
    assert call["compute"].threads == 1


def test_a_table_says_what_it_is_worth_and_whether_it_was_kept(asked, pairs, tmp_path):
    done = train(str(pairs), "--out", str(tmp_path / "out"), "--start", "entendu-encoder-fr-en")
    assert "0.625" in done.stdout
    assert "Not kept" in done.stdout
    assert asked[0]["keep"] == "better"


def test_json_is_the_only_thing_printed(asked, pairs, tmp_path):
    done = train(
        str(pairs), "--out", str(tmp_path / "out"), "--start", "entendu-encoder-fr-en", "--json"
    )
    assert json.loads(done.stdout)["after"]["mine"]["mrr_at_10"] == 0.625


def test_what_cannot_be_is_said(asked, pairs, tmp_path):
    start = ("--start", "entendu-encoder-fr-en", "--out", str(tmp_path / "out"))
    for wrong, error in (
        ((str(tmp_path / "none.jsonl"), *start), NotFound),
        ((str(pairs), *start, "--temperature", "-1"), BadInput),
        ((str(pairs), "--out", str(tmp_path / "out"), "--start", "no-such-model"), NotFound),
    ):
        assert isinstance(train(*wrong).exception, error)
    pairs.write_text(json.dumps(LINE | {"lang": ""}), encoding="utf-8")
    assert isinstance(train(str(pairs), *start).exception, DatasetInvalid)
    assert asked == []
