"""How far a question's automatic answer is trusted, decided by what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation.errors import DefinitionInvalid, NotFound
from quality.agreement.question import QuestionAgreement
from quality.findings import Bilingual, both
from quality.review.event import Gate
from quality.yaml_files import describe


class GateRule(BaseModel):
    """When an answer is counted, shown or withdrawn.

    Attributes:
        auto_kappa: Kappa of machine and consensus from which an answer is counted; 0.61 begins
            "substantial" (Landis, Koch, "The measurement of observer agreement for categorical
            data", Biometrics 33, 1977).
        assist_kappa: From which it is shown, but not counted; 0.41 begins "moderate".
        human_margin: How far the machine may stay below the kappa of people among themselves and
            still be counted.
        min_contacts: Doubly scored contacts below which nothing is decided.
        min_failures: Failures among them below which nothing is decided.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    auto_kappa: float = Field(default=0.61, gt=0, le=1)
    assist_kappa: float = Field(default=0.41, ge=0, le=1)
    human_margin: float = Field(default=0.05, ge=0, le=1)
    min_contacts: int = Field(default=50, ge=10)
    min_failures: int = Field(default=10, ge=1)

    @model_validator(mode="after")
    def _steps_are_in_order(self) -> Self:
        if self.assist_kappa > self.auto_kappa:
            raise ValueError(
                f"assist_kappa is {self.assist_kappa:g}, above auto_kappa {self.auto_kappa:g}"
            )
        return self


DEFAULT_RULE = GateRule()


class GateDecision(BaseModel):
    """What the rule says of a question.

    Attributes:
        item: The question.
        gate: None where too little was measured to decide.
        n: Doubly scored contacts.
        failures: Among them.
        kappa: Of machine and consensus.
        low: Lower end of its 95 % interval.
        high: Upper end.
        human_kappa: Of people among themselves.
        reason_fr: Why, in French.
        reason_en: Why, in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    gate: Gate | None
    n: int
    failures: float
    kappa: float | None
    low: float | None = None
    high: float | None = None
    human_kappa: float | None = None
    reason_fr: str
    reason_en: str


def decide_gate(measured: QuestionAgreement, rule: GateRule = DEFAULT_RULE) -> GateDecision:
    """Apply the rule to a question.

    Args:
        measured: Agreement on it; only doubly scored contacts count here, since a person who
            sees the machine's answer first tends to agree with it.
        rule: The centre's.

    Returns:
        The decision, with its reason.
    """
    kappa, human = measured.double_kappa.value, measured.human_kappa.value
    gate: Gate | None = None
    if measured.doubly_scored < rule.min_contacts or measured.failures < rule.min_failures:
        reason = both(
            f"Trop peu mesuré : {measured.doubly_scored} contacts notés en double, "
            f"{measured.failures:g} manquements ; il en faut {rule.min_contacts} et "
            f"{rule.min_failures}.",
            f"Too little measured: {measured.doubly_scored} doubly scored contacts, "
            f"{measured.failures:g} failures; {rule.min_contacts} and {rule.min_failures} are "
            "needed.",
        )
    elif kappa is None:
        reason = both(
            "Le kappa n'est pas défini : toutes les réponses sont les mêmes.",
            "Kappa is not defined: all answers are the same.",
        )
    else:
        gate, reason = _decided(kappa, human, rule)
    return GateDecision(
        item=measured.item,
        gate=gate,
        n=measured.doubly_scored,
        failures=measured.failures,
        kappa=kappa,
        low=measured.double_kappa.low,
        high=measured.double_kappa.high,
        human_kappa=human,
        reason_fr=reason.fr,
        reason_en=reason.en,
    )


def _fr(kappa: float) -> str:
    """Return a number as French writes it."""
    return f"{kappa:.2f}".replace(".", ",")


def _decided(kappa: float, human: float | None, rule: GateRule) -> tuple[Gate, Bilingual]:
    floor = rule.auto_kappa
    if human is not None:
        floor = max(floor, human - rule.human_margin)
    if kappa >= floor:
        return "auto", both(
            f"Kappa machine–consensus {_fr(kappa)}, au moins {_fr(floor)} : la réponse compte.",
            f"Kappa of machine and consensus {kappa:.2f}, at least {floor:.2f}: it counts.",
        )
    if kappa >= rule.assist_kappa:
        return "assist", both(
            f"Kappa machine–consensus {_fr(kappa)}, sous {_fr(floor)} : montrée, non comptée.",
            f"Kappa of machine and consensus {kappa:.2f}, below {floor:.2f}: shown, not counted.",
        )
    return "off", both(
        f"Kappa machine–consensus {_fr(kappa)}, sous {_fr(rule.assist_kappa)} : retirée.",
        f"Kappa of machine and consensus {kappa:.2f}, below {rule.assist_kappa:.2f}: withdrawn.",
    )


class QuestionGate(BaseModel):
    """The gate of one question.

    Attributes:
        gate: It.
        question_sha256: Hash of the question that was measured; the gate says nothing about
            another wording or another way of deciding it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate: Gate
    question_sha256: str


class Gates(BaseModel):
    """The gates of a card, as they hold now.

    Attributes:
        scorecard: Name of the card.
        questions: By question; one that is not there has not been measured enough.
        unmeasured: How a question without a gate is treated; ``auto`` leaves it the draft that
            it is, ``assist`` keeps it out of the score until it is measured.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scorecard: str
    questions: dict[str, QuestionGate] = Field(default_factory=dict)
    unmeasured: Gate = "auto"

    def of(self, item: str, question_sha256: str | None) -> Gate:
        """Return the gate that holds for a question, asked as its hash says."""
        known = self.questions.get(item)
        if known is None or known.question_sha256 != question_sha256:
            return self.unmeasured
        return known.gate

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read gates from a JSON file.

        Raises:
            NotFound: There is no such file.
            DefinitionInvalid: It holds no gates.
        """
        try:
            return cls.model_validate_json(path.read_text("utf-8"))
        except FileNotFoundError:
            raise NotFound(f"there is no file {path}", remedy="check the path") from None
        except ValidationError as error:
            raise DefinitionInvalid(
                f"{path}: {describe(error)}", remedy="write it with entendu calibrate --gates"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise DefinitionInvalid(
                f"{path} cannot be read as UTF-8 text: {error}", remedy="give a JSON file"
            ) from None
