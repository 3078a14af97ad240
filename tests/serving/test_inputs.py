from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.inputs import collect_inputs, is_text_file


@pytest.fixture
def folder(tmp_path):
    for name in ("a.wav", "sub/b.mp3", "chat.json", "notes.pdf", ".hidden.wav", "out/a.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def stems(inputs):
    return [str(item.result_stem) for item in inputs]


def test_a_folder_gives_its_conversations_and_names_what_it_leaves_out(folder):
    inputs, unknown = collect_inputs([folder], out=folder / "out")
    assert stems(inputs) == ["a", "chat", "sub/b"]
    assert [path.name for path in unknown] == ["notes.pdf"]


def test_a_file_given_twice_is_analysed_once(folder):
    inputs, _ = collect_inputs([folder / "a.wav", folder, folder / "a.wav"], out=folder / "out")
    assert stems(inputs).count("a") == 1


def test_a_path_that_is_gone_is_kept_so_that_it_is_reported(tmp_path):
    inputs, _ = collect_inputs([tmp_path / "gone.wav"], out=tmp_path / "out")
    assert [item.path.name for item in inputs] == ["gone.wav"]


def test_two_inputs_never_share_a_result(tmp_path):
    paths = [tmp_path / name for name in ("one/a.wav", "two/a.wav", "two/a.mp3", "two/a.txt")]
    inputs, _ = collect_inputs(paths, out=tmp_path / "out")
    assert len(set(stems(inputs))) == 4
    again, _ = collect_inputs(paths, out=tmp_path / "out")
    assert stems(again) == stems(inputs)


@given(st.lists(st.text("abé.-_ ", min_size=1, max_size=4), max_size=8))
def test_results_stay_below_the_output_folder(names):
    paths = [Path("/data") / str(number) / f"{name}.wav" for number, name in enumerate(names)]
    inputs, _ = collect_inputs(paths, out=Path("/out"))
    assert len(set(stems(inputs))) == len(inputs)
    assert all(
        not Path(stem).is_absolute() and ".." not in Path(stem).parts for stem in stems(inputs)
    )


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.json", b"", True),
        ("a.wav", b"hello", False),
        ("dialogue", "Client : déjà".encode(), True),
        ("dialogue", b"ID3\x00\x00", False),
        ("dialogue", b"\xff\xfb\x90\x00", False),
        ("dialogue", b"", False),
    ],
)
def test_text_is_told_from_sound(tmp_path, name, content, text):
    (tmp_path / name).write_bytes(content)
    assert is_text_file(tmp_path / name) is text
