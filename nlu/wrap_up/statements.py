"""What each part of a conversation contributes to a note."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from conversation import Conversation, Turn
from nlu.commitments import Commitment
from nlu.commitments.clauses import Clause, clauses_of
from nlu.entities import Entity
from nlu.entities.finding import evidence_at
from nlu.entities.written_text import fold
from nlu.wrap_up import cues
from nlu.wrap_up.condensing import condense
from nlu.wrap_up.facts import stems_in, unsupported_facts
from nlu.wrap_up.numbers_kept_out import holds_card_number
from nlu.wrap_up.promises import statements_of_promises, statements_of_references
from nlu.wrap_up.sections import answered, section_of
from nlu.wrap_up.statement import Source, Statement, count_words, stems_of
from nlu.wrap_up.worth import worth_of

LONGEST = 30
"""Words of a statement that is one clause; a longer one is left out."""

MOST_WORDS = 20
"""Of one statement; a longer sentence gives its best run of clauses."""
_LEAST_WORDS = 3
_SHARE_OF_PART = 0.7  # of its worth, so that a part comes after the whole
_JOINT_WORDS = 2  # between two clauses: ", et", "and then"
_LEAST_CLAUSE_WORDS = 2
_LEAST_STEMS = 2  # content words of a clause beside others; "c'est parfait" has one
_NOUN = re.compile(r"\b(?:une?|des|an?|some)\b")
_CUED = {
    language: re.compile(
        "|".join(
            cue[language].pattern for cue in (cues.PROBLEM, cues.DONE, cues.NEXT, cues.REQUEST)
        )
    )
    for language in ("fr", "en")
}


def statements_of(
    conversation: Conversation,
    *,
    entities: Sequence[Entity],
    commitments: Sequence[Commitment],
    language: str,
) -> list[Statement]:
    """Find everything that a note may hold.

    Args:
        conversation: With customer's turns.
        entities: Of the conversation.
        commitments: Of the conversation.
        language: ``fr`` or ``en``.
    """
    promised: dict[int, list[str]] = {}
    for commitment in commitments:
        promised.setdefault(commitment.turn_index, []).append(commitment.text)
    source = Source(conversation, entities, promised, language)
    statements = [
        statement
        for turn in conversation.turns
        if turn.text.strip()
        for statement in _of_turn(source, turn)
    ]
    statements += statements_of_promises(source, commitments)
    statements += statements_of_references(source)
    return statements


def _of_turn(source: Source, turn: Turn) -> Iterator[Statement]:
    sentences: dict[int, list[Clause]] = {}
    for clause in clauses_of(turn.text, source.language):
        sentences.setdefault(clause.sentence, []).append(clause)
    for clauses in sentences.values():
        for run in _runs(source, turn, clauses):
            yield from _statement(source, turn, run)
            if len(run) > 1:  # where the whole does not fit, a part may
                for clause in run:
                    for one in _statement(source, turn, [clause]):
                        yield replace(one, worth=one.worth * _SHARE_OF_PART)


def _runs(source: Source, turn: Turn, clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Yield a sentence's clauses that carry something, in parts no longer than a statement."""
    language = source.language
    is_recap = _is_recap(turn, clauses, language)
    if turn.speaker in ("agent", "bot") and cues.GREETING[language].search(fold(turn.text)):
        clauses = [one for one in clauses if not cues.GREETING[language].search(fold(one.text))]
    run: list[Clause] = []
    for clause in clauses:
        short = fold(condense(clause.text, language, impersonal=False))
        has_facts = bool(source.kinds_in(turn, clause.text))
        is_filler = (
            len(clauses) > 1
            and not has_facts
            and len(stems_in(short, language)) < _LEAST_STEMS
            and not _CUED[language].search(short)
            and not _NOUN.search(short)
        )
        is_empty = is_filler or (
            count_words(short) < _LEAST_CLAUSE_WORDS
            or (cues.SMALL_TALK[language].search(short) and not has_facts)
            or cues.MOOD[language].search(short)
            or (not is_recap and _is_promised(source, turn, clause))
        )
        if is_empty:
            continue
        if run and sum(count_words(one.text) for one in [*run, clause]) > MOST_WORDS:
            yield run
            run = []
        run.append(clause)
    if run:
        yield run


