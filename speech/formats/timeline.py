"""Conversations as RTTM: who speaks when, without the words."""

from __future__ import annotations

from conversation import Conversation
from speech.diarization import SpeakerSegment
from speech.formats.cues import check_times
from speech.formats.labels import speaker_places
from speech.rttm import write_rttm


def to_rttm(conversation: Conversation) -> str:
    """Write one line a turn.

    Args:
        conversation: A conversation with times.

    Returns:
        See :func:`speech.rttm.write_rttm`. ``speaker0`` is the first participant of the
        conversation, ``speaker1`` the second.

    Raises:
        BadInput: The conversation has no times.
    """
    check_times(conversation, "RTTM")
    segments = [
        SpeakerSegment(start_s=turn.start_s, end_s=turn.end_s, speaker=place)
        for turn, (_, place) in zip(conversation.turns, speaker_places(conversation), strict=True)
        if turn.start_s is not None and turn.end_s is not None
    ]
    recording = conversation.recording.name if conversation.recording else conversation.id
    return write_rttm(segments, recording.rsplit(".", 1)[0] or recording)
