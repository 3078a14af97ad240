"""Heads trained from what people answered: questions of a scorecard, and what turns do."""

from quality.question_model.answers import (
    LEAST_CONTACTS,
    LEAST_PER_ANSWER,
    AnalystAnswer,
    Rating,
    targets_of,
)
from quality.question_model.question_head import (
    QuestionHead,
    TrainedOpinion,
    load_question_head,
    load_question_heads,
)
from quality.question_model.question_training import (
    DEFAULT_ERROR,
    AnsweredContact,
    train_question,
)
from quality.question_model.training_report import QuestionReport, TurnReport
from quality.question_model.turn_features import turn_texts
from quality.question_model.turn_head import (
    LabelledConversation,
    TurnHead,
    TurnLabel,
    count_labels,
    load_turn_head,
    train_turn_head,
)

__all__ = [
    "DEFAULT_ERROR",
    "LEAST_CONTACTS",
    "LEAST_PER_ANSWER",
    "AnalystAnswer",
    "AnsweredContact",
    "LabelledConversation",
    "QuestionHead",
    "QuestionReport",
    "Rating",
    "TrainedOpinion",
    "TurnHead",
    "TurnLabel",
    "TurnReport",
    "count_labels",
    "load_question_head",
    "load_question_heads",
    "load_turn_head",
    "targets_of",
    "train_question",
    "train_turn_head",
    "turn_texts",
]
