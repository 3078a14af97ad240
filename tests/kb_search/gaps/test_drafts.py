"""What agents said, chosen and quoted."""

from __future__ import annotations

import pytest

from kb_search import read_document
from kb_search.gaps import find_gaps
from kb_search.gaps.replies import replies_to


@pytest.fixture
def gaps_of(hashing_encoder):
    def run(questions, **more):
        return find_gaps(questions, encoder=hashing_encoder, **more).gaps

    return run


def test_every_quote_is_verbatim_in_its_turn(gaps_of, two_gaps):
    turns = {q.conversation_id: {t.index: t.text for t in (q.turn, *q.after)} for q in two_gaps}
    for gap in gaps_of(two_gaps):
        quotes = [*gap.wordings, *(statement.quote for statement in gap.statements)]
        assert quotes
        for quoted in quotes:
            turn = turns[quoted.conversation_id][quoted.evidence.turn_index]
            assert quoted.evidence.quote in turn


def test_what_more_agents_say_is_counted(gaps_of, two_gaps):
    gap = next(gap for gap in gaps_of(two_gaps) if "téléphone" in gap.title)
    free = next(s for s in gap.statements if "gratuit" in s.quote.evidence.quote)
    assert (free.conversations, free.agents, free.accepted) == (2, 2, 2)


def test_agents_who_contradict_each_other_are_shown_both(gaps_of, two_gaps):
    gap = next(gap for gap in gaps_of(two_gaps) if "répéteur" in gap.title)
    (statement,) = gap.statements
    assert "3 euros" in statement.quote.evidence.quote
    assert ["5 euros" in other.evidence.quote for other in statement.contradicted_by] == [True]
    assert gap.contradicted
    assert "Tous les conseillers ne disent pas la même chose" in gap.draft
    assert "5 euros" in gap.draft


@pytest.mark.parametrize(
    "said",
    [
        "Un instant s'il vous plaît, je regarde cela.",
        "Je ne sais pas du tout, il faudrait demander.",
        "Bonjour et bienvenue, Léa à votre écoute.",
        "Pouvez-vous me donner votre numéro de téléphone ?",
        "Let me check that for you right now.",
        "Je vous souhaite une bonne journée, au revoir.",
        "D'accord, très bien.",
    ],
)
def test_waiting_refusals_courtesy_and_questions_are_no_answer(question, said):
    assert replies_to(question(1, "Comment faire ?", said), None) == []


def test_what_agents_say_in_every_matter_is_no_answer(gaps_of, question):
    subjects = ("débloquer mon téléphone", "installer le répéteur wifi", "ouvrir un compte joint")
    asked = []
    for place, subject in enumerate(subjects):
        for n in range(3):
            said = (
                f"Pour {subject} il faut la notice {place}. Vos appels sont tous enregistrés ici."
            )
            asked.append(question(10 * place + n, f"Comment {subject} ?", said))
    gaps = gaps_of(asked)
    assert len(gaps) == 3
    for gap in gaps:
        assert [("enregistrés" in s.quote.evidence.quote) for s in gap.statements] == [False]


def test_what_is_personal_is_never_quoted(gaps_of, question):
    asked = [
        question(n, f"Je suis Marc Dubois, comment débloquer mon téléphone bleu {n} ?",
                 "Monsieur Marc Dubois, le code de déblocage arrive par SMS sous 24 heures.")
        for n in range(3)
    ]  # fmt: skip

    def names(conversation_id, turn):
        start = turn.text.find("Marc Dubois")
        return [(start, start + len("Marc Dubois"))] if start >= 0 else []

    (gap,) = gaps_of(asked, personal=names)
    assert "Dubois" not in gap.model_dump_json()
    assert gap.statements[0].quote.evidence.quote == (
        "le code de déblocage arrive par SMS sous 24 heures."
    )
    assert "comment débloquer mon téléphone bleu" in gap.wordings[0].evidence.quote


def test_a_draft_is_read_as_an_internal_work_in_progress(gaps_of, two_gaps, tmp_path):
    for gap in gaps_of(two_gaps):
        path = tmp_path / "draft.md"
        path.write_text(gap.draft, "utf-8")
        document = read_document(path)
        assert (document.metadata.state, document.metadata.audience) == (
            "work_in_progress", "internal",
        )  # fmt: skip
        assert document.title == gap.title
        assert gap.statements[0].quote.evidence.quote in document.text


def test_marks_in_what_was_said_are_text_in_the_draft(gaps_of, question):
    said = "Tapez <script>alert(1)</script> puis *étoile* [ici](http://x) dans le menu."
    asked = [question(n, 'Comment: "débloquer" # mon <b>téléphone</b> ?', said) for n in range(3)]
    (gap,) = gaps_of(asked)
    assert "<script>" not in gap.draft
    assert "\\<script\\>" in gap.draft
    assert "\\[ici\\](http" in gap.draft


def test_an_english_gap_has_an_english_draft(gaps_of, question):
    asked = [
        question(n, "How do I unlock my phone?", "The unlock code comes by text within a day.",
                 "Great, thanks.", language="en")
        for n in range(3)
    ]  # fmt: skip
    (gap,) = gaps_of(asked)
    assert gap.language == "en"
    assert "Draft made of agents' sentences" in gap.draft


def test_without_an_answer_of_an_agent_there_is_no_draft(gaps_of, question):
    asked = [question(n, "Comment débloquer mon téléphone ?", "Je ne sais pas.") for n in range(3)]
    (gap,) = gaps_of(asked)
    assert (gap.statements, gap.draft) == ((), None)
