"""What a filled-in scorecard holds."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Evidence, Provenance
from quality.findings import Status, Value, both

DRAFT_NOTE = both(
    "Brouillon calculé par des règles : aucune note ne vaut tant qu'une personne ne l'a pas "
    "confirmée (RGPD, art. 22). Ne pas utiliser pour sanctionner ni pour classer.",
    "Draft computed by rules: no score counts until a person has confirmed it (GDPR art. 22). "
    "Not for discipline, not for ranking.",
)

_FROZEN = ConfigDict(frozen=True, extra="forbid")


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
