from __future__ import annotations

import pytest

from conversation import Conversation, Turn
from conversation.errors import ModelError
from nlu.wrap_up import MAX_WORDS, RewrittenSentence, rewrite_note, write_note

TURNS = (
    ("customer", "Ma connexion ne fonctionne plus depuis lundi et je paie 30 € par mois."),
    ("agent", "Un technicien passera jeudi entre 8h et 10h. Je vous accorde une remise de 15 €."),
    ("customer", "Ma carte est la 4111 1111 1111 1111 si besoin."),
)


@pytest.fixture
def conversation() -> Conversation:
    return Conversation(
        id="c",
        channel="phone",
        language="fr",
        turns=tuple(
            Turn(index=i, speaker=speaker, text=text) for i, (speaker, text) in enumerate(TURNS)
        ),
    )


class Says:
    def __init__(self, *sentences: tuple[str, tuple[int, ...]]) -> None:
        self.sentences = sentences
        self.request = None

    def rewrite(self, request):
        self.request = request
        return [RewrittenSentence(text, turns) for text, turns in self.sentences]


class Fails:
    def rewrite(self, request):
        raise ModelError("the endpoint did not answer in time")


TRUE = ("Un technicien passera jeudi entre 8h et 10h.", (1,))


def test_supported_sentences_are_kept_with_their_turns(conversation):
    note = rewrite_note(write_note(conversation), conversation, Says(TRUE))
    assert (note.origin, note.text) == ("rewritten", TRUE[0])
    assert [one.turn_index for one in note.sentences[0].evidence] == [1]


@pytest.mark.parametrize(
    "lie",
    [
        ("Un technicien passera vendredi entre 8h et 10h.", (1,)),
        ("Une remise de 50 € est accordée.", (1,)),
        ("Le technicien Durand passera jeudi.", (1,)),
        ("Le technicien ne passera pas jeudi.", (1,)),
        ("Un technicien passera jeudi entre 8h et 10h.", (0,)),
        ("Un technicien passera jeudi entre 8h et 10h.", ()),
        ("Un technicien passera jeudi entre 8h et 10h.", (9,)),
        ("Un technicien passera jeudi entre 8h et 10h.", (-1,)),
        ("Le client accepte une assurance complémentaire.", (1,)),
        ("Sa carte est la 4111 1111 1111 1111.", (2,)),
        ("", (1,)),
    ],
)
def test_a_sentence_its_turns_do_not_support_is_dropped(conversation, lie):
    note = rewrite_note(write_note(conversation), conversation, Says(lie, TRUE))
    assert note.text == TRUE[0]


def test_nothing_supported_leaves_the_extractive_note(conversation):
    extractive = write_note(conversation)
    note = rewrite_note(extractive, conversation, Says(("Remise de 99 €.", (1,))))
    assert note.sentences == extractive.sentences
    assert note.origin == "extractive"
    assert "none of the 1 sentences" in note.not_rewritten


def test_a_failure_leaves_the_extractive_note_and_says_why(conversation):
    extractive = write_note(conversation)
    note = rewrite_note(extractive, conversation, Fails())
    assert note.sentences == extractive.sentences
    assert note.not_rewritten == "the endpoint did not answer in time"


def test_a_rewritten_note_keeps_within_its_words(conversation):
    sentences = [(f"{'Donc ' * n}un technicien passera jeudi.", (1,)) for n in range(30)]
    note = rewrite_note(write_note(conversation), conversation, Says(*sentences))
    assert note.words <= MAX_WORDS


def test_card_numbers_are_not_sent(conversation):
    rewriter = Says(TRUE)
    rewrite_note(write_note(conversation), conversation, rewriter)
    assert "4111" not in repr(rewriter.request)
