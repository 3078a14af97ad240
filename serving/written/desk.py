"""What the routes for written contacts stand on, put together from the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.written.chats import Chats
from serving.written.drafts import Drafter
from serving.written.emails import Emails

if TYPE_CHECKING:
    from serving.service import Service


def chats_of(service: Service) -> Chats:
    """Return the chats of a service; no model is loaded until one is answered."""
    resources = service.resources
    return Chats(
        service.store.database,
        resources.bots,
        resources.presence,
        named=service.settings.chat_agent_name,
    )


def emails_of(service: Service) -> Emails:
    """Return the e-mails of a service."""
    return Emails(service.store.database, service.resources.definitions.policy)


def drafter_of(service: Service, root: str) -> Drafter:
    """Return what drafts replies.

    Args:
        service: Has the knowledge.
        root: Address under which people reach it, for the articles that a draft links.
    """
    resources = service.resources
    return Drafter(resources.bases, resources.encoder, service.settings, root=root)
