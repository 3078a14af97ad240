"""Passages: verbatim, structured, of a sensible length."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb_search.passages import cut_passages
from kb_search.reading.blocks import Block, clean
from kb_search.sentences import word_count
from kb_search.settings import IngestSettings

WORDS = st.lists(
    st.sampled_from(["carte", "Le", "client", "paie.", "Oui", "non ;", "box,", "3.5", "fin !"]),
    min_size=1,
    max_size=120,
).map(lambda words: clean(" ".join(words)))
BLOCKS = st.lists(
    st.one_of(
        st.builds(lambda text, level: Block("heading", text[:40], level), WORDS, st.integers(1, 4)),
        st.builds(lambda text: Block("paragraph", text), WORDS),
        st.builds(lambda text: Block("item", f"- {text}"), WORDS),
        st.builds(lambda text: Block("row", f"A : {text}"), WORDS),
        st.builds(lambda level: Block("end", "", level), st.integers(1, 7)),
        st.just(Block("paragraph", "Voici la liste :")),
        st.just(Block("item", "- •")),
    ),
    max_size=25,
)


def cut(blocks, **options):
    return cut_passages(blocks, document="d.md", title="Titre", **options)


@given(BLOCKS)
def test_passages_are_verbatim_in_order_and_hold_every_word(blocks: list[Block]) -> None:
    text, passages = cut(blocks)
    assert all(passage.text == text[passage.start : passage.end] for passage in passages)
    assert all(a.end <= b.start for a, b in pairwise(passages))
    content = " ".join(block.text for block in blocks if block.kind != "heading").split()
    assert " ".join(passage.text for passage in passages).split() == content


@given(BLOCKS)
def test_no_passage_is_too_long(blocks: list[Block]) -> None:
    _, passages = cut(blocks)
    assert all(word_count(passage.text) <= 200 for passage in passages)


@given(BLOCKS)
def test_passages_hold_all_but_headings_character_by_character(blocks: list[Block]) -> None:
    text, passages = cut(blocks)
    edges = [0, *(edge for passage in passages for edge in (passage.start, passage.end)), len(text)]
    left = "\n".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    headings = [block.text for block in blocks if block.kind == "heading"]
    assert left.split() == " ".join(headings).split()


@given(BLOCKS)
def test_identifiers_are_unique_and_stable(blocks: list[Block]) -> None:
    first = [passage.id for passage in cut(blocks)[1]]
    assert len(set(first)) == len(first)
    assert first == [passage.id for passage in cut(blocks)[1]]


def test_a_long_section_is_cut_into_parts_of_like_length() -> None:
    sentence = "Le client reçoit une réponse par courriel sous dix jours ouvrés au plus. "
    _, passages = cut([Block("paragraph", clean(sentence * 40))])
    lengths = [word_count(passage.text) for passage in passages]
    assert len(lengths) == 4
    assert all(60 <= length <= 200 for length in lengths)
    assert all(passage.text.endswith(".") for passage in passages)


def test_cuts_prefer_the_end_of_a_paragraph() -> None:
    paragraph = clean("Le client reçoit une réponse rapide de la banque. " * 13)
    _, passages = cut([Block("paragraph", paragraph), Block("paragraph", paragraph)])
    assert [passage.text for passage in passages] == [paragraph, paragraph]


def test_headings_are_the_context_of_a_passage() -> None:
    blocks = [
        Block("heading", "Titre", 1),
        Block("paragraph", "Début."),
        Block("heading", "Carte", 2),
        Block("heading", "Perte", 3),
        Block("paragraph", "Appelez."),
        Block("heading", "Compte", 2),
        Block("paragraph", "Écrivez."),
    ]
    _, passages = cut(blocks)
    assert [passage.heading for passage in passages] == [None, "Carte › Perte", "Compte"]
    assert passages[1].label == "Titre › Carte › Perte"


def test_rows_and_items_stay_on_lines_of_their_own() -> None:
    text, _ = cut([Block("row", "A : 1"), Block("row", "A : 2"), Block("paragraph", "Fin.")])
    assert text == "A : 1\nA : 2\n\nFin."


def test_each_passage_has_the_language_of_its_words() -> None:
    blocks = [
        Block("paragraph", "La carte est dans la boîte."),
        Block("heading", "English", 1),
        Block("paragraph", "The card is in the mail, and it will be with you soon."),
    ]
    assert [passage.language for passage in cut(blocks)[1]] == ["fr", "en"]
    assert [passage.language for passage in cut(blocks, language="fr")[1]] == ["fr", "fr"]


def test_the_length_is_a_setting() -> None:
    settings = IngestSettings(min_passage_words=5, target_passage_words=10, max_passage_words=20)
    text = clean("Le client paie la facture. " * 12)
    _, passages = cut([Block("paragraph", text)], settings=settings)
    assert all(5 <= word_count(passage.text) <= 20 for passage in passages)


def test_a_list_stays_with_the_sentence_that_leads_to_it() -> None:
    filler = clean("Le client reçoit une réponse rapide de la banque. " * 14)
    items = [Block("item", f"- {clean('un papier du dossier ' * 4)}") for _ in range(5)]
    blocks = [
        Block("paragraph", filler),
        Block("paragraph", "Les pièces à fournir sont les suivantes :"),
        *items,
        Block("paragraph", filler),
    ]
    _, passages = cut(blocks)
    assert len(passages) > 1
    holding = [passage for passage in passages if "Les pièces" in passage.text]
    assert len(holding) == 1
    assert holding[0].text.count("- un papier") == 5


def test_what_ends_a_heading_takes_it_off_what_follows() -> None:
    blocks = [
        Block("heading", "Facture", 2),
        Block("heading", "Où ?", 7),
        Block("paragraph", "Ici."),
        Block("end", "", 7),
        Block("paragraph", "Après."),
        Block("end", "", 1),
        Block("paragraph", "Fin."),
    ]
    text, passages = cut(blocks)
    assert [passage.heading for passage in passages] == ["Facture › Où ?", "Facture", None]
    assert text == "Facture\n\nOù ?\n\nIci.\n\nAprès.\n\nFin."


def test_a_heading_without_end_is_text() -> None:
    long = "mot " * 100
    text, passages = cut([Block("heading", long.strip(), 1), Block("paragraph", "Fin.")])
    assert [passage.heading for passage in passages] == [None]
    assert passages[0].text == text


def test_text_without_blanks_or_words_is_cut_too() -> None:
    for block in ("x" * 20_000, "- " * 20_000, "." * 20_000, "漢字。" * 6_000):
        text, passages = cut([Block("paragraph", block.strip())])
        assert all(len(passage.text) <= 10_000 for passage in passages)
        assert sum(len(passage.text) for passage in passages) >= len(text) - len(passages)
    _, passages = cut([Block("item", "•")] * 1_500)
    assert all(len(passage.text) <= 10_000 for passage in passages)


def test_what_a_format_says_of_the_language_helps_where_the_words_do_not() -> None:
    blocks = [Block("paragraph", "La carte est dans la boîte."), Block("heading", "B", 1)]
    blocks.append(Block("paragraph", "42 %"))
    assert [p.language for p in cut(blocks[2:], likely="en")[1]] == ["en"]
    assert [p.language for p in cut(blocks, likely="en")[1]] == ["fr", "fr"]
    assert [p.language for p in cut(blocks, likely="de")[1]] == ["de", "de"]
