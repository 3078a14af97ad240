from __future__ import annotations

import json

import pytest

from nlu import (
    CentreVocabulary,
    Product,
    WrapUpNote,
    load_routing_table,
    load_taxonomy,
    understand,
)
from nlu.understanding import Understanding


@pytest.mark.model
def test_a_call_is_understood_with_its_provenance(encoder, talk) -> None:
    call = talk(
        ("agent", "Télécom Plus bonjour, que puis-je pour vous ?"),
        ("customer", "Bonjour, je n'ai plus internet depuis hier soir, je suis très en colère."),
        ("agent", "Je suis désolé. Je vérifie votre ligne."),
        ("customer", "Quand est-ce que le technicien peut passer ?"),
    )
    result = understand(call, encoder=encoder, reasons=load_taxonomy())
    assert result.conversation_id == "talk"
    assert result.language == "fr"
    assert result.reasons.primary is not None
    found = {reason.level_1 for reason in (result.reasons.primary, *result.reasons.secondary)}
    assert found == {"tel.panne_fixe", "tel.raccordement"}  # the fault, and who comes to mend it
    assert result.sentiment is not None
    assert result.sentiment.turns[0].score < 0
    assert any("technicien" in question.text for question in result.questions)
    components = [p.component for p in result.provenance]
    assert components == ["nlu.reasons", "nlu.axes", "nlu.sentiment"]
    settings = result.provenance[0].settings
    assert settings["taxonomy_sha256"] == load_taxonomy().sha256
    assert result.provenance[0].models == (encoder.reference,)
    assert Understanding.model_validate_json(result.model_dump_json()) == result
    assert json.loads(result.model_dump_json())["reasons"]["taxonomy"] == load_taxonomy().name


class CountingEncoder:
    """Counts what the real encoder is given."""

    def __init__(self, encoder) -> None:
        self._encoder = encoder
        self.name, self.dim, self.reference = encoder.name, encoder.dim, encoder.reference
        self.calls: list[list[str]] = []

    def encode(self, texts, *, kind="query"):
        self.calls.append(list(texts))
        return self._encoder.encode(texts, kind=kind)


@pytest.mark.model
def test_each_distinct_text_is_encoded_once_for_all_parts(encoder, talk) -> None:
    call = talk(
        ("agent", "Bonjour, je vous écoute."),
        ("customer", "Ma carte est refusée dans les magasins."),
        ("customer", "Ma carte est refusée dans les magasins."),
        ("agent", "Je regarde."),
        ("customer", "Merci, au revoir."),
    )
    counting = CountingEncoder(encoder)
    understand(call, encoder=counting, reasons=load_taxonomy("banque"))
    texts = [text for batch in counting.calls for text in batch]
    assert len(texts) == len(set(texts))
    assert len([batch for batch in counting.calls if batch]) == 1


@pytest.mark.model
@pytest.mark.parametrize("turns", [[], [("agent", "Bonjour ?")], [("customer", "…")]])
def test_a_conversation_without_a_customer_s_words_is_understood(encoder, talk, turns) -> None:
    result = understand(talk(*turns), encoder=encoder, reasons=load_taxonomy("telecom"))
    assert result.reasons.primary is None
    assert result.questions == ()


@pytest.mark.model
def test_a_language_that_is_known_is_not_guessed(encoder, talk) -> None:
    call = talk(("customer", "hello my internet is down since this morning"), language="fr")
    taxonomy = load_taxonomy("telecom")
    assert understand(call, encoder=encoder, reasons=taxonomy).language == "fr"
    assert understand(call, encoder=encoder, reasons=taxonomy, language="en").language == "en"


@pytest.mark.model
def test_every_part_of_an_understanding_comes_with_the_words_it_rests_on(encoder, talk) -> None:
    call = talk(
        ("agent", "Télécom Plus bonjour, Claire à votre écoute."),
        ("customer", "C'est la troisième fois que j'appelle, je n'ai plus internet depuis lundi."),
        ("agent", "Je vous envoie un technicien jeudi entre 8h et 10h, et une remise de 15 euros."),
        ("customer", "D'accord, mon adresse est marc.dubois@example.com. Merci."),
        ("agent", "C'est noté, vous recevrez un message de confirmation. Bonne journée."),
    )
    result = understand(
        call,
        encoder=encoder,
        reasons=load_taxonomy("telecom"),
        routing=load_routing_table("telecom"),
        centre=CentreVocabulary(products=(Product(name="Télécom Plus"),)),
    )
    assert result.axes.repeat.stated
    assert result.axes.repeat.count == 3
    assert result.routing is not None
    assert {entity.kind for entity in result.entities} >= {"amount", "product"}
    assert any(promise.who == "agent" for promise in result.commitments)
    assert [found.type for found in result.personal_data if found.type == "email"] == ["email"]
    assert isinstance(result.note, WrapUpNote)
    assert len(result.note.text.split()) <= 80
    for sentence in result.note.sentences:
        for evidence in sentence.evidence:
            assert evidence.quote in call.turns[evidence.turn_index].text
    assert Understanding.model_validate_json(result.model_dump_json()) == result


@pytest.mark.model
def test_the_route_is_of_the_sector_of_the_reason(encoder, talk) -> None:
    call = talk(("customer", "On a volé ma carte bancaire, je veux faire opposition."))
    tables = {"tel": load_routing_table("telecom"), "bq": load_routing_table("banque")}
    result = understand(call, encoder=encoder, reasons=load_taxonomy(), routing=tables)
    assert result.routing is not None
    assert result.routing.table.startswith("banque")
