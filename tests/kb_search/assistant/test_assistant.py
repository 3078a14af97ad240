import pytest

from conversation import Turn
from conversation.errors import NotFound
from kb_search import Metadata, Passage
from kb_search.assistant import Assistant, CitedBase, EventLog, Rules
from kb_search.filters import Filters
from kb_search.sentences import word_count


def turn(index, speaker, text):
    return Turn(index=index, speaker=speaker, text=text)


@pytest.fixture
def assistant(knowledge, needs, watch):
    return Assistant("call", knowledge=knowledge, find_needs=needs, clock=watch)


def test_a_question_gets_a_card_with_its_source(assistant, watch):
    watch.now_s = 4.2
    advice = assistant.hear(turn(0, "customer", "Comment résilier mon contrat ?"), 4.0)
    assert advice.card.citation.document == "resilier.md"
    assert advice.card.question == "Comment résilier mon contrat ?"
    assert advice.card.asked_turn == 0
    assert advice.card.delay_s == pytest.approx(0.2)


def test_a_problem_that_is_no_question_gets_a_card_too(assistant, knowledge):
    advice = assistant.hear(
        turn(0, "customer", "alors voilà ma box clignote en rouge le voyant du milieu"), 3.0
    )
    assert advice.asked[0].need.kind == "statement"
    assert advice.asked[0].found.passage.document == "box.md"


def test_what_says_too_little_is_not_looked_up(assistant, knowledge):
    assert assistant.hear(turn(0, "customer", "Oui d'accord."), 1.0).asked == ()
    assert knowledge.asked == []


def test_agents_are_not_looked_up_and_what_they_say_is_not_repeated(assistant, knowledge, watch):
    assistant.hear(
        turn(0, "agent", "La résiliation prend effet dix jours après votre demande."), 2.0
    )
    assert knowledge.asked == []
    watch.now_s = 6.0
    advice = assistant.hear(turn(1, "customer", "Comment résilier mon contrat ?"), 6.0)
    assert advice.card is None
    assert [each.reason for each in advice.suppressed] == ["already_said"]


def test_the_turns_before_are_asked_with_it(assistant, knowledge):
    assistant.hear(turn(0, "customer", "Ma box clignote en rouge depuis hier soir"), 2.0)
    assistant.hear(turn(1, "agent", "Je regarde le voyant."), 4.0)
    assistant.hear(turn(2, "customer", "Et je fais comment ?"), 6.0)
    assert any("clignote en rouge" in query and "je fais comment" in query
               for query in knowledge.asked[-1])  # fmt: skip


def test_all_wordings_of_a_turn_are_searched_in_one_pass(assistant, knowledge):
    assistant.hear(turn(0, "customer", "Où est ma carte bleue ? Et comment résilier ?"), 2.0)
    assert len(knowledge.asked) == 1
    assert len(set(knowledge.asked[0])) == len(knowledge.asked[0])


def test_a_slow_search_shows_no_late_card(needs, watch, knowledge):
    knowledge.takes_s = 9.0
    assistant = Assistant("call", knowledge=knowledge, find_needs=needs, clock=watch)
    advice = assistant.hear(turn(0, "customer", "Comment résilier mon contrat ?"), 0.0)
    assert advice.card is None
    assert [each.reason for each in advice.suppressed] == ["too_late"]


def test_passages_that_are_not_sure_enough_are_not_offered(needs, watch, knowledge):
    assistant = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, rules=Rules(min_confidence=0.9)
    )
    advice = assistant.hear(turn(0, "customer", "Vous vendez aussi des tomates bien mûres ?"), 0.0)
    assert (advice.card, advice.asked[0].candidate) == (None, None)


def test_a_passage_that_was_just_shown_makes_room_for_the_next(assistant, watch):
    assistant.hear(turn(0, "customer", "Comment résilier mon contrat ?"), 0.0)
    watch.now_s = 60.0
    advice = assistant.hear(
        turn(1, "customer", "Pour résilier mon contrat, je rends la box rouge ?"), 60.0
    )
    assert advice.asked[0].found.passage.document == "box.md"


def test_agents_see_only_what_the_filters_admit(needs, watch, knowledge):
    filters = Filters(states=("validated",))
    assistant = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, filters=filters
    )
    assistant.hear(turn(0, "customer", "Comment résilier mon contrat ?"), 0.0)
    assert knowledge.filters == [filters]


def test_everything_that_happens_is_recorded_and_survives_a_restart(
    knowledge, needs, watch, tmp_path
):
    log = EventLog(tmp_path / "deep" / "cards.jsonl")
    assistant = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, record=log.append
    )
    card = assistant.hear(turn(0, "customer", "Comment résilier mon contrat ?"), 0.0).card
    watch.now_s = 3.0
    assistant.judge(card.id, "used")
    assistant.judge(card.id, "dismissed")
    assistant.mute()
    assert [event.kind for event in log.read()] == ["shown", "used", "dismissed", "muted"]

    again = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, events=log.read("call")
    )
    watch.now_s = 2_000.0
    again.unmute()
    advice = again.hear(turn(9, "customer", "Comment résilier mon contrat ?"), 2_000.0)
    assert advice.asked[0].found.passage.document != "resilier.md"


def test_judging_a_card_that_was_never_shown_records_nothing(knowledge, needs, watch, tmp_path):
    log = EventLog(tmp_path / "cards.jsonl")
    assistant = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, record=log.append
    )
    with pytest.raises(NotFound):
        assistant.judge("0-1", "up")
    assert log.read() == ()


def test_a_line_cut_by_a_crash_is_passed_over_and_the_next_stays_whole(
    knowledge, needs, watch, tmp_path
):
    log = EventLog(tmp_path / "cards.jsonl")
    assistant = Assistant(
        "call", knowledge=knowledge, find_needs=needs, clock=watch, record=log.append
    )
    assistant.mute()
    with log.path.open("ab") as file:
        file.write(b'{"kind":"unmut')
    assistant.unmute()
    assert [event.kind for event in log.read()] == ["muted", "unmuted"]


@pytest.fixture
def long_passage():
    text = " ".join(f"La phrase numéro {n} parle de la couleur du mur." for n in range(20))
    text += " Le formulaire de contestation se trouve dans l'espace client."
    return Passage(
        id="x.md#0", document="x.md", title="X", text=text, start=0, end=len(text), language="fr"
    )


def test_a_long_passage_is_cut_to_the_sentences_that_answer(long_passage, hashing_encoder):
    class Base:
        documents = ()

    cited = CitedBase(Base(), hashing_encoder)
    passage = long_passage.model_copy(update={"metadata": Metadata(state="not_validated")})
    citation = cited.cite(passage, "où se trouve le formulaire de contestation ?")
    assert word_count(citation.quote) <= 60
    assert "formulaire de contestation" in citation.quote
    assert citation.quote in passage.text
    assert citation.state == "not_validated"
