"""Personal data out of conversations: policy, placeholders, redacted copies, reports."""

from nlu.redaction.conversation_redaction import Redacted, redact_conversation
from nlu.redaction.labels import KNOWN_TYPES, find_placeholders
from nlu.redaction.policy import (
    CARD_TYPES,
    CARDS_ONLY,
    DEFAULT_POLICY,
    Action,
    RedactionPolicy,
    load_redaction_policy,
)
from nlu.redaction.report import RedactedItem, RedactionReport
from nlu.redaction.scrubber import Scrubber
from nlu.redaction.times import PlaceholderTime, find_placeholder_times

__all__ = [
    "CARDS_ONLY",
    "CARD_TYPES",
    "DEFAULT_POLICY",
    "KNOWN_TYPES",
    "Action",
    "PlaceholderTime",
    "Redacted",
    "RedactedItem",
    "RedactionPolicy",
    "RedactionReport",
    "Scrubber",
    "find_placeholder_times",
    "find_placeholders",
    "load_redaction_policy",
    "redact_conversation",
]
