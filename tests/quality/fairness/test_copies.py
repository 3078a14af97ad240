"""Copies: one thing changed, everywhere and consistently, times and evidence kept."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Evidence, Participant, Recording, Turn, Word
from conversation.errors import BadInput
from quality.fairness import KINDS, counterfactuals
from quality.fairness.copies import SLIP_SHARES, WORD_ERROR_RATES
from quality.fairness.noise import word_errors
from quality.fairness.people import Person, find_people
from quality.fairness.phrases import pairs_of, word_file
from quality.fairness.renaming import NewName, rename
from quality.fairness.rewriting import Edit, rewrite
from quality.texts import fold

SCRIPT = """
agent 0 5 Télécom Plus bonjour, Claire Vasseur à votre écoute, que puis-je faire pour vous ?
customer 6 15 Bonjour madame, je m'appelle Marc Dubois, je suis déçu depuis soixante-douze heures.
agent 16 20 Je suis désolée, monsieur Dubois. Pouvez-vous épeler votre nom et votre adresse ?
customer 21 33 D-U-B-O-I-S, et marc point dubois arobase orange point fr, ou m.dubois@free.fr.
agent 34 39 Merci monsieur Dubois. Vous êtes satisfait de l'appel de Claire, c'est bien cela ?
customer 40 44 Oui merci Claire, au revoir, à bientôt.
"""


@pytest.fixture
def talk(call):
    return call(SCRIPT)


def copies(conversation, *kinds, seed=1):
    return list(counterfactuals(conversation, language="fr", seed=seed, kinds=kinds or KINDS))


def test_both_sides_are_told_apart(talk):
    people = find_people(talk, "fr")
    assert people["agent"] == Person("agent", ("claire",), ("vasseur",), "f")
    assert people["customer"] == Person("customer", ("marc",), ("dubois",), "m")


def test_a_changed_name_is_changed_everywhere(talk):
    found = copies(talk, "customer_name")
    assert len(found) == len(word_file("names")["fr"])
    for copy in found:
        text = fold(" ".join(turn.text for turn in copy.conversation.turns))
        assert "dubois" not in text
        assert "marc" not in re.findall(r"\w+", text)
        assert "d-u-b-o-i-s" not in text
        assert "claire" in text


def test_spelled_names_and_addresses_follow(talk):
    person = find_people(talk, "fr")["customer"]
    copy = rename(talk, person, NewName("Karim", "Aït Ahmed"), language="fr")
    assert copy.turns[1].text.startswith("Bonjour madame, je m'appelle Karim Aït Ahmed,")
    assert copy.turns[3].text == (
        "A-Ï-T-A-H-M-E-D, et karim point aitahmed arobase orange point fr, ou k.aitahmed@free.fr."
    )


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("C'est Dubois, D U B O I S.", "C'est N'Diaye, N D I A Y E."),
        ("D comme Denis, U comme Ursule, B comme Berthe, O, I, S comme Suzanne.",
         "N comme Nicolas, D comme Désiré, I comme Irma, A comme Anatole, Y comme Yvonne, "
         "E comme Eugène."),
        ("Le compte de DUBOIS.", "Le compte de N'DIAYE."),
        ("Le dossier d'Dubois", "Le dossier de N'Diaye"),
        ("Un petit bois dubois.", "Un petit bois dubois."),
        ("le dossier dubois", "le dossier n'diaye"),
        ("marcdubois@free.fr", "moussandiaye@free.fr"),
        ("mdubois@free.fr", "mndiaye@free.fr"),
        ("service.dubois@free.fr", "service.ndiaye@free.fr"),
    ],
)  # fmt: skip
def test_every_way_of_saying_a_name_is_followed(said, heard):
    turns = (
        Turn(index=0, speaker="customer", text=said),
        Turn(index=1, speaker="agent", text="Merci."),
    )
    talk = Conversation(id="c", channel="chat", language="fr", turns=turns)
    person = Person("customer", ("marc",), ("dubois",), "m")
    copy = rename(talk, person, NewName("Moussa", "N'Diaye"), language="fr")
    assert copy.turns[0].text == heard


def test_participants_and_metadata_bear_the_new_name(talk):
    talk = talk.model_copy(
        update={
            "participants": (Participant(role="customer", name="Marc Dubois"),),
            "metadata": {"subject": "Dossier Dubois", "more": [{"a": "Marc Dubois"}, 3]},
        }
    )
    person = find_people(talk, "fr")["customer"]
    copy = rename(talk, person, NewName("Linh", "Tran"), language="fr")
    assert copy.participants[0].name == "Linh Tran"
    assert copy.metadata == {"subject": "Dossier Tran", "more": [{"a": "Linh Tran"}, 3]}


def test_a_name_that_both_bear_is_given_to_neither(call):
    talk = call(
        "agent 0 3 Bonjour, Paul à votre écoute.\ncustomer 4 8 Bonjour, je m'appelle Paul Morin.\n"
    )
    people = find_people(talk, "fr")
    assert people["agent"].first == people["customer"].first == ()
    assert people["customer"].family == ("morin",)


def test_gender_changes_what_agrees_and_only_that(talk):
    (copy,) = copies(talk, "customer_gender")
    texts = [turn.text for turn in copy.conversation.turns]
    assert "je suis déçue depuis" in texts[1]
    assert texts[1].startswith("Bonjour madame,")  # the agent's
    assert texts[2].startswith("Je suis désolée, madame Dubois.")
    assert texts[4].startswith("Merci madame Dubois. Vous êtes satisfaite de")
    (agents,) = copies(talk, "agent_gender")
    texts = [turn.text for turn in agents.conversation.turns]
    assert texts[1].startswith("Bonjour monsieur, je m'appelle Marc Dubois, je suis déçu")
    assert texts[2].startswith("Je suis désolé, monsieur Dubois.")
    assert "Claire" not in " ".join(texts)


def test_regional_numbers_and_words_are_said_by_one_side_only(talk):
    found = {copy.variant: copy.conversation for copy in copies(talk, "customer_region")}
    assert "septante-deux heures" in found["belgium"].turns[1].text
    assert found["belgium"].turns[5].text == "Oui merci Claire, au revoir, à tantôt."
    assert found["belgium"].turns[2] == talk.turns[2]
    agents = {copy.variant: copy.conversation for copy in copies(talk, "agent_region")}
    assert "Sauriez-vous épeler" in agents["belgium"].turns[2].text


@pytest.mark.parametrize(
    ("said", "variant", "heard"),
    [
        ("quatre-vingt-dix-neuf", "belgium", "nonante-neuf"),
        ("quatre-vingt-onze", "switzerland", "nonante et un"),
        ("quatre-vingts", "switzerland", "huitante"),
        ("quatre-vingts", "belgium", "quatre-vingts"),
        ("soixante et onze", "belgium", "septante et un"),
        ("Soixante-dix", "belgium", "Septante"),
        ("soixante", "belgium", "soixante"),
    ],
)
def test_numbers_of_a_region(said, variant, heard):
    from quality.fairness.phrases import phrasebook

    book = phrasebook("regional", "fr", variant)
    for edit in reversed(book.edits(said)):
        said = said[: edit.start] + edit.text + said[edit.end :]
    assert said == heard


def test_an_agent_never_says_tu(talk):
    variants = {copy.variant for copy in copies(talk, "agent_register", "customer_register")}
    agents = {copy.variant for copy in copies(talk, "agent_register")}
    assert "familiar_you" not in agents
    assert "casual" in variants


def test_recognition_noise_comes_near_the_stated_rate(call):
    lines = "".join(
        f"agent {i} {i + 0.9} Je vous appelle pour votre facture et je vérifie votre numéro de "
        "client avec le service, merci de patienter un instant.\n"
        for i in range(40)
    )
    talk = call(lines)
    for copy in copies(talk, "agent_recognition"):
        wanted = float(copy.variant.rpartition("_")[2]) / 100
        errors, words = word_errors(talk, copy.conversation, "agent")
        assert wanted / 100 in {rate / 100 for rate in WORD_ERROR_RATES}
        assert errors / words == pytest.approx(wanted, rel=0.35)


def test_spelling_changes_written_channels_and_recognition_spoken_ones(talk, messages):
    chat = messages(
        "customer Bonjour, je voudrais vérifier ma facture et mon numéro de téléphone\n"
        "agent Bonjour, je vérifie votre dossier"
    )
    kinds = {copy.kind for copy in copies(chat)}
    assert "customer_spelling" in kinds
    assert not {kind for kind in kinds if kind.endswith("recognition")}
    assert not {copy.kind for copy in copies(talk) if copy.kind.endswith("spelling")}
    assert len(SLIP_SHARES) == 2


def test_copies_keep_times_speakers_and_verifiable_words(talk):
    for copy in copies(talk):
        assert Conversation.model_validate(copy.conversation.model_dump()) == copy.conversation
        for before, after in zip(talk.turns, copy.conversation.turns, strict=True):
            assert (after.index, after.speaker) == (before.index, before.speaker)
            assert (after.start_s, after.end_s) == (before.start_s, before.end_s)
            assert " ".join(word.text for word in after.words) == after.text
            assert after.words[0].start_s >= before.start_s
            assert after.words[-1].end_s == pytest.approx(before.end_s)
            for word in after.words:
                quoted = Evidence.from_turn(after, word.text)
                assert quoted.start_s is not None


def test_the_same_seed_makes_the_same_copies(talk):
    assert copies(talk, seed=5) == copies(talk, seed=5)
    one = [copy.conversation for copy in copies(talk, "customer_name", seed=5)]
    other = [copy.conversation for copy in copies(talk, "customer_name", seed=6)]
    assert one != other


def test_other_kinds_do_not_change_a_copy(talk):
    alone = copies(talk, "agent_recognition")
    assert [copy for copy in copies(talk) if copy.kind == "agent_recognition"] == alone


def test_another_language_is_refused(talk):
    with pytest.raises(BadInput, match="'de'"):
        list(counterfactuals(talk, language="de", seed=1))


def test_english_names_and_titles(call):
    talk = call(
        "agent 0 4 Good morning, my name is Ann, how may I help you?\n"
        "customer 5 9 Hello, this is John Carter, C-A-R-T-E-R.\n"
        "agent 10 13 Thank you Mr Carter, goodbye sir.\n",
        language="en",
    )
    found = list(counterfactuals(talk, language="en", seed=1, kinds=["customer_gender"]))
    text = found[0].conversation.turns[2].text
    assert text == "Thank you Mrs Carter, goodbye madam."
    for copy in counterfactuals(talk, language="en", seed=1, kinds=["customer_name"]):
        assert "arter" not in " ".join(turn.text for turn in copy.conversation.turns)


words = st.lists(st.sampled_from("aa bb cc dd ee ff".split()), min_size=1, max_size=12)


@given(words, st.data())
def test_any_edit_keeps_words_and_text_together(texts, data):
    text = " ".join(texts)
    turn = Turn(
        index=0, speaker="agent", text=text, start_s=1.0, end_s=1.0 + len(texts),
        words=tuple(
            Word(text=word, start_s=1.0 + i, end_s=2.0 + i, probability=0.9)
            for i, word in enumerate(texts)
        ),
    )  # fmt: skip
    talk = Conversation(id="c", channel="phone", turns=(turn,))
    edits = []
    for i in data.draw(st.sets(st.integers(0, len(texts) - 1))):
        start = i * 3
        new = data.draw(st.sampled_from(["", "x", "y z", "long words here"]))
        edits.append(Edit(start, start + 2, new))
    copy = rewrite(talk, {0: edits}).turns[0]
    Turn.model_validate(copy.model_dump())
    assert " ".join(word.text for word in copy.words) == " ".join(copy.text.split())
    assert copy.text.strip()


def test_a_turn_without_matching_words_keeps_its_own_times_only():
    turn = Turn(
        index=0, speaker="agent", text="42 €", start_s=0, end_s=2,
        words=(Word(text="quarante", start_s=0, end_s=1, probability=1),),
    )  # fmt: skip
    recording = Recording(
        name="a.wav", sha256="0" * 64, size_bytes=1, container="wav", codec="pcm", channels=1,
        sample_rate_hz=8000, duration_s=2,
    )  # fmt: skip
    talk = Conversation(id="c", channel="phone", turns=(turn,), recording=recording)
    copy = rewrite(talk, {0: [Edit(0, 2, "43")]})
    assert copy.turns[0].text == "43 €"
    assert copy.turns[0].words == ()
    assert copy.turns[0].end_s == 2


@pytest.mark.parametrize("name", ["regional", "register"])
def test_every_phrase_of_every_list_is_text(name):
    for entries in word_file(name).values():
        for entry in entries.values():
            phrases = entry["phrases"] if isinstance(entry, dict) else {}
            assert all(isinstance(text, str) for pair in phrases.items() for text in pair)


def test_every_confusion_changes_a_word_and_every_share_sums_to_one():
    for language, entry in word_file("recognition").items():
        for profile in entry["profiles"].values():
            assert sum(profile["shares"].values()) == pytest.approx(1), language
            assert all(said != heard for said, heard in pairs_of(profile["confused"]))
        assert all(said != heard for said, heard in pairs_of(entry["homophones"]))
