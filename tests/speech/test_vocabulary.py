from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import BadInput
from speech.heard import HeardWord
from speech.vocabulary import correct_names, hotword_prompt, is_echo, parse_vocabulary

FRENCH = (
    "Livebox",
    "Freebox",
    "Bbox",
    "Bouygues Telecom",
    "SFR",
    "Sosh",
    "Orange",
    "Free",
    "Darty",
    "Fnac",
    "Cdiscount",
    "Boulanger",
    "La Poste",
    "Chronopost",
    "Colissimo",
    "Mondial Relay",
    "Crédit Agricole",
    "Société Générale",
    "Boursorama",
    "BNP Paribas",
    "Revolut",
    "PayPal",
    "Amazon",
    "Zalando",
    "Vinted",
    "Fortuneo",
    "Banque Horizon",
    "Villeurbanne",
    "Claire Lefèvre",
    "Carrefour",
    "Decathlon",
    "Auchan",
    "Leroy Merlin",
    "Netflix",
    "Engie",
    "TotalEnergies",
    "Veolia",
    "Matmut",
    "Groupama",
    "Malakoff Humanis",
    "Vénissieux",
    "Roubaix",
    "Julien Moreau",
    "Ameli",
    "Hello Bank",
    "Canal Plus",
)
ENGLISH = (
    "Livebox",
    "Barclays",
    "Revolut",
    "Netflix",
    "Verizon",
    "Santander",
    "Monzo",
    "Vodafone",
    "Amazon Prime",
    "Best Buy",
    "Comcast",
    "Zelle",
    "Xfinity",
    "Deliveroo",
    "Tesco",
)
MISHEARD_IN_FRENCH = [
    ("Livebox", "live box"),
    ("Livebox", "lyve box"),
    ("Livebox", "live boxe"),
    ("Livebox", "laive box"),
    ("Livebox", "livbox"),
    ("Livebox", "live bocks"),
    ("Livebox", "Leaf box"),
    ("Freebox", "free box"),
    ("Freebox", "fri box"),
    ("Freebox", "frie box"),
    ("Freebox", "free boxe"),
    ("Freebox", "frit box"),
    ("Freebox", "fribox"),
    ("Bbox", "b box"),
    ("Bbox", "bébox"),
    ("Bbox", "bé box"),
    ("Bouygues Telecom", "bouig télécom"),
    ("Bouygues Telecom", "bouigues télécom"),
    ("Bouygues Telecom", "Bouygue Télécom"),
    ("Bouygues Telecom", "buig télécom"),
    ("Bouygues Telecom", "bouyg telecom"),
    ("Sosh", "soche"),
    ("Sosh", "sosch"),
    ("Sosh", "soch"),
    ("Darty", "darti"),
    ("Darty", "Dartie"),
    ("Darty", "d'arti"),
    ("Fnac", "fnaque"),
    ("Fnac", "fnak"),
    ("Cdiscount", "c discount"),
    ("Cdiscount", "cé discount"),
    ("Cdiscount", "sédiscount"),
    ("Cdiscount", "ces discounts"),
    ("Chronopost", "chrono poste"),
    ("Chronopost", "chrono post"),
    ("Chronopost", "cronoposte"),
    ("Chronopost", "chronoposte"),
    ("Chronopost", "crono post"),
    ("Colissimo", "colis simo"),
    ("Colissimo", "colisimo"),
    ("Colissimo", "collissimo"),
    ("Colissimo", "coli simo"),
    ("Colissimo", "colissimot"),
    ("Mondial Relay", "mondial relais"),
    ("Mondial Relay", "mondiale relais"),
    ("Mondial Relay", "mondial relai"),
    ("Mondial Relay", "mondial relet"),
    ("Crédit Agricole", "crédit agricol"),
    ("Crédit Agricole", "crédits agricoles"),
    ("Crédit Agricole", "crédy agricole"),
    ("Société Générale", "société général"),
    ("Société Générale", "sociétés générales"),
    ("Boursorama", "bourse aux ramas"),
    ("Boursorama", "bourso rama"),
    ("Boursorama", "boursoramma"),
    ("Boursorama", "bourseaurama"),
    ("Boursorama", "bourcorama"),
    ("BNP Paribas", "bnp paris bas"),
    ("BNP Paribas", "BNP Pariba"),
    ("BNP Paribas", "b n p paribas"),
    ("Revolut", "révolute"),
    ("Revolut", "révolut"),
    ("Revolut", "revolute"),
    ("Revolut", "rêve volute"),
    ("PayPal", "pépal"),
    ("PayPal", "pay pal"),
    ("PayPal", "paypale"),
    ("PayPal", "pépale"),
    ("PayPal", "pé pal"),
    ("Amazon", "amazone"),
    ("Amazon", "à mazone"),
    ("Amazon", "ammazon"),
    ("Zalando", "zalendo"),
    ("Zalando", "salando"),
    ("Zalando", "za lando"),
    ("Zalando", "zalandeau"),
    ("Vinted", "vintède"),
    ("Vinted", "vinnted"),
    ("Vinted", "vintide"),
    ("Fortuneo", "fortunéo"),
    ("Fortuneo", "fortune eo"),
    ("Fortuneo", "fortuneau"),
    ("Fortuneo", "fortunio"),
    ("Villeurbanne", "ville urbanne"),
    ("Villeurbanne", "vilurbanne"),
    ("Villeurbanne", "villeurbane"),
    ("Claire Lefèvre", "claire lefebvre"),
    ("Claire Lefèvre", "clair lefèvre"),
    ("Claire Lefèvre", "Claire Le Fèvre"),
    ("Claire Lefèvre", "claire lefevre"),
    ("Carrefour", "carre four"),
    ("Carrefour", "carfour"),
    ("Carrefour", "karrefour"),
    ("Decathlon", "dékatlon"),
    ("Decathlon", "décathlons"),
    ("Decathlon", "des catlons"),
    ("Decathlon", "decatlon"),
    ("Auchan", "ochan"),
    ("Auchan", "oh champ"),
    ("Auchan", "auchand"),
    ("Leroy Merlin", "le roi merlin"),
    ("Leroy Merlin", "leroi merlin"),
    ("Leroy Merlin", "Le Roy Merlain"),
    ("Netflix", "net flix"),
    ("Netflix", "nètflix"),
    ("Netflix", "netflics"),
    ("Engie", "angie"),
    ("Engie", "enji"),
    ("Engie", "en gie"),
    ("TotalEnergies", "total énergie"),
    ("TotalEnergies", "total énergies"),
    ("TotalEnergies", "totale energie"),
    ("Veolia", "véolia"),
    ("Veolia", "vé olia"),
    ("Veolia", "veo lia"),
    ("Matmut", "mat mute"),
    ("Matmut", "matmute"),
    ("Matmut", "mathmut"),
    ("Groupama", "groupe ama"),
    ("Groupama", "groupamas"),
    ("Groupama", "group ama"),
    ("Malakoff Humanis", "malakof humanis"),
    ("Malakoff Humanis", "mala coffe humanisse"),
    ("Malakoff Humanis", "malakoff humanice"),
    ("Vénissieux", "venissieu"),
    ("Vénissieux", "vénicieux"),
    ("Vénissieux", "vénissieu"),
    ("Roubaix", "roubais"),
    ("Roubaix", "roubet"),
    ("Roubaix", "roubé"),
    ("Julien Moreau", "julien moro"),
    ("Julien Moreau", "Julien Morot"),
    ("Julien Moreau", "Julienne Moreau"),
    ("Ameli", "amélie"),
    ("Ameli", "a meli"),
    ("Ameli", "améli"),
    ("Hello Bank", "hello banque"),
    ("Hello Bank", "allo bank"),
    ("Hello Bank", "hélo bank"),
    ("Canal Plus", "canal +"),
    ("Canal Plus", "canale plus"),
]
MISHEARD_IN_ENGLISH = [
    ("Livebox", "live box"),
    ("Livebox", "lifebox"),
    ("Livebox", "life box"),
    ("Barclays", "barclay's"),
    ("Barclays", "barkleys"),
    ("Barclays", "bar clays"),
    ("Revolut", "revolute"),
    ("Revolut", "revalut"),
    ("Revolut", "revo lute"),
    ("Netflix", "net flicks"),
    ("Netflix", "netflicks"),
    ("Verizon", "verisen"),
    ("Verizon", "very zon"),
    ("Verizon", "veryzon"),
    ("Santander", "san tander"),
    ("Santander", "santandair"),
    ("Santander", "santendar"),
    ("Monzo", "monso"),
    ("Monzo", "mon zo"),
    ("Vodafone", "voda phone"),
    ("Vodafone", "vodaphone"),
    ("Vodafone", "vota fone"),
    ("Amazon Prime", "amazon prim"),
    ("Amazon Prime", "amazin prime"),
    ("Best Buy", "bestbuy"),
    ("Best Buy", "best by"),
    ("Comcast", "com cast"),
    ("Comcast", "comcaste"),
    ("Comcast", "calm cast"),
    ("Zelle", "zell"),
    ("Zelle", "zel"),
    ("Xfinity", "x finity"),
    ("Xfinity", "exfinity"),
    ("Xfinity", "ex finity"),
    ("Deliveroo", "delivery roo"),
    ("Deliveroo", "deliveru"),
    ("Deliveroo", "delivaroo"),
    ("Tesco", "tesko"),
    ("Tesco", "test co"),
]
SPOKEN_FRENCH = """
oui bonjour madame je vous appelle parce que depuis ce matin je n'ai plus internet à la maison
j'ai débranché la box et je l'ai rebranchée mais le voyant orange clignote toujours
vous êtes libre demain entre huit heures et midi pour le passage du technicien
je voudrais savoir si ma carte bancaire marche à l'étranger car je pars en Espagne
il y a une partie de la facture que je ne comprends pas du tout
la société est générale et le crédit agricole c'est pour les agriculteurs de la région
est-ce que vous pouvez bouger le rendez-vous à la semaine prochaine s'il vous plaît
le colis est simplement resté au relais du carrefour en bas de la rue
j'ai entendu dire que la boulangère vend des boissons fraîches et des frites
je ne suis pas libre mardi parce que je révise un examen mondial d'anglais
on m'a prélevé deux fois le même montant sur mon compte je veux être remboursé
d'accord je vous remercie beaucoup pour votre aide et je vous souhaite une bonne journée
""".strip().split("\n")
SPOKEN_ENGLISH = """
hello I would like to know why my card payment was declined this morning
can you tell me the best time to buy tickets for the rest of the month
she came back from the test and he told us it was fine
my live chat was closed before I could talk to an agent about the delivery
the zeal of the people who come fast to help is amazing
it says the amount is still pending and I never got the cash from the machine
""".strip().split("\n")


