"""Names are found by cues and registers alone, and by a model where one is installed."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Turn
from nlu.personal_data import PersonalDataSettings, find_in_text, named_entities
from nlu.personal_data.names import find_names

ONLY_NAMES = PersonalDataSettings(types=frozenset({"person"}), name_models=True)


@dataclass(frozen=True)
class _Pipeline:
    """Stands for a pipeline of spaCy: it labels the words that it is told."""

    labels: dict[str, str]

    def pipe(self, texts, *, batch_size):
        for text in texts:
            ents = [
                SimpleNamespace(start_char=at, end_char=at + len(words), label_=label)
                for words, label in self.labels.items()
                if (at := text.find(words)) >= 0
            ]
            yield SimpleNamespace(ents=ents)


@pytest.fixture(autouse=True)
def _no_pipeline(monkeypatch):
    """What is installed on the machine changes no test."""
    monkeypatch.setattr(named_entities, "_pipeline", lambda language: None)


@pytest.fixture
def use_pipelines(monkeypatch):
    """Let the texts of a language be read by a pipeline that finds these words."""

    def use(**labels: dict[str, str]) -> None:
        pipelines = {language: _Pipeline(words) for language, words in labels.items()}
        monkeypatch.setattr(named_entities, "_pipeline", pipelines.get)

    return use


def _names(text: str, language: str = "fr", **settings: object) -> list[str]:
    chosen = ONLY_NAMES.model_copy(update=settings)
    return [one.text for one in find_in_text(text, language=language, settings=chosen)]


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("fr", "Bonjour, je m'appelle Jean Dupont.", ["Jean Dupont"]),
        ("fr", "bonjour madame martin je regarde", ["martin"]),
        ("en", "Could you put me through to Mrs Thompson?", ["Thompson"]),
        ("fr", "Je vous appelle pour ma facture d'octobre.", []),
    ],
)
def test_without_a_model_cues_and_registers_find_names(language, text, names):
    assert _names(text, language) == names


@pytest.mark.parametrize("answer", ["Sandra candles", "t i m", "Peter gravel"])
def test_a_short_answer_to_the_question_for_the_name_is_a_name(answer):
    turns = (
        Turn(index=0, speaker="agent", text="Could I have your full name please?"),
        Turn(index=1, speaker="customer", text=answer),
    )
    found = list(find_names(turns, "en", never=(), with_models=True))
    assert any((one.spans[0].start, one.spans[0].end) == (0, len(answer)) for one in found)


def test_a_model_adds_names_that_no_register_holds(use_pipelines):
    text = "J'ai vu avec Qwxzelle Brztho hier."
    without = _names(text)
    use_pipelines(fr={"Qwxzelle Brztho": "PER", "hier": "MISC"})
    assert without == []
    assert _names(text) == ["Qwxzelle Brztho"]


def test_a_model_makes_a_listed_name_whole(use_pipelines):
    use_pipelines(fr={"Brztho": "PER", "Qwxz Jean Brztho": "PER"})
    assert _names("On en parle avec Qwxz Jean Brztho demain.") == ["Qwxz Jean Brztho"]


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Et bien Bonjour, Merci à vous.", "Merci"),
        ("C'est livré en Juillet par vous.", "Juillet"),
        ("Je suis à Marseille ce soir.", "Marseille"),
        ("Le 12 rue Qwxzelle est fermé.", "Qwxzelle"),
        ("On se voit au Qwxzelle Festival demain.", "Qwxzelle"),
        ("Alors Attendez, Facture payée.", "Facture"),
    ],
)
def test_what_a_model_wrongly_takes_for_a_person_is_left_alone(use_pipelines, text, taken):
    use_pipelines(fr={taken: "PER"})
    assert _names(text) == []


def test_the_title_is_no_part_of_a_name(use_pipelines):
    use_pipelines(fr={"Madame Qwxzelle": "PER"})
    assert _names("Merci, Madame Qwxzelle.") == ["Qwxzelle"]


def test_a_product_of_the_centre_is_never_a_name(use_pipelines):
    use_pipelines(fr={"Qwxzelle": "PER"})
    text = "J'ai acheté la Qwxzelle hier."
    assert _names(text) == ["Qwxzelle"]
    assert _names(text, never_names=("qwxzelle pro",)) == []


def test_english_is_also_read_by_the_french_model_unless_the_english_one_sees_a_place(
    use_pipelines,
):
    text = "We met Qwxzelle there."
    use_pipelines(en={}, fr={"Qwxzelle": "PER"})
    assert _names(text, "en") == ["Qwxzelle"]
    use_pipelines(en={"Qwxzelle": "LOC"}, fr={"Qwxzelle": "PER"})
    assert _names(text, "en") == []
    use_pipelines(fr={"Qwxzelle": "PER"})
    assert _names(text, "en") == ["Qwxzelle"]


def test_the_french_model_is_not_heard_on_ordinary_english_words(use_pipelines):
    use_pipelines(en={}, fr={"Please Qwxzelle": "PER"})
    assert _names("And so Please Qwxzelle me.", "en") == []


def test_turns_without_a_candidate_are_not_read(monkeypatch):
    read = []

    class _Records(_Pipeline):
        def pipe(self, texts, *, batch_size):
            read.extend(texts)
            return super().pipe(texts, batch_size=batch_size)

    monkeypatch.setattr(named_entities, "_pipeline", lambda language: _Records({}))
    texts = ("Oui, bien sûr.", "avec Qwxzelle hier", "d'accord, merci")
    turns = tuple(Turn(index=n, speaker="agent", text=text) for n, text in enumerate(texts))
    assert list(find_names(turns, "fr", never=(), with_models=True)) == []
    assert read == ["avec Qwxzelle hier"]


@given(st.text(max_size=60), st.text(min_size=1, max_size=8))
def test_whatever_a_model_answers_what_is_found_lies_in_the_text(text, words):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named_entities, "_pipeline", lambda language: _Pipeline({words: "PER"}))
        turns = (Turn(index=0, speaker="customer", text=text),)
        for language in ("fr", "en"):
            for one in find_names(turns, language, never=(), with_models=True):
                (span,) = one.spans
                assert 0 <= span.start < span.end <= len(text)
                assert one.value == text[span.start : span.end].casefold()


class TestWhatIsInstalled:
    @pytest.fixture(autouse=True)
    def _real(self, monkeypatch, tmp_path):
        monkeypatch.undo()
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(
            named_entities, "_PACKAGES", {"fr": ("names_test_a", "names_test_b"), "en": ()}
        )
        named_entities._pipeline.cache_clear()
        yield
        named_entities._pipeline.cache_clear()

    @pytest.fixture
    def loaded(self, monkeypatch):
        """Folders and options with which spaCy was asked to load a pipeline."""
        calls = []

        def load(folder, *, exclude):
            calls.append((folder, exclude))
            return _Pipeline({})

        module = ModuleType("spacy")
        module.load = load
        module.__spec__ = importlib.util.spec_from_loader("spacy", loader=None)
        monkeypatch.setitem(sys.modules, "spacy", module)
        return calls

    def test_without_a_package_of_a_model_nothing_is_loaded(self, loaded):
        assert named_entities._pipeline("fr") is None
        assert loaded == []

    def test_the_first_installed_package_is_loaded_without_running_it(self, loaded, tmp_path):
        folder = tmp_path / "names_test_b" / "names_test_b-3.8.0"
        folder.mkdir(parents=True)
        (tmp_path / "names_test_b" / "__init__.py").write_text("raise SystemExit")
        (folder / "config.cfg").write_text("")
        assert named_entities._pipeline("fr") is named_entities._pipeline("fr")
        assert [call[0] for call in loaded] == [folder]
        assert "parser" in loaded[0][1]
        assert "ner" not in loaded[0][1]

    def test_without_spacy_nothing_is_read(self, monkeypatch):
        real = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name == "spacy" else real(name)
        )
        assert named_entities._pipeline("fr") is None
