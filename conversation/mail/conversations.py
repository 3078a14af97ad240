"""From e-mails to conversations: one a thread, turns in time order, nothing said twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from conversation.conversation import Conversation
from conversation.errors import ConversationUnreadable
from conversation.identifiers import identifier_from_name
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.mail.body import BodyParts, QuotedMessage, split_body
from conversation.mail.grouping import fingerprint, group_by_thread, without_prefixes
from conversation.mail.known_text import KnownText
from conversation.mail.message import Address, Mail
from conversation.mail.sides import Side, Sides
from conversation.messages import Message, conversation_from_messages

# Clocks and guessed zones are off by hours; more than a day is no date of this message.
_CLOCK_TOLERANCE = timedelta(hours=26)


def conversations_of_mails(
    mails: Iterable[Mail], *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Make one conversation of each thread.

    Quoted text that another e-mail of the thread holds is left out. An older message that is
    only quoted becomes a turn where its header names who wrote it and when; otherwise it stays
    in the metadata (``mail.history_not_read``). Signatures and notices are cut and kept in
    ``mail.messages[…].cut_text``; what is cut is counted by kind.

    Args:
        mails: Of any number of threads.
        name: Of the file they are from; identifiers are made of it.
        options: The centre's addresses, the zone of times that name none, the customer keys.

    Returns:
        The conversations, on channel ``email``, in the order of their first e-mail.

    Raises:
        ConversationUnreadable: No e-mail has any text.
    """
    threads = group_by_thread(mails)
    found: list[Conversation] = []
    refused: ConversationUnreadable | None = None
    for thread in threads:
        identifier = identifier_from_name(name)
        if len(threads) > 1:
            digest = hashlib.sha256(fingerprint(thread[0]).encode("utf-8", "replace")).hexdigest()
            identifier = f"{identifier[:90]}-{digest[:8]}"
        try:
            found.append(_conversation(thread, identifier=identifier, options=options))
        except ConversationUnreadable as error:
            refused = error
    if not found:
        raise refused or ConversationUnreadable(
            f"{name}: no e-mail in it", remedy="check the export that wrote it"
        )
    return tuple(found)


@dataclass
class _Entry:
    """A turn to be, with where it belongs in time."""

    place: tuple[float, int]
    message: Message
    mail: int | None


@dataclass
class _Thread:
    """What a thread gives, message by message."""

    entries: list[_Entry] = field(default_factory=list)
    reports: list[dict[str, JsonValue]] = field(default_factory=list)
    not_read: list[JsonValue] = field(default_factory=list)
    repeated_lines: int = 0


def _conversation(thread: list[Mail], *, identifier: str, options: ImportOptions) -> Conversation:
    mails = _in_time_order(thread, options)
    sides = Sides([mail for mail, _ in mails], options.centre)
    bodies = [split_body(mail.text) for mail, _ in mails]
    known = KnownText()
    for body in bodies:
        known.add(body.kept)
        for cut in body.cuts:
            if cut.kind != "history":
                known.add(cut.text)
    result = _Thread()
    for number, ((mail, moment_s), body) in enumerate(zip(mails, bodies, strict=True)):
        side = _side(mail, sides)
        inserted = _add_history(result, mail, moment_s, number, body, side, sides, known, options)
        text = "\n\n".join(filter(None, (body.kept, "\n".join(inserted))))
        result.reports.append(_report(mail, body))
        if text.strip():
            message = Message(
                label=_label(mail.sender, side),
                text=text,
                at=mail.at,
                role=side.role,
                identifiers=(mail.sender.email,) if mail.sender and mail.sender.email else (),
                decided_by=side.decided_by,
            )
            result.entries.append(_Entry((moment_s, 2 * number + 1), message, number))
    result.entries.sort(key=lambda entry: entry.place)
    for index, entry in enumerate(result.entries):
        if entry.mail is not None:
            result.reports[entry.mail]["turn"] = index
    people = [entry.message.role for entry in result.entries if entry.message.role != "system"]
    first_role = people[0] if people else None
    subject = next((mail.subject for mail, _ in mails if mail.subject), "")
    return conversation_from_messages(
        [entry.message for entry in result.entries],
        identifier=identifier,
        channel=options.channel or "email",
        direction="outbound" if first_role == "agent" else "inbound" if people else "unknown",
        metadata=_metadata(without_prefixes(subject) or subject, result),
        zone=options.zone,
        keys=options.keys,
        customer_identifiers=_customers_written_to([mail for mail, _ in mails], sides),
    )


