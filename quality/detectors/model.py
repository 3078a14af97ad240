"""Questions that a head trained from analysts' answers decides."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field, field_validator

from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import (
    LEVELS,
    Bilingual,
    Finding,
    both,
    not_applicable,
    not_assessable,
    scored,
)
from quality.helpers import Opinion


class TrainedModel(Detector):
    """A head trained from analysts' answers to the question decides it.

    What is less sure than the head's own threshold is left to a person.

    Attributes:
        model: Folder of the head, from the card's own folder, or any name that the caller knows.
        least_probability: Of an answer that is given, 0 to 1; the threshold that the head was
            trained with when None.
    """

    needs_words = False

    kind: Literal["model"]
    model: str = Field(min_length=1, max_length=200)
    least_probability: float | None = Field(default=None, ge=0, le=1)

    @field_validator("model")
    @classmethod
    def _stays_below_the_card(cls, name: str) -> str:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise ValueError(f"got {name!r}, expected a name or a folder beside the card")
        return name

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        head = contact.helpers.question_models.get(self.model)
        if head is None:
            return not_assessable(
                both(
                    f"Le modèle « {self.model} » n'est pas chargé.",
                    f"The model {self.model!r} is not loaded.",
                )
            )
        opinion = head.opinion(contact)
        if opinion is None:
            return not_assessable(
                both(
                    f"Le modèle « {self.model} » ne peut pas lire ce contact : il lui faut les "
                    "vecteurs de son encodeur et des phrases de l'agent.",
                    f"The model {self.model!r} cannot read this contact: it takes the vectors of "
                    "its encoder and sentences of the agent.",
                )
            )
        return self._concluded(opinion, head.reference.name)

    def _concluded(self, opinion: Opinion, name: str) -> Finding:
        absent, least = _beyond(opinion)
        if self.least_probability is not None:
            least = self.least_probability
        expected = {value: opinion.probabilities.get(value, 0.0) * (1 - absent) for value in LEVELS}
        value = max(LEVELS, key=lambda one: expected[one])
        sure = max(absent, expected[value])
        applies = absent <= expected[value]
        if sure < least:
            return not_assessable(
                both(
                    f"Le modèle « {name} » n'est pas assez sûr ({sure:.0%}, il faut {least:.0%}) : "
                    "à juger par une personne.",
                    f"The model {name!r} is not sure enough ({sure:.0%}, it takes {least:.0%}): "
                    "for a person to judge.",
                ),
                *opinion.evidence,
            )
        answer = _ANSWERS[value] if applies else _ABSENT
        reason = both(
            f"D'après les réponses des analystes : {answer.fr} ({sure:.0%}, modèle « {name} »).",
            f"From the analysts' answers: {answer.en} ({sure:.0%}, model {name!r}).",
        )
        if not applies:
            return not_applicable(reason, *opinion.evidence, confidence=sure)
        return scored(value, reason, *opinion.evidence, confidence=sure)


def models_of(detectors: Iterable[Detector]) -> tuple[str, ...]:
    """Return the heads that questions name, each once, in order."""
    names = (one.model for one in detectors if isinstance(one, TrainedModel))
    return tuple(dict.fromkeys(names))


_ANSWERS: dict[float, Bilingual] = {
    1.0: both("conforme", "conforming"),
    0.5: both("partiellement conforme", "partly conforming"),
    0.0: both("non conforme", "not conforming"),
}
_ABSENT = both("sans objet", "not applicable")


def _beyond(opinion: Opinion) -> tuple[float, float]:
    """Return the probability of "not applicable" and the head's threshold, where it has them."""
    from quality.question_model.question_head import TrainedOpinion

    if isinstance(opinion, TrainedOpinion):
        return opinion.not_applicable, opinion.least_probability
    return 0.0, 0.0
