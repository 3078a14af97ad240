"""Card data out of what is being said, before it is sent to anybody or written anywhere.

A number that is dictated in groups, each an utterance of its own, is only recognised when enough of
it was said. Until then, digits with which a turn ends and that could begin a card number are
hidden, and their sound is not written; when the next words show that they are something else, they
are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from conversation import Channel, Conversation, Speaker, Turn, Word
from nlu.redaction import CARD_TYPES, KNOWN_TYPES, RedactionPolicy, find_placeholders
from quality.phrases import LANGUAGES, load_lexicon
from quality.texts import fold
from serving.live.turns import spoken_language
from serving.redacting import redact_text, spans_to_silence

HIDDEN = "[…]"
"""Stands for digits of which it is not known yet what they are."""

WAITING_S = 15.0
"""After so much time without another digit, digits were no card number; longer than anybody takes
to look for the next group on a card."""

_WINDOW = 12
_LONGEST_CARD = 19
_FEWEST_DIGITS = 3
_MOST_OPEN_NUMBERS = 3
_LAST_DIGITS = re.compile(r"\d[\d\s,.;:/–-]*$")
_FIRST_DIGITS = re.compile(r"^[\W_]*(?:\w+\W+){0,3}?\d", re.UNICODE)
_NUMBERING = re.compile(r"_\d{1,4}\]")
_TOKEN = re.compile(r"\[[^\]\s]*\]|[^\s]+")
_EDGES = " \t\n.,;:!?…-–'’\"«»()"


@dataclass(frozen=True)
class Shown:
    """A turn as it may be shown and written now.

    Attributes:
        turn: Redacted; its index is the number of the turn in the session.
        is_open: Digits are hidden until it is known what they are.
    """

    turn: Turn
    is_open: bool


@dataclass
class _Known:
    raw: Turn
    at_s: float
    shown: Shown | None = None
    could_be_card: bool = True


class LiveRedactor:
    """Redacts the turns of one session as they come. Not safe to use from several threads.

    It holds what was really said in the last turns, in memory only.

    Args:
        policy: What is redacted; card data is whatever it says.
        channel: How the contact comes.
        language: Primary tag; None: found from what is said.
    """

    def __init__(
        self, policy: RedactionPolicy, *, channel: Channel, language: str | None = None
    ) -> None:
        self._policy = policy
        self._channel: Channel = channel
        self._language = language
        self._only_cards = all(
            policy.action(kind) == "keep" for kind in KNOWN_TYPES if kind not in CARD_TYPES
        )
        self._window: list[_Known] = []
        self._used: dict[str, None] = {}
        self.spans_s: list[tuple[float, float]] = []
        """Stretches of the sound to be silenced, of all turns so far."""

    def hear(self, turn: Turn, at_s: float) -> list[Shown]:
        """Take the next turn.

        Args:
            turn: As it was said.
            at_s: Now, on a clock that never goes back.

        Returns:
            This turn as it may be shown, first; then earlier ones that are now shown otherwise.
        """
        known = _Known(turn, at_s)
        for earlier in self._window:
            if earlier.raw.speaker == turn.speaker and not _FIRST_DIGITS.match(turn.text):
                earlier.could_be_card = False
        self._window.append(known)
        changed = self._look(at_s)
        while len(self._window) > _WINDOW:
            gone = self._window.pop(0)
            if gone.shown is not None:
                marks = find_placeholders(gone.shown.turn.text)
                text = gone.shown.turn.text
                self._used |= {text[mark.start : mark.end]: None for mark in marks}
        if known.shown is None:
            return changed
        return [known.shown, *(one for one in changed if one is not known.shown)]

    def settle(self, at_s: float, *, everything: bool = False) -> list[Shown]:
        """Let time pass.

        Args:
            at_s: Now.
            everything: Nothing more will be said.

        Returns:
            Turns that are now shown otherwise.
        """
        waiting = [one for one in self._window if one.shown is not None and one.shown.is_open]
        due = [one for one in waiting if everything or at_s - one.at_s >= WAITING_S]
        if not due:
            return []
        for one in due:
            one.could_be_card = False
        return self._look(at_s)

    @property
    def open_from_s(self) -> float | None:
        """Start of the first turn with hidden digits, seconds; None where there is none."""
        starts = [
            one.raw.start_s or 0.0
            for one in self._window
            if one.shown is not None and one.shown.is_open
        ]
        return min(starts, default=None)

    def partial(self, text: str, speaker: Speaker) -> str:
        """Redact what somebody is saying.

        Args:
            text: So far.
            speaker: Who.
        """
        if self._only_cards and not any(map(_is_number, _TOKEN.findall(text))):
            return text  # the most frequent case by far, several times a second
        turn = Turn(index=0, speaker=speaker, text=text)
        said = [one.raw for one in self._window]
        plain = [one.model_copy(update={"words": ()}) for one in said]
        redacted, _ = self._redact([*plain, turn])
        return _without_long_numbers(redacted[-1].text)

    def _look(self, at_s: float) -> list[Shown]:
        order = sorted(range(len(self._window)), key=self._start)
        turns, spans_s = self._redact([self._window[place].raw for place in order])
        self._note(spans_s)
        changed = []
        for place, turn in zip(order, turns, strict=True):
            known = self._window[place]
            shown = self._shown(known, turn)
            before = known.shown
            if before is not None and _same(before.turn.text, shown.turn.text):
                shown = Shown(before.turn, is_open=shown.is_open)
            elif before is not None or known.at_s != at_s:
                changed.append(shown)
            known.shown = shown
        return sorted(changed, key=lambda one: one.turn.index)

    def _start(self, place: int) -> tuple[float, int]:
        raw = self._window[place].raw
        return (raw.start_s or 0.0, raw.index)

    def _redact(self, turns: list[Turn]) -> tuple[list[Turn], list[tuple[float, float]]]:
        language = self._language or spoken_language(turns)
        used = Turn(index=0, speaker="system", text=" ".join(self._used))
        numbered = [turn.model_copy(update={"index": at}) for at, turn in enumerate(turns, start=1)]
        conversation = Conversation(
            id="live",
            channel=self._channel,
            language=language,
            turns=_in_order([used, *numbered]),
        )  # fmt: skip
        redacted = redact_text(conversation, self._policy, language=language).conversation
        timed = redacted.model_copy(
            update={"turns": tuple(turn for turn in redacted.turns[1:] if turn.start_s is not None)}
        )
        spans_s = [(span.start_s, span.end_s) for span in spans_to_silence(timed)]
        return [
            turn.model_copy(update={"index": raw.index})
            for turn, raw in zip(redacted.turns[1:], turns, strict=True)
        ], spans_s

    def _note(self, spans_s: list[tuple[float, float]]) -> None:
        self.spans_s += [span for span in spans_s if span not in self.spans_s]

    def _shown(self, known: _Known, turn: Turn) -> Shown:
        if not known.could_be_card:
            return Shown(turn, is_open=False)
        run = _LAST_DIGITS.search(turn.text.rstrip(_EDGES))
        if run is None:
            known.could_be_card = bool(find_placeholders(turn.text))
            return Shown(turn, is_open=False)
        digits = self._digits_before(known) + re.sub(r"\D", "", run[0])
        if not (_FEWEST_DIGITS <= len(digits) <= _LONGEST_CARD and digits[0] in "23456"):
            return Shown(turn, is_open=False)
        return Shown(_hiding(turn, run.start()), is_open=True)

    def _digits_before(self, known: _Known) -> str:
        """Return the digits that the same speaker said just before, and that are hidden."""
        digits = ""
        for other in reversed(self._window[: self._window.index(known)]):
            if other.raw.speaker != known.raw.speaker:
                continue
            run = _LAST_DIGITS.search(other.raw.text.rstrip(_EDGES))
            if run is None or other.shown is None or not other.shown.is_open:
                break
            digits = re.sub(r"\D", "", run[0]) + digits
        return digits


def _in_order(turns: list[Turn]) -> tuple[Turn, ...]:
    """Return turns without times where they do not all run forward."""
    starts = [turn.start_s for turn in turns if turn.start_s is not None]
    if starts == sorted(starts):
        return tuple(turns)
    return tuple(
        turn.model_copy(update={"start_s": None, "end_s": None, "words": ()}) for turn in turns
    )


def _same(text: str, other: str) -> bool:
    """Tell whether texts are the same but for the numbers of their placeholders."""
    return _NUMBERING.sub("]", text) == _NUMBERING.sub("]", other)


def _hiding(turn: Turn, start: int) -> Turn:
    """Return a turn whose digits at the end are hidden."""
    kept = turn.text[:start].rstrip()
    left = len(re.findall(r"\S+", kept))
    hidden = Word(
        text=HIDDEN,
        start_s=turn.words[left].start_s,
        end_s=turn.words[-1].end_s,
        probability=turn.words[-1].probability,
    ) if left < len(turn.words) else None  # fmt: skip
    return turn.model_copy(
        update={
            "text": f"{kept} {HIDDEN}".strip(),
            "words": (*turn.words[:left], hidden) if hidden is not None else (),
        }
    )


def _without_long_numbers(text: str) -> str:
    """Hide stretches of numbers, in figures or words, that could be part of a card number."""
    shown: list[str] = []
    stretch: list[str] = []

    def end() -> None:
        digits = sum(map(str.isdecimal, "".join(stretch)))
        goes_on = bool(stretch and shown and find_placeholders(shown[-1]))
        if goes_on or max(digits, len(stretch)) > _MOST_OPEN_NUMBERS:
            shown.append(HIDDEN)
        else:
            shown.extend(stretch)
        stretch.clear()

    for token in _TOKEN.findall(text):
        if _is_number(token):
            stretch.append(token)
            continue
        end()
        shown.append(token)
    end()
    return " ".join(shown)


def _is_number(token: str) -> bool:
    if token.startswith("["):
        return False
    parts = [part for part in re.split(r"[-–]", token.strip(_EDGES)) if part]
    return bool(parts) and all(
        any(map(str.isdecimal, part)) or fold(part) in _number_words() for part in parts
    )


@cache
def _number_words() -> frozenset[str]:
    lexicons = [load_lexicon(language) for language in LANGUAGES]
    return frozenset().union(*(one.numbers for one in lexicons if one is not None)) | {"et", "and"}
