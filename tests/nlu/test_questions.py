from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation import Conversation, Turn
from nlu.questions import find_questions


def talk(*turns: tuple[str, str], channel: str = "phone") -> Conversation:
    """Build a conversation from (speaker, text) pairs."""
    return Conversation(
        id="talk",
        channel=channel,
        turns=tuple(Turn(index=i, speaker=who, text=text) for i, (who, text) in enumerate(turns)),
    )


def only(text: str):
    found = find_questions(talk(("customer", text)))
    assert len(found) == 1, [question.text for question in found]
    return found[0]


BREAKDOWN = talk(
    ("agent", "Télécom Plus bonjour, que puis-je faire pour vous ?"),
    (
        "customer",
        "Bonjour, je vous appelle parce que ma connexion internet ne fonctionne plus depuis hier.",
    ),
    ("agent", "Il faut envoyer un technicien à votre domicile. Est-ce que cela vous convient ?"),
    ("customer", "Et quand est-ce qu'il peut passer ? Je travaille à la maison."),
    ("agent", "Mardi entre huit heures et midi."),
    (
        "customer",
        "Oui, c'est parfait, mais je voudrais aussi un remboursement pour les jours perdus.",
    ),
    ("customer", "Merci beaucoup et bonne journée."),
)


def test_the_customers_problem_question_and_request_are_found_in_order():
    found = find_questions(BREAKDOWN)
    assert [(question.kind, question.text) for question in found] == [
        ("problem", "ma connexion internet ne fonctionne plus depuis hier."),
        ("question", "Et quand est-ce qu'il peut passer ?"),
        ("request", "je voudrais aussi un remboursement pour les jours perdus."),
    ]


def test_a_pronoun_gets_the_sentence_before_as_context():
    question = find_questions(BREAKDOWN)[1]
    assert question.context == "Il faut envoyer un technicien à votre domicile."


def test_a_demonstrative_gets_the_sentence_that_names_the_thing():
    found = find_questions(
        talk(
            ("agent", "Vous devez remplir un formulaire de contestation. Cela prend dix jours."),
            (
                "customer",
                "C'est un peu long, mais d'accord. Où est-ce que je trouve ce formulaire ?",
            ),
        )
    )
    assert found[0].context == "Vous devez remplir un formulaire de contestation."


def test_a_question_that_stands_by_itself_keeps_its_text_and_needs_no_context():
    question = only("Et pour les deux cent cinquante euros, est-ce que je serai remboursé ?")
    assert question.text == "Et pour les deux cent cinquante euros, est-ce que je serai remboursé ?"
    assert question.context is None


@pytest.mark.parametrize(
    "text",
    [
        "Comment je fais pour changer mon adresse ?",
        "combien coûte l'option internationale",
        "je voudrais savoir si je peux payer en trois fois",
        "Pouvez-vous m'indiquer à quelle date le prélèvement sera fait ?",
        "c'est quoi ces frais sur ma facture",
        "J'aurais une question sur mon contrat d'assurance.",
        "Vous livrez en Belgique ?",
        "euh est-ce qu’il faut rapporter l'ancienne box",
        "How much is the express delivery?",
        "I was wondering whether my warranty covers the battery",
        "can I pay with a gift card",
        "Could you let me know your opening hours",
    ],
)
def test_direct_and_indirect_questions_are_questions(text):
    assert only(text).kind == "question"


@pytest.mark.parametrize(
    "text",
    [
        "je veux bloquer ma carte immédiatement",
        "J'aimerais modifier mon rendez-vous de jeudi.",
        "Merci de me communiquer mon relevé de mars.",
        "I'd like to cancel my subscription",
        "Please refund the second payment.",
    ],
)
def test_what_the_customer_wants_done_is_a_request(text):
    assert only(text).kind == "request"


@pytest.mark.parametrize(
    "text",
    [
        "Mon colis est noté livré mais je n'ai rien reçu.",
        "j'arrive pas à me connecter à mon espace client",
        "Il y a un paiement sur mon compte que je ne reconnais pas.",
        "j'ai été débité deux fois ce mois-ci",
        "la box n'a plus de réseau, impossible d'appeler",
        "My parcel has not arrived.",
        "I can't log in since yesterday",
        "I've been charged twice for the same order",
    ],
)
def test_what_went_wrong_is_a_problem(text):
    assert only(text).kind == "problem"


@pytest.mark.parametrize(
    "text",
    [
        "Allô ?",
        "Ça va ?",
        "Vous m'entendez ?",
        "Vous êtes toujours là ?",
        "Vous pouvez répéter s'il vous plaît ?",
        "C'est cher, hein ?",
        "Il fait beau, n'est-ce pas ?",
        "Vous me prenez pour un idiot ou quoi ?",
        "C'est une blague ?",
        "Je voulais vous remercier pour votre aide.",
        "Je voudrais parler à un conseiller.",
        "Pas de problème, je patiente.",
        "Oui, mardi matin à notre rendez-vous.",
        "Veuillez agréer mes salutations distinguées.",
        "How are you?",
        "Are you kidding?",
        "Thanks, bye.",
        "",
    ],
)
def test_social_rhetorical_and_empty_talk_asks_nothing(text):
    assert find_questions(talk(("customer", text))) == ()


def test_agents_and_bots_ask_nothing():
    asked = "Quel est le montant de la facture ?"
    assert find_questions(talk(("agent", asked), ("bot", asked), ("system", asked))) == ()


def test_unknown_speakers_may_be_customers():
    assert len(find_questions(talk(("unknown", "Quel est le montant de la facture ?")))) == 1


def test_a_question_asked_twice_is_found_once():
    found = find_questions(
        talk(
            ("customer", "Quand est-ce que je reçois la nouvelle carte ?"),
            ("agent", "Un instant."),
            ("customer", "Donc quand est-ce que je reçois la nouvelle carte ?"),
        )
    )
    assert len(found) == 1
    assert found[0].evidence.turn_index == 0


def test_a_long_transcript_without_full_stops_is_cut_at_the_question():
    question = only(
        "alors voilà moi je suis client chez vous depuis dix ans et j'ai toujours payé mes "
        "factures à temps et là je viens de déménager à Lyon dans un appartement "
        "au troisième étage du coup je voudrais savoir comment transférer ma ligne"
    )
    assert question.text == "je voudrais savoir comment transférer ma ligne"
    assert question.kind == "question"


def test_lines_quoted_in_an_email_were_said_by_somebody_else():
    text = "Merci.\n> Quel est votre numéro de client ?\nQuel est le délai de livraison ?"
    found = find_questions(talk(("customer", text), channel="email"))
    assert [question.text for question in found] == ["Quel est le délai de livraison ?"]


ALPHABET = string.ascii_letters + " .,?!'éèàù\n>-"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["agent", "customer", "unknown"]), st.text(ALPHABET)), max_size=6
    )
)
def test_every_quote_is_verbatim_in_a_turn_that_may_be_the_customers(turns):
    conversation = talk(*turns)
    for question in find_questions(conversation):
        turn = conversation.turns[question.evidence.turn_index]
        assert question.text == question.evidence.quote
        assert question.text in turn.text
        assert turn.speaker != "agent"
