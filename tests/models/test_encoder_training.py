"""Contrastive training: the loss, memory, held-out pairs, checkpoints, and what is kept."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from conversation import ModelReference
from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, NotFound
from models import Compute, ModelStore, load_encoder
from models.encoder_training import EncoderTraining, TrainingPair, read_pairs, train_encoder
from models.encoder_training.loss import backward_in_parts, contrastive_loss, make_batch
from models.encoder_training.negatives import mine_negatives
from models.encoder_training.pairs import TextTable, number_texts, split_pairs
from models.encoder_training.ranking import HeldOutTask, mean_mrr
from models.layered_encoder import LayeredEncoder
from models.sentence_folder import read_sentence_folder
from models.transformer_weights import load_transformer

CPU = Compute(device="cpu", compute_type="int8", threads=1)
START = ModelReference(name="tiny")
WORDS = "bonjour résilier contrat facture panne fibre merci hello cancel"
SMALL = EncoderTraining(
    epochs=6, batch_size=8, learning_rate=3e-3, evaluate_every=6, patience=50,
    tokens_per_pass=256, held_out=0.3, distillation=0.1,
)  # fmt: skip


def make_pairs() -> list[TrainingPair]:
    """Questions made of two words, whose passage has the same two in another order."""
    return [
        TrainingPair(
            query=f"{one} {other}", passage=f"la ligne {other} {one} please", lang="fr",
            licence="CC0-1.0", source="words" if number % 2 else "others",
        )
        for number, (one, other) in enumerate(itertools.combinations(WORDS.split(), 2))
    ]  # fmt: skip


def train(folder, out, **changed):
    arguments = {"compute": CPU, "settings": SMALL, "keep": "always"} | changed
    return train_encoder(read_sentence_folder(folder), START, make_pairs(), out, **arguments)


@pytest.fixture(scope="module")
def trained(encoder_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("training") / "tuned"
    return train(encoder_folder, out), out


def test_the_loss_falls_and_the_passages_are_found(trained):
    report, _ = trained
    losses = [look.loss for look in report.looks if look.loss is not None]
    assert losses[-1] < losses[0] / 2
    assert report.mean_after > report.mean_before + 0.1


def test_what_is_written_is_an_encoder_and_its_int8_form(trained, tmp_path):
    report, out = trained
    store = ModelStore(tmp_path, entries={})
    whole = load_encoder(out, store=store, compute=CPU)
    small = load_encoder(out / "int8", store=store, compute=CPU)
    assert not (out / "int8" / "model.safetensors").exists()
    texts = ["bonjour facture", "cancel line", "la ligne facture bonjour please"]
    assert np.sum(whole.encode(texts) * small.encode(texts), axis=1).min() > 0.99
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "CC0-1.0" in card
    assert f"{report.mean_after:.3f}" in card
    assert json.loads((out / "training.json").read_text())["kept"] is True
    assert not out.with_name("tuned.training").exists()


def test_the_lower_layers_and_the_words_stay_as_they_were(encoder_folder, tmp_path):
    upper = SMALL.model_copy(update={"trained_layers": 1, "epochs": 2})
    train(encoder_folder, tmp_path / "out", settings=upper)
    before = load_transformer(read_sentence_folder(encoder_folder)).state_dict()
    after = load_transformer(read_sentence_folder(tmp_path / "out")).state_dict()
    changed = {
        name
        for name, value in before.items()
        if not name.startswith("pooler") and abs(value - after[name]).max() > 2e-3
    }
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)


def test_an_interrupted_training_goes_on_as_if_nothing_had_happened(
    trained, encoder_folder, tmp_path
):
    report, out = trained
    stopped_after = 17

    def stop(what: str, done: float, _total: float) -> None:
        if what == "Training" and done == stopped_after:
            raise KeyboardInterrupt

    target = tmp_path / "tuned"
    with pytest.raises(KeyboardInterrupt):
        train(encoder_folder, target, progress=stop)
    assert not target.exists()
    assert not list(tmp_path.glob(".tuned*"))
    resumed = train(encoder_folder, target, resume=True)
    assert resumed.resumed_at == stopped_after
    assert resumed.looks == report.looks
    assert (target / "model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes()


def test_checkpoints_are_written_by_the_clock(encoder_folder, tmp_path):
    ticks = itertools.count(step=40)
    seen = []
    short = SMALL.model_copy(update={"epochs": 3})

    def note(what: str, done: float, _total: float) -> None:
        if what == "Training" and (tmp_path / "out.training").exists():
            seen.append(done)

    train(
        encoder_folder, tmp_path / "out", clock=lambda: next(ticks), progress=note, settings=short
    )
    assert min(seen) > 5  # 300 s are 5 minutes: seven ticks and more


def test_a_checkpoint_of_other_pairs_or_settings_is_refused(encoder_folder, tmp_path):
    def stop(what: str, done: float, _total: float) -> None:
        if what == "Training" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(encoder_folder, tmp_path / "out", progress=stop, resume=True)  # there is none yet
    other = SMALL.model_copy(update={"temperature": 0.05})
    with pytest.raises(ModelCorrupt, match="other pairs, settings or weights"):
        train(encoder_folder, tmp_path / "out", settings=other, resume=True)
    (tmp_path / "out.training" / "checkpoint.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ModelCorrupt, match="without --resume"):
        train(encoder_folder, tmp_path / "out", resume=True)


def test_what_is_no_better_is_not_kept(encoder_folder, tmp_path):
    still = SMALL.model_copy(update={"learning_rate": 1e-12, "epochs": 1})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("as before")
    report = train(encoder_folder, tmp_path / "out", settings=still, keep="better")
    assert not report.kept
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    assert not list(tmp_path.glob(".out*"))


def test_it_stops_when_the_held_out_pairs_get_no_better(encoder_folder, tmp_path):
    still = SMALL.model_copy(update={"learning_rate": 1e-12, "patience": 2})
    report = train(encoder_folder, tmp_path / "out", settings=still)
    assert report.stopped_early
    assert report.best_step == 0
    assert report.steps == 2 * still.evaluate_every


def test_a_strong_distillation_keeps_the_vectors_where_they_were(encoder_folder, tmp_path):
    drifts = []
    for weight in (0.0, 100.0):
        changed = SMALL.model_copy(update={"distillation": weight, "epochs": 3})
        report = train(encoder_folder, tmp_path / str(weight), settings=changed)
        drifts.append(report.looks[-1].drift)
    assert drifts[1] < drifts[0] / 3


def test_blending_with_the_start_stays_between_the_two(trained, encoder_folder, tmp_path):
    half = SMALL.model_copy(update={"blend": 0.5})
    train(encoder_folder, tmp_path / "half", settings=half)
    name = "encoder.layer.1.output.dense.weight"
    start, middle, full = (
        load_transformer(read_sentence_folder(path)).state_dict()[name].numpy()
        for path in (encoder_folder, tmp_path / "half", trained[1])
    )
    np.testing.assert_allclose(middle, (start + full) / 2, atol=2e-3)


def test_training_starts_from_a_compiled_folder_too(trained, tmp_path):
    _, out = trained
    one_epoch = SMALL.model_copy(update={"epochs": 1})
    report = train(out / "int8", tmp_path / "more", settings=one_epoch)
    assert report.mean_before == pytest.approx(trained[0].mean_after, abs=0.1)
    assert (tmp_path / "more" / "int8" / "ctranslate2" / "model.bin").is_file()
    assert not (tmp_path / "more" / "entendu-shipped.json").exists()


def test_an_encoder_of_another_kind_is_refused(make_encoder_folder, tmp_path):
    folder = make_encoder_folder(tmp_path / "other", hidden_act="gelu_new")
    with pytest.raises(BadInput, match="expected a BERT-like encoder"):
        train(folder, tmp_path / "out")


@pytest.mark.parametrize("budget", [16, 40, 10_000])
def test_gradients_do_not_depend_on_how_many_texts_go_at_once(encoder_folder, budget):
    pairs = make_pairs()[:12]
    table = number_texts(pairs)
    folder = read_sentence_folder(encoder_folder)
    encoder = LayeredEncoder(
        folder, table.texts, trained_layers=2, max_tokens=40, compute=CPU, kinds=table.kinds,
        progress=lambda *_: None,
    )  # fmt: skip
    start = encoder.vectors(np.arange(len(table.texts)))
    batch = make_batch(
        table.queries, table.passages, table.negatives, [0, 1], {n: set() for n in table.queries},
        start.numpy(),
    )  # fmt: skip

    def loss_of(vectors):
        return contrastive_loss(
            vectors, start[batch.texts], batch, temperature=0.05, distillation=2.0
        )

    found = []
    for tokens in (100_000, budget):
        loss = backward_in_parts(encoder, batch.texts, tokens, loss_of)
        encoder.gather_gradients()
        found.append((loss, [master.grad.numpy().copy() for master in encoder.masters]))
        for master in encoder.masters:
            master.grad = None
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-2)
    one, other = (np.concatenate([array.ravel() for array in arrays]) for _, arrays in found)
    # In bfloat16 sums differ with the shapes.
    assert one @ other / (np.linalg.norm(one) * np.linalg.norm(other)) > 0.995
    assert np.linalg.norm(one) == pytest.approx(np.linalg.norm(other), rel=0.02)


def test_a_passage_that_was_nearer_at_the_start_is_no_negative():
    start = np.eye(5, dtype=np.float32)
    start[3] = start[0]  # the passage of the second pair says what the first question asks
    batch = make_batch([0, 1], [2, 3], [[], [4]], [], {0: {2}, 1: {3}}, start)
    columns = batch.texts[batch.candidates].tolist()
    assert columns == [2, 3, 4]
    assert batch.allowed.tolist() == [[True, False, True], [True, True, True]]


@given(st.integers(min_value=0, max_value=1000))
@settings(max_examples=20)
def test_mined_negatives_are_never_right_and_never_too_near(seed):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((24, 6)).astype(np.float32) + 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = [n % 8 for n in range(12)]
    passages = [8 + int(n) for n in rng.integers(0, 16, size=12)]
    table = TextTable([""] * 24, [""] * 24, queries, passages, [[] for _ in queries])
    found = mine_negatives(table, vectors, np.arange(12), count=3, closest=0.9)
    for query, passage, negatives in zip(queries, passages, found, strict=True):
        right = {p for q, p in zip(queries, passages, strict=True) if q == query}
        assert not right & set(negatives)
        assert len(negatives) <= 3
        limit = 0.9 * vectors[query] @ vectors[passage] + 1e-6
        assert all(vectors[query] @ vectors[number] <= limit for number in negatives)


@given(st.integers(0, 99), st.floats(0.1, 0.5))
def test_no_passage_is_trained_on_and_held_out(seed, share):
    try:
        train_pairs, held_out = split_pairs(make_pairs(), share, seed)
    except DatasetInvalid:
        reject()  # a small share of few passages draws none
    assert not {p.passage for p in train_pairs} & {p.passage for p in held_out}
    assert len(train_pairs) + len(held_out) == len(make_pairs())


def test_pairs_that_say_so_are_held_out():
    pairs = [p.model_copy(update={"held_out": n < 3}) for n, p in enumerate(make_pairs())]
    same = pairs[0].model_copy(update={"held_out": False, "query": "merci"})
    train_pairs, held_out = split_pairs([*pairs, same], 0.5, 0)
    assert [pair.query for pair in held_out] == [*(p.query for p in pairs[:3]), "merci"]
    assert len(train_pairs) == len(pairs) - 3


def test_each_question_may_find_any_of_its_passages():
    pairs = [
        TrainingPair(query="a", passage=passage, lang="fr", licence="x", source="s")
        for passage in ("one", "two")
    ]
    task = HeldOutTask(number_texts(pairs), pairs, [0, 1], seed=0)
    figures = task.figures(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert figures["s"].questions == 1
    assert mean_mrr(figures) == 1


def test_what_is_right_in_another_source_counts_neither_way():
    pairs = [
        TrainingPair(query="a", passage=passage, lang="fr", licence="x", source=passage)
        for passage in ("one", "two", "three")
    ]
    task = HeldOutTask(number_texts(pairs), pairs, [0, 1], seed=0)
    vectors = np.eye(3)[[2, 1, 0]]  # of one, two, three
    figures = task.figures(np.array([[0.1, 0.2, 0.9]] * 2), vectors)
    assert (figures["one"].mrr_at_10, figures["two"].mrr_at_10) == (1, 1)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"query": "a"}', "passage"),
        ("nothing", "line 2"),
        ('{"query": "", "passage": "b", "lang": "fr", "licence": "x", "source": "s"}', "query"),
        ('{"query": "a", "passage": "b", "lang": "French", "licence": "x", "source": "s"}', "lang"),
    ],
)
def test_a_line_that_is_no_pair_is_named(tmp_path, line, told):
    file = tmp_path / "pairs.jsonl"
    file.write_text(make_pairs()[0].model_dump_json() + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=told):
        read_pairs([file])


def test_files_that_are_missing_empty_or_no_text_are_named(tmp_path):
    with pytest.raises(NotFound, match=r"pairs\.jsonl"):
        read_pairs([tmp_path / "pairs.jsonl"])
    (tmp_path / "pairs.jsonl").write_text("\n")
    with pytest.raises(DatasetInvalid, match="no pairs"):
        read_pairs([tmp_path / "pairs.jsonl"])
    (tmp_path / "pairs.jsonl").write_bytes(b"\xff\xfe{")
    with pytest.raises(DatasetInvalid, match="UTF-8"):
        read_pairs([tmp_path / "pairs.jsonl"])
