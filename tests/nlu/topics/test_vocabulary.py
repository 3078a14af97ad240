"""New vocabulary inside known reasons."""

from __future__ import annotations

from nlu.topics import find_topics

from .conftest import item

USUAL = (
    "ma facture est trop élevée ce mois-ci",
    "je ne comprends pas le montant de ma facture",
    "un délai pour payer ma facture",
    "il me faut un duplicata de facture",
    "la facture de juin a été prélevée deux fois",
)
PACK = (
    "une ligne pack sérénité est apparue sur ma facture",
    "le pack sérénité n'a jamais été demandé",
    "retirez le pack sérénité de ma facture",
    "pack sérénité facturé sans mon accord",
    "à quoi sert le pack sérénité",
    "le pack sérénité figure deux fois",
)


def usual(count: int = 120, span: int = 40) -> list:
    return [
        item(i, USUAL[i % len(USUAL)], day=i % span, reason="tel.facture") for i in range(count)
    ]


def test_a_product_that_nobody_named_before_is_news(word_encoder):
    pack = [item(500 + i, t, day=35 + i % 5, reason="tel.facture") for i, t in enumerate(PACK)]
    report = find_topics([*usual(), *pack], encoder=word_encoder).report
    (news,) = report.vocabulary
    assert news.reason_code == "tel.facture"
    assert news.terms[0] == "pack sérénité"
    assert news.label.fr == "Pack sérénité"
    assert news.size == len(PACK)
    assert news.trend == "new"
    assert news.growth.growing
    assert all("pack sérénité" in quote.evidence.quote.lower() for quote in news.quotes)
    assert report.topics == ()


def test_what_was_always_said_is_no_news(word_encoder):
    pack = [item(500 + i, PACK[i % 6], day=i % 40, reason="tel.facture") for i in range(40)]
    assert find_topics([*usual(), *pack], encoder=word_encoder).report.vocabulary == ()


def test_too_few_conversations_are_no_news(word_encoder):
    pack = [item(500 + i, t, day=38, reason="tel.facture") for i, t in enumerate(PACK[:4])]
    assert find_topics([*usual(), *pack], encoder=word_encoder).report.vocabulary == ()


def test_a_busier_week_is_no_news(word_encoder):
    rush = [item(500 + i, USUAL[i % 5], day=34 + i % 6, reason="tel.facture") for i in range(120)]
    assert find_topics([*usual(), *rush], encoder=word_encoder).report.vocabulary == ()


def test_one_conversation_that_repeats_a_word_is_no_news(word_encoder):
    loud = item(900, *PACK, day=39, reason="tel.facture")
    assert find_topics([*usual(), loud], encoder=word_encoder).report.vocabulary == ()


def test_news_keep_their_name_when_more_comes(word_encoder):
    pack = [item(500 + i, t, day=35 + i % 5, reason="tel.facture") for i, t in enumerate(PACK)]
    first = find_topics([*usual(), *pack], encoder=word_encoder)
    more = [item(700, "le pack sérénité Zénith", day=39, reason="tel.facture")]
    second = find_topics(more, encoder=word_encoder, previous=first.state)
    assert [t.id for t in second.report.vocabulary] == [t.id for t in first.report.vocabulary]
    assert second.report.vocabulary[0].size == len(PACK) + 1


def test_a_reason_in_which_one_word_is_all_that_is_said_is_read(word_encoder):
    items = [item(i, "facture", day=i % 20, reason="tel.facture") for i in range(60)]
    assert find_topics(items, encoder=word_encoder).report.vocabulary == ()
