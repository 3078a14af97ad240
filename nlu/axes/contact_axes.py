"""What is told of a contact beside its reason: nature, urgency, repeat, outcome, opportunity."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from conversation import Conversation, Provenance
from models import Encoder, LinearHead
from nlu.axes.danger_head import load_danger_head, near_dangers
from nlu.axes.nature import ContactNature, nature_texts, read_nature
from nlu.axes.nature_head import load_nature_head
from nlu.axes.outcome import ContactOutcome, read_outcome
from nlu.axes.passages import passages_of
from nlu.axes.repeat import RepeatContact, read_repeat
from nlu.axes.sales import SalesOpportunity, read_sales
from nlu.axes.urgency import Urgency, read_urgency
from nlu.language import detect_conversation_language

VERSION = "2"
"""Of the definitions in this package, as provenance names it."""


class ContactAxes(BaseModel):
    """What is told of a contact beside its reason, each with the words that tell it.

    Attributes:
        nature: Question, request, incident, complaint, cancellation, follow-up or praise.
        urgency: From 0 to 3, with why; level 3 is always for a person.
        repeat: Whether the customer says to have contacted before.
        outcome: How the contact ends.
        sales: Whether the customer's words give an opening for a sale.
        provenance: What computed it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    nature: ContactNature
    urgency: Urgency
    repeat: RepeatContact
    outcome: ContactOutcome
    sales: SalesOpportunity
    provenance: Provenance


def read_axes(
    conversation: Conversation,
    *,
    encoder: Encoder,
    language: str | None = None,
    head: LinearHead | None = None,
    danger_head: LinearHead | None = None,
) -> ContactAxes:
    """Read what is told of a contact beside its reason.

    Args:
        conversation: Any conversation, in French, English or both.
        encoder: Turns texts into vectors; only nature and dangers need them, and only of texts
            that reasons are found from as well (:func:`nlu.axes.nature.nature_texts`).
        language: BCP 47 primary tag where it is known; otherwise the conversation's own, and
            where that is not known either, what its words tell.
        head: The trained head of the nature; the one that goes with the encoder when None.
        danger_head: The same of the dangers.

    Returns:
        The axes; the conversation is not changed.
    """
    language = language or conversation.language or detect_conversation_language(conversation)
    used = head or load_nature_head(encoder)
    texts = nature_texts(conversation)
    vectors = dict(zip(texts, encoder.encode(texts, kind="query"), strict=True)) if texts else {}
    said = passages_of(conversation)
    dangers = danger_head or load_danger_head(encoder)
    models = [encoder.reference]
    models += [one.reference for one in (used, dangers) if one.reference is not None]
    return ContactAxes(
        nature=read_nature(conversation, head=used, vectors=vectors, language=language),
        urgency=read_urgency(said, near_dangers(conversation, head=dangers, vectors=vectors)),
        repeat=read_repeat(said),
        outcome=read_outcome(conversation),
        sales=read_sales(said),
        provenance=Provenance(component="nlu.axes", version=VERSION, models=tuple(models)),
    )