def _is_recap(turn: Turn, clauses: Sequence[Clause], language: str) -> bool:
    """Say whether an agent's sentence, "je récapitule : …", sums up what was agreed."""
    if turn.speaker not in ("agent", "bot") or clauses[-1].is_question:
        return False
    sentences = {one.sentence for one in clauses}
    whole = " ".join(
        one.text for one in clauses_of(turn.text, language) if one.sentence in sentences
    )
    return bool(cues.RECAP[language].search(fold(whole)))


def _is_promised(source: Source, turn: Turn, clause: Clause) -> bool:
    return any(
        quote in clause.text or clause.text in quote
        for quote in source.promised.get(turn.index, ())
    )


def _pieces(turn: Turn, run: Sequence[Clause]) -> list[tuple[int, int]]:
    """Return the spans of a run: neighbouring clauses are one, with what stands between them."""
    spans: list[tuple[int, int]] = []
    for clause in run:
        if spans and count_words(turn.text[spans[-1][1] : clause.start]) <= _JOINT_WORDS:
            spans[-1] = (spans[-1][0], clause.end)
        else:
            spans.append((clause.start, clause.end))
    return spans


def _statement(source: Source, turn: Turn, run: Sequence[Clause]) -> Iterator[Statement]:
    language = source.language
    spans = _pieces(turn, run)
    raw = " ".join(turn.text[start:end] for start, end in spans)
    folded = fold(raw)
    section = section_of(source, turn, run, folded)
    if section in ("established", "done") and _is_recap(turn, run, language):
        section = "agreed"
    if section is None or holds_card_number(raw):
        return
    if turn.speaker == "bot" and not source.kinds_in(turn, raw):
        return  # its set phrases: nobody looked, did or promised anything
    is_customer = turn.speaker == "customer"
    text = _condensed(turn, run, language, impersonal=not is_customer)
    evidence = [evidence_at(turn, start, end) for start, end in spans]
    if run[-1].is_question and not is_customer:
        said_and_answer = answered(source, turn)
        if said_and_answer is None:
            return
        said, answer = said_and_answer
        evidence.append(said)
        if answer:
            text = f"« {text} ? » {answer}" if language == "fr" else f"“{text}?” {answer}"
    if not _LEAST_WORDS <= count_words(text) <= LONGEST:
        return
    cited = [source.conversation.turns[one.turn_index].text for one in evidence]
    if len(evidence) == len(spans) and unsupported_facts(text, cited, language):
        return
    is_question = run[-1].is_question or bool(cues.ASKING[language].search(folded))
    worth = worth_of(source, turn, raw, section, is_question=is_question)
    if worth > 0:
        yield Statement(
            section=section,
            text=text,
            evidence=tuple(evidence),
            worth=worth,
            stems=stems_of(text, language),
            turn_index=turn.index,
            place=run[0].start,
            is_quote=is_customer,
        )


def _condensed(turn: Turn, run: Sequence[Clause], language: str, *, impersonal: bool) -> str:
    """Shorten clause by clause, and join them with the words that joined them."""
    text, end = "", run[0].start
    is_answered = run[-1].is_question and impersonal
    for clause in run:
        short = condense(clause.text, language, impersonal=impersonal and not is_answered)
        if short and text:
            between = turn.text[end : clause.start].strip()
            joint = f" {between} " if 0 < count_words(between) <= _JOINT_WORDS else ", "
            if between in (":", ";") and language == "en":
                joint = f"{between} "
            text += joint.replace(" , ", ", ").replace(" ,", ",")
        text += short
        end = clause.end
    return re.sub(r"\s+", " ", text)
