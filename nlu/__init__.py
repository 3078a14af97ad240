"""Why customers call, how they feel, what they ask, what was promised, what must not be kept."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlu.axes import ContactAxes
    from nlu.centre import CentreVocabulary, load_centre
    from nlu.commitments import Commitment, find_commitments
    from nlu.entities import Entity, Product, find_entities
    from nlu.evaluation_reasons import ReasonsResult, evaluate_reasons
    from nlu.evaluation_sentiment import SentimentEvaluation, evaluate_sentiment
    from nlu.language import detect_conversation_language, detect_language
    from nlu.personal_data import PersonalData, find_personal_data
    from nlu.questions import CustomerQuestion, find_questions
    from nlu.reason_classifier import ReasonClassifier
    from nlu.reason_scorer import scorer_for
    from nlu.reason_trained import load_reason_scorer
    from nlu.reason_training import TrainingReport, train_reasons
    from nlu.reasons import ReasonResult, ReasonScore
    from nlu.redaction import RedactionPolicy, load_redaction_policy, redact_conversation
    from nlu.routing import RoutingHint, RoutingTable, load_routing_table
    from nlu.sentiment import SentimentResult, TurnSentiment, score_sentiment
    from nlu.taxonomy import Taxonomy, load_taxonomy
    from nlu.topics import TopicItem, TopicReport, find_topics, topic_item
    from nlu.understanding import Understanding, understand
    from nlu.wrap_up import NoteRefused, WrapUpNote, write_note

__all__ = [
    "CentreVocabulary",
    "Commitment",
    "ContactAxes",
    "CustomerQuestion",
    "Entity",
    "NoteRefused",
    "PersonalData",
    "Product",
    "ReasonClassifier",
    "ReasonResult",
    "ReasonScore",
    "ReasonsResult",
    "RedactionPolicy",
    "RoutingHint",
    "RoutingTable",
    "SentimentEvaluation",
    "SentimentResult",
    "Taxonomy",
    "TopicItem",
    "TopicReport",
    "TrainingReport",
    "TurnSentiment",
    "Understanding",
    "WrapUpNote",
    "detect_conversation_language",
    "detect_language",
    "evaluate_reasons",
    "evaluate_sentiment",
    "find_commitments",
    "find_entities",
    "find_personal_data",
    "find_questions",
    "find_topics",
    "load_centre",
    "load_reason_scorer",
    "load_redaction_policy",
    "load_routing_table",
    "load_taxonomy",
    "redact_conversation",
    "score_sentiment",
    "scorer_for",
    "topic_item",
    "train_reasons",
    "understand",
    "write_note",
]

_PLACES = {
    "CentreVocabulary": "nlu.centre",
    "Commitment": "nlu.commitments",
    "ContactAxes": "nlu.axes",
    "CustomerQuestion": "nlu.questions",
    "Entity": "nlu.entities",
    "NoteRefused": "nlu.wrap_up",
    "PersonalData": "nlu.personal_data",
    "Product": "nlu.entities",
    "ReasonClassifier": "nlu.reason_classifier",
    "ReasonResult": "nlu.reasons",
    "ReasonScore": "nlu.reasons",
    "ReasonsResult": "nlu.evaluation_reasons",
    "RedactionPolicy": "nlu.redaction",
    "RoutingHint": "nlu.routing",
    "RoutingTable": "nlu.routing",
    "SentimentEvaluation": "nlu.evaluation_sentiment",
    "SentimentResult": "nlu.sentiment",
    "Taxonomy": "nlu.taxonomy",
    "TopicItem": "nlu.topics",
    "TopicReport": "nlu.topics",
    "TrainingReport": "nlu.reason_training",
    "TurnSentiment": "nlu.sentiment",
    "Understanding": "nlu.understanding",
    "WrapUpNote": "nlu.wrap_up",
    "detect_conversation_language": "nlu.language",
    "detect_language": "nlu.language",
    "evaluate_reasons": "nlu.evaluation_reasons",
    "evaluate_sentiment": "nlu.evaluation_sentiment",
    "find_commitments": "nlu.commitments",
    "find_entities": "nlu.entities",
    "find_personal_data": "nlu.personal_data",
    "find_questions": "nlu.questions",
    "find_topics": "nlu.topics",
    "load_centre": "nlu.centre",
    "load_reason_scorer": "nlu.reason_trained",
    "load_redaction_policy": "nlu.redaction",
    "load_routing_table": "nlu.routing",
    "load_taxonomy": "nlu.taxonomy",
    "redact_conversation": "nlu.redaction",
    "score_sentiment": "nlu.sentiment",
    "scorer_for": "nlu.reason_scorer",
    "topic_item": "nlu.topics",
    "train_reasons": "nlu.reason_training",
    "understand": "nlu.understanding",
    "write_note": "nlu.wrap_up",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # a name is imported when it is first asked for: who redacts needs no taxonomy
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_PLACES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
