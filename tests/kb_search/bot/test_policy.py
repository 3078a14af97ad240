"""What a centre decides: texts, hours, and what it may not decide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from kb_search.bot import BotPolicy
from kb_search.bot.hours import OpeningHours
from kb_search.bot.texts import Texts, disclosure, shipped_texts

PARIS = {"days": {"monday": ["09:00-12:30", "14:00-18:00"], "friday": ["08:30-12:00"]}}


def test_every_text_stands_in_both_languages():
    assert set(shipped_texts("fr").model_dump()) == set(shipped_texts("en").model_dump())


def test_a_centre_replaces_single_texts():
    policy = BotPolicy(texts={"fr": {"goodbye": "À bientôt chez nous."}})
    assert policy.words("fr").goodbye == "À bientôt chez nous."
    assert policy.words("fr").greeted == shipped_texts("fr").greeted
    assert policy.words("en").goodbye == shipped_texts("en").goodbye


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"hello": "x"}, "no text of the bot"),
        ({"goodbye": " "}, "is empty"),
        ({"goodbye": "Au revoir {name}"}, "no braces"),
        ({"answer": "Voici la réponse."}, "{quote}"),
        ({"answer": "{quote.__class__}"}, "{quote}"),
        ({"answer": "{quote!r}"}, "{quote}"),
        ({"several": "{question}"}, "{answer}"),
        ({"goodbye": "Au revoir {"}, "goodbye"),
    ],
)
def test_texts_that_cannot_be_used_are_refused(texts, message):
    with pytest.raises(ValidationError, match=message.replace("{", r"\{")):
        BotPolicy(texts={"fr": texts})


def test_no_text_holds_the_disclosure():
    assert "assistant" in disclosure("fr")
    assert not [name for name in Texts.model_fields if "disclos" in name]
    assert disclosure("en", "Acme").startswith("Hello, I am a virtual assistant of Acme customer")
    assert "{" not in disclosure("en") + disclosure("fr")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), True),  # 9:00 in Paris in winter
        (datetime(2026, 1, 5, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 1, 5, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 7, 0, tzinfo=UTC), True),  # 9:00 in Paris in summer
        (datetime(2026, 1, 6, 10, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_local(at, is_open):
    assert OpeningHours(**PARIS).is_open(at) is is_open


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        (datetime(2026, 1, 5, 7, 0, tzinfo=UTC), "aujourd'hui à 9 h", "today at 09:00"),
        (datetime(2026, 1, 5, 20, 0, tzinfo=UTC), "vendredi à 8 h 30", "on Friday at 08:30"),
        (datetime(2026, 1, 8, 20, 0, tzinfo=UTC), "demain à 8 h 30", "tomorrow at 08:30"),
    ],
)
def test_the_next_opening_is_said_as_people_say_it(at, french, english):
    hours = OpeningHours(**PARIS)
    assert hours.spoken_opening(at, "fr") == french
    assert hours.spoken_opening(at, "en") == english


def test_holidays_are_closed_and_hours_may_never_come():
    hours = OpeningHours(**PARIS, holidays=("2026-01-09",))
    friday = datetime(2026, 1, 9, 8, 0, tzinfo=UTC)
    assert not hours.is_open(friday)
    assert hours.spoken_opening(friday, "fr") == "lundi à 9 h"
    never = OpeningHours(days={"monday": []})
    assert never.spoken_opening(friday, "fr") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": {"monday": ["9-18"]}},
        {"days": {"monday": ["18:00-09:00"]}},
        {"days": {"lundi": ["09:00-18:00"]}},
        {"days": {}},
        {"days": {"monday": ["09:00-18:00"]}, "timezone": "Paris"},
    ],
)
def test_hours_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValidationError):
        OpeningHours(**wrong)
