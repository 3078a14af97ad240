from conversation import Evidence
from kb_search import Answer
from nlu import CustomerQuestion
from serving.asking import answer_questions


class Recorder:
    """Declines everything but the wordings it was told to know."""

    def __init__(self, known: dict[str, float]) -> None:
        self.known, self.asked = known, []

    def answer_many(self, questions):
        self.asked.append(list(questions))
        return [
            Answer(
                question=text, answered=False, confidence=self.known.get(text, 0.0), threshold=0.5,
                reason="not there",
            )
            for text in questions
        ]  # fmt: skip


def asked(text, turn_index, *, kind="question", context=None):
    evidence = Evidence(turn_index=turn_index, quote=text)
    return CustomerQuestion(text=text, kind=kind, context=context, evidence=evidence)


def test_every_wording_is_asked_in_one_pass():
    knowledge = Recorder({})
    questions = [
        asked("Ma box ne marche plus depuis hier soir.", 1, kind="problem"),
        asked("Et quand est-ce qu'il peut passer chez moi ?", 7, context="Un technicien viendra."),
    ]
    answer_questions(questions, knowledge)
    (wordings,) = knowledge.asked
    assert "Un technicien viendra. Et quand est-ce qu'il peut passer chez moi ?" in wordings
    assert questions[0].text + " " + questions[1].text in wordings


def test_the_surest_wording_answers():
    best = "Le colis est perdu, que faire alors maintenant ? Est-ce que je serai remboursée ?"
    knowledge = Recorder({best: 0.9})
    questions = [
        asked("Le colis est perdu, que faire alors maintenant ?", 3),
        asked("Est-ce que je serai remboursée ?", 3),
    ]
    _, second = answer_questions(questions, knowledge)
    assert second.answer.question == best


def test_a_short_question_is_not_asked_without_what_it_is_about():
    knowledge = Recorder({})
    questions = [
        asked("Mon colis n'est jamais arrivé.", 1, kind="problem"),
        asked("Je serai remboursé ?", 9),
    ]
    answer_questions(questions, knowledge)
    assert "Je serai remboursé ?" not in knowledge.asked[0]


def test_a_short_question_alone_is_asked_as_it_is():
    knowledge = Recorder({})
    answer_questions([asked("Combien ça coûte ?", 0)], knowledge)
    assert knowledge.asked == [["Combien ça coûte ?"]]


def test_no_question_asks_nothing():
    assert answer_questions([], Recorder({})) == ()
