"""What is told of a contact beside its reason."""

from __future__ import annotations

from nlu.axes.contact_axes import ContactAxes, read_axes
from nlu.axes.danger import DANGERS, Danger, EmergencyNumber
from nlu.axes.nature import ContactNature
from nlu.axes.nature_head import NATURES, Nature, train_nature_head
from nlu.axes.outcome import ContactOutcome, Outcome
from nlu.axes.repeat import RepeatContact
from nlu.axes.sales import SalesOpportunity
from nlu.axes.urgency import Urgency, UrgencyLevel, UrgencyTrigger

__all__ = [
    "DANGERS",
    "NATURES",
    "ContactAxes",
    "ContactNature",
    "ContactOutcome",
    "Danger",
    "EmergencyNumber",
    "Nature",
    "Outcome",
    "RepeatContact",
    "SalesOpportunity",
    "Urgency",
    "UrgencyLevel",
    "UrgencyTrigger",
    "read_axes",
    "train_nature_head",
]
