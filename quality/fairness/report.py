"""What a fairness test found."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence, Speaker
from quality.fairness.copies import Kind
from quality.fairness.figures import Rate, Shift, Verdict
from quality.findings import Bilingual, both

METHOD_NOTE = both(
    "Chaque copie ne change qu'une chose ; elle est comprise, mesurée et notée de nouveau par "
    "toute la chaîne. Les erreurs de reconnaissance sont un modèle écrit à la main, sans aucun "
    "enregistrement d'accents : il montre si la note dépend de telles erreurs, pas combien un "
    "moteur en fait. Les listes de noms et de mots sont celles d'Entendu ; d'autres restent "
    "possibles, et « tient » ne vaut que pour elles et pour ces conversations.",
    "Each copy changes one thing only; it is understood, measured and scored again by the whole "
    "chain. Recognition errors are a model made by hand, without any recording of accents: it "
    "shows whether the score depends on such errors, not how many a recogniser makes. The lists "
    "of names and words are Entendu's own; others are possible, and “holds” is said of these and "
    "of these conversations only.",
)

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class FairnessSettings(BaseModel):
    """How the test is made.

    Attributes:
        seed: Of the copies and the resampling.
        tolerance: Highest flip rate of a question when a name, a gender, words of a region or a
            way of speaking changes, 0 to 1.
        noise_tolerance: The same when words are lost or misspelled.
        tolerance_points: Largest mean shift of the score, in points of 100.
        noise_tolerance_points: The same when words are lost or misspelled.
        level: Confidence of the intervals.
    """

    model_config = _FROZEN

    seed: int = Field(default=20261122, ge=0, lt=2**63)
    tolerance: float = Field(default=0.05, gt=0, lt=1)
    noise_tolerance: float = Field(default=0.10, gt=0, lt=1)
    tolerance_points: float = Field(default=1.0, gt=0, le=100)
    noise_tolerance_points: float = Field(default=3.0, gt=0, le=100)
    level: float = Field(default=0.95, gt=0, lt=1)


class TurnPair(BaseModel):
    """A turn before and after.

    Attributes:
        index: Which turn.
        speaker: Whose.
        before: Text of the original.
        after: Text of the copy.
    """

    model_config = _FROZEN

    index: int = Field(ge=0)
    speaker: Speaker
    before: str
    after: str


class Flip(BaseModel):
    """A question that got another answer in a copy.

    Attributes:
        conversation_id: Which conversation.
        kind: What was changed.
        variant: Into what.
        question: Id of the question.
        before: Answer of the original: ``1``, ``0.5``, ``0``, ``na`` (does not apply) or ``open``
            (not assessable).
        after: Answer of the copy.
        reason_before: Why, in words.
        reason_after: Why, in words.
        evidence_before: Quotes of the original.
        evidence_after: Quotes of the copy.
        turns: The changed turns that the evidence points at, or the first changed ones.
    """

    model_config = _FROZEN

    conversation_id: str
    kind: Kind
    variant: str
    question: str
    before: str
    after: str
    reason_before: Bilingual
    reason_after: Bilingual
    evidence_before: tuple[Evidence, ...]
    evidence_after: tuple[Evidence, ...]
    turns: tuple[TurnPair, ...]


class QuestionFairness(BaseModel):
    """One question under one kind of change.

    Attributes:
        id: Of the question.
        label: The question.
        rate: How often its answer flips, among copies where it was decided before or after.
        shift: Of its value, 0 to 1, where both have one; the p-value adjusted (Holm) for the
            number of questions.
        verdict: Against the tolerance.
    """

    model_config = _FROZEN

    id: str
    label: Bilingual
    rate: Rate
    shift: Shift
    verdict: Verdict


class VariantFairness(BaseModel):
    """One variant of one kind of change.

    Attributes:
        id: Of the variant.
        label: In words.
        copies: How many conversations it changed.
        changed_words: Share of that side's words that differ, 0 to 1.
        rate: How often an answer flips, over all questions.
        shift: Of the score, in points of 100, against the originals.
        gap: Of the score against the copies of the control variant (``control``); None for the
            control itself and where there is none.
        control: Id of that variant: the commonest names, or the same number of errors of no
            particular accent.
    """

    model_config = _FROZEN

    id: str
    label: Bilingual
    copies: int = Field(ge=0)
    changed_words: float = Field(ge=0)
    rate: Rate
    shift: Shift
    gap: Shift | None = None
    control: str | None = None


class KindFairness(BaseModel):
    """One kind of change.

    Attributes:
        kind: Which.
        label: In words.
        conversations: How many had something to change.
        copies: How many copies were scored.
        tolerance: Highest flip rate of a question.
        tolerance_points: Largest mean shift of the score.
        shift: Of the score over all variants, in points of 100.
        questions: Those that were decided at least once.
        variants: All of them.
        verdict: The worst of the questions' and of the score's.
    """

    model_config = _FROZEN

    kind: Kind
    label: Bilingual
    conversations: int = Field(ge=0)
    copies: int = Field(ge=0)
    tolerance: float
    tolerance_points: float
    shift: Shift
    questions: tuple[QuestionFairness, ...]
    variants: tuple[VariantFairness, ...]
    verdict: Verdict


class FairnessReport(BaseModel):
    """The test of one scorecard on some conversations.

    Attributes:
        scorecards: Name and version of the cards used.
        settings: Of the test.
        conversations: How many were scored.
        languages: How many of each language.
        copies: How many copies were scored.
        needed: Conversations without any flip that show the tolerance to hold.
        kinds: Each kind of change that had something to change.
        unchanged: Kinds that had nothing to change in any conversation.
        flips: Every flip, by kind, variant and conversation.
        left_out: Conversations that could not be used, with the reason.
        note: What the reader must know.
    """

    model_config = _FROZEN

    scorecards: tuple[str, ...]
    settings: FairnessSettings
    conversations: int = Field(ge=0)
    languages: dict[str, int]
    copies: int = Field(ge=0)
    needed: int
    kinds: tuple[KindFairness, ...]
    unchanged: tuple[Kind, ...]
    flips: tuple[Flip, ...]
    left_out: dict[str, str] = Field(default_factory=dict)
    note: Bilingual = METHOD_NOTE

    @property
    def is_repeatable(self) -> bool:
        """Whether the same conversation scored twice got the same answers."""
        return not any(flip.kind == "identity" for flip in self.flips)
