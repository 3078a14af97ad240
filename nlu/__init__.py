"""Why customers call, how they feel, what they ask."""

from nlu.evaluation_reasons import ReasonsResult, evaluate_reasons
from nlu.evaluation_sentiment import SentimentEvaluation, evaluate_sentiment
from nlu.language import detect_conversation_language, detect_language
from nlu.questions import CustomerQuestion, find_questions
from nlu.reason_classifier import ReasonClassifier
from nlu.reason_scorer import scorer_for
from nlu.reasons import ReasonResult, ReasonScore
from nlu.sentiment import SentimentResult, TurnSentiment, score_sentiment
from nlu.taxonomy import Taxonomy, load_taxonomy
from nlu.understanding import Understanding, understand

__all__ = [
    "CustomerQuestion",
    "ReasonClassifier",
    "ReasonResult",
    "ReasonScore",
    "ReasonsResult",
    "SentimentEvaluation",
    "SentimentResult",
    "Taxonomy",
    "TurnSentiment",
    "Understanding",
    "detect_conversation_language",
    "detect_language",
    "evaluate_reasons",
    "evaluate_sentiment",
    "find_questions",
    "load_taxonomy",
    "score_sentiment",
    "scorer_for",
    "understand",
]
