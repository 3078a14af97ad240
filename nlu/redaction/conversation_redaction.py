"""A conversation without its personal data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conversation import Conversation, Provenance, Turn
from nlu.language import detect_conversation_language
from nlu.personal_data import PersonalData, find_in_text
from nlu.redaction.labels import AGENT_NAME, find_placeholders
from nlu.redaction.mentions import (
    PERSON,
    Mention,
    TextFinder,
    identity_of,
    mention_of_participant,
    mentions_in_turns,
)
from nlu.redaction.numbering import Numbering
from nlu.redaction.persons import group_names, is_introduction
from nlu.redaction.policy import DEFAULT_POLICY, RedactionPolicy
from nlu.redaction.report import RedactedItem, RedactionReport
from nlu.redaction.scrubber import Scrubber
from nlu.redaction.spans import PlacedSpan, Span, align_words, merge_spans, redact_turn
from nlu.redaction.traces import Known, Traces

VERSION = "1"
"""Of the redaction; goes up when its results change."""

_NAMES = (PERSON, AGENT_NAME)
_DIGITS_BEFORE = re.compile(r"(?<![\w])(?:\d+[\s,.;/-]+)+$")
_DIGITS_AFTER = re.compile(r"(?:[\s,.;/-]+\d+(?!\w))+")
_NEAR_DIGITS = 200  # characters around a number in which digits may be its own
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Redacted:
    """A conversation without its personal data.

    Attributes:
        conversation: The redacted copy.
        report: What was redacted, without any value.
        scrubber: Redacts what else belongs to the conversation with the same placeholders. It
            knows the values: it is for the moment, never to be stored.
        found: What was found in the turns before any was replaced, values included.
        placed: By turn, in order: where the text was, and where its placeholder stands.
    """

    conversation: Conversation
    report: RedactionReport
    scrubber: Scrubber = field(repr=False, compare=False)
    found: tuple[PersonalData, ...] = field(default=(), repr=False, compare=False)
    placed: Mapping[int, tuple[PlacedSpan, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )


def redact_conversation(
    conversation: Conversation,
    found: Iterable[PersonalData],
    policy: RedactionPolicy = DEFAULT_POLICY,
    *,
    language: str | None = None,
    find: TextFinder = find_in_text,
) -> Redacted:
    """Replace personal data by placeholders such as ``[NOM_1]`` or ``[PHONE_2]``.

    One value has one placeholder in all turns, however it is written or said, and a name's parts
    ("Mme Durand", "Claire Durand") are one person where only one person has them. A value that
    was found once is replaced wherever it stands: in other turns, also in part or spoken, in what
    words were heard as, in the subject, the participants and the names of files.

    Args:
        conversation: Any conversation; placeholders in it stay.
        found: What :func:`nlu.personal_data.find_personal_data` says of it.
        policy: What is to become of each type; card data is redacted whatever it says.
        language: Of the placeholders, French for ``fr``, English for any other; the
            conversation's own when None, and where that is not known either what its words tell.
        find: Finds personal data in the texts beside the turns.

    Returns:
        The redacted copy with the turns, speakers and times of the conversation, and the report.
    """
    found = tuple(found)
    mentions = mentions_in_turns(conversation, found)
    language = language or conversation.language or detect_conversation_language(conversation)
    names = _Names(conversation, mentions)
    labels = "fr" if language is None else language
    taken = [mark for turn in conversation.turns for mark in find_placeholders(turn.text)]
    numbering = Numbering(policy, labels, taken=taken)
    parts = _parts_of_items(mentions)

    def placeholder(mention: Mention) -> str:
        if mention.type in _NAMES:
            return numbering.placeholder(mention.type, names.identity(mention.text))
        return numbering.placeholder(
            mention.type, identity_of(mention, parts.get((mention.type, mention.item), ()))
        )

    mentions = tuple(map(names.settle, mentions))
    wanted = [mention for mention in mentions if policy.action(mention.type) != "keep"]
    kept = Counter(mention.type for mention in mentions) - Counter(
        mention.type for mention in wanted
    )
    people = [
        names.settle(person)
        for participant in conversation.participants
        if (person := mention_of_participant(participant)) is not None
    ]
    known = [
        Known(
            mention.type,
            placeholder(mention),
            _forms(mention, parts.get((mention.type, mention.item), ())),
        )
        for mention in (*wanted, *people)
        if policy.action(mention.type) != "keep"
    ]
    scrubber = Scrubber(
        policy,
        placeholder,
        names.settle,
        Traces(known, language=language),
        {value.placeholder: value.type for value in known},
        find=find,
        language=labels,
    )
    by_turn: dict[int | None, list[Mention]] = {}
    for mention in wanted:
        by_turn.setdefault(mention.turn_index, []).append(mention)
    turns: list[Turn] = []
    items: list[RedactedItem] = []
    places: dict[int, tuple[PlacedSpan, ...]] = {}
    for turn in conversation.turns:
        own = [
            Span(
                *_reach(mention, turn.text),
                mention.type,
                placeholder(mention),
                is_checked=mention.is_checked,
                confidence=mention.confidence,
            )
            for mention in by_turn.get(turn.index, ())
        ]
        redacted, placed = _redact_one(turn, own, scrubber)
        turns.append(redacted)
        places[turn.index] = placed
        items += [_item(place, turn.index, policy) for place in placed]
    copy = _redact_beside(conversation, turns, scrubber, names, policy)
    report = RedactionReport(
        conversation_id=copy.id,
        language=labels,
        items=tuple(items),
        beside=dict(sorted(scrubber.counts.items())),
        kept=dict(sorted(kept.items())),
        provenance=Provenance(
            component="nlu.redaction",
            version=VERSION,
            settings={
                "policy": policy.name,
                "policy_version": policy.version,
                "policy_sha256": policy.sha256,
            },
        ),
    )
    return Redacted(copy, report, scrubber, found, places)


class _Names:
    """Which names are whose, and which persons are agents.

    Args:
        conversation: The conversation.
        mentions: In its turns.
    """

    def __init__(self, conversation: Conversation, mentions: Sequence[Mention]) -> None:
        said = [mention for mention in mentions if mention.type == PERSON]
        people = list(filter(None, map(mention_of_participant, conversation.participants)))
        self._identities = group_names([mention.text for mention in (*said, *people)])
        agents = {self._identities[person.text] for person in people if person.type == AGENT_NAME}
        for mention in said:
            turn = conversation.turns[mention.turn_index or 0]
            if turn.speaker == "agent" and is_introduction(turn.text, mention.start, mention.end):
                agents.add(self._identities[mention.text])
        customers = {self._identities[person.text] for person in people if person.type == PERSON}
        self._agents = agents - customers

    def identity(self, name: str) -> str:
        """Return the identity of a name; one that was not seen before is a person of its own."""
        return self._identities.get(name) or group_names([name])[name]

    def settle(self, mention: Mention) -> Mention:
        """Return the mention with its type, ``agent_name`` where a person is an agent."""
        if mention.type not in _NAMES:
            return mention
        if mention.type == AGENT_NAME and mention.text not in self._identities:
            return mention
        is_agent = self.identity(mention.text) in self._agents
        return replace(mention, type=AGENT_NAME if is_agent else PERSON)


def _parts_of_items(
    mentions: Sequence[Mention],
) -> dict[tuple[str, int | None], list[Mention]]:
    parts: dict[tuple[str, int | None], list[Mention]] = {}
    for mention in mentions:
        parts.setdefault((mention.type, mention.item), []).append(mention)
    return parts


def _forms(mention: Mention, parts: Sequence[Mention]) -> tuple[str, ...]:
    whole = " ".join(part.text for part in parts)
    forms = (mention.text, mention.value or "", whole)
    return tuple(dict.fromkeys(form for form in forms if form.strip()))


def _reach(mention: Mention, text: str) -> tuple[int, int]:
    """Return where a mention starts and ends.

    A card number that no check digit proves was misheard, so where it ends is not known either:
    digits that touch it are taken as its own.
    """
    if mention.type != "card_number" or mention.is_checked:
        return mention.start, mention.end
    before = _DIGITS_BEFORE.search(text, max(0, mention.start - _NEAR_DIGITS), mention.start)
    after = _DIGITS_AFTER.match(text, mention.end)
    return (
        before.start() if before is not None else mention.start,
        after.end() if after is not None else mention.end,
    )


def _redact_one(
    turn: Turn, own: Sequence[Span], scrubber: Scrubber
) -> tuple[Turn, tuple[PlacedSpan, ...]]:
    spans = merge_spans(turn.text, [*own, *scrubber.traces(turn.text)])
    spans = tuple(span for span in spans if not _is_in_placeholder(turn.text, span))
    redacted, placed = redact_turn(turn, spans)
    if redacted.words and align_words(redacted) is None and scrubber.holds(redacted.spoken_text):
        redacted = redacted.model_copy(update={"words": ()})
    words = tuple(
        word.model_copy(update={"spoken": None})
        if word.spoken and scrubber.holds(word.spoken)
        else word
        for word in redacted.words
    )
    if words != redacted.words:
        redacted = redacted.model_copy(update={"words": words})
    return redacted, placed


def _is_in_placeholder(text: str, span: Span) -> bool:
    return any(
        placeholder.start <= span.start and span.end <= placeholder.end
        for placeholder in find_placeholders(text)
    )


def _item(place: PlacedSpan, turn_index: int, policy: RedactionPolicy) -> RedactedItem:
    return RedactedItem(
        type=place.span.type,
        action=policy.action(place.span.type),
        placeholder=place.span.placeholder,
        turn_index=turn_index,
        start=place.start,
        end=place.end,
        start_s=place.start_s,
        end_s=place.end_s,
        is_checked=place.span.is_checked,
        is_repeat=place.span.is_repeat,
        confidence=place.span.confidence,
    )


def _redact_beside(
    conversation: Conversation,
    turns: Sequence[Turn],
    scrubber: Scrubber,
    names: _Names,
    policy: RedactionPolicy,
) -> Conversation:
    participants = []
    for participant in conversation.participants:
        person = mention_of_participant(participant)
        name = participant.name and scrubber.text(participant.name)
        if person is not None and policy.action(names.settle(person).type) != "keep":
            name = scrubber.mention(person)
        participants.append(
            participant.model_copy(
                update={
                    "name": name,
                    "key": participant.key and scrubber.text(participant.key),
                    "decided_by": participant.decided_by and scrubber.text(participant.decided_by),
                }
            )
        )
    recording = conversation.recording
    if recording is not None:
        recording = recording.model_copy(update={"name": scrubber.file_name(recording.name)})
    metadata = {
        scrubber.text(key): scrubber.json(value, key=key)
        for key, value in conversation.metadata.items()
    }
    identifier = _UNSAFE.sub("-", scrubber.file_name(conversation.id))
    return conversation.model_copy(
        update={
            "id": identifier[:128],
            "participants": tuple(participants),
            "turns": tuple(turns),
            "recording": recording,
            "metadata": metadata,
        }
    )
