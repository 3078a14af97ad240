from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Turn
from nlu.commitments import COMMITMENT_KINDS, find_commitments
from nlu.commitments.clauses import clauses_of

WHO = {"a": "agent", "c": "customer", "u": "unknown"}


def commitments(language: str, *said: tuple[str, str]):
    conversation = Conversation(
        id="c",
        channel="phone",
        language=language,
        started_at=datetime(2026, 11, 12, 14, 2, tzinfo=UTC),
        turns=tuple(
            Turn(index=i, speaker=WHO[who], text=text) for i, (who, text) in enumerate(said)
        ),
    )
    return find_commitments(conversation)


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("je vous rappelle demain avant midi", "call_back", "2026-11-13T12:00"),
        ("on vous rappelle d'ici 48 heures", "call_back", "2026-11-14T14:02"),
        (
            "un technicien passera jeudi entre 8h et 10h",
            "technician_visit",
            "2026-11-19T08:00/2026-11-19T10:00",
        ),
        ("vous recevrez un mail de confirmation", "send_document", None),
        ("Une nouvelle carte vous sera envoyée sous 5 jours.", "ship", "2026-11-17"),
        ("vous serez remboursé sous huit jours", "refund", "2026-11-20"),
        ("Je transfère votre demande au service technique.", "escalate", None),
        ("le remboursement intervient en général sous 10 jours", "refund", "2026-11-22"),
        (
            "votre rendez-vous est confirmé mardi 17 novembre à 9h",
            "appointment",
            "2026-11-17T09:00",
        ),
        ("nous vous renvoyons le téléphone", "ship", None),
    ],
)
def test_french_promises_of_agents(text, kind, due):
    (one,) = commitments("fr", ("a", text))
    assert (one.who, one.kind, one.due, one.conditional) == ("agent", kind, due, False)
    assert one.text in text


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("I'll call you back tomorrow morning", "call_back", "2026-11-13"),
        ("You'll get an email within 24 hours", "send_document", "2026-11-13T14:02"),
        (
            "a technician will come out on Thursday between 8 and 10 am",
            "technician_visit",
            "2026-11-19T08:00/2026-11-19T10:00",
        ),
        ("We will refund $42.50 within five business days", "refund", "2026-11-19"),
        ("I'm going to escalate this to my supervisor", "escalate", None),
        ("they will give you a call.", "call_back", None),
        ("You'll get a text reminder the day before", "send_document", None),
    ],
)
def test_english_promises_of_agents(text, kind, due):
    (one,) = commitments("en", ("a", text))
    assert (one.who, one.kind, one.due) == ("agent", kind, due)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "je ne peux pas vous rappeler"),
        ("fr", "je ne vous rembourserai pas"),
        ("fr", "le colis n'arrivera pas demain"),
        ("fr", "le technicien ne passera ni jeudi ni vendredi"),
        ("fr", "je vous rembourserai pas"),
        ("fr", "je pourrais vous rappeler"),
        ("fr", "on vous rembourserait si c'était une panne"),
        ("fr", "je vous rappelle que le contrat court"),
        ("fr", "je vais vérifier votre dossier"),
        ("fr", "Puis-je faire autre chose pour vous ?"),
        ("fr", "Vous recevrez un mail ?"),
        ("fr", "peut-être que je vous enverrai un mail"),
        ("en", "I won't be able to call you back"),
        ("en", "I might have to call you back"),
        ("en", "let me check that for you"),
        ("en", "I can't refund that"),
        ("en", "Shall I send you a new one?"),
        ("en", "I'd refund it if I could"),
    ],
)
def test_what_is_negated_asked_or_supposed_is_no_promise(language, text):
    assert commitments(language, ("a", text), ("c", "Non merci.")) == ()


@pytest.mark.parametrize(
    ("language", "text", "condition"),
    [
        ("fr", "si le problème persiste, je vous envoie un technicien", "si le problème persiste"),
        ("fr", "Dès que j'ai la réponse je vous recontacte.", "Dès que j'ai la réponse"),
        ("en", "If it happens again, we'll send you a replacement", "If it happens again"),
        ("en", "I'll call you as soon as we hear back", "as soon as we hear back"),
    ],
)
def test_a_promise_that_depends_on_something_says_on_what(language, text, condition):
    (one,) = commitments(language, ("a", text))
    assert one.conditional
    assert one.condition == condition


def test_an_offer_counts_once_it_is_taken():
    offer = "Je peux vous proposer un rendez-vous mardi prochain entre 8h et midi, ça vous va ?"
    (taken,) = commitments("fr", ("a", offer), ("c", "Oui, mardi matin, c'est parfait"))
    assert taken.kind == "appointment"
    assert taken.due == "2026-11-17T08:00/2026-11-17T12:00"
    assert [one.turn_index for one in taken.evidence] == [0, 1]
    assert commitments("fr", ("a", offer), ("c", "Non, ça ne m'arrange pas")) == ()


def test_a_request_counts_once_it_is_granted():
    asked = ("c", "Pouvez-vous m'envoyer la facture par mail ?")
    (granted,) = commitments("fr", asked, ("a", "Oui bien sûr."))
    assert (granted.who, granted.kind) == ("agent", "send_document")
    assert commitments("fr", asked, ("a", "Malheureusement c'est impossible.")) == ()
    assert commitments("fr", asked) == ()


def test_customers_promise_too():
    sent, paid = commitments(
        "fr", ("c", "Je vous renvoie la box ce soir. Je paierai la facture avant vendredi.")
    )
    assert (sent.who, sent.kind, sent.due) == ("customer", "send_back", "2026-11-12")
    assert (paid.who, paid.kind, paid.due) == ("customer", "pay", "2026-11-13")


def test_what_customers_report_of_others_is_no_promise_of_theirs():
    assert (
        commitments("fr", ("c", "On m'a dit qu'on me rappellerait. On vous enverra un mail.")) == ()
    )


def test_unknown_speakers_promise_nothing():
    assert commitments("fr", ("u", "je vous rappelle demain")) == ()


def test_a_promise_said_twice_is_given_once_with_its_day():
    (one,) = commitments(
        "fr",
        ("a", "Je vous rappelle à ce sujet."),
        ("c", "D'accord."),
        ("a", "Donc je vous rappelle demain à ce sujet."),
    )
    assert one.due == "2026-11-13"
    assert len(one.evidence) == 2


def test_abbreviated_hours_do_not_end_a_sentence():
    clauses = clauses_of("We come at 8 a.m. on Friday. Bye", "en")
    assert [clause.text for clause in clauses] == ["We come at 8 a.m. on Friday.", "Bye"]


@given(st.lists(st.tuples(st.sampled_from("acu"), st.text(max_size=60)), max_size=4))
def test_any_conversation_is_read(said):
    for language in ("fr", "en"):
        for one in commitments(language, *said):
            assert one.kind in COMMITMENT_KINDS
            assert one.text in said[one.turn_index][1]


@given(st.text(max_size=120))
def test_clauses_are_parts_of_the_text_in_order(text):
    end = 0
    for clause in clauses_of(text, "fr"):
        assert clause.start >= end
        assert text[clause.start : clause.end] == clause.text
        end = clause.end
