"""What a head was trained on and what is known of it, and the model card that says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from conversation import ModelReference, Speaker
from conversation.errors import ModelCorrupt
from nlu.reason_calibration import ErrorRateChoice, Reliability
from quality.agreement.bootstrap import Figure

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class QuestionReport(BaseModel):
    """What a question's head was trained on and what is known of it.

    All figures are of contacts that were held out: nested cross-validation over contacts.

    Attributes:
        item: Id of the question.
        n_contacts: Contacts with an answer.
        n_differing: Of them, those on which people differ.
        answers: Contacts of each answer.
        learnt: Answers that the head can give.
        left_out: Answers that too few contacts have; the head never gives them, and the figures
            count them as wrong.
        languages: Contacts of each language.
        encoder: Whose vectors it reads.
        lexical_c: Inverse strength of the penalty on words.
        dense_c: The same on vectors and figures.
        dense_share: Weight of vectors and figures, 0 (words alone) to 1.
        seed: Of everything that was drawn.
        agreement: Share of contacts answered as people do, nothing declined.
        kappa: Cohen's kappa with people, nothing declined, with its 95 % interval.
        kappa_answered: The same on the contacts that are sure enough to be answered.
        majority: Agreement of always giving the most frequent answer.
        reliability: Whether of the answers said to be 80 % sure 80 % are right.
        choice: The least probability of an answer that is given, and the error it was chosen for.
        versions: Of packages.
    """

    model_config = _FROZEN

    item: str
    n_contacts: int
    n_differing: int
    answers: dict[str, int]
    learnt: tuple[str, ...]
    left_out: tuple[str, ...]
    languages: dict[str, int]
    encoder: ModelReference
    lexical_c: float
    dense_c: float
    dense_share: float
    seed: int
    agreement: float
    kappa: Figure
    kappa_answered: Figure
    majority: float
    reliability: Reliability
    choice: ErrorRateChoice
    versions: dict[str, str]

    @classmethod
    def read(cls, content: Mapping[str, Any], folder: Path) -> QuestionReport:
        """Read the report of a folder.

        Raises:
            ModelCorrupt: It is not one.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            raise ModelCorrupt(
                f"{folder} does not hold a trained head: its report has "
                f"{error.error_count()} problems",
                remedy="restore its files, or train the head again",
            ) from None


class TurnReport(BaseModel):
    """What a head for turns was trained on and what is known of it.

    Attributes:
        speaker: Whose turns it labels.
        n_turns: Labelled turns.
        n_conversations: Conversations that they are from.
        labels: Turns of each label.
        encoder: Whose vectors it reads.
        lexical_c: Inverse strength of the penalty on words.
        dense_c: The same on vectors and figures.
        dense_share: Weight of vectors and figures, 0 (words alone) to 1.
        seed: Of everything that was drawn.
        accuracy: Share of held-out turns labelled right.
        macro_f1: Mean over the labels of F1, on held-out turns.
        f1: Of each label.
        reliability: Of the probabilities, on held-out turns.
        versions: Of packages.
    """

    model_config = _FROZEN

    speaker: Speaker
    n_turns: int
    n_conversations: int
    labels: dict[str, int]
    encoder: ModelReference
    lexical_c: float
    dense_c: float
    dense_share: float
    seed: int
    accuracy: float
    macro_f1: float
    f1: dict[str, float]
    reliability: Reliability
    versions: dict[str, str]


