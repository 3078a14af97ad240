from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import DefinitionInvalid, NotFound
from quality.patterns import PatternCompiler
from quality.phrases import LANGUAGES, Lexicon, load_lexicon
from quality.texts import Text, corrections, tokenize

COMPILER = PatternCompiler(numbers=["cinq", "vingt", "huit"], not_names=["vous", "moi", "et"])


def found(pattern, text):
    return [text[span.start : span.end] for span in COMPILER.compile(pattern).find(Text(text))]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("si j'ai bien compris", "Si j’ai bien compris, c'est ça", ["Si j’ai bien compris"]),
        ("si j'ai [bien] compris", "si j'ai compris", ["si j'ai compris"]),
        ("(que|comment) puis-je", "Comment puis je vous", ["Comment puis je"]),
        ("patient*", "Merci de patienter", ["patienter"]),
        ("merci ... patienté", "merci à vous d'avoir patienté", ["merci à vous d'avoir patienté"]),
        ("merci ... patienté", "merci. Vous avez patienté", []),
        ("merci ... patienté", "merci pour ce que vous avez patienté", []),
        ("sous <number> jours", "sous vingt-huit jours", ["sous vingt-huit jours"]),
        ("sous <number> jours", "sous 5 jours", ["sous 5 jours"]),
        ("chez <brand>", "chez vous ou chez Horizon", ["chez Horizon"]),
        ("ici <Name>", "ici claire", []),
        ("je suis <first> [<Name>]", "je suis Marc et moi", ["je suis Marc"]),
        ("votre <word> nom", "votre beau nom", ["votre beau nom"]),
        ("^ bonjour", "Ah bonjour. Bonjour !", ["Bonjour"]),
        ("cordialement / <Name>", "Cordialement,\nClaire", ["Cordialement,\nClaire"]),
        ("cœur", "un coeur et un CŒUR", ["coeur", "CŒUR"]),
    ],
)
def test_patterns_match_what_they_say(pattern, text, expected):
    assert found(pattern, text) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "   ",
        "(a|b",
        "a]",
        "[a]",
        "a|b)",
        "(|a)",
        "a?",
        "x <name> <name>",
        "<>",
        "a ( b",
        "client[s]",
    ],
)
def test_broken_patterns_are_refused_with_their_text(pattern):
    with pytest.raises(DefinitionInvalid, match="is not a pattern"):
        COMPILER.compile(pattern)


def test_a_title_with_its_dot_does_not_end_the_sentence():
    assert {token.sentence for token in tokenize("Merci M. Dubois et Mme. Roux")} == {0}
    assert [token.form for token in tokenize("M. Dubois")] == ["monsieur", "dubois"]
    assert [token.form for token in tokenize("c'est I'm. Fine")] == ["c", "est", "i", "m", "fine"]


def test_lines_quoted_from_an_earlier_mail_are_not_searched():
    tokens = tokenize("Bonjour,\n> bonjour de l'agent\nmerci")
    assert [token.form for token in tokens] == ["bonjour", "merci"]


def test_one_wrong_letter_is_forgiven_in_long_words_of_long_phrases():
    pattern = COMPILER.compile("merci d'avoir patienté")
    text = "merci d'avoir pasienté"
    fixes = corrections([token.form for token in tokenize(text)], pattern.words)
    assert fixes == {"pasiente": "patiente"}
    assert len(pattern.find(Text(text, fixes))) == 1
    assert pattern.find(Text(text)) == []
    short = COMPILER.compile("patienté")
    assert short.find(Text(text, fixes)) == []


def test_corrections_are_dropped_when_two_words_are_as_close():
    assert corrections(["confirmor"], ["confirmer", "confirmon"]) == {}
    assert corrections(["avec"], ["aves"]) == {}


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_searched_and_spans_lie_inside_it(text):
    lexicon = load_lexicon("fr")
    (ready,) = lexicon.read([text])
    for name in ("greeting", "brand", "addressed", "delay", "hold_announcement"):
        for span in lexicon.find(ready, name):
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()


@given(st.text(alphabet="ab()[]|*<>. ^/'-n", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_pattern_compiles_and_searches_or_is_refused(pattern):
    with contextlib.suppress(DefinitionInvalid):
        COMPILER.compile(pattern).find(Text("a b -n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_lexicons_load_and_each_set_finds_its_own_words(language):
    lexicon = load_lexicon(language)
    assert lexicon.language == language
    plain = {
        name: phrase
        for name, phrases in lexicon.phrases.items()
        for phrase in phrases.say
        if not set(phrase) & set("()[]|<>*^/.")
    }
    assert len(plain) > 10
    for name, phrase in plain.items():
        (text,) = lexicon.read([phrase])
        assert lexicon.find(text, name), f"{language}: {name}: {phrase}"


def test_all_languages_ship_the_same_phrase_sets():
    names = [set(load_lexicon(language).phrases) for language in LANGUAGES]
    assert names[0] == names[1]


def test_a_language_without_phrases_gives_none_and_none_is_french():
    assert load_lexicon("es") is None
    assert load_lexicon(None).language == "fr"
    assert load_lexicon("en-GB").language == "en"


def test_unknown_phrase_sets_are_named():
    lexicon = load_lexicon("fr")
    with pytest.raises(NotFound, match="grreting"):
        lexicon.find(lexicon.read(["bonjour"])[0], "grreting")


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        (
            "language: fr\nnumbers: un\nnot_names: le\nphrases: {a: {about: x, say: '(b'}}",
            "phrases.a",
        ),
        ("language: fr\nnumbers: un\nnot_names: le\n", "phrases"),
        ("a: [", "line"),
        ("a: 1\na: 2", "twice"),
    ],
)
def test_broken_phrase_files_name_the_place(yaml, message):
    with pytest.raises(DefinitionInvalid, match=message):
        Lexicon(yaml, name="mine.yaml")


def test_a_refused_context_hides_the_phrase():
    lexicon = load_lexicon("fr")
    texts = lexicon.read(["pas de problème", "il y a un problème", "je résous le problème"])
    assert [len(lexicon.find(text, "heavy_wording")) for text in texts] == [0, 1, 1]


def test_a_very_long_turn_is_searched_in_time_in_proportion():
    import time

    lexicon = load_lexicon("fr")
    sentence = "je vous remercie de patienter un instant pendant que je vérifie votre dossier "
    (text,) = lexicon.read([sentence * 500])
    start = time.perf_counter()
    for name in lexicon.phrases:
        lexicon.find(text, name)
    assert time.perf_counter() - start < 30
