"""How well a bot does on scripted dialogues: counts with their intervals, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from kb_search.bot.actions import Action, Close, HandOver, Say
from kb_search.bot.bot import Bot
from kb_search.bot.events import (
    CustomerMessage,
    Event,
    GivenBack,
    HumanJoined,
    HumanWrote,
    TimedOut,
)
from kb_search.bot.scripts import Expectation, Expected, Script, ScriptTurn
from kb_search.bot.session import Session

_START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)  # a Monday morning, in opening hours
_BETWEEN = timedelta(seconds=20)

Did = Literal["answer", "clarify", "decline", "hand_over", "talk", "mute", "close"]


class Share(BaseModel):
    """So many of so many, with the 95 % interval of Wilson (1927).

    Attributes:
        count: That are so.
        total: Of how many.
    """

    model_config = ConfigDict(frozen=True)

    count: int = Field(ge=0)
    total: int = Field(ge=0)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share(self) -> float | None:
        """0 to 1; None of nothing."""
        return round(self.count / self.total, 4) if self.total else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper end; None of nothing."""
        if not self.total:
            return None
        from scipy.stats import binomtest

        found = binomtest(self.count, self.total).proportion_ci(0.95, method="wilson")
        return round(float(found.low), 4), round(float(found.high), 4)


class JudgedTurn(BaseModel):
    """A message with what was expected and what the bot did.

    Attributes:
        script: Of which dialogue.
        turn: Position in it, from 1.
        message: Of the customer, or what happened instead.
        expected: In a line.
        kind: What was expected first.
        did: What the bot did.
        documents: That it cited.
        trigger: Of its hand-over; None where it did not hand over.
        said: Its words.
        passed: Whether that is as expected.
        clarified: Whether it asked back first, and the choice that was expected was made.
    """

    model_config = ConfigDict(frozen=True)

    script: str
    turn: int
    message: str
    expected: str
    kind: Expected
    did: Did
    documents: tuple[str, ...] = ()
    trigger: str | None = None
    said: str = ""
    passed: bool
    clarified: bool = False


class BotEvaluation(BaseModel):
    """What a bot did on scripted dialogues.

    Attributes:
        dialogues: How many.
        turns: Messages of customers that were judged.
        as_expected: Judged turns that went as expected.
        by_language: The same for dialogues that start in each language.
        by_sector: The same for each sector that the scripts name.
        resolution: Dialogues that need no person, in which every question was answered from the
            expected article and no person was called (*résolu*, as far as scripts can tell).
        containment: Dialogues that ended without a hand-over (*contenu*), of all.
        wrong_answers: Answers from another article than the expected one, or to what has none,
            of all answers.
        hand_overs: Expected hand-overs that happened for the right reason.
        missed_hand_overs: Expected hand-overs that did not happen.
        needless_hand_overs: Hand-overs where none was expected, of all other turns.
        false_answers: Questions that the base cannot answer, which were answered.
        clarified: Turns in which the bot asked back before it answered.
        turns_per_dialogue: Mean number of the customer's messages, choices included.
        failing: Every turn that did not go as expected.
    """

    model_config = ConfigDict(frozen=True)

    dialogues: int
    turns: int
    as_expected: Share
    by_language: dict[str, Share]
    by_sector: dict[str, Share]
    resolution: Share
    containment: Share
    wrong_answers: Share
    hand_overs: Share
    missed_hand_overs: Share
    needless_hand_overs: Share
    false_answers: Share
    clarified: Share
    turns_per_dialogue: float
    failing: tuple[JudgedTurn, ...]


