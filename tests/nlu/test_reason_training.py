"""Training into a folder, and what is loaded from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from conversation import Conversation, ModelReference
from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, ModelMissing
from models.finetuning import FineTuned
from nlu.reason_finetuning import HELD_OUT, FineTuneRequest, held_out_part
from nlu.reason_scorer import TaxonomyScorer
from nlu.reason_trained import ARRAYS_NAME, FACTS_NAME, load_reason_scorer
from nlu.reason_training import CARD_NAME, train_reasons
from nlu.reason_votes import texts_to_encode
from nlu.reasons import ReasonResult, find_reasons
from nlu.taxonomy import Bilingual, Reason, Subreason, Taxonomy

THINGS = ("box", "fibre", "ligne", "prise", "lampe", "table", "chaise", "robe", "veste", "montre")
SAID = {
    "panne": ("ma {} ne marche plus", "{} en panne depuis hier"),
    "facture": ("la facture de ma {} est fausse", "payer la facture {}"),
    "Retour d'article": ("je veux renvoyer la {}", "échanger une {} trop petite"),
}
CODED = {
    "tel.panne.box": ("ma box {} ne marche plus", "la box en panne {}"),
    "tel.panne.tv": ("la télé {} ne marche plus", "l'image en panne {}"),
    "tel.facture": ("la facture de ma {} est fausse", "payer la facture {}"),
}


def named(words: str) -> Bilingual:
    return Bilingual(fr=words, en=words)


TELECOM = Taxonomy(
    name="petit",
    version="3",
    reasons=(
        Reason(
            code="tel.panne", label=named("panne"), definition=named("panne"),
            subreasons=tuple(
                Subreason(code=f"tel.panne.{n}", label=named(n), definition=named(n))
                for n in ("box", "tv", "mobile")
            ),
        ),
        Reason(code="tel.facture", label=named("facture"), definition=named("facture")),
        Reason(code="tel.autre", label=named("autre"), definition=named("autre")),
        Reason(code="tel.hors_perimetre", label=named("ailleurs"), definition=named("ailleurs")),
    ),
)  # fmt: skip


def write(path: Path, said: dict[str, tuple[str, ...]], *more: dict[str, object]) -> Path:
    rows: list[dict[str, object]] = [
        {"text": pattern.format(thing), "reason": label, "language": "fr"}
        for label, patterns in said.items()
        for pattern in patterns
        for thing in THINGS
    ]
    lines = [json.dumps(row) for row in [*rows, *more]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def found(scorer, conversation: Conversation, encoder) -> ReasonResult:
    texts = texts_to_encode(conversation)
    vectors = dict(zip(texts, encoder.encode(texts), strict=True)) if texts else {}
    return find_reasons(conversation, scorer=scorer, vectors=vectors)


@pytest.fixture
def folder(tmp_path: Path, word_encoder) -> Path:
    stray = {"text": "quel temps fait-il demain", "reason": None}
    data = write(tmp_path / "motifs.jsonl", SAID, stray)
    train_reasons(data, tmp_path / "trained", word_encoder, licence="nos appels, usage interne")
    return tmp_path / "trained"


def test_what_was_trained_serves_conversations_like_a_taxonomy(folder, word_encoder, talk) -> None:
    scorer = load_reason_scorer(folder, word_encoder)
    call = talk(
        ("agent", "Bonjour, que puis-je pour vous ?"),
        ("customer", "Bonjour, je veux renvoyer la tablette."),
    )
    result = found(scorer, call, word_encoder)
    assert result.primary is not None
    assert (result.primary.code, result.primary.label_fr) == (
        "retour_d_article",
        "Retour d'article",
    )
    assert result.primary.evidence[0].quote in call.turns[1].text
    assert result.threshold == pytest.approx(scorer.settings.threshold)
    stray = found(scorer, talk(("customer", "Une recette de crêpes ?")), word_encoder).primary
    assert stray is None or stray.code == "hors_perimetre"


def test_one_text_alone_keeps_its_calibrated_probability(folder, word_encoder, talk) -> None:
    scorer = load_reason_scorer(folder, word_encoder)
    text = "payer la facture tablette"
    result = found(scorer, talk(("customer", text)), word_encoder)
    scores = scorer.score([text], word_encoder.encode([text]))
    assert result.candidates[0].probability == pytest.approx(float(scores.reasons.max()), abs=1e-5)


def test_probabilities_of_a_text_sum_to_one(folder, word_encoder) -> None:
    scorer = load_reason_scorer(folder, word_encoder)
    texts = ["ma box ne marche plus", "bonjour", "zzz", "payer"]
    scores = scorer.score(texts, word_encoder.encode(texts))
    assert scores.reasons.sum(axis=1) + scores.service == pytest.approx(np.ones(4), abs=1e-5)
    assert scorer.score([], word_encoder.encode([])).reasons.shape == (0, 4)


def test_loaded_twice_it_answers_the_same(folder, word_encoder) -> None:
    texts = ["ma box ne marche plus", "la facture", "renvoyer une lampe", "autre chose"]
    vectors = word_encoder.encode(texts)
    one, two = (load_reason_scorer(folder, word_encoder) for _ in range(2))
    assert np.array_equal(one.score(texts, vectors).reasons, two.score(texts, vectors).reasons)


def test_loading_gives_the_answers_of_the_scorer_that_was_saved(
    tmp_path, word_encoder, monkeypatch
) -> None:
    saved = []
    from nlu import reason_training

    save = reason_training.save_trained
    monkeypatch.setattr(
        reason_training, "save_trained", lambda s, *a, **k: (saved.append(s), save(s, *a, **k))
    )
    train_reasons(write(tmp_path / "motifs.jsonl", SAID), tmp_path / "out", word_encoder)
    texts = ["ma box ne marche plus", "la facture", "renvoyer une lampe", "autre chose"]
    vectors = word_encoder.encode(texts)
    loaded = load_reason_scorer(tmp_path / "out", word_encoder)
    assert np.array_equal(
        saved[0].score(texts, vectors).reasons, loaded.score(texts, vectors).reasons
    )
    assert loaded.settings == saved[0].settings


def test_the_card_tells_data_licence_figures_and_threshold(folder) -> None:
    card = (folder / CARD_NAME).read_text(encoding="utf-8")
    facts = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
    report = facts["report"]
    assert "nos appels, usage interne" in card
    assert "at most 5.0% of the reasons given are wrong" in card
    assert report["data_sha256"] in card
    assert f"{report['threshold']:.3f}" in card
    assert "| 90% to 100% |" in card
    assert (report["n_texts"], report["n_out_of_scope"], report["languages"]) == (
        60, 1, {"fr": 60},
    )  # fmt: skip
    assert "/" not in report["data"]


def test_labels_of_both_levels_of_a_taxonomy(tmp_path, word_encoder, talk) -> None:
    data = write(
        tmp_path / "motifs.jsonl", CODED, {"text": "la météo", "reason": "tel.hors_perimetre"}
    )
    report = train_reasons(data, tmp_path / "out", word_encoder, taxonomy=TELECOM)
    assert (report.n_labels, report.n_out_of_scope, report.taxonomy) == (3, 1, "petit")
    scorer = load_reason_scorer(tmp_path / "out", word_encoder)
    result = found(scorer, talk(("customer", "la télé chaise ne marche plus")), word_encoder)
    assert result.primary is not None
    assert (result.primary.code, result.primary.level_1) == ("tel.panne.tv", "tel.panne")
    shares = scorer.subreasons("tel.panne", word_encoder.encode(["la box en panne"]))
    assert shares.shape == (1, 3)
    assert shares[0, 2] == 0  # no text of it was given
    assert scorer.subreasons("tel.facture", word_encoder.encode(["x"])).shape == (1, 0)


def test_a_label_that_is_no_code_of_the_taxonomy_is_refused(tmp_path, word_encoder) -> None:
    data = write(tmp_path / "motifs.jsonl", CODED, {"text": "la météo", "reason": "tel.meteo"})
    with pytest.raises(DatasetInvalid, match=r"line 61: got the reason 'tel.meteo'"):
        train_reasons(data, tmp_path / "out", word_encoder, taxonomy=TELECOM)
    assert not (tmp_path / "out").exists()


def test_a_changed_or_missing_file_is_found_out(folder, word_encoder) -> None:
    arrays = folder / ARRAYS_NAME
    content = arrays.read_bytes()
    arrays.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        load_reason_scorer(folder, word_encoder)
    arrays.unlink()
    with pytest.raises(ModelMissing, match=ARRAYS_NAME):
        load_reason_scorer(folder, word_encoder)


def test_facts_that_do_not_fit_are_found_out(folder, word_encoder) -> None:
    facts = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
    facts["classifier"]["labels"].pop()
    (folder / FACTS_NAME).write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ModelCorrupt, match="labels"):
        load_reason_scorer(folder, word_encoder)


def test_another_encoder_is_refused(folder, word_encoder) -> None:
    facts = json.loads((folder / FACTS_NAME).read_text(encoding="utf-8"))
    (folder / FACTS_NAME).write_text(json.dumps(facts | {"encoder_sha256": "ab"}), encoding="utf-8")
    word_encoder.reference = ModelReference(name="words", sha256="cd")
    with pytest.raises(BadInput, match="another encoder"):
        load_reason_scorer(folder, word_encoder)


def test_a_folder_with_other_files_is_left_alone(tmp_path, word_encoder) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    data = write(tmp_path / "motifs.jsonl", SAID)
    with pytest.raises(BadInput, match="holds other files"):
        train_reasons(data, tmp_path, word_encoder)
    with pytest.raises(BadInput, match="error rate"):
        train_reasons(data, tmp_path / "out", word_encoder, error_rate=5)


def test_one_name_loads_all_three_ways(folder, word_encoder) -> None:
    assert isinstance(load_reason_scorer("telecom", word_encoder), TaxonomyScorer)
    assert load_reason_scorer(folder, word_encoder).name == "trained"


def test_held_out_texts_are_few_of_each_label_and_keep_conversations_whole() -> None:
    classes = np.arange(3000) % 3
    groups = [f"call {i // 6}" for i in range(3000)]
    chosen = held_out_part(classes, groups, seed=1)
    assert chosen.mean() == pytest.approx(HELD_OUT, abs=0.02)
    assert np.ptp(np.bincount(classes[chosen])) <= 10
    for call in range(500):
        assert len(set(chosen[6 * call : 6 * call + 6])) == 1


def test_of_few_texts_a_larger_share_is_held_out_but_never_a_lonely_one() -> None:
    few = held_out_part(np.arange(90) % 3, [str(i) for i in range(90)], seed=1)
    assert few.mean() == pytest.approx(0.25, abs=0.05)
    assert not held_out_part(np.array([0, 0, 1]), ["a", "b", "c"], seed=1).any()


def test_a_fine_tuned_encoder_is_mixed_in_and_loaded_again(
    tmp_path, word_encoder, monkeypatch
) -> None:
    labels = sorted({"facture", "panne", "retour_d_article"})
    words = {"facture": "facture", "panne": "marche", "retour_d_article": "renvoyer"}
    columns = [
        word_encoder.encode([words[label]])[0] for label in labels
    ]  # what a tuned encoder would have learnt
    head = FineTuned(weights=np.stack(columns, axis=1), bias=np.zeros(3, dtype=np.float32))

    def tune(*_: object, out: Path, **__: object) -> FineTuned:
        out.mkdir(parents=True)
        (out / "model.safetensors").write_bytes(b"weights")
        return head

    monkeypatch.setattr("models.finetuning.fine_tune", tune)
    monkeypatch.setattr("models.sentence_folder.read_sentence_folder", lambda folder: folder)
    monkeypatch.setattr("models.load_encoder", lambda *a, **k: word_encoder)
    request = FineTuneRequest(tmp_path, compute=None)  # type: ignore[arg-type]
    data = write(tmp_path / "motifs.jsonl", SAID)
    report = train_reasons(data, tmp_path / "out", word_encoder, finetune=request)
    assert report.fine_tuning is not None
    assert 0 <= report.fine_tuning.tuned_share <= 1
    assert 0 < report.fine_tuning.held_out_texts <= 20
    assert report.reliability.n_texts == report.fine_tuning.held_out_texts
    scorer = load_reason_scorer(tmp_path / "out", word_encoder)
    assert scorer.classifier.fine_tuned
    text = ["je veux renvoyer la box"]
    best = scorer.score(text, word_encoder.encode(text)).reasons.argmax()
    assert scorer.taxonomy.reasons[best].code == "retour_d_article"
    (tmp_path / "out" / "encoder" / "model.safetensors").write_bytes(b"others")
    with pytest.raises(ModelCorrupt, match="SHA-256"):
        load_reason_scorer(tmp_path / "out", word_encoder)
