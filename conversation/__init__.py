"""Conversations as values: who said what, when, on which channel, and the error tree."""

from conversation.centre import Centre
from conversation.conversation import CHANNELS, Channel, Conversation, Direction
from conversation.customer_key import CustomerKeys
from conversation.evidence import Evidence
from conversation.identifiers import identifier_from_name
from conversation.import_options import ImportOptions
from conversation.json_formats import parse_conversation
from conversation.participant import Participant
from conversation.provenance import ModelReference, Provenance
from conversation.reading import read_conversation, read_conversations
from conversation.recording import Recording
from conversation.threads import CustomerThread, link_threads
from conversation.turn import SPEAKERS, Speaker, Turn, Word

__all__ = [
    "CHANNELS",
    "SPEAKERS",
    "Centre",
    "Channel",
    "Conversation",
    "CustomerKeys",
    "CustomerThread",
    "Direction",
    "Evidence",
    "ImportOptions",
    "ModelReference",
    "Participant",
    "Provenance",
    "Recording",
    "Speaker",
    "Turn",
    "Word",
    "identifier_from_name",
    "link_threads",
    "parse_conversation",
    "read_conversation",
    "read_conversations",
]
