"""Conversations that Entendu wrote as vCons, read back as they were.

Words, speakers and times stand where the vCon and its extensions have a place for them. What they
have none for is written beside them: direction, language and the centre's keys as members
``conversation`` and ``contact`` of Entendu's transcript, ``key`` and ``audio_channel`` of a party.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError

from conversation.conversation import CHANNELS, Channel, Conversation, Direction
from conversation.participant import Participant
from conversation.turn import Turn, Word
from conversation.vcon_parties import participant_of, parties_of, with_other_side
from conversation.vcon_values import index, mapping, mappings, moment, number, readable, text

EXTENSION = "entendu"
VENDOR = "Entendu"
TRANSCRIPT_SCHEMA = "entendu.transcript/1"
WTF_TYPE = "wtf_transcription"
CALL = "call"
"""What the contact-centre extension calls a contact by telephone."""

_DIRECTIONS = ("inbound", "outbound")


@dataclass(frozen=True)
class Contact:
    """What the centre knows of a contact besides what was said in it; None: it is not said.

    Attributes:
        language: That was asked for.
        direction: Who contacted whom.
        queue: Queue or campaign.
        agent_key: Pseudonymous id of the agent.
        customer_key: Pseudonymous id of the customer.
        started_at: When it started.
    """

    language: str | None = None
    direction: str | None = None
    queue: str | None = None
    agent_key: str | None = None
    customer_key: str | None = None
    started_at: datetime | None = None


NOTHING_KNOWN = Contact()
"""Of a vCon that Entendu did not write."""


class OwnTranscript:
    """The transcript that Entendu wrote, with the vCon around it.

    Args:
        data: The vCon.
        analysis: The transcript among its analyses.
    """

    def __init__(self, data: Mapping[str, Any], analysis: Mapping[str, Any]) -> None:
        self._data = data
        self._analysis = analysis
        self._facts = mapping(analysis.get("conversation"))
        dialogs = data.get("dialog")
        known = enumerate(dialogs) if isinstance(dialogs, list) else ()
        self._dialogs = {place: dialog for place, dialog in known if isinstance(dialog, Mapping)}
        given = analysis.get("dialog")
        places = given if isinstance(given, list) else [given]
        self._rests_on = [
            self._dialogs[place]
            for place in map(index, places)
            if place is not None and place in self._dialogs
        ]

    @property
    def is_of_messages(self) -> bool:
        """Whether it repeats messages that stand in the vCon, and no sound was heard for it."""
        return bool(self._rests_on) and all(
            dialog.get("type") == "text" for dialog in self._rests_on
        )

    @property
    def channel(self) -> Channel | None:
        """How the contact came; None where it is not said."""
        first = self._rests_on[0] if self._rests_on else {}
        for given in (self._facts.get("channel"), first.get("interaction_type")):
            if given in CHANNELS:
                return cast("Channel", given)
        return "phone" if first.get("interaction_type") == CALL else None

    @property
    def direction(self) -> Direction:
        """Who contacted whom."""
        given = self._facts.get("direction")
        return cast("Direction", given) if given in _DIRECTIONS else "unknown"

    @property
    def contact(self) -> Contact:
        """What the centre knows besides."""
        given = mapping(self._analysis.get("contact"))
        return Contact(
            language=text(given.get("language")) or None,
            direction=text(given.get("direction")) or None,
            queue=text(given.get("queue")) or None,
            agent_key=text(given.get("agent_key")) or None,
            customer_key=text(given.get("customer_key")) or None,
            started_at=_as_written(given.get("started_at")),
        )

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The parties, in their order: as they were, or as others wrote them."""
        parties = parties_of(self._data)
        if self._is_all_own():
            return tuple(map(_person, parties))
        return with_other_side(list(map(participant_of, parties)))

    def conversation(self, *, identifier: str) -> Conversation | None:
        """Return the conversation as it was written.

        Args:
            identifier: Of the conversation.

        Returns:
            None where the vCon was written by others and Entendu only added to it, or where
            somebody changed the messages or the transcript since.
        """
        if self.is_of_messages and not self._holds_all_messages():
            return None
        try:
            people = self.participants
            turns = self._turns(people)
            if not turns:
                return None
            return Conversation(
                id=identifier,
                channel=self.channel or "phone",
                direction=self.direction,
                language=text(self._facts.get("language", self._heard_language())) or None,
                started_at=self._started_at(),
                duration_s=number(self._facts.get("duration_s", self._stated_s())),
                participants=people,
                turns=turns,
            )
        except ValidationError:
            return None

    def _utterances(self) -> list[Mapping[str, Any]]:
        return mappings(self._analysis.get("body"))

    def _holds_all_messages(self) -> bool:
        if not self._is_all_own():
            return False
        written = [dialog for dialog in self._dialogs.values() if dialog.get("type") == "text"]
        return [dialog.get("body") for dialog in written] == [
            said.get("text") for said in self._utterances()
        ]

    def _is_all_own(self) -> bool:
        extensions = self._data.get("extensions")
        return isinstance(extensions, list) and EXTENSION in extensions

    def _turns(self, people: Sequence[Participant]) -> tuple[Turn, ...]:
        heard = self._heard()
        words = mappings(heard.get("words"))
        segments = {
            index(segment.get("id")): segment for segment in mappings(heard.get("segments"))
        }
        turns = []
        for order, said in enumerate(self._utterances()):
            segment = segments.get(order, {})
            if "duration" in said and not segment:
                return ()  # the times as they were are lost
            place = index(said.get("parties"))
            turns.append(
                Turn.model_validate(
                    {
                        "index": order,
                        "speaker": said.get("speaker"),
                        "text": _exact(said.get("text")),
                        "start_s": number(segment.get("start")),
                        "end_s": number(segment.get("end")),
                        "at": None if segment else _as_written(said.get("start")),
                        "words": _words(segment.get("words"), words),
                        "language": text(said.get("language")) or None,
                        "confidence": number(said.get("confidence")),
                        "participant": place if place is not None and place < len(people) else None,
                    }
                )
            )
        return tuple(turns)

    def _heard(self) -> Mapping[str, Any]:
        """Return the same transcript with the times of its words; empty without one."""
        for analysis in mappings(self._data.get("analysis")):
            if analysis.get("vendor") == VENDOR and analysis.get("type") == WTF_TYPE:
                return mapping(analysis.get("body"))
        return {}

    def _heard_language(self) -> str:
        language = text(mapping(self._heard().get("transcript")).get("language"))
        return "" if language == "und" else language

    def _started_at(self) -> datetime | None:
        first = self._rests_on[0] if self._rests_on else {}
        return _as_written(self._facts.get("started_at", first.get("start")))

    def _stated_s(self) -> object:
        return self._rests_on[0].get("duration") if self._rests_on else None