def heard(text: str, probability: float = 0.9) -> list[HeardWord]:
    return [HeardWord(word, at, at + 0.5, probability) for at, word in enumerate(text.split(" "))]


def corrected(text: str, vocabulary: tuple[str, ...], language: str, probability: float = 0.9):
    words = correct_names(heard(text, probability), vocabulary, language=language)
    return " ".join(word.text for word in words)


def test_nine_in_ten_misheard_names_are_mended_in_french():
    mended = sum(
        corrected(f"j'ai appelé {said} hier", FRENCH, "fr", 0.7) == f"j'ai appelé {name} hier"
        for name, said in MISHEARD_IN_FRENCH
    )
    assert mended / len(MISHEARD_IN_FRENCH) >= 0.9


def test_three_in_four_misheard_names_are_mended_in_english():
    mended = sum(
        corrected(f"I called {said} today", ENGLISH, "en", 0.7) == f"I called {name} today"
        for name, said in MISHEARD_IN_ENGLISH
    )
    assert mended / len(MISHEARD_IN_ENGLISH) >= 0.75


@pytest.mark.parametrize("probability", [0.95, 0.6])
@pytest.mark.parametrize("text", SPOKEN_FRENCH)
def test_ordinary_french_is_left_alone(text: str, probability: float):
    names = {"Crédit Agricole", "Carrefour"}  # said as such in two of the sentences
    vocabulary = tuple(name for name in FRENCH if name not in names)
    assert corrected(text, vocabulary, "fr", probability) == text


