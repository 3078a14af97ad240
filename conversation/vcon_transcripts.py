"""Transcripts that a vCon carries as analysis, in the shapes that are met.

WTF (https://datatracker.ietf.org/doc/draft-howe-vcon-wtf-extension/), Deepgram's answer, and lists
of ``{speaker, message}`` or ``{parties, start, duration, text}``; there is no standard shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from conversation.conversation import Conversation
from conversation.participant import Participant
from conversation.roles import role_from_label
from conversation.turn import Turn, Word
from conversation.vcon_values import index, mapping, mappings, moment, number, text

_MOST_UTTERANCES = 100_000
_PAUSE_S = 1.2
_NUMBERED = re.compile(r"(?i)(speaker|spk|channel)?[\s_-]*\d+")


class _Said(NamedTuple):
    """One utterance of a transcript; speaker is a party's place or what the shape calls it."""

    text: str
    party: int | None = None
    label: str = ""
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[Word, ...] = ()
    confidence: float | None = None


@dataclass(frozen=True)
class _Transcript:
    said: list[_Said]
    language: str | None
    dialog: Mapping[str, Any]


def conversation_of_transcripts(
    analyses: Sequence[Mapping[str, Any]],
    dialogs: Mapping[int, Mapping[str, Any]],
    participants: Sequence[Participant],
    *,
    identifier: str,
) -> Conversation | None:
    """Make a conversation of the transcript of a vCon.

    Args:
        analyses: All of its analyses.
        dialogs: Its dialogs by place.
        participants: The parties.
        identifier: Of the conversation.

    Returns:
        A conversation on channel ``phone``; None where no analysis is a transcript that can be
        read. Of several transcripts the one with the most words is taken.
    """
    best: _Transcript | None = None
    for analysis in sorted(analyses, key=_is_called_otherwise):
        found = _read(analysis, dialogs)
        if found is None or (best is not None and _is_called_otherwise(analysis)):
            continue
        if best is None or _words(found) > _words(best):
            best = found
    if best is None:
        return None
    try:
        return _conversation(best, participants, identifier)
    except ValidationError:
        return None


def _is_called_otherwise(analysis: Mapping[str, Any]) -> bool:
    return "transcri" not in text(analysis.get("type")).casefold()


def _words(transcript: _Transcript) -> int:
    return sum(len(said.text.split()) for said in transcript.said)


def _read(
    analysis: Mapping[str, Any], dialogs: Mapping[int, Mapping[str, Any]]
) -> _Transcript | None:
    body = analysis.get("body", analysis.get("transcript"))
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            if _is_called_otherwise(analysis) or not text(body):
                return None
            body = {"text": body}
    places = analysis.get("dialog")
    place = index(places[0] if isinstance(places, list) and places else places)
    dialog = dialogs.get(place, {}) if place is not None else {}
    language = None
    if isinstance(body, list):
        said = _listed(mappings(body), moment(dialog.get("start")))
    else:
        body = mapping(body)
        whole = mapping(body.get("transcript"))
        language = text(whole.get("language"), body.get("language"))
        said = (
            _deepgram(mapping(body.get("results")), dialog.get("parties"))
            or _segments(mappings(body.get("segments")), body.get("speakers"))
            or _listed(mappings(body.get("messages")), None)
        )
        if not said and not _is_called_otherwise(analysis):
            single = text(whole.get("text"), body.get("text"), body.get("transcript"))
            said = [_Said(single)] if single else []
    said = [item for item in said[:_MOST_UTTERANCES] if item.text]
    if not said:
        return None
    return _Transcript(said, _primary(language), dialog)


def _primary(language: str | None) -> str | None:
    tag = (language or "").replace("_", "-").split("-")[0].casefold()
    return tag if tag.isascii() and tag.isalpha() and 2 <= len(tag) <= 3 else None


def _segments(segments: Sequence[Mapping[str, Any]], speakers: object) -> list[_Said]:
    """Read what WTF and Whisper write."""
    names = mapping(speakers)
    said = []
    for segment in segments:
        speaker = segment.get("speaker")
        described = names.get(str(speaker)) if isinstance(speaker, int | str) else None
        label = text(
            mapping(described).get("name"), mapping(described).get("label"), described, speaker
        )
        said.append(
            _Said(
                text(segment.get("text")),
                label=label or _anonymous(speaker),
                start_s=number(segment.get("start")),
                end_s=number(segment.get("end")),
                words=_timed_words(mappings(segment.get("words"))),
                confidence=number(segment.get("confidence")),
            )
        )
    return said


def _anonymous(speaker: object) -> str:
    """Return what a speaker by number is called; the number is that of no party."""
    place = index(speaker)
    return "" if place is None else f"speaker {place}"


def _deepgram(results: Mapping[str, Any], parties: object) -> list[_Said]:
    """Read Deepgram's words; a new utterance at each change of speaker and each pause."""
    said: list[_Said] = []
    channels = mappings(results.get("channels"))
    sides = parties if isinstance(parties, list) and len(parties) == len(channels) > 1 else []
    for place, channel in enumerate(channels):
        alternatives = mappings(channel.get("alternatives"))
        words = mappings(alternatives[0].get("words")) if alternatives else []
        side = index(sides[place]) if sides else None
        is_mixed = len(channels) == 1
        group: list[Mapping[str, Any]] = []
        for word in words:
            if group and _changes(group[-1], word):
                said.append(_utterance(group, side, "" if is_mixed else f"speaker {place}"))
                group = []
            group.append(word)
        if group:
            said.append(_utterance(group, side, "" if is_mixed else f"speaker {place}"))
        elif alternatives:
            said.append(_Said(text(alternatives[0].get("transcript"))))
    return said


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    end_s, start_s = number(before.get("end")), number(after.get("start"))
    if before.get("speaker") != after.get("speaker"):
        return True
    return end_s is not None and start_s is not None and start_s - end_s > _PAUSE_S


