"""Figures of a conversation that need no model: talk, silence, overlap, pace and delays."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

from conversation import Channel, Conversation, Evidence, Provenance, Speaker
from quality.floor import (
    INTERRUPTION_MIN_OVERLAP_S,
    MONOLOGUE_MAX_PAUSE_S,
    OverlappingSpurts,
    find_overlaps,
    find_runs,
    longest_monologues_s,
    response_gaps_s,
)
from quality.intervals import merge, total_s
from quality.moments import quote, time_at
from quality.silences import LISTED_SILENCE_S, LONG_SILENCE_S, Hold, Silence, WaitFinder
from quality.spurts import BACKCHANNEL_MAX_S, BRIDGED_PAUSE_S, Spurt, count_words, find_spurts
from quality.statistics import percentile
from quality.written_metrics import WrittenMetrics, measure_written

VERSION = "2"
SPOKEN_CHANNELS: tuple[Channel, ...] = ("phone", "voicebot")

_FROZEN = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SpeakerMetrics(BaseModel):
    """One speaker's figures on a spoken conversation."""

    model_config = _FROZEN

    speaker: Speaker
    """Whose figures these are."""
    talk_s: float = Field(ge=0)
    """Seconds: sum of the speaker's talk spurts, words joined over pauses below 0.5 s; turns
    without word times count whole. Source: word times."""
    talk_share: float = Field(ge=0, le=1)
    """talk_s / sum of all speakers' talk_s, 0 to 1; 0 when nobody talks."""
    duration_share: float = Field(ge=0, le=1)
    """talk_s / duration_s, 0 to 1; shares of two speakers exceed 1 together where they overlap."""
    listen_s: float | None = Field(default=None, ge=0)
    """Seconds in which others talk and this speaker does not: the time in which at least one
    talks minus talk_s; so that talk_s + listen_s + silence_s = duration_s. None in results of
    version 1."""
    listen_share: float | None = Field(default=None, ge=0, le=1)
    """listen_s / duration_s, 0 to 1; 0 for an empty recording, None in results of version 1."""
    words: int = Field(ge=0)
    """Count of words as they were said ("quarante-deux euros" for "42 €"): what stands between
    spaces; "j'ai" is one."""
    speech_rate_wpm: float | None = Field(default=None, ge=0)
    """Words per minute: 60 * words / talk_s; None without talk. Pauses below 0.5 s are inside."""
    longest_monologue_s: float = Field(ge=0)
    """Seconds of the longest stretch with own pauses below 3 s in which others only say
    backchannels (below 1 s, two words at most)."""
    turns: int = Field(ge=0)
    """Count of times the speaker takes the floor; what lies inside another's spurt is none."""
    interruptions: int = Field(ge=0)
    """Count of times the speaker takes the floor from another (see Interruption)."""


class Overlap(BaseModel):
    """A time in which two speakers talk."""

    model_config = _FROZEN

    start_s: float = Field(ge=0)
    """Seconds from the start of the recording: the later of both starts."""
    end_s: float = Field(ge=0)
    """Seconds from the start of the recording: the earlier of both ends."""
    speakers: tuple[Speaker, Speaker]
    """Who talked first, then who came in."""
    started_by: Speaker | None
    """Who came in; None when both started at the same moment."""

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.end_s - self.start_s


class Interruption(BaseModel):
    """One speaker takes the floor from another.

    An overlap of 0.5 s at least that starts inside the other's spurt, is more than a backchannel,
    and after which the other stops first.
    """

    model_config = _FROZEN

    by: Speaker
    """Who came in."""
    of: Speaker
    """Who was talking."""
    at_s: float = Field(ge=0)
    """Seconds from the start of the recording."""
    overlap_s: float = Field(ge=0)
    """Seconds during which both talked."""
    evidence: Evidence | None
    """The first words of the one who came in; None when they have no text."""


