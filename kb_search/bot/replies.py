"""What the bot says about the answers of the knowledge base, and what it remembers of them."""

from __future__ import annotations

from collections.abc import Sequence

from kb_search.answers import Answer, Choice, Citation
from kb_search.bot.asking import Asked
from kb_search.bot.draft import Draft
from kb_search.bot.packet import TriedStep
from kb_search.bot.policy import MAX_QUESTIONS
from kb_search.bot.session import Asked as Pending
from kb_search.words import fold, guess_language


def reply(draft: Draft, asked: Sequence[Asked], *, left: int, about_own_case: bool) -> bool:
    """Say the answers, and that there is none for the others.

    At most one clarifying question is asked, and never two in a row.

    Args:
        draft: Where the words go.
        asked: Each question with its answer, in order.
        left: How many questions of the message were not asked.
        about_own_case: Whether the customer asks how their own order or request stands.

    Returns:
        Whether the customer was helped: something was answered, or asked back.
    """
    may_clarify = not draft.session.clarified
    clarify = next((one for one in asked if one.answer.outcome == "clarify"), None)
    if not may_clarify:
        clarify = None
    several = len(asked) > 1
    answered = False
    for one in asked:
        if one is clarify:
            continue
        text = _answer(draft, one.answer)
        answered = answered or text is not None
        if several:
            said = text or draft.words.decline_part
            draft.say(draft.words.several.format(question=one.text.strip(), answer=said))
        elif text is not None:
            draft.say(text)
        _remember(draft, one)
    topic = next((one.text for one in reversed(asked) if not one.leaned), None)
    draft.session = draft.session.changed(
        topic=topic or draft.session.topic,
        last_questions=tuple(fold(one.text) for one in asked),
        clarified=clarify is not None,
    )
    if left:
        draft.say(draft.words.too_many.format(count=MAX_QUESTIONS))
    if answered and about_own_case:
        draft.say(draft.words.own_file)
    if clarify is not None:
        _ask_back(draft, clarify)
        return True
    if answered and draft.session.state != "answering":
        draft.session = draft.session.moved("answering", asked=None)
    return answered


def tell_choice(draft: Draft, question: str, choice: Choice) -> None:
    """Say what the passage answers that the customer chose."""
    draft.say(_quoted(draft, choice.citation))
    draft.cite((choice.citation,))
    step = TriedStep(question=question, result="answered", document=choice.citation.document)
    draft.session = draft.session.moved(
        "answering",
        asked=None,
        clarified=False,
        topic=f"{question} {choice.label}",
        steps=(*draft.session.steps, step),
    )


def mark_last(draft: Draft, *, helped: bool) -> None:
    """Write down what the customer says of the last answer."""
    steps = list(draft.session.steps)
    for place in range(len(steps) - 1, -1, -1):
        if steps[place].result == "answered":
            result = "confirmed" if helped else "rejected"
            steps[place] = steps[place].model_copy(update={"result": result})
            break
    draft.session = draft.session.changed(steps=tuple(steps))


def _answer(draft: Draft, answer: Answer) -> str | None:
    if answer.citation is None:
        return None
    shown = [answer.citation]
    text = _quoted(draft, answer.citation)
    if answer.disagreement and answer.other:
        other = answer.other[0]
        shown.append(other)
        quote = draft.words.disagreement.format(quote=other.quote, title=other.title)
        text = f"{text}\n{quote}"
    draft.cite(shown)
    return text


def _quoted(draft: Draft, citation: Citation) -> str:
    own = guess_language(citation.quote, draft.session.language) == draft.session.language
    words = draft.words
    text = (words.answer if own else words.answer_foreign).format(quote=citation.quote)
    if draft.session.spoken:
        return text
    return f"{text}\n{words.source.format(title=citation.title)}"


def _ask_back(draft: Draft, asked: Asked) -> None:
    clarification = asked.answer.clarification
    if clarification is None:
        return
    draft.purpose = "clarify"
    draft.say(clarification.question)
    draft.offer(*(choice.label for choice in clarification.choices), listed=True)
    step = TriedStep(question=asked.text, result="clarified")
    draft.session = draft.session.moved(
        "clarifying",
        asked=Pending(question=asked.text, choices=clarification.choices),
        steps=(*draft.session.steps, step),
    )


def _remember(draft: Draft, asked: Asked) -> None:
    citation = asked.answer.citation
    step = TriedStep(
        question=asked.text,
        result="declined" if citation is None else "answered",
        document=None if citation is None else citation.document,
    )
    unanswered = draft.session.unanswered
    if citation is None:
        unanswered = (*unanswered, asked.text)
    draft.session = draft.session.changed(steps=(*draft.session.steps, step), unanswered=unanswered)
