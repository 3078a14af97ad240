"""Everything that a screen shows of one evaluation: the draft, people's words, the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversation.errors import NotFound
from quality.results import Evaluation
from quality.review import DisplayedScore, ReviewState
from quality.review.event import Gate
from quality.review.review_events import AnyReviewEvent
from serving.access.visibility import visible
from serving.reviewing.card_texts import CardTexts, Title

if TYPE_CHECKING:
    from conversation import Conversation
    from serving.access.principal import Principal
    from serving.reviewing.contacts import Contact
    from serving.reviewing.desk import ReviewedEvaluation
    from serving.service import Service
    from serving.store import StoredConversation
    from serving.store.tables import ConversationRow

_FROZEN = ConfigDict(frozen=True, extra="forbid")

Scrubbed = Callable[[Any], Any]
"""Takes personal data out of the words in JSON values, and leaves the rest as it is."""


class ReviewedContact(BaseModel):
    """The conversation behind a review.

    Attributes:
        id: Of the conversation.
        name: File name, or its own identifier.
        channel: How the contact came.
        started_at: When it started; where that is not known, when it came in.
        duration_s: Seconds; None where not known.
        queue: Where it came in.
        reason: Code of the contact reason.
    """

    model_config = _FROZEN

    id: str
    name: str
    channel: str | None
    started_at: AwareDatetime
    duration_s: float | None
    queue: str | None
    reason: str | None


class OneReview(BaseModel):
    """One evaluation with its review.

    Attributes:
        contact: The conversation.
        title: Of the card.
        automatic: The machine's draft; what is not trusted is withdrawn or not counted.
        gates: How far each question's answer is trusted.
        review: What people made of it; None where nobody has begun.
        displayed: The one note to show.
        speakers: Who says each turn that is quoted, by the turn's index.
        people: Names of those in the history, by id; who has none is known by the id.
        history: All events, oldest first.
        events: How many there are, for ``expected_events``.
    """

    model_config = _FROZEN

    contact: ReviewedContact
    title: Title
    automatic: Evaluation
    gates: dict[str, Gate]
    review: ReviewState | None
    displayed: DisplayedScore
    speakers: dict[int, str]
    people: dict[str, str]
    history: list[AnyReviewEvent]
    events: int = Field(ge=0)


def one_review(
    service: Service,
    principal: Principal,
    conversation_id: str,
    *,
    scorecard: str | None = None,
    version: str | None = None,
    scrubbed: Scrubbed,
) -> OneReview:
    """Return all there is to show of one evaluation.

    Args:
        service: Has everything.
        principal: Who looks; an agent sees what was shared with them.
        conversation_id: Of the contact.
        scorecard: Name of the card; None: the first that may be seen.
        version: Of the card; None: the first.
        scrubbed: Takes what the reader is not to see out of quotes, reasons and comments.

    Raises:
        NotFound: There is none that may be seen.
        Conflict: It was not analysed yet, or they are to score it blind first.
    """
    resources = service.resources
    shown = next(
        (
            one
            for one in resources.desk.show(principal, conversation_id)
            if scorecard in (None, one.draft.evaluation.scorecard)
            and version in (None, one.draft.evaluation.version)
        ),
        None,
    )
    if shown is None:
        raise NotFound(
            f"no evaluation of {conversation_id[:64]!r} that may be seen",
            remedy="the list of evaluations names those that there are",
        )
    contact = resources.contacts.get(conversation_id, visible(principal))
    events = _history(service, contact, shown)
    conversation = contact.result.conversation
    evaluation = shown.draft.evaluation
    people = {one.author for one in events} | {one.to for one in events if one.kind == "assigned"}
    return OneReview(
        contact=ReviewedContact.model_validate(
            scrubbed(reviewed_contact(contact.stored).model_dump(mode="json"))
        ),
        title=CardTexts(resources.cards).title(evaluation.scorecard, evaluation.version),
        automatic=Evaluation.model_validate(scrubbed(evaluation.model_dump(mode="json"))),
        gates=shown.draft.gates,
        review=None
        if shown.review is None
        else ReviewState.model_validate(scrubbed(shown.review.model_dump(mode="json"))),
        displayed=_displayed(shown),
        speakers=_speakers(conversation, evaluation, events),
        people=resources.people.names(people),
        history=[type(one).model_validate(scrubbed(one.model_dump(mode="json"))) for one in events],
        events=len(events),
    )


def reviewed_contact(stored: StoredConversation | ConversationRow) -> ReviewedContact:
    """Return what a review's page says of the conversation."""
    return ReviewedContact(
        id=stored.id,
        name=stored.name,
        channel=stored.channel,
        started_at=stored.started_at or stored.created_at,
        duration_s=stored.duration_s,
        queue=stored.queue,
        reason=stored.reason,
    )


def _history(service: Service, contact: Contact, shown: ReviewedEvaluation) -> list[AnyReviewEvent]:
    if shown.review is None:
        return []
    log = service.resources.desk.log(contact.stored.team)
    return list(cast("Iterable[AnyReviewEvent]", log.events(f"review {shown.review.subject}")))


def _displayed(shown: ReviewedEvaluation) -> DisplayedScore:
    if shown.review is None:
        score = shown.draft.evaluation.score_100
        return DisplayedScore(score_100=score, source="automatic", draft=True)
    if shown.review.displayed.draft:  # gates may have changed since the review was opened
        return shown.review.displayed.model_copy(
            update={"score_100": shown.draft.evaluation.score_100}
        )
    return shown.review.displayed


def _speakers(
    conversation: Conversation, evaluation: Evaluation, events: Iterable[AnyReviewEvent]
) -> dict[int, str]:
    quoted = {
        quote.turn_index
        for part in (*evaluation.items, *evaluation.eliminatory, *events, evaluation.tip)
        for quote in getattr(part, "evidence", ())
    }
    return {turn.index: turn.speaker for turn in conversation.turns if turn.index in quoted}
