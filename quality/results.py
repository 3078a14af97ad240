"""What a filled-in scorecard holds."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Conversation, Evidence, Provenance
from conversation.errors import EvidenceMismatch
from quality.findings import Status, Value, both

DRAFT_NOTE = both(
    "Brouillon calculé par des règles : aucune note ne vaut tant qu'une personne ne l'a pas "
    "confirmée (RGPD, art. 22). Ne pas utiliser pour sanctionner ni pour classer.",
    "Draft computed by rules: no score counts until a person has confirmed it (GDPR art. 22). "
    "Not for discipline, not for ranking.",
)

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_ROUNDING_S = 0.01


def verify_evidence(evidence: Evidence, conversation: Conversation) -> None:
    """Check that a quote is verbatim in the turn it names, within its times.

    Raises:
        EvidenceMismatch: It is not.
    """
    if evidence.turn_index >= len(conversation.turns):
        raise EvidenceMismatch(
            f"the quote {evidence.quote[:80]!r} names turn {evidence.turn_index}, the conversation "
            f"has {len(conversation.turns)}",
            remedy="quote a turn of this conversation",
        )
    turn = conversation.turns[evidence.turn_index]
    true = Evidence.from_turn(turn, evidence.quote)
    if (true.start_s is None) != (evidence.start_s is None) or (true.end_s is None) != (
        evidence.end_s is None
    ):
        raise EvidenceMismatch(
            f"the quote {evidence.quote[:80]!r} has times where turn {turn.index} has none, or "
            "none where it has",
            remedy="build evidence with Evidence.from_turn",
        )
    times = (turn.start_s, evidence.start_s, evidence.end_s, turn.end_s)
    known = [time for time in times if time is not None]
    if any(late < early - _ROUNDING_S for early, late in pairwise(known)):
        raise EvidenceMismatch(
            f"the quote {evidence.quote[:80]!r} is timed {evidence.start_s}–{evidence.end_s} s, "
            f"turn {turn.index} lasts from {turn.start_s} to {turn.end_s} s",
            remedy="build evidence with Evidence.from_turn",
        )


class ItemResult(BaseModel):
    """The answer to one question.

    Attributes:
        id: Of the question.
        section: Id of its section.
        label_fr: The question in French.
        label_en: The question in English.
        points: Its weight.
        status: Whether it has a value; ``not_applicable`` when its subject never arose,
            ``not_assessable`` when the machine cannot tell.
        value: 1, 0.5 or 0 when scored, otherwise None.
        confidence: 0 to 1, set by hand for each rule and lowered where recognition was unsure;
            None when not assessable.
        evidence: Verbatim quotes; at least one when scored. For something absent, where it was
            looked for.
        reason_fr: Why, in French.
        reason_en: Why, in English.
        decided_by: Who decides the question, as the card says; ``both``: a person is asked to
            look at the machine's answer.
        item_sha256: Hash of the question as it was asked (:attr:`quality.scorecard.Item.sha256`).
    """

    model_config = _FROZEN

    id: str
    section: str
    label_fr: str
    label_en: str
    points: float = Field(ge=0)
    status: Status
    value: Value | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()
    reason_fr: str
    reason_en: str
    decided_by: Literal["machine", "person", "both"] = "machine"
    item_sha256: str | None = None

    @model_validator(mode="after")
    def _value_and_evidence_fit_the_status(self) -> Self:
        if (self.status == "scored") != (self.value is not None):
            raise ValueError(f"item {self.id}: status {self.status} with value {self.value}")
        if self.status == "scored" and not self.evidence:
            raise ValueError(f"item {self.id} is scored without evidence")
        return self

    def label(self, language: str | None) -> str:
        """Return the question in English for ``en``, otherwise in French."""
        return both(self.label_fr, self.label_en).text(language)

    def reason(self, language: str | None) -> str:
        """Return the reason in English for ``en``, otherwise in French."""
        return both(self.reason_fr, self.reason_en).text(language)


class SectionResult(BaseModel):
    """The result of one section.

    Attributes:
        id: Of the section.
        label_fr: Its name in French.
        label_en: Its name in English.
        points: Sum of the weights of its questions.
        points_decided: Sum of the weights of those that are scored.
        score_100: 100·Σ(w·v)/Σ(w) over those; None when that sum is 0.
    """

    model_config = _FROZEN

    id: str
    label_fr: str
    label_en: str
    points: float = Field(ge=0)
    points_decided: float = Field(ge=0)
    score_100: float | None = Field(default=None, ge=0, le=100)

    def label(self, language: str | None) -> str:
        """Return the name in English for ``en``, otherwise in French."""
        return both(self.label_fr, self.label_en).text(language)


class EliminatoryProposal(BaseModel):
    """A finding that would eliminate the contact, if a named person confirms it.

    The machine only proposes: the score stays as it is until then.

    Attributes:
        item: Id of the question.
        label_fr: The question in French.
        label_en: The question in English.
        condition_fr: The card's condition in French.
        condition_en: The card's condition in English.
        reason_fr: What was found, in French.
        reason_en: What was found, in English.
        evidence: The quotes.
        confidence: 0 to 1.
        status: Always a proposal.
    """

    model_config = _FROZEN

    item: str
    label_fr: str
    label_en: str
    condition_fr: str
    condition_en: str
    reason_fr: str
    reason_en: str
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)
    status: Literal["proposed"] = "proposed"


class CoachingTip(BaseModel):
    """The one advice of an evaluation, in the words of the card.

    Attributes:
        item: Id of the question that lost most points for sure.
        points_lost: Its weight × (1 − its value).
        text_fr: In French.
        text_en: In English.
        evidence: The quotes of the question.
    """

    model_config = _FROZEN

    item: str
    points_lost: float = Field(gt=0)
    text_fr: str
    text_en: str
    evidence: tuple[Evidence, ...] = Field(min_length=1)

    def text(self, language: str | None) -> str:
        """Return the advice in English for ``en``, otherwise in French."""
        return both(self.text_fr, self.text_en).text(language)


class Evaluation(BaseModel):
    """A scorecard filled in for one conversation.

    Attributes:
        conversation_id: Which conversation.
        scorecard: Name of the card.
        version: Of the card.
        language: Of the conversation, for choosing labels.
        items: All questions of the card, in order.
        sections: All sections, in order.
        score_100: 100·Σ(w·v)/Σ(w) over the scored questions, w their points and v their value;
            None when nothing with points is scored.
        coverage: Points scored / points that are scored or not assessable, 0 to 1.
        eliminatory: Proposals for a person to confirm.
        explanation_fr: What the score is made of, in two or three sentences of fixed wording.
        explanation_en: The same in English.
        tip: One advice; None where no question with a tip was lost for sure.
        status: Always a draft here; a person's word is kept elsewhere.
        note_fr: What the reader must know, in French.
        note_en: The same in English.
        provenance: Card and phrases by content, and the models behind the sentiment.
    """

    model_config = _FROZEN

    conversation_id: str
    scorecard: str
    version: str
    language: str
    items: tuple[ItemResult, ...]
    sections: tuple[SectionResult, ...]
    score_100: float | None = Field(default=None, ge=0, le=100)
    coverage: float = Field(ge=0, le=1)
    eliminatory: tuple[EliminatoryProposal, ...] = ()
    explanation_fr: str = ""
    explanation_en: str = ""
    tip: CoachingTip | None = None
    status: Literal["draft"] = "draft"
    note_fr: str = DRAFT_NOTE.fr
    note_en: str = DRAFT_NOTE.en
    provenance: Provenance

    @property
    def score_20(self) -> float | None:
        """The score on French school's scale: score_100 / 5."""
        return None if self.score_100 is None else self.score_100 / 5

    @property
    def note(self) -> str:
        """What the reader must know, in the conversation's language."""
        return both(self.note_fr, self.note_en).text(self.language)

    @property
    def explanation(self) -> str:
        """What the score is made of, in the conversation's language."""
        english = self.language.lower().startswith("en")
        return self.explanation_en if english else self.explanation_fr

    def verify(self, conversation: Conversation) -> None:
        """Check that every quote is verbatim in the turn it names, within its times.

        Args:
            conversation: That was evaluated.

        Raises:
            EvidenceMismatch: A quote is not, or the evaluation is of another conversation.
        """
        if conversation.id != self.conversation_id:
            raise EvidenceMismatch(
                f"got the conversation {conversation.id!r}, expected {self.conversation_id!r}",
                remedy="give the conversation that was evaluated",
            )
        tip = self.tip.evidence if self.tip else ()
        quoted: tuple[ItemResult | EliminatoryProposal, ...] = (*self.items, *self.eliminatory)
        for evidence in (*tip, *(one for result in quoted for one in result.evidence)):
            verify_evidence(evidence, conversation)
