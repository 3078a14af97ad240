"""The speaker encoder: taken out of its checkpoint, run as PyTorch runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import ModelCorrupt, ModelMissing
from models import Compute, ModelStore, SpeakerEncoder, load_speaker_encoder
from models.packed_ge2e import HIDDEN, LAYERS, MEL_BANDS, ge2e_graph, ge2e_shapes, unpack_ge2e

RATE_HZ = 16_000
CPU = Compute(device="cpu", compute_type="int8", threads=1)


def random_weights(seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {
        name: random.uniform(-0.1, 0.1, shape).astype(np.float32)
        for name, shape in ge2e_shapes().items()
    }


def checkpoint(path: Path, weights: dict[str, np.ndarray]) -> Path:
    state = {name: torch.from_numpy(array) for name, array in weights.items()}
    torch.save({"step": 1, "model_state": state | {"similarity_bias": torch.zeros(1)}}, path)
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SpeakerEncoder:
    path = tmp_path_factory.mktemp("ge2e")
    (path / "model.onnx").write_bytes(ge2e_graph(random_weights()))
    return load_speaker_encoder(path, compute=CPU)


def speech(n: int, length_s: float, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return (0.1 * random.standard_normal((n, round(length_s * RATE_HZ)))).astype(np.float32)


def test_it_runs_as_pytorch_does(encoder: SpeakerEncoder):
    lstm = torch.nn.LSTM(MEL_BANDS, HIDDEN, LAYERS, batch_first=True)
    weights = {name: torch.from_numpy(array) for name, array in random_weights().items()}
    lstm.load_state_dict(
        {name.removeprefix("lstm."): value for name, value in weights.items() if "lstm" in name}
    )
    sounds = speech(3, 1.2)
    with torch.no_grad():
        _, (hidden, _) = lstm(torch.from_numpy(encoder.features(sounds)))
        raw = torch.relu(hidden[-1] @ weights["linear.weight"].T + weights["linear.bias"])
        expected = torch.nn.functional.normalize(raw, dim=1).numpy()
    np.testing.assert_allclose(encoder.encode(sounds), expected, atol=2e-6)


def test_the_features_are_slaney_mel_powers(encoder: SpeakerEncoder):
    time_s = np.arange(RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 1000 * time_s).astype(np.float32)[None]
    bands = encoder.features(tone)
    assert bands.shape == (1, 101, MEL_BANDS)
    # 1 kHz is mel 15 of the 45.25 that 8 kHz is; corner k lies at mel 45.25 * k / 41
    assert int(bands[0, 50].argmax()) == round(15 / (45.2456 / 41)) - 1


def test_a_faint_voice_counts_like_a_loud_one(encoder: SpeakerEncoder):
    sounds = speech(2, 1.0)
    np.testing.assert_allclose(encoder.encode(0.01 * sounds), encoder.encode(sounds), atol=1e-4)


@settings(max_examples=5)
@given(n=st.integers(0, 40))
def test_a_stretch_has_the_same_vector_in_any_company(encoder: SpeakerEncoder, n: int):
    sounds = speech(n + 1, 0.4)
    vectors = encoder.encode(sounds)
    assert vectors.shape == (n + 1, HIDDEN)
    np.testing.assert_allclose(vectors[-1:], encoder.encode(sounds[-1:]), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_silence_gives_numbers(encoder: SpeakerEncoder):
    vectors = encoder.encode(np.zeros((1, RATE_HZ), np.float32))
    assert np.isfinite(vectors).all()


def test_a_checkpoint_becomes_a_graph_that_is_always_the_same(tmp_path: Path):
    packed, target = checkpoint(tmp_path / "pretrained.pt", random_weights()), tmp_path / "m.onnx"
    unpack_ge2e(packed, target)
    assert target.read_bytes() == ge2e_graph(random_weights())


@pytest.mark.parametrize("content", [b"", b"\x80\x02.", b"no checkpoint", b"PK\x03\x04" + bytes(9)])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes):
    packed = tmp_path / "pretrained.pt"
    packed.write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"no checkpoint of a GE2E"):
        unpack_ge2e(packed, tmp_path / "model.onnx")


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path):
    weights = random_weights() | {"linear.bias": np.zeros(3, np.float32)}
    with pytest.raises(ModelCorrupt, match=r"linear\.bias has shape \(3,\), expected \(256,\)"):
        unpack_ge2e(checkpoint(tmp_path / "pretrained.pt", weights), tmp_path / "out")


def test_a_model_that_was_not_fetched_names_the_command(tmp_path: Path):
    with pytest.raises(ModelMissing, match="entendu models fetch speaker-ge2e"):
        load_speaker_encoder(store=ModelStore(tmp_path))


def test_a_folder_that_holds_no_encoder_is_refused(tmp_path: Path):
    with pytest.raises(ModelMissing, match=r"holds no model\.onnx"):
        load_speaker_encoder(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        load_speaker_encoder(tmp_path)


@pytest.mark.model
def test_the_real_encoder_is_in_the_store(models_dir: Path):
    encoder = load_speaker_encoder(store=ModelStore(models_dir))
    assert encoder.reference.name == "speaker-ge2e"
    assert encoder.reference.sha256.startswith("4375b08e")
