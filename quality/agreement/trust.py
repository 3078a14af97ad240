"""The trust in a card, from the log of reviews and sessions: figures, gates, alarms, changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from quality.agreement.drift import DEFAULT_RULE as DEFAULT_DRIFT_RULE
from quality.agreement.drift import DriftRule, Observation, find_drift
from quality.agreement.gate import (
    DEFAULT_RULE,
    GateDecision,
    GateRule,
    Gates,
    QuestionGate,
    decide_gate,
)
from quality.agreement.question import QuestionAgreement, measure_question
from quality.agreement.ratings import Rated, by_item
from quality.findings import both
from quality.review.card_events import AnyCardEvent, DriftAlarmed, GateChanged
from quality.review.events import AnyEvent
from quality.review.fold import fold_review
from quality.review.log import EventLog
from quality.review.review_events import AnyReviewEvent, ReviewEvent
from quality.review.session_events import AnySessionEvent, SessionEvent, SessionScored
from quality.review.sessions import SessionState, fold_session
from quality.review.state import ReviewState
from quality.scorecard import Scorecard

Source = Literal["sessions", "reviews"]


class TrustReport(BaseModel):
    """What the log says of a card.

    Attributes:
        scorecard: Name of the card.
        version: Of the card.
        questions: Agreement on each question in blind sessions, in the card's order; answers to
            a question that was asked otherwise count nowhere.
        decisions: What the rule says of each.
        gates: That hold once the changes are announced.
        changes: To be announced: gates that change, alarms that sound.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scorecard: str
    version: str
    questions: tuple[QuestionAgreement, ...]
    decisions: tuple[GateDecision, ...]
    gates: Gates
    changes: tuple[GateChanged | DriftAlarmed, ...]


