"""Changing words of a conversation so that everything else, times included, stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversation import Conversation, Turn, Word


@dataclass(frozen=True)
class Edit:
    """One stretch of a turn's text and what is put there.

    Attributes:
        start: Character offset.
        end: Character offset after it; the start again where something is put in between.
        text: The new text; empty where the stretch is taken out.
    """

    start: int
    end: int
    text: str


def rewrite(conversation: Conversation, edits: Mapping[int, Sequence[Edit]]) -> Conversation:
    """Change turns of a conversation.

    Args:
        conversation: The original, which stays.
        edits: By turn index. Edits that overlap an earlier one are left out; a turn whose text
            would be empty is left as it was.

    Returns:
        The copy: same turns and times. New words share the time of those that they replace.
    """
    turns = [
        _rewritten(turn, edits[turn.index]) if edits.get(turn.index) else turn
        for turn in conversation.turns
    ]
    return conversation.model_copy(update={"turns": tuple(turns)})


def _rewritten(turn: Turn, edits: Sequence[Edit]) -> Turn:
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    kept = [_with_its_space(turn.text, edit) if not edit.text else edit for edit in kept]
    text = _apply(turn.text, kept, 0)
    if not text.strip():
        return turn
    words = _words(turn, kept) if turn.words else ()
    return turn.model_copy(update={"text": text, "words": tuple(words)})


def _with_its_space(text: str, edit: Edit) -> Edit:
    """Take the space after a word out with it, or the one before at the end."""
    if text[edit.end : edit.end + 1] == " ":
        return Edit(edit.start, edit.end + 1, "")
    if edit.start > 0 and text[edit.start - 1] == " ":
        return Edit(edit.start - 1, edit.end, "")
    return edit


def _apply(text: str, edits: Sequence[Edit], offset: int) -> str:
    parts: list[str] = []
    cursor = 0
    for edit in edits:
        start = max(cursor, edit.start - offset)
        parts += [text[cursor:start], edit.text]
        cursor = max(start, edit.end - offset)
    parts.append(text[cursor:])
    return "".join(parts)


def _words(turn: Turn, edits: Sequence[Edit]) -> list[Word]:
    places = _places(turn)
    if places is None:  # the text was written otherwise than it was said: only the turn has times
        return []
    words: list[Word] = []
    waiting = list(edits)
    at = 0
    while at < len(places):
        start, end = places[at]
        last = at
        own: list[Edit] = []
        while waiting and (waiting[0].start < end or waiting[0].end <= end):
            edit = waiting.pop(0)
            own.append(edit)
            while last + 1 < len(places) and places[last + 1][0] < edit.end:
                last += 1
                end = places[last][1]
        group = turn.words[at : last + 1]
        if own:
            stretch_start = min([start, *(edit.start for edit in own)])
            stretch_end = max([end, *(edit.end for edit in own)])
            text = _apply(turn.text[stretch_start:stretch_end], own, stretch_start)
            words += _spread(text.split(), group)
        else:
            words += group
        at = last + 1
    if waiting:  # behind the last word
        tail = " ".join(edit.text for edit in waiting).split()
        words += _spread([*words.pop().text.split(), *tail], turn.words[-1:]) if tail else []
    return words


def _places(turn: Turn) -> list[tuple[int, int]] | None:
    places: list[tuple[int, int]] = []
    cursor = 0
    for word in turn.words:
        found = turn.text.find(word.text, cursor)
        if found < 0:
            return None
        cursor = found + len(word.text)
        places.append((found, cursor))
    return places


def _spread(texts: Sequence[str], group: Sequence[Word]) -> list[Word]:
    """Give new words the time of the old ones, in proportion to their letters."""
    if not texts:
        return []
    if [word.text for word in group] == list(texts):
        return list(group)
    start_s, end_s = group[0].start_s, group[-1].end_s
    total = sum(len(text) for text in texts)
    probability = min(word.probability for word in group)
    words: list[Word] = []
    done = 0
    for text in texts:
        begins = start_s + (end_s - start_s) * done / total
        done += len(text)
        ends = end_s if done == total else start_s + (end_s - start_s) * done / total
        words.append(Word(text=text, start_s=begins, end_s=ends, probability=probability))
    return words
