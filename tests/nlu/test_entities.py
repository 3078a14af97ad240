from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Turn
from conversation.errors import DefinitionInvalid
from nlu.entities import Product, find_entities
from nlu.entities.calendar_days import add_business_days, weekday_near
from nlu.entities.written_text import fold, read_written

THURSDAY = datetime(2026, 11, 12, 14, 2, tzinfo=UTC)


def entities(
    text: str, language: str = "fr", *, at: datetime | None = THURSDAY, before="", **given
):
    said = [("agent", before)] if before else []
    said.append(("customer", text))
    turns = tuple(Turn(index=i, speaker=who, text=words) for i, (who, words) in enumerate(said))
    conversation = Conversation(
        id="c", channel="phone", language=language, started_at=at, turns=turns
    )
    return find_entities(conversation, **given)


def found(text: str, language: str = "fr", **given) -> list[tuple[str, str | None]]:
    return [(one.kind, one.value) for one in entities(text, language, **given)]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("cela fait 15,90 € en tout", "fr", "15.90 EUR"),
        ("quarante-deux euros cinquante", "fr", "42.50 EUR"),
        ("12€50", "fr", "12.50 EUR"),
        ("un virement de 1 250 €", "fr", "1250.00 EUR"),
        ("deux euros", "fr", "2.00 EUR"),
        ("forty two dollars and fifty cents", "en", "42.50 USD"),
        ("it was $1,250.99", "en", "1250.99 USD"),
        ("£86.40 for roaming", "en", "86.40 GBP"),
    ],
)
def test_amounts_are_read_in_figures_and_in_words(text, language, value):
    (amount,) = entities(text, language)
    assert (amount.kind, amount.value) == ("amount", value)
    assert amount.number == Decimal(value.split()[0])
    assert amount.unit == value.split()[1]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("je passe demain", "fr", "2026-11-13"),
        ("lundi prochain", "fr", "2026-11-16"),
        ("depuis mardi", "fr", "2026-11-10"),
        ("samedi dernier", "fr", "2026-11-07"),
        ("j'ai appelé mardi", "fr", "2026-11-10"),
        ("livré lundi mais rien reçu", "fr", "2026-11-09"),
        ("le douze mars", "fr", "2027-03-12"),
        ("le 3 novembre", "fr", "2026-11-03"),
        ("mardi 17 novembre", "fr", "2026-11-17"),
        ("votre rendez-vous est confirmé mardi 17 novembre", "fr", "2026-11-17"),
        ("le 12/03/2026", "fr", "2026-03-12"),
        ("dans deux semaines", "fr", "2026-11-26"),
        ("il y a trois jours", "fr", "2026-11-09"),
        ("la semaine prochaine", "fr", "2026-11-16/2026-11-22"),
        ("du 3 au 5 décembre", "fr", "2026-12-03/2026-12-05"),
        ("entre lundi et mercredi", "fr", "2026-11-16/2026-11-18"),
        ("two weeks ago", "en", "2026-10-29"),
        ("on March 3rd, 2027", "en", "2027-03-03"),
        ("two days from now", "en", "2026-11-14"),
        ("last Tuesday", "en", "2026-11-10"),
        ("the 15th", "en", "2026-11-15"),
        ("12/03/2026", "en", "2026-12-03"),
    ],
)
def test_days_are_counted_from_the_conversation(text, language, value):
    assert ("date", value) in found(text, language)


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("d'ici quarante-huit heures", "fr", "2026-11-14T14:02", "hour"),
        ("sous huit jours", "fr", "2026-11-20", "day"),
        ("sous 3 à 5 jours ouvrés", "fr", "2026-11-19", "business_day"),
        ("avant le 19 novembre", "fr", "2026-11-19", None),
        ("d'ici vendredi", "fr", "2026-11-13", None),
        ("avant la fin du mois", "fr", "2026-11-30", None),
        ("dans les 24 heures", "fr", "2026-11-13T14:02", "hour"),
        ("by Friday", "en", "2026-11-13", None),
        ("within five business days", "en", "2026-11-19", "business_day"),
        ("by the end of the week", "en", "2026-11-13", None),
    ],
)
def test_deadlines_give_the_last_day(text, language, value, unit):
    (deadline,) = entities(text, language)
    assert (deadline.kind, deadline.value, deadline.unit) == ("deadline", value, unit)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("entre 8h et 10h", "fr", "08:00/10:00"),
        ("à quatorze heures trente", "fr", "14:30"),
        ("de 9h à midi", "fr", "09:00/12:00"),
        ("between 8 and 10 am", "en", "08:00/10:00"),
        ("at 3 p.m.", "en", "15:00"),
        ("from 11 to 1 pm", "en", "11:00/13:00"),
    ],
)
def test_hours_of_the_day(text, language, value):
    assert found(text, language) == [("time", value)]