class SpokenMetrics(BaseModel):
    """Figures of a recording. Unit: seconds unless said. Source: word times by channel."""

    model_config = _FROZEN

    speakers: tuple[SpeakerMetrics, ...]
    """One for each speaker with a turn, in order of first appearance."""
    talk_s: float = Field(ge=0)
    """Sum of the speakers' talk_s; overlapping talk counts for each."""
    overlap_s: float = Field(ge=0)
    """talk_s minus the time in which at least one talks: for two speakers, the time of both."""
    overlap_share: float = Field(ge=0, le=1)
    """overlap_s / talk_s, 0 to 1; 0 when nobody talks."""
    silence_s: float = Field(ge=0)
    """duration_s minus the time in which at least one talks; so that
    talk_s + silence_s - overlap_s = duration_s."""
    silence_share: float = Field(ge=0, le=1)
    """silence_s / duration_s, 0 to 1; 0 for an empty recording."""
    silences: tuple[Silence, ...]
    """Silences of 3 s and more; is_long marks those above 10 s."""
    holds: tuple[Hold, ...]
    """Times in which the agent made the customer wait, from silences and words."""
    hold_s: float = Field(ge=0)
    """Sum of the lengths of holds. Approximate: telephony has the exact figure."""
    overlaps: tuple[Overlap, ...]
    """All times in which two speakers talk, in order."""
    interruptions: tuple[Interruption, ...]
    """Those overlaps that take the floor, in order."""
    agent_response_s: float | None
    """Median of start of the agent's turn minus end of the customer's before it; negative when
    the agent starts early; None without such a change."""
    customer_response_s: float | None
    """The same for the customer after the agent."""
    talk_to_listen_ratio: float | None = Field(default=None, ge=0)
    """Agent's talk_s / customer's talk_s; None unless both talk."""


class Metrics(BaseModel):
    """All figures of one conversation that need no model."""

    model_config = _FROZEN

    conversation_id: str
    """Of the conversation."""
    channel: Channel
    """How the contact came."""
    duration_s: float | None = Field(default=None, ge=0)
    """Seconds: the recording's length, otherwise the conversation's, never less than the end of
    the last word; on text channels from the first to the last dated message, None without."""
    approximate: bool
    """True when voices were not recorded on channels of their own (mono, or the same sound on
    both channels): overlaps and interruptions are then underestimated and talk may go to the
    wrong speaker. Times of a recording with a channel for each voice are exact."""
    turns: int = Field(ge=0)
    """Count of turns of all speakers: changes of the floor on recordings, runs of messages of one
    sender on text channels."""
    spoken: SpokenMetrics | None = None
    """Figures of a recording; None on text channels and for transcripts without times."""
    written: WrittenMetrics | None = None
    """Figures of messages, also for transcripts of calls without times; None on recordings."""
    provenance: Provenance
    """Version of the formulas, and thresholds."""

    def of(self, speaker: Speaker) -> SpeakerMetrics | None:
        """Return one speaker's figures on a recording; None on text channels or without turns."""
        speakers = self.spoken.speakers if self.spoken else ()
        return next((one for one in speakers if one.speaker == speaker), None)


def measure(conversation: Conversation, *, language: str | None = None) -> Metrics:
    """Measure a conversation.

    Args:
        conversation: Spoken or written; an empty one gives zeros and None.
        language: Primary tag, for the words that announce a wait; None for the conversation's,
            or French when it has none.

    Returns:
        Its figures; ``spoken`` for recordings, ``written`` for text channels.
    """
    provenance = Provenance(
        component="quality.metrics",
        version=VERSION,
        settings={
            "bridged_pause_s": BRIDGED_PAUSE_S,
            "listed_silence_s": LISTED_SILENCE_S,
            "long_silence_s": LONG_SILENCE_S,
            "interruption_min_overlap_s": INTERRUPTION_MIN_OVERLAP_S,
            "monologue_max_pause_s": MONOLOGUE_MAX_PAUSE_S,
            "backchannel_max_s": BACKCHANNEL_MAX_S,
        },
    )
    empty_call = conversation.channel in SPOKEN_CHANNELS and not conversation.turns
    if not (conversation.is_spoken or empty_call):
        written = measure_written(conversation)
        return Metrics(
            conversation_id=conversation.id,
            channel=conversation.channel,
            duration_s=written.span_s if written.span_s is not None else conversation.duration_s,
            approximate=False,
            turns=sum(sender.turns for sender in written.senders),
            written=written,
            provenance=provenance,
        )
    spurts = find_spurts(conversation)
    duration_s = _duration_s(conversation, spurts)
    spoken = _measure_spoken(conversation, spurts, duration_s, language)
    return Metrics(
        conversation_id=conversation.id,
        channel=conversation.channel,
        duration_s=duration_s,
        approximate=_is_approximate(conversation),
        turns=sum(speaker.turns for speaker in spoken.speakers),
        spoken=spoken,
        provenance=provenance,
    )


def _duration_s(conversation: Conversation, spurts: list[Spurt]) -> float:
    recording = conversation.recording
    stated = recording.duration_s if recording else conversation.duration_s
    return max([stated or 0.0, *(spurt.end_s for spurt in spurts)])


