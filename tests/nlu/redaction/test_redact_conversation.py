"""Redacted conversations: nothing of a value stays, and everything else does."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation import Conversation, Participant, Recording, Turn, Word
from nlu.redaction import CARDS_ONLY, RedactionPolicy, redact_conversation

CARD = "4111 1111 1111 1111"
DIGITS = CARD.replace(" ", "")
FR = "zéro un deux trois quatre cinq six sept huit neuf".split()
EN = "zero one two three four five six seven eight nine".split()


def redact(conversation, finder, policy=None, **more):
    policies = () if policy is None else (policy,)
    found = finder.in_turns(conversation)
    return redact_conversation(conversation, found, *policies, find=finder, **more)


def texts(redacted):
    return [turn.text for turn in redacted.conversation.turns]


def test_placeholders_are_typed_and_in_the_conversations_language(finder_of, chat):
    finder = finder_of(("Claire Durand", "person"), ("01 99 00 12 34", "phone"))
    said = "Claire Durand, 01 99 00 12 34."
    for language, expected in (
        ("fr", "[NOM_1], [TÉLÉPHONE_1]."),
        ("en", "[NAME_1], [PHONE_1]."),
        ("de", "[NAME_1], [PHONE_1]."),
    ):
        assert texts(redact(chat(said, language=language), finder)) == [expected]


def test_a_language_that_is_not_known_is_read_from_the_words(finder_of, chat):
    finder = finder_of(("Claire Durand", "person"))
    said = "Hello, my name is Claire Durand and I have been waiting for my parcel for two weeks"
    assert "[NAME_1]" in texts(redact(chat("Hello", said, language=None), finder))[1]
    assert "[NOM_1]" in texts(redact(chat("Hello", said, language=None), finder, language="fr"))[1]


def test_one_value_has_one_number_in_all_spellings_and_turns(finder_of, chat):
    finder = finder_of(
        ("01 99 00 12 34", "phone", "+33199001234"),
        ("zéro un quatre-vingt-dix-neuf zéro zéro douze trente-quatre", "phone", "+33199001234"),
        ("01.99.00.56.78", "phone", "+33199005678"),
    )
    redacted = redact(
        chat(
            "01 99 00 12 34 ?",
            "Non, 01.99.00.56.78",
            "Et zéro un quatre-vingt-dix-neuf zéro zéro douze trente-quatre ?",
        ),
        finder,
    )
    assert texts(redacted) == [
        "[TÉLÉPHONE_1] ?", "Non, [TÉLÉPHONE_2]", "Et [TÉLÉPHONE_1] ?",
    ]  # fmt: skip


def test_parts_of_a_name_are_one_person_where_only_one_has_them(finder_of, chat):
    finder = finder_of(("Claire Durand", "person"), ("Durand", "person"), ("Petit", "person"))
    redacted = redact(chat("Claire Durand", "Mme Durand", "M. Petit et DURAND"), finder)
    assert texts(redacted) == ["[NOM_1]", "Mme [NOM_1]", "M. [NOM_2] et [NOM_1]"]


def test_a_name_that_two_persons_have_is_nobodys_of_them(finder_of, chat):
    finder = finder_of(("Claire Durand", "person"), ("Paul Durand", "person"), ("Durand", "person"))
    redacted = redact(chat("Claire Durand et Paul Durand", "Mme Durand"), finder)
    first, second = texts(redacted)
    assert first == "[NOM_1] et [NOM_2]"
    assert second == "Mme [NOM_3]"


def test_a_number_over_several_turns_is_one_item(finder_of, chat):
    found = []
    conversation = chat("Les quatre premiers ?", "4111", "ensuite ?", "1111 1111 1111")
    for turn, part in ((1, 0), (3, 1)):
        text = conversation.turns[turn].text
        (data,) = finder_of((text, "card_number", DIGITS))(text)
        found.append(data.model_copy(update={"turn_index": turn, "item": 7, "part": part}))
    redacted = redact_conversation(conversation, found, find=finder_of())
    assert texts(redacted) == ["Les quatre premiers ?", "[CARTE_1]", "ensuite ?", "[CARTE_1]"]


def test_covered_words_become_one_with_the_first_start_and_the_last_end(finder_of, call, said):
    finder = finder_of((CARD, "card_number", DIGITS))
    turn = said(0, "customer", ["C'est", "le", "4111", "1111", "1111", "1111,", "voilà."])
    (after,) = redact(call(turn), finder).conversation.turns
    assert after.text == "C'est le [CARTE_1], voilà."
    assert after.text == " ".join(word.text for word in after.words)
    assert [word.text for word in after.words] == ["C'est", "le", "[CARTE_1],", "voilà."]
    hidden = after.words[2]
    assert (hidden.start_s, hidden.end_s) == (turn.words[2].start_s, turn.words[5].end_s)
    assert hidden.spoken is None
    assert after.words[3] == turn.words[6]
    assert (after.index, after.speaker, after.start_s, after.end_s) == (
        turn.index, turn.speaker, turn.start_s, turn.end_s,
    )  # fmt: skip


def test_what_was_spoken_goes_with_what_is_written(finder_of, call, said):
    spoken = "quatre mille cent onze " + "un " * 12
    turn = said(0, "customer", ["ma", "carte", (f"{CARD}.", spoken.strip()), "merci"])
    redacted = redact(call(turn), finder_of((CARD, "card_number", DIGITS)))
    assert "quatre mille" not in redacted.conversation.model_dump_json()
    assert redacted.conversation.turns[0].spoken_text == "ma carte [CARTE_1]. merci"


def test_a_covered_word_keeps_nothing_of_what_was_heard_even_misheard(finder_of, call, said):
    turn = said(0, "customer", ["je", "suis", ("Durand.", "du rang")])
    redacted = redact(call(turn), finder_of(("Durand", "person")))
    assert redacted.conversation.turns[0].words[2].spoken is None


def test_a_word_that_only_hides_the_value_in_its_spoken_form_loses_it(finder_of, call, said):
    turns = (
        said(0, "customer", [CARD]),
        said(1, "agent", [("bien", "quatre un un un un un un un"), "noté"], start_s=9),
    )
    redacted = redact(call(*turns), finder_of((CARD, "card_number", DIGITS)))
    assert redacted.conversation.turns[1].words[0].spoken is None


def test_words_that_do_not_match_the_text_are_left_out(finder_of, call):
    turn = Turn(
        index=0, speaker="customer", text=f"carte {CARD}", start_s=0, end_s=4,
        words=(
            Word(text="cart", start_s=0, end_s=1, probability=1),
            Word(text="4111111111111111", start_s=1, end_s=4, probability=1),
        ),
    )  # fmt: skip
    (after,) = redact(call(turn), finder_of((CARD, "card_number"))).conversation.turns
    assert after.words == ()
    assert (after.text, after.start_s, after.end_s) == ("carte [CARTE_1]", 0, 4)


def test_a_text_that_was_corrected_does_not_leave_the_number_in_its_words(finder_of, call, said):
    corrected = said(1, "agent", ["donc", "4111111111111111"], start_s=9).model_copy(
        update={"text": "donc votre carte"}
    )
    redacted = redact(
        call(said(0, "customer", [CARD]), corrected), finder_of((CARD, "card_number", DIGITS))
    )
    assert redacted.conversation.turns[1].words == ()
    assert "4111" not in redacted.conversation.model_dump_json()


@pytest.mark.parametrize(
    ("language", "readback"),
    [
        ("fr", "4111, d'accord, 1111"),
        ("fr", "je répète : quatre mille cent onze, puis un un un un"),
        ("fr", "donc quatre un un un, un un un un"),
        ("fr", "4111-1111/1111.1111"),
        ("fr", "x41111111"),
        ("en", "so four one one one, one one one one"),
        ("en", "ending in 11 11"),
    ],
)
def test_a_number_that_is_repeated_in_part_is_redacted_as_well(finder_of, chat, language, readback):
    redacted = redact(chat(CARD, readback, language=language), finder_of((CARD, "card_number")))
    after = texts(redacted)[1]
    label = "CARTE" if language == "fr" else "CARD"
    assert f"[{label}_1]" in after
    assert not re.search(r"\d{4}|11 11|cent onze|un un|one one", after)


def test_prices_and_dates_beside_a_number_stay(finder_of, chat):
    said = "Le 12 mars 2026, 49,90 € puis 1 200 euros à 14h30, dossier 77 2046"
    assert texts(redact(chat(CARD, said), finder_of((CARD, "card_number"))))[1] == said


def test_everything_beside_the_turns_is_redacted(finder_of, chat):
    finder = finder_of(
        (CARD, "card_number", DIGITS), ("Claire Durand", "person"),
        ("claire.durand@exemple.fr", "email"), ("0199001234", "phone"), ("0199009999", "phone"),
    )  # fmt: skip
    conversation = chat(
        "Bonjour",
        f"{CARD}, Claire Durand, 0199001234",
        participants=(
            Participant(role="customer", name="Claire DURAND", key="0199001234"),
            Participant(role="agent", name="Léa", decided_by="names Claire Durand"),
        ),
        metadata={
            "subject": "Carte 4111-1111-1111-1111",
            "from": "Claire Durand <claire.durand@exemple.fr>",
            "caller": 199001234,
            "card": int(DIGITS),
            "deep": [{"note": ["Mme Durand, 0199009999"]}],
            "sha256": "0123456789abcdef" * 4,
            "sent": "2026-11-03T10:02:00+01:00",
            "seconds": 12.5,
        },
        recording=Recording(
            name="0199001234_Durand.wav", sha256="a" * 64, size_bytes=1, container="wav",
            codec="pcm_s16le", sample_rate_hz=8000, channels=1, duration_s=1,
        ),
    ).model_copy(update={"id": "appel_0199001234_durand-7"})  # fmt: skip
    redacted = redact(conversation, finder)
    after = redacted.conversation
    assert after.id == "appel_TELEPHONE-1_NOM-1-7"
    assert after.recording.name == "TELEPHONE-1_NOM-1.wav"
    assert after.participants[0].name == "[NOM_1]"
    assert after.participants[0].key == "[TÉLÉPHONE_1]"
    assert after.participants[1].decided_by == "names [NOM_1]"
    assert after.metadata == {
        "subject": "Carte [CARTE_1]",
        "from": "[NOM_1] <[EMAIL_1]>",
        "caller": after.metadata["caller"],
        "card": "[CARTE_1]",
        "deep": [{"note": ["Mme [NOM_1], [TÉLÉPHONE_3]"]}],
        "sha256": "0123456789abcdef" * 4,
        "sent": "2026-11-03T10:02:00+01:00",
        "seconds": 12.5,
    }
    assert after.metadata["caller"].startswith("[TÉLÉPHONE_")
    assert Conversation.model_validate_json(after.model_dump_json()) == after
    assert redacted.report.beside["person"] >= 4


def test_an_agent_has_a_label_of_their_own_and_a_policy_of_their_own(finder_of, chat):
    finder = finder_of(("Léa", "person"), ("Claire Durand", "person"))
    conversation = chat(
        "Bonjour, je suis Léa.", "Bonjour Léa, je suis Claire Durand.",
        participants=(Participant(role="agent", name="Léa"), Participant(role="customer")),
    )  # fmt: skip
    assert texts(redact(conversation, finder)) == [
        "Bonjour, je suis [CONSEILLER_1].", "Bonjour [CONSEILLER_1], je suis [NOM_1].",
    ]  # fmt: skip
    kept = redact(conversation, finder, RedactionPolicy(types={"agent_name": "keep"}))
    assert texts(kept) == ["Bonjour, je suis Léa.", "Bonjour Léa, je suis [NOM_1]."]
    assert kept.conversation.participants[0].name == "Léa"
    assert kept.report.kept == {"agent_name": 2}


def test_an_agent_without_a_name_in_the_source_is_known_by_introducing_themselves(finder_of, chat):
    finder = finder_of(("Léa", "person"), ("Claire Durand", "person"))
    conversation = chat(
        "Léa à votre écoute, bonjour.", "Je suis Claire Durand", "Bien Claire Durand"
    )
    assert texts(redact(conversation, finder)) == [
        "[CONSEILLER_1] à votre écoute, bonjour.", "Je suis [NOM_1]", "Bien [NOM_1]",
    ]  # fmt: skip


def test_a_name_that_is_common_word_is_only_looked_for_with_a_capital(finder_of, chat):
    finder = finder_of(("M. Petit", "person"))
    redacted = redact(chat("M. Petit a un petit problème", "Et Petit rappelle"), finder)
    assert texts(redacted) == ["[NOM_1] a un petit problème", "Et [NOM_1] rappelle"]


def test_the_name_of_a_service_is_not_looked_for_everywhere(finder_of, chat):
    people = (Participant(role="agent", name="Service Client"),)
    conversation = chat("Le Service après vente.", "Cher Client", participants=people)
    assert texts(redact(conversation, finder_of())) == ["Le Service après vente.", "Cher Client"]


def test_card_data_goes_and_the_rest_stays_with_the_policy_of_cards(finder_of, chat):
    finder = finder_of((CARD, "card_number"), ("12/27", "card_expiry"), ("123", "card_cvv"),
                    ("Claire Durand", "person"))  # fmt: skip
    redacted = redact(chat(f"Claire Durand {CARD} 12/27 123", "123 ?"), finder, CARDS_ONLY)
    assert texts(redacted) == [
        "Claire Durand [CARTE_1] [EXPIRATION_1] [CRYPTOGRAMME_1]", "[CRYPTOGRAMME_1] ?",
    ]  # fmt: skip
    assert redacted.report.kept == {"person": 1}


def test_overlapping_finds_become_one_and_card_data_gives_the_name(finder_of, chat):
    finder = finder_of((CARD, "card_number"), (f"{CARD} 12", "customer_number"))
    assert texts(redact(chat(f"{CARD} 12."), finder)) == ["[CARTE_1]."]


def test_a_misheard_card_number_takes_the_digits_that_touch_it(finder_of, chat):
    finder = finder_of(("47, 32, 4, 20", "card_number"))
    found = finder("la carte 47, 32, 4, 20, 47, 47, voilà 250 euros")
    unchecked = [data.model_copy(update={"checked": False}) for data in found]
    conversation = chat("la carte 47, 32, 4, 20, 47, 47, voilà 250 euros")
    redacted = redact_conversation(conversation, unchecked, find=finder_of())
    assert texts(redacted) == ["la carte [CARTE_1], voilà 250 euros"]


def test_redacting_again_changes_nothing_and_new_values_get_new_numbers(finder_of, chat):
    finder = finder_of((CARD, "card_number"), ("Durand", "person"), ("NOM", "person"))
    once = redact(chat(f"Durand {CARD}"), finder)
    assert redact(once.conversation, finder).conversation == once.conversation
    more = once.conversation.model_copy(
        update={"turns": (once.conversation.turns[0],
                          Turn(index=1, speaker="agent", text="M. Durand"))}
    )  # fmt: skip
    assert texts(redact(more, finder))[1] == "M. [NOM_2]"


def test_the_report_names_types_places_and_times_and_no_value(finder_of, call, said):
    finder = finder_of((CARD, "card_number", DIGITS), ("Durand", "person"))
    turns = (
        said(0, "customer", ["Durand,", "carte", CARD]),
        said(1, "agent", ["4111", "Durand"], start_s=5),
    )
    redacted = redact(call(*turns), finder)
    report = redacted.report
    assert report.counts == {"person": 2, "card_number": 2}
    for item in report.items:
        text = redacted.conversation.turns[item.turn_index].text
        assert text[item.start : item.end] == item.placeholder
        assert item.action == "redact"
    card = report.items[1]
    assert (card.start_s, card.end_s) == (0.8, 1.1)
    assert (card.is_checked, card.is_repeat) == (True, False)
    assert report.items[2].is_repeat
    stored = report.model_dump_json()
    assert "Durand" not in stored
    assert not re.search(r"4111|1111", json.dumps(json.loads(stored)["items"]))
    assert "Durand" not in repr(redacted)


def test_pseudonyms_are_the_same_in_every_conversation_and_only_with_the_key(finder_of, chat):
    finder = finder_of(("Claire Durand", "person"), ("Paul Petit", "person"))

    def pseudonyms(key: bytes, *said: str) -> list[str]:
        policy = RedactionPolicy(types={"person": "pseudonymise"}, pseudonym_key=key)
        return re.findall(
            r"\[NOM_([a-z]{10})\]", " ".join(texts(redact(chat(*said), finder, policy)))
        )

    first = pseudonyms(b"k" * 32, "Claire Durand et Paul Petit")
    second = pseudonyms(b"k" * 32, "Bonjour", "Paul Petit puis Claire DURAND et Claire Durand")
    assert len(set(first)) == 2
    assert second == [first[1], first[0], first[0]]
    assert set(pseudonyms(b"x" * 32, "Claire Durand et Paul Petit")).isdisjoint(first)


DIGIT_STRINGS = st.text("0123456789", min_size=10, max_size=19)
WORDS = st.sampled_from("oui alors voilà donc ma le pour euh carte numéro c'est bien".split())
SEPARATORS = st.sampled_from(["", " ", "-", ".", ", ", " / "])


def written_forms(secret: str, separator: str, step: int, language: str) -> list[str]:
    groups = [secret[at : at + step] for at in range(0, len(secret), step)]
    names = FR if language == "fr" else EN
    return [separator.join(groups), " ".join(names[int(digit)] for digit in secret)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    secret=DIGIT_STRINGS,
    kind=st.sampled_from(["card_number", "iban", "nir", "phone", "bank_account"]),
    separator=SEPARATORS,
    step=st.integers(2, 5),
    language=st.sampled_from(["fr", "en"]),
    before=st.lists(WORDS, max_size=4),
    after=st.lists(WORDS, max_size=4),
    is_spoken=st.booleans(),
)
def test_no_digits_of_a_secret_survive_anywhere(
    finder_of, call, said, secret, kind, separator, step, language, before, after, is_spoken
):
    written, spoken = written_forms(secret, separator, step, language)
    finder = finder_of((written, kind, secret))
    turns = (
        said(0, "customer", [*before, (written, spoken), *after]),
        # the agent repeats it in another form, which no finder reports
        said(1, "agent", [*after, *(spoken if is_spoken else secret).split(), *before],
             start_s=60),
        said(2, "customer", ["fin", (secret, spoken)], start_s=120),
    )  # fmt: skip
    conversation = call(
        *turns, language=language, metadata={"subject": f"n° {secret}", "digits": int(secret)}
    )
    redacted = redact(conversation, finder)
    stored = redacted.conversation.model_dump(mode="json")
    for turn in stored["turns"]:
        del turn["start_s"], turn["end_s"]
        for word in turn["words"]:
            del word["start_s"], word["end_s"], word["probability"]
    left = json.dumps(stored)
    runs = {secret[at : at + 6] for at in range(len(secret) - 5)}
    names = FR if language == "fr" else EN
    digits = re.sub(r"\D+", " ", left)
    assert not [run for run in runs if run in digits.replace(" ", "")]
    said_left = json.dumps(stored, ensure_ascii=False)
    assert not [run for run in runs if " ".join(names[int(digit)] for digit in run) in said_left]
    for before_turn, after_turn in zip(
        conversation.turns, redacted.conversation.turns, strict=True
    ):
        assert after_turn.text == " ".join(word.text for word in after_turn.words)
        assert (after_turn.start_s, after_turn.end_s) == (before_turn.start_s, before_turn.end_s)


def test_a_card_number_in_the_name_of_a_file_does_not_stay(chat):
    redacted = redact_conversation(chat("Bonjour."), (), CARDS_ONLY)
    assert redacted.scrubber.file_name("appel_4111111111111111_a.wav") == "appel_CARTE-1_a.wav"
    assert redacted.scrubber.file_name("appel_20260301101112.wav") == "appel_20260301101112.wav"
