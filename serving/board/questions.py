"""Quality by question: the machine's drafts and people's answers, kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from conversation.errors import NotFound
from quality.agreement.trust import human_answers
from quality.kpi.definitions import Words
from quality.kpi.estimates import share
from quality.review import GateChanged
from quality.review.event import Gate
from serving.board.values import FROZEN

if TYPE_CHECKING:
    from quality.agreement.ratings import Rated
    from quality.review.events import AnyEvent
    from quality.scorecard import Item, Scorecard
    from serving.board.counted import Counted
    from serving.reviewing.cards import Cards


class Rate(BaseModel):
    """A mean answer: 1 conforming, 0.5 partly, 0 not.

    Attributes:
        value: 0 to 1; None without answers.
        n: Conversations with an answer that is a value.
        low: Lower end of the 95 % interval (Wilson, rather too wide); None without answers.
        high: Upper end.
    """

    model_config = FROZEN

    value: float | None
    n: int = Field(ge=0)
    low: float | None
    high: float | None


class Agreement(BaseModel):
    """How far machine and people agree, as it was last measured and announced.

    Attributes:
        n: Contacts that two people or more scored blind.
        kappa: Cohen's, of machine and consensus.
        low: Lower end of its 95 % interval.
        high: Upper end.
        human_kappa: Between people; None where it is not defined.
        reason: Why the gate is as it is.
    """

    model_config = FROZEN

    n: int = Field(ge=0)
    kappa: float
    low: float
    high: float
    human_kappa: float | None
    reason: Words


class QuestionQuality(BaseModel):
    """One question of a card.

    Attributes:
        item: Its identifier.
        label: The question.
        section: Name of its section.
        points: Its weight.
        draft: The machine's answers: not the score of anybody until people confirm.
        not_applicable: Drafts in which its subject never arose.
        not_assessable: Drafts in which the machine could not tell.
        confirmed: What people answered, blind or in a review, of the same conversations.
        gate: ``auto``: the draft is counted; ``assist``: shown, not counted; ``off``: withdrawn;
            ``unmeasured``: nobody has measured the agreement yet.
        agreement: None where it was not measured.
    """

    model_config = FROZEN

    item: str
    label: Words
    section: Words
    points: float
    draft: Rate
    not_applicable: int = Field(ge=0)
    not_assessable: int = Field(ge=0)
    confirmed: Rate
    gate: Gate | Literal["unmeasured"]
    agreement: Agreement | None


class CardQuality(BaseModel):
    """The questions of one scorecard.

    Attributes:
        scorecard: Its name.
        version: The version that is shown.
        label: Its title.
        evaluated: Conversations with a draft of it, of any version.
        reviewed: Of them, those of which people answered something.
        questions: In the card's order.
    """

    model_config = FROZEN

    scorecard: str
    version: str
    label: Words
    evaluated: int = Field(ge=0)
    reviewed: int = Field(ge=0)
    questions: tuple[QuestionQuality, ...]


class Quality(BaseModel):
    """All cards that the period's conversations were scored with, the most used first."""

    model_config = FROZEN

    cards: tuple[CardQuality, ...]


def card_qualities(
    counted: Sequence[Counted], cards: Cards, events: Sequence[AnyEvent]
) -> tuple[CardQuality, ...]:
    """Summarise every card, question by question.

    Args:
        counted: Conversations with their facts.
        cards: Finds the wording of the questions.
        events: Of reviews, blind sessions and cards, of the teams in question.
    """
    by_card: dict[str, list[Counted]] = {}
    for one in counted:
        if one.facts.evaluated:
            by_card.setdefault(one.facts.scorecard, []).append(one)
    found = []
    for name, scored in sorted(by_card.items(), key=lambda each: (-len(each[1]), each[0])):
        card = _card(cards, name, scored[-1].facts.card_version)
        if card is not None:
            found.append(_card_quality(card, scored, events))
    return tuple(found)


def answer_behind(
    counted: Iterable[Counted], scorecard: str, item: str, answers: Iterable[object]
) -> list[str]:
    """Return the ids of the conversations whose draft answers a question so.

    Args:
        counted: Conversations.
        scorecard: Name of the card.
        item: The question.
        answers: Which answers.
    """
    wanted = list(answers)
    return [
        one.stored.id
        for one in counted
        if one.facts.scorecard == scorecard
        and item in one.facts.answers
        and one.facts.answers[item] in wanted
    ]


def _card(cards: Cards, name: str, version: str) -> Scorecard | None:
    for wanted in (version, None):
        try:
            return cards.get(name, wanted)
        except NotFound:
            continue
    return None


def _card_quality(
    card: Scorecard, scored: Sequence[Counted], events: Sequence[AnyEvent]
) -> CardQuality:
    ids = {one.stored.id for one in scored}
    people = {
        key: one for key, one in human_answers(events, scorecard=card.name).items() if key[0] in ids
    }
    gates: dict[str, GateChanged] = {}
    for event in events:
        if isinstance(event, GateChanged) and event.scorecard == card.name:
            gates[event.item] = event
    sections = {
        item.id: Words(fr=section.label.fr, en=section.label.en)
        for section in card.sections
        for item in section.items
    }
    return CardQuality(
        scorecard=card.name,
        version=card.version,
        label=Words(fr=card.label.fr, en=card.label.en),
        evaluated=len(scored),
        reviewed=len({key[0] for key in people}),
        questions=tuple(
            _question(item, sections[item.id], scored, people, gates.get(item.id))
            for item in card.items
        ),
    )


def _question(
    item: Item,
    section: Words,
    scored: Sequence[Counted],
    people: Mapping[tuple[str, str], Rated],
    gate: GateChanged | None,
) -> QuestionQuality:
    answers = [one.facts.answers[item.id] for one in scored if item.id in one.facts.answers]
    human = [_weight(rated) for key, rated in people.items() if key[1] == item.id]
    measured = gate if gate is not None and gate.question_sha256 == item.sha256 else None
    return QuestionQuality(
        item=item.id,
        label=Words(fr=item.label.fr, en=item.label.en),
        section=section,
        points=item.points,
        draft=_rate([one for one in answers if isinstance(one, int | float)]),
        not_applicable=sum(one == "na" for one in answers),
        not_assessable=sum(one is None for one in answers),
        confirmed=_rate([one for one in human if one is not None]),
        gate="unmeasured" if measured is None else measured.after,
        agreement=None if measured is None else Agreement(
            n=measured.n, kappa=measured.kappa, low=measured.interval[0],
            high=measured.interval[1], human_kappa=measured.human_kappa,
            reason=Words(fr=measured.reason_fr, en=measured.reason_en),
        ),
    )  # fmt: skip


def _weight(rated: Rated) -> float | None:
    """Return the mean of what people hold to be right; None where it does not apply."""
    values = [(answer, weight) for answer, weight in rated.truth if isinstance(answer, int | float)]
    total = sum(weight for _, weight in values)
    return None if total <= 0 else sum(answer * weight for answer, weight in values) / total


def _rate(values: Sequence[float]) -> Rate:
    # Not Student's: where all of few answers are alike, it would be sure.
    found = share(sum(values), len(values))
    return Rate(value=found.value, n=found.n, low=found.low, high=found.high)
