from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Turn
from nlu.axes import ContactAxes, read_axes
from nlu.axes.cues import cues, find_cue
from nlu.axes.danger import find_dangers
from nlu.axes.outcome import read_outcome
from nlu.axes.passages import fold, passages_of
from nlu.axes.repeat import read_repeat
from nlu.axes.sales import read_sales
from nlu.axes.urgency import read_urgency

TEXTS = [
    json.loads(line)
    for line in (Path(__file__).parent / "axes_texts.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def of(axis: str) -> list[dict]:
    return [row for row in TEXTS if row["axis"] == axis]


def said(text: str, speaker: str = "customer"):
    turn = Turn(index=0, speaker=speaker, text=text)
    return passages_of(Conversation(id="said", channel="phone", turns=(turn,)))


def test_dangers_are_told_from_ordinary_talk() -> None:
    wrong = [
        (row["danger"], row["text"])
        for row in of("danger")
        if (row["danger"] or None)
        not in ([found.danger for found in find_dangers(said(row["text"]))] or [None])
    ]
    assert wrong == []


@pytest.mark.parametrize("change", [str.upper, str.capitalize, lambda t: f"euh bonjour {t} voilà"])
def test_dangers_are_found_however_they_are_written(change) -> None:
    texts = [row["text"] for row in of("danger") if row["danger"]]
    missed = [text for text in texts if not find_dangers(said(change(text)))]
    assert len(missed) <= len(texts) * 0.01, missed


def test_only_the_customer_can_raise_an_alarm() -> None:
    text = "Si vous sentez le gaz, appelez. Il y a une odeur de gaz."
    assert find_dangers(said(text, "agent")) == ()
    assert find_dangers(said(text, "unknown"))


@pytest.mark.parametrize("row", of("urgency"), ids=lambda row: row["text"])
def test_urgency_has_the_level_that_the_words_tell(row: dict) -> None:
    assert read_urgency(said(row["text"])).level == row["level"]


def test_a_danger_is_always_for_a_person_and_names_the_numbers() -> None:
    urgency = read_urgency(said("Bonjour. C'est urgent, ça sent le gaz chez moi depuis hier."))
    assert (urgency.level, urgency.always_human) == (3, True)
    assert [trigger.kind for trigger in urgency.triggers] == ["gas_smell", "stated_urgent"]
    assert (
        urgency.triggers[0].evidence.quote == "C'est urgent, ça sent le gaz chez moi depuis hier."
    )
    assert [number.number for number in urgency.emergency_numbers] == ["18", "112", "114"]


def test_suicidal_words_give_the_3114_first() -> None:
    urgency = read_urgency(said("j'ai plus envie de vivre"))
    assert urgency.emergency_numbers[0].number == "3114"


@pytest.mark.parametrize("row", of("repeat"), ids=lambda row: row["text"])
def test_repeat_contacts_are_what_the_customer_states(row: dict) -> None:
    repeat = read_repeat(said(row["text"]))
    assert (repeat.stated, repeat.count) == (row["stated"], row["count"])
    assert not repeat.stated or repeat.evidence


def test_a_stated_first_contact_is_quoted() -> None:
    repeat = read_repeat(said("C'est la première fois que je vous appelle."))
    assert not repeat.stated
    assert repeat.evidence[0].quote == "C'est la première fois que je vous appelle."


@pytest.mark.parametrize("row", of("sales"), ids=lambda row: row["text"])
def test_openings_for_a_sale_are_found_unless_refused(row: dict) -> None:
    sales = read_sales(said(row["text"]))
    assert sales.present is bool(row["kinds"])
    assert not sales.present or {o.kind for o in sales.openings} == set(row["kinds"])


def test_a_refusal_closes_the_openings() -> None:
    sales = read_sales(said("Je déménage en mars. Mais non merci, je ne suis pas intéressé."))
    assert not sales.present
    assert sales.openings[0].kind == "moving"
    assert sales.refused is not None


@pytest.mark.parametrize(
    ("turns", "outcome", "quoted"),
    [
        (
            [
                ("customer", "Mon compte est bloqué."),
                ("agent", "Je viens de débloquer votre compte."),
                ("customer", "Ah oui, ça marche, merci."),
            ],
            "resolved",
            1,
        ),
        (
            [
                ("customer", "Mon colis n'est pas arrivé."),
                ("agent", "J'ouvre une enquête auprès du transporteur."),
                ("agent", "Vous recevrez une réponse par SMS avant jeudi."),
                ("customer", "Merci beaucoup, bonne journée."),
            ],
            "commitment",
            2,
        ),
        (
            [
                ("customer", "Je voudrais résilier."),
                ("agent", "Ne quittez pas, je vous passe le service résiliation."),
            ],
            "transferred",
            1,
        ),
        (
            [
                ("customer", "Je veux être remboursé."),
                ("agent", "Malheureusement je ne peux pas vous rembourser."),
                ("customer", "C'est inadmissible, je vais saisir le médiateur."),
            ],
            "unresolved",
            2,
        ),
        (
            [
                ("customer", "I can't log in"),
                ("agent", "I've reset your password"),
                ("customer", "great it works now thank you"),
            ],
            "resolved",
            1,
        ),
        (
            [
                ("customer", "my internet is down"),
                ("agent", "I've booked an engineer, he will be there on Monday"),
                ("customer", "okay thanks"),
            ],
            "commitment",
            1,
        ),
        (
            [("customer", "i want to cancel"), ("agent", "let me transfer you to the right team")],
            "transferred",
            1,
        ),
        (
            [
                ("customer", "so can you refund me"),
                ("agent", "unfortunately there is nothing I can do"),
                ("customer", "this is unacceptable"),
            ],
            "unresolved",
            2,
        ),
    ],
)
def test_outcomes_are_told_with_evidence_of_either_side(talk, turns, outcome, quoted) -> None:
    call = talk(*turns)
    result = read_outcome(call)
    assert result.outcome == outcome
    assert len(result.evidence) >= quoted
    assert all(e.quote in call.turns[e.turn_index].text for e in result.evidence)


def test_a_transfer_that_others_went_on_from_is_not_the_outcome(talk) -> None:
    call = talk(
        ("agent", "Je vous passe le service technique."),
        *[
            ("agent", f"Je regarde votre ligne, cela prend un instant, étape {i}.")
            for i in range(9)
        ],
        ("agent", "C'est réglé, votre ligne est de nouveau active."),
        ("customer", "Oui ça marche, merci."),
    )
    assert read_outcome(call).outcome == "resolved"


@pytest.mark.parametrize("turns", [[], [("customer", "Merci beaucoup.")], [("agent", "Bonjour ?")]])
def test_without_a_word_about_it_there_is_no_outcome(talk, turns) -> None:
    assert read_outcome(talk(*turns)).outcome is None


def test_a_negation_takes_back_only_what_it_stands_before() -> None:
    wanted = cues(r"\bodeur de gaz\b")
    assert find_cue("il n'y a pas d'odeur de gaz", wanted) is None
    assert find_cue("ce n'est pas grave mais il y a une odeur de gaz", wanted) is not None
    assert find_cue("en cas d'odeur de gaz", wanted) is None
    assert find_cue("il y a eu une odeur de gaz l'annee derniere", wanted) is None


@given(st.text(max_size=80))
def test_folded_text_keeps_the_place_of_each_character(text: str) -> None:
    plain, places = fold(text)
    assert len(plain) == len(places)
    assert list(places) == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@given(st.text(alphabet="abc éœ’.,!?\n çà12", max_size=120), st.data())
def test_any_part_of_a_sentence_can_be_quoted(text: str, data) -> None:
    for passage in said(text):
        start = data.draw(st.integers(0, len(passage.plain) - 1))
        end = data.draw(st.integers(start + 1, len(passage.plain)))
        assert passage.quote(start, end).quote in text


def test_long_unpunctuated_turns_are_quoted_around_the_words_that_count() -> None:
    text = " ".join(["alors voilà"] * 20 + ["ça sent le gaz"] + ["vous voyez"] * 20)
    quote = find_dangers(said(text))[0].evidence.quote
    assert "ça sent le gaz" in quote
    assert len(quote.split()) < 30


def test_what_an_e_mail_quotes_is_not_read() -> None:
    assert find_dangers(said("Bonjour.\n> ça sent le gaz chez moi\nMerci.")) == ()


class Remembering:
    """The real encoder's vectors, encoded in one batch."""

    def __init__(self, encoder, vectors) -> None:
        self._encoder, self._vectors = encoder, vectors
        self.name, self.dim, self.reference = encoder.name, encoder.dim, encoder.reference

    def encode(self, texts, *, kind="query"):
        missing = [text for text in texts if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([self._vectors[text] for text in texts])


@pytest.mark.model
def test_natures_of_sentences_that_the_head_never_saw(encoder) -> None:
    rows = of("nature")[::3]
    right = 0
    texts = [row["text"] for row in rows]
    once = Remembering(encoder, dict(zip(texts, encoder.encode(texts), strict=True)))
    for row in rows:
        turn = Turn(index=0, speaker="customer", text=row["text"])
        mail = Conversation(id="one", channel="email", language=row["lang"], turns=(turn,))
        right += read_axes(mail, encoder=once).nature.primary == row["nature"]
    assert right / len(rows) >= 0.85


@pytest.mark.model
def test_a_call_is_read_along_all_axes(encoder, talk) -> None:
    call = talk(
        ("agent", "Télécom Plus bonjour, que puis-je pour vous ?"),
        ("customer", "Bonjour, c'est la troisième fois que j'appelle, je n'ai plus internet."),
        ("customer", "C'est inadmissible, vous vous moquez du monde !"),
        ("agent", "Je suis désolé. Un technicien passera demain matin."),
        ("customer", "D'accord. Et je déménage en mars, il faudra le prévoir."),
        language="fr",
    )
    axes = read_axes(call, encoder=encoder)
    assert axes.nature.primary in {"complaint", "incident"}
    assert "complaint" in {axes.nature.primary, *axes.nature.also}
    assert (axes.urgency.level, axes.urgency.always_human) == (2, False)
    assert (axes.repeat.stated, axes.repeat.count) == (True, 3)
    assert axes.outcome.outcome == "commitment"
    assert axes.sales.present
    assert sum(score.probability for score in axes.nature.scores) == pytest.approx(1, abs=0.001)
    assert axes.provenance.models[0] == encoder.reference
    assert ContactAxes.model_validate_json(axes.model_dump_json()) == axes


@pytest.mark.model
@pytest.mark.parametrize(
    "turns", [[], [("agent", "Bonjour.")], [("customer", "…")], [("customer", "Bonjour.")]]
)
def test_a_contact_that_says_nothing_has_no_nature(encoder, talk, turns) -> None:
    axes = read_axes(talk(*turns), encoder=encoder)
    assert axes.nature.primary is None
    assert axes.urgency.level == 0
    assert axes.outcome.outcome is None


@pytest.mark.model
def test_kind_words_at_the_end_do_not_make_a_compliment(encoder, talk) -> None:
    call = talk(
        ("customer", "Bonjour, je voudrais changer l'adresse de mon contrat s'il vous plaît."),
        ("agent", "C'est fait."),
        ("customer", "Super, merci beaucoup pour votre aide, vous êtes très aimable."),
    )
    assert read_axes(call, encoder=encoder).nature.primary == "request"
