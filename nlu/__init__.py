"""Why customers call, how they feel, what they ask, what was promised, what must not be kept."""

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
