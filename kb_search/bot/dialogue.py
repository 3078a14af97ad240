"""What the bot does about a message of the customer."""

from __future__ import annotations

from kb_search.bot.actions import HandOver
from kb_search.bot.acts import Acts, chosen, picks_none, read_acts
from kb_search.bot.asking import ask, questions_of
from kb_search.bot.draft import Draft
from kb_search.bot.events import CustomerMessage
from kb_search.bot.handing_over import build_packet, hand_over, take_message
from kb_search.bot.packet import Trigger
from kb_search.bot.policy import (
    MAX_FAILURES,
    MAX_MESSAGE_CHARACTERS,
    MAX_QUESTIONS,
    MAX_UNREADABLE,
)
from kb_search.bot.reading import FactFinder, Knowledge, MessageReading, Reader
from kb_search.bot.replies import mark_last, reply, tell_choice
from kb_search.bot.texts import short_disclosure
from kb_search.bot.triage import (
    agrees,
    asks_beside_person,
    is_content,
    needs_person,
    says_unhelped,
)
from kb_search.words import fold


class Dialogue:
    """Answers messages of customers.

    Args:
        knowledge: What answers questions.
        reader: Reads messages.
        facts: Understands a conversation that is handed over.
    """

    def __init__(self, knowledge: Knowledge, reader: Reader, facts: FactFinder) -> None:
        self._knowledge = knowledge
        self._reader = reader
        self._facts = facts

    def take(self, draft: Draft, message: CustomerMessage) -> None:
        """Work on a message; it is the last turn of the session already.

        Args:
            draft: Where words, actions and the new session go.
            message: What the customer wrote.
        """
        text = message.text[:MAX_MESSAGE_CHARACTERS]
        if message.choice is not None and self._press(draft, message.choice):
            return
        if not any(letter.isalnum() for letter in text):
            self._without_words(draft, text)
            return
        draft.session = draft.session.changed(unreadable=0)
        acts = read_acts(text)
        reading = self._reader.read(draft.session.conversation())
        self._note_objections(draft, acts)
        if draft.session.state == "handing_over":
            self._while_waiting(draft, text, acts, reading)
            return
        trigger = needs_person(acts, reading)
        if trigger is not None:
            self._hand_over(draft, trigger, text, acts, reading)
            return
        if self._continues(draft, text, acts):
            return
        if acts.abuse:
            self._insulted(draft)
            return
        if self._talks(draft, text, acts):
            return
        self._answer(draft, text, acts, reading)
        if len(message.text) > MAX_MESSAGE_CHARACTERS and not draft.session.trigger:
            draft.say(draft.words.too_long)

    def _press(self, draft: Draft, number: int) -> bool:
        """Take a button; tell whether there was one."""
        session = draft.session
        if session.state == "clarifying" and session.asked is not None:
            if number > len(session.asked.choices):
                return False
            self._choose(draft, number - 1)
            return True
        if session.expects == "person":
            if number == 1:
                hand_over(draft, "asked", facts=self._facts)
            else:
                draft.session = session.changed(expects="nothing")
                draft.say(draft.words.rephrase)
            return number in (1, 2)
        if session.expects == "confirmation":
            if number == 1:
                self._confirmed(draft)
            else:
                self._not_helped(draft)
            return number in (1, 2)
        return False

    def _without_words(self, draft: Draft, text: str) -> None:
        acts = read_acts(text)
        if (acts.yes or acts.no) and self._continues(draft, text, acts):
            return
        if draft.session.state == "handing_over":
            return
        unreadable = draft.session.unreadable + 1
        draft.session = draft.session.changed(unreadable=unreadable)
        if unreadable >= MAX_UNREADABLE:
            hand_over(draft, "two_failures", facts=self._facts)
        else:
            draft.say(draft.words.no_words if text.strip() else draft.words.empty)

    def _note_objections(self, draft: Draft, acts: Acts) -> None:
        objections = list(draft.session.objections)
        objections += ["recording"] if acts.refuses_recording else []
        objections += ["bot"] if acts.refuses_bot and acts.person else []
        draft.session = draft.session.changed(objections=tuple(dict.fromkeys(objections)))

    def _while_waiting(self, draft: Draft, text: str, acts: Acts, reading: MessageReading) -> None:
        """Take in what is written while a person is waited for."""
        session = draft.session
        if reading.danger is not None:
            if session.expects == "message":
                hand_over(draft, "urgent", facts=self._facts, reading=reading, quote=text)
                return
            self._worse(draft, text, reading)
            return
        leaves = (acts.goodbye or acts.all_done) and not acts.asks_something
        if leaves:
            draft.say(draft.words.goodbye)
            draft.close("goodbye")
        elif session.expects == "message":
            if acts.no:
                draft.session = session.moved("answering", expects="nothing", handing_since=None)
                draft.say(draft.words.anything_else)
            else:
                take_message(draft, text, facts=self._facts)
        elif not session.waiting_told:
            draft.session = session.changed(waiting_told=True)
            draft.say(draft.words.waiting)

    def _worse(self, draft: Draft, text: str, reading: MessageReading) -> None:
        """Renew the packet of a hand-over during which a danger is told."""
        numbers = ", ".join(f"{n.number} ({n.name})" for n in reading.emergency_numbers)
        if numbers:
            draft.say(draft.words.emergency.format(numbers=numbers))
        draft.say(draft.words.hand_over_urgent)
        draft.session = draft.session.changed(trigger="urgent", waiting_told=True)
        packet = build_packet(
            draft.session,
            "urgent",
            at_facts=self._facts.find(draft.session.conversation()),
            draft=draft,
            reading=reading,
            quote=text,
            question=text,
        )
        draft.after.append(HandOver(mode="live", packet=packet))

    def _hand_over(
        self, draft: Draft, trigger: Trigger, text: str, acts: Acts, reading: MessageReading
    ) -> None:
        question = None
        if trigger != "asked" or asks_beside_person(acts):
            question = next(iter(questions_of(text, reading)), text)
        hand_over(draft, trigger, facts=self._facts, reading=reading, quote=text, question=question)

    def _continues(self, draft: Draft, text: str, acts: Acts) -> bool:
        """Take a message as the answer to what the bot asked; tell whether it is one."""
        session = draft.session
        if session.state == "clarifying" and session.asked is not None:
            labels = tuple(choice.label for choice in session.asked.choices)
            number = chosen(text, labels)
            if number is not None:
                self._choose(draft, number)
                return True
            if picks_none(text) and len(acts.substance.split()) <= MAX_QUESTIONS:
                draft.session = session.moved("answering", asked=None)
                self._failed(draft)
                return True
            # Words of one's own say more about the question that was asked back.
            draft.session = session.moved("answering", asked=None, topic=session.asked.question)
            return False
        said_yes, said_no = acts.yes, acts.no and not acts.yes
        expects = session.expects
        draft.session = session.changed(expects="nothing")
        if expects == "person" and said_yes and agrees(acts):
            hand_over(draft, "asked", facts=self._facts, quote=text)
        elif expects == "person" and said_no:
            draft.say(draft.words.rephrase)
        elif (expects == "confirmation" or (acts.solved and session.steps)) and (
            said_yes or is_content(acts)
        ):
            self._confirmed(draft, leaves=acts.goodbye or acts.all_done)
        elif (expects == "confirmation" and said_no) or says_unhelped(acts, session.steps):
            self._not_helped(draft)
        elif said_no and session.steps:
            draft.say(draft.words.goodbye)
            draft.close("goodbye")
        else:
            return False
        return True

    def _choose(self, draft: Draft, number: int) -> None:
        asked = draft.session.asked
        if asked is None:
            return
        tell_choice(draft, asked.question, asked.choices[number])
        self._helped(draft)

    def _confirmed(self, draft: Draft, *, leaves: bool = False) -> None:
        mark_last(draft, helped=True)
        draft.session = draft.session.changed(expects="nothing", confirmed=True, failures=0)
        if leaves:
            draft.say(draft.words.goodbye)
            draft.close("goodbye")
        else:
            draft.say(draft.words.anything_else)

    def _not_helped(self, draft: Draft) -> None:
        mark_last(draft, helped=False)
        failures = draft.session.failures + 1
        draft.session = draft.session.changed(expects="nothing", confirmed=False, failures=failures)
        if failures >= MAX_FAILURES:
            hand_over(draft, "two_failures", facts=self._facts)
            return
        draft.say(draft.words.not_helped)
        self._offer_person(draft)

    def _insulted(self, draft: Draft) -> None:
        """Answer an insult calmly, once."""
        abuses = draft.session.abuses + 1
        draft.session = draft.session.changed(abuses=abuses)
        if abuses == 1:
            draft.say(draft.words.abuse)
            self._start(draft)
        elif draft.policy.abuse == "close":
            draft.say(draft.words.abuse_close)
            draft.close("abuse")
        else:
            hand_over(draft, "abuse", facts=self._facts)

    def _talks(self, draft: Draft, text: str, acts: Acts) -> bool:
        """Answer what is no question to the knowledge base; tell whether that was all."""
        words = draft.words
        if acts.other_person or acts.injection or acts.small_talk:
            if questions_of(text, MessageReading()):
                return False
            draft.purpose = "decline"
            draft.say(words.other_person if acts.other_person else words.not_mine)
            self._start(draft)
            return True
        if acts.robot or acts.abilities:
            if acts.robot and draft.session.introduced:
                draft.say(short_disclosure(draft.session.language))
            draft.say(words.robot if acts.robot else words.abilities)
            self._start(draft)
            return not questions_of(text, MessageReading())
        if acts.asks_something:
            return False
        if (acts.goodbye or acts.all_done) and draft.session.turns[:-1]:
            draft.session = draft.session.changed(
                confirmed=draft.session.confirmed
                or (acts.thanks and draft.session.last_was_answered)
            )
            draft.say(words.goodbye)
            draft.close("goodbye")
        elif acts.how_are_you:
            draft.say(words.how_are_you)
        elif acts.thanks:
            draft.say(words.thanks)
        elif acts.hello:
            draft.say(words.greeted if draft.session.introduced else words.greeting)
        elif acts.yes:
            draft.say(words.ready)
        else:
            return False
        if draft.session.state == "greeting":
            draft.session = draft.session.moved("answering")
        return True

    def _answer(self, draft: Draft, text: str, acts: Acts, reading: MessageReading) -> None:
        """Answer the questions of a message, or say that there is no answer."""
        questions = questions_of(text, reading)
        if not questions:
            draft.say(draft.words.no_words)
            self._start(draft)
            return
        if acts.other_person or acts.injection:
            draft.say(draft.words.other_person if acts.other_person else draft.words.not_mine)
        repeats = tuple(fold(question) for question in questions) == draft.session.last_questions
        if repeats:
            self._start(draft)
            mark_last(draft, helped=False)
            self._repeated(draft)
            return
        asked = ask(
            questions,
            message=text,
            topic=draft.session.topic,
            document=draft.session.last_document,
            knowledge=self._knowledge,
        )
        self._start(draft)
        helped = reply(
            draft,
            asked,
            left=max(0, len(questions) - MAX_QUESTIONS),
            about_own_case=acts.own_case,
        )
        if not helped and (acts.own_case or acts.own_account):
            hand_over(draft, "account", facts=self._facts, quote=text, question=questions[0])
        elif not helped:
            self._failed(draft, said=len(asked) > 1)
        elif draft.session.state != "clarifying":
            self._helped(draft)

    def _start(self, draft: Draft) -> None:
        if draft.session.state == "greeting":
            draft.session = draft.session.moved("answering")

    def _repeated(self, draft: Draft) -> None:
        failures = draft.session.failures + 1
        draft.session = draft.session.changed(failures=failures)
        if failures >= MAX_FAILURES:
            hand_over(draft, "two_failures", facts=self._facts)
            return
        draft.say(draft.words.repeated, draft.words.offer_person)
        self._offer_person(draft)

    def _helped(self, draft: Draft) -> None:
        asks = draft.policy.asks_whether_it_helped and not draft.asked_before
        draft.session = draft.session.changed(
            failures=0, expects="confirmation" if asks else "nothing"
        )
        if asks:
            draft.say(draft.words.helped)
            draft.offer(draft.words.button_yes, draft.words.button_no)

    def _failed(self, draft: Draft, *, said: bool = False) -> None:
        """Say that there is no answer; after two turns without help a person takes over.

        Args:
            draft: Where the words go.
            said: Whether the words say already that there is no answer.
        """
        failures = draft.session.failures + 1
        draft.session = draft.session.changed(failures=failures, clarified=False)
        if failures >= MAX_FAILURES:
            hand_over(draft, "two_failures", facts=self._facts)
            return
        draft.purpose = "decline"
        if not said:
            draft.say(draft.words.decline)
        draft.say(draft.words.offer_person)
        self._offer_person(draft)

    def _offer_person(self, draft: Draft) -> None:
        draft.session = draft.session.changed(expects="person")
        draft.offer(draft.words.button_person, draft.words.button_rephrase)
