"""Training a sentence encoder on pairs of a question and the passage that answers it."""

from models.encoder_training.pairs import TrainingPair, read_pairs
from models.encoder_training.report import EncoderReport
from models.encoder_training.settings import EncoderTraining
from models.encoder_training.training import train_encoder

__all__ = ["EncoderReport", "EncoderTraining", "TrainingPair", "read_pairs", "train_encoder"]
