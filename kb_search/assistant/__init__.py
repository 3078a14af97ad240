"""The live assistant: one card at the right moment, and its replay over past conversations."""

from kb_search.assistant.assistant import Advice, Asked, Assistant, NeedFinder
from kb_search.assistant.cards import Candidate, Card, CardEvent, Suppressed
from kb_search.assistant.comparison import Comparison, Difference, FigureDifference, compare
from kb_search.assistant.figures import LabelFigures, ReplayFigures, figures
from kb_search.assistant.knowledge import CitedBase, Knowledge
from kb_search.assistant.labels import Label, labels_of, read_labels
from kb_search.assistant.log import EventLog
from kb_search.assistant.replay import ConversationReplay, ReplayedNeed, replay
from kb_search.assistant.rules import Rules, State

__all__ = [
    "Advice",
    "Asked",
    "Assistant",
    "Candidate",
    "Card",
    "CardEvent",
    "CitedBase",
    "Comparison",
    "ConversationReplay",
    "Difference",
    "EventLog",
    "FigureDifference",
    "Knowledge",
    "Label",
    "LabelFigures",
    "NeedFinder",
    "ReplayFigures",
    "ReplayedNeed",
    "Rules",
    "State",
    "Suppressed",
    "compare",
    "figures",
    "labels_of",
    "read_labels",
    "replay",
]
