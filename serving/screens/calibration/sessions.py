"""What the pages of calibration sessions begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from serving.access.visibility import visible
from serving.reviewing.card_texts import CardTexts, Title
from serving.reviewing.one_review import ReviewedContact, reviewed_contact
from serving.store.tables import ConversationRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from quality.review import SessionState
    from serving.access.principal import Principal
    from serving.service import Service

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class ListedSession(BaseModel):
    """A session in a list.

    Attributes:
        id: Of the session.
        title: Of its card.
        version: Of the card.
        opened_at: When.
        opened_by: Id of who opened it.
        contacts: How many are scored.
        scored: How many of them each rater has scored.
        excused: Raters who are no longer waited for.
        mine: How many the one who looks has still to score; None: they are no rater.
        revealed: Whether all have scored.
        closed: Whether it was talked over.
    """

    model_config = _FROZEN

    id: str
    title: Title
    version: str
    opened_at: AwareDatetime
    opened_by: str
    contacts: int = Field(gt=0)
    scored: dict[str, int]
    excused: tuple[str, ...]
    mine: int | None
    revealed: bool
    closed: bool


class AskedQuestion(BaseModel):
    """A question of a session's card.

    Attributes:
        id: Of the question.
        section: Title of its section.
        question: In words.
        not_applicable: When it does not count; None: always counts.
        eliminatory: When a 0 may eliminate the contact; None: never.
        points: Its weight.
    """

    model_config = _FROZEN

    id: str
    section: Title
    question: Title
    not_applicable: Title | None
    eliminatory: Title | None
    points: float


def listed(state: SessionState, principal: Principal, texts: CardTexts) -> ListedSession:
    """Return a session as a list shows it.

    Args:
        state: Where it stands.
        principal: Who looks.
        texts: Of the cards.
    """
    opened = state.opened
    scored = {rater: len(state.scored.get(rater, {})) for rater in opened.raters}
    rates = principal.id in opened.raters and principal.id not in state.excused
    return ListedSession(
        id=opened.session,
        title=texts.title(opened.scorecard, opened.version),
        version=opened.version,
        opened_at=opened.at,
        opened_by=opened.author,
        contacts=len(state.contacts),
        scored=scored,
        excused=state.excused,
        mine=len(state.contacts) - scored[principal.id] if rates else None,
        revealed=state.is_revealed,
        closed=state.closed is not None,
    )


def questions(state: SessionState, texts: CardTexts) -> list[AskedQuestion]:
    """Return the questions of a session in the card's order; where the card is gone, their ids."""
    card = texts.card(state.opened.scorecard, state.opened.version)
    if card is None:
        return [
            AskedQuestion(
                id=item, section=Title(fr="", en=""), question=Title(fr=item, en=item),
                not_applicable=None, eliminatory=None, points=0,
            )
            for item in state.items
        ]  # fmt: skip
    asked = {
        item.id: AskedQuestion(
            id=item.id,
            section=Title(fr=section.label.fr, en=section.label.en),
            question=Title(fr=item.label.fr, en=item.label.en),
            not_applicable=_title(item.not_applicable),
            eliminatory=_title(item.eliminatory),
            points=item.points,
        )
        for section in card.sections
        for item in section.items
    }
    return [asked[item] for item in state.items if item in asked]


def contacts(service: Service, principal: Principal, state: SessionState) -> list[ReviewedContact]:
    """Return the conversations of a session that somebody may see, in its order."""
    found = select(ConversationRow).where(
        ConversationRow.id.in_(state.contacts), seen_by(visible(principal))
    )
    with service.store.database.reading() as session:
        rows = {row.id: reviewed_contact(row) for row in session.scalars(found)}
    return [rows[one] for one in state.contacts if one in rows]


def people(service: Service, states: list[SessionState]) -> dict[str, str]:
    """Return the names of those who take part in sessions, by id."""
    ids = {rater for state in states for rater in state.opened.raters}
    ids |= {state.opened.author for state in states}
    ids |= {state.closed.author for state in states if state.closed is not None}
    return service.resources.people.names(ids)


def _title(label: Title | object) -> Title | None:
    fr, en = getattr(label, "fr", None), getattr(label, "en", None)
    return None if fr is None or en is None else Title(fr=fr, en=en)
