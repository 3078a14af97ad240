"""Models: their weights on disk, verified; loaded on CPU or GPU; small heads on top of them."""

from models.catalogue import catalogue
from models.data_dir import default_data_dir, default_model_sources, default_models_dir
from models.device import Compute, available_cores, resolve_compute
from models.encoder import Encoder, TokenEncoder, TokenizedText, load_encoder
from models.linear_head import LinearHead
from models.progress import FetchProgress
from models.speaker_encoder import SpeakerEncoder, load_speaker_encoder
from models.spec import ModelSpec
from models.status import Fetched, ModelStatus, VerifiedModel
from models.store import ModelStore
from models.transcriber import Transcriber, load_transcriber

__all__ = [
    "Compute",
    "Encoder",
    "FetchProgress",
    "Fetched",
    "LinearHead",
    "ModelSpec",
    "ModelStatus",
    "ModelStore",
    "SpeakerEncoder",
    "TokenEncoder",
    "TokenizedText",
    "Transcriber",
    "VerifiedModel",
    "available_cores",
    "catalogue",
    "default_data_dir",
    "default_model_sources",
    "default_models_dir",
    "load_encoder",
    "load_speaker_encoder",
    "load_transcriber",
    "resolve_compute",
]
