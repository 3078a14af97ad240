"""What the KPIs need of one analysed conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from conversation import Conversation, Turn
from nlu import Understanding
from nlu.axes import Outcome
from quality.metrics import SPOKEN_CHANNELS, Metrics
from quality.results import Evaluation

_OTHER = frozenset({"autre", "other"})
_OUTSIDE = frozenset({"hors_perimetre", "out_of_scope"})


@dataclass(frozen=True)
class SpeechTimes:
    """Seconds of one recording: length, hold, silence, talk of all and of the agent, overlap."""

    duration_s: float
    hold_s: float
    silence_s: float
    talk_s: float
    overlap_s: float
    agent_talk_s: float
    agent_words: int
    approximate: bool


@dataclass(frozen=True)
class FirstReply:
    """The customer's first message and the first reply of a person to it; None for none."""

    received_at: datetime
    replied_at: datetime | None


@dataclass(frozen=True)
class Contact:
    """One conversation as the KPIs count it.

    Attributes:
        id: Of the conversation.
        channel: Of the conversation.
        language: Of the conversation.
        started_at: With a time zone; None when not known.
        customer_key: Pseudonymous; None when not known.
        agent_key: Pseudonymous; None when not known, or when several agents took part.
        queue: From the conversation's metadata; None when not known.
        team: From the conversation's metadata; None when not known.
        reason: Code of the primary reason of level 1; None when none was recognised.
        reason_fr: Its French name.
        reason_en: Its English name.
        is_other: Whether the reason is "other".
        is_outside: Whether the contact is out of scope.
        repeat_stated: Whether the customer says that it is not the first contact.
        outcome: As the words tell; None when nothing tells.
        complaint: Whether the contact has the nature of a complaint.
        commitments: Promises of the centre.
        score_100: Of the scorecard's draft; None where nothing was scored.
        evaluated: Whether a scorecard was filled in.
        eliminatory: Proposals that wait for a person.
        speech: Times of a recording; None for text.
        reply: Of a dated written conversation that the customer began; None for others.
    """

    id: str
    channel: str
    language: str | None
    started_at: datetime | None
    customer_key: str | None
    agent_key: str | None
    queue: str | None
    team: str | None
    reason: str | None
    reason_fr: str | None
    reason_en: str | None
    is_other: bool
    is_outside: bool
    repeat_stated: bool
    outcome: Outcome | None
    complaint: bool
    commitments: int
    score_100: float | None
    evaluated: bool
    eliminatory: int
    speech: SpeechTimes | None
    reply: FirstReply | None


def contact_of(
    conversation: Conversation,
    understanding: Understanding,
    metrics: Metrics,
    evaluation: Evaluation | None = None,
    *,
    zone: tzinfo = UTC,
) -> Contact:
    """Take from an analysed conversation what the KPIs need.

    Args:
        conversation: Who said what; ``queue`` and ``team`` are read from its metadata.
        understanding: Reasons, axes and commitments.
        metrics: Its figures.
        evaluation: Its filled-in scorecard; None where there is none.
        zone: Of times without an offset.
    """
    reason = understanding.reasons.primary
    axes = understanding.axes
    role = reason.level_1.rsplit(".", maxsplit=1)[-1] if reason else ""
    at = [turn.at for turn in conversation.turns if turn.at is not None]
    started = conversation.started_at or (min(_aware(each, zone) for each in at) if at else None)
    below = reason is not None and reason.parent_code is not None
    return Contact(
        id=conversation.id,
        channel=conversation.channel,
        language=understanding.language,
        started_at=None if started is None else _aware(started, zone),
        customer_key=_key(conversation, "customer"),
        agent_key=_key(conversation, "agent"),
        queue=_fact(conversation, "queue"),
        team=_fact(conversation, "team"),
        reason=reason.level_1 if reason else None,
        reason_fr=(reason.parent_label_fr if below else reason.label_fr) if reason else None,
        reason_en=(reason.parent_label_en if below else reason.label_en) if reason else None,
        is_other=role in _OTHER,
        is_outside=role in _OUTSIDE,
        repeat_stated=axes.repeat.stated,
        outcome=axes.outcome.outcome,
        complaint="complaint" in {axes.nature.primary, *axes.nature.also},
        commitments=sum(promise.who == "agent" for promise in understanding.commitments),
        score_100=evaluation.score_100 if evaluation else None,
        evaluated=evaluation is not None,
        eliminatory=len(evaluation.eliminatory) if evaluation else 0,
        speech=_speech(metrics),
        reply=_first_reply(conversation, zone),
    )


def _speech(metrics: Metrics) -> SpeechTimes | None:
    spoken = metrics.spoken
    if spoken is None or not metrics.duration_s:
        return None
    agent = metrics.of("agent")
    return SpeechTimes(
        duration_s=metrics.duration_s,
        hold_s=min(spoken.hold_s, metrics.duration_s),
        silence_s=spoken.silence_s,
        talk_s=spoken.talk_s,
        overlap_s=spoken.overlap_s,
        agent_talk_s=agent.talk_s if agent else 0.0,
        agent_words=agent.words if agent else 0,
        approximate=metrics.approximate,
    )


def _first_reply(conversation: Conversation, zone: tzinfo) -> FirstReply | None:
    if conversation.channel in SPOKEN_CHANNELS:
        return None
    asked: Turn | None = None
    for turn in conversation.turns:
        if turn.at is None:
            continue
        if asked is None:
            if turn.speaker == "agent":
                return None  # the centre wrote first: nobody waited
            asked = turn if turn.speaker == "customer" else None
        elif turn.speaker == "agent" and asked.at is not None:
            received = _aware(asked.at, zone)
            return FirstReply(received, max(received, _aware(turn.at, zone)))
    return None if asked is None or asked.at is None else FirstReply(_aware(asked.at, zone), None)


def _key(conversation: Conversation, role: str) -> str | None:
    keys = {each.key for each in conversation.participants if each.role == role and each.key}
    return keys.pop() if len(keys) == 1 else None


def _fact(conversation: Conversation, name: str) -> str | None:
    value = conversation.metadata.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
