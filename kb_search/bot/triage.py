"""What a message calls for: a person, an answer, or a word about the last one."""

from __future__ import annotations

from kb_search.bot import cues
from kb_search.bot.acts import Acts
from kb_search.bot.packet import TriedStep, Trigger
from kb_search.bot.reading import MessageReading
from kb_search.words import LANGUAGES, content_words

_SHORT_WORDS = 12  # a longer message says something of its own
_SUBJECT_WORDS = 2


def needs_person(acts: Acts, reading: MessageReading) -> Trigger | None:
    """Return why a person must take over, the most pressing reason first."""
    if reading.danger is not None:
        return "urgent"
    if acts.person:
        return "asked"
    if reading.vulnerable:
        return "vulnerable"
    if acts.disputes_end:
        return "cancellation_dispute"
    if reading.complaint and not is_about_the_bot(acts):
        return "cancellation_dispute" if reading.cancellation else "complaint"
    if acts.advice:
        return "advice"
    if acts.own_account and not acts.other_person:
        return "account"
    return None


def asks_beside_person(acts: Acts) -> bool:
    """Whether a message that asks for a person says what it is about."""
    rest = cues.ASKS_PERSON.sub(" ", acts.folded)
    return len(content_words(rest, LANGUAGES)) >= _SUBJECT_WORDS


def is_about_the_bot(acts: Acts) -> bool:
    """Whether discontent is with the bot: insults, orders to it, an answer that did not help."""
    short = len(acts.folded.split()) <= _SHORT_WORDS
    return acts.injection or acts.other_person or (short and (acts.abuse or acts.unhelped))


def agrees(acts: Acts) -> bool:
    """Whether somebody wants what was offered, rather than thanks for the offer."""
    return bool(cues.AGREES.search(acts.folded)) and (
        not acts.thanks or bool(cues.SAYS_YES.search(acts.folded))
    )


def is_content(acts: Acts) -> bool:
    """Whether nothing is said but thanks, that all is well or that the problem is solved."""
    short = len(acts.folded.split()) <= _SHORT_WORDS
    return ((acts.thanks or acts.all_done) and not acts.asks_something) or (acts.solved and short)


def says_unhelped(acts: Acts, steps: tuple[TriedStep, ...]) -> bool:
    """Whether a message is about the last answer rather than a new question."""
    return acts.unhelped and bool(steps) and len(acts.folded.split()) <= _SHORT_WORDS
