"""Card data out of what is being said."""

from __future__ import annotations

import pytest

from conversation import Turn, Word
from nlu.redaction import CARDS_ONLY, DEFAULT_POLICY
from serving.live.redaction import HIDDEN, WAITING_S, LiveRedactor


def turn(index, text, speaker="customer"):
    start_s = index * 5.0
    words = tuple(
        Word(text=one, start_s=start_s + at * 0.3, end_s=start_s + at * 0.3 + 0.2, probability=0.9)
        for at, one in enumerate(text.split())
    )
    return Turn(
        index=index, speaker=speaker, text=text, start_s=start_s, end_s=words[-1].end_s, words=words
    )


def redactor(policy=CARDS_ONLY):
    return LiveRedactor(policy, channel="phone", language="fr")


def shown(redactor, *said):
    """What is shown after each turn, the newest text of each."""
    texts, steps = {}, []
    for index, (speaker, text) in enumerate(said):
        for one in redactor.hear(turn(index, text, speaker), index * 5.0):
            texts[one.turn.index] = one.turn.text
        steps.append(dict(texts))
    return steps


def test_groups_of_a_card_number_are_hidden_until_it_is_one():
    steps = shown(
        redactor(), ("customer", "C'est le 4970"), ("agent", "oui"), ("customer", "1012"),
        ("agent", "d'accord"), ("customer", "3456"), ("customer", "7893, et ça expire en 12 26"),
    )  # fmt: skip
    assert steps[0] == {0: f"C'est le {HIDDEN}"}
    assert steps[4] == {0: f"C'est le {HIDDEN}", 1: "oui", 2: HIDDEN, 3: "d'accord", 4: HIDDEN}
    assert steps[5][0] == "C'est le [CARTE_1]"
    assert steps[5][5] == "[CARTE_1], et ça expire en [EXPIRATION_1]"
    for step in steps:
        assert not any(group in text for text in step.values() for group in ("4970", "1012"))


def test_the_sound_of_a_card_number_is_to_be_silenced():
    found = redactor()
    shown(found, ("customer", "ma carte, c'est le 4970 1012 3456 7893"))
    [(start_s, end_s)] = found.spans_s
    assert start_s <= 1.2
    assert end_s >= 2.3
    assert start_s > 0.7  # "ma carte" is heard


@pytest.mark.parametrize("next_words", ["je voudrais savoir où elle est", "et c'est tout"])
def test_other_digits_come_back_with_the_next_words(next_words):
    steps = shown(redactor(), ("customer", "la commande 4587"), ("customer", next_words))
    assert steps[0] == {0: f"la commande {HIDDEN}"}
    assert steps[1][0] == "la commande 4587"


def test_other_digits_come_back_when_nothing_follows():
    found = redactor()
    shown(found, ("customer", "la commande 4587"))
    assert found.open_from_s == 0.0
    assert found.settle(WAITING_S - 1) == []
    [late] = found.settle(WAITING_S + 1)
    assert late.turn.text == "la commande 4587"
    assert found.open_from_s is None


@pytest.mark.parametrize(
    "text", ["il est midi", "en 12 minutes", "je suis au 0 800", "page 12", "c'est le 17 mai"]
)
def test_what_cannot_begin_a_card_number_is_shown_at_once(text):
    [step] = shown(redactor(), ("customer", text))
    assert step == {0: text}


def test_words_beside_hidden_digits_keep_their_times():
    [step] = redactor().hear(turn(0, "la commande 4587"), 0.0)
    assert [word.text for word in step.turn.words] == ["la", "commande", HIDDEN]
    assert step.turn.words[1].start_s == pytest.approx(0.3)


def test_partials_hide_numbers_in_figures_and_in_words():
    found = redactor()
    assert found.partial("c'est le 4970 10", "customer") == f"c'est le {HIDDEN}"
    said = found.partial("quatre neuf sept zéro un zéro", "customer")
    assert said == HIDDEN
    assert found.partial("à dix heures et quart", "customer") == "à dix heures et quart"
    assert found.partial("il y en a deux ou trois", "agent") == "il y en a deux ou trois"


def test_names_go_where_the_policy_says_so_and_keep_their_numbers():
    found = redactor(DEFAULT_POLICY)
    said = [("customer", "Je m'appelle Claire Durand."), ("agent", "Bonjour Claire Durand.")]
    said += [("agent", f"Je note le point {at}.") for at in "abcdefghijklmn"]
    said += [("customer", "Mon mail est claire@exemple.fr")]
    steps = shown(found, *said)
    assert steps[-1][0] == "Je m'appelle [NOM_1]."
    assert steps[-1][1] == "Bonjour [NOM_1]."
    assert "exemple" not in steps[-1][len(said) - 1]
