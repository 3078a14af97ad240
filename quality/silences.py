"""Silences and holds: when nobody talks, and whether the customer was told why."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, Speaker, Turn
from quality.intervals import gaps, merge
from quality.moments import quote, time_at
from quality.phrases import load_lexicon
from quality.spurts import Spurt, span_s
from quality.texts import Text

LISTED_SILENCE_S = 3.0
"""Seconds; shorter silences are summed but not listed."""

LONG_SILENCE_S = 10.0
"""Seconds; a longer silence must have been announced."""

_ANNOUNCED_WITHIN_S = 15.0
_THANKED_WITHIN_S = 15.0
_HOLD_MAX_S = 300.0


class Silence(BaseModel):
    """A stretch in which nobody talks.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        announced_by: What the agent said in the 15 s before to announce it; None if nothing.
        ended_by: Who spoke next; None at the end of the recording.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    announced_by: Evidence | None = None
    ended_by: Speaker | None = None

    @property
    def length_s(self) -> float:
        """Seconds."""
        return span_s(self.start_s, self.end_s)

    @property
    def is_long(self) -> bool:
        """Whether it lasts more than :data:`LONG_SILENCE_S`."""
        return self.length_s > LONG_SILENCE_S


class Hold(BaseModel):
    """A time in which the agent made the customer wait.

    Either a silence after words that ask to wait ("restez en ligne") or before thanks for it; or
    one of more than 10 s that was announced in any way ("je vérifie"), or that the agent, or a
    customer asking whether anybody is there, ended; or a wait that was asked for and closed with
    thanks, silent or not.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        silence_s: Seconds of it in which nobody talked.
        announced_by: What the agent said to announce it; None if it was not announced.
        thanked_by: What the agent said to thank for the wait; None if nothing.
        reason: The agent's words that gave the reason; None if none was given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    silence_s: float = Field(ge=0)
    announced_by: Evidence | None = None
    thanked_by: Evidence | None = None
    reason: Evidence | None = None

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class _Said:
    """A phrase at its time."""

    start_s: float
    end_s: float
    evidence: Evidence


class WaitFinder:
    """Finds silences and holds in one spoken conversation.

    Args:
        conversation: A spoken conversation.
        spurts: Its talk spurts.
        duration_s: Seconds; silences reach from 0 to here.
        language: Primary tag of the words; None for the conversation's.
    """

    def __init__(
        self,
        conversation: Conversation,
        spurts: list[Spurt],
        duration_s: float,
        *,
        language: str | None = None,
    ) -> None:
        self._spurts = spurts
        self._duration_s = duration_s
        self._lexicon = load_lexicon(language or conversation.language)
        agent = self._read(conversation, "agent")
        self._hold_words = self._said(agent, "hold_announcement")
        self._search_words = self._said(agent, "search_announcement")
        self._thanks = self._said(agent, "wait_thanks")
        self._reasons = self._said(agent, "wait_reason")
        self._still_there = self._said(self._read(conversation, "customer"), "still_there")

    def _read(self, conversation: Conversation, speaker: Speaker) -> list[tuple[Turn, Text]]:
        if self._lexicon is None:
            return []
        turns = list(conversation.turns_of(speaker))
        return list(zip(turns, self._lexicon.read(turn.text for turn in turns), strict=True))

    def _said(self, turns: list[tuple[Turn, Text]], name: str) -> list[_Said]:
        if self._lexicon is None:
            return []
        found: list[_Said] = []
        for turn, text in turns:
            for span in self._lexicon.find(text, name):
                start_s = time_at(turn, span.start)
                end_s = quote(turn, span.start, span.end).end_s
                if start_s is not None and end_s is not None:
                    evidence = quote(turn, *text.clause(span.start, span.end))
                    found.append(_Said(start_s, max(start_s, end_s), evidence))
        return sorted(found, key=lambda said: said.start_s)

    def silences(self) -> list[Silence]:
        """Find the silences of :data:`LISTED_SILENCE_S` and more, in order."""
        talk = merge(spurt.interval for spurt in self._spurts)
        found = []
        for start_s, end_s in gaps(talk, start_s=0.0, end_s=self._duration_s):
            if span_s(start_s, end_s) < LISTED_SILENCE_S:
                continue
            announced = self._before(self._hold_words, start_s) or self._before(
                self._search_words, start_s
            )
            after = next((s.speaker for s in self._spurts if s.start_s >= end_s), None)
            found.append(
                Silence(
                    start_s=start_s,
                    end_s=end_s,
                    announced_by=announced.evidence if announced else None,
                    ended_by=after,
                )
            )
        return found

    def holds(self) -> list[Hold]:
        """Find the holds, in order."""
        found: list[Hold] = []
        for silence in self.silences():
            if self._is_hold(silence):
                self._add(found, silence)
        for said in self._hold_words:
            if any(hold.announced_by == said.evidence for hold in found):
                continue
            thanks = self._first(self._thanks, said.end_s, said.end_s + _HOLD_MAX_S)
            taken = any(said.start_s < h.end_s and h.start_s < said.end_s for h in found)
            again = thanks and self._first(self._hold_words, said.end_s, thanks.start_s)
            if thanks is None or taken or again or self._thanked(found, thanks):
                continue
            found.append(self._spoken_hold(said, thanks))
        return sorted(found, key=lambda hold: hold.start_s)

    def _is_hold(self, silence: Silence) -> bool:
        if silence.start_s <= 0 or silence.ended_by is None:
            return False
        asked_to_wait = any(said.evidence == silence.announced_by for said in self._hold_words)
        if asked_to_wait or self._thanks_after(silence.end_s) is not None:
            return True
        by_customer = self._first(self._still_there, silence.end_s - 1, silence.end_s + 5)
        agents_own = silence.ended_by == "agent" or silence.announced_by is not None
        return silence.is_long and (agents_own or by_customer is not None)

    def _add(self, found: list[Hold], silence: Silence) -> None:
        """Add a silence as a hold, or to the hold that the same words announced."""
        thanks = self._thanks_after(silence.end_s)
        last = found[-1] if found else None
        same = last is not None and (
            silence.announced_by is not None
            and last.announced_by == silence.announced_by
            and last.thanked_by is None
        )
        if last is not None and same:
            found[-1] = last.model_copy(
                update={
                    "end_s": silence.end_s,
                    "silence_s": last.silence_s + silence.length_s,
                    "thanked_by": thanks.evidence if thanks else None,
                }
            )
            return
        found.append(
            Hold(
                start_s=silence.start_s,
                end_s=silence.end_s,
                silence_s=silence.length_s,
                announced_by=silence.announced_by,
                thanked_by=thanks.evidence if thanks else None,
                reason=self._reason_before(silence.start_s),
            )
        )

    def _spoken_hold(self, said: _Said, thanks: _Said) -> Hold:
        end_s = max(said.end_s, thanks.start_s)
        talk = merge(spurt.interval for spurt in self._spurts)
        quiet = gaps(talk, start_s=said.end_s, end_s=end_s)
        return Hold(
            start_s=said.end_s,
            end_s=end_s,
            silence_s=sum(end - start for start, end in quiet),
            announced_by=said.evidence,
            thanked_by=thanks.evidence,
            reason=self._reason_before(said.end_s),
        )

    def _thanks_after(self, end_s: float) -> _Said | None:
        return self._first(self._thanks, end_s - 1, end_s + _THANKED_WITHIN_S)

    @staticmethod
    def _thanked(found: list[Hold], thanks: _Said) -> bool:
        return any(hold.thanked_by == thanks.evidence for hold in found)

    def _reason_before(self, start_s: float) -> Evidence | None:
        said = self._first(self._reasons, start_s - _ANNOUNCED_WITHIN_S, start_s + 1)
        return said.evidence if said else None

    @staticmethod
    def _before(said: list[_Said], start_s: float) -> _Said | None:
        """Return the last of the phrases in the seconds before a time."""
        window = [
            s for s in said if start_s - _ANNOUNCED_WITHIN_S <= s.end_s and s.start_s < start_s
        ]
        return window[-1] if window else None

    @staticmethod
    def _first(said: list[_Said], start_s: float, end_s: float) -> _Said | None:
        return next((one for one in said if start_s <= one.start_s <= end_s), None)
