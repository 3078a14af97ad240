"""Figures of chats, e-mails and other messages: delays, counts and words."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Speaker, Turn
from quality.spurts import count_words
from quality.statistics import percentile

_FROZEN = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SenderMetrics(BaseModel):
    """One sender's figures on a text channel."""

    model_config = _FROZEN

    speaker: Speaker
    """Whose figures these are."""
    messages: int = Field(ge=0)
    """Count of messages."""
    turns: int = Field(ge=0)
    """Count of runs of messages without another sender between."""
    words: int = Field(ge=0)
    """Count of words: what stands between spaces; "j'ai" is one."""


class WrittenMetrics(BaseModel):
    """Figures of messages. Source: ``at`` of each message; messages without are not timed."""

    model_config = _FROZEN

    senders: tuple[SenderMetrics, ...]
    """One for each sender, in order of first appearance."""
    messages: int = Field(ge=0)
    """Count of all messages."""
    words: int = Field(ge=0)
    """Count of all words."""
    span_s: float | None = Field(default=None, ge=0)
    """Seconds from the earliest to the latest dated message; None without dated messages."""
    response_delays_s: tuple[float, ...]
    """Seconds, one for each answer of the agent: its time minus that of the first message of the
    customer that was still unanswered; bots and the system answer nothing."""
    first_response_s: float | None = Field(default=None, ge=0)
    """Seconds of the first of these delays; None if the agent never answered a dated message."""
    median_response_s: float | None = Field(default=None, ge=0)
    """Median of the delays in seconds."""
    p90_response_s: float | None = Field(default=None, ge=0)
    """90th percentile of the delays in seconds, interpolated linearly."""


def measure_written(conversation: Conversation) -> WrittenMetrics:
    """Measure a conversation on a text channel; times without a zone are read as UTC."""
    times = [at for at in map(time_of, conversation.turns) if at is not None]
    delays = [delay for delay, _, _ in response_delays(conversation)]
    senders = _senders(conversation)
    return WrittenMetrics(
        senders=senders,
        messages=len(conversation.turns),
        words=sum(sender.words for sender in senders),
        span_s=(max(times) - min(times)).total_seconds() if times else None,
        response_delays_s=tuple(delays),
        first_response_s=delays[0] if delays else None,
        median_response_s=percentile(delays, 0.5),
        p90_response_s=percentile(delays, 0.9),
    )


def response_delays(conversation: Conversation) -> list[tuple[float, Turn, Turn]]:
    """Pair each answer of the agent with the customer's first message that waited for it.

    Returns:
        Delay in seconds (0 where clocks run backwards), the customer's message, the answer.
    """
    found: list[tuple[float, Turn, Turn]] = []
    waiting: Turn | None = None
    for turn in conversation.turns:
        if turn.speaker == "customer" and waiting is None:
            waiting = turn
        elif turn.speaker == "agent" and waiting is not None:
            asked, answered = time_of(waiting), time_of(turn)
            if asked is not None and answered is not None:
                found.append((max(0.0, (answered - asked).total_seconds()), waiting, turn))
            waiting = None
    return found


def time_of(turn: Turn) -> datetime | None:
    """Return when a message was sent; without a zone it is read as UTC, None without a time."""
    if turn.at is None or turn.at.tzinfo is not None:
        return turn.at
    return turn.at.replace(tzinfo=UTC)


def _senders(conversation: Conversation) -> tuple[SenderMetrics, ...]:
    turns = conversation.turns
    return tuple(
        SenderMetrics(
            speaker=speaker,
            messages=sum(turn.speaker == speaker for turn in turns),
            turns=sum(
                turn.speaker == speaker and (i == 0 or turns[i - 1].speaker != speaker)
                for i, turn in enumerate(turns)
            ),
            words=sum(count_words(turn.text) for turn in turns if turn.speaker == speaker),
        )
        for speaker in dict.fromkeys(turn.speaker for turn in turns)
    )