def _in_time_order(thread: list[Mail], options: ImportOptions) -> list[tuple[Mail, float]]:
    """Return the e-mails by time; one without a date follows the one above it in the file."""
    dated: list[tuple[Mail, float]] = []
    last_s = 0.0
    for mail in thread:
        moment = options.placed(mail.at)
        last_s = moment.timestamp() if moment is not None else last_s
        dated.append((mail, last_s))
    return sorted(dated, key=lambda pair: pair[1])


def _side(mail: Mail, sides: Sides) -> Side:
    if mail.automatic in {"auto_reply", "bounce"}:
        return Side("system", f"written by a machine ({mail.automatic.replace('_', ' ')})")
    return sides.of(mail.sender)


def _add_history(
    result: _Thread,
    mail: Mail,
    moment_s: float,
    number: int,
    body: BodyParts,
    side: Side,
    sides: Sides,
    known: KnownText,
    options: ImportOptions,
) -> list[str]:
    """Make turns of what only this e-mail quotes; return answers written into known quotations."""
    inserted: list[str] = []
    quoting = side
    for depth, quoted in enumerate(body.quoted):
        text = quoted.parts.kept
        if not text.strip():
            continue
        if known.knows(text):
            # Whoever answers between the lines of an unmarked quotation is found by what is new.
            new = known.new_lines(text) if depth == 0 else []
            inserted.extend(new)
            known.add("\n".join(new))
            result.repeated_lines += sum(bool(line.strip()) for line in text.split("\n")) - len(new)
            continue
        known.add(text)
        at = _moment_of(quoted, mail, moment_s, options)
        sender = quoted.header.sender if quoted.header is not None else None
        if sender is None or at is None:
            result.not_read.append({"message": number, "text": text})
            continue
        quoting = sides.of_quoted(sender, quoting=quoting)
        message = Message(
            label=_label(sender, quoting),
            text=text,
            at=at,
            role=quoting.role,
            identifiers=(sender.email,) if sender.email else (),
            decided_by=f"quoted only; {quoting.decided_by}",
        )
        place_s = min(at.timestamp(), moment_s)
        result.entries.append(_Entry((place_s, 2 * number - depth), message, None))
    return inserted


def _moment_of(
    quoted: QuotedMessage, mail: Mail, moment_s: float, options: ImportOptions
) -> datetime | None:
    """Return when a quoted message was sent; times are the quoting writer's own."""
    at = quoted.header.at if quoted.header is not None else None
    if at is None:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=(mail.at.tzinfo if mail.at is not None else None) or options.zone)
    if mail.at is not None and at.timestamp() - moment_s > _CLOCK_TOLERANCE.total_seconds():
        return None
    return at


def _label(sender: Address | None, side: Side) -> str:
    if sender is None:
        return side.role
    return sender.name or sender.email.partition("@")[0] or side.role


def _report(mail: Mail, body: BodyParts) -> dict[str, JsonValue]:
    """Say of one e-mail what is not in its turn."""
    lines: dict[str, int] = {}
    texts: dict[str, list[JsonValue]] = {}
    for cut in body.cuts:
        lines[cut.kind] = lines.get(cut.kind, 0) + cut.line_count
        if cut.kind != "history":
            texts.setdefault(cut.kind, []).append(cut.text)
    report: dict[str, JsonValue] = {
        "turn": None,
        "message_id": mail.message_id,
        "source": mail.source,
        "automatic": mail.automatic,
        "cut_lines": dict(lines),
        "cut_text": {kind: list(kept) for kind, kept in texts.items()},
        "attachments": [
            {"name": file.name, "media_type": file.media_type, "size_bytes": file.size_bytes}
            for file in mail.attachments
        ],
        "remarks": list(mail.remarks),
    }
    return {key: value for key, value in report.items() if value or key == "turn"}


def _metadata(subject: str, result: _Thread) -> dict[str, JsonValue]:
    about: dict[str, JsonValue] = {"messages": list(result.reports)}
    if result.repeated_lines:
        about["history_lines_repeated"] = result.repeated_lines
    if result.not_read:
        about["history_not_read"] = result.not_read
    facts: dict[str, JsonValue] = {"subject": subject} if subject else {}
    return {**facts, "mail": about}


def _customers_written_to(mails: Sequence[Mail], sides: Sides) -> tuple[str, ...]:
    """Return whom the centre wrote to where no customer wrote: one person, or nobody is sure."""
    roles = {_side(mail, sides).role for mail in mails}
    if "customer" in roles:
        return ()
    recipients = {
        recipient.email
        for mail in mails
        if mail.automatic != "bounce"
        for recipient in mail.recipients
        if recipient.email and sides.of(recipient).role == "customer"
    }
    return tuple(recipients) if len(recipients) == 1 else ()
