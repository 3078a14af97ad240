from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Evidence, Turn
from nlu.wrap_up import MAX_WORDS, NoteLabel, NoteRefused, WrapUpNote, write_note
from nlu.wrap_up.facts import unsupported_facts

CALL = (
    ("agent", "Bonjour et bienvenue chez Télécom Plus, comment puis-je vous aider ?"),
    (
        "customer",
        "Bonjour Madame, je vous appelle parce que ma connexion Internet ne fonctionne plus "
        "depuis hier soir.",
    ),
    ("agent", "Pouvez-vous me donner votre nom et votre numéro de client ?"),
    ("customer", "Oui, je m'appelle Marc Dubois et mon numéro de client est le 4732420."),
    ("agent", "Merci, monsieur Dubois, je vérifie votre dossier."),
    ("customer", "D'accord, mais je suis vraiment en colère, c'est la troisième panne ce mois-ci."),
    ("agent", "Le test montre un défaut sur la ligne."),
    ("agent", "Je peux vous proposer un rendez-vous mardi prochain entre 8h et midi, ça vous va ?"),
    ("customer", "Oui, parfait, mais je voudrais aussi un remboursement."),
    ("agent", "Bien sûr, je vous accorde une remise de 15 € sur votre prochaine facture."),
    ("agent", "Vous recevrez un message de confirmation. Puis-je faire autre chose pour vous ?"),
    ("customer", "Non, c'est tout, merci beaucoup."),
)


def talk(*turns: tuple[str, str], language: str | None = "fr") -> Conversation:
    return Conversation(
        id="talk",
        channel="phone",
        language=language,
        turns=tuple(
            Turn(index=i, speaker=speaker, text=text) for i, (speaker, text) in enumerate(turns)
        ),
    )


def note_of(*turns: tuple[str, str], language: str = "fr", **given) -> WrapUpNote:
    note = write_note(talk(*turns, language=language), **given)
    assert isinstance(note, WrapUpNote), note
    return note


def section(note: WrapUpNote, name: str) -> str:
    return " ".join(one.text for one in note.sentences if one.section == name)


def test_the_note_of_a_call_tells_reason_finding_act_and_promise():
    note = note_of(*CALL)
    assert "ma connexion Internet ne fonctionne plus depuis hier soir" in section(note, "reason")
    assert "le test montre un défaut sur la ligne" in section(note, "established")
    assert "accorde une remise de 15 € sur sa prochaine facture" in section(note, "done")
    promised = section(note, "commitments")
    assert "un rendez-vous mardi prochain entre 8h et midi" in promised
    assert "le client recevra un message de confirmation" in promised
    assert note.words <= MAX_WORDS


def test_small_talk_identification_and_moods_stay_out():
    text = note_of(*CALL).text.casefold()
    for word in ("bonjour", "merci", "dubois", "4732420", "colère", "autre chose", "bienvenue"):
        assert word not in text


def test_every_sentence_points_at_words_of_the_conversation():
    note = note_of(*CALL)
    for sentence in note.sentences:
        assert sentence.evidence
        for evidence in sentence.evidence:
            assert evidence.quote in CALL[evidence.turn_index][1]


def test_a_note_states_nothing_that_its_turns_do_not_say():
    for sentence in note_of(*CALL).sentences:
        cited = [CALL[evidence.turn_index][1] for evidence in sentence.evidence]
        assert unsupported_facts(sentence.text, cited, "fr") == ()


def test_an_english_note_is_in_english_and_impersonal():
    note = note_of(
        ("customer", "Hi, my order LK-77812 never arrived and I paid $129 for it."),
        ("agent", "I'm sorry. I've refunded the full $129. You'll get an email within 24 hours."),
        ("agent", "You'll need to return the parcel if it arrives."),
        language="en",
    )
    assert section(note, "reason").startswith("Reason: “my order LK-77812 never arrived")
    assert section(note, "done") == "Done: refunded the full $129."
    assert section(note, "commitments") == "Promised: customer will get an email within 24 hours."
    assert "customer will need to return the parcel" in section(note, "next")


def test_numbers_that_were_spoken_are_written_in_figures():
    note = note_of(
        ("customer", "ma facture est passée de trente à cinquante-deux euros et je conteste"),
        ("agent", "j'ai annulé douze euros de frais"),
    )
    assert "de 30 à 52 €" in note.text
    assert "annulé 12 € de frais" in note.text


def test_disfluencies_are_cut():
    note = note_of(("customer", "euh voilà du coup ma ma carte est euh bloquée depuis lundi, hein"))
    assert note.text == "Motif : « ma carte est bloquée depuis lundi »."


def test_the_reason_that_was_found_is_named_first():
    turn = talk(*CALL).turns[1]
    label = NoteLabel(text="Panne internet (coupure)", evidence=(Evidence.from_turn(turn),))
    note = note_of(*CALL, reason=label)
    assert note.text.startswith("Motif : Panne internet (coupure). « ")
    assert note.words <= MAX_WORDS


def test_the_outcome_closes_the_note():
    turn = talk(*CALL).turns[9]
    label = NoteLabel(text="résolu", evidence=(Evidence.from_turn(turn),))
    note = note_of(*CALL, outcome=label)
    assert note.text.endswith("Issue : résolu.")
    assert note.words <= MAX_WORDS