@pytest.mark.parametrize("probability", [0.95, 0.6])
@pytest.mark.parametrize("text", SPOKEN_ENGLISH)
def test_ordinary_english_is_left_alone(text: str, probability: float):
    assert corrected(text, ENGLISH, "en", probability) == text


def test_an_ordinary_word_that_sounds_like_a_name_stays():
    assert corrected("je l'ai entendue hier", ("Entendu",), "fr") == "je l'ai entendue hier"
    assert corrected("il est venu", ("Vénus",), "fr") == "il est venu"


def test_a_name_keeps_its_span_its_punctuation_and_what_was_recognised():
    words = [
        HeardWord("ma", 0.0, 0.2, 0.99, "fr"),
        HeardWord("«live", 0.3, 0.5, 0.8, "fr"),
        HeardWord("box»,", 0.5, 0.9, 0.6, "fr"),
        HeardWord("merci.", 1.0, 1.2, 0.9, "fr"),
    ]
    assert correct_names(words, ["Livebox"], language="fr") == (
        words[0],
        HeardWord("«Livebox»,", 0.3, 0.9, 0.6, "fr", "«live box»,"),
        words[3],
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("c'est d'amazone", "c'est d'Amazon"),
        ("la live, box", "la live, box"),
        ("la livebox", "la Livebox"),
        ("la Livebox", "la Livebox"),
        ("LIVEBOX", "Livebox"),
        ("une frie boxe en panne", "une Freebox en panne"),
        ("au fri box", "au Freebox"),
        ("deux live box et une fri box", "deux Livebox et une Freebox"),
    ],
)
def test_names_are_found_where_they_stand(said: str, expected: str):
    assert corrected(said, ("Livebox", "Freebox", "Amazon"), "fr") == expected


def test_a_possessive_is_kept():
    assert corrected("revolute's fees", ("Revolut",), "en") == "Revolut's fees"