def _utterance(group: Sequence[Mapping[str, Any]], party: int | None, label: str) -> _Said:
    words = _timed_words(group)
    shown = [text(word.get("punctuated_word"), word.get("word")) for word in group]
    return _Said(
        " ".join(filter(None, shown)),
        party=party,
        label=label or _anonymous(group[0].get("speaker")),
        start_s=number(group[0].get("start")),
        end_s=number(group[-1].get("end")),
        words=words,
    )


def _timed_words(words: Sequence[Mapping[str, Any]]) -> tuple[Word, ...]:
    """Return the words with their times; none at all where one of them has no sound time."""
    found = []
    last_start_s = last_end_s = 0.0
    for word in words:
        shown = text(word.get("punctuated_word"), word.get("text"), word.get("word"))
        start_s, end_s = number(word.get("start")), number(word.get("end"))
        if not shown:
            continue
        if start_s is None or end_s is None or start_s < last_start_s or end_s < last_end_s:
            return ()
        if end_s < start_s:
            return ()
        sure = number(word.get("confidence", word.get("probability")))
        probability = min(sure, 1.0) if sure is not None else 1.0
        found.append(Word(text=shown, start_s=start_s, end_s=end_s, probability=probability))
        last_start_s, last_end_s = start_s, end_s
    return tuple(found)


def _listed(entries: Sequence[Mapping[str, Any]], began: datetime | None) -> list[_Said]:
    """Read lists of utterances, with a party or the name of a role."""
    said = []
    for entry in entries:
        start_s, end_s = number(entry.get("start")), number(entry.get("end"))
        at = moment(entry.get("start"))
        if start_s is None and at is not None and began is not None:
            start_s = max(0.0, (at - began).total_seconds())
        length_s = number(entry.get("duration"))
        if end_s is None and start_s is not None and length_s is not None:
            end_s = start_s + length_s
        parties = entry.get("parties", entry.get("party"))
        if isinstance(parties, list):
            parties = parties[0] if parties else None
        said.append(
            _Said(
                text(entry.get("message"), entry.get("text"), entry.get("transcript")),
                party=index(parties),
                label=text(entry.get("speaker"), entry.get("role"), entry.get("name")),
                start_s=start_s,
                end_s=end_s,
            )
        )
    return said


def _conversation(
    transcript: _Transcript, participants: Sequence[Participant], identifier: str
) -> Conversation:
    said = transcript.said
    timed = all(
        item.start_s is not None and item.end_s is not None and item.end_s >= item.start_s
        for item in said
    )
    if timed:
        said = sorted(said, key=lambda item: (item.start_s or 0.0, item.end_s or 0.0))
    people = _People(participants)
    places = [people.find(item) for item in said]
    present = people.present(places)
    turns: list[Turn] = []
    for order, (item, place) in enumerate(zip(said, places, strict=True)):
        turns.append(
            Turn(
                index=order,
                speaker="unknown" if place is None else people.all[place].role,
                text=item.text,
                start_s=item.start_s if timed else None,
                end_s=item.end_s if timed else None,
                words=item.words if timed and _agree(item) else (),
                language=transcript.language,
                confidence=None if item.confidence is None else min(item.confidence, 1.0),
                participant=None if place is None else present.index(place),
            )
        )
    stated_s = number(transcript.dialog.get("duration"))
    last_s = max((turn.end_s for turn in turns if turn.end_s is not None), default=None)
    lengths = [length for length in (stated_s, last_s) if length is not None]
    absent = [
        person.name
        for place, person in enumerate(people.all)
        if person.name and place not in present
    ]
    return Conversation(
        id=identifier,
        channel="phone",
        language=transcript.language,
        started_at=moment(transcript.dialog.get("start")),
        duration_s=max(lengths, default=None),
        participants=tuple(people.all[place] for place in present),
        turns=tuple(turns),
        metadata={"parties": list(absent)} if absent else {},
    )


def _agree(item: _Said) -> bool:
    """Tell whether the words lie within the utterance they belong to."""
    if not item.words or item.start_s is None or item.end_s is None:
        return False
    return item.start_s <= item.words[0].start_s and item.words[-1].end_s <= item.end_s


class _People:
    """The parties, and speakers of the transcript who are none of them."""

    def __init__(self, parties: Sequence[Participant]) -> None:
        self._n_parties = len(parties)
        self.all = list(parties)
        self._places: dict[str, int] = {}

    def find(self, item: _Said) -> int | None:
        """Return the place of who speaks; somebody new is added."""
        if item.party is not None and item.party < self._n_parties:
            return item.party
        if not item.label:
            return None
        label = item.label.casefold()
        if label not in self._places:
            self._places[label] = self._place(item.label)
        return self._places[label]

    def present(self, places: Sequence[int | None]) -> list[int]:
        """Return who took part: all parties, or where others speak, only who is heard."""
        if len(self.all) == self._n_parties:
            return list(range(self._n_parties))
        return sorted({place for place in places if place is not None})

    def _place(self, label: str) -> int:
        for place, person in enumerate(self.all):
            if (person.name or "").casefold() == label.casefold():
                return place
        role = role_from_label(label)
        for place, person in enumerate(self.all):
            if role is not None and person.role == role:
                return place
        nameless = role is not None or _NUMBERED.fullmatch(label)
        self.all.append(Participant(role=role or "unknown", name=None if nameless else label[:200]))
        return len(self.all) - 1
