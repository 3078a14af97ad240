"""What Entendu concludes about a conversation, as Analysis Objects of a vCon.

The core draft names types (transcript, sentiment, summary, report) but no shapes; vendor, product
and schema say whose each is. The transcript is written twice: as a list of utterances that most
readers take, and for recordings in the WTF extension
(https://datatracker.ietf.org/doc/draft-howe-vcon-wtf-extension/), which holds the words' times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from conversation import Conversation, Turn
from conversation.vcon_own import NOTHING_KNOWN, TRANSCRIPT_SCHEMA, VENDOR, WTF_TYPE, Contact
from conversation.vcon_values import mapping
from serving.interchange.vcon_parties import VconObject

SENTIMENT_SCHEMA = "entendu.sentiment/1"
SUMMARY_SCHEMA = "entendu.summary/1"
UNDERSTANDING_SCHEMA = "entendu.understanding/1"
EVALUATION_SCHEMA = "entendu.evaluation/1"
# What of an understanding holds conclusions; the rest quotes people or lists their data.
_CONCLUSIONS = ("language", "reasons", "axes", "routing", "commitments")


@dataclass(frozen=True)
class Concluded:
    """A conversation and what was concluded about it.

    Attributes:
        conversation: Who said what.
        understanding: The :class:`nlu.Understanding` as JSON; empty where there is none.
        evaluation: The :class:`quality.Evaluation` as JSON; empty where there is none.
        version: Of the Entendu that concluded it.
        created_at: When.
        contact: What the centre knows besides.
    """

    conversation: Conversation
    understanding: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    version: str
    created_at: datetime
    contact: Contact = NOTHING_KNOWN


def analyses_of(
    concluded: Concluded, *, dialogs: list[int], speaker_of: Mapping[int, int], start: datetime
) -> list[VconObject]:
    """Return the Analysis Objects.

    Args:
        concluded: The conversation and its analysis.
        dialogs: Places of the dialogs it rests on.
        speaker_of: Place of the party that says each turn; a turn without is nobody's.
        start: When the first of the dialogs starts.
    """
    conversation = concluded.conversation
    product = f"Entendu {concluded.version}"

    def analysis(kind: str, schema: str, body: object, **more: object) -> VconObject:
        return {
            "type": kind,
            "dialog": dialogs[0] if len(dialogs) == 1 else dialogs,
            "vendor": VENDOR,
            "product": product,
            "schema": schema,
            "encoding": "json",
            "body": body,
            **more,
        }

    found = [
        analysis(
            "transcript",
            TRANSCRIPT_SCHEMA,
            [_utterance(turn, speaker_of.get(turn.index), start) for turn in conversation.turns],
            mediatype="application/json",
            **_facts(concluded),
        )
    ]
    if conversation.is_spoken:
        body = _wtf(concluded, speaker_of)
        found.append(analysis(WTF_TYPE, "wtf-1.0", body, mediatype="application/json"))
    sentiment = concluded.understanding.get("sentiment")
    if sentiment is not None:
        found.append(analysis("sentiment", SENTIMENT_SCHEMA, sentiment))
    note = _note(concluded.understanding)
    if note:
        summary = analysis("summary", SUMMARY_SCHEMA, note, mediatype="text/plain")
        found.append(summary | {"encoding": "none"})
    conclusions = {
        name: concluded.understanding[name]
        for name in _CONCLUSIONS
        if concluded.understanding.get(name) is not None
    }
    if conclusions:
        found.append(analysis("report", UNDERSTANDING_SCHEMA, conclusions))
    if concluded.evaluation:
        found.append(analysis("report", EVALUATION_SCHEMA, dict(concluded.evaluation)))
    return found


def rfc3339(moment: datetime) -> str:
    """Return a moment as vCons write it."""
    exact = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=exact)


def _facts(concluded: Concluded) -> VconObject:
    """Return what is known of a conversation and has no place in the standard."""
    conversation, contact = concluded.conversation, concluded.contact
    about = {
        "channel": conversation.channel,
        "direction": conversation.direction,
        "language": conversation.language,
        "started_at": _written(conversation.started_at),
        "duration_s": conversation.duration_s,
    }
    known = {
        "language": contact.language,
        "direction": contact.direction,
        "queue": contact.queue,
        "agent_key": contact.agent_key,
        "customer_key": contact.customer_key,
        "started_at": _written(contact.started_at),
    }
    return {
        "conversation": about,
        "contact": {name: value for name, value in known.items() if value is not None},
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _utterance(turn: Turn, party: int | None, start: datetime) -> VconObject:
    said: VconObject = {"text": turn.text, "speaker": turn.speaker}
    if party is not None:
        said["parties"] = party
    if turn.start_s is not None and turn.duration_s is not None:
        said["start"] = rfc3339(start + timedelta(seconds=turn.start_s))
        said["duration"] = round(turn.duration_s, 3)
    elif turn.at is not None:
        said["start"] = rfc3339(turn.at)
    if turn.language is not None:
        said["language"] = turn.language
    if turn.confidence is not None:
        said["confidence"] = turn.confidence
    return said


def _wtf(concluded: Concluded, speaker_of: Mapping[int, int]) -> VconObject:
    conversation = concluded.conversation
    spoken = [turn for turn in conversation.turns if turn.start_s is not None]
    segments: list[VconObject] = []
    words: list[VconObject] = []
    for turn in spoken:
        places = list(range(len(words), len(words) + len(turn.words)))
        words += [
            {
                "id": place,
                "start": word.start_s,
                "end": word.end_s,
                "text": word.text,
                "confidence": round(word.probability, 4),
                "speaker": speaker_of.get(turn.index),
            }
            | ({} if word.spoken is None else {"spoken": word.spoken})
            for place, word in zip(places, turn.words, strict=True)
        ]
        segments.append(
            {
                "id": turn.index,
                "start": turn.start_s,
                "end": turn.end_s,
                "text": turn.text,
                "confidence": _confidence([turn]),
                "speaker": speaker_of.get(turn.index),
                "words": places,
            }
        )
    at = rfc3339(concluded.created_at)
    return {
        "transcript": {
            "text": " ".join(turn.text for turn in spoken),
            "language": conversation.language or "und",
            "duration": conversation.duration_s or (spoken[-1].end_s if spoken else 0.0),
            "confidence": _confidence(spoken),
        },
        "segments": segments,
        "words": words,
        "metadata": {
            "created_at": at,
            "processed_at": at,
            "provider": VENDOR.lower(),
            "model": f"entendu-{concluded.version}",
        },
    }


def _confidence(turns: list[Turn]) -> float:
    known = [turn.confidence for turn in turns if turn.confidence is not None]
    return round(sum(known) / len(known), 4) if known else 0.0


def _note(understanding: Mapping[str, Any]) -> str:
    sentences = mapping(understanding.get("note")).get("sentences")
    if not isinstance(sentences, list):
        return ""
    return " ".join(str(mapping(one).get("text", "")) for one in sentences).strip()
