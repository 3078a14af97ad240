"""The model card of trained reasons, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nlu.taxonomy import Taxonomy

if TYPE_CHECKING:
    from nlu.reason_training import TrainingReport


def model_card(report: TrainingReport, taxonomy: Taxonomy) -> str:
    """Write the card.

    Args:
        report: How it was trained.
        taxonomy: Its reasons.

    Returns:
        Markdown.
    """
    return (
        "\n\n".join(
            [
                f"# Contact reasons trained on {report.data}",
                "Tells for which of "
                f"{report.n_labels} reasons a customer contacts, from what the customer says, or "
                "declines. Trained and loaded by Entendu (`entendu train reasons`).",
                _data(report),
                _model(report),
                _figures(report),
                _reliability(report),
                _reasons(taxonomy),
                _limits(report),
            ]
        )
        + "\n"
    )


def _data(report: TrainingReport) -> str:
    languages = ", ".join(f"{name} {count}" for name, count in report.languages.items())
    lines = [
        "## Data",
        "",
        f"- File: `{report.data}`, SHA-256 `{report.data_sha256}`",
        f"- Licence, as stated by whoever trained: {report.licence or 'not stated'}",
        f"- Texts with a reason: {report.n_texts}; known to be out of scope: "
        f"{report.n_out_of_scope}; conversations named: {report.n_conversations}",
        f"- Languages, as the data says: {languages or 'not said'}",
    ]
    if report.rarest_labels:
        lines.append(f"- Reasons with fewer than five texts: {', '.join(report.rarest_labels)}")
    return "\n".join(lines)


def _model(report: TrainingReport) -> str:
    sha256 = f", SHA-256 `{report.encoder.sha256}`" if report.encoder.sha256 else ""
    lines = [
        "## Model",
        "",
        f"- Frozen encoder: {report.encoder.name}{sha256}; not in this folder",
        "- Kernel ridge regression on its vectors and on TF-IDF of words and characters, "
        "learnt from the names, definitions and examples of the reasons too",
        f"- Seed {report.seed}; trained {report.trained_at.isoformat()} in {report.train_s:g} s; "
        + ", ".join(f"{name} {version}" for name, version in report.versions.items()),
    ]
    tuning = report.fine_tuning
    if tuning is not None:
        accuracies = ", ".join("–" if a is None else f"{a:.3f}" for a in tuning.held_out_accuracy)
        lines.append(
            f"- Fine-tuned encoder in `encoder/` (licence: that of {report.encoder.name}): "
            f"epoch {tuning.best_epoch} of {tuning.epochs} kept, accuracy on "
            f"{tuning.held_out_texts} held-out texts after each: {accuracies}; its share in the "
            f"answer is {tuning.tuned_share:.0%}"
        )
    return "\n".join(lines)


def _figures(report: TrainingReport) -> str:
    choice = report.error_choice
    reached = (
        f"chosen so that at most {choice.wanted:.1%} of the reasons given are wrong"
        if choice.reached
        else f"an error rate of {choice.wanted:.1%} could not be reached; it is the best there is"
    )
    return "\n".join(
        [
            "## Figures, on held-out texts of the same data",
            "",
            f"- Accuracy when every text gets a reason: {report.reliability.accuracy:.1%} of "
            f"{report.reliability.n_texts} texts",
            f"- Threshold {choice.threshold:.3f} of the probability, {reached}: "
            f"{choice.error_rate:.1%} wrong, {choice.answered:.1%} of {choice.n_texts} texts "
            "answered, the others are `unknown`",
            f"- Threshold in use, what looks out of scope counted too: {report.threshold:.3f}",
        ]
    )


def _reliability(report: TrainingReport) -> str:
    table = [
        "## Reliability",
        "",
        "Expected calibration error "
        f"{report.reliability.expected_calibration_error:.3f}, each temperature fitted on other "
        "texts than those it is judged on.",
        "",
        "| said | texts | mean said | right |",
        "|---|---|---|---|",
    ]
    table += [
        f"| {b.least:.0%} to {b.most:.0%} | {b.n_texts} | {b.mean_probability:.1%} | "
        f"{b.accuracy:.1%} |"
        for b in report.reliability.bins
    ]
    return "\n".join(table)


def _reasons(taxonomy: Taxonomy) -> str:
    lines = [f"## Reasons of {taxonomy.name}, version {taxonomy.version}", ""]
    lines += [f"- `{reason.code}`: {reason.label.text('en')}" for reason in taxonomy.reasons]
    return "\n".join(lines)


def _limits(report: TrainingReport) -> str:
    folder = "`reasons.npz` and `encoder/`" if report.fine_tuning else "`reasons.npz`"
    return (
        "## Limits\n\nThe figures hold for texts like those of the data; measure others with "
        "`entendu evaluate reasons`. " + folder + " hold words and vectors of the training texts: "
        "remove personal data from the texts before training (`entendu redact`), and keep this "
        "folder as safely as them. A reason is a proposal, no decision about a person."
    )
