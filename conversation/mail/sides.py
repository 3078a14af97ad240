"""Who writes for the centre and who is the customer, in a thread of e-mails."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from conversation.centre import PERSONAL_DOMAINS, Centre, is_service_mailbox
from conversation.mail.message import Address, Mail
from conversation.roles import role_from_label
from conversation.turn import Speaker

_SERVICE_NAME = re.compile(
    r"(?i)\b(services?|support|sav|conseill\w+|relations?\s+clients?|équipe|equipe|team|customer\s+care|"
    r"helpdesk|assistance|no-?reply|notification|contact)\b"
)


@dataclass(frozen=True)
class Side:
    """A role, and how it was found."""

    role: Speaker
    decided_by: str


class Sides:
    """Tells the sides of a thread apart.

    The centre's own addresses decide where they are set. Otherwise mailboxes of a service are
    the centre's, mailboxes that people have at home are customers', and whoever writes first is
    the customer, unless a service does.

    Args:
        mails: The thread in time order.
        centre: The centre's own addresses.
    """

    def __init__(self, mails: Sequence[Mail], centre: Centre) -> None:
        self._centre = centre
        people = [mail for mail in mails if mail.sender is not None and mail.automatic != "bounce"]
        self._first = next((mail.sender for mail in people if mail.sender is not None), None)
        self._agent_domains: set[str] = set()
        self._customers: set[str] = set()
        if not centre.is_known:
            self._guess(people)
        self._names: dict[str, Side] = {}
        for mail in people:
            if mail.sender is None:
                continue
            side = self.of(mail.sender)
            if mail.automatic is None and side.role == "customer":
                self._customers.add(mail.sender.email or _plain(mail.sender.name))
            if mail.sender.name:
                self._names.setdefault(_plain(mail.sender.name), side)

    def of(self, sender: Address | None) -> Side:
        """Return the side of who sent an e-mail."""
        if sender is None:
            return Side("customer", "no sender is named")
        if self._centre.is_known:
            if self._centre.owns(sender.email) or self._centre.owns(sender.name):
                return Side("agent", "an address of the centre")
            return Side("customer", "no address of the centre")
        if is_service_mailbox(sender.email):
            return Side("agent", "a service's mailbox")
        if sender.domain and sender.domain in self._agent_domains:
            return Side("agent", "the domain that the customer wrote to")
        if sender == self._first or sender.domain in PERSONAL_DOMAINS:
            return Side(
                "customer", "writes first" if sender == self._first else "a private mailbox"
            )
        if self._first is not None and sender.domain and sender.domain == self._first.domain:
            return Side(self.of(self._first).role, "the domain of who writes first")
        first_is_agent = self._first is not None and is_service_mailbox(self._first.email)
        return Side("customer" if first_is_agent else "agent", "answers who writes first")

    def of_quoted(self, sender: Address, *, quoting: Side) -> Side:
        """Return the side of who wrote a quoted message, of whom perhaps only the name is known."""
        if sender.email:
            if sender.email in self._customers:
                return Side("customer", "a customer of this thread")
            if self._centre.is_known and self._centre.owns(sender.email):
                return Side("agent", "an address of the centre")
            if is_service_mailbox(sender.email) or sender.domain in self._agent_domains:
                return Side("agent", "a service's mailbox")
            if quoting.role == "agent":
                return Side("customer", "quoted by an agent")
            if self._customers and self._centre.is_known:
                return Side("unknown", "neither the centre nor the customer")
            if sender.domain in PERSONAL_DOMAINS:
                return Side("unknown", "a private mailbox that is not the customer's")
        elif self._centre.owns(sender.name):
            return Side("agent", "a name of the centre")
        known = self._names.get(_plain(sender.name)) if sender.name else None
        if known is not None:
            return Side(known.role, "the name of who writes in this thread")
        if _SERVICE_NAME.search(sender.name) or role_from_label(sender.name) == "agent":
            return Side("agent", "the name of a service")
        if quoting.role == "agent":
            return Side("customer", "quoted by an agent")
        return Side("agent", "quoted by the customer")

    def _guess(self, people: Sequence[Mail]) -> None:
        for mail in people:
            sender = mail.sender
            if sender is None:
                continue
            if is_service_mailbox(sender.email):
                self._agent_domains.add(sender.domain)
            for recipient in mail.recipients:
                wrote_to_service = is_service_mailbox(recipient.email)
                first_writes = sender == self._first and not is_service_mailbox(sender.email)
                foreign = recipient.domain not in {"", sender.domain} | PERSONAL_DOMAINS
                if foreign and (wrote_to_service or first_writes):
                    self._agent_domains.add(recipient.domain)
        if self._first is not None and not is_service_mailbox(self._first.email):
            self._agent_domains.discard(self._first.domain)


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted(words))
