"""Voices as vectors: the GE2E speaker encoder, run by onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conversation import ModelReference
from conversation.errors import ModelCorrupt, ModelMissing
from models.device import Compute, resolve_compute
from models.packed_ge2e import HIDDEN, MEL_BANDS
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession

_RATE_HZ = 16_000
_FFT_SAMPLES = 400
_STEP_SAMPLES = 160
_LEVEL = 10 ** (-30 / 10)  # mean square that the network was trained on, -30 dBFS
_FAINTEST = 1e-9
_BATCH = 32
_WEIGHTS = "model.onnx"


class SpeakerEncoder:
    """A loaded GE2E encoder: a stretch of speech in, a vector of the voice out.

    A three-layer LSTM over 40 mel bands every 10 ms (Wan et al. 2018, "Generalized end-to-end
    loss for speaker verification", https://arxiv.org/abs/1710.10467), with the weights of
    https://github.com/resemble-ai/Resemblyzer (Apache-2.0). It runs on the CPU whatever the
    device: it is small beside the recogniser.

    Attributes:
        reference: The model by name and content.
    """

    dimension = HIDDEN
    """Length of a vector."""

    def __init__(self, session: InferenceSession, reference: ModelReference) -> None:
        import numpy as np

        self.reference = reference
        self._session = session
        self._bands = _mel_filters()
        self._window = np.hanning(_FFT_SAMPLES + 1)[:-1].astype(np.float32)

    def encode(self, speech: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vectors of stretches of one length.

        Each stretch is brought to the same level first, so that a faint voice counts like a loud
        one. Some 20 MB of memory are used whatever the number of stretches.

        Args:
            speech: Float32 of shape ``(n, samples)`` at 16 kHz; 0.5 to 2 s are what the network
                knows.

        Returns:
            Float32 of shape ``(n, 256)``, of length 1 each and without negative values, so that
            the product of two is their cosine, 0 to 1.
        """
        import numpy as np

        found = np.empty((len(speech), HIDDEN), np.float32)
        for first in range(0, len(speech), _BATCH):
            batch = self.features(speech[first : first + _BATCH])
            found[first : first + _BATCH] = self._run(batch)
        return found

    def features(self, speech: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mel power spectra of stretches at the network's own level.

        Args:
            speech: Float32 of shape ``(n, samples)`` at 16 kHz.

        Returns:
            Float32 of shape ``(n, frames, 40)``, one frame every 10 ms, the first centred on the
            first sample.
        """
        import numpy as np

        power = np.mean(np.square(speech, dtype=np.float64), axis=1, keepdims=True)
        level = np.sqrt(_LEVEL / np.maximum(power, _FAINTEST)).astype(np.float32)
        padded = np.pad(speech * level, ((0, 0), (_FFT_SAMPLES // 2, _FFT_SAMPLES // 2)))
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT_SAMPLES, axis=1)
        spectra = np.fft.rfft(frames[:, ::_STEP_SAMPLES] * self._window, axis=2)
        bands: NDArray[np.float32] = np.square(np.abs(spectra)).astype(np.float32) @ self._bands
        return bands

    def _run(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network over features of shape ``(n, frames, 40)``."""
        import numpy as np

        (raw,) = self._session.run(
            None, {"features": np.ascontiguousarray(features.transpose(1, 0, 2))}
        )
        vectors = np.asarray(raw, np.float32)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        scaled: NDArray[np.float32] = vectors / np.maximum(length, _FAINTEST)
        return scaled


def load_speaker_encoder(
    name: str = "speaker-ge2e",
    *,
    store: ModelStore | None = None,
    compute: Compute | None = None,
) -> SpeakerEncoder:
    """Load the speaker encoder; nothing is downloaded.

    Args:
        name: In the catalogue, or a folder that holds ``model.onnx``.
        store: Where models are; the default folder when None.
        compute: Its threads are used; found out when None.

    Raises:
        ModelMissing: It is not on this machine; the message names the command that fetches it.
        ModelCorrupt: Its files are not what they should be.
        NotFound: Neither a model nor a folder has this name.
    """
    store = store or ModelStore()
    compute = compute or resolve_compute()
    session = _session(store.path(name) / _WEIGHTS, compute.threads)
    return SpeakerEncoder(session, store.reference(name))


def _session(path: Path, threads: int) -> InferenceSession:
    import onnxruntime

    again = "run: entendu models fetch speaker-ge2e"
    if not path.is_file():
        raise ModelMissing(f"{path.parent} holds no {path.name}", remedy=again)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # threads that wait in a loop starve the recogniser's
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's own classes have no common base but this
        raise ModelCorrupt(f"{path} cannot be loaded: {error}", remedy=again) from error
    shapes = [given.shape[-1] for given in (*session.get_inputs(), *session.get_outputs())]
    if shapes != [MEL_BANDS, HIDDEN]:
        raise ModelCorrupt(f"{path} does not hold a GE2E speaker encoder", remedy=again)
    return session


def _mel_filters() -> NDArray[np.float32]:
    """Return the triangular filters of area 1 on Slaney's mel scale, shape ``(201, 40)``.

    The scale is linear below 1 kHz and logarithmic above (M. Slaney, "Auditory Toolbox",
    Interval Research 1998-010).
    """
    import numpy as np

    def to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    highest = 15 + np.log(_RATE_HZ / 2 / 1000) / (np.log(6.4) / 27)
    corners = to_hz(np.linspace(0, highest, MEL_BANDS + 2))
    bins = np.linspace(0, _RATE_HZ / 2, _FFT_SAMPLES // 2 + 1)[:, None]
    rising = (bins - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - bins) / (corners[2:] - corners[1:-1])
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (corners[2:] - corners[:-2])
    return filters.astype(np.float32)
