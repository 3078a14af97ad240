"""From a written dialogue to a conversation: who speaks when, word by word."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation import Conversation, Participant, Turn, Word
from serving.demo.scripts import Line, Script

AGENT, CUSTOMER = "Claire", "Moreau"
"""The names that stand in an analysis; others of the same length take their place in replays."""

_LETTERS_PER_S = 12.0
_PAUSE_S = 0.45
_CUT_IN_S = 0.9
_BETWEEN_MESSAGES_S = 25.0
_LETTERS_TYPED_PER_S = 5.0
_BEGINS = datetime.fromisoformat("2026-09-01T09:00:00+00:00")


def conversation_of(script: Script, identifier: str) -> Conversation:
    """Return a dialogue as a conversation, under the names of :data:`AGENT` and :data:`CUSTOMER`.

    Args:
        script: The dialogue.
        identifier: Of the conversation.
    """
    spoken = script.channel in ("phone", "voicebot")
    turns = _spoken(script.lines) if spoken else _written(script)
    last = turns[-1]
    duration_s = last.end_s if spoken else None
    if not spoken and last.at is not None:
        duration_s = (last.at - _BEGINS).total_seconds()
    speakers = dict.fromkeys(turn.speaker for turn in turns)
    return Conversation(
        id=identifier,
        channel=script.channel,
        direction=script.direction,
        language="fr",
        started_at=_BEGINS,
        duration_s=duration_s,
        participants=tuple(
            Participant(
                role=speaker,
                name=AGENT if speaker == "agent" else None,
                audio_channel=(0 if speaker == "agent" else 1) if spoken else None,
            )
            for speaker in speakers
        ),
        turns=turns,
        metadata={} if script.subject is None else {"subject": script.subject},
    )


def _spoken(lines: tuple[Line, ...]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    at_s = 0.8
    for index, line in enumerate(lines):
        if line.cuts_in and turns:
            above = turns[-1]
            at_s = max((above.start_s or 0.0) + 0.2, (above.end_s or 0.0) - _CUT_IN_S)
        at_s += line.silence_s
        words = []
        for text in _text(line).split():
            seconds = max(0.14, len(text) / _LETTERS_PER_S)
            words.append(
                Word(
                    text=text, start_s=round(at_s, 3), end_s=round(at_s + seconds, 3),
                    probability=1.0,
                )
            )  # fmt: skip
            at_s += seconds + (0.32 if text[-1] in ".?!…" else 0.06 if text[-1] in ",:;" else 0.015)
        turns.append(
            Turn(
                index=index, speaker=line.speaker, text=" ".join(one.text for one in words),
                start_s=words[0].start_s, end_s=words[-1].end_s, words=tuple(words),
                language="fr", confidence=1.0,
            )
        )  # fmt: skip
        at_s = words[-1].end_s + _PAUSE_S
    return tuple(turns)


def _written(script: Script) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    at_s = 0.0
    slow = script.channel in ("email", "letter")
    for index, line in enumerate(script.lines):
        text = _text(line)
        if index:
            at_s += line.silence_s + (
                3.4 * 3600 if slow else _BETWEEN_MESSAGES_S + len(text) / _LETTERS_TYPED_PER_S
            )
        turns.append(
            Turn(
                index=index, speaker=line.speaker, text=text, language="fr",
                at=_BEGINS + timedelta(seconds=round(at_s)),
            )
        )  # fmt: skip
    return tuple(turns)


def _text(line: Line) -> str:
    return line.text.replace("{agent}", AGENT).replace("{client}", CUSTOMER)
