"""Giving a conversation to a person: the customer is told first, the person gets the packet."""

from __future__ import annotations

from kb_search.bot.actions import HandOver
from kb_search.bot.acts import read_acts
from kb_search.bot.draft import Draft
from kb_search.bot.packet import (
    MAX_SUMMARY_WORDS,
    ConversationFacts,
    HandOverPacket,
    PacketCommitment,
    Trigger,
)
from kb_search.bot.reading import FactFinder, MessageReading
from kb_search.bot.session import Session
from kb_search.words import LANGUAGES, Language, content_words

NO_READING = MessageReading()

_MOST_SAID = 6
_MOST_QUOTE_CHARACTERS = 300
_SUMMARY: dict[Language, tuple[str, str, str, str, str]] = {
    "fr": (
        "Le client demande : « {question} ».",
        "L'assistant a montré : {articles}.",
        "Sans réponse : {unanswered}.",
        "Motif du transfert : {trigger}.",
        "Le client n'a rien demandé de précis.",
    ),
    "en": (
        "The customer asks: “{question}”.",
        "The assistant showed: {articles}.",
        "Without an answer: {unanswered}.",
        "Why it is handed over: {trigger}.",
        "The customer asked nothing precise.",
    ),
}
_TRIGGERS: dict[Language, dict[Trigger, str]] = {
    "fr": {
        "urgent": "urgence",
        "asked": "le client demande une personne",
        "vulnerable": "personne vulnérable",
        "complaint": "réclamation",
        "cancellation_dispute": "litige sur une résiliation",
        "advice": "demande de conseil juridique, médical ou financier",
        "account": "information propre au dossier du client",
        "two_failures": "deux échanges sans résultat",
        "abuse": "propos insultants répétés",
    },
    "en": {
        "urgent": "emergency",
        "asked": "the customer asks for a person",
        "vulnerable": "vulnerable person",
        "complaint": "complaint",
        "cancellation_dispute": "dispute about a cancellation",
        "advice": "legal, medical or financial advice wanted",
        "account": "a fact of the customer's own file",
        "two_failures": "two exchanges without a result",
        "abuse": "repeated insults",
    },
}


def hand_over(
    draft: Draft,
    trigger: Trigger,
    *,
    facts: FactFinder,
    reading: MessageReading = NO_READING,
    quote: str | None = None,
    question: str | None = None,
) -> None:
    """Tell the customer, then hand the conversation over, as far as somebody is there.

    Args:
        draft: Where words and actions go.
        trigger: Why a person is needed.
        facts: Understands the conversation for the packet.
        reading: Of the message that decided it.
        quote: The customer's words that decided it.
        question: What still waits for an answer; the last question of the session when None.
    """
    words, session, policy = draft.words, draft.session, draft.policy
    if reading.emergency_numbers:
        numbers = ", ".join(f"{n.number} ({n.name})" for n in reading.emergency_numbers)
        draft.say(words.emergency.format(numbers=numbers))
    open_question = question or _open_question(session)
    packet = build_packet(
        session,
        trigger,
        at_facts=facts.find(session.conversation()),
        draft=draft,
        reading=reading,
        quote=quote,
        question=open_question,
    )
    people_are_there = policy.hours is None or policy.hours.is_open(draft.at)
    changes: dict[str, object] = {
        "trigger": trigger,
        "asked": None,
        "clarified": False,
        "expects": "nothing",
        "failures": 0,
        "unreadable": 0,
        "delay_told": False,
        "waiting_told": False,
    }
    if people_are_there:
        draft.say(_announcement(draft, trigger))
        if policy.delay_minutes is not None:
            draft.say(words.delay.format(minutes=policy.delay_minutes))
        draft.session = session.moved("handing_over", **changes, handing_since=draft.at)
        draft.after.append(HandOver(mode="live", packet=packet))
        return
    draft.say(words.closed)
    opening = policy.hours.spoken_opening(draft.at, session.language) if policy.hours else None
    if opening is not None:
        draft.say(words.reopens.format(opening=opening))
    if trigger == "urgent":  # nothing is promised, and nothing is lost
        draft.after.append(HandOver(mode="message", packet=packet))
    if policy.outside_hours == "nothing":
        draft.say(words.nobody)
        draft.session = session.moved("answering", **changes)
        return
    draft.say(words.callback if policy.outside_hours == "callback" else words.message)
    changes["expects"] = "message"
    draft.session = session.moved("handing_over", **changes, handing_since=None)