def _is_approximate(conversation: Conversation) -> bool:
    """Whether the voices may be mixed: not one channel of the recording to each speaker."""
    speakers = {turn.speaker for turn in conversation.turns}
    channels = {p.audio_channel for p in conversation.participants if p.audio_channel is not None}
    if len(channels) >= max(2, len(speakers)):
        return False
    recording = conversation.recording
    if len(conversation.participants) > 1:  # they would name their channels: a doubled mono file
        return True
    return recording is None or recording.channels < 2 or "unknown" in speakers


def _measure_spoken(
    conversation: Conversation, spurts: list[Spurt], duration_s: float, language: str | None
) -> SpokenMetrics:
    silence_s = duration_s - total_s(merge(spurt.interval for spurt in spurts))
    talk_s = sum(spurt.end_s - spurt.start_s for spurt in spurts)
    overlap_s = max(0.0, talk_s - (duration_s - silence_s))
    pairs = find_overlaps(spurts)
    interruptions = [_interruption(conversation, pair) for pair in pairs if pair.is_interruption]
    runs = find_runs(spurts)
    waits = WaitFinder(conversation, spurts, duration_s, language=language)
    holds = tuple(waits.holds())
    talk_by = Counter[Speaker]()
    for spurt in spurts:
        talk_by[spurt.speaker] += spurt.end_s - spurt.start_s  # type: ignore[assignment]
    return SpokenMetrics(
        speakers=_speakers(conversation, spurts, runs, interruptions, duration_s),
        talk_s=talk_s,
        overlap_s=overlap_s,
        overlap_share=_share(overlap_s, talk_s),
        silence_s=max(0.0, silence_s),
        silence_share=_share(silence_s, duration_s),
        silences=tuple(waits.silences()),
        holds=holds,
        hold_s=sum(hold.length_s for hold in holds),
        overlaps=tuple(
            Overlap(
                start_s=pair.start_s,
                end_s=pair.end_s,
                speakers=(pair.first.speaker, pair.second.speaker),
                started_by=pair.started_by,
            )
            for pair in pairs
        ),
        interruptions=tuple(interruptions),
        agent_response_s=percentile(response_gaps_s(runs, of="agent", after="customer"), 0.5),
        customer_response_s=percentile(response_gaps_s(runs, of="customer", after="agent"), 0.5),
        talk_to_listen_ratio=(
            talk_by["agent"] / talk_by["customer"]
            if talk_by["agent"] and talk_by["customer"]
            else None
        ),
    )


def _speakers(
    conversation: Conversation,
    spurts: list[Spurt],
    runs: list[list[Spurt]],
    interruptions: list[Interruption],
    duration_s: float,
) -> tuple[SpeakerMetrics, ...]:
    monologues = longest_monologues_s(spurts)
    total_talk_s = sum(spurt.end_s - spurt.start_s for spurt in spurts)
    anybody_s = total_s(merge(spurt.interval for spurt in spurts))
    measured = []
    for speaker in dict.fromkeys(turn.speaker for turn in conversation.turns):
        talk_s = sum(s.end_s - s.start_s for s in spurts if s.speaker == speaker)
        listen_s = max(0.0, anybody_s - talk_s)
        words = sum(count_words(turn.spoken_text) for turn in conversation.turns_of(speaker))
        measured.append(
            SpeakerMetrics(
                speaker=speaker,
                talk_s=talk_s,
                talk_share=_share(talk_s, total_talk_s),
                duration_share=_share(talk_s, duration_s),
                listen_s=listen_s,
                listen_share=_share(listen_s, duration_s),
                words=words,
                speech_rate_wpm=60 * words / talk_s if talk_s > 0 else None,
                longest_monologue_s=monologues.get(speaker, 0.0),
                turns=sum(run[0].speaker == speaker for run in runs),
                interruptions=sum(one.by == speaker for one in interruptions),
            )
        )
    return tuple(measured)


def _interruption(conversation: Conversation, pair: OverlappingSpurts) -> Interruption:
    turn = conversation.turns[pair.second.turn_index]
    start = 0
    while True:
        at_s = time_at(turn, start)
        following = turn.text.find(" ", start) + 1
        if at_s is None or at_s >= pair.second.start_s - 0.01 or following == 0:
            break
        start = following
    end = len(turn.text) if len(turn.text) - start < 60 else turn.text.rfind(" ", 0, start + 60)
    text = turn.text[start : max(end, start)]
    return Interruption(
        by=pair.second.speaker,
        of=pair.first.speaker,
        at_s=pair.second.start_s,
        overlap_s=pair.end_s - pair.start_s,
        evidence=quote(turn, start, max(end, start)) if text.strip() else None,
    )


def _share(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole)) if whole > 0 else 0.0