def test_what_a_name_is_heard_as_always_means_it():
    vocabulary = parse_vocabulary("Sosh = choche, sauce")
    assert corrected("chez sauce mobile", vocabulary, "fr", 0.99) == "chez Sosh mobile"
    assert corrected("chez sauce mobile", ("Sosh",), "fr", 0.99) == "chez sauce mobile"


def test_words_written_otherwise_before_are_left_alone():
    words = [HeardWord("live box", 0.0, 1.0, 0.9, spoken="laille beau")]
    assert correct_names(words, ["Livebox"], language="fr") == tuple(words)


def test_without_a_vocabulary_nothing_is_loaded_or_changed():
    assert correct_names(heard("live box"), [], language="fr") == tuple(heard("live box"))
    assert correct_names([], ["Livebox"], language="fr") == ()


texts = st.sampled_from(
    ["live", "box", "Livebox", "fri", "boxe,", "d'amazone", "«", "", "la", "poste", "?", "e", "'s"]
)
words = st.builds(
    HeardWord,
    text=texts | st.text(max_size=6),
    start_s=st.just(0.0),
    end_s=st.just(1.0),
    probability=st.floats(0, 1),
    spoken=st.none() | st.none() | st.just("dit"),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(words, max_size=10),
    st.lists(st.sampled_from(["Livebox", "La Poste", "Amazon = box"]) | st.text(max_size=8)),
    st.sampled_from(["fr", "en-GB", "de"]),
)
def test_what_was_recognised_is_kept_and_correcting_again_changes_nothing(
    said: list[HeardWord], vocabulary: list[str], language: str
):
    written = correct_names(said, vocabulary, language=language)
    assert " ".join(word.spoken or word.text for word in written) == " ".join(
        word.spoken or word.text for word in said
    )
    assert correct_names(written, vocabulary, language=language) == written


def test_a_vocabulary_is_read_line_by_line():
    text = """\ufeff# les marques
    Livebox
    Freebox = fri box,  frie   boxe  # la box de Free

    C# Studio
    Freebox = free boxe
    Livebox
    """
    assert parse_vocabulary(text) == (
        "Livebox",
        "Freebox = fri box, frie boxe, free boxe",
        "C# Studio",
    )
    assert parse_vocabulary("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("= fri box", "line 1 of the vocabulary has no name"),
        ("Livebox\n!!", "line 2 of the vocabulary has no name"),
        ("une phrase qui est bien trop longue", "has 7 words"),
        ("a" * 81, "80 letters"),
        ("\n".join(f"nom{at}" for at in range(2001)), "has 2001 names"),
    ],
)
def test_a_vocabulary_that_cannot_be_read_says_why(text: str, message: str):
    with pytest.raises(BadInput, match=message):
        parse_vocabulary(text)


def test_a_prompt_is_a_short_list_of_names():
    vocabulary = ("Livebox = live box", "Freebox", "fibre")
    assert hotword_prompt(vocabulary, [], language="fr") == "Livebox, Freebox et fibre."
    assert hotword_prompt(vocabulary, ["Sosh", "FREEBOX"], language="en-GB") == (
        "Sosh, FREEBOX, Livebox and fibre."
    )
    assert hotword_prompt(["Livebox"], [], language="de") == "Livebox."
    assert hotword_prompt([], [], language="fr") == ""
    assert len(hotword_prompt([f"nom{at}" for at in range(500)], [], language="fr")) <= 185


PROMPT = "Livebox, Freebox, La Poste, fibre et Sosh."


@pytest.mark.parametrize(
    "text",
    [
        PROMPT,
        "livebox freebox la poste fibre sosh",
        "Freebox, La Poste, fibre.",
        "Freebox, La Poste, fibre et Sosh. Livebox, Freebox",
        "Livebox, Freebox, La Poste, fib",
    ],
)
def test_the_prompt_read_back_is_an_echo(text: str):
    assert is_echo(text, PROMPT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Livebox",
        "La Poste.",
        "Livebox, Freebox",
        "Freebox, Livebox, La Poste",
        "ma Livebox, Freebox, La Poste",
        "Livebox, Freebox, La Poste, fibre, c'est ça ?",
        "Livebox ou Freebox",
    ],
)
def test_what_a_customer_says_is_no_echo(text: str):
    assert not is_echo(text, PROMPT)


def test_a_short_prompt_is_echoed_whole():
    assert is_echo("Livebox et Freebox.", "Livebox et Freebox.")
    assert not is_echo("Livebox.", "Livebox et Freebox.")
    assert not is_echo("Livebox.", "Livebox.")
    assert not is_echo("bonjour", "")


def test_the_word_lists_are_loaded_only_when_they_are_needed():
    import subprocess

    code = "import sys, speech.vocabulary; sys.exit('spellchecker' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
