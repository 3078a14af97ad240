"""The models of a service: shared, shown, let go of, and lent in turns."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

from conversation.errors import ModelMissing
from serving.settings import Settings
from serving.throughput import ModelPool, Priority, Work, working
from serving.throughput.lent_recogniser import LentTranscriber
from serving.throughput.model_handle import ModelHandle
from serving.throughput.shared_recogniser import RecogniserHub, SharedRecogniser
from serving.throughput.thread_budget import ThreadBudget
from speech.piece import Piece


@pytest.fixture
def pool(tmp_path, models_dir):
    made = ModelPool(Settings(data_dir=tmp_path, models_dir=models_dir, device="cpu", threads=2))
    yield made
    made.close()


def test_the_encoder_of_the_pool_is_the_encoder(pool, encoder):
    texts = ["Ma box est en panne.", "", "My order never came."] * 20
    vectors = pool.encoder.encode(texts, kind="passage")
    assert (vectors * encoder.encode(texts, kind="passage")).sum(axis=1).min() > 0.99
    assert pool.encoder.reference == encoder.reference
    assert pool.encoder.dim == encoder.dim
    assert pool.encoder.encode([]).shape == (0, encoder.dim)


def test_many_threads_get_their_own_vectors(pool, encoder):
    texts = [f"Dossier {number}" for number in range(60)]
    expected = encoder.encode(texts)
    wrong = []

    def ask(number):
        with working(Work(Priority.INTERACTIVE, str(number % 7))):
            vector = pool.encoder.encode([texts[number]])[0]
        if vector @ expected[number] < 0.99:
            wrong.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not wrong


def test_nothing_is_loaded_before_it_is_needed_and_the_report_says_what_is(pool):
    assert [model.loaded for model in pool.report.models] == [False, False]
    pool.warm(for_audio=False)
    report = pool.report
    encoder, recogniser = report.models
    assert (encoder.loaded, recogniser.loaded) == (True, False)
    assert encoder.name == "entendu-encoder-fr-en"
    assert encoder.memory_mb is not None  # 0 where the process had room left
    assert report.process_mb > encoder.memory_mb
    assert report.cached_vectors == 1
    assert (report.device, report.threads) == ("cpu", 2)


def test_an_idle_model_is_let_go_of_and_comes_back_when_needed(pool):
    first = pool.encoder.encode(["Bonjour"])
    assert pool.unload_idle(0) == ["entendu-encoder-fr-en"]
    assert not pool.report.models[0].loaded
    assert np.allclose(pool.encoder.encode(["Bonsoir", "Bonjour"])[1], first[0], atol=1e-5)
    assert pool.report.models[0].loads == 2
    assert pool.forget_vectors() == 2


def test_the_setting_lets_go_of_idle_models_by_itself(tmp_path, models_dir):
    settings = Settings(
        data_dir=tmp_path, models_dir=models_dir, device="cpu", threads=1, model_idle_s=0.05
    )
    pool = ModelPool(settings)
    pool.encoder.encode(["Bonjour"])
    gone = threading.Event()
    for _ in range(200):
        if not pool.report.models[0].loaded:
            gone.set()
            break
        gone.wait(0.05)
    assert gone.is_set()
    pool.close()


def test_a_recogniser_that_is_not_there_is_said_so(tmp_path):
    pool = ModelPool(Settings(data_dir=tmp_path, models_dir=tmp_path / "none", device="cpu"))
    with pytest.raises(ModelMissing):
        _ = pool.transcriber().n_workers
    pool.close()


class Whisper:
    """CTranslate2's model and faster-whisper's in one; its passes can be held up."""

    is_multilingual = True

    def __init__(self):
        self.model = self
        self.passes = []
        self.inside = threading.Semaphore(0)
        self.gate = threading.Event()

    def encode(self, name, *, to_cpu):
        assert to_cpu is False
        self.passes.append(name)
        self.inside.release()
        assert self.gate.wait(20)
        return name


def lent(whisper, budget, priority):
    handle = ModelHandle("w", lambda: SimpleNamespace(model=whisper, n_workers=2))
    return LentTranscriber(
        handle, reference=SimpleNamespace(name="w"), compute=None, budget=budget, priority=priority
    )


def test_passes_of_the_recogniser_take_turns_by_priority():
    whisper, budget = Whisper(), ThreadBudget(1)
    batch = lent(whisper, budget, Priority.BATCH)
    live = lent(whisper, budget, Priority.LIVE)
    assert batch.n_workers == 2
    assert live.model.is_multilingual
    threads = []

    def start(transcriber, name):
        threads.append(
            threading.Thread(
                target=transcriber.model.model.encode, args=(name,), kwargs={"to_cpu": False}
            )
        )
        threads[-1].start()

    start(batch, "batch 1")
    assert whisper.inside.acquire(timeout=10)
    for waiting, (transcriber, name) in enumerate([(batch, "batch 2"), (live, "live")], 1):
        start(transcriber, name)
        while budget.lanes.waiting < waiting:
            pass
    whisper.gate.set()
    for thread in threads:
        thread.join(10)
    assert whisper.passes == ["batch 1", "live", "batch 2"]


@pytest.fixture
def recognised(monkeypatch):
    """What reaches the model, held up at a gate: the lengths of the pieces of each batch."""
    found = SimpleNamespace(batches=[], inside=threading.Semaphore(0), gate=threading.Event())

    def recognise(self, pieces, *, beam_size=None):
        found.batches.append([len(piece.samples) for piece in pieces])
        found.inside.release()
        assert found.gate.wait(20)
        if any(len(piece.samples) == 13 for piece in pieces):
            raise RuntimeError("no memory")
        return [(len(piece.samples),) for piece in pieces]

    monkeypatch.setattr("speech.recogniser.Recogniser.recognise", recognise)
    return found


def test_pieces_of_several_requests_are_recognised_together(recognised):
    hub = RecogniserHub(most_s=10.0)
    answers = {}

    def ask(name, samples, **settings):
        transcriber = lent(Whisper(), ThreadBudget(1), Priority.INTERACTIVE)
        recogniser = SharedRecogniser(transcriber, hub, **settings)
        pieces = [Piece(np.zeros(one, np.float32), "fr") for one in samples]
        try:
            answers[name] = recogniser.recognise(pieces)
        except RuntimeError as error:
            answers[name] = str(error)

    asked = [
        ("first", [1, 2], {}), ("second", [3], {}), ("other beam", [4], {"beam_size": 1}),
        ("third", [5, 6], {}), ("long", [16_000 * 9, 16_000 * 9], {}),
    ]  # fmt: skip
    threads = []
    for number, (name, samples, settings) in enumerate(asked):
        threads.append(threading.Thread(target=ask, args=(name, samples), kwargs=settings))
        threads[-1].start()
        if number == 0:
            assert recognised.inside.acquire(timeout=10)
        while len(hub._waiting) < number:
            pass
    recognised.gate.set()
    for thread in threads:
        thread.join(10)
    assert recognised.batches == [[1, 2], [3, 5, 6], [4], [144_000, 144_000]]
    assert answers["third"] == [(5,), (6,)]
    assert answers["second"] == [(3,)]
    ask("none", [])
    assert answers["none"] == []
    ask("broken", [13])
    assert answers["broken"] == "no memory"
    ask("after", [7])
    assert answers["after"] == [(7,)]
