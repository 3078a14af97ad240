import pytest

from conversation.errors import DatasetInvalid, NotFound
from kb_search.answers import Citation
from kb_search.assistant import Label, labels_of, read_labels


def citation(document, heading=None):
    return Citation(
        document=document, title="Titre", heading=heading, passage_id=f"{document}#0", quote="…"
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "labels.jsonl"

    def write(*lines):
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return write


def test_a_line_is_one_need_and_a_conversation_may_have_several(file):
    path = file(
        '{"conversation": "a", "turn": 3, "documents": ["x.md"]}',
        "",
        '{"conversation": "a", "turn": [5, 7], "document": "y.md#Où ?"}',
        '{"conversation": "b"}',
    )
    assert read_labels(path) == {
        "a": (
            Label(turns=(3,), documents=("x.md",)),
            Label(turns=(5, 7), documents=("y.md#Où ?",)),
        ),
        "b": (),
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: broken JSON"),
        ("[1]", "no conversation is named"),
        ('{"turn": 1}', "no conversation is named"),
        ('{"conversation": "a", "turn": "x"}', "turns.0"),
        ('{"conversation": "a", "documents": ["x.md"]}', "turns"),
        ('{"conversation": "a", "turn": 1, "answer": "x"}', "answer"),
    ],
)
def test_a_broken_line_is_named(file, line, says):
    with pytest.raises(DatasetInvalid, match=says):
        read_labels(file(line))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"nothing\.jsonl"):
        read_labels(tmp_path / "nothing.jsonl")


def test_bases_opened_from_different_folders_have_the_same_documents():
    label = Label(turns=(0,), documents=("telecom/box.md",))
    assert label.answered_by(citation("box.md"))
    assert label.answered_by(citation("kb/telecom/box.md"))
    assert not label.answered_by(citation("mobile/box.md"))
    assert not label.answered_by(citation("inbox.md"))


def test_a_heading_asks_for_the_very_passage():
    label = Label(turns=(0,), documents=("box.md#Redémarrer la box",))
    assert label.names_passage(citation("box.md", "Pannes › Redémarrer la box"))
    assert not label.names_passage(citation("box.md", "Pannes"))
    assert label.answered_by(citation("box.md", "Pannes"))


def test_labels_stand_in_the_metadata_of_a_conversation(make_call):
    said = ("customer", "Bonjour", 1.0)
    assert labels_of(make_call(said)) is None
    assert labels_of(make_call(said, metadata={"needs": []})) == ()
    (label,) = labels_of(make_call(said, metadata={"needs": [{"turn": 0, "document": "x.md"}]}))
    assert label.documents == ("x.md",)
    with pytest.raises(DatasetInvalid, match=r"metadata\.needs is str"):
        labels_of(make_call(said, metadata={"needs": "x.md"}))
