"""Rewriting a note with a language model, and keeping only what the conversation supports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from conversation import Conversation, Evidence, Turn
from conversation.errors import EntenduError
from nlu.wrap_up.facts import unsupported_facts
from nlu.wrap_up.note import MAX_WORDS, NOTE_SECTIONS, NoteSection, NoteSentence, WrapUpNote
from nlu.wrap_up.numbers_kept_out import holds_card_number, without_card_numbers


@dataclass(frozen=True)
class RewriteRequest:
    """What a rewriter is given.

    Attributes:
        note: The extractive note.
        turns: Number, speaker and text of the turns that may be cited, card numbers removed.
        language: ``fr`` or ``en``.
        max_words: Of the whole answer.
    """

    note: WrapUpNote
    turns: tuple[tuple[int, str, str], ...]
    language: str
    max_words: int = MAX_WORDS


@dataclass(frozen=True)
class RewrittenSentence:
    """One sentence of an answer.

    Attributes:
        text: The sentence.
        turns: Numbers of the turns that it cites.
    """

    text: str
    turns: tuple[int, ...]


class Rewriter(Protocol):
    """Rewrites notes; any language model behind whatever interface."""

    def rewrite(self, request: RewriteRequest) -> Sequence[RewrittenSentence]:
        """Rewrite a note.

        Raises:
            EntenduError: No usable answer came; the extractive note is kept.
        """


def rewrite_note(note: WrapUpNote, conversation: Conversation, rewriter: Rewriter) -> WrapUpNote:
    """Have a note rewritten, and check every sentence of the answer.

    A sentence is dropped when it cites no turn of those it was given, when a number, name, day or
    negation in it is not in the turns it cites, when it holds a card number, a mood or a
    judgement, or when the note would exceed 80 words with it.

    Args:
        note: The extractive note.
        conversation: That it sums up.
        rewriter: The language model.

    Returns:
        The rewritten note; the given one, with ``not_rewritten`` saying why, where the rewriter
        fails or none of its sentences holds.
    """
    request = RewriteRequest(
        note=note,
        turns=tuple(
            (turn.index, turn.speaker, without_card_numbers(turn.text))
            for turn in conversation.turns
            if turn.text.strip()
        ),
        language=note.language,
    )
    try:
        answer = rewriter.rewrite(request)
    except EntenduError as error:
        return note.model_copy(update={"not_rewritten": error.message})
    kept: list[NoteSentence] = []
    words = 0
    for one in answer:
        sentence = _checked(one, note, conversation)
        if sentence is None or words + len(sentence.text.split()) > MAX_WORDS:
            continue
        if any(sentence.text == other.text for other in kept):
            continue
        kept.append(sentence)
        words += len(sentence.text.split())
    if not kept:
        return note.model_copy(
            update={
                "not_rewritten": f"none of the {len(answer)} sentences of the answer is supported "
                "by the turns it cites"
            }
        )
    return WrapUpNote(language=note.language, sentences=tuple(kept), origin="rewritten")


def _checked(
    one: RewrittenSentence, note: WrapUpNote, conversation: Conversation
) -> NoteSentence | None:
    text = " ".join(one.text.split())
    numbers = tuple(dict.fromkeys(one.turns))
    if not text or not numbers or any(not 0 <= n < len(conversation.turns) for n in numbers):
        return None
    turns = [conversation.turns[number] for number in numbers]
    turns = [turn for turn in turns if turn.text.strip()]
    if not turns or holds_card_number(text):
        return None
    if unsupported_facts(text, [turn.text for turn in turns], note.language):
        return None
    return NoteSentence(
        section=_section_of(text, turns, note),
        text=text,
        evidence=tuple(_evidence(turn, note) for turn in turns),
    )


def _evidence(turn: Turn, note: WrapUpNote) -> Evidence:
    """Return the extractive note's quote of a turn, the whole turn where it has none."""
    for sentence in note.sentences:
        for evidence in sentence.evidence:
            if evidence.turn_index == turn.index:
                return evidence
    return Evidence.from_turn(turn, turn.text.strip())


def _section_of(text: str, turns: Sequence[Turn], note: WrapUpNote) -> NoteSection:
    """Return the section that its own heading names, or that most of its turns had."""
    lowered = text.casefold()
    for sentence in note.sentences:
        first = sentence.text.split()[0].rstrip(":").casefold()
        if lowered.startswith(first):
            return sentence.section
    cited = {turn.index for turn in turns}
    shared = {
        section: sum(
            evidence.turn_index in cited
            for sentence in note.sentences
            if sentence.section == section
            for evidence in sentence.evidence
        )
        for section in NOTE_SECTIONS
    }
    best = max(shared, key=lambda section: shared[section])
    return best if shared[best] else "established"