def take_message(draft: Draft, text: str, *, facts: FactFinder) -> None:
    """Pass on the message that a customer leaves while nobody is there."""
    session = draft.session
    packet = build_packet(
        session,
        session.trigger or "asked",
        at_facts=facts.find(session.conversation()),
        draft=draft,
        reading=NO_READING,
        quote=text[:_MOST_QUOTE_CHARACTERS],
        question=_open_question(session),
    )
    if draft.policy.outside_hours == "callback":
        promise = PacketCommitment(who="centre", text=draft.words.callback)
        packet = packet.model_copy(update={"commitments": (*packet.commitments, promise)})
    draft.say(draft.words.message_taken)
    draft.session = session.moved("answering", expects="nothing", handing_since=None)
    draft.after.append(HandOver(mode="message", packet=packet))


def build_packet(
    session: Session,
    trigger: Trigger,
    *,
    at_facts: ConversationFacts,
    draft: Draft,
    reading: MessageReading,
    quote: str | None,
    question: str | None,
) -> HandOverPacket:
    """Build what the person who takes over needs.

    Args:
        session: As it stands.
        trigger: Why a person is needed.
        at_facts: What is understood of the conversation.
        draft: For the time and the words.
        reading: Of the message that decided it.
        quote: The customer's words that decided it.
        question: What still waits for an answer.
    """
    summary = at_facts.summary or _summary(session, trigger, question)
    customer = session.customer
    return HandOverPacket(
        conversation_id=session.id,
        created_at=draft.at,
        channel=session.channel,
        language=session.language,
        customer=customer,
        trigger=trigger,
        trigger_quote=quote,
        reason=at_facts.reason,
        nature=at_facts.nature,
        urgency=max(at_facts.urgency, 3 if reading.danger else 0),
        danger=reading.danger,
        emergency_numbers=reading.emergency_numbers,
        summary=" ".join(summary.split()[:MAX_SUMMARY_WORDS]),
        entities=at_facts.entities,
        established=customer.facts,
        said=_said(session),
        steps=session.steps,
        articles=session.articles,
        open_question=question,
        commitments=at_facts.commitments,
        sentiment=at_facts.sentiment,
        objections=tuple(dict.fromkeys((*customer.objections, *session.objections))),
        transcript=session.transcript or session.id,
        first_sentence=_first_sentence(draft, trigger, question),
    )


def _announcement(draft: Draft, trigger: Trigger) -> str:
    words = draft.words
    lines: dict[Trigger, str] = {
        "urgent": words.hand_over_urgent,
        "asked": words.hand_over_asked,
        "vulnerable": words.hand_over_care,
        "complaint": words.hand_over_complaint,
        "cancellation_dispute": words.hand_over_care,
        "advice": words.hand_over_advice,
        "account": words.hand_over_account,
        "two_failures": words.hand_over_failed,
        "abuse": words.hand_over_abuse,
    }
    return lines[trigger]


def _first_sentence(draft: Draft, trigger: Trigger, question: str | None) -> str:
    words = draft.words
    if trigger == "urgent":
        return words.first_urgent
    line = {
        "complaint": words.first_complaint,
        "cancellation_dispute": words.first_care,
        "vulnerable": words.first_care,
    }.get(trigger, words.first_asked)
    if not question:
        # A sentence that quotes nothing: up to where the quote would have been announced.
        return f"{line.partition('{question}')[0].partition('.')[0].rstrip(' :')}."
    return line.format(question=question.strip().rstrip("."))


def _open_question(session: Session) -> str | None:
    """Return the question without a good answer that says most; of equal ones, the last."""
    open_steps = [
        step.question
        for step in session.steps[-_MOST_SAID:]
        if step.result in ("declined", "clarified", "rejected")
    ]
    return max(
        reversed(open_steps), key=lambda text: len(content_words(text, LANGUAGES)), default=None
    )


def _said(session: Session) -> tuple[str, ...]:
    texts = [
        turn.text[:_MOST_QUOTE_CHARACTERS]
        for turn in session.turns
        if turn.speaker == "customer" and read_acts(turn.text).asks_something
    ]
    return tuple(dict.fromkeys(texts))[-_MOST_SAID:]


def _summary(session: Session, trigger: Trigger, question: str | None) -> str:
    asks, showed, without, why, nothing = _SUMMARY[session.language]
    first = question or (session.steps[0].question if session.steps else None)
    parts = [asks.format(question=first) if first else nothing]
    titles = dict.fromkeys(article.title for article in session.articles)
    if titles:
        parts.append(showed.format(articles=", ".join(list(titles)[:3])))
    if session.unanswered:
        listed = " / ".join(dict.fromkeys(session.unanswered[-3:]))
        parts.append(without.format(unanswered=listed))
    parts.append(why.format(trigger=_TRIGGERS[session.language][trigger]))
    return " ".join(parts)
