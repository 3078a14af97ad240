"""What kind of contact it is: a question, a request, an incident, a complaint or another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, Turn
from models import LinearHead
from nlu.axes.nature_head import NATURES, Nature, nature_features
from nlu.axes.passages import CUSTOMERS
from nlu.segments import Segment, opening_of, segments_of
from nlu.sentiment_lexicon import LexiconLanguage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_SUBSTANCE = 0.5
"""Probability that any piece says something, below which a contact has no nature."""

ALSO_FROM = 0.5
"""Probability of one piece from which a nature that is not the primary one is told beside it."""

_DECAY = 0.5  # the first pieces tell why somebody contacts, later ones are answers
_KEPT = ("complaint", "cancellation")  # what may come late and still is what the contact is
_PRAISE_AMONG_OTHERS = 0.3  # kind words inside a contact about something else are politeness
_MOST_EVIDENCE = 3


class NatureScore(BaseModel):
    """One nature with its probability."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nature: Nature
    probability: float = Field(ge=0, le=1)


class ContactNature(BaseModel):
    """What kind of contact it is.

    ``information`` asks to know; ``request`` asks for an act; ``incident`` tells of something
    that does not work or went wrong; ``complaint`` is an expression of dissatisfaction towards a
    professional, oral or written (ACPR recommendation 2022-R-01: a mere request for information,
    advice or an act is none); ``cancellation`` ends a contract, an account or an order;
    ``follow_up`` comes back to a request that is open; ``praise`` compliments.

    Attributes:
        primary: The most probable nature; None when the customer said nothing that has one.
        probability: Of the primary nature; 0 when there is none.
        also: Other natures that a piece of the contact clearly has, most probable first: an
            incident told in anger is also a complaint, which must be registered.
        scores: All natures, most probable first; they add up to 1, or there are none.
        evidence: Up to three pieces that have the primary nature, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    primary: Nature | None
    probability: float = Field(ge=0, le=1)
    also: tuple[Nature, ...] = ()
    scores: tuple[NatureScore, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def nature_texts(conversation: Conversation) -> tuple[str, ...]:
    """Return the distinct texts whose vectors :func:`read_nature` needs.

    They are among those that reasons are found from, so that encoding them costs nothing more.
    """
    pieces = _pieces(conversation)
    texts = [piece.text for piece in pieces]
    opening = opening_of(pieces)
    return tuple(dict.fromkeys([*texts, opening] if opening else texts))


def read_nature(
    conversation: Conversation,
    *,
    head: LinearHead,
    vectors: Mapping[str, NDArray[np.float32]],
    language: str | None,
) -> ContactNature:
    """Tell what kind of contact it is.

    Each piece of what the customer says, and the first ones together, are judged; the first that
    have a nature count more. Complaints and cancellations count wherever they are said.

    Args:
        conversation: Any conversation.
        head: From :func:`nlu.axes.nature_head.load_nature_head`.
        vectors: Of each of :func:`nature_texts`, of shape ``(dim,)``.
        language: BCP 47 primary tag; guessed for each piece when neither ``fr`` nor ``en``.

    Returns:
        The nature; None in it when nothing the customer says has one.
    """
    import numpy as np

    pieces = _pieces(conversation)
    if not pieces:
        return ContactNature(primary=None, probability=0.0)
    opening = opening_of(pieces)
    texts = [piece.text for piece in pieces] + ([opening] if opening else [])
    tag: LexiconLanguage | None = "fr" if language == "fr" else "en" if language == "en" else None
    features = nature_features(
        np.stack([vectors[text] for text in texts]), texts, [tag] * len(texts)
    )
    probabilities = head.predict_proba(features)[:, [head.labels.index(n) for n in NATURES]]
    alone = probabilities[: len(pieces)]
    if float(probabilities.sum(axis=1).max()) < LEAST_SUBSTANCE:
        return ContactNature(primary=None, probability=0.0)
    totals = _weigh(alone)
    if opening:
        totals = totals + probabilities[-1] * float(probabilities[-1].sum())
    best = int(np.argmax(totals))
    shares = totals / totals.sum()
    order = sorted(range(len(NATURES)), key=lambda n: -shares[n])
    clear = alone.max(axis=0)
    return ContactNature(
        primary=NATURES[best],
        probability=round(float(shares[best]), 4),
        also=tuple(
            NATURES[n]
            for n in sorted(range(len(NATURES)), key=lambda n: -clear[n])
            if n != best and clear[n] >= ALSO_FROM and NATURES[n] != "praise"
        ),
        scores=tuple(
            NatureScore(nature=NATURES[n], probability=round(float(shares[n]), 4)) for n in order
        ),
        evidence=_evidence(conversation.turns, pieces, alone[:, best]),
    )


def _pieces(conversation: Conversation) -> list[Segment]:
    return [
        piece
        for piece in segments_of(conversation)
        if piece.speaker in CUSTOMERS and not piece.text.startswith(">")
    ]


def _weigh(alone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up what pieces say, the sure ones and the first ones counting more."""
    import numpy as np

    substance = alone.sum(axis=1)
    before = np.concatenate([[0.0], np.cumsum(substance)[:-1]])
    weights = substance * alone.max(axis=1) / (1 + _DECAY * before)
    totals = (alone * weights[:, None]).sum(axis=0)
    for name in _KEPT:
        column = alone[:, NATURES.index(name)]
        totals[NATURES.index(name)] = max(
            totals[NATURES.index(name)], float((column**2 * substance).max())
        )
    others = np.delete(alone, NATURES.index("praise"), axis=1)
    if float(others.max()) >= ALSO_FROM:
        totals[NATURES.index("praise")] *= _PRAISE_AMONG_OTHERS
    return np.asarray(totals, dtype=np.float64)


def _evidence(
    turns: Sequence[Turn], pieces: Sequence[Segment], chances: NDArray[np.float64]
) -> tuple[Evidence, ...]:
    strongest = sorted(range(len(pieces)), key=lambda i: -chances[i])[:_MOST_EVIDENCE]
    clear = [i for i in strongest if chances[i] >= ALSO_FROM] or strongest[:1]
    quotes = [
        Evidence.from_turn(turns[pieces[i].turn_index], pieces[i].text) for i in sorted(clear)
    ]
    return tuple(dict.fromkeys(quotes))
