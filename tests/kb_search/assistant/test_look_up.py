"""Looking a need up with the conversation around it."""

from conversation import Turn
from kb_search.answers import Hit
from kb_search.assistant.look_up import Signals, Stated, combine, confidence, ways_to_ask
from kb_search.documents import Passage


def hit(name, score, words=0.0):
    passage = Passage(
        id=name, document=f"{name}.md", title=name, text=name, start=0, end=len(name),
        language="fr",
    )  # fmt: skip
    return Hit(rank=1, passage=passage, score=score, dense=score, words=words, letters=0.0)


def stated(text="il me manque toujours le papier du notaire", index=0):
    return Stated.of(Turn(index=index, speaker="customer", text=text))


def test_the_whole_conversation_is_asked_beside_its_last_turns():
    said = [f"phrase numéro {number} du dossier" for number in range(8)]
    turns = [Turn(index=n, speaker="customer", text=text) for n, text in enumerate(said)]
    ways = ways_to_ask(stated(said[-1], 7), turns, before=None, topic=None)
    assert ways[1:] == [[" ".join(said[-3:])], [" ".join(said[-5:])], [" ".join(said)]]


def test_what_the_conversation_is_about_outweighs_what_the_last_words_are_near_to():
    own = [[hit("loin", 0.90), hit("sujet", 0.85), hit("reste", 0.80)]]
    around = [[hit("sujet", 0.88), hit("loin", 0.82), hit("reste", 0.80)]]
    found = combine(stated(), [own, around, around, around])
    assert found is not None
    assert found.passage.id == "sujet"


def test_a_passage_with_a_rival_as_near_is_less_sure():
    near = [[hit("un", 0.90), hit("deux", 0.90), hit("reste", 0.80)]]
    apart = [[hit("un", 0.90), hit("deux", 0.82), hit("reste", 0.80)]]
    sure = [combine(stated(), [hits] * 4) for hits in (near, apart)]
    assert sure[0] is not None
    assert sure[1] is not None
    assert sure[0].confidence < sure[1].confidence


def test_every_signal_speaks_for_the_passage():
    least = Signals(lead=0.1, margin=0.05, asked=0.0, held=0.0)
    assert all(
        confidence(Signals(**{**values, name: values[name] + 0.1})) > confidence(least)
        for values in ({"lead": 0.1, "margin": 0.05, "asked": 0.0, "held": 0.0},)
        for name in values
    )
