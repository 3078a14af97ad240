"""Numbers that are dictated are found whole, with what the listener repeats of them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from conversation import Conversation, Turn
from nlu.personal_data import find_in_text, find_personal_data


def _load(name: str):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


_load("generated")
dictations = _load("dictations")


def _find(turns: tuple[tuple[str, str], ...], language: str):
    made = tuple(Turn(index=n, speaker=s, text=t) for n, (s, t) in enumerate(turns))
    return find_personal_data(Conversation(id="c", channel="phone", language=language, turns=made))


def test_every_word_of_a_dictated_number_is_covered_with_the_listeners_repeats():
    missed = []
    for dictation in dictations.dictations(105, seed=23):
        found = _find(dictation.turns, dictation.language)
        covered = {(one.turn_index, at) for one in found for at in range(one.start, one.end)}
        whole = all(
            (turn, at) in covered or not dictation.turns[turn][1][at].isalnum()
            for turn, start, end in dictation.said
            for at in range(start, end)
        )
        if not whole or dictation.type not in {one.type for one in found}:
            missed.append(dictation)
    assert len(missed) <= 1, missed[:3]


def test_the_dictations_are_the_same_for_the_same_seed():
    assert list(dictations.dictations(20, seed=3)) == list(dictations.dictations(20, seed=3))


@pytest.mark.parametrize(
    ("language", "text", "kind", "value"),
    [
        ("en", "my card number is four one one one, one one one one, one one one one, "
         "one one one one", "card_number", "4111111111111111"),
        ("en", "the card is double five double five treble five five, double five double five, "
         "double four double four", "card_number", "5555555555554444"),
        ("en", "the card is four thousand nine hundred and seventy four thousand eight hundred "
         "and eleven nine thousand and thirty-three eight thousand five hundred and forty one",
         "card_number", "4970481190338541"),
        ("fr", "notre numéro de TVA est F R quarante-six cent seize huit cent quatre-vingt-neuf "
         "six cent trente-cinq", "vat", "FR46116889635"),
        ("fr", "l'IBAN, D comme Denise E comme Émile huit quatre zéro cinq cinq trois sept six "
         "trois deux zéro six trois huit quatre trois huit quatre quatre un", "iban",
         "DE84055376320638438441"),
    ],
)  # fmt: skip
def test_each_way_to_read_digits_is_understood(language, text, kind, value):
    found = find_in_text(text, language=language)
    assert (kind, value) in [(one.type, one.value) for one in found]


def test_an_acknowledgement_does_not_cut_a_number():
    turns = (
        ("agent", "And your card number?"),
        ("customer", "four one one one"),
        ("agent", "uh-huh"),
        ("customer", "one one one one"),
        ("agent", "lovely, carry on"),
        ("customer", "one one one one"),
        ("agent", "one one one one"),
        ("customer", "one one one one."),
    )
    found = [one for one in _find(turns, "en") if one.type == "card_number"]
    assert {one.value for one in found} == {"4111111111111111"}
    assert {one.turn_index for one in found} == {1, 3, 5, 6, 7}


def test_the_listeners_repeats_make_no_other_number():
    turns = (
        ("agent", "what's the SIREN?"),
        ("customer", "nine hundred and ninety-two"),
        ("agent", "nine hundred and ninety-two"),
        ("customer", "nine hundred and thirty-six"),
        ("agent", "nine hundred and thirty-six"),
        ("customer", "five hundred and thirty four thanks"),
    )
    assert {one.value for one in _find(turns, "en")} == {"992936534"}


def test_repeated_letters_and_single_digits_are_covered_too():
    turns = (
        ("customer", "numéro de TVA : F comme France R comme Robert quatre zéro"),
        ("agent", "F comme France R comme Robert quatre zéro, oui"),
        ("customer", "trois quatre sept trois sept quatre"),
        ("agent", "d'accord"),
        ("customer", "trois quatre zéro"),
    )
    found = [one for one in _find(turns, "fr") if one.type == "vat"]
    assert {one.value for one in found} == {"FR40347374340"}
    assert turns[1][1].startswith(next(one.text for one in found if one.turn_index == 1))


def test_a_street_in_the_plural_as_a_recogniser_may_write_it_is_an_address():
    (address,) = find_in_text("J'habite 8 rues de la République à Lyon")
    assert (address.type, address.text) == ("postal_address", "8 rues de la République à Lyon")


def test_an_email_address_far_into_a_long_turn_is_found():
    talk = "alors je vous explique, " * 40 + "mon mail c'est jean point dupont arobase orange point"
    found = find_in_text(f"{talk} fr, voilà " + "et donc voilà " * 40)
    assert [(one.type, one.value) for one in found] == [("email", "jean.dupont@orange.fr")]