def own_transcript(data: Mapping[str, Any]) -> OwnTranscript | None:
    """Return the transcript that Entendu wrote; None where there is none."""
    for analysis in mappings(data.get("analysis")):
        if analysis.get("vendor") == VENDOR and analysis.get("schema") == TRANSCRIPT_SCHEMA:
            return OwnTranscript(data, analysis)
    return None


def _person(party: Mapping[str, Any]) -> Participant:
    known = participant_of(party)
    return known.model_copy(
        update={
            "key": text(party.get("key")) or None,
            "audio_channel": index(party.get("audio_channel")),
        }
    )


def _words(places: object, words: Sequence[Mapping[str, Any]]) -> tuple[Word, ...]:
    found = [index(place) for place in places] if isinstance(places, list) else []
    return tuple(
        Word.model_validate(
            {
                "text": _exact(words[place].get("text")),
                "start_s": number(words[place].get("start")),
                "end_s": number(words[place].get("end")),
                "probability": number(words[place].get("confidence")),
                "spoken": _exact(words[place].get("spoken")),
            }
        )
        for place in found
        if place is not None and place < len(words)
    )


def _exact(value: object) -> object:
    """Return a text with the spaces around it."""
    return readable(value) if isinstance(value, str) else value


def _as_written(value: object) -> datetime | None:
    """Return a time in the zone that it was written in."""
    if not isinstance(value, str) or moment(value) is None:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return moment(value)
    return found if found.tzinfo is not None else moment(value)