def test_an_hour_count_after_since_is_a_duration():
    assert found("j'attends depuis 24h") == [("duration", "PT24H")]


def test_percentages_measures_and_durations():
    assert found("20% sur 100 Go pendant six mois") == [
        ("percentage", "20 %"),
        ("quantity", "100 Go"),
        ("duration", "P6M"),
    ]


def test_without_a_day_of_its_own_a_conversation_gives_no_relative_date():
    assert found("je passe demain", at=None) == [("date", None)]
    assert found("le 12/03/2026", at=None) == [("date", "2026-03-12")]


def test_a_message_of_its_own_day_counts_from_it():
    later = THURSDAY + timedelta(days=4)
    conversation = Conversation(
        id="c",
        channel="chat",
        language="fr",
        started_at=THURSDAY,
        turns=(Turn(index=0, speaker="agent", text="je vous rappelle demain", at=later),),
    )
    (day,) = find_entities(conversation)
    assert day.value == "2026-11-17"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("ma commande TP-448120 du 3 novembre", "TP-448120", "order"),
        ("mon numéro de client est le 47, 32,420.", "4732420", "customer"),
        ("commande numéro quatre sept trois deux quatre deux", "473242", "order"),
        ("dossier n° 2026-88412", "2026-88412", "file"),
    ],
)
def test_order_numbers_after_a_word_that_says_so(text, value, unit):
    number = entities(text)[0]
    assert (number.kind, number.value, number.unit) == ("order_number", value, unit)


def test_a_bare_number_answers_the_question_for_it():
    (number,) = entities("HP-90233", "en", before="Could you give me your order number?")
    assert (number.kind, number.unit) == ("order_number", "order")


def test_a_telephone_number_is_no_order_number():
    assert "order_number" not in dict(found("06 39 98 12 34", before="Votre numéro de dossier ?"))


def test_a_card_number_is_no_order_number():
    assert "order_number" not in dict(found("commande 4111 1111 1111 1111"))


def test_the_centres_own_patterns_come_first():
    number = entities("c'est le XK9/77 je crois", order_patterns=[r"XK\d/\d+"])[0]
    assert (number.kind, number.value) == ("order_number", "XK9/77")


def test_a_broken_pattern_says_which():
    with pytest.raises(DefinitionInvalid, match=r"XK\("):
        entities("bonjour", order_patterns=["XK("])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ma livebox 5 marche plus", "Livebox 5"),
        ("les Live Box 5", "Livebox 5"),
        ("la fibre box maxi", "Fibrebox Max"),
        ("mon forfait essentiels", "Forfait Essentiel"),
        ("le petit forfait", "Forfait Essentiel"),
        ("mes iPhones 15", "iPhone 15"),
    ],
)
def test_products_are_found_misspelt_and_inflected(text, name):
    products = [
        "Livebox 5",
        "Fibrebox Max",
        Product(name="Forfait Essentiel", aliases=("petit forfait",)),
        "iPhone 15",
    ]
    assert found(text, products=products) == [("product", name)]


def test_another_version_is_another_product():
    assert found("l'iphone 16", products=["iPhone 15"]) == []


def test_the_evidence_is_what_was_said():
    (amount, deadline) = entities("je rembourse quarante-deux euros cinquante sous huit jours")
    assert amount.text == "quarante-deux euros cinquante"
    assert deadline.text == "sous huit jours"
    assert amount.speaker == "customer"


def test_another_language_gives_nothing():
    assert entities("cuesta 15 €", "es") == ()


@given(st.text(max_size=80))
def test_any_text_is_read_and_every_quote_is_in_it(text):
    for language in ("fr", "en"):
        for one in entities(text, language, products=["Livebox 5"]):
            assert one.text in text


@given(st.text(max_size=60))
def test_folding_keeps_places(text):
    assert len(fold(text)) == len(text)


@given(
    st.lists(
        st.sampled_from(
            "je paie douze euros le trois mars à dix heures, merci. quatre-vingts".split()
        ),
        max_size=14,
    )
)
def test_the_way_back_covers_the_original(words):
    text = " ".join(words)
    written = read_written(text, "fr")
    assert written.quote(0, len(written.text)) == text


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 6))
def test_the_next_weekday_is_within_a_week(today, weekday):
    ahead = weekday_near(today, weekday, "future")
    assert 1 <= (ahead - today).days <= 7
    assert ahead.weekday() == weekday
    assert 1 <= (today - weekday_near(today, weekday, "past")).days <= 7


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 30))
def test_business_days_end_on_one(day, count):
    later = add_business_days(day, count)
    assert later.weekday() < 5
    assert (later - day).days >= count