def evaluate_bot(
    bot: Bot,
    scripts: Sequence[Script],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> BotEvaluation:
    """Let a bot go through dialogues and judge what it does.

    Where it asks back although an answer was expected, the choice with the expected article is
    pressed, as a customer would, and what follows is judged. A dialogue ends at a hand-over that
    was not expected: what comes after cannot be judged.

    Args:
        bot: With everything that it needs.
        scripts: The dialogues.
        progress: Called with (dialogues done, in all).
    """
    judged: list[JudgedTurn] = []
    by_language: dict[str, list[bool]] = {}
    by_sector: dict[str, list[bool]] = {}
    resolvable: list[bool] = []
    contained = messages = 0
    for number, script in enumerate(scripts, 1):
        turns, count, handed = _play(bot, script)
        judged += turns
        messages += count
        by_language.setdefault(script.language, []).extend(turn.passed for turn in turns)
        if script.sector is not None:
            by_sector.setdefault(script.sector, []).extend(turn.passed for turn in turns)
        contained += not handed
        kinds = {e.kind for turn in script.turns for e in turn.expect[:1]}
        if "answer" in kinds and not kinds & {"hand_over", "mute"}:
            expected = sum(bool(turn.expect) for turn in script.turns)
            resolvable.append(len(turns) == expected and all(turn.passed for turn in turns))
        if progress is not None:
            progress(number, len(scripts))
    answers = [turn for turn in judged if turn.did == "answer"]
    due = [turn for turn in judged if turn.kind == "hand_over"]
    others = [turn for turn in judged if turn.kind != "hand_over"]
    unanswerable = [turn for turn in judged if turn.kind == "decline"]
    return BotEvaluation(
        dialogues=len(scripts),
        turns=len(judged),
        as_expected=_share(turn.passed for turn in judged),
        by_language={name: _share(passed) for name, passed in sorted(by_language.items())},
        by_sector={name: _share(passed) for name, passed in sorted(by_sector.items())},
        resolution=_share(resolvable),
        containment=Share(count=contained, total=len(scripts)),
        wrong_answers=_share(not turn.passed for turn in answers),
        hand_overs=_share(turn.passed for turn in due),
        missed_hand_overs=_share(turn.did != "hand_over" for turn in due),
        needless_hand_overs=_share(turn.did == "hand_over" and not turn.passed for turn in others),
        false_answers=_share(turn.did == "answer" for turn in unanswerable),
        clarified=_share(turn.clarified for turn in judged if turn.kind == "answer"),
        turns_per_dialogue=round(messages / max(1, len(scripts)), 2),
        failing=tuple(turn for turn in judged if not turn.passed),
    )


def _play(bot: Bot, script: Script) -> tuple[list[JudgedTurn], int, bool]:
    """Return the judged turns, the number of messages, and whether a person was called."""
    session = Session(id=script.id, channel=script.channel, language=script.language)
    judged: list[JudgedTurn] = []
    at, messages, handed = _START, 0, False
    for number, turn in enumerate(script.turns, 1):
        at += _BETWEEN
        step = bot.handle(session, _event(turn, f"{number}", at))
        session, actions = step.session, step.actions
        messages += turn.customer is not None or turn.press is not None
        handed = handed or any(isinstance(action, HandOver) for action in actions)
        if not turn.expect:
            continue
        wanted = _choice_wanted(session, turn.expect)
        if wanted is not None:
            at += _BETWEEN
            messages += 1
            event = CustomerMessage(id=f"{number}-choice", at=at, choice=wanted)
            step = bot.handle(session, event)
            session, actions = step.session, step.actions
        judged.append(_judge(script, number, turn, actions, clarified=wanted is not None))
        last = judged[-1]
        if last.did == "hand_over" and not last.passed:
            break
    return judged, messages, handed


def _event(turn: ScriptTurn, name: str, at: datetime) -> Event:
    if turn.human is not None:
        return HumanWrote(id=name, at=at, text=turn.human)
    if turn.joined:
        return HumanJoined(id=name, at=at)
    if turn.given_back:
        return GivenBack(id=name, at=at)
    if turn.silent:
        return TimedOut(id=name, at=at)
    return CustomerMessage(id=name, at=at, text=turn.customer or "", choice=turn.press)


def _choice_wanted(session: Session, expect: Sequence[Expectation]) -> int | None:
    """Return the choice that leads to an expected article, where the bot asked back instead."""
    if session.state != "clarifying" or session.asked is None:
        return None
    if any(expectation.clarify for expectation in expect):
        return None
    documents = {path for expectation in expect for path in expectation.answer}
    for number, choice in enumerate(session.asked.choices, 1):
        if choice.citation.document in documents:
            return number
    return None


def _judge(
    script: Script, number: int, turn: ScriptTurn, actions: Sequence[Action], *, clarified: bool
) -> JudgedTurn:
    said = "\n".join(action.text for action in actions if isinstance(action, Say))
    cited = [c for action in actions if isinstance(action, Say) for c in action.citations]
    documents = tuple(dict.fromkeys(citation.document for citation in cited))
    trigger = next((a.packet.trigger for a in actions if isinstance(a, HandOver)), None)
    did = _did(actions, documents)
    passed = any(
        _fits(expectation, did, documents, trigger, said.casefold()) for expectation in turn.expect
    )
    return JudgedTurn(
        script=script.id,
        turn=number,
        message=turn.customer if turn.customer is not None else _named(turn),
        expected=" | ".join(map(str, turn.expect)),
        kind=turn.expect[0].kind,
        did=did,
        documents=documents,
        trigger=trigger,
        said=said,
        passed=passed,
        clarified=clarified,
    )


def _did(actions: Sequence[Action], documents: tuple[str, ...]) -> Did:
    if not actions:
        return "mute"
    if any(isinstance(action, HandOver) for action in actions):
        return "hand_over"
    if any(isinstance(action, Close) for action in actions):
        return "close"
    if documents:
        return "answer"
    purposes = {action.purpose for action in actions if isinstance(action, Say)}
    for purpose in ("clarify", "decline"):
        if purpose in purposes:
            return purpose
    return "talk"


def _fits(
    expected: Expectation, did: Did, documents: tuple[str, ...], trigger: str | None, said: str
) -> bool:
    if did != expected.kind:
        return False
    if expected.answer and documents[:1] and documents[0] not in expected.answer:
        return False
    if expected.answers and not set(expected.answers) <= set(documents):
        return False
    if expected.hand_over and trigger not in expected.hand_over:
        return False
    return all(text.casefold() in said for text in expected.says) and not any(
        text.casefold() in said for text in expected.not_says
    )


def _named(turn: ScriptTurn) -> str:
    if turn.press is not None:
        return f"(button {turn.press})"
    if turn.human is not None:
        return f"(human) {turn.human}"
    return "(joined)" if turn.joined else "(given back)" if turn.given_back else "(silence)"


def _share(values: Iterable[bool]) -> Share:
    listed = list(values)
    return Share(count=sum(listed), total=len(listed))
