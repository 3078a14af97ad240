"""What a message does: asks for a person, thanks, agrees, chooses, insults, asks something."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb_search.bot import cues
from kb_search.sentences import sentence_spans
from kb_search.words import LANGUAGES, Language, content_words, fold, guess_language, split_words

_CHOICE_SHARE = 0.5
_NOT_FOR_SEARCH = (
    cues.INJECTION,
    cues.OTHER_PERSON,
    cues.ABUSE,
    cues.SMALL_TALK,
    cues.ASKS_ROBOT,
    cues.ASKS_ABILITIES,
    cues.HOW_ARE_YOU,
)
_ENGLISH = frozenset(
    "hello hi hey thanks please bye goodbye yes human person agent someone what how ok".split()
)
_FRENCH = frozenset("bonjour bonsoir salut merci oui svp conseiller humain quoi comment".split())


@dataclass(frozen=True, slots=True)
class Acts:
    """What a message does beside asking.

    Attributes:
        folded: The message in lower case, without accents.
        person: It asks for a person.
        refuses_bot: It does not want to talk to a machine.
        refuses_recording: It objects to being recorded or transcribed.
        robot: It asks whether it talks to a machine.
        abilities: It asks what the bot can do.
        how_are_you: It asks how the bot is.
        small_talk: It asks for a joke, a poem or the weather.
        injection: It tries to give the bot orders.
        other_person: It asks about somebody else's data.
        abuse: It insults.
        advice: It asks for legal, medical or financial advice.
        own_account: It asks for a fact of the customer's own file.
        own_case: It asks how the customer's order or request stands.
        disputes_end: It disputes how the end of a contract goes.
        unhelped: It says that the last answer did not help.
        hello: It greets.
        thanks: It thanks.
        goodbye: It takes leave.
        all_done: It says that nothing else is needed.
        solved: It says that the problem is solved.
        yes: It agrees, and says nothing else.
        no: It declines, and says nothing else.
        substance: What is left without greetings, thanks, leave and fillers, folded.
    """

    folded: str
    person: bool
    refuses_bot: bool
    refuses_recording: bool
    robot: bool
    abilities: bool
    how_are_you: bool
    small_talk: bool
    injection: bool
    other_person: bool
    abuse: bool
    advice: bool
    own_account: bool
    own_case: bool
    disputes_end: bool
    unhelped: bool
    hello: bool
    thanks: bool
    goodbye: bool
    all_done: bool
    solved: bool
    yes: bool
    no: bool
    substance: str

    @property
    def asks_something(self) -> bool:
        """Whether anything is left that may be a question."""
        return (
            bool(content_words(self.substance, LANGUAGES)) or len(split_words(self.substance)) > 2
        )


def read_acts(text: str) -> Acts:
    """Read what a message does.

    Args:
        text: As it was written or said.
    """
    folded = " ".join(fold(text).split())
    robot = bool(cues.ASKS_ROBOT.search(folded))
    person = bool(cues.ASKS_PERSON.search(folded)) and not cues.NOT_ASKS_PERSON.search(folded)
    return Acts(
        folded=folded,
        person=person,
        refuses_bot=bool(cues.REFUSES_BOT.search(folded)),
        refuses_recording=bool(cues.REFUSES_RECORDING.search(folded)),
        robot=robot and not person,
        abilities=bool(cues.ASKS_ABILITIES.search(folded)),
        how_are_you=bool(cues.HOW_ARE_YOU.search(folded)),
        small_talk=bool(cues.SMALL_TALK.search(folded)),
        injection=bool(cues.INJECTION.search(folded)),
        other_person=bool(cues.OTHER_PERSON.search(folded)),
        abuse=bool(cues.ABUSE.search(folded)),
        advice=bool(cues.ADVICE.search(folded)),
        own_account=bool(cues.OWN_ACCOUNT.search(folded)),
        own_case=bool(cues.OWN_CASE.search(folded)),
        disputes_end=bool(cues.ENDS_CONTRACT.search(folded) and cues.DISPUTES.search(folded)),
        unhelped=bool(cues.UNHELPED.search(folded)),
        hello=bool(cues.HELLO.search(folded)),
        thanks=bool(cues.THANKS.search(folded)),
        goodbye=bool(cues.GOODBYE.search(folded)),
        all_done=bool(cues.THAT_IS_ALL.search(folded)),
        solved=bool(cues.SOLVED.search(folded)) and not folded.endswith("?"),
        yes=bool(cues.YES.search(folded)),
        no=bool(cues.NO.search(folded)),
        substance=_substance(folded),
    )


def safe_parts(text: str) -> str:
    """Return the sentences of a message that may be searched for.

    Sentences that try to give the bot orders, insult, ask about somebody else's data or about the
    bot itself are left out; what is beside them is still answered.
    """
    if not any(letter.isalnum() for letter in text):
        return ""
    kept = [
        text[start:end]
        for start, end in sentence_spans(text)
        if not any(pattern.search(fold(text[start:end])) for pattern in _NOT_FOR_SEARCH)
    ]
    return " ".join(kept)


def is_safe(question: str) -> bool:
    """Tell whether a question may be searched for as it stands."""
    return bool(safe_parts(question)) and safe_parts(question) == " ".join(
        question[start:end] for start, end in sentence_spans(question)
    )


def leans_on_topic(question: str) -> bool:
    """Tell whether a question can only be understood from the one before it.

    "Et pour l'autre ligne ?", "combien ça coûte ?", "and for the other one?" do.
    """
    folded = " ".join(fold(question).split())
    words = content_words(folded, LANGUAGES)
    if cues.FOLLOWS.search(folded):
        return len(words) <= 5
    return len(words) <= 1


def language_of(text: str, default: Language, *, known: bool) -> Language:
    """Return the language of a message.

    Args:
        text: The message.
        default: Of the conversation so far.
        known: Whether the customer has shown it before; greetings alone then do not change it.
    """
    words = set(split_words(text))
    if known and words <= _ENGLISH | _FRENCH:
        return default
    languages = {guess_language(text, language) for language in LANGUAGES}
    if len(languages) == 1:
        return languages.pop()
    if known:
        return default
    if words & _ENGLISH and not words & _FRENCH:
        return "en"
    if words & _FRENCH and not words & _ENGLISH:
        return "fr"
    return default


def chosen(text: str, labels: tuple[str, ...]) -> int | None:
    """Return which of some choices a message picks, from 0; None when none or several.

    A number, an ordinal, the words of a label, or some of its words that the others do not have.

    Args:
        text: The message.
        labels: Of the choices, in order.
    """
    folded = " ".join(fold(text).split())
    for number, pattern in enumerate(cues.ORDINALS[: len(labels)]):
        if pattern.search(folded):
            return number
    if re.search(r"^\W*(?:la |le |the )?(?:derniere?|last(?: one)?)\W*$", folded):
        return len(labels) - 1
    words = set(content_words(folded, LANGUAGES))
    if not words:
        return None
    own = [set(content_words(label, LANGUAGES)) for label in labels]
    for number, label in enumerate(labels):
        if folded.strip(" .!?") == " ".join(fold(label).split()).strip(" .!?"):
            return number
    telling = [
        words & (own[number] - set().union(*(own[:number] + own[number + 1 :])))
        for number in range(len(labels))
    ]
    picked = [number for number, shared in enumerate(telling) if shared]
    if len(picked) == 1 and len(telling[picked[0]]) >= _CHOICE_SHARE * len(words):
        return picked[0]
    return None


def picks_none(text: str) -> bool:
    """Tell whether a message turns all choices down."""
    folded = " ".join(fold(text).split())
    declined = cues.NO.search(folded) and not cues.YES.search(folded)
    return bool(cues.NEITHER.search(folded)) or bool(declined)


def _substance(folded: str) -> str:
    """Return what is left of a message without its greetings, thanks, leave and fillers."""
    left = folded
    for pattern in (
        cues.HOW_ARE_YOU,
        cues.THANKS,
        cues.GOODBYE,
        cues.HELLO,
        cues.THAT_IS_ALL,
        cues.FILLER,
    ):
        left = pattern.sub(" ", left)
    return " ".join(re.sub(r"[^\w\s'?-]+", " ", left).split()).strip(" ?'-")