def assess_trust(
    log: EventLog,
    card: Scorecard,
    *,
    at: datetime,
    author: str = "entendu",
    rule: GateRule = DEFAULT_RULE,
    drift: DriftRule = DEFAULT_DRIFT_RULE,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TrustReport:
    """Measure the trust in a card.

    Args:
        log: Of reviews and sessions.
        card: As it is in use now.
        at: Now; aware of its zone.
        author: Id of the program, for the changes.
        rule: For gates.
        drift: For alarms.
        seed: Of the intervals.
        progress: Called with the number of questions done and of questions in all.

    Returns:
        The report; nothing is recorded (:func:`announce`).
    """
    events = log.events()
    asked = {item.id: item.sha256 for item in card.items}
    mine = [one for one in events if isinstance(one, GateChanged | DriftAlarmed)]
    mine = [one for one in mine if one.scorecard == card.name]
    mine = [one for one in mine if asked.get(one.item) == one.question_sha256]
    held = {one.item: one.after for one in mine if isinstance(one, GateChanged)}
    blind = _asked_so(session_ratings(events, scorecard=card.name), asked)
    reviewed = _asked_so(review_ratings(events, scorecard=card.name), asked)
    questions, decisions = [], []
    changed: list[GateChanged | DriftAlarmed] = []
    alarmed = [one for one in mine if isinstance(one, DriftAlarmed)]
    streams: dict[Source, dict[str, list[Rated]]] = {
        "sessions": by_item(blind), "reviews": by_item(reviewed)
    }  # fmt: skip
    for number, item in enumerate(card.items, start=1):
        measured = measure_question(item.id, streams["sessions"].get(item.id, []), seed=seed)
        decision = decide_gate(measured, rule)
        questions.append(measured)
        decisions.append(decision)
        if decision.gate not in (None, held.get(item.id)):
            changed.append(
                _gate_change(
                    decision, card, item.sha256, before=held.get(item.id), at=at, author=author
                )
            )
            held[item.id] = changed[-1].after if isinstance(changed[-1], GateChanged) else "off"
        for source, stream in streams.items():
            last = [one.at for one in alarmed if (one.item, one.source) == (item.id, source)]
            alarm = _alarm(
                stream.get(item.id, []), source, card, item.id, item.sha256,
                after=max(last, default=None), drift=drift, author=author,
            )  # fmt: skip
            changed += [] if alarm is None else [alarm]
        if progress is not None:
            progress(number, len(card.items))
    return TrustReport(
        scorecard=card.name,
        version=card.version,
        questions=tuple(questions),
        decisions=tuple(decisions),
        gates=Gates(
            scorecard=card.name,
            questions={
                item: QuestionGate(gate=gate, question_sha256=asked[item])
                for item, gate in held.items()
            },
        ),
        changes=tuple(changed),
    )


def announce(log: EventLog, report: TrustReport) -> None:
    """Record the changes of a report: no gate changes and no alarm sounds in silence.

    Args:
        log: Where the events go.
        report: From :func:`assess_trust`.
    """
    for event in report.changes:
        log.append(event)


def session_ratings(events: Iterable[AnyEvent], *, scorecard: str) -> list[Rated]:
    """Collect blind answers from sessions in which everybody has scored.

    Args:
        events: Of a log.
        scorecard: Name of the card.

    Returns:
        One for each question of each contact, in the order in which contacts were scored.
    """
    streams: dict[str, list[AnySessionEvent]] = {}
    for event in events:
        if isinstance(event, SessionEvent):
            streams.setdefault(event.stream, []).append(event)
    rated = []
    for stream in streams.values():
        state = fold_session(stream)
        if state is not None and state.opened.scorecard == scorecard and state.is_revealed:
            rated += _of_session(state, stream)
    return sorted(rated, key=lambda one: (str(one.at), one.conversation_id))


def _of_session(state: SessionState, stream: Sequence[AnySessionEvent]) -> list[Rated]:
    scored_at: dict[str, datetime] = {}
    for event in stream:
        if isinstance(event, SessionScored):
            last = scored_at.get(event.conversation_id, event.at)
            scored_at[event.conversation_id] = max(last, event.at)
    return [
        Rated(
            conversation_id=one.conversation_id,
            item=one.item,
            machine=one.machine,
            raters=tuple(one.raters.values()),
            agreed=one.reconciled,
            at=scored_at.get(one.conversation_id),
            question_sha256=state.opened.questions.get(one.item),
        )
        for one in state.comparison()
    ]


def review_ratings(events: Iterable[AnyEvent], *, scorecard: str) -> list[Rated]:
    """Collect people's answers from reviews; they saw the machine's answer first.

    Args:
        events: Of a log.
        scorecard: Name of the card.

    Returns:
        One for each question of each contact that a person answered, in the order of the last
        answers.
    """
    rated = []
    of_card = (
        one for one in events if isinstance(one, ReviewEvent) and one.subject.scorecard == scorecard
    )
    for state in review_states(cast("Iterable[AnyReviewEvent]", of_card)):
        rated += [
            Rated(
                conversation_id=state.subject.conversation_id,
                item=one.opened.id,
                machine=one.automatic,
                raters=(one.decisions[-1].answer,),
                at=one.decisions[-1].at,
                question_sha256=one.opened.question_sha256,
            )
            for one in state.items
            if one.decisions
        ]
    return sorted(rated, key=lambda one: (str(one.at), one.conversation_id))


def human_answers(events: Iterable[AnyEvent], *, scorecard: str) -> dict[tuple[str, str], Rated]:
    """Collect what people hold to be right, from sessions and reviews.

    Args:
        events: Of a log.
        scorecard: Name of the card, in any version.

    Returns:
        By conversation and question; answers given blind win over those of a review.
    """
    events = list(events)
    found: dict[tuple[str, str], Rated] = {}
    for one in (
        *review_ratings(events, scorecard=scorecard),
        *session_ratings(events, scorecard=scorecard),
    ):
        found[one.conversation_id, one.item] = one
    return found


def review_states(events: Iterable[AnyEvent]) -> list[ReviewState]:
    """Fold all reviews of a log, in the order in which they were opened."""
    streams: dict[str, list[AnyReviewEvent]] = {}
    for event in events:
        if isinstance(event, ReviewEvent):
            streams.setdefault(event.stream, []).append(event)
    states = (fold_review(stream) for stream in streams.values())
    return [state for state in states if state is not None]


def card_events(events: Iterable[AnyEvent], *, scorecard: str) -> list[AnyCardEvent]:
    """Return the events about a card: gates that changed, alarms, recalibrations."""
    return [cast("AnyCardEvent", one) for one in events if one.stream == f"card {scorecard}"]


def _asked_so(rated: Iterable[Rated], asked: dict[str, str]) -> list[Rated]:
    return [one for one in rated if asked.get(one.item) == one.question_sha256]


def _gate_change(
    decision: GateDecision,
    card: Scorecard,
    sha256: str,
    *,
    before: Literal["auto", "assist", "off"] | None,
    at: datetime,
    author: str,
) -> GateChanged:
    return GateChanged.model_validate(
        {
            "at": at,
            "author": author,
            "role": "system",
            "scorecard": card.name,
            "version": card.version,
            "item": decision.item,
            "question_sha256": sha256,
            "before": before,
            "after": decision.gate,
            "n": decision.n,
            "failures": decision.failures,
            "kappa": decision.kappa,
            "interval": (decision.low, decision.high),
            "human_kappa": decision.human_kappa,
            "reason_fr": decision.reason_fr,
            "reason_en": decision.reason_en,
        }
    )


def _alarm(
    rated: Sequence[Rated],
    source: Source,
    card: Scorecard,
    item: str,
    sha256: str,
    *,
    after: datetime | None,
    drift: DriftRule,
    author: str,
) -> DriftAlarmed | None:
    """Look for a new alarm; one that was recorded takes a new baseline behind it."""
    observations = [
        Observation(one.at, 1 - one.match)
        for one in rated
        if one.at is not None and one.match is not None and (after is None or one.at > after)
    ]
    found = find_drift(observations, questions=len(card.items), rule=drift)
    if found is None:
        return None
    reason = both(
        f"Désaccord machine–analystes : {100 * found.recent:.0f} % sur {found.n} contacts depuis "
        f"le {found.since:%d/%m/%Y}, {100 * found.baseline:.0f} % auparavant.",
        f"Machine and analysts disagree on {100 * found.recent:.0f} % of {found.n} contacts since "
        f"{found.since:%Y-%m-%d}, {100 * found.baseline:.0f} % before.",
    )
    return DriftAlarmed(
        at=found.at,
        author=author,
        role="system",
        scorecard=card.name,
        version=card.version,
        item=item,
        question_sha256=sha256,
        source=source,
        baseline=found.baseline,
        recent=found.recent,
        since=found.since,
        n=found.n,
        reason_fr=reason.fr,
        reason_en=reason.en,
    )
