"""What was wrong with the answer to a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from kb_search.disagreement import disagree, text_stems
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.items import AskedQuestion
from kb_search.gaps.phrases import ASKS_AGAIN
from kb_search.gaps.report import Trouble
from kb_search.gaps.settings import GapSettings
from kb_search.sentences import sentence_spans
from kb_search.words import guess_language

_SAME_WORDS = 0.7
_LEAST_STEMS = 3


def find_troubles(
    questions: Sequence[AskedQuestion],
    answers: Sequence[str],
    *,
    closeness: Closeness,
    said: Closeness,
    settings: GapSettings,
) -> list[frozenset[Trouble]]:
    """Say of each question what was wrong with its answer; nothing where it was good.

    Args:
        questions: Of all conversations.
        answers: What the agent answered to each; empty where there is nothing to quote.
        closeness: Of the questions' texts.
        said: Of these answers and of what the base answered.
        settings: From which confidence an answer is sure, and which questions are the same.
    """
    again = _asked_again(questions, closeness, settings)
    found: list[frozenset[Trouble]] = []
    for number, question in enumerate(questions):
        troubles = _of_answer(question, settings)
        if number in again:
            troubles.add("asked_again")
        if _agent_differs(question, answers[number], said, settings):
            troubles.add("agent_differs")
        found.append(frozenset(troubles))
    return found


def _of_answer(question: AskedQuestion, settings: GapSettings) -> set[Trouble]:
    found: set[Trouble] = set()
    answer = question.answer
    if answer is None or answer.outcome == "declined":
        found.add("declined")
    elif answer.outcome == "clarify":
        found.add("clarified")
    elif answer.confidence < settings.unsure_below:
        found.add("unsure")
    if question.feedback == "thumbs_down":
        found.add("thumbs_down")
    if question.feedback == "not_used":
        found.add("not_used")
    if question.contacted_again:
        found.add("contacted_again")
    return found


def _agent_differs(
    question: AskedQuestion, answer: str, said: Closeness, settings: GapSettings
) -> bool:
    """Whether the agent contradicts the card, or answers with something it does not speak of."""
    if question.answer is None or not question.answer.answered:
        return False
    card = question.answer.text
    language = guess_language(card)
    turns = [turn.text for turn in question.after if turn.speaker == "agent"]
    if any(disagree(text, card, language) for text in turns):
        return True
    return bool(answer) and said.between([answer], [card])[0, 0] < settings.other_answer_below


def _asked_again(
    questions: Sequence[AskedQuestion], closeness: Closeness, settings: GapSettings
) -> set[int]:
    """Return the questions that come again in their conversation after an agent spoke."""
    found = {number for number, question in enumerate(questions) if _repeats(question)}
    of_conversation: dict[str, list[int]] = defaultdict(list)
    for number, question in enumerate(questions):
        of_conversation[question.conversation_id].append(number)
    for numbers in of_conversation.values():
        numbers.sort(key=lambda number: questions[number].order)
        for place, number in enumerate(numbers[:-1]):
            replied = max(
                (t.index for t in questions[number].after if t.speaker == "agent"), default=None
            )
            later = [
                questions[other].text
                for other in numbers[place + 1 :]
                if replied is not None and questions[other].turn.index > replied
            ]
            text = questions[number].text
            if later and closeness.between([text], later).max() >= settings.again_similarity:
                found.add(number)
    return found


def _repeats(question: AskedQuestion) -> bool:
    """Whether the customer says the same words again after the agent, or says to have asked."""
    wanted = text_stems(question.quote)
    replied = False
    for turn in question.after:
        if turn.speaker == "agent":
            replied = True
        elif turn.speaker == "customer" and replied:
            if ASKS_AGAIN.search(turn.text):
                return True
            for start, end in sentence_spans(turn.text):
                stems = text_stems(turn.text[start:end])
                common = len(stems & wanted)
                if common >= _LEAST_STEMS and common >= _SAME_WORDS * len(stems | wanted):
                    return True
    return False
