"""Which e-mails belong to one thread."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from conversation.mail.message import Mail

_PREFIXES = re.compile(
    r"(?i)^\s*(?:\[[^\]]{1,30}\]\s*)?(?:re|rép|rep|réf|tr|fw|fwd|aw|wg|i)\s*(?:\[\d+\])?\s*:\s*"
)


def group_by_thread(mails: Iterable[Mail]) -> list[list[Mail]]:
    """Put the e-mails of each thread together.

    Those are of one thread that name each other (``References``, ``In-Reply-To``), that a mail
    program keeps together (``Thread-Index``), that are enclosed in one another, or, where a
    reply names nobody, that have the same subject and the same two people.

    Args:
        mails: In any order; one that is there twice counts once.

    Returns:
        The threads in the order of their first e-mail, each in the order given.
    """
    unique = _unique(mails)
    groups = _Groups(len(unique))
    places: dict[str, int] = {}
    for place, (mail, encloser) in enumerate(unique):
        if encloser is not None:
            groups.join(place, encloser)
        names = [*([mail.message_id] if mail.message_id else []), *mail.references]
        if mail.thread_hint:
            names.append(mail.thread_hint)
        for name in names:
            groups.join(place, places.setdefault(name, place))
    by_subject: dict[tuple[str, frozenset[str]], int] = {}
    for place, (mail, _) in enumerate(unique):
        subject = without_prefixes(mail.subject).casefold()
        people = frozenset(
            email for email in (mail.sender and mail.sender.email, *_emails(mail)) if email
        )
        if not subject or len(people) < 2:
            continue
        is_reply = subject != mail.subject.strip().casefold()
        first = by_subject.setdefault((subject, people), place)
        if is_reply and not mail.references:
            groups.join(place, first)
    threads: dict[int, list[Mail]] = {}
    for place, (mail, _) in enumerate(unique):
        threads.setdefault(groups.of(place), []).append(mail)
    return list(threads.values())


def without_prefixes(subject: str) -> str:
    """Return a subject without ``Re:``, ``TR :`` and their like."""
    for _ in range(20):
        shorter = _PREFIXES.sub("", subject, count=1)
        if shorter == subject:
            break
        subject = shorter
    return subject.strip()


def fingerprint(mail: Mail) -> str:
    """Return what tells one e-mail from another: its identifier, else what it says."""
    if mail.message_id:
        return mail.message_id
    sender = mail.sender.email if mail.sender else ""
    text = f"{sender}|{mail.at}|{mail.subject}|{mail.text}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _unique(mails: Iterable[Mail]) -> list[tuple[Mail, int | None]]:
    """Return all e-mails, the enclosed ones too, each with the place of what encloses it."""
    found: list[tuple[Mail, int | None]] = []
    seen: dict[str, int] = {}
    waiting: list[tuple[Mail, int | None]] = [(mail, None) for mail in mails]
    waiting.reverse()
    while waiting:
        mail, encloser = waiting.pop()
        name = fingerprint(mail)
        if name in seen:
            if encloser is not None and found[seen[name]][1] is None and seen[name] != encloser:
                found[seen[name]] = (found[seen[name]][0], encloser)
            continue
        place = seen[name] = len(found)
        found.append((mail, encloser))
        waiting.extend((inner, place) for inner in reversed(mail.enclosed))
    return found


def _emails(mail: Mail) -> Sequence[str]:
    return [recipient.email for recipient in mail.recipients[:1]]


class _Groups:
    """Disjoint sets of places."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def of(self, place: int) -> int:
        while self._parents[place] != place:
            self._parents[place] = self._parents[self._parents[place]]
            place = self._parents[place]
        return place

    def join(self, one: int, other: int) -> None:
        one, other = self.of(one), self.of(other)
        # The first e-mail names the thread.
        self._parents[max(one, other)] = min(one, other)
