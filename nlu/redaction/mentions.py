"""Personal data as it was found, in turns and beside them, before it has a placeholder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses
from typing import TYPE_CHECKING, Protocol

from conversation import Conversation, Participant
from nlu.redaction.folding import digits_of, letters_and_digits
from nlu.redaction.labels import AGENT_NAME, find_placeholders

if TYPE_CHECKING:
    from nlu.personal_data import PersonalData

PERSON = "person"

_HASH = re.compile(r"[0-9a-fA-F]{32,}")
_LEAST_CHARACTERS = 3
_ADDRESS_KEYS = frozenset("from to cc bcc sender recipient recipients reply_to author".split())
_NAME_KEYS = frozenset(
    "name names nom noms prenom prénom first_name last_name full_name customer_name customer "
    "client caller_name contact_name display_name signature".split()
)
_AGENT_KEYS = frozenset("agent agent_name advisor conseiller operator".split())
_PHONE_KEYS = frozenset(
    "phone telephone téléphone tel mobile caller callee caller_id caller_number called_number ani "
    "from to msisdn".split()
)
_LEAST_PHONE_DIGITS = 6


class TextFinder(Protocol):
    """Finds personal data in one text."""

    def __call__(self, text: str, *, language: str = "fr") -> Sequence[PersonalData]:
        """Return what is in the text, with places in it."""
        ...


@dataclass(frozen=True)
class Mention:
    """One place where personal data stands.

    Attributes:
        type: Of the data.
        start: Index of the first character in its text.
        end: Index after the last character.
        text: What stands there.
        value: Canonical form of the whole item; None where the finder gives none.
        turn_index: Which turn; None beside the turns.
        item: Parts of one item share it; None beside the turns.
        is_checked: Whether a checksum confirms it.
        confidence: 0 to 1.
    """

    type: str
    start: int
    end: int
    text: str
    value: str | None = None
    turn_index: int | None = None
    item: int | None = None
    is_checked: bool = False
    confidence: float = 1.0


def mentions_in_turns(
    conversation: Conversation, found: Iterable[PersonalData]
) -> tuple[Mention, ...]:
    """Return what was found in the turns; what is inside of a placeholder is no personal data."""
    mentions = []
    for data in found:
        text = conversation.turns[data.turn_index].text
        mention = Mention(
            type=data.type,
            start=data.start,
            end=data.end,
            text=text[data.start : data.end],
            value=data.value,
            turn_index=data.turn_index,
            item=data.item,
            is_checked=data.checked,
            confidence=data.confidence,
        )
        if data.start < data.end and not _is_in_placeholder(text, mention):
            mentions.append(mention)
    return tuple(mentions)


def mentions_beside(key: str, text: str, *, find: TextFinder, language: str) -> tuple[Mention, ...]:
    """Find personal data in a text beside the turns.

    Args:
        key: What the text is, as the source calls it ("from", "subject"); it tells a name or a
            number that nothing around it shows to be one.
        text: The text.
        find: Finds personal data in a text.
        language: Of the conversation.
    """
    if len(text) < _LEAST_CHARACTERS or _is_technical(text):
        return ()
    mentions = [
        Mention(
            type=data.type,
            start=data.start,
            end=data.end,
            text=text[data.start : data.end],
            value=data.value,
            is_checked=data.checked,
            confidence=data.confidence,
        )
        for data in find(text, language=language)
        if data.start < data.end
    ]
    known = key.casefold().replace("-", "_").replace(" ", "_")
    if known in _PHONE_KEYS and not mentions and len(digits_of(text)) >= _LEAST_PHONE_DIGITS:
        mentions.append(Mention("phone", 0, len(text), text))
    elif known in _ADDRESS_KEYS:
        mentions += _names_in_addresses(text)
    elif known in _NAME_KEYS | _AGENT_KEYS and not re.search(r"[\d@]", text):
        kind = AGENT_NAME if known in _AGENT_KEYS else PERSON
        mentions.append(Mention(kind, 0, len(text), text))
    return tuple(mention for mention in mentions if not _is_in_placeholder(text, mention))


def mention_of_participant(participant: Participant) -> Mention | None:
    """Return a participant's name; None for machines and for who has no name."""
    name = participant.name
    if not name or participant.role in ("bot", "system") or find_placeholders(name):
        return None
    is_agent = participant.role == "agent"
    return Mention(AGENT_NAME if is_agent else PERSON, 0, len(name), name)


def identity_of(mention: Mention, parts: Sequence[Mention]) -> str:
    """Return what all spellings of a value that is no name have in common.

    Args:
        mention: The mention.
        parts: All parts of its item, in order.
    """
    value = next((part.value for part in (mention, *parts) if part.value), None)
    plain = letters_and_digits(value or "".join(part.text for part in parts) or mention.text)
    if mention.type == "phone":
        return re.sub(r"^(?:00)?33(?=\d{9}$)", "0", plain)
    return plain


def _names_in_addresses(text: str) -> list[Mention]:
    mentions = []
    for name, address in getaddresses([text]):
        shown = name or ("" if "@" in address else address)
        start = text.find(shown) if shown else -1
        if start >= 0 and any(map(str.isalpha, shown)) and "@" not in shown:
            mentions.append(Mention(PERSON, start, start + len(shown), shown))
    return mentions


def _is_in_placeholder(text: str, mention: Mention) -> bool:
    return any(
        placeholder.start <= mention.start and mention.end <= placeholder.end
        for placeholder in find_placeholders(text)
    )


def _is_technical(text: str) -> bool:
    """Tell a hash or a moment, whose digits are nobody's number."""
    if _HASH.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.isdecimal()
