"""People above machines: reviews, contests and blind sessions as events that stay."""

from quality.review.answers import ANSWERS, Answer, answer_of, score_of
from quality.review.assignment import RULE, Analyst, Reviewable, assign
from quality.review.card_events import DriftAlarmed, GateChanged, Recalibrated
from quality.review.event import Gate, Role
from quality.review.events import EVENTS, AnyEvent
from quality.review.fold import advance, fold_review
from quality.review.jsonl_log import JsonlLog
from quality.review.log import EventLog, MemoryLog
from quality.review.review_events import (
    Acknowledged,
    Assigned,
    Commented,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    Opened,
    OpenedItem,
    Reopened,
    RootCauseNamed,
    Settled,
    Shared,
    Subject,
)
from quality.review.reviews import Reviews, opened
from quality.review.session_events import (
    MachineAnswers,
    SessionClosed,
    SessionExcused,
    SessionOpened,
    SessionReconciled,
    SessionScored,
)
from quality.review.sessions import ComparedItem, SessionState, fold_session
from quality.review.state import DisplayedScore, ItemReview, ReviewState, mean_scores

__all__ = [
    "ANSWERS", "EVENTS", "RULE", "Acknowledged", "Analyst", "Answer", "AnyEvent", "Assigned",
    "Commented", "ComparedItem", "Confirmed", "Contested", "Corrected", "DisplayedScore",
    "DriftAlarmed", "EliminatoryConfirmed", "EliminatoryRejected", "EventLog", "Gate",
    "GateChanged", "ItemReview", "JsonlLog", "MachineAnswers", "MemoryLog", "Opened",
    "OpenedItem", "Recalibrated", "Reopened", "ReviewState", "Reviewable", "Reviews", "Role",
    "RootCauseNamed", "SessionClosed", "SessionExcused", "SessionOpened", "SessionReconciled",
    "SessionScored", "SessionState", "Settled", "Shared", "Subject", "advance", "answer_of",
    "assign", "fold_review", "fold_session", "mean_scores", "opened", "score_of",
]  # fmt: skip
