"""From a customer's message to questions that a knowledge base can answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb_search.answers import Answer, Citation
from kb_search.bot import cues
from kb_search.bot.acts import is_safe, leans_on_topic, safe_parts
from kb_search.bot.policy import CUSTOMERS_MAY_SEE, MAX_QUESTIONS
from kb_search.bot.reading import Knowledge, MessageReading
from kb_search.words import LANGUAGES, content_words, fold, guess_language, query_stems

WHOLE_UP_TO_WORDS = 40
"""Up to so many words a message with one question is also asked as a whole: what stands around
the question says what it is about."""

CLAUSE_FROM_WORDS = 4
"""A clause that asks and has as many words is also asked by itself."""

MAY_LEAN_UP_TO_WORDS = 4
"""A question of no more content words is asked together with the one before it, where it finds
no answer alone."""

MEANS_SOMETHING_FROM_WORDS = 2
"""A question that leans and has as many content words is asked alone as well."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the customer with its answer.

    Attributes:
        text: In the customer's words.
        answer: Of the knowledge base.
        leaned: Whether it was understood from an earlier question.
    """

    text: str
    answer: Answer
    leaned: bool


_Wording = tuple[str, str]
"""A text to ask, and what was said before it."""


@dataclass(frozen=True, slots=True)
class _Wordings:
    """The ways in which a question is asked.

    Attributes:
        alone: As it stands, or with what stands around it; none where it says little alone.
        clause: Only what asks in it, where there is more.
        leaning: With the question before it; none where there was none, or it needs none.
    """

    alone: tuple[_Wording, ...]
    clause: tuple[_Wording, ...]
    leaning: tuple[_Wording, ...]


def questions_of(text: str, reading: MessageReading) -> tuple[str, ...]:
    """Return what a message asks, each in the customer's words.

    Where no question is found in it, the message as a whole is one.

    Args:
        text: The message, as it was written.
        reading: What was read in it.
    """
    safe = safe_parts(text)
    found = tuple(question for question in reading.questions if is_safe(question))
    if len(found) > 1:
        found = tuple(q for q in found if content_words(q, LANGUAGES)) or found[:1]
    if found:
        return found
    return (safe,) if any(letter.isalnum() for letter in safe) else ()


def ask(
    questions: Sequence[str],
    *,
    message: str,
    topic: str | None,
    document: str | None,
    knowledge: Knowledge,
) -> list[Asked]:
    """Ask a knowledge base what a customer wants to know; everything in one pass.

    A question that can only be understood from an earlier one is asked together with it. Such an
    answer counts only where it holds a word of the question itself: with the earlier question in
    front, a base finds the earlier article for anything.

    Args:
        questions: From :func:`questions_of`; at most :data:`MAX_QUESTIONS` are asked.
        message: The message that holds them.
        topic: The last question that stands by itself; None when there was none.
        document: That the last answer came from; what leans is likeliest to stay there.
        knowledge: What answers; only what customers may see.
    """
    taken = list(questions[:MAX_QUESTIONS])
    ways = _ways(taken, safe_parts(message), topic)
    wordings = list(
        dict.fromkeys(each for way in ways for each in (*way.alone, *way.clause, *way.leaning))
    )
    found = knowledge.answer_many(
        [text for text, _ in wordings],
        contexts=[before for _, before in wordings],
        filters=CUSTOMERS_MAY_SEE,
    )
    answers = dict(zip(wordings, found, strict=True))
    return [
        _choose(question, way, answers, document) for question, way in zip(taken, ways, strict=True)
    ]


def _ways(questions: Sequence[str], whole: str, topic: str | None) -> list[_Wordings]:
    ways: list[_Wordings] = []
    before = topic
    for question in questions:
        n_words = len(content_words(question, LANGUAGES))
        leaning: tuple[_Wording, ...] = ()
        if before is not None and n_words <= MAY_LEAN_UP_TO_WORDS:
            leaning = ((f"{before} {question}", ""), (question, before))
        if leaning and leans_on_topic(question):
            if n_words >= MEANS_SOMETHING_FROM_WORDS:
                leaning = (*leaning, (question, ""))
            ways.append(_Wordings((), (), leaning))
            continue
        texts = [question]
        if len(questions) == 1 and len(whole.split()) <= WHOLE_UP_TO_WORDS:
            texts.append(whole)
        alone = tuple((text, "") for text in dict.fromkeys(texts))
        clause = _asking_clause(question)
        ways.append(_Wordings(alone, ((clause, ""),) if clause != question else (), leaning))
        before = question
    return ways


def _choose(
    question: str,
    way: _Wordings,
    answers: Mapping[_Wording, Answer],
    document: str | None,
) -> Asked:
    """Return the surest answer: alone where there is one, else with the earlier question."""
    alone = _surest([answers[wording] for wording in way.alone])
    clause = _surest([answers[wording] for wording in way.clause])
    for found in (alone, clause):
        if found is not None and found.outcome != "declined":
            return Asked(question, found, leaned=False)
    leaning = [answers[wording] for wording in way.leaning]
    about = [turned for each in leaning if (turned := _about(each, question)) is not None]
    same = [a for a in about if a.citation is not None and a.citation.document == document]
    best = _surest(same or about)
    if best is not None:
        return Asked(question, best, leaned=True)
    return Asked(question, alone or _declined(question, leaning[0]), leaned=alone is None)


def _surest(answers: Sequence[Answer]) -> Answer | None:
    """Return the surest answer; an answer before a clarification before none."""
    order = {"answered": 2, "clarify": 1, "declined": 0}
    return max(answers, key=lambda a: (order[a.outcome], a.confidence), default=None)


def _about(answer: Answer, question: str) -> Answer | None:
    """Return an answer from the first passage found that is about a question; None if none is."""
    if answer.citation is None:
        return None
    for citation in (answer.citation, *answer.other):
        if _is_about(citation, question):
            if citation is answer.citation:
                return answer
            return answer.model_copy(
                update={
                    "citation": citation,
                    "text": citation.quote,
                    "other": (),
                    "disagreement": False,
                }
            )
    return None


def _is_about(citation: Citation, question: str) -> bool:
    """Whether a passage has a word of the question, as far as its words can be compared.

    A question that only points back ("et pour l'autre ?", "combien ça coûte ?"), or that is in
    another language than the passage, is not held to it.
    """
    words = content_words(question, LANGUAGES)
    if not words or cues.POINTS_BACK.search(fold(question)):
        return True
    if guess_language(question) != guess_language(citation.quote):
        return True
    passage = f"{citation.title} {citation.heading or ''} {citation.quote}"
    held = {stem for forms in query_stems(passage, LANGUAGES) for stem in forms}
    return any(held.intersection(forms) for forms in query_stems(question, LANGUAGES))


def _declined(question: str, found: Answer) -> Answer:
    if found.outcome == "declined":
        return found
    return Answer(
        question=question,
        outcome="declined",
        reason="what was found is about the question before it",
        confidence=found.confidence,
        threshold=found.threshold,
    )


def _asking_clause(text: str) -> str:
    """Return the clause that asks, from its question word on, where it is long enough."""
    folded = fold(text)
    word = cues.QUESTION_WORD.search(folded)
    if word is None or len(folded) != len(text):
        return text
    clause = text[word.start() :]
    return clause if len(re.findall(r"\w+", clause)) >= CLAUSE_FROM_WORDS else text
