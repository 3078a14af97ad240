"""A typed client of the service, for programs: synchronous and asynchronous."""

from serving.client.async_client import AsyncEntenduClient
from serving.client.client import EntenduClient
from serving.client.retrying import RetryPolicy
from serving.client.values import (
    Accepted,
    Answer,
    BotReply,
    BotSession,
    ConsentEntry,
    Conversation,
    Delivery,
    Evaluations,
    FoundConversation,
    FoundPassage,
    Job,
    Page,
    QueuedReview,
    Removal,
    ReviewOutcome,
    Webhook,
)
from serving.webhooks.signing import verify as verify_webhook

__all__ = [
    "Accepted",
    "Answer",
    "AsyncEntenduClient",
    "BotReply",
    "BotSession",
    "ConsentEntry",
    "Conversation",
    "Delivery",
    "EntenduClient",
    "Evaluations",
    "FoundConversation",
    "FoundPassage",
    "Job",
    "Page",
    "QueuedReview",
    "Removal",
    "RetryPolicy",
    "ReviewOutcome",
    "Webhook",
    "verify_webhook",
]
