from __future__ import annotations

import json
import runpy
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conversation.errors import BadInput, Conflict
from quality import Scorecard, load_scorecard
from quality.card_versions import CardVersions
from quality.sentence_vectors import SentenceVectors

WordEncoder = runpy.run_path(str(Path(__file__).with_name("word_encoder.py")))["WordEncoder"]
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def card(*, version="1", question="Saluer", examples=("Bonjour à vous.",)):
    item = {
        "id": "A1",
        "label": {"fr": question, "en": "Greet"},
        "points": 100,
        "detector": {"kind": "said", "examples": {"fr": list(examples)}},
    }
    section = {"id": "A", "label": {"fr": "Accueil", "en": "Opening"}, "items": [item]}
    return Scorecard.model_validate(
        {"name": "mine", "version": version, "label": {"fr": "À moi", "en": "Mine"},
         "sections": [section]}
    )  # fmt: skip


@pytest.fixture
def versions(tmp_path):
    return CardVersions(tmp_path / "cards", now=lambda: NOON)


def test_a_version_is_kept_as_it_was_first_used(versions, tmp_path):
    published = versions.publish(card())
    assert published.sha256 == card().sha256
    assert published.published_at == NOON
    assert versions.published("mine", "1") == published
    assert Scorecard.model_validate(published.card) == card()
    later = CardVersions(tmp_path / "cards", now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert later.publish(card()) == published


def test_other_content_under_a_used_version_is_refused_with_what_to_do(versions):
    versions.publish(card())
    for refuse in (versions.publish, versions.check):
        with pytest.raises(Conflict, match=r"version '1' of the scorecard 'mine' .* 2026-11-02"):
            refuse(card(question="Bien saluer"))
    with pytest.raises(Conflict) as error:
        versions.check(card(question="Bien saluer"))
    assert "raise 'version'" in error.value.remedy
    versions.publish(card(version="2", question="Bien saluer"))
    assert versions.published("mine", "1").sha256 == card().sha256


def test_of_two_that_publish_at_once_one_is_refused(versions):
    outcomes = []
    barrier = threading.Barrier(2)

    def publish(question):
        barrier.wait(10)
        try:
            versions.publish(card(question=question))
            outcomes.append("published")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=publish, args=(name,)) for name in ("Un", "Deux")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["published", "refused"]


def test_only_phrases_that_no_version_had_are_encoded(versions):
    first, second = WordEncoder(), WordEncoder()
    old = card()
    versions.publish(old, SentenceVectors(first))
    assert "Bonjour à vous." in first.asked
    new = card(version="2", examples=("Bonjour à vous.", "Bonsoir madame."))
    versions.publish(new, SentenceVectors(second, stored=versions.stored_vectors("mine")))
    assert second.asked == ["Bonsoir madame."]
    whole = SentenceVectors(None, stored=versions.stored_vectors("mine"))
    assert whole.can_give(new.texts)


def test_a_damaged_version_is_named_and_not_overwritten(versions, tmp_path):
    versions.publish(card())
    path = tmp_path / "cards" / "mine" / "1.json"
    path.write_text("{}", "utf-8")
    with pytest.raises(BadInput, match=r"1\.json"):
        versions.publish(card())
    assert path.read_text("utf-8") == "{}"


def test_damaged_vectors_are_passed_over(versions, tmp_path):
    versions.publish(card(), SentenceVectors(WordEncoder()))
    (tmp_path / "cards" / "mine" / "1.vectors").write_bytes(b"broken")
    assert versions.stored_vectors("mine") == ()
    versions.publish(card(), SentenceVectors(WordEncoder()))
    assert len(versions.stored_vectors("mine")) == 1


def test_the_file_of_a_version_can_be_read_by_people(versions, tmp_path):
    versions.publish(card())
    values = json.loads((tmp_path / "cards" / "mine" / "1.json").read_text("utf-8"))
    assert values["card"]["sections"][0]["items"][0]["label"]["fr"] == "Saluer"


@pytest.mark.parametrize("name", ["inbound", "written", "sales", "support_en"])
def test_shipped_cards_can_be_published(versions, name):
    shipped = load_scorecard(name)
    assert versions.publish(shipped).sha256 == shipped.sha256