def question_card(report: QuestionReport) -> str:
    """Write the model card of a question's head, in Markdown."""
    choice = report.choice
    counts = ", ".join(f"{name}: {count}" for name, count in report.answers.items())
    languages = ", ".join(f"{name} {count}" for name, count in report.languages.items())
    reached = (
        f"chosen so that at most {choice.wanted:.0%} of the answers given are wrong"
        if choice.reached
        else f"an error of {choice.wanted:.0%} could not be reached; it is the best there is"
    )
    left_out = ", ".join(report.left_out) or "none"
    return "\n".join(
        [
            f"# Question {report.item}, as analysts answer it",
            "",
            f"Answers one question of a scorecard with {', '.join(report.learnt)}, or leaves it to "
            "a person. Its answer is a draft. Trained and loaded by Entendu.",
            "",
            "## Answers it was trained from",
            "",
            f"- Contacts: {report.n_contacts} ({counts}); people differ on {report.n_differing}",
            f"- Languages: {languages or 'not said'}",
            f"- Answers too rare to be learnt, never given: {left_out}",
            "",
            *_model(report.encoder, report.lexical_c, report.dense_c, report.dense_share),
            f"- Seed {report.seed}; {_versions(report.versions)}",
            "",
            "## Figures, on contacts that were held out",
            "",
            "Nested cross-validation over contacts: settings and temperature never saw the "
            "contacts that are judged.",
            "",
            f"- Agreement with people, nothing declined: {report.agreement:.1%} "
            f"(always the most frequent answer: {report.majority:.1%})",
            f"- Cohen's kappa, nothing declined: {_figure(report.kappa)}",
            f"- Cohen's kappa on contacts that it answers: {_figure(report.kappa_answered)}",
            f"- Least probability of an answer: {choice.threshold:.3f}, {reached}: "
            f"{choice.error_rate:.1%} wrong, {choice.answered:.1%} of {choice.n_texts} contacts "
            "answered, the others are not assessable",
            "",
            *_reliability(report.reliability, "contacts"),
            "",
            "## Limits",
            "",
            "The figures hold for contacts like those it was trained from; the threshold was "
            "chosen on the same held-out contacts that its error is stated of. `head.npz` holds "
            "words of the contacts: remove personal data before training (`entendu redact`), and "
            "keep this folder as safely as them. The sentences shown as evidence are those that "
            "weigh most in its score, which is no proof that they are why.",
            "",
        ]
    )


def turn_card(report: TurnReport) -> str:
    """Write the model card of a head for turns, in Markdown."""
    lines = [f"| {name} | {report.labels[name]} | {f1:.3f} |" for name, f1 in report.f1.items()]
    return "\n".join(
        [
            "# What turns do",
            "",
            f"Gives each turn of the {report.speaker} one of {len(report.labels)} labels. Trained "
            "and loaded by Entendu.",
            "",
            "## Turns it was trained from",
            "",
            f"- {report.n_turns} turns of {report.n_conversations} conversations",
            "",
            *_model(report.encoder, report.lexical_c, report.dense_c, report.dense_share),
            f"- Seed {report.seed}; {_versions(report.versions)}",
            "",
            "## Figures, on turns of conversations that were held out",
            "",
            f"- Accuracy {report.accuracy:.1%}, macro-F1 {report.macro_f1:.3f}",
            "",
            "| label | turns | F1 |",
            "|---|---|---|",
            *lines,
            "",
            *_reliability(report.reliability, "turns"),
            "",
            "## Limits",
            "",
            "The figures hold for conversations like those it was trained from. `head.npz` holds "
            "words of the turns: remove personal data before training (`entendu redact`), and "
            "keep this folder as safely as them.",
            "",
        ]
    )


def _model(encoder: ModelReference, lexical_c: float, dense_c: float, share: float) -> list[str]:
    sha256 = f", SHA-256 `{encoder.sha256}`" if encoder.sha256 else ""
    return [
        "## Model",
        "",
        f"- Frozen encoder: {encoder.name}{sha256}; not in this folder",
        f"- Logistic regressions on TF-IDF of words and characters (C {lexical_c:g}) and on "
        f"vectors and figures (C {dense_c:g}); the latter weigh {share:.0%}",
    ]


def _reliability(reliability: Reliability, what: str) -> list[str]:
    return [
        "## Reliability",
        "",
        f"Expected calibration error {reliability.expected_calibration_error:.3f}.",
        "",
        f"| said | {what} | mean said | right |",
        "|---|---|---|---|",
        *(
            f"| {b.least:.0%} to {b.most:.0%} | {b.n_texts} | {b.mean_probability:.1%} | "
            f"{b.accuracy:.1%} |"
            for b in reliability.bins
        ),
    ]


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "not defined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())
