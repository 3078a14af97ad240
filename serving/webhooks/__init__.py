"""Events that other systems are told of, signed as Standard Webhooks says."""

from serving.webhooks.values import EVENT_KINDS, Delivery, Webhook

__all__ = ["EVENT_KINDS", "Delivery", "Webhook"]
