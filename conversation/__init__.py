"""Conversations as values: who said what, when, on which channel, and the error tree."""

from conversation.conversation import CHANNELS, Channel, Conversation, Direction
from conversation.evidence import Evidence
from conversation.identifiers import identifier_from_name
from conversation.json_formats import parse_conversation
from conversation.participant import Participant
from conversation.provenance import ModelReference, Provenance
from conversation.reading import read_conversation
from conversation.recording import Recording
from conversation.turn import SPEAKERS, Speaker, Turn, Word

__all__ = [
    "CHANNELS",
    "SPEAKERS",
    "Channel",
    "Conversation",
    "Direction",
    "Evidence",
    "ModelReference",
    "Participant",
    "Provenance",
    "Recording",
    "Speaker",
    "Turn",
    "Word",
    "identifier_from_name",
    "parse_conversation",
    "read_conversation",
]
