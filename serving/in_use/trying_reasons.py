"""A centre's own reasons on past conversations, beside those that they were analysed with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import Conflict
from nlu.reason_scorer import scorer_for
from nlu.reason_votes import texts_to_encode
from nlu.reasons import ReasonResult, find_reasons
from serving.board.newest import newest_analysed
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from nlu.taxonomy import Taxonomy
    from serving.access.visibility import Visibility
    from serving.resources import Resources

MAX_TRIED = 50
"""Conversations that are read while somebody waits."""


class TriedReason(BaseModel):
    """A reason of a conversation.

    Attributes:
        code: Of the reason; None where none was sure enough.
        label_fr: Its name in French.
        label_en: Its name in English.
        probability: Of it; None where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str | None
    label_fr: str | None
    label_en: str | None
    probability: float | None = Field(ge=0, le=1)


class TriedOne(BaseModel):
    """A conversation with reasons that are tried.

    Attributes:
        conversation_id: Which.
        name: As it was received.
        before: The reason that its analysis found.
        after: The reason that would be found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    name: str
    before: TriedReason
    after: TriedReason

    @property
    def differs(self) -> bool:
        """Whether the reason would be another one."""
        return self.before.code != self.after.code


def newest(resources: Resources, visibility: Visibility, most: int) -> tuple[str, ...]:
    """Return the newest analysed conversations that somebody sees."""
    return newest_analysed(resources.database, seen_by(visibility), most)[0]


def try_reasons(
    resources: Resources, taxonomy: Taxonomy, ids: Sequence[str], visibility: Visibility
) -> tuple[TriedOne, ...]:
    """Find the reasons of past conversations with a taxonomy; nothing is kept.

    Args:
        resources: Of the service.
        taxonomy: That is tried.
        ids: The conversations; those that cannot be seen or have another shape are left out.
        visibility: What may be seen.

    Raises:
        EntenduError: The sentence encoder cannot be used.
    """
    encoder = resources.encoder
    scorer = scorer_for(taxonomy, encoder)
    tried = []
    for contact in resources.contacts.each(ids, visibility):
        try:
            result = contact.result
        except Conflict:
            continue
        texts = texts_to_encode(result.conversation)
        vectors = encoder.encode(texts, kind="query") if texts else ()
        found = find_reasons(
            result.conversation, scorer=scorer, vectors=dict(zip(texts, vectors, strict=True))
        )
        understanding = result.understanding
        before = None if understanding is None else understanding.reasons
        tried.append(
            TriedOne(
                conversation_id=contact.stored.id,
                name=contact.stored.name,
                before=_reason(before if isinstance(before, ReasonResult) else None),
                after=_reason(found),
            )
        )
    return tuple(tried)


def _reason(found: ReasonResult | None) -> TriedReason:
    primary = None if found is None else found.primary
    if primary is None:
        return TriedReason(code=None, label_fr=None, label_en=None, probability=None)
    return TriedReason(
        code=primary.code, label_fr=primary.label_fr, label_en=primary.label_en,
        probability=primary.probability,
    )  # fmt: skip
