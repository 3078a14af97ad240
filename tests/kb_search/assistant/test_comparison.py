import pytest

from conversation.errors import BadInput
from kb_search.assistant import compare, labels_of, replay

ASKED = ("customer", "Comment résilier mon contrat ?", 5.0)
LABELS = {"needs": [{"turn": 0, "document": "resilier.md"}]}


def frozen():
    return 0.0


@pytest.fixture
def played(make_call, needs, knowledge):
    """Replay some calls with a base that holds some texts."""
    knowledge.watch = None

    def play(texts=None, *, calls=6, metadata=None):
        knowledge.texts = dict(texts or knowledge.texts)
        past = [make_call(ASKED, name=f"call-{n}", metadata=metadata) for n in range(calls)]
        return [
            replay(each, knowledge, needs, labels=labels_of(each), stopwatch=frozen)
            for each in past
        ]

    return play


def test_a_base_compared_with_itself_is_the_same(played):
    found = compare(played(), played())
    assert found.verdict == "same"
    assert found.differences == ()
    assert all(each.difference == 0.0 for each in found.figures)
    assert all((each.low, each.high) == (0.0, 0.0) for each in found.figures)


def test_a_base_without_the_article_is_worse(played):
    whole = played(metadata=LABELS)
    without = played(
        {"box.md": "Débranchez la box.", "carte.md": "Sous cinq jours."}, metadata=LABELS
    )
    found = compare(whole, without)
    assert found.verdict == "b_worse"
    assert {each.kind for each in found.differences} <= {"only_a", "other_passage"}
    assert found.differences[0].a.right is True
    assert compare(without, whole).verdict == "b_better"


def test_other_words_of_the_same_passage_are_a_difference(played, knowledge):
    old = played()
    new = played({**knowledge.texts, "resilier.md": "La résiliation prend effet le jour même."})
    found = compare(old, new)
    assert {each.kind for each in found.differences} == {"other_text"}
    assert found.verdict == "unlabelled"


def test_one_conversation_gives_no_interval(played):
    found = compare(played(calls=1, metadata=LABELS), played(calls=1, metadata=LABELS))
    assert {(each.low, each.high) for each in found.figures} == {(None, None)}


def test_the_interval_is_the_same_for_the_same_seed(played):
    one, other = played(metadata=LABELS), played({"box.md": "x y"}, metadata=LABELS)
    assert compare(one, other, seed=3) == compare(one, other, seed=3)


def test_different_conversations_are_not_compared(played):
    with pytest.raises(BadInput, match="different conversations"):
        compare(played(calls=2), played(calls=3))
