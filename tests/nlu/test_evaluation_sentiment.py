from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from conversation import ModelReference
from conversation.errors import DatasetInvalid, NotFound
from models import LinearHead
from nlu.evaluation_sentiment import evaluate_sentiment
from nlu.sentiment_head import load_training_set, sentiment_features


class WordsEncoder:
    """A deterministic stand-in: each word has its own direction."""

    name = "words"
    dim = 24
    reference = ModelReference(name="words", sha256="1" * 64)

    def encode(self, texts, *, kind="query"):
        self.largest = max(getattr(self, "largest", 0), len(texts))
        vectors = np.full((len(texts), self.dim), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def head() -> LinearHead:
    examples = load_training_set()[::3]
    texts = [example.text for example in examples]
    features = sentiment_features(WordsEncoder().encode(texts), texts)
    labels = ["mixed" if example.mixed else example.label for example in examples]
    return LinearHead.fit(features, labels, C=0.002)


def write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


GOOD = {"text": "c'est parfait, merci beaucoup", "label": "positive"}
BAD = {"text": "c'est inadmissible et honteux", "label": "negative"}
FLAT = {"text": "mon adresse est rue des Lilas", "label": "neutral"}
WRONG = {"text": "c'est parfait, merci beaucoup", "label": "negative"}


def test_figures_follow_from_the_confusion(head, tmp_path):
    file = write(tmp_path / "set.jsonl", GOOD, BAD, FLAT, WRONG)
    result = evaluate_sentiment(file, WordsEncoder(), head=head)
    assert result.n == 4
    assert result.accuracy == 0.75
    assert result.confusion["negative"] == {"negative": 1, "neutral": 0, "positive": 1}
    assert result.per_label["positive"].precision == 0.5
    assert result.per_label["positive"].recall == 1
    assert result.per_label["negative"].recall == 0.5
    assert result.per_label["negative"].support == 2
    assert result.macro_f1 == pytest.approx((2 / 3 + 1 + 2 / 3) / 3, abs=1e-3)
    assert result.wall_s >= 0
    assert json.loads(result.model_dump_json())["file"] == "set.jsonl"


def test_a_field_named_sentiment_stands_in_for_label(head, tmp_path):
    rows = [{"sentiment": row["label"], "text": row["text"], "speaker": "x"} for row in (GOOD, BAD)]
    assert evaluate_sentiment(write(tmp_path / "s.jsonl", *rows), WordsEncoder(), head=head).n == 2


def test_empty_lines_are_skipped_and_progress_is_told(head, tmp_path):
    told: list[tuple[int, int]] = []
    file = write(tmp_path / "s.jsonl", GOOD, "", BAD)
    evaluate_sentiment(
        file, WordsEncoder(), head=head, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(2, 2)]


def test_memory_is_bounded_by_batches(head, tmp_path):
    encoder = WordsEncoder()
    result = evaluate_sentiment(write(tmp_path / "s.jsonl", *[GOOD] * 700), encoder, head=head)
    assert result.n == 700
    assert encoder.largest <= 256


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"text": "bonjour", "label": "happy"}, r"line 2, field label: .*'happy'"),
        ({"text": "bonjour", "label": ["negative"]}, r"line 2, field label"),
        ({"text": "bonjour"}, r"line 2, field sentiment: .*got nothing"),
        ({"text": 12, "label": "neutral"}, r"line 2, field text: .*12"),
        ({"text": "  ", "label": "neutral"}, r"line 2, field text"),
        ({"label": "neutral"}, r"line 2, field text: .*got nothing"),
        ("[1, 2]", r"line 2 is a list"),
        ("{text:", r"line 2 is not JSON"),
    ],
)
def test_a_bad_line_is_named_with_field_and_value(head, tmp_path, line, said):
    file = write(tmp_path / "s.jsonl", GOOD, line)
    with pytest.raises(DatasetInvalid, match=said):
        evaluate_sentiment(file, WordsEncoder(), head=head)


def test_a_file_that_is_not_utf8_or_empty_or_absent_is_named(head, tmp_path):
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "\xe9t\xe9", "label": "neutral"}\n')
    with pytest.raises(DatasetInvalid, match="line 1 is not UTF-8"):
        evaluate_sentiment(tmp_path / "latin.jsonl", WordsEncoder(), head=head)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(DatasetInvalid, match="holds no line"):
        evaluate_sentiment(tmp_path / "empty.jsonl", WordsEncoder(), head=head)
    with pytest.raises(NotFound):
        evaluate_sentiment(tmp_path / "absent.jsonl", WordsEncoder(), head=head)


@pytest.mark.model
def test_the_real_head_agrees_with_plain_cases(encoder, tmp_path):
    file = write(tmp_path / "s.jsonl", GOOD, BAD, FLAT)
    assert evaluate_sentiment(file, encoder).accuracy == 1