def test_card_numbers_are_never_noted():
    note = note_of(
        ("customer", "je veux bloquer ma carte perdue hier"),
        ("customer", "le paiement de 30 euros est refusé avec la carte 4111 1111 1111 1111"),
        ("agent", "j'ai bloqué la carte 4111111111111111 ce jour"),
    )
    assert "4111" not in note.text


def test_what_the_customer_answers_to_an_identity_question_is_not_noted():
    note = note_of(
        ("customer", "je ne peux plus me connecter à mon compte depuis hier"),
        ("agent", "Quelle est votre date de naissance ?"),
        ("customer", "c'est le douze mars 1980, à Lyon"),
    )
    assert "1980" not in note.text


def test_a_question_with_facts_is_noted_with_its_answer():
    note = note_of(
        ("customer", "on m'a volé ma carte hier soir, je voudrais faire opposition"),
        ("agent", "Est-ce que vous reconnaissez un paiement de 89 € ce matin ?"),
        ("customer", "Non, pas du tout."),
    )
    assert "« vous reconnaissez un paiement de 89 € ce matin ? » non" in note.text


def test_an_order_number_said_alone_is_named():
    note = note_of(
        ("customer", "my parcel never arrived, can you check"),
        ("agent", "Sure, what is your order number?"),
        ("customer", "HP-90233"),
        language="en",
    )
    assert "order HP-90233" in note.text


def test_notices_of_the_system_are_acts():
    note = note_of(
        ("customer", "I need to return a jacket that is too small"),
        ("system", "The manager has been notified."),
        language="en",
    )
    assert "manager has been notified" in section(note, "done")


@pytest.mark.parametrize(
    ("turns", "language", "reason"),
    [
        ((), "fr", "no_customer_speech"),
        ((("agent", "Bonjour, rappelez-moi."),), "fr", "no_customer_speech"),
        ((("agent", "Allô ?"), ("customer", "Allô ?")), "fr", "too_short"),
        ((("customer", "Bonjour, merci, au revoir madame."),), "fr", "too_short"),
        ((("customer", "Mi pedido no ha llegado todavía."),), "es", "language_unsupported"),
        ((("customer", "ma box ne marche plus depuis lundi"),), None, "language_unsupported"),
    ],
)
def test_a_note_that_cannot_be_written_says_why(turns, language, reason):
    refused = write_note(talk(*turns, language=language))
    assert isinstance(refused, NoteRefused)
    assert refused.reason == reason
    assert refused.message


PIECES = st.sampled_from(
    [
        "ma ligne est coupée depuis lundi et j'ai perdu 40 € de crédit",
        "je vous rappelle demain avant midi avec la réponse du service technique",
        "le contrat prévoit 12 mois d'engagement et des frais de 49 € en cas de départ",
        "j'ai annulé les frais de 15 € et j'ai ouvert un dossier TK-448812",
        "vous devez renvoyer la box avant le 30 novembre en point relais",
        "c'est inadmissible, je suis furieux",
        "oui d'accord",
        "merci beaucoup, bonne journée",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(["agent", "customer", "system"]), PIECES), max_size=14))
def test_no_note_exceeds_its_words_or_lacks_evidence(turns):
    note = write_note(talk(*turns))
    if isinstance(note, WrapUpNote):
        assert note.words <= MAX_WORDS
        for sentence in note.sentences:
            cited = [turns[evidence.turn_index][1] for evidence in sentence.evidence]
            assert unsupported_facts(sentence.text, cited, "fr") == ()


@given(
    st.lists(st.tuples(st.sampled_from(["agent", "customer"]), st.text(max_size=90)), max_size=4)
)
def test_any_text_gives_a_note_or_a_reason(turns):
    for language in ("fr", "en"):
        note = write_note(talk(*turns, language=language))
        if isinstance(note, WrapUpNote):
            assert note.words <= MAX_WORDS


@pytest.mark.parametrize(
    ("language", "turns", "left_out"),
    [
        (
            "fr",
            (
                ("customer", "Bonjour, ma connexion Internet ne fonctionne plus depuis hier soir."),
                ("bot", "Je vois la coupure. J'ajoute votre message à votre dossier."),
                ("bot", "Vous pouvez demander un conseiller à tout moment."),
                ("agent", "Le test montre un défaut sur la ligne."),
            ),
            ("coupure", "son message", "à tout moment"),
        ),
        (
            "en",
            (
                ("customer", "Hello, my internet connection has not worked since last night."),
                ("bot", "I would rather not guess. I am adding the message to the file."),
                ("bot", "You can ask for an adviser at any time."),
                ("agent", "The test shows a fault on the line."),
            ),
            ("guess", "the message", "at any time"),
        ),
    ],
)
def test_set_phrases_of_the_assistant_stay_out(language, turns, left_out):
    note = note_of(*turns, language=language)
    text = " ".join(sentence.text for sentence in note.sentences)
    assert not any(phrase in text for phrase in left_out), text
    assert ("un défaut sur la ligne" if language == "fr" else "a fault on the line") in text


def test_the_quotes_of_an_english_note_are_joined_as_in_english():
    said = "My router is broken, the red light blinks. The contract 123456 was never cancelled."
    turns = ("customer", said), ("agent", "The test shows a fault on the line.")
    found = talk(turns[0])
    label = NoteLabel(text="Fault", evidence=(Evidence.from_turn(found.turns[0], "My router"),))
    note = note_of(*turns, language="en", reason=label)
    assert section(note, "reason").count("”; “") == 1
    assert " ;" not in section(note, "reason")
