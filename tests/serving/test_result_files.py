import importlib.util
import json
from pathlib import Path

import pytest

from conversation import ModelReference
from quality.rescoring import vectors_path
from quality.sentence_vectors import SentenceVectors
from serving.analysis import Analysis
from serving.result_files import (
    remove_vectors_left_over,
    result_paths,
    stored_fingerprint,
    write_results,
)

_spec = importlib.util.spec_from_file_location("analyses", Path(__file__).with_name("analyses.py"))
analyses = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(analyses)
STEM = Path("sub/appel")


@pytest.fixture(scope="module")
def analysis():
    return analyses.sample_analysis()


def test_what_is_written_is_read_back_the_same(analysis, tmp_path):
    write_results(analysis, "<p>rapport</p>", out=tmp_path, stem=STEM)
    json_path, html_path = result_paths(tmp_path, STEM)
    assert Analysis.model_validate_json(json_path.read_text("utf-8")) == analysis
    assert html_path.read_text("utf-8") == "<p>rapport</p>"
    assert stored_fingerprint(tmp_path, STEM) == analysis.fingerprint


def test_names_with_dots_keep_them(tmp_path):
    json_path, _ = result_paths(tmp_path, Path("appel.v2.final"))
    assert json_path.name == "appel.v2.final.json"


def test_a_write_that_fails_leaves_nothing_partial(analysis, tmp_path, monkeypatch):
    def full_disk(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        write_results(analysis, "<p></p>", out=tmp_path, stem=STEM)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"fingerprint": 3}', "null"])
def test_a_result_that_is_not_whole_does_not_count_as_done(tmp_path, content):
    json_path, html_path = result_paths(tmp_path, STEM)
    json_path.parent.mkdir(parents=True)
    json_path.write_text(content)
    html_path.write_text("<p></p>")
    assert stored_fingerprint(tmp_path, STEM) is None


def test_a_result_without_its_report_does_not_count_as_done(analysis, tmp_path):
    write_results(analysis, "x", out=tmp_path, stem=STEM)
    result_paths(tmp_path, STEM)[1].unlink()
    assert stored_fingerprint(tmp_path, STEM) is None
    assert json.loads(result_paths(tmp_path, STEM)[0].read_text("utf-8"))


def test_vectors_go_with_their_result(analysis, tmp_path):
    json_path, _ = result_paths(tmp_path, STEM)
    write_results(analysis, "x", out=tmp_path, stem=STEM, vectors=b"first")
    assert vectors_path(json_path).read_bytes() == b"first"
    write_results(analysis, "x", out=tmp_path, stem=STEM, vectors=b"second")
    assert vectors_path(json_path).read_bytes() == b"second"
    write_results(analysis, "x", out=tmp_path, stem=STEM)
    assert not vectors_path(json_path).exists()
    assert stored_fingerprint(tmp_path, STEM) == analysis.fingerprint


def test_a_replacement_that_stops_in_the_middle_leaves_no_result(analysis, tmp_path, monkeypatch):
    json_path, html_path = result_paths(tmp_path, STEM)
    write_results(analysis, "old", out=tmp_path, stem=STEM, vectors=b"old")
    replace = Path.replace

    def stops_at_the_vectors(self, target):
        if target == vectors_path(json_path):
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stops_at_the_vectors)
    with pytest.raises(OSError, match="Input/output"):
        write_results(analysis, "new", out=tmp_path, stem=STEM, vectors=b"new")
    assert html_path.read_text("utf-8") == "new"
    assert [path.name for path in json_path.parent.iterdir()] == [html_path.name]
    assert stored_fingerprint(tmp_path, STEM) is None


def test_only_vectors_without_their_result_are_removed(analysis, tmp_path):
    json_path, _ = result_paths(tmp_path, STEM)
    empty = SentenceVectors(None, model=ModelReference(name="m", sha256="0" * 64))
    content = empty.stored(()).to_bytes()
    write_results(analysis, "x", out=tmp_path, stem=STEM, vectors=content)
    left = tmp_path / "sub" / "parti.vectors"
    left.write_bytes(content)
    other = tmp_path / "glove.vectors"
    other.write_text("the 0.1 0.2", "utf-8")
    remove_vectors_left_over(tmp_path)
    assert not left.exists()
    assert other.exists()
    assert vectors_path(json_path).read_bytes() == content
